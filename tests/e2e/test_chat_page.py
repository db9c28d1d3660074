"""The pages in a real browser.

Most tests put the page before a scripted gateway: the browser's requests are answered in this process, so that
every refusal and every broken stream can be shown, byte for byte. The last ones use the running system.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gateway import pages
from tests.page_clinic import page_clinic
from tests.page_gateway import CALL, DONE, SITE, Gateway, answer, frames, problem

pytestmark = pytest.mark.needs("chromium")

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture
def gateway() -> Gateway:
    return Gateway(page_clinic())


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


def is_fault(console: str) -> bool:
    """Refusals that a test asked for are reported on the console too; they are no faults of the page."""
    return not console.startswith("Failed to load resource: the server responded with a status of")


def ask(page: Page, text: str = "how much is botox?") -> None:
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")


def bubbles(page: Page) -> list[str]:
    return page.locator("#messages .bubble").all_inner_texts()


def token(page: Page) -> str | None:
    return page.evaluate("() => sessionStorage.getItem('lethe:belle-rive')")


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


@pytest.mark.parametrize("count, words", [(1, "1 detail was hidden"), (2, "2 details were hidden")])
def test_what_was_hidden_disappears_from_the_visitors_own_bubble(page: Page, gateway: Gateway, count: int, words: str):
    gateway.turns = [frames(("redacted", {"text": "I'm [name hidden]", "count": count}), ("done", DONE))]
    ask(page, "I'm Emma")
    expect(page.locator(".visitor")).to_contain_text(words)
    assert bubbles(page) == ["I'm [name hidden]"]
    assert "Emma" not in page.content()


def test_markup_in_an_answer_is_shown_as_text(page: Page, gateway: Gateway):
    gateway.turns = [answer("<img src=x onerror=alert(1)><b>bold</b>")]
    ask(page)
    expect(page.locator(".assistant .bubble")).to_have_text("<img src=x onerror=alert(1)><b>bold</b>")
    assert page.locator("img, b").count() == 0


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
    gateway.turns = [body]
    ask(page)
    expect(page.locator(".card")).to_contain_text("The connection was lost before the answer was complete.")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".assistant .bubble")).to_have_text("Yes, from €180.")


@pytest.mark.parametrize("status, code", [(429, "rate_limited"), (503, "overloaded"), (503, "draining")])
def test_a_full_house_offers_to_try_again(page: Page, gateway: Gateway, status: int, code: str):
    gateway.turns = [problem(status, code, retry_after_s=40, actions=[CALL])]
    ask(page)
    expect(page.locator(".card")).to_contain_text("Refused")
    expect(page.get_by_role("button", name=re.compile(r"Try again in \d+ s"))).to_be_visible()
    expect(page.get_by_role("link", name="Call us")).to_be_visible()


@pytest.mark.parametrize(
    "refusal",
    [
        problem(400, "invalid_request"),
        problem(413, "message_too_long"),
        problem(403, "origin_not_allowed"),
        problem(429, "quota_spent", retry_after_s=3600),
    ],
    ids=lambda refusal: refusal[1]["code"],
)
def test_a_message_that_cannot_be_sent_goes_back_where_it_was_typed(page: Page, gateway: Gateway, refusal: Any):
    gateway.turns = [refusal]
    ask(page, "my message")
    expect(page.locator(".card")).to_contain_text("Why.")
    expect(page.get_by_role("textbox")).to_have_value("my message")
    assert bubbles(page) == []


def test_an_expired_session_is_replaced_once_and_the_message_sent_again(page: Page, gateway: Gateway):
    gateway.turns = [problem(401, "session_expired"), answer("Here.")]
    ask(page)
    expect(page.locator(".assistant .bubble")).to_have_text("Here.")
    assert [path for path, _ in gateway.calls] == ["/v1/sessions", "/v1/turns"] * 2
    gateway.turns = [problem(401, "session_expired")] * 2
    ask(page)
    expect(page.locator(".card")).to_contain_text("Refused")
    assert len(gateway.calls) == 7


CONSENT = problem(403, "consent_required", consent={"version": 3, "text": "May we read it?"}, actions=[CALL])


def test_consent_is_asked_before_the_message_leaves_the_page(page: Page, gateway: Gateway):
    gateway.sessions = [CONSENT]
    ask(page)
    expect(page.locator(".card")).to_contain_text("May we read it?")
    expect(page.locator(".card")).to_be_focused()
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
    expect(page.locator("#messages .bubble")).to_have_text(["I'm [name hidden]", "Hello."])
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


def test_the_whole_page_can_be_used_by_keyboard(page: Page):
    seen = []
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("() => document.activeElement.id || document.activeElement.innerText"))
    assert seen == [
        "EN",
        "FR",
        "forget",
        "conversation",
        *page.locator("#start button").all_inner_texts(),
        "message",
        "send",
    ]


def test_the_language_can_be_changed(page: Page):
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#notice")).to_contain_text("Rien de ce que vous écrivez n’est conservé.")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(PHONE, id="phone"),
        pytest.param(DESKTOP, id="desktop", marks=pytest.mark.long),
        pytest.param({"width": 320, "height": 480}, id="smallest", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("path", ["embed", "demo"])
def test_the_pages_are_accessible_and_fit(browser: Browser, gateway: Gateway, path: str, size: Any, scheme: Any):
    context = browser.new_context(viewport=size, color_scheme=scheme)
    tab = context.new_page()
    tab.route("**/*", gateway)
    tab.goto(f"{SITE}/{path}/belle-rive")
    chat = tab if path == "embed" else tab.frame_locator("#chat")
    gateway.turns = [answer(actions=[CALL]), problem(503, "overloaded", retry_after_s=30, actions=[CALL])]
    for _ in range(2):
        chat.get_by_role("textbox").fill("how much?")
        chat.get_by_role("textbox").press("Enter")
        chat.get_by_role("button", name="Send").wait_for()
    expect(chat.locator(".card")).to_be_visible()
    result = Axe().run(tab)
    assert result.violations_count == 0, result.generate_report()
    assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    small = """(all) => all
        .filter((one) => one.offsetParent && (one.offsetHeight < 44 || one.offsetWidth < 44))
        .map((one) => one.innerText)"""
    assert chat.locator("button, .action, nav a, textarea").evaluate_all(small) == []
    context.close()


def test_a_question_of_the_demo_page_is_asked_in_the_chat_beside_it(page: Page, gateway: Gateway):
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.goto(f"{SITE}/demo/belle-rive")
    expect(page.get_by_role("heading", level=1)).to_have_text("Clinique Belle Rive")
    expect(page.locator(".treatments li").first).to_contain_text("€180 to €450")
    page.frame_locator("#chat").get_by_role("textbox").wait_for()
    page.locator(".ask").last.click()
    expect(page.frame_locator("#chat").locator(".assistant .bubble")).to_have_text("Yes, from €180.")
    assert "0470 12 34 56" in gateway.calls[1][1]["message"]


def test_any_chunking_of_a_stream_is_read_as_the_whole(page: Page):
    stream = 'event: delta\r\ndata: {"a":1}\r\n\r\n: ping\n\nevent:x\rdata:  b\rdata\rid: 7\r\rdata: é\n\ndata: cut'
    read = page.evaluate(
        """async ([url, stream]) => {
            const { EventParser } = await import(url);
            const run = (pieces) => { const parser = new EventParser(); return pieces.flatMap((p) => parser.push(p)); };
            const cuts = [...stream].keys();
            const all = [run([stream]), run([...stream])];
            for (const i of [...cuts]) all.push(run([stream.slice(0, i), "", stream.slice(i)]));
            return all;
        }""",
        [SITE + pages.static_url("sse.js"), stream],
    )
    whole = [{"event": "delta", "data": '{"a":1}'}, {"event": "x", "data": " b\n"}, {"event": "message", "data": "é"}]
    assert len(read) == len(stream) + 2
    assert all(events == whole for events in read)


def test_the_running_systems_page_answers_a_visitor(browser: Browser, running: Any):
    """`running.gateway` is the gateway's base address, `running.clinics` the ids it serves."""
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(f"{running.gateway}/embed/{running.clinics[0]}?lang=en")
    ask(page, "Hello, my number is +32 470 12 34 56. When are you open?")
    expect(page.get_by_role("button", name="Send")).to_be_visible(timeout=30_000)
    expect(page.locator(".visitor")).to_contain_text("hidden before processing")
    assert "470 12 34 56" not in page.content()
    said = bubbles(page)
    assert re.search(r"\d", said[-1])
    page.reload()
    expect(page.locator("#messages .bubble")).to_have_text(said)
    page.get_by_role("button", name="Forget now").click()
    assert bubbles(page) == []
    assert faults == []
    page.close()


def test_the_running_systems_demo_page_shows_the_chat(browser: Browser, running: Any):
    page = browser.new_page(viewport=DESKTOP)  # type: ignore[arg-type]
    page.goto(f"{running.gateway}/demo/{running.clinics[0]}?lang=en")
    page.frame_locator("#chat").locator("#start button").first.click()
    expect(page.frame_locator("#chat").locator(".assistant .bubble")).not_to_be_empty(timeout=30_000)
    page.close()
