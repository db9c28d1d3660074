"""What stands out in the week that closed last: pure functions from released blocks to notices.

A week is compared with the 8 before it: their median is the usual, their median absolute deviation
says how much they differ anyway. Only blocks that everybody may see are looked at, so a notice says
nothing that a patient reader of the figures could not find.

What was too little to show at its time is in no topic's block, or in one of 4 or 12 weeks. So a
week's figure is a lower bound: good enough for "more than usual". For "less than usual" all of the
week's turns that are in no topic are added to it. Among the weeks before, a long block counts evenly
in each of its weeks, and where nothing was shown `UNSEEN_TURNS` are taken for granted.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from statistics import median
from typing import Final, NamedTuple

BEFORE_WEEKS: Final = 8
"""With how many weeks one is compared."""
FEWEST_WEEKS: Final = 4
"""Of a clinic that has been counted for less than that, nothing is said."""
TIMES: Final = 2
"""A spike is at least twice the usual, a drop at most half of it."""
SIGMAS: Final = 4
LEAST_TURNS: Final = 15
"""Fewer more or less than usual are not worth a word."""
UNSEEN_TURNS: Final = 15
"""More than a topic had in most weeks that showed nothing of it (under k conversations)."""
MOST_NOTICES: Final = 3

_SIGMA_OF_MAD: Final = 1.4826
"""Of a normal distribution."""
_BUNCHED: Final = 4
"""Turns come in conversations, up to eight on one topic: the variance of a week's turns may be this many times their
mean. Eight weeks may lie closer together than that by chance, and then anything would stand out."""
_WEEK: Final = dt.timedelta(days=7)
_ALL: Final = "all"
_NOT_OFFERED: Final = "not_offered"


class Kind(StrEnum):
    """Which way a week stands out."""

    SPIKE = "spike"
    DROP = "drop"


class What(StrEnum):
    """What is counted."""

    TOTAL = "total"
    TOPIC = "topic"
    NOT_OFFERED = "not_offered"


class WeeklyBlock(NamedTuple):
    """A released block, as `queries/weekly_blocks.sql` returns it."""

    since: dt.date
    day: dt.date
    ending: str
    topic: str
    """``all``: a block of the total."""
    turns: int


class Notice(NamedTuple):
    """A week that stands out."""

    kind: Kind
    what: What
    topic: str
    """ "" for the total."""
    turns: int
    """Of the week."""
    usual: int | None
    """Median of the weeks before; None where most of them had too little to show."""
    first: dt.date
    last: dt.date


class _Usual(NamedTuple):
    turns: float
    noise: float
    """One standard deviation."""
    seen: bool
    """False: most weeks showed nothing."""


type _Key = tuple[What, str]


def notices(blocks: Iterable[WeeklyBlock], *, sunday: dt.date, since: dt.date) -> tuple[Notice, ...]:
    """Return what stands out in the week that ends on `sunday`, the strongest first.

    Args:
        blocks: Released up to `sunday`, of `BEFORE_WEEKS` weeks before that week or more.
        sunday: The last day of a week all of whose days are closed.
        since: The first day counted.
    """
    mondays = _mondays(sunday, since)
    if len(mondays) <= FEWEST_WEEKS:
        return ()
    *before, monday = mondays
    turns = _by_week((block for block in blocks if block.day <= sunday), monday)
    hidden = _held_back(turns, monday)
    found: list[tuple[float, Notice]] = []
    for (what, topic), weeks in turns.items():
        usual = _usual([weeks.get(week) for week in before])
        week = weeks.get(monday, 0)
        kind = _kind(what, week, usual, hidden=hidden)
        if kind and not (kind is Kind.DROP and (What.NOT_OFFERED, topic) in turns):
            # Less demand for what is not offered is no news.
            shown = round(usual.turns) if usual.seen else None
            notice = Notice(kind, what, topic, round(week), shown, monday, sunday)
            found.append((abs(week - usual.turns) / usual.noise, notice))
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    return tuple(_once_a_topic(notice for _, notice in found))[:MOST_NOTICES]


def _mondays(sunday: dt.date, since: dt.date) -> list[dt.date]:
    """Return the Mondays of the week and of those before it that were counted from their first day on."""
    monday = sunday - dt.timedelta(days=6)
    return [week for n in range(BEFORE_WEEKS, -1, -1) if (week := monday - n * _WEEK) >= since]


def _by_week(blocks: Iterable[WeeklyBlock], monday: dt.date) -> Mapping[_Key, Mapping[dt.date, float]]:
    """Return turns by key and by Monday; a block of several weeks counts evenly in each but that of `monday`."""
    turns: dict[_Key, dict[dt.date, float]] = defaultdict(lambda: defaultdict(float))
    for block in blocks:
        first = block.since - dt.timedelta(days=block.since.weekday())
        weeks = [first + n * _WEEK for n in range(math.ceil(((block.day - first).days + 1) / 7))]
        for key in _keys(block):
            for week in weeks:
                if week < monday or len(weeks) == 1:
                    turns[key][week] += block.turns / len(weeks)
    return turns


def _keys(block: WeeklyBlock) -> list[_Key]:
    if block.topic == _ALL:
        return [(What.TOTAL, "")]
    topic: list[_Key] = [(What.TOPIC, block.topic)]
    return [*topic, (What.NOT_OFFERED, block.topic)] if block.ending == _NOT_OFFERED else topic


def _held_back(turns: Mapping[_Key, Mapping[dt.date, float]], monday: dt.date) -> float:
    """Return the week's turns that are in its total and in no topic yet: any topic may have had them."""
    total = turns.get((What.TOTAL, ""), {}).get(monday, 0)
    return max(0, total - sum(weeks.get(monday, 0) for (what, _), weeks in turns.items() if what is What.TOPIC))


def _usual(weeks: Sequence[float | None]) -> _Usual:
    filled = [UNSEEN_TURNS if turns is None else turns for turns in weeks]
    middle = median(filled)
    spread = median(abs(turns - middle) for turns in filled)
    noise = max(_SIGMA_OF_MAD * spread, math.sqrt(_BUNCHED * middle))
    return _Usual(middle, noise, 2 * sum(turns is not None for turns in weeks) > len(weeks))


def _kind(what: What, turns: float, usual: _Usual, *, hidden: float) -> Kind | None:
    more = turns - usual.turns
    if turns >= TIMES * usual.turns and more >= max(LEAST_TURNS, SIGMAS * usual.noise):
        return Kind.SPIKE
    if not usual.seen or (what is What.TOTAL and not turns):  # such a total may have been too small to show
        return None
    most = turns + (hidden if what is What.TOPIC else 0)
    less = usual.turns - most
    return Kind.DROP if TIMES * most <= usual.turns and less >= max(LEAST_TURNS, SIGMAS * usual.noise) else None


def _once_a_topic(notices: Iterable[Notice]) -> Iterable[Notice]:
    """Leave out the second notice of a topic that is asked for and not offered: the same turns, said twice."""
    said: dict[str, Notice] = {}
    for notice in notices:
        if notice.topic not in said or notice.what is What.NOT_OFFERED:
            said[notice.topic] = notice
    return said.values()
