"""What tests of the conversation page do in a browser, as a visitor would."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


def ask(page: Page, text: str = "how much is botox?") -> None:
    """Type `text` and send it."""
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")


def bubbles(page: Page) -> list[str]:
    """Return what the bubbles of the conversation say."""
    return page.locator("#messages .bubble").all_inner_texts()


def token(page: Page) -> str | None:
    """Return the session token that the tab keeps."""
    return page.evaluate("() => sessionStorage.getItem('lethe:belle-rive')")


def is_fault(console: str) -> bool:
    """Refusals that a test asked for are reported on the console too; they are no faults of the page."""
    return not console.startswith("Failed to load resource: the server responded with a status of")
