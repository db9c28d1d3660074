"""Networks that fail, gateways that die, pages that come back: the conversation goes on, or says honestly why not."""

from __future__ import annotations

import pytest
from playwright.sync_api import FrameLocator, Page, Playwright, expect

from tests.embedded import POEM, Embedded, answers, ask, opened
from tests.needs import CHROMIUM, CHROMIUM_FLAGS

pytestmark = pytest.mark.needs("chromium")

PRICE, HOURS = "how much is botox for the forehead?", "when are you open on monday?"


def started(tab: Page, embedded: Embedded) -> FrameLocator:
    """Open the chat on the clinic's page and have a first question answered."""
    tab.goto(embedded.lumiere.page("/", head=embedded.tag()))
    conversation = opened(tab)
    ask(conversation, PRICE)
    expect(answers(conversation)).to_contain_text("180")
    return conversation


def test_a_reloaded_page_shows_the_conversation_again_and_goes_on(tab: Page, embedded: Embedded):
    """What the sealed token holds: personal data has been hidden in it."""
    tab.goto(embedded.lumiere.page("/", head=embedded.tag()))
    conversation = opened(tab)
    ask(conversation, "my phone is 0475 12 34 56, how much is botox for the forehead?")
    expect(answers(conversation)).to_contain_text("180")
    tab.reload()
    conversation = opened(tab)
    expect(answers(conversation)).to_contain_text("180")
    expect(conversation.locator(".visitor .bubble")).to_contain_text("how much is botox for the forehead?")
    expect(conversation.locator(".visitor .bubble .chip")).to_have_count(1)
    ask(conversation, HOURS)
    expect(answers(conversation)).to_have_count(2)


def test_a_browser_that_refuses_frames_any_storage_has_a_chat_until_the_page_is_left(
    playwright: Playwright, embedded: Embedded
):
    """The token is in memory alone; a reload begins anew."""
    strict = "--disable-features=ThirdPartyStoragePartitioning,HttpsUpgrades"
    with playwright.chromium.launch(executable_path=CHROMIUM, args=[*CHROMIUM_FLAGS[:-1], strict]) as browser:
        tab = browser.new_page()
        conversation = started(tab, embedded)
        refused = "() => { try { return sessionStorage.length } catch { return 'refused' } }"
        assert tab.frames[1].evaluate(refused) == "refused"
        ask(conversation, HOURS)
        expect(answers(conversation)).to_have_count(2)
        tab.reload()
        expect(opened(tab).locator(".visitor, .assistant")).to_have_count(0)


def test_without_a_network_nothing_is_sent_and_what_was_typed_goes_once_there_is_one(tab: Page, embedded: Embedded):
    conversation = started(tab, embedded)
    tab.context.set_offline(True)
    expect(conversation.locator("#offline")).to_be_visible()
    ask(conversation, HOURS)
    expect(conversation.locator(".card")).to_contain_text("112")
    tab.context.set_offline(False)
    expect(conversation.locator("#offline")).to_be_hidden()
    conversation.locator(".card button").click()
    expect(answers(conversation)).to_have_count(2)
    expect(conversation.locator(".card")).to_have_count(0)
    expect(conversation.locator(".visitor")).to_have_count(2)


def test_a_gateway_killed_between_two_turns_goes_on_where_the_conversation_was(tab: Page, embedded: Embedded):
    conversation = started(tab, embedded)
    embedded.kill_gateway()
    embedded.wait_for_gateway()
    ask(conversation, HOURS)
    expect(answers(conversation)).to_have_count(2)
    expect(conversation.locator(".card, .note")).to_have_count(0)


@pytest.mark.long
def test_a_gateway_killed_while_it_is_asked_is_asked_again_by_itself(tab: Page, embedded: Embedded):
    """Nothing was shown of an answer, so nothing is said of it either, or one press sends it again."""
    conversation = started(tab, embedded)
    embedded.kill_gateway()
    ask(conversation, HOURS)
    embedded.wait_for_gateway()
    expect(answers(conversation).nth(1).or_(conversation.locator(".card button")).first).to_be_visible()
    if conversation.locator(".card button").count():
        conversation.locator(".card button").click()
    expect(answers(conversation).nth(1)).to_be_visible()
    expect(conversation.locator(".visitor")).to_have_count(2)


def test_a_gateway_killed_in_mid_answer_is_said_honestly_and_the_message_can_be_sent_again(
    tab: Page, embedded: Embedded
):
    conversation = started(tab, embedded)
    goes_on = embedded.gate()
    ask(conversation, POEM)
    expect(answers(conversation).nth(1)).to_contain_text("wide and calm")
    embedded.kill_gateway()
    card = conversation.locator(".card")
    expect(card).to_contain_text("112")
    expect(card.locator('a[href^="tel:+32"]').first).to_be_visible()
    expect(answers(conversation).nth(1)).to_contain_text("wide and calm")
    embedded.wait_for_gateway()
    embedded.let(goes_on)
    card.get_by_role("button").first.click()
    expect(card).to_have_count(0)
    expect(answers(conversation)).to_have_count(2)
    expect(conversation.locator(".visitor")).to_have_count(2)
    expect(conversation.locator("#send")).to_be_visible()


def test_an_answer_streams_through_a_slow_network_word_after_word(tab: Page, embedded: Embedded):
    """Through a proxy that holds back: what came before is on the screen, the rest follows when it flows again."""
    network, call = embedded.network, embedded.loop.call
    tab.goto(embedded.lumiere.page("/slow", head=embedded.tag(at=embedded.far)))
    conversation = opened(tab)
    goes_on = embedded.gate()
    ask(conversation, POEM)
    expect(answers(conversation)).to_contain_text("wide and calm")
    call(network.stall)
    embedded.let(goes_on)
    expect(conversation.locator("#stop")).to_be_visible()
    call(network.flow)
    expect(conversation.locator("#send")).to_be_visible()
    assert answers(conversation).inner_text().count("wide and calm") == 3


@pytest.mark.long
def test_a_page_that_comes_back_from_the_back_forward_cache_goes_on(playwright: Playwright, embedded: Embedded):
    """The driver loses sight of frames that come back: the chat is used by keyboard, and heard through the launcher."""
    kept = {
        "executable_path": CHROMIUM,
        "args": CHROMIUM_FLAGS,
        "ignore_default_args": ["--disable-back-forward-cache"],
    }
    with playwright.chromium.launch(**kept) as browser:  # type: ignore[arg-type]
        tab = browser.new_page()
        started(tab, embedded)
        tab.evaluate("""() => {
          addEventListener("pageshow", ({ persisted }) => { window.persisted = persisted });
          window.unread = new Promise((count) => lethe.on("unread", ({ detail }) => count(detail.count)));
        }""")
        tab.goto(embedded.lumiere.page("/other"))
        tab.go_back(wait_until="commit")
        assert tab.evaluate("() => window.persisted") is True
        tab.evaluate("() => { lethe.close(); lethe.open() }")
        goes_on = embedded.gate()  # the answer ends when nobody looks
        tab.keyboard.type(POEM)
        tab.keyboard.press("Enter")
        tab.evaluate("() => lethe.close()")
        embedded.let(goes_on)
        assert tab.evaluate("() => unread") == 1
