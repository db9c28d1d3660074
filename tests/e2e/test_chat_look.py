"""How the conversation page looks and is used: every state for everybody, at every size, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.chat_page import DESKTOP, PHONE, ask
from tests.page_gateway import CALL, DONE, SITE, Gateway, answer, frames, problem

pytestmark = pytest.mark.needs("chromium")

SMALLEST, ZOOMED = {"width": 320, "height": 480}, {"width": 320, "height": 200}
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3
TOO_WIDE = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.outerHTML)"
KINDS = ("book", "call", "map", "email", "human", "link")


def start(page: Page, gateway: Gateway) -> None:
    assert gateway.calls == []
    page.get_by_role("button", name="When are you open?").wait_for()


def answered(page: Page, gateway: Gateway) -> None:
    actions = [{"kind": kind, "label": f"{kind} {LONG[:60]}", "url": "https://a.example/"} for kind in KINDS]
    done = DONE | {"actions": actions, "sources": [{"title": "Prices", "url": "https://a.example/p"}]}
    told = ("delta", {"text": f"**Prices**:\n• one\n• two\n\n[phone hidden] {LONG} https://a.example/{LONG} سعر"})
    gateway.turns = [frames(("redacted", {"text": f"I'm [name hidden] {LONG}", "count": 1}), told, ("done", done))]
    ask(page, f"I'm Emma {LONG}")
    page.locator(".sources").wait_for()
    page.get_by_text("Why?").click()


def failed(page: Page, gateway: Gateway) -> None:
    gateway.turns = [problem(503, "overloaded", retry_after_s=30, actions=[CALL])]
    ask(page)
    page.locator(".card").wait_for()


def consent(page: Page, gateway: Gateway) -> None:
    gateway.sessions = [
        problem(403, "consent_required", consent={"version": 3, "text": f"May we? {LONG}"}, actions=[CALL])
    ]
    ask(page)
    page.locator(".card").wait_for()


def emergency(page: Page, gateway: Gateway) -> None:
    gateway.turns = [answer("Every minute counts.", path="emergency", actions=[CALL])]
    ask(page)
    page.get_by_role("alert").wait_for()


def waiting(page: Page, gateway: Gateway) -> None:
    gateway.turns = [Gateway.HANG]
    ask(page)
    page.locator(".dots").wait_for()


def menu(page: Page, gateway: Gateway) -> None:
    start(page, gateway)
    page.locator("#more").click()
    page.get_by_role("link", name="Français").wait_for()


def offline(page: Page, gateway: Gateway) -> None:
    page.get_by_role("textbox").fill("😀" * 1_001)
    page.context.set_offline(True)
    page.locator("#offline").wait_for()
    assert gateway.calls == []


STATES = (start, answered, failed, consent, emergency, waiting, menu, offline)


def small_targets(page: Page) -> list[str]:
    """Return what can be pressed and is smaller than 44 by 44 pixels."""
    return page.locator("button, summary, .action, nav a, textarea").evaluate_all(
        """(all) => all
            .filter((one) => one.checkVisibility() && (one.offsetHeight < 44 || one.offsetWidth < 44))
            .map((one) => one.outerHTML)"""
    )


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(PHONE, id="phone"),
        pytest.param(DESKTOP, id="desktop", marks=pytest.mark.long),
        pytest.param(SMALLEST, id="smallest"),
        pytest.param(ZOOMED, id="zoomed", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_every_state_is_accessible_and_fits(browser: Browser, gateway: Gateway, state: Callable[..., None], size: Any):
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    page = context.new_page()
    page.route("**/*", gateway)
    page.goto(f"{SITE}/embed/belle-rive")
    state(page, gateway)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#conversation, .bubble, .card, .action, button").evaluate_all(TOO_WIDE) == []
    assert small_targets(page) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        result = Axe().run(page)
        assert result.violations_count == 0, f"{scheme}: {result.generate_report()}"
    context.close()


def test_the_whole_page_can_be_used_by_keyboard(page: Page):
    seen: list[str] = []
    for _ in range(8):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("() => document.activeElement.id || document.activeElement.innerText"))
    questions = page.locator("#start button").all_inner_texts()
    assert seen == ["forget", "more", "conversation", *questions, "message", "send"]
    page.locator("#more").press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#save")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.locator("#conversation")).to_be_focused()
    expect(page.locator("#save")).to_be_hidden()


def test_the_focus_is_never_lost(page: Page, gateway: Gateway):
    """The elements that have it go away: a suggestion, the stop button, a card's button."""
    box = page.get_by_role("textbox")
    gateway.turns = [Gateway.HANG, problem(503, "draining")]
    page.get_by_role("button", name="When are you open?").press("Enter")
    expect(box).to_be_focused()
    page.get_by_role("button", name="Stop").press("Enter")
    expect(box).to_be_focused()
    ask(page)
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.locator(".assistant .bubble").last).to_have_text("Yes, from €180.")
    expect(box).to_be_focused()
    page.get_by_role("button", name="Forget now").press("Enter")
    expect(box).to_be_focused()


def test_a_touch_screen_is_not_covered_by_a_keyboard_that_nobody_asked_for(browser: Browser, gateway: Gateway):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.route("**/*", gateway)
    page.goto(f"{SITE}/embed/belle-rive")
    page.get_by_role("button", name="When are you open?").tap()
    expect(page.locator(".assistant .bubble")).to_have_text("Yes, from €180.")
    expect(page.locator("#conversation")).to_be_focused()
    context.close()


def test_what_visitors_wrote_themselves_is_not_read_back_to_them(page: Page, gateway: Gateway):
    gateway.turns = [
        frames(("delta", {"text": "It costs €180. Shall "}), ("delta", {"text": "we book?"}), ("done", DONE))
    ]
    ask(page, "how much?")
    expect(page.get_by_role("log").locator("p")).to_have_text(["It costs €180.", "Shall we book?"])


def test_a_reader_who_scrolled_up_stays_there_and_is_told_of_the_new_answer(page: Page, gateway: Gateway):
    scroller, latest = page.locator("#conversation"), page.get_by_role("button", name="New answer below")
    gateway.turns = [answer("\n\n".join(f"Line {i}." for i in range(60))), Gateway.HANG]
    ask(page)
    expect(page.locator(".assistant p").last).to_be_in_viewport()
    ask(page, "and now?")
    page.locator(".dots").wait_for()
    scroller.hover()
    page.mouse.wheel(0, -1_500)
    expect(page.locator(".dots")).not_to_be_in_viewport()
    before = scroller.evaluate("(one) => one.scrollTop")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".note")).to_contain_text("Stopped.")
    assert scroller.evaluate("(one) => one.scrollTop") == before
    expect(latest).to_be_visible()
    latest.click()
    expect(page.locator(".note")).to_be_in_viewport()
    expect(latest).to_be_hidden()


def test_a_window_too_small_for_the_greeting_begins_with_it_all_the_same(page: Page):
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    page.reload()
    expect(page.get_by_text("Hello, and welcome")).to_be_in_viewport()
    assert page.locator("#conversation").evaluate("(one) => [one.scrollTop, one.scrollHeight > one.clientHeight]") == [
        0,
        True,
    ]


def test_a_word_that_arrives_leaves_finished_paragraphs_alone(page: Page, gateway: Gateway):
    page.evaluate(
        """() => {
            window.rebuilt = [];
            const gone = (change) => [...change.removedNodes].map((node) => node.textContent);
            const seen = (changes) => window.rebuilt.push(...changes.flatMap(gone));
            new MutationObserver(seen).observe(document.querySelector("#messages"), { childList: true, subtree: true });
        }"""
    )
    pieces = ["One.\n\n", "Two.\n\n", *(f"word {i} " for i in range(20))]
    gateway.turns = [frames(*[("delta", {"text": piece}) for piece in pieces], ("done", DONE))]
    ask(page)
    expect(page.locator(".assistant .bubble p")).to_have_count(3)
    rebuilt = page.evaluate("() => window.rebuilt")
    assert rebuilt.count("One.") <= 2
    assert len(rebuilt) > 20


def test_the_conversation_is_saved_as_a_file_of_the_visitors_own(page: Page, gateway: Gateway):
    gateway.turns = [
        frames(("redacted", {"text": "I'm [name hidden]", "count": 1}), ("delta", {"text": "Hello."}), ("done", DONE))
    ]
    ask(page, "I'm Emma")
    expect(page.locator(".assistant .bubble")).to_have_text("Hello.")
    asked = len(gateway.calls)
    page.locator("#more").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this conversation").click()
    assert download.value.suggested_filename.startswith("belle-rive-")
    text = download.value.path().read_text("utf-8")
    assert "Conversation with the assistant of Clinique Belle Rive" in text
    assert "Information, not medical advice." in text
    assert "I'm [name removed]" in text
    assert "Hello." in text
    assert len(gateway.calls) == asked


def test_the_field_grows_to_five_lines_and_no_further(page: Page):
    box = page.get_by_role("textbox")
    heights: list[int] = []
    for lines in (1, 3, 5, 9):
        box.fill("\n".join("line" for _ in range(lines)))
        heights.append(box.evaluate("(one) => one.offsetHeight"))
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_the_enter_that_ends_a_word_of_an_input_method_sends_nothing(page: Page, gateway: Gateway):
    box = page.get_by_role("textbox")
    box.fill("にほん")
    box.evaluate(
        "(one) => one.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    assert gateway.calls == []
    expect(box).to_have_value("にほん")


def test_dots_stand_still_where_motion_is_not_wanted(browser: Browser, gateway: Gateway):
    moving: list[str] = []
    for wish in ("no-preference", "reduce"):
        context = browser.new_context(viewport=PHONE, reduced_motion=wish)  # type: ignore[arg-type]
        page = context.new_page()
        page.route("**/*", gateway)
        page.goto(f"{SITE}/embed/belle-rive")
        waiting(page, gateway)
        moving.append(page.locator(".dots i").first.evaluate("(one) => getComputedStyle(one).animationName"))
        context.close()
    assert moving == ["breathe", "none"]


def test_a_language_is_changed_and_the_conversation_stays(page: Page, gateway: Gateway):
    ask(page)
    expect(page.locator(".assistant .bubble")).to_be_visible()
    lines = [{"role": "visitor", "text": "I'm [name hidden]"}, {"role": "assistant", "text": "Hello."}]
    gateway.resumed = (200, {"session": "token-3", "expires_in_s": 900, "language": "en", "history": lines})
    page.locator("#more").click()
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#messages .bubble")).to_have_text(["I'm nom retiré", "Hello."])
    expect(page.locator("#notice")).to_contain_text("Rien de ce que vous écrivez n’est conservé.")


def test_paper_holds_the_conversation_alone(page: Page):
    ask(page)
    expect(page.locator(".assistant .bubble")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".assistant .bubble")).to_be_visible()
    expect(page.locator("#composer")).to_be_hidden()
    expect(page.locator("#forget")).to_be_hidden()
    assert page.locator(".visitor .bubble").evaluate("(one) => getComputedStyle(one).color") == "rgb(0, 0, 0)"
