"""What the widget weighs and costs a clinic's page: the tables of `docs/widget.md`.

    python -m tests.bench.widget                            # a few minutes; needs Chromium and npm
    python -m tests.bench.widget --into docs/widget.md      # and writes them there
    python -m tests.bench.widget --turns 5 --lighthouse 0   # a quick look

On a machine that does nothing else: what is said in milliseconds depends on it.
"""

from __future__ import annotations

import datetime as dt
import re
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Final

import click
from playwright.sync_api import Browser, sync_playwright

from tests.bench.widget_first import First, Tap, first_words
from tests.bench.widget_lighthouse import CATEGORIES, Scores, compare
from tests.bench.widget_weight import weights
from tests.chat_page import DESKTOP
from tests.embedded import LUMIERE, Embedded, launcher
from tests.needs import CHROMIUM, CHROMIUM_FLAGS

HEADING: Final = "## What it weighs and costs"
LOADS: Final = 15


@click.command()
@click.option("--turns", type=click.IntRange(min=2), default=30, show_default=True)
@click.option("--lighthouse", "runs", type=int, default=3, show_default=True, help="Runs with and without; 0 for none.")
@click.option("--into", type=click.Path(path_type=Path), help="Replace the section of this Markdown file.")
def command(*, turns: int, runs: int, into: Path | None) -> None:
    """Measure the widget and print the tables."""
    with tempfile.TemporaryDirectory() as folder, Embedded(Path(folder), Tap) as embedded:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
            work, first = before_the_click(browser, embedded), first_words(browser, embedded, turns=turns)
            browser.close()
        sizes = weights(embedded.gateway, LUMIERE)
        scores = compare(f"{embedded.gateway}/demo/{LUMIERE}?lang=en", runs=runs) if runs else None
    shown = section(sizes, work, first, scores)
    sys.stdout.write(shown)
    if into:
        written = into.read_text("utf-8")
        into.write_text(re.sub(rf"{HEADING}\n.*?(?=\n## |\Z)", lambda _: shown, written, flags=re.DOTALL), "utf-8")


def before_the_click(browser: Browser, embedded: Embedded) -> tuple[float, float]:
    """Return the main thread's CPU milliseconds for a page without the launcher and with it: medians, in turn."""
    bare = embedded.lumiere.page("/bare")
    dressed = embedded.lumiere.page("/dressed", head=embedded.tag())
    spent: dict[str, list[float]] = {bare: [], dressed: []}
    for _ in range(LOADS):
        for address, times in spent.items():
            times.append(_task_ms(browser, address, has_launcher=address == dressed))
    return statistics.median(spent[bare]), statistics.median(spent[dressed])


def _task_ms(browser: Browser, address: str, *, has_launcher: bool) -> float:
    tab = browser.new_page(viewport=DESKTOP)  # type: ignore[arg-type]
    session = tab.context.new_cdp_session(tab)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # CPU time: others' work does not count
    tab.goto(address, wait_until="networkidle")
    measured = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    assert launcher(tab).count() == has_launcher  # asked afterwards: the driver's own scripts cost time too
    tab.close()
    return measured["TaskDuration"] * 1000


def section(sizes: list[tuple[str, int, str]], work: tuple[float, float], first: First, scores: Scores | None) -> str:
    """Return the section of the document."""
    bare, dressed = work
    lines = [HEADING, f"`python -m tests.bench.widget`, {dt.datetime.now(dt.UTC).date()}, two shared cores.", ""]
    lines += ["| | on the wire, gzip | limit |", "|---|---|---|"]
    lines += [f"| {name} | {size:,} B | {limit} |" for name, size, limit in sizes]
    lines += ["", "| | measured | limit |", "|---|---|---|"]
    lines.append(f"| main thread before the first click, CPU | {dressed - bare:.1f} ms | 20 ms |")
    quantiles = first.quantiles()
    for words, name in (("stand in the page", "in_page"), ("are painted", "painted")):
        p50, p95 = quantiles[name]
        lines.append(f"| until an answer's first words {words}, p50 / p95 | {p50:.1f} / {p95:.1f} ms | 30 ms |")
    if scores:
        lines += ["", f"| Lighthouse, `/demo/{LUMIERE}` | without | with |", "|---|---|---|"]
        lines += [f"| {name} | {scores.without[name]:.0f} | {scores.with_widget[name]:.0f} |" for name in CATEGORIES]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    command()
