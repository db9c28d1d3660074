"""What a visitor typed is on the screen or where it was typed, whatever happens to it, until the visitor forgets it."""

from __future__ import annotations

import msgspec
import pytest
from playwright.sync_api import Page, Route, expect

from tests.chat_page import ask
from tests.page_gateway import CLINIC_SITE, Gateway, problem

pytestmark = pytest.mark.needs("chromium")


def test_a_message_that_is_refused_while_the_next_is_typed_stays_where_it_is_shown(page: Page):
    held: list[Route] = []
    page.route("**/v1/turns", lambda route: held.append(route))  # noqa: PLW0108  # the driver cannot take a method of C
    ask(page, "a long question")
    expect(page.locator(".dots")).to_be_visible()
    page.get_by_role("textbox").fill("the next one")
    status, body = problem(429, "quota_spent")
    held[0].fulfill(status=status, body=msgspec.json.encode(body), content_type="application/json")
    expect(page.locator(".card")).to_contain_text("Why.")
    expect(page.locator(".visitor .bubble")).to_have_text("a long question")
    expect(page.locator(".dots")).to_have_count(0)
    expect(page.get_by_role("textbox")).to_have_value("the next one")


def french(page: Page) -> None:
    page.locator("#more").click()
    page.get_by_role("link", name="Français").click()


def test_the_language_does_not_change_while_a_message_is_under_way_or_typed(page: Page, gateway: Gateway):
    """The page in another language is another page: it has what the token holds, and nothing else."""
    gateway.turns = [Gateway.HANG]
    ask(page, "a long question")
    expect(page.locator(".dots")).to_be_visible()
    french(page)
    expect(page.locator(".note")).to_contain_text("wait for the answer")
    page.locator("#stop").click()
    page.get_by_role("textbox").fill("the next one")
    french(page)
    expect(page.locator(".note")).to_have_count(3)
    expect(page.locator(".visitor .bubble")).to_have_text("a long question")
    expect(page.get_by_role("textbox")).to_have_value("the next one")
    page.get_by_role("textbox").clear()
    french(page)
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_a_changed_language_leaves_the_back_button_to_the_page_around(page: Page):
    page.goto(f"{CLINIC_SITE}/")
    before = page.evaluate("() => history.length")
    framed = page.frame_locator("iframe")
    framed.locator("#more").click()
    framed.get_by_role("link", name="Français").click()
    expect(framed.locator("html")).to_have_attribute("lang", "fr")
    assert page.evaluate("() => history.length") == before


def test_a_message_sent_before_the_earlier_ones_are_back_is_shown_at_once_below_them(page: Page):
    ask(page)
    expect(page.locator(".assistant .bubble")).to_be_visible()
    held: list[Route] = []
    page.route("**/v1/sessions/resume", lambda route: held.append(route))  # noqa: PLW0108  # as above
    page.reload()
    ask(page, "and lips?")
    expect(page.locator("#messages .bubble")).to_have_text("and lips?")
    history = [{"role": "visitor", "text": "how much is botox?"}, {"role": "assistant", "text": "Yes, from €180."}]
    body = {"session": "token-3", "expires_in_s": 900, "language": "en", "history": history}
    held[0].fulfill(body=msgspec.json.encode(body), content_type="application/json")
    said = ["how much is botox?", "Yes, from €180.", "and lips?", "Yes, from €180."]
    expect(page.locator("#messages .bubble")).to_have_text(said)
    page.locator("#more").click()
    with page.expect_download() as saved:
        page.locator("#save").click()
    text = saved.value.path().read_text("utf-8")
    assert text.index("how much is botox?") < text.index("and lips?")
