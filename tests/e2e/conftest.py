"""A real browser, one a module of tests, and the conversation page in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.chat_page import DESKTOP, PHONE, is_fault
from tests.needs import CHROMIUM, CHROMIUM_FLAGS
from tests.page_clinic import page_clinic
from tests.page_gateway import CLINIC_SITE, SITE, Gateway

expect.set_options(timeout=20_000)
"""Milliseconds that a busy machine may take to show what is expected; an idle one is not waited for."""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture
def gateway() -> Gateway:
    return Gateway(page_clinic(allowed_origins=(CLINIC_SITE,)))


@pytest.fixture
def page(browser: Browser, gateway: Gateway) -> Iterator[Page]:
    """An open conversation page, which must end without an error of script, a policy breach or a foreign request."""
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    tab = context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: faults.append(message.text) if is_fault(message.text) else None)
    tab.route("**/*", gateway)
    tab.goto(f"{SITE}/embed/belle-rive")
    yield tab
    assert context.cookies() == []
    context.close()
    assert faults == []
    assert gateway.strangers == []


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A visitor's tab, in a browser that has never been anywhere."""
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()
