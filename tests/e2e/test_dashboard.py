"""The dashboard in a real browser, over a real database with some months of invented visitors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.dashboard_app import MINE, OPERATOR
from tests.dashboard_site import Site

pytestmark = pytest.mark.needs("chromium")

PHONE: Any = {"width": 360, "height": 740}
DESKTOP: Any = {"width": 1280, "height": 800}
CLINIC = f"/clinics/{MINE}"
LONG = f"{CLINIC}?range=91d"
"""All panels hold something."""
DRAWN = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let inked = 0;
    for (let i = 3; i < data.length; i += 4) inked += data[i] > 0;
    return inked / (data.length / 4);
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("dashboard")) as served:
        yield served


class Visit:
    """A browser's tab that must end without an error of script, a breach of policy or a request to a stranger."""

    def __init__(self, browser: Browser, site: Site, **options: Any) -> None:
        self.context = browser.new_context(base_url=site.url, **({"viewport": DESKTOP, "locale": "en"} | options))
        self.tab = self.context.new_page()
        self.faults: list[str] = []
        self.tab.on("pageerror", lambda error: self.faults.append(str(error)))
        self.tab.on("console", lambda said: self.faults.append(said.text) if is_fault(said) else None)
        self.tab.on("request", lambda call: None if call.url.startswith(site.url) else self.faults.append(call.url))
        self.context.request.post("/enter", form={"token": site.token}, max_redirects=0)

    def close(self) -> None:
        self.context.close()
        assert self.faults == []


def is_fault(said: Any) -> bool:
    """A refusal that a test asks for is reported on the console too."""
    return said.type in {"error", "warning"} and not said.text.startswith("Failed to load resource")


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    visit = Visit(browser, site)
    visit.tab.goto(CLINIC)
    yield visit.tab
    visit.close()


def violations(tab: Page) -> list[str]:
    found = Axe().run(tab)
    return [found.generate_report()] if found.violations_count else []


def fits(tab: Page) -> bool:
    return tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_signing_in_needs_a_keyboard_alone_and_a_wrong_token_is_said_aloud(browser: Browser, site: Site):
    context = browser.new_context(base_url=site.url, locale="en")
    tab = context.new_page()
    tab.goto(f"{CLINIC}?range=7d")
    tab.keyboard.type("not the token")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert")).to_contain_text("not a valid access token")
    tab.keyboard.type(site.token)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Clinique Lumière")
    assert tab.url == f"{site.url}{CLINIC}?range=7d"
    tab.get_by_role("button", name="Sign out").click()
    expect(tab.get_by_label("Access token")).to_be_focused()
    tab.goto(CLINIC)
    expect(tab.get_by_label("Access token")).to_be_visible()
    context.close()


def test_a_link_in_a_mail_opens_for_who_is_signed_in(page: Page, site: Site):
    """A browser holds a strict cookie back from another site's link; the page asks again by itself."""
    context = page.context
    mail = context.new_page()
    letter = f'<a href="{site.url}{CLINIC}?range=7d">Your figures</a>'
    mail.route("https://mail.example/*", lambda route: route.fulfill(body=letter, content_type="text/html"))
    mail.goto("https://mail.example/inbox")
    mail.get_by_role("link").click()
    expect(mail.get_by_role("heading", level=1)).to_have_text("Clinique Lumière")
    assert mail.url == f"{site.url}{CLINIC}?range=7d"


def test_the_owner_sees_three_answers_before_scrolling(page: Page):
    page.goto(LONG)
    cards = page.locator(".insights li")
    expect(cards).to_have_count(3)
    for card in cards.all():
        box = card.bounding_box()
        assert box
        assert box["y"] + box["height"] < DESKTOP["height"]
    expect(cards.nth(1)).to_contain_text("What to add to the price list")


def test_the_series_is_drawn_and_told_as_a_table(page: Page):
    page.goto(LONG)
    canvas = page.locator(".plot canvas")
    expect(canvas).to_be_visible()
    assert canvas.evaluate(DRAWN) > 0.05
    page.get_by_text("Show as a table").click()
    expect(page.locator("#series table").first.locator("tbody tr").first).to_be_visible()


def test_a_bar_is_read_from_its_first_pixel_to_its_last(page: Page):
    said = json.loads(page.locator("figure").get_attribute("data-chart") or "")["now"]["labels"]
    over = page.locator(".plot .u-over")
    box = over.bounding_box()
    assert box
    for bar in (0, 13, 27):
        for part in (0.1, 0.9):
            over.hover(position={"x": box["width"] / 28 * (bar + part), "y": 20})
            expect(page.locator(".reading")).to_contain_text(said[bar])


def test_a_treatment_is_chosen_and_left_again_by_keyboard(page: Page):
    page.goto(LONG)
    row = page.locator("#topics").get_by_role("link", name="Lip filler")
    row.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**topic=lip_filler*")
    chip = page.locator(".chips").get_by_role("link", name="Remove the filter Lip filler")
    expect(page.locator("#topics tr.current")).to_contain_text("Lip filler")
    expect(page.locator("#hours")).to_contain_text("Not shown with a filter")
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LONG}")


def test_filters_combine_and_three_of_them_say_why_not(page: Page):
    page.goto(f"{LONG}&topic=lip_filler")
    page.locator("#intents").get_by_role("link", name="Price").click()
    page.wait_for_url("**intent=price*")
    expect(page.locator(".chips li")).to_have_count(3)
    expect(page.locator(".tiles li").first).to_contain_text("Questions")
    page.goto(f"{LONG}&topic=lip_filler&intent=price&ending=answered")
    expect(page.locator(".state")).to_contain_text("two properties at most")
    page.get_by_role("link", name="Remove all").first.click()
    page.wait_for_url(f"**{LONG}")


def test_own_days_are_a_plain_form_and_stay_in_the_address(page: Page):
    page.goto(f"{LONG}&topic=lip_filler&lang=de")
    page.get_by_text("Andere Tage").click()
    last = page.get_by_label("Bis", exact=True).input_value()
    page.get_by_label("Von", exact=True).fill(last)
    page.get_by_role("button", name="Anzeigen").click()
    page.wait_for_url(f"**?from={last}&to={last}&topic=lip_filler&lang=de")


def test_menus_close_by_escape_and_by_a_click_elsewhere(page: Page):
    menu = page.locator("details.menu").nth(1)
    summary = menu.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.click()
    page.get_by_role("heading", level=1).click()
    expect(menu).not_to_have_attribute("open", "")


def test_every_figure_is_explained_to_a_keyboard_and_a_screen_reader(page: Page):
    page.goto(LONG)
    expect(page.locator("details.why")).to_have_count(6 + 9)
    tile = page.locator(".tiles li").nth(2)
    tile.get_by_text("What does “Answered without AI” mean?").locator("..").focus()
    page.keyboard.press("Enter")
    expect(tile.locator("details.why p")).to_be_visible()
    expect(tile.locator("details.why p")).to_contain_text("without asking an AI model")


def test_the_first_key_leads_past_the_menus(page: Page):
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the figures")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_language_changes_and_the_view_stays(page: Page):
    page.goto(f"{LONG}&topic=lip_filler")
    page.get_by_role("link", name="Français").click()
    page.wait_for_url("**?range=91d&topic=lip_filler&lang=fr")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#not_offered h2")).to_have_text("Demandé mais pas proposé")


def test_a_file_holds_what_is_shown(page: Page):
    page.goto(LONG)
    page.get_by_text("Download what is shown").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Asked about, CSV").click()
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    shown = page.locator("#topics tbody tr").count()
    assert sum(line.startswith(("withheld", "topic,")) for line in lines) == 2
    assert len(lines) - 2 == shown


def test_without_script_nothing_is_missing(browser: Browser, site: Site):
    visit = Visit(browser, site, java_script_enabled=False)
    visit.tab.goto(LONG)
    expect(visit.tab.locator(".plot")).to_be_hidden()
    visit.tab.get_by_text("Show as a table").click()
    expect(visit.tab.locator("#series tbody tr").first).to_be_visible()
    expect(visit.tab.locator(".heat td").first).to_be_visible()
    visit.tab.get_by_text("Compare with").click()
    visit.tab.get_by_role("link", name="Nothing").click()
    expect(visit.tab.locator(".changes")).to_have_count(0)
    visit.close()


def test_on_paper_there_are_figures_and_no_buttons(browser: Browser, site: Site):
    visit = Visit(browser, site, color_scheme="dark")
    visit.tab.goto(LONG)
    canvas = visit.tab.locator(".plot canvas")
    dark = canvas.evaluate("(canvas) => canvas.toDataURL()")
    visit.tab.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert visit.tab.locator(".plot canvas").evaluate("(canvas) => canvas.toDataURL()") != dark
    visit.tab.evaluate("() => dispatchEvent(new Event('afterprint'))")
    visit.tab.emulate_media(media="print")
    for gone in (".choices", ".menu >> nth=0", ".languages", ".why >> nth=0", "button >> nth=0"):
        expect(visit.tab.locator(gone)).to_be_hidden()
    expect(visit.tab.locator(".insights")).to_be_visible()
    assert visit.tab.evaluate("() => getComputedStyle(document.body).color") == "rgb(27, 36, 40)"
    assert visit.tab.pdf(format="A4").startswith(b"%PDF")
    visit.close()


def test_without_the_pages_colours_bars_and_chosen_rows_are_still_seen(browser: Browser, site: Site):
    visit = Visit(browser, site, forced_colors="active")
    visit.tab.goto(f"{LONG}&topic=lip_filler")
    bar, row = visit.tab.locator(".bar rect").first, visit.tab.locator("#topics [aria-current]")
    assert bar.evaluate("(bar) => getComputedStyle(bar).fill") != "none"
    assert row.evaluate("(row) => getComputedStyle(row).outlineStyle") == "solid"
    visit.close()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(PHONE, id="phone"),
        pytest.param({"width": 320, "height": 256}, id="zoomed-to-400-percent", marks=pytest.mark.long),
        pytest.param({"width": 1600, "height": 1000}, id="wide", marks=pytest.mark.long),
    ],
)
def test_every_page_is_accessible_and_fits(browser: Browser, site: Site, size: Any, scheme: Any):
    visit = Visit(browser, site, viewport=size, color_scheme=scheme)
    tab = visit.tab
    for path in (LONG, f"{LONG}&topic=lip_filler", f"{CLINIC}?source=seed", f"{CLINIC}?range=x", "/clinics/unknown"):
        tab.goto(path)
        for details in tab.locator("details:not(.menu)").all():
            details.evaluate("(one) => { one.open = true; }")
        assert violations(tab) == [], path
        assert fits(tab), path
    tab.goto(LONG)
    for menu in tab.locator("details.menu").all():
        menu.locator("summary").click()
        assert violations(tab) == []
        assert fits(tab)
        tab.keyboard.press("Escape")
    visit.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_in_is_accessible_and_fits(browser: Browser, site: Site, scheme: Any):
    context = browser.new_context(base_url=site.url, viewport=PHONE, color_scheme=scheme)
    tab = context.new_page()
    tab.goto("/")
    tab.get_by_label("Access token").fill("wrong")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert")).to_be_visible()
    assert violations(tab) == []
    tab.get_by_label("Access token").fill(OPERATOR)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Clinics")).to_be_visible()
    assert violations(tab) == []
    assert fits(tab)
    context.close()
