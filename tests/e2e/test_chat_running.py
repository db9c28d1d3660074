"""The conversation page of the running system, every part of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.chat_page import PHONE, ask, bubbles

pytestmark = pytest.mark.needs("chromium")


def test_the_running_systems_page_answers_a_visitor(browser: Browser, running: Any):
    """`running.gateway` is the gateway's base address, `running.clinics` the ids it serves."""
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(f"{running.gateway}/embed/{running.clinics[0]}?lang=en")
    ask(page, "Hello, my number is +32 470 12 34 56. When are you open?")
    expect(page.get_by_role("button", name="Send")).to_be_visible(timeout=30_000)
    expect(page.locator(".visitor")).to_contain_text("removed before processing")
    assert "470 12 34 56" not in page.content()
    said = bubbles(page)
    assert re.search(r"\d", said[-1])
    page.reload()
    expect(page.locator("#messages .bubble")).to_have_text(said)
    page.get_by_role("button", name="Forget now").click()
    assert bubbles(page) == []
    assert faults == []
    page.close()
