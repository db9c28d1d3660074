"""The conversation page in a real browser.

The page stands before a scripted gateway: the browser's requests are answered in this process, so that every refusal
and every broken stream can be shown, byte for byte.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.chat_page import ask, bubbles, token
from tests.page_gateway import CALL, DONE, Gateway, answer, frames, problem

pytestmark = pytest.mark.needs("chromium")


def test_nothing_is_sent_or_stored_before_the_visitor_acts(page: Page, gateway: Gateway):
    page.get_by_role("textbox").fill("I am still thinking")
    assert gateway.calls == []
    assert page.evaluate("() => sessionStorage.length + localStorage.length") == 0


def test_a_question_opens_a_session_and_shows_the_answer(page: Page, gateway: Gateway):
    ask(page)
    expect(page.locator(".assistant .bubble")).to_have_text("Yes, from €180.")
    assert gateway.calls == [
        ("/v1/sessions", {"clinic": "belle-rive", "language": "en"}),
        ("/v1/turns", {"session": "token-1", "message": "how much is botox?"}),
    ]
    assert token(page) == "token-2"
    expect(page.get_by_role("textbox")).to_be_focused()


def test_a_suggestion_is_sent_by_a_click(page: Page, gateway: Gateway):
    page.get_by_role("button", name="When are you open?").click()
    expect(page.locator(".assistant .bubble")).to_be_visible()
    assert gateway.calls[1][1]["message"] == "When are you open?"
    expect(page.locator("#start")).to_be_hidden()


@pytest.mark.parametrize("count, words", [(1, "1 detail was removed"), (2, "2 details were removed")])
def test_what_was_hidden_disappears_from_the_visitors_own_bubble(page: Page, gateway: Gateway, count: int, words: str):
    gateway.turns = [frames(("redacted", {"text": "I'm [name hidden]", "count": count}), ("done", DONE))]
    ask(page, "I'm Emma")
    expect(page.locator(".visitor")).to_contain_text(words)
    expect(page.locator(".visitor .chip")).to_have_text("name removed")
    assert bubbles(page)[0] == "I'm name removed"
    assert "Emma" not in page.content()


def test_why_something_was_hidden_is_said_where_it_was(page: Page, gateway: Gateway):
    gateway.turns = [frames(("redacted", {"text": "call [phone hidden]", "count": 1}), ("done", DONE))]
    ask(page, "call 0470 12 34 56")
    explained = page.get_by_text("neither stored nor sent to an AI")
    expect(explained).to_be_hidden()
    page.get_by_text("Why?").click()
    expect(explained).to_be_visible()


def test_placeholders_in_an_answer_are_chips_and_unknown_ones_stay_text(page: Page, gateway: Gateway):
    gateway.turns = [answer("[date of birth hidden], [iban hidden] and [sic]")]
    ask(page)
    expect(page.locator(".assistant .chip")).to_have_text(["date of birth removed", "account number removed"])
    expect(page.locator(".assistant .bubble")).to_have_text("date of birth removed, account number removed and [sic]")
    expect(page.get_by_text("Why?")).to_have_count(0)


def test_lists_and_bold_words_of_an_answer_are_formatted(page: Page, gateway: Gateway):
    gateway.turns = [
        frames(
            *[("delta", {"text": piece}) for piece in ("**Pri", "ces**:\n• on", "e\n• two\n\nThat is", " all.")],
            ("done", DONE),
        )
    ]
    ask(page)
    bubble = page.locator(".assistant .bubble")
    expect(bubble.locator("strong")).to_have_text("Prices")
    expect(bubble.locator("ul li")).to_have_text(["one", "two"])
    expect(bubble.locator("p").last).to_have_text("That is all.")


def test_an_emergency_is_an_alert_with_its_number_to_call(page: Page, gateway: Gateway):
    call = {"kind": "call", "label": "Call 112", "url": "tel:112"}
    gateway.turns = [answer("Every minute counts. Call 112 now.", path="emergency", actions=[call])]
    ask(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Please get help now")
    expect(alert).to_contain_text("Every minute counts.")
    box = alert.get_by_role("link", name="Call 112").bounding_box()
    assert box
    assert box["height"] >= 56
    assert box["width"] > 250
    expect(page.get_by_role("log")).to_be_empty()  # the alert reads it, once


def test_markup_in_an_answer_is_shown_as_text(page: Page, gateway: Gateway):
    gateway.turns = [answer("<img src=x onerror=alert(1)><b>bold</b>")]
    ask(page)
    expect(page.locator(".assistant .bubble")).to_have_text("<img src=x onerror=alert(1)><b>bold</b>")
    assert page.locator("#messages").locator("img, b").count() == 0


def test_only_safe_links_become_buttons(page: Page, gateway: Gateway):
    urls = [
        "https://a.example/book",
        "tel:+3225550100",
        "mailto:a@b.example",
        "http://a.example",
        "javascript:alert(1)",
    ]
    urls += ["data:text/html,x", "//a.example", "", "JAVASCRIPT:alert(1)"]
    gateway.turns = [
        answer(
            actions=[{"kind": "link", "label": f"Link {i}", "url": url} for i, url in enumerate(urls)],
            sources=[{"title": "Prices", "url": "javascript:alert(1)"}, {"title": "Hours"}],
        )
    ]
    ask(page)
    expect(page.locator(".assistant")).to_contain_text("Prices · Hours")
    assert [link.get_attribute("href") for link in page.locator("#messages a").all()] == urls[:3]


def test_a_restart_empties_the_answer(page: Page, gateway: Gateway):
    gateway.turns = [
        frames(("delta", {"text": "Wrong. "}), ("restart", {}), ("delta", {"text": "Right."}), ("done", DONE))
    ]
    ask(page)
    expect(page.locator(".assistant .bubble")).to_have_text("Right.")
    expect(page.get_by_role("log")).to_have_text("Right.")  # who reads the page by ear comes upon nothing void


def test_finished_sentences_are_announced_and_single_words_are_not(page: Page, gateway: Gateway):
    words = ["It ", "costs ", "€1.", "50. ", "Shall ", "we ", "book"]
    gateway.turns = [frames(*[("delta", {"text": word}) for word in words], ("done", DONE))]
    ask(page)
    expect(page.get_by_role("log").locator("p")).to_have_text(["It costs €1.50.", "Shall we book"])


def test_an_error_frame_is_shown_with_contact_emergency_number_and_a_countdown(page: Page, gateway: Gateway):
    failed = {
        "code": "interrupted",
        "message": "We are sorry.",
        "actions": [CALL],
        "retry_after_s": 1,
        "session": "token-9",
    }
    gateway.turns = [frames(("delta", {"text": "Ye"}), ("error", failed))]
    ask(page)
    card = page.locator(".card")
    expect(card).to_contain_text("We are sorry.")
    expect(card.get_by_role("link")).to_have_text(["Call us", "Emergency: 112"])
    expect(card.get_by_role("button", name="Try again in 1 s")).to_have_attribute("aria-disabled", "true")
    assert token(page) == "token-9"
    card.get_by_role("button", name="Try again", exact=True).click()
    expect(page.locator(".assistant .bubble")).to_have_text("Yes, from €180.")
    assert bubbles(page) == ["how much is botox?", "Yes, from €180."]


@pytest.mark.parametrize("body", [b"", b": ping\n\n", frames(("delta", {"text": "Yes, and"})), b"event: done\ndata: {"])
def test_a_stream_that_just_ends_is_called_a_lost_connection(page: Page, gateway: Gateway, body: bytes):
    gateway.turns = [body, body]  # asked again by itself where nothing was shown
    ask(page)
    expect(page.locator(".card")).to_contain_text("The connection was lost before the answer was complete.")
    gateway.turns = []
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".assistant .bubble")).to_have_text("Yes, from €180.")


@pytest.mark.parametrize("status, code", [(429, "rate_limited"), (503, "overloaded"), (503, "draining")])
def test_a_full_house_offers_to_try_again(page: Page, gateway: Gateway, status: int, code: str):
    gateway.turns = [problem(status, code, retry_after_s=40, actions=[CALL])]
    ask(page)
    expect(page.locator(".card")).to_contain_text("Why.")
    expect(page.get_by_role("button", name=re.compile(r"Try again in \d+ s"))).to_be_visible()
    expect(page.get_by_role("link", name="Call us")).to_be_visible()


@pytest.mark.parametrize(
    "refusal, said",
    [
        (problem(400, "invalid_request"), "could not be accepted"),
        (problem(413, "message_too_long"), "Why."),
        (problem(403, "origin_not_allowed"), "not available on this page"),
        (problem(429, "quota_spent", retry_after_s=3600), "Why."),
    ],
    ids=["invalid", "too long", "not here", "quota"],
)
def test_a_message_that_cannot_be_sent_goes_back_where_it_was_typed(
    page: Page, gateway: Gateway, refusal: Any, said: str
):
    gateway.turns = [refusal]
    ask(page, "my message")
    expect(page.locator(".card")).to_contain_text(said)
    expect(page.locator(".card").get_by_role("link", name="Emergency: 112")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("my message")
    assert bubbles(page) == []


def test_an_expired_session_is_replaced_once_and_the_message_sent_again(page: Page, gateway: Gateway):
    gateway.turns = [problem(401, "session_expired"), answer("Here.")]
    ask(page)
    expect(page.locator(".assistant .bubble")).to_have_text("Here.")
    assert [path for path, _ in gateway.calls] == ["/v1/sessions", "/v1/turns"] * 2
    gateway.turns = [problem(401, "session_expired")] * 2
    ask(page)
    expect(page.locator(".card")).to_contain_text("Why.")
    assert len(gateway.calls) == 7


CONSENT = problem(403, "consent_required", consent={"version": 3, "text": "May we read it?"}, actions=[CALL])


def test_consent_is_asked_before_the_message_leaves_the_page(page: Page, gateway: Gateway):
    gateway.sessions = [CONSENT]
    ask(page)
    expect(page.locator(".card")).to_contain_text("May we read it?")
    expect(page.locator(".card")).to_be_focused()
    expect(page.locator(".card").get_by_role("link", name="Emergency: 112")).to_be_visible()
    assert [path for path, _ in gateway.calls] == ["/v1/sessions"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".assistant .bubble")).to_have_text("Yes, from €180.")
    assert gateway.calls[1][1]["consent"] == {"version": 3, "choice": "given"}


def test_a_refused_consent_is_told_to_the_clinic_and_the_message_is_not_sent(page: Page, gateway: Gateway):
    gateway.sessions = [CONSENT, CONSENT]
    ask(page, "my message")
    page.get_by_role("button", name="No, thank you").click()
    expect(page.locator(".card")).to_contain_text("Your message was not sent.")
    expect(page.get_by_role("link", name="Call us")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("my message")
    assert [body.get("consent") for _, body in gateway.calls] == [None, {"version": 3, "choice": "refused"}]
    assert token(page) is None


def test_a_turn_can_be_stopped(page: Page, gateway: Gateway):
    gateway.turns = [Gateway.HANG]
    ask(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".note")).to_contain_text("Stopped.")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    ask(page, "and now?")
    expect(page.locator(".assistant .bubble")).to_have_text("Yes, from €180.")


def test_forgetting_clears_page_and_token_even_during_a_turn(page: Page, gateway: Gateway):
    ask(page)
    expect(page.locator(".assistant .bubble")).to_be_visible()
    gateway.turns = [Gateway.HANG]
    ask(page, "a secret")
    page.get_by_role("button", name="Forget now").click()
    assert bubbles(page) == []
    assert token(page) is None
    assert "a secret" not in page.content()
    expect(page.locator("#start")).to_be_visible()
    ask(page, "again")
    expect(page.locator(".assistant .bubble")).to_be_visible()
    assert gateway.calls[-2][0] == "/v1/sessions"


def test_a_reload_shows_what_the_session_holds(page: Page, gateway: Gateway):
    ask(page)
    expect(page.locator(".assistant .bubble")).to_be_visible()
    lines = [{"role": "visitor", "text": "I'm [name hidden]"}, {"role": "assistant", "text": "Hello."}]
    gateway.resumed = (200, {"session": "token-3", "expires_in_s": 900, "language": "en", "history": lines})
    page.reload()
    expect(page.locator("#messages .bubble")).to_have_text(["I'm name removed", "Hello."])
    expect(page.locator(".visitor")).to_contain_text("1 detail was removed")
    assert gateway.calls[-1] == ("/v1/sessions/resume", {"session": "token-2"})
    assert token(page) == "token-3"


def test_a_session_that_expired_meanwhile_is_said_to_be_forgotten(page: Page):
    page.evaluate("() => sessionStorage.setItem('lethe:belle-rive', 'old')")
    page.reload()
    expect(page.locator(".note")).to_contain_text("has expired and has been forgotten")
    assert token(page) is None


def test_a_browser_without_storage_keeps_the_session_in_memory(page: Page, gateway: Gateway):
    page.add_init_script("Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('no') }})")
    page.reload()
    for text in ("one", "two"):
        ask(page, text)
        expect(page.locator(".assistant .bubble").last).to_have_text("Yes, from €180.")
        expect(page.get_by_role("button", name="Send")).to_be_visible()
    assert [path for path, _ in gateway.calls] == ["/v1/sessions", "/v1/turns", "/v1/turns"]


@pytest.mark.parametrize(
    "length, words, bubbles_sent",
    [(890, "", 1), (950, "50 characters left", 1), (1000, "0 characters left", 1), (1001, "1 characters too many", 0)],
)
def test_the_limit_counts_code_points_and_is_shown_near_its_end(page: Page, length: int, words: str, bubbles_sent: int):
    page.get_by_role("textbox").fill("😀" * length)
    expect(page.locator("#count")).to_have_text(words)
    page.keyboard.press("Enter")
    assert page.locator(".visitor").count() == bubbles_sent


def test_shift_and_enter_begin_a_new_line_and_white_space_is_not_sent(page: Page, gateway: Gateway):
    page.get_by_role("textbox").press_sequentially(" ")
    page.keyboard.press("Enter")
    assert gateway.calls == []
    page.get_by_role("textbox").fill("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(page.locator(".visitor .bubble")).to_have_text("one\ntwo")
