"""Lighthouse over a page with the widget and over the same page without it, in turn."""

from __future__ import annotations

import functools
import json
import os
import statistics
import subprocess
from pathlib import Path
from typing import Final, NamedTuple

from tests.needs import CHROMIUM, CHROMIUM_FLAGS

FOLDER: Final = Path(__file__).parents[1] / "lighthouse"
CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
LIMIT_S: Final = 180


class Scores(NamedTuple):
    """Medians, in points of a hundred, by category."""

    without: dict[str, float]
    with_widget: dict[str, float]

    def differences(self) -> dict[str, float]:
        """Return what the widget changes."""
        return {name: self.with_widget[name] - self.without[name] for name in CATEGORIES}


def compare(address: str, *, runs: int = 3) -> Scores:
    """Look at `address` so many times with and without the launcher's script, alternating.

    A machine's noise so hits both alike; Lighthouse itself simulates a phone and its network.
    """
    install()
    without: list[dict[str, float]] = []
    with_widget: list[dict[str, float]] = []
    for _ in range(runs):
        without.append(_scores(address, "--blocked-url-patterns=*/widget.js"))
        with_widget.append(_scores(address))
    return Scores(_medians(without), _medians(with_widget))


@functools.cache
def install() -> None:
    """Install Lighthouse as its lock says, unless it is there."""
    lock, installed = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci"], cwd=FOLDER, check=True, capture_output=True)


def _scores(address: str, *options: str) -> dict[str, float]:
    command = [
        FOLDER / "node_modules" / ".bin" / "lighthouse",
        address,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(CHROMIUM_FLAGS)}",
        *options,
    ]
    done = subprocess.run(
        command, env=os.environ | {"CHROME_PATH": CHROMIUM}, check=True, capture_output=True, timeout=LIMIT_S
    )
    found = json.loads(done.stdout)["categories"]
    return {name: round(found[name]["score"] * 100, 1) for name in CATEGORIES}


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in CATEGORIES}
