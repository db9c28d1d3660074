"""`docs/events.md` names tests and series: each of them exists."""

import re
from pathlib import Path

from schemas import metrics

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "events.md").read_text("utf-8")


def test_each_test_that_it_names_is_there():
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    there = {
        name for file in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    assert len(named) > 15
    assert named <= there


def test_each_series_that_it_names_is_there():
    series = {metric._name for metric in vars(metrics).values() if hasattr(metric, "_name")}
    named = {name.removesuffix("_total") for name in re.findall(r"`(lethe_\w+)", TEXT)}
    assert len(named) > 8
    assert named <= series
