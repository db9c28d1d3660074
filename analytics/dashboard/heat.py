"""Weekday by hour, as a table: runs of hours are cells that span columns.

A column begins wherever a run of some weekday begins or ends, so that nights, when nobody asks, are
one column and not eight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from analytics.dashboard.formats import Words
from analytics.figures import HeatRun

BUSIEST: Final = 3
STRETCH_H: Final = (3, 4)
"""Shortest and longest time for which somebody is at the phone."""
LEVELS: Final = 5
"""Shades: 1 is little, this is the most."""
_HOURS: Final = 24


class Cell(NamedTuple):
    """One run, or a time of which nothing may be shown."""

    columns: int
    """How many it spans."""
    text: str
    level: int
    """1 to `LEVELS`; 0 where nothing may be shown."""
    spoken: str
    """The whole in words."""


class Column(NamedTuple):
    """A time of the day."""

    text: str
    """Its first hour."""
    spoken: str


class HeatTable(NamedTuple):
    """What the template shows."""

    columns: list[Column]
    rows: list[tuple[str, str, list[Cell]]]
    """Weekday, short and in full, and its cells."""
    busiest: list[tuple[str, str]]
    """Up to `BUSIEST`: when, and how many questions."""


def heat_table(runs: Sequence[HeatRun], words: Words, *, nothing: str = "–") -> HeatTable:
    """Return the table of `runs`.

    Args:
        runs: Of one weekday not overlapping.
        words: The page's language.
        nothing: What stands where no run is.
    """
    edges = sorted({0, _HOURS, *(run.hour for run in runs), *(run.until for run in runs)})
    most = max((rate(run) for run in runs), default=1.0)
    rows = [
        (
            words.weekday(weekday, short=True),
            words.weekday(weekday),
            [
                Cell(edges.index(run.until) - edges.index(run.hour), *_shown(run, most, words, nothing=nothing))
                for run in _without_gaps(weekday, runs)
            ],
        )
        for weekday in range(1, 8)
    ]
    columns = [Column(str(hour), words.hours(hour, until)) for hour, until in pairwise(edges)]
    busy = [(words.when(*run[:3]), words.count(run.turns, "question")) for run in busiest(runs)]
    return HeatTable(columns, rows, busy)


def busiest(runs: Sequence[HeatRun]) -> list[HeatRun]:
    """Return the `BUSIEST` stretches of hours by questions an hour, most first, none overlapping another.

    Somebody is at the phone for some hours, so neighbouring runs are taken together up to `STRETCH_H`; a longer run,
    of a clinic that few ask, stands alone.
    """
    found: list[HeatRun] = []
    for one in sorted(_stretches(runs) or runs, key=lambda run: (-rate(run), -run.turns, run.weekday, run.hour)):
        if not any(one.weekday == run.weekday and one.hour < run.until and run.hour < one.until for run in found):
            found.append(one)
    return found[:BUSIEST]


def _stretches(runs: Sequence[HeatRun]) -> list[HeatRun]:
    """Return runs joined with their neighbours to every stretch of `STRETCH_H` hours, and the runs that are longer."""
    found = [run for run in runs if run.until - run.hour > STRETCH_H[1]]
    at = {(run.weekday, run.hour): run for run in runs}
    for first in runs:
        joined = first
        while joined.until - joined.hour <= STRETCH_H[1]:
            if joined.until - joined.hour >= STRETCH_H[0]:
                found.append(joined)
            if (after := at.get((joined.weekday, joined.until))) is None:
                break
            joined = joined._replace(until=after.until, turns=joined.turns + after.turns)
    return found


def rate(run: HeatRun) -> float:
    """Return how many questions an hour a run had: a long run of many is not busier than a short one of some."""
    return run.turns / (run.until - run.hour)


def _without_gaps(weekday: int, runs: Iterable[HeatRun]) -> Iterator[HeatRun]:
    """Yield a weekday's runs in order, with runs of nothing between them, so that they fill the day."""
    at = 0
    for run in sorted((run for run in runs if run.weekday == weekday), key=lambda run: run.hour):
        if run.hour > at:
            yield HeatRun(weekday, at, run.hour, 0)
        yield run
        at = run.until
    if at < _HOURS:
        yield HeatRun(weekday, at, _HOURS, 0)


def _shown(run: HeatRun, most: float, words: Words, *, nothing: str) -> tuple[str, int, str]:
    """Return a run's text, shade and words."""
    time = words.when(run.weekday, run.hour, run.until)
    table = words.texts.table
    if not run.turns:
        return nothing, 0, table["per_hour"].format(count=table["withheld"], time=time)
    level = max(1, min(LEVELS, round(LEVELS * rate(run) / most)))
    return (
        words.number(run.turns),
        level,
        table["per_hour"].format(count=words.count(run.turns, "question"), time=time),
    )
