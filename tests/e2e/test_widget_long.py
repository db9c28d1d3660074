"""The widget in every language, on every screen, in both schemes; a very long conversation; and Lighthouse."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.bench.widget_lighthouse import compare
from tests.chat_page import DESKTOP, PHONE
from tests.embedded import LUMIERE, NOORD, Embedded, answers, ask, chat, launcher
from tests.page_gateway import DONE, Gateway, frames

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.long]

VISITS = {
    "en": (LUMIERE, "how much is botox for the forehead?", "180"),
    "fr": (LUMIERE, "c'est combien le botox du front ?", "180"),
    "nl": (LUMIERE, "hoeveel kost botox voor het voorhoofd?", "180"),
    "de": (NOORD, "was kostet botox an der stirn?", "149"),
}
SCREENS = {"small phone": {"width": 320, "height": 568}, "phone": PHONE, "lying": {"width": 844, "height": 390}}
SCREENS |= {"tablet": {"width": 768, "height": 1024}, "desktop": DESKTOP}


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, browser: Browser, scheme: str) -> Iterator[Page]:
    """A tab on this screen, in this scheme."""
    small = request.param != "desktop"
    context = browser.new_context(
        viewport=SCREENS[request.param],  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=small,
        is_mobile=small,
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", VISITS)
def test_a_visitor_finds_the_chat_in_their_language_on_their_screen(language: str, screen: Page, embedded: Embedded):
    """The page says the language; the launcher, the conversation and the answer follow."""
    clinic, question, price = VISITS[language]
    site = embedded.noord if clinic == NOORD else embedded.lumiere
    screen.goto(site.page("/", head=embedded.tag(clinic), language=language))
    launcher(screen, clinic).click()
    conversation = chat(screen, clinic)
    expect(conversation.locator("html")).to_have_attribute("lang", language)
    ask(conversation, question)
    expect(answers(conversation)).to_contain_text(price)
    expect(conversation.locator("#send")).to_be_visible()
    assert screen.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    for document in screen.frames:
        violations = Axe().run(document).response["violations"]
        assert [rule["id"] for rule in violations] == []
        assert document.evaluate(TOO_SMALL) == []
    box = screen.locator("lethe-chat dialog").bounding_box()
    size = screen.viewport_size
    assert box
    assert size
    assert (min(box["x"], box["y"]) >= 0, box["x"] + box["width"] <= size["width"]) == (True, True)
    assert box["y"] + box["height"] <= size["height"]
    conversation.locator("#close").click()
    expect(screen.locator("lethe-chat dialog")).to_be_hidden()


TOO_SMALL = """() => {
  const root = document.querySelector("lethe-chat")?.shadowRoot ?? document;
  const found = [...root.querySelectorAll("button, textarea, .action")].filter((one) => one.checkVisibility());
  return found.filter((one) => one.offsetHeight < 44 || one.offsetWidth < 44).map((one) => one.outerHTML);
}"""
"""Targets of less than 44 pixels."""


@pytest.mark.needs("npm")
def test_lighthouse_says_the_same_of_the_demo_page_with_the_widget_and_without(embedded: Embedded):
    """Within a point. A busy machine takes points from either page now and then; the widget would take them always."""
    address = f"{embedded.gateway}/demo/{LUMIERE}?lang=en"
    found = [compare(address).differences()]
    while len(found) < 3 and not _same(found[-1]):
        found.append(compare(address).differences())
    assert _same(found[-1]), found


def _same(differences: dict[str, float]) -> bool:
    return all(abs(points) <= 1 for points in differences.values())


ASK_TEN = """async () => {
  const [input, form, send] = ["message", "composer", "send"].map((id) => document.getElementById(id));
  for (let turn = 0; turn < 10; turn += 1) {
    input.value = "and then?";
    input.dispatchEvent(new Event("input"));
    form.requestSubmit();
    await new Promise((done) => {
      const look = () => (send.hidden ? setTimeout(look, 5) : requestAnimationFrame(() => setTimeout(done)));
      setTimeout(look, 5);
    });
  }
}"""
"""By the page's own means: the driver's ways to find and fill take longer the more there is on a page."""


def test_the_two_hundredth_answer_costs_hardly_more_than_the_first(page: Page, gateway: Gateway):
    """CPU time of the page's main thread, by tens of turns in one conversation, each answer in forty pieces."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    words = [("delta", {"text": f"word{number} "}) for number in range(40)]
    gateway.turns = [frames(("accepted", {"turn": "t"}), *words, ("done", DONE)) for _ in range(200)]
    spent: list[float] = []
    for _ in range(20):
        before = _task_s(session)
        page.evaluate(ASK_TEN)
        spent.append(_task_s(session) - before)
    expect(page.locator(".assistant .bubble")).to_have_count(200)
    first, last = statistics.median(spent[1:4]), statistics.median(spent[-3:])  # the very first ones warm up
    print(f"\na turn: {first * 100:.0f} ms at first, {last * 100:.0f} ms after two hundred")
    assert last < 2 * first


def _task_s(session: CDPSession) -> float:
    measured = session.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in measured if metric["name"] == "TaskDuration")
