"""Which figures may be shown: pure functions from counts to released counts.

A count is shown on the day on which it reaches k. Days are gone through in order; a key's counts
(a topic's, an intent's) wait until k sessions' firsts have come together, are shown then as one
block dated that day, and waiting begins again. At the end of a month what still waits is shown as
one sum over all keys, if it hides each of them, or else never. The next month begins at nothing.

So every figure ever shown is a sum of blocks, and of sums of several keys, none of which can be
told apart: whatever ranges are asked for and subtracted from each other, what remains is whole
blocks. Showing, range by range, the cells that reach k in that range would not do: seven days less
six of them is one day. A clinic with few visitors sees its figures later, but sees them.

Exactly what a reader can work out who knows these rules is tested by trying every small table.

Two limits, both stated where figures are shown: k counts `first`, which a visitor with several
sessions passes more than once; and an event that arrives after its day was shown changes that day,
so a day counts as closed only `CLOSING_DELAY` after its end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final, NamedTuple

from schemas.taxonomy import Source

K: Final = 5
"""Fewest sessions behind a figure."""
CLOSING_DELAY: Final = dt.timedelta(hours=2)
"""How long after midnight (UTC) a day may still gain late events."""


class Rule(NamedTuple):
    """What applies to events of one source."""

    k: int
    closed: bool
    """Only days that are over."""


RULES: Final[Mapping[Source, Rule]] = {
    Source.VISITOR: Rule(k=K, closed=True),
    # People may try a demo page too, but whoever set it up wants to see it count today.
    Source.DEMO: Rule(k=K, closed=False),
    # No visitor is behind these: shown as they are, and marked.
    Source.CLI: Rule(k=0, closed=False),
    Source.VERIFY: Rule(k=0, closed=False),
    Source.LOAD: Rule(k=0, closed=False),
    Source.SEED: Rule(k=0, closed=False),
}


class Cell(NamedTuple):
    """What was counted of one key on one day (UTC)."""

    day: dt.date
    key: str
    turns: int
    firsts: int


class Row(NamedTuple):
    """A figure that may be shown."""

    key: str
    turns: int
    firsts: int


class Released(NamedTuple):
    """The figures of a range."""

    rows: tuple[Row, ...]
    """Most turns first."""
    withheld_turns: int
    """Turns of the range that are shown only as this sum over several keys."""


def last_day(rule: Rule, *, now: dt.datetime) -> dt.date:
    """Return the last day that may be shown at `now` (aware): the last closed one, or today."""
    at = now.astimezone(dt.UTC)
    return (at - CLOSING_DELAY).date() - dt.timedelta(days=1) if rule.closed else at.date()


def month_of(day: dt.date) -> dt.date:
    """Return the first day of the month of `day`: where counts must be read from."""
    return day.replace(day=1)


def release(cells: Iterable[Cell], *, first: dt.date, last: dt.date, k: int = K) -> Released:
    """Return what may be shown of the days `first` to `last`, both included.

    Args:
        cells: From ``month_of(first)`` to `last`, any order; the days before `first` decide which blocks fall
            into the range.
        first: First day.
        last: Last day, at most `last_day`.
        k: Fewest firsts behind a figure.
    """
    shown: dict[str, Row] = {}
    withheld = 0
    for month, days in groupby(sorted(cells), key=lambda cell: month_of(cell.day)):
        for day, row in _month(days, k=k, ends=_month_end(month), until=last):
            if not first <= day <= last:
                continue
            if row.key:
                shown[row.key] = _sum(row.key, (row, shown.get(row.key, Row(row.key, 0, 0))))
            else:
                withheld += row.turns
    return Released(tuple(sorted(shown.values(), key=lambda row: (-row.turns, row.key))), withheld)


def _month(cells: Iterable[Cell], *, k: int, ends: dt.date, until: dt.date) -> Iterator[tuple[dt.date, Row]]:
    """Yield a month's blocks with their days; the sum over keys, with "" as its key, on the month's last day."""
    waiting: dict[str, Row] = {}
    for cell in cells:
        row = _sum(cell.key, (cell, waiting.get(cell.key, Row(cell.key, 0, 0))))
        if row.firsts >= k:
            yield cell.day, row
            row = Row(cell.key, 0, 0)
        waiting[cell.key] = row
    rest = _sum("", waiting.values())
    if ends <= until and _hides(rest.firsts, among=sum(row.firsts > 0 for row in waiting.values()), k=k):
        yield ends, rest


def _hides(firsts: int, *, among: int, k: int) -> bool:
    """Whether the sum `firsts` over `among` keys, each from 1 to k-1, leaves each of them open.

    One key alone never reaches k; and where all are 1, or all k-1, the sum says so.
    """
    return firsts >= k and among < firsts < among * (k - 1)


def _sum(key: str, rows: Iterable[Row | Cell]) -> Row:
    turns = firsts = 0
    for row in rows:
        turns, firsts = turns + row.turns, firsts + row.firsts
    return Row(key, turns, firsts)


def _month_end(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
