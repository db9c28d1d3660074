"""The launcher and what it leaves alone on the page around it: the visitor's focus, and the page's scrolling."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.chat_page import DESKTOP, PHONE
from tests.page_gateway import CLINIC_SITE, SITE, Gateway

pytestmark = pytest.mark.needs("chromium")

CLINICS = "belle-rive", "another"


def visit(browser: Browser, gateway: Gateway, size: dict[str, int]) -> Page:
    """Open a page of the clinic that has a field of its own and two chats."""
    chats = "".join(f'<lethe-chat clinic="{clinic}" gateway="{SITE}"></lethe-chat>' for clinic in CLINICS)
    body = f'<!doctype html><input id="search">{chats}<script src="{SITE}/widget.js"></script>'
    page = browser.new_context(viewport=size).new_page()  # type: ignore[arg-type]
    page.route("**/*", gateway)
    page.route(f"{CLINIC_SITE}/prices", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.route("**/embed/another*", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(f"{CLINIC_SITE}/prices")
    return page


def test_a_conversation_that_comes_late_does_not_take_the_focus_from_a_field_of_the_page(
    browser: Browser, gateway: Gateway
):
    page = visit(browser, gateway, DESKTOP)
    held: list[Route] = []
    page.route("**/conversation.js", lambda route: held.append(route))  # noqa: PLW0108  # the driver wants a function
    page.evaluate("() => { window.ready = new Promise((told) => lethe.on('ready', told)); lethe.open() }")
    page.locator("#search").click()
    page.keyboard.type("open ")
    gateway(held[0])
    page.evaluate("async () => { await window.ready }")
    page.keyboard.type("hours")
    expect(page.locator("#search")).to_have_value("open hours")
    page.context.close()


@pytest.mark.parametrize("closed", [CLINICS, CLINICS[::-1]], ids=["first first", "last first"])
def test_a_phones_page_scrolls_again_once_no_chat_covers_it_in_whatever_order_they_closed(
    browser: Browser, gateway: Gateway, closed: tuple[str, str]
):
    page = visit(browser, gateway, PHONE)
    scrolling = "() => getComputedStyle(document.documentElement).overflowY"
    page.evaluate("() => { document.documentElement.style.overflow = 'scroll' }")
    for clinic in CLINICS:
        page.evaluate("(clinic) => lethe.open(clinic)", clinic)
        assert page.evaluate(scrolling) == "hidden"
    for clinic, then in zip(closed, ("hidden", "scroll"), strict=True):
        page.evaluate("(clinic) => document.querySelector(`[clinic=${clinic}]`).close()", clinic)
        assert page.evaluate(scrolling) == then
    page.context.close()
