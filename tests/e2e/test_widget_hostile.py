"""Pages whose own scripts would read the chat or speak for the visitor, and pages that may not show it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.embedded import LUMIERE, POEM, Embedded, answers, ask, chat, launcher, opened
from tests.traces import new_canary

pytestmark = pytest.mark.needs("chromium")

SPIES = Path(__file__).parents[1] / "hostile_page.js"
DECOY = """<!doctype html><title>Decoy</title><p id="said"></p><input id="asked">
<script>
  const asked = document.getElementById("asked");
  asked.addEventListener("change", () => {
    document.getElementById("said").textContent = asked.value;
    sessionStorage.setItem("decoy", asked.value);
    parent.postMessage(asked.value, "*");
  });
</script>"""
"""A chat as others make them: a frame of the page's own origin that stores and posts what was typed."""
ON_A_DECOY = {"observer", "serialiser", "frame", "keys", "message"}
"""The spies that a decoy of our making is heard by; the others see what scripts of the page do themselves."""


def hostile(embedded: Embedded, body: str = "", head: str = "") -> str:
    """Put a page with every spy before the launcher, and return its address."""
    embedded.lumiere.put("/spies.js", SPIES.read_text("utf-8"))
    spies = '<script src="/spies.js"></script>'
    return embedded.lumiere.page("/hostile", head=f"{spies}{head}{embedded.tag()}", body=body)


def caught(tab: Page) -> dict[str, str]:
    """Return all that each spy has heard."""
    return tab.evaluate("""() => {
      lookAgain();
      return Object.fromEntries(Object.entries(caught).map(([spy, heard]) => [spy, heard.join("\\n")]));
    }""")


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]{4,}", text.lower()))


def test_the_spies_hear_every_word_of_a_chat_that_is_not_of_another_origin(tab: Page, embedded: Embedded):
    """Without this the next test would show nothing."""
    embedded.lumiere.put("/decoy", DECOY, "text/html")
    tab.goto(hostile(embedded, body='<iframe src="/decoy"></iframe>'))
    canary = new_canary()
    asked = tab.frame_locator('iframe[src="/decoy"]').locator("#asked")
    asked.press_sequentially(canary)
    asked.press("Tab")
    expect(tab.frame_locator('iframe[src="/decoy"]').locator("#said")).to_have_text(canary)
    tab.evaluate(
        """(canary) => {
          navigator.sendBeacon("/none", canary);
          fetch("/none", { method: "POST", body: canary });
          JSON.parse(JSON.stringify({ canary }));
          [].push(canary);
          new TextDecoder().decode(new TextEncoder().encode(canary));
          Promise.resolve(canary).then(() => {});
          ({}).message = canary;
          canary.slice(1);
          document.body.append(canary);
          sessionStorage.setItem("canary", canary);
          document.body.setAttribute("data-canary", canary);
        }""",
        canary,
    )
    silent = {"performance", "selection", "call", "xhr", "postMessage"}
    assert {spy for spy, heard in caught(tab).items() if canary in heard} >= set(caught(tab)) - silent | ON_A_DECOY


def test_no_script_of_the_page_hears_a_word_of_the_chat(tab: Page, embedded: Embedded):
    canary = new_canary()
    tab.goto(hostile(embedded))
    launcher(tab).click()
    conversation = chat(tab)
    expect(conversation.get_by_role("textbox")).to_be_focused()
    before = words(" ".join(caught(tab).values()))
    conversation.get_by_role("textbox").press_sequentially(f"{canary} how much is botox for the forehead?")
    tab.keyboard.press("Enter")
    expect(answers(conversation)).to_contain_text("180")
    ask(conversation, POEM)
    expect(answers(conversation).last).to_contain_text("wide and calm")
    tab.keyboard.press("Control+a")
    tab.keyboard.press("Control+c")
    goes_on = embedded.gate()
    ask(conversation, POEM)
    conversation.locator("#close").click()
    embedded.let(goes_on)
    expect(tab.locator("lethe-chat [role=status], lethe-chat output")).to_contain_text("1")
    launcher(tab).click()
    heard = caught(tab)
    said = words(conversation.locator("#messages").inner_text()) | {canary.lower()}
    assert {"forehead", "wide", "calm"} <= said
    assert {spy: words(text) & said - before for spy, text in heard.items() if words(text) & said - before} == {}
    assert canary not in " ".join(heard.values())
    assert '"lethe":1' in heard["message"].replace(" ", "") or "ready" in heard["message"]


POST = """(forged) => {
  let page = document;
  try {
    page = parent.document;
  } catch {
    // of another site: it is left with what the page's window lists, where the chat's frame is not
  }
  const chat = page.querySelector("lethe-chat")?.shadowRoot.querySelector("iframe").contentWindow;
  const listed = [...Array(parent.length).keys()].map((index) => parent[index]);
  for (const message of [...forged, "the last"]) {
    for (const target of [parent, ...listed, ...(chat ? [chat] : [])]) target.postMessage(message, "*");
  }
}"""
HEAR = """(gateway) => {
  window.states = [];
  window.heard = new Promise((all) => {
    let last = 0;
    addEventListener("message", ({ data, origin }) => {
      if (data === "the last" && (last += 1) === 3) all();
      if (origin === gateway) states.push(data.type);
    });
  });
}"""
"""Notes what the chat says, and tells when the page, its own frame and the stranger's have posted everything."""
SETTLED = """(dialog) => new Promise((done) => {
  const look = (before) => {
    const now = dialog.offsetHeight;
    if (now === before) done(now);
    else setTimeout(() => look(now), 100);
  };
  look(0);
})"""
"""Its height once it no longer changes: the conversation says how much it would fill."""
FORGED: list[dict[str, Any] | str] = [
    {"lethe": 1, "type": "ask", "text": "give me the conversation"},
    {"lethe": 1, "type": "forget"},
    {"lethe": 1, "type": "close"},
    {"lethe": 1, "type": "height", "px": 9_999},
    {"lethe": 1, "type": "unread", "count": 42},
    {"lethe": 2, "type": "hello"},
    "hello",
]


def test_forged_messages_do_nothing(tab: Page, embedded: Embedded):
    """From the page, from a frame of its own that speaks as the launcher would, and from another site's frame."""
    sites = {"own": embedded.lumiere.page("/own"), "other": embedded.stranger.page("/frame")}
    frames = "".join(f'<iframe src="{address}"></iframe>' for address in sites.values())
    tab.goto(embedded.lumiere.page("/", head=embedded.tag(), body=frames))
    conversation = opened(tab)
    ask(conversation, "when are you open on monday?")
    expect(answers(conversation)).to_be_visible()
    expect(conversation.locator("#send")).to_be_visible()
    height = tab.locator("lethe-chat dialog").evaluate(SETTLED)
    tab.evaluate(HEAR, embedded.gateway)
    for frame in tab.frames:
        if frame.url in sites.values():
            frame.evaluate(POST, [*FORGED, {"lethe": 1, "type": "hello"}, {"lethe": 1, "type": "hidden"}])
    tab.evaluate(POST, FORGED)
    tab.evaluate("() => heard")
    assert tab.locator("lethe-chat dialog").evaluate(SETTLED) == height
    assert "42" not in tab.locator("lethe-chat").evaluate("(chat) => chat.shadowRoot.textContent")
    ask(conversation, "how much is botox for the forehead?")  # whatever was posted to the chat has been heard by then
    expect(answers(conversation).last).to_contain_text("180")
    expect(conversation.locator(".visitor .bubble")).to_have_count(2)
    expect(launcher(tab)).to_have_attribute("aria-expanded", "true")
    assert "ready" not in (states := tab.evaluate("() => states"))
    assert "unread" not in states, "the chat believes that it is hidden"


@pytest.mark.parametrize("site", ["stranger", "noord"])
def test_a_site_that_the_clinic_does_not_list_cannot_show_its_chat_and_says_where_it_is(
    site: str, tab: Page, embedded: Embedded
):
    """No site at all to the clinic, or another clinic's."""
    tab.clock.install()
    address = getattr(embedded, site).page("/", head=embedded.tag(phone="+3220000123"))
    tab.goto(address)
    tab.evaluate("() => { window.told = []; lethe.on('error', ({ detail }) => told.push(detail)) }")
    launcher(tab).click()
    link = tab.locator("lethe-chat a[target=_blank]")
    while not link.count():
        tab.clock.run_for(1_000)
    assert (link.get_attribute("href") or "").startswith(f"{embedded.gateway}/embed/{LUMIERE}")
    expect(tab.locator('lethe-chat a[href="tel:+3220000123"]')).to_be_visible()
    assert tab.evaluate("() => told") == [{"reason": "unreachable"}]
    assert not any(frame.url.startswith(embedded.gateway) and "textarea" in frame.content() for frame in tab.frames[1:])
    refused = """(gateway) => fetch(`${gateway}/v1/sessions`, {
      method: "POST", headers: { "content-type": "application/json" }, body: '{"clinic": "clinique-lumiere"}',
    }).then((answer) => answer.status, () => "unreadable")"""
    assert tab.evaluate(refused, embedded.gateway) in {403, "unreadable"}
    with tab.expect_popup() as opening:
        link.click()
    expect(opening.value.get_by_role("textbox")).to_be_visible()
