"""A visitor of each language in a real browser, through `lethe up`, with a real small model behind the LLM worker."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.deployment import ROOT, Deployment

pytestmark = [pytest.mark.real_model, pytest.mark.needs("chromium")]

PHONE = {"width": 390, "height": 844}
PATIENT = {"LETHE_BUDGET_MS": "90000", "LETHE_FIRST_FRAME_MS": "80000", "LETHE_LLM_FIRST_TOKEN_MS": "75000"}
"""One thread reads the whole prompt first."""
VISITS = {
    "en": ("clinique-lumiere", "how much is botox for the forehead", "180", "since the filler i can't breathe", "112",
           "what is the difference between botox and a skin booster"),
    "fr": ("clinique-lumiere", "c'est combien le botox du front", "180", "je n'arrive plus à respirer depuis le filler",
           "112", "quelle est la différence entre le botox et un skin booster"),
    "nl": ("clinique-lumiere", "hoeveel kost botox voor het voorhoofd", "180", "ik kan niet ademen sinds de filler",
           "112", "wat is het verschil tussen botox en een skinbooster"),
    "de": ("huidkliniek-noord", "was kostet botox an der stirn", "149", "seit dem filler bekomme ich keine luft", "112",
           "was ist der unterschied zwischen botox und einem skinbooster"),
}  # fmt: skip
"""The clinic; a question for its file and what the answer holds; an emergency and its number; one for the model."""


COPY = """
const fetched = window.fetch.bind(window);
window.fetch = async (...asked) => {
  const answer = await fetched(...asked);
  if (answer.url.endsWith("/v1/turns")) answer.clone().text().then((text) => { window.streamed = text; });
  return answer;
};
"""
"""Keeps a copy of what the gateway streams, since the browser gives no one a stream's body afterwards."""
ENDED = "() => window.streamed !== undefined"
STREAMED = "() => window.streamed"
PATIENCE_S = 95


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """Return the base address of the small model's server, which ends with its standard input."""
    command = [sys.executable, "-m", "tests.smollm_provider"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield next(line.split()[1] for line in process.stdout if line.startswith("ready ")) + "/v1"
        process.kill()


@pytest.fixture(scope="module")
def lethe(model: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    env = {"LETHE_LLM_PROVIDER": "llamacpp", "LETHE_LLM_BASE_URL": model, "LETHE_LLM_MODEL": "any", **PATIENT}
    with Deployment(tmp_path_factory.mktemp("four"), env=env) as deployment:
        yield deployment


def ask(page: Page, text: str) -> tuple[str, str]:
    """Return the way of the answer to `text` and the answer as shown, once it has ended."""
    page.evaluate("() => { delete window.streamed }")
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    deadline = time.monotonic() + PATIENCE_S
    while not page.evaluate(ENDED):
        assert time.monotonic() < deadline, "the answer never ended"
        page.wait_for_timeout(50)
    events = [
        line.partition(": ")[2] for line in page.evaluate(STREAMED).splitlines() if line[:5] in ("event", "data:")
    ]
    assert events[-2] == "done"
    answer = page.locator(".assistant .bubble").last
    expect(answer).not_to_be_empty()
    return json.loads(events[-1])["path"], answer.inner_text()


@pytest.mark.parametrize("language", VISITS)
def test_a_visitor_is_answered_by_file_by_rule_and_by_model(
    language: str, browser: Browser, lethe: Deployment, tmp_path: Path
):
    clinic, priced, price, alarm, number, open_question = VISITS[language]
    page = browser.new_page(viewport=PHONE, locale=language)  # type: ignore[arg-type]
    page.add_init_script(COPY)
    page.goto(f"{lethe.said['gateway']}/embed/{clinic}?lang={language}")
    way, said = ask(page, priced)
    assert (way, price in said) == ("deterministic", True)
    way, said = ask(page, open_question)
    assert (way, bool(said.strip())) == ("llm", True)
    way, said = ask(page, alarm)
    assert (way, number in said) == ("emergency", True)
    page.screenshot(path=tmp_path / f"{language}.png")
    page.close()
