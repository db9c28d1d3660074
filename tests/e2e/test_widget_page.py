"""The widget on a clinic's page: by keyboard, in single-page apps, several at once, told by scripts of the page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, expect

from tests.deployment import lethe
from tests.embedded import LUMIERE, NOORD, POEM, Embedded, answers, ask, chat, launcher, opened

pytestmark = pytest.mark.needs("chromium")

PRICE = "how much is botox for the forehead?"
BREACHES = """
window.breaches = [];
addEventListener("securitypolicyviolation", ({ violatedDirective }) => breaches.push(violatedDirective));
"""
EVENTS = """() => {
  window.told = [];
  for (const name of ["open", "close", "ready", "unread", "error"]) {
    document.addEventListener(`lethe-${name}`, ({ detail }) => told.push([name, detail]));
  }
}"""


def active(tab: Page) -> str:
    """Return what has the page's focus, as a selector would name it."""
    return tab.evaluate("""() => {
      let found = document.activeElement;
      while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
      return `${found.localName}${found.className && `.${found.className}`}`;
    }""")


def frames_of(tab: Page) -> list[Frame]:
    return [frame for frame in tab.frames if "/embed/" in frame.url]


@pytest.mark.parametrize("by", ["address", "integrity"])
def test_the_pinned_snippet_works_on_a_page_with_the_strictest_policy(by: str, tab: Page, embedded: Embedded):
    """Nothing but what the snippet says is allowed there, Trusted Types are enforced, and no breach is reported."""
    printed = lethe("clinic", "snippet", LUMIERE, "--clinics", str(embedded.clinics), "--gateway", embedded.gateway)
    assert printed.returncode == 0, printed.stderr
    told = re.search(r"^ *(script-src \S+); (frame-src \S+)$", printed.stderr, re.MULTILINE)
    integrity = re.search(r'integrity="(sha384-[^"]+)"', printed.stdout)
    assert told
    assert integrity
    script = told[1] if by == "address" else f"script-src '{integrity[1]}'"
    own = "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.add_init_script(BREACHES)
    tab.goto(embedded.lumiere.page("/strict", head=printed.stdout, csp=f"{own}; {script}; {told[2]}"))
    conversation = opened(tab)
    ask(conversation, PRICE)
    expect(answers(conversation)).to_contain_text("180")
    assert tab.evaluate("() => breaches") == []
    assert said == []


def test_a_strict_page_refuses_a_script_that_is_not_the_pinned_one(tab: Page, embedded: Embedded):
    """Without this the test above would show nothing."""
    tab.add_init_script(BREACHES)
    strict = "default-src 'none'; script-src 'sha384-AAAA'; require-trusted-types-for 'script'; trusted-types 'none'"
    tab.goto(embedded.lumiere.page("/refuses", head=embedded.tag(), csp=strict), wait_until="networkidle")
    assert "script-src-elem" in tab.evaluate("() => breaches")
    expect(tab.locator("lethe-chat")).to_have_count(0)


def test_a_visitor_without_a_mouse_opens_asks_reads_and_leaves(tab: Page, embedded: Embedded):
    tab.goto(embedded.lumiere.page("/", head=embedded.tag()))
    launcher(tab).wait_for()
    tab.keyboard.press("Tab")
    assert active(tab) == "a"
    tab.keyboard.press("Tab")
    expect(launcher(tab)).to_be_focused()
    tab.keyboard.press("Enter")
    conversation = chat(tab)
    expect(conversation.get_by_role("textbox")).to_be_focused()
    tab.keyboard.type(PRICE)
    tab.keyboard.press("Enter")
    expect(answers(conversation)).to_contain_text("180")
    expect(conversation.get_by_role("textbox")).to_be_focused()
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Escape")
    expect(launcher(tab)).to_be_focused()
    expect(launcher(tab)).to_have_attribute("aria-expanded", "false")
    expect(tab.locator("lethe-chat dialog")).to_be_hidden()
    tab.keyboard.press("Enter")
    expect(answers(conversation)).to_contain_text("180")
    expect(conversation.get_by_role("textbox")).to_be_focused()


@pytest.mark.parametrize("width, height", [(320, 640), (1280, 800)])
def test_checkers_of_accessibility_find_nothing(width: int, height: int, tab: Page, embedded: Embedded):
    """The page and the conversation are looked at one by one, the launcher closed and open."""
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto(embedded.lumiere.page("/", head=embedded.tag()))
    launcher(tab).wait_for()
    documents: list[Any] = [tab]
    assert [found for document in documents for found in violations(document)] == []
    launcher(tab).click()
    ask(chat(tab), PRICE)
    expect(answers(chat(tab))).to_contain_text("180")
    for document in (tab, frames_of(tab)[0]):
        assert violations(document) == []
        assert document.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def violations(document: Any) -> list[str]:
    """Return what axe finds wrong in a page or frame."""
    found = Axe().run(document)
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found.response["violations"]]


def test_a_single_page_app_may_take_the_chat_away_bring_it_back_and_go_elsewhere(tab: Page, embedded: Embedded):
    tab.goto(embedded.lumiere.page("/app", head=embedded.tag()))
    conversation = opened(tab)
    ask(conversation, PRICE)
    expect(answers(conversation)).to_contain_text("180")
    tab.evaluate("() => history.pushState(null, '', '/app/prices')")
    tab.evaluate("() => { document.querySelector('main').replaceChildren('Prices') }")
    expect(answers(conversation)).to_contain_text("180")
    tab.evaluate("() => { window.kept = document.querySelector('lethe-chat'); kept.remove() }")
    assert tab.evaluate("() => kept.shadowRoot.querySelector('iframe')") is None
    tab.evaluate("() => { document.body.append(kept) }")
    expect(launcher(tab)).to_have_attribute("aria-expanded", "false")
    expect(answers(opened(tab))).to_contain_text("180")
    expect(tab.locator("lethe-chat iframe")).to_have_count(1)


def test_an_attribute_changed_later_changes_the_chat(tab: Page, embedded: Embedded):
    tab.goto(embedded.lumiere.page("/", head=embedded.tag()))
    chats = tab.locator("lethe-chat")
    launcher(tab).wait_for()
    chats.evaluate("(element) => element.setAttribute('position', 'left')")
    box = launcher(tab).bounding_box()
    assert box
    assert box["x"] < 100
    chats.evaluate("(element) => element.setAttribute('language', 'nl')")
    launcher(tab).click()
    expect(chat(tab).locator("html")).to_have_attribute("lang", "nl")


def test_two_clinics_on_one_page_have_a_chat_each(tab: Page, embedded: Embedded):
    """Each on a site of its own list: the second clinic lists this one's site too."""
    second = f'<lethe-chat clinic="{NOORD}" position="left" language="en"></lethe-chat>'
    tab.goto(embedded.both.page("/", head=embedded.tag(), body=second))
    first, other = opened(tab), opened(tab, NOORD)
    ask(first, PRICE)
    expect(answers(first)).to_contain_text("180")
    ask(other, PRICE)
    expect(answers(other)).to_contain_text("149")
    expect(first.locator(".visitor")).to_have_count(1)
    assert frames_of(tab)[0].evaluate("() => Object.keys(sessionStorage).sort()") == [
        f"lethe:{LUMIERE}",
        f"lethe:{NOORD}",
    ]


def test_the_script_twice_makes_one_chat(tab: Page, embedded: Embedded):
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(embedded.lumiere.page("/", head=embedded.tag() * 2), wait_until="networkidle")
    tab.add_script_tag(url=f"{embedded.gateway}/widget.js")
    expect(tab.locator("lethe-chat")).to_have_count(1)
    expect(tab.locator("lethe-chat button")).to_have_count(1)
    assert faults == []


def test_the_element_alone_and_scripts_of_the_page_open_and_close_it(tab: Page, embedded: Embedded):
    """What scripts are told says what happened, never a word of the chat."""
    element = f'<lethe-chat clinic="{LUMIERE}" language="en" label="Ask us"></lethe-chat>'
    script = f'<script src="{embedded.gateway}/widget.js" async referrerpolicy="no-referrer"></script>'
    tab.goto(embedded.lumiere.page("/", head=script, body=element))
    expect(launcher(tab)).to_have_text("Ask us")
    tab.evaluate(EVENTS)
    tab.evaluate("() => lethe.open()")
    conversation = chat(tab)
    expect(conversation.get_by_role("textbox")).to_be_focused()
    goes_on = embedded.gate()  # the answer ends when nobody looks
    ask(conversation, POEM)
    tab.evaluate("() => lethe.close()")
    embedded.let(goes_on)
    expect(tab.locator("lethe-chat [role=status], lethe-chat output")).to_contain_text("1")
    tab.evaluate("() => document.querySelector('lethe-chat').open()")
    expect(answers(conversation)).to_contain_text("The sea is wide")
    told = tab.evaluate("() => told")
    assert [name for name, _ in told] == ["open", "ready", "close", "unread", "open", "unread"]
    assert {type(value) for _, detail in told for value in (detail or {}).values()} <= {int}
    assert [detail["count"] for name, detail in told if name == "unread"] == [1, 0]


def test_a_page_that_stops_listening_is_told_no_more(tab: Page, embedded: Embedded):
    tab.goto(embedded.lumiere.page("/", head=embedded.tag()))
    launcher(tab).wait_for()
    tab.evaluate("() => { window.count = 0; window.off = lethe.on('open', () => { count += 1 }) }")
    tab.evaluate("() => { lethe.open(); lethe.close(); off(); lethe.open() }")
    assert tab.evaluate("() => count") == 1
