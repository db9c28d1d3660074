"""The pictures of the widget in README: a clinic's page on a phone and a desktop, light and dark.

python -m tests.bench.widget_pictures docs/screenshots
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.chat_page import DESKTOP, PHONE
from tests.embedded import LUMIERE, Embedded, answers, ask, chat, launcher
from tests.needs import CHROMIUM, CHROMIUM_FLAGS

ASKED = "I'm Emma Peeters, 0475 12 34 56. How much is botox for the forehead?"


def main(folder: Path) -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as data, Embedded(Path(data)) as embedded, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        for screen, size in (("desktop", DESKTOP), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                _picture(browser, embedded, size, scheme, folder / f"widget-{screen}-{scheme}.png")
        browser.close()


def _picture(browser: Browser, embedded: Embedded, size: dict[str, int], scheme: str, file: Path) -> None:
    small = size == PHONE
    tab = browser.new_page(viewport=size, color_scheme=scheme, has_touch=small, device_scale_factor=2 if small else 1)  # type: ignore[arg-type]
    tab.goto(f"{embedded.gateway}/demo/{LUMIERE}?lang=en")
    launcher(tab).click()
    conversation = chat(tab)
    ask(conversation, ASKED)
    expect(answers(conversation)).to_contain_text("180")
    ask(conversation, "When are you open on Thursday?")
    expect(answers(conversation)).to_have_count(2)
    expect(conversation.locator("#send")).to_be_visible()
    tab.screenshot(path=file, animations="disabled")
    tab.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
