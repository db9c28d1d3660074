"""What the widget leaves behind and asks for, before and after the first click: looked at in every origin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, Request, expect

from tests.embedded import LUMIERE, Embedded, answers, ask, chat, launcher, opened

pytestmark = pytest.mark.needs("chromium")

STORED = """async () => ({
  cookies: document.cookie,
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING = {"cookies": "", "local": [], "session": [], "databases": 0, "caches": 0, "workers": 0}
FONTS = "() => [...document.fonts].length"


@pytest.fixture
def asked(tab: Page) -> Iterator[list[Request]]:
    """Whatever the browser asked of anybody, since the test began."""
    requests: list[Request] = []
    tab.context.on("request", lambda request: requests.append(request))  # noqa: PLW0108  # the driver sets attributes on it
    yield requests
    assert tab.context.cookies() == []


def usage(page: Page, origin: str) -> dict[str, Any]:
    """Return the bytes that `origin` has stored, by kind, as the browser itself counts them."""
    counted = page.context.new_cdp_session(page).send("Storage.getUsageAndQuota", {"origin": origin})
    return {kind["storageType"]: kind["usage"] for kind in counted["usageBreakdown"] if kind["usage"]}


def conversation_frame(page: Page, gateway: str) -> Frame:
    found = [frame for frame in page.frames if frame.url.startswith(f"{gateway}/embed/")]
    assert len(found) == 1
    return found[0]


def test_before_the_first_click_there_is_one_request_and_nothing_is_stored(
    tab: Page, embedded: Embedded, asked: list[Request]
):
    site = embedded.lumiere.page("/", head=embedded.tag())
    tab.goto(site, wait_until="networkidle")
    launcher(tab).hover()
    launcher(tab).focus()
    assert [request.url for request in asked] == [site, f"{embedded.gateway}/widget.js"]
    assert not asked[1].headers.get("referer")
    assert len(tab.frames) == 1
    assert tab.evaluate(STORED) == NOTHING
    assert tab.evaluate(FONTS) == 0
    assert [usage(tab, origin) for origin in (embedded.lumiere.origin, embedded.gateway)] == [{}, {}]


def test_a_chat_asks_the_gateway_alone_and_stores_the_sealed_token_alone(
    tab: Page, embedded: Embedded, asked: list[Request]
):
    tab.goto(embedded.lumiere.page("/", head=embedded.tag()))
    conversation = opened(tab)
    ask(conversation, "how much is botox for the forehead?")
    expect(answers(conversation)).to_contain_text("180")
    frame = conversation_frame(tab, embedded.gateway)
    assert frame.evaluate(STORED) == NOTHING | {"session": [f"lethe:{LUMIERE}"]}
    token: str = frame.evaluate("(key) => sessionStorage.getItem(key)", f"lethe:{LUMIERE}")
    assert len(token) <= 6 * 1024
    assert "botox" not in token
    assert tab.evaluate(STORED) == NOTHING
    assert (tab.evaluate(FONTS), frame.evaluate(FONTS)) == (0, 0)
    assert {request.url.startswith(embedded.gateway) for request in asked[1:]} == {True}
    assert not any(request.headers.get("referer", "").startswith(embedded.lumiere.origin) for request in asked)
    assert embedded.lumiere.cookies == []


def test_closing_the_tab_forgets_and_another_tab_has_a_conversation_of_its_own(tab: Page, embedded: Embedded):
    site = embedded.lumiere.page("/", head=embedded.tag())
    tab.goto(site)
    ask(opened(tab), "when are you open on monday?")
    expect(answers(chat(tab))).to_be_visible()
    other = tab.context.new_page()
    other.goto(site)
    ask(opened(other), "how much is botox for the forehead?")
    expect(answers(chat(other))).to_contain_text("180")
    expect(chat(tab).locator(".visitor .bubble")).to_have_text("when are you open on monday?")
    other.close()
    again = tab.context.new_page()
    again.goto(site)
    expect(opened(again).locator(".visitor, .assistant")).to_have_count(0)
    assert conversation_frame(again, embedded.gateway).evaluate(STORED) == NOTHING


def test_forget_now_leaves_no_word_and_no_token(tab: Page, embedded: Embedded):
    tab.goto(embedded.lumiere.page("/", head=embedded.tag()))
    conversation = opened(tab)
    ask(conversation, "how much is botox for the forehead?")
    expect(answers(conversation)).to_contain_text("180")
    conversation.locator("#forget").click()
    expect(conversation.locator(".visitor, .assistant")).to_have_count(0)
    frame = conversation_frame(tab, embedded.gateway)
    assert "forehead" not in frame.content()
    assert frame.evaluate(STORED) == NOTHING
