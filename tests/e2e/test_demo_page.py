"""The demo page in a real browser: a clinic's page with the real launcher on it, under the strictest policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from schemas.clinic import Clinic, parse_clinic
from tests.deployment import ROOT
from tests.page_clinic import page_clinic
from tests.page_gateway import SITE, Gateway

pytestmark = pytest.mark.needs("chromium")

DEMO = f"{SITE}/demo/belle-rive"
DESKTOP = {"width": 1280, "height": 800}
SIZES = [(320, 480), (390, 844), (768, 1024), (1280, 800), (1600, 1000)]
CONVERSATION = f"iframe[src^='{SITE}/embed/belle-rive']"

COUNT_SHIFTS = """
    window.moved = 0;
    new PerformanceObserver((list) => { for (const shift of list.getEntries()) window.moved += shift.value; })
        .observe({ type: "layout-shift", buffered: true });
"""
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def gateway() -> Gateway:
    return Gateway(page_clinic())


@pytest.fixture
def page(browser: Browser, gateway: Gateway) -> Iterator[Page]:
    """The demo page, which must end without an error of script, a policy breach or a foreign request."""
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    tab = context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: faults.append(message.text))
    tab.route("**/*", gateway)
    tab.goto(DEMO)
    yield tab
    context.close()
    assert faults == []
    assert gateway.strangers == []


def test_the_page_shows_the_clinic(page: Page):
    expect(page.get_by_role("heading", level=1)).to_have_text("Your skin, in good hands.")
    expect(page.get_by_role("banner")).to_contain_text("Clinique Belle Rive")
    expect(page.locator(".prices")).to_contain_text("€180 – €450")
    expect(page.locator(".status").first).to_have_text("Open now, until 12:30")
    expect(page.locator(".today")).to_contain_text("Monday")


def test_nothing_of_the_chat_is_there_before_the_click(page: Page, gateway: Gateway):
    expect(page.locator("lethe-chat")).to_have_count(1)
    assert page.frames == [page.main_frame]
    assert gateway.calls == []
    assert page.evaluate("() => sessionStorage.length + localStorage.length") == 0


@pytest.mark.parametrize("name", ["Open the chat", "Ask a question"])
def test_a_link_to_the_chat_opens_it_on_the_page(page: Page, name: str):
    expect(page.locator("lethe-chat")).to_have_count(1)
    page.get_by_role("main").get_by_role("link", name=name).click()
    expect(page.locator(CONVERSATION)).to_be_visible()
    assert page.url == DEMO


def test_without_the_launcher_a_link_leads_to_the_chats_own_page(browser: Browser, gateway: Gateway):
    tab = browser.new_page()
    tab.route("**/*", gateway)
    tab.route("**/widget.js", lambda route: route.fulfill(status=404))
    tab.goto(DEMO)
    tab.get_by_role("link", name="Open the chat").click()
    tab.wait_for_url(f"{SITE}/embed/belle-rive?lang=en")
    tab.close()


def test_a_question_is_copied_by_a_click(page: Page):
    """`gateway.test` is no secure origin, so the browser's own clipboard is used in the running system's test."""
    page.evaluate(
        """() => Object.defineProperty(navigator, "clipboard", { value: {
            writeText: async (text) => { document.title = text; },
        } })"""
    )
    question = page.locator(".try li").filter(has_text="0470 12 34 56")
    question.get_by_role("button", name="Copy").click()
    expect(page.locator("#try [role=status]")).to_have_text("Copied. Paste it into the chat.")
    expect(page).to_have_title(question.locator(".asked").inner_text())
    expect(page.locator(".copy.done")).to_have_count(1)


def test_a_question_is_selected_where_the_browser_gives_no_clipboard(page: Page):
    question = page.locator(".try li").first
    question.get_by_role("button", name="Copy").click()
    expect(page.locator("#try [role=status]")).to_contain_text("Selected.")
    assert page.evaluate("() => String(getSelection())") == question.locator(".asked").inner_text()
    expect(page.locator(".copy.done")).to_have_count(0)


def test_a_treatments_options_are_shown_by_a_click(page: Page):
    expect(page.get_by_text("Deep")).to_be_hidden()
    page.get_by_text("2 options").click()
    expect(page.get_by_text("Deep")).to_be_visible()


def test_the_page_changes_its_language(page: Page):
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre peau, entre de bonnes mains.")


def test_the_page_does_not_move_when_the_launcher_arrives(browser: Browser, gateway: Gateway):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    tab = browser.new_page(viewport=DESKTOP)  # type: ignore[arg-type]
    tab.add_init_script(COUNT_SHIFTS)
    tab.route("**/*", gateway)
    tab.route("**/widget.js", hold)
    tab.goto(DEMO, wait_until="domcontentloaded")
    tab.evaluate(PAINTED)
    gateway(held.pop())
    expect(tab.locator("lethe-chat")).to_have_count(1)
    tab.evaluate(PAINTED)
    assert tab.evaluate("() => window.moved") == 0
    tab.close()


def shipped(name: str) -> Clinic:
    text = (ROOT / "deploy" / "clinics" / f"{name}.toml").read_text("utf-8")
    return parse_clinic(text.replace(f'id = "{name}"', 'id = "belle-rive"'), file_id="belle-rive")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "width, height", [pytest.param(*size, marks=pytest.mark.long) for size in SIZES[1:]] + SIZES[:1]
)
@pytest.mark.parametrize("name", ["clinique-lumiere", "huidkliniek-noord"])
def test_the_page_is_accessible_and_fits(browser: Browser, name: str, width: int, height: int, scheme: Any):
    clinic = shipped(name)
    gateway = Gateway(clinic)
    gateway.now = dt.datetime(2026, 12, 24, 9, 30, tzinfo=dt.UTC)  # an offer holds, and closures are announced
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    tab = context.new_page()
    tab.route("**/*", gateway)
    for language in clinic.languages:
        tab.goto(f"{DEMO}?lang={language}")
        expect(tab.locator("lethe-chat")).to_have_count(1)
        result = Axe().run(tab)
        assert result.violations_count == 0, result.generate_report()
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        small = """(all) => all
            .filter((one) => one.offsetParent && (one.offsetHeight < 44 || one.offsetWidth < 44))
            .map((one) => one.innerText)"""
        assert tab.locator("main :is(.button, button, summary), nav a").evaluate_all(small) == []
    context.close()


def test_a_visitor_of_the_running_system_copies_a_question_and_asks_it(browser: Browser, running: Any):
    """`running.gateway` is the gateway's base address, `running.clinics` the ids it serves."""
    context = browser.new_context(viewport=DESKTOP, permissions=["clipboard-read", "clipboard-write"])  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{running.gateway}/demo/clinique-lumiere?lang=en")
    question = page.locator(".try li").filter(has_text="0470 12 34 56")
    question.get_by_role("button", name="Copy").click()
    expect(page.locator(".copy.done")).to_have_count(1)
    expect(page.locator("lethe-chat")).to_have_count(1)
    page.get_by_role("link", name="Open the chat").click()
    chat = page.frame_locator("iframe[src*='/embed/']")
    chat.get_by_role("textbox").press("Control+V")
    chat.get_by_role("textbox").press("Enter")
    expect(chat.get_by_text("150 metres away").first).to_be_visible(timeout=30_000)
    expect(chat.get_by_text("0470 12 34 56")).to_have_count(0)
    context.close()
