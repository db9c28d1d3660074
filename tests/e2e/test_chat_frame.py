"""The conversation page inside a clinic's page: what it tells its launcher, and what it lets nobody else do."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.page_gateway import CLINIC_SITE, SITE, Gateway, answer

pytestmark = pytest.mark.needs("chromium")

CLOSE = "Close the chat"


@pytest.fixture
def chat(page: Page) -> FrameLocator:
    """The conversation in a frame of the clinic's page, before the launcher has said hello."""
    page.goto(f"{CLINIC_SITE}/")
    framed = page.frame_locator("iframe")
    framed.get_by_role("textbox").wait_for()
    return framed


def say(page: Page, kind: str, **more: Any) -> None:
    page.evaluate("([data, to]) => frames[0].postMessage(data, to)", [{"lethe": 1, "type": kind, **more}, SITE])


def heard(page: Page, kind: str) -> list[dict[str, Any]]:
    """Return the messages of `kind`, each of which must come from the gateway's origin and hold no text of the chat."""
    everything = page.evaluate("() => heard")
    assert {origin for origin, _ in everything} <= {SITE}
    assert all(set(data) <= {"lethe", "type", "count", "px"} for _, data in everything)
    return [data for _, data in everything if data["type"] == kind]


def wait_for(page: Page, kind: str, **fields: Any) -> None:
    """Wait until the launcher has heard a message of `kind` with `fields`."""
    is_there = "(wanted) => heard.some(([, said]) => Object.entries(wanted).every(([key, is]) => said[key] === is))"
    page.wait_for_function(is_there, arg={"lethe": 1, "type": kind, **fields})


def test_a_page_that_nobody_frames_has_no_close_button(page: Page):
    expect(page.get_by_role("button", name=CLOSE)).to_be_hidden()


def test_hello_is_answered_and_the_chat_can_be_closed(page: Page, chat: FrameLocator):
    expect(chat.get_by_role("button", name=CLOSE)).to_be_hidden()
    say(page, "hello")
    wait_for(page, "ready")
    expect(chat.get_by_role("textbox")).not_to_be_focused()
    say(page, "shown")
    expect(chat.get_by_role("textbox")).to_be_focused()
    chat.get_by_role("button", name=CLOSE).click()
    wait_for(page, "close")


def test_escape_closes_the_menu_first_and_then_the_chat(page: Page, chat: FrameLocator):
    say(page, "hello")
    chat.locator("#more").click()
    page.keyboard.press("Escape")
    expect(chat.locator("#save")).to_be_hidden()
    expect(chat.locator("#more")).to_be_focused()
    assert heard(page, "close") == []
    page.keyboard.press("Escape")
    wait_for(page, "close")


@pytest.mark.parametrize("composing", ["isComposing: true", "keyCode: 229"], ids=["most browsers", "Safari"])
def test_escape_that_drops_a_word_of_an_input_method_does_not_close_the_chat(
    page: Page, chat: FrameLocator, composing: str
):
    say(page, "hello")
    wait_for(page, "ready")
    press = f'(box) => box.dispatchEvent(new KeyboardEvent("keydown", {{ key: "Escape", bubbles: true, {composing} }}))'
    chat.get_by_role("textbox").evaluate(press)
    chat.get_by_role("textbox").press("Escape")
    wait_for(page, "close")
    assert len(heard(page, "close")) == 1


def test_what_arrives_while_hidden_is_counted_and_seen_when_shown(page: Page, chat: FrameLocator, gateway: Gateway):
    for kind in ("hello", "hidden"):
        say(page, kind)
    wait_for(page, "ready")
    for count in (1, 2):
        chat.get_by_role("textbox").fill("how much is botox?")
        chat.get_by_role("textbox").press("Enter")
        wait_for(page, "unread", count=count)
        expect(chat.get_by_role("button", name="Send")).to_be_visible()
    chat.locator("#title").focus()
    say(page, "shown")
    wait_for(page, "unread", count=0)
    expect(chat.get_by_role("textbox")).to_be_focused()
    assert len(gateway.calls) == 3


def test_the_page_learns_roughly_how_high_the_conversation_is_and_not_how_long_an_answer(
    page: Page, chat: FrameLocator, gateway: Gateway
):
    """Of exact heights a page could tell which of a clinic's fixed answers was given."""
    gateway.turns = [answer("Yes."), answer("Yes.\n\nAnd no."), answer("Yes.\n\n" * 60)]
    say(page, "hello")
    wait_for(page, "height", px=560)
    for answers in (1, 2, 3):
        chat.get_by_role("textbox").fill("how much is botox?")
        chat.get_by_role("textbox").press("Enter")
        expect(chat.locator(".assistant .bubble")).to_have_count(answers)
        expect(chat.get_by_role("button", name="Send")).to_be_visible()
    wait_for(page, "height", px=700)
    assert [said["px"] for said in heard(page, "height")] == [560, 700]


@pytest.mark.parametrize(
    "data",
    ["hello", None, {"type": "hello"}, {"lethe": 2, "type": "hello"}, {"lethe": 1, "type": "open"}, {"lethe": 1}],
    ids=["text", "nothing", "unversioned", "of a later version", "unknown", "untyped"],
)
@pytest.mark.usefixtures("chat")
def test_what_is_not_of_the_protocol_is_ignored(page: Page, data: Any):
    page.evaluate("([data, to]) => frames[0].postMessage(data, to)", [data, SITE])
    say(page, "hello")
    wait_for(page, "ready")
    assert len(heard(page, "ready")) == 1
