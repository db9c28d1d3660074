"""Which figures may be shown: pure functions from counts to blocks.

A **block** is a group of turns with at least k firsts behind it (conversations, approximately) that
is published once and never changed or split again. Everything that anybody is shown, on a page, by
the API, in an export or by SQL, is a sum of blocks, so whatever is asked for and subtracted from
each other, what remains are whole blocks. That alone does not suffice: a total less the blocks it
consists of must not leave a small rest either, nor may the rules tell what they hide. Hence:

**Time.** Days are the clinic's own. A day with fewer than k firsts waits for its week, the week's
waiting days for their 4 weeks, these for their 12 weeks (`LEVELS`; all begin on a Monday). The sum
of what waits is published when it is at least k and does not say what each of its parts was: parts
are below k each, so a sum would in which every part that is not empty has the greatest value. Such
a sum is dropped for good.

**Trees.** What is published of a total is split by one property after another, each time the
published blocks and nothing else: total > ending > topic > intent, and total > language. A
property stands in one tree only: nothing crosses, so that tables cannot be played off against each
other (two partitions of the same turns into parts of at least k leave every crossing open). An
answer with AI and one without are two endings, since some intents are always answered by AI: beside
each other these two properties would tell of each other.

**Splitting** is done once for a stretch of time: for a day, a week, 4 or 12 weeks, the shortest in
which what is published of the parent holds `ENOUGH` times k firsts, a decision made from published
figures alone. Of all the stretch's turns together, every key with at least so many firsts is
published that the others are nothing or, together, at least k and not all the greatest that is too
small. What is left is the stretch's `REST`, for good. So parts add up to what was split, and within a stretch
nothing is missing by which a day could be told apart from the others.

**Hours.** Weekday and hour are published for each 4 weeks, of the days that were published as days,
since a weekday's total is known from them. Neighbouring hours are joined until they reach k.

Limits, stated where figures are shown: k counts `first`, which one visitor passes more than once;
that a part reached k says that there was something on the day on which it did; and who adds turns
of their own can find out when k is reached; repeated turns (those that are no firsts) are summed up
beside firsts, and no k guards their number. Turns that arrive after their day was closed are in no
block (`late`).

Exactly what a reader can work out who knows these rules is tested by trying every small table.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from schemas.taxonomy import Source

K: Final = 5
"""Fewest firsts behind a figure; a setting may raise it."""
CLOSING_DELAY: Final = dt.timedelta(hours=2)
"""How long after its end a day may still gain late turns."""
LEVELS: Final = (1, 7, 28, 84)
"""Days that are published together: a day, a week, 4 weeks, 12 weeks. Each divides the next."""
HOURS_LEVEL: Final = 28
EPOCH: Final = dt.date(2024, 1, 1)
"""A Monday: where every level begins."""
ALL: Final = "all"
"""Not split by this property."""
REST: Final = "rest"
"""What was too small for long."""
RELEASED_SOURCES: Final = (Source.VISITOR, Source.DEMO, Source.SEED)
"""People may be behind these (or figures are to look as if): shown as blocks. The others are shown as they are."""


class Tree(StrEnum):
    """What a block is a part of."""

    TOTAL = "total"
    ENDING = "ending"
    TOPIC = "topic"
    INTENT = "intent"
    HOW = "how"
    """The same blocks as some of `ENDING`, by how they were answered."""
    LANGUAGE = "language"
    HOUR = "hour"
    LEFT_OUT = "left_out"
    """Turns that looked automated: in no other tree."""


ENOUGH: Final[Mapping[Tree, int]] = MappingProxyType(
    {Tree.ENDING: 25, Tree.TOPIC: 24, Tree.INTENT: 25, Tree.LANGUAGE: 35}
)
"""How many times k firsts are split by a property; fewer wait for a longer time. Larger ones show more parts, later."""


class Ending(StrEnum):
    """How turns ended, as clinics read it (the view `lethe.turns_by_ending` maps outcomes to these)."""

    ANSWERED = "answered"
    NOT_OFFERED = "not_offered"
    HANDED_OVER = "handed_over"
    UNANSWERED = "unanswered"
    REFUSED = "refused"
    EMERGENCY = "emergency"
    ABANDONED = "abandoned"


class How(StrEnum):
    """How an answered turn was answered."""

    WITHOUT_AI = "without_ai"
    WITH_AI = "with_ai"


class Labels(NamedTuple):
    """What is known of a block's turns."""

    ending: str = ALL
    topic: str = ALL
    intent: str = ALL
    how: str = ALL
    language: str = ALL
    weekday: int = 0
    """1 is Monday; 0 not split."""
    hour: int = 0
    until: int = 0
    """Exclusive, 1 to 24; 0 not split."""


class Count(NamedTuple):
    """How many turns, and firsts among them."""

    turns: int
    firsts: int


class Block(NamedTuple):
    """A published group of turns."""

    tree: Tree
    level: int
    """Of `LEVELS`."""
    since: dt.date
    """First day of the time that it was gathered in."""
    day: dt.date
    """Last day of it: the day on which the block counts."""
    labels: Labels
    turns: int
    firsts: int
    days: tuple[dt.date, ...]
    """The days whose turns with these labels it holds: for splitting it, and never published."""


class Cells(NamedTuple):
    """Counts of whole spans of 12 weeks, as far as their days are over; each mapping by day first."""

    turns: Mapping[tuple[dt.date, str, str, str, str], Count]
    """By day, ending, how, topic, intent."""
    languages: Mapping[tuple[dt.date, str], Count]
    hours: Mapping[tuple[dt.date, int], Count]
    """By day and hour of the day, both the clinic's."""
    left_out: Mapping[dt.date, Count]


type _Parts = Mapping[dt.date, dict[str, Count]]
"""By day and key."""


def era(day: dt.date) -> dt.date:
    """Return the first of the 12 weeks that `day` is in: counts are published era by era."""
    return _start(day, LEVELS[-1])


def read_since(first: dt.date, closed: dt.date) -> dt.date:
    """Return the first day that blocks which end from `first` to `closed` can tell of.

    It is where a stretch of time that ends in between began: on six days of seven `first` itself.
    """
    return min(_start(first, level) for level in LEVELS if _end(_start(first, level), level) <= closed)


def release(cells: Cells, *, closed: dt.date, k: int = K) -> list[Block]:
    """Return every block of the eras in `cells` up to the day `closed`, in no order.

    The same cells give the same blocks, and cells of a later `closed` the same and more: a caller
    publishes those whose `day` is later than what it published last.

    Args:
        cells: All turns of the eras that are asked for; days after `closed` are left aside. Where only blocks that
            end from some day on are wanted, days before `read_since` may lack, and what is said of them is wrong.
        closed: The last day that is over.
        k: Fewest firsts of a block, at least 3.
    """
    by_total, by_ending, by_topic, by_intent = _gathered(cells)
    until = _Until(closed, k)
    total = list(_over_time(by_total, Tree.TOTAL, until))
    ending = _split(total, by_ending, Tree.ENDING, until)
    topic = _split(ending, by_topic, Tree.TOPIC, until)
    languages = {Labels(): _nested(((day, language), count) for (day, language), count in cells.languages.items())}
    return [
        *total,
        *ending,
        *topic,
        *_split(topic, by_intent, Tree.INTENT, until),
        *(block._replace(tree=Tree.HOW) for block in ending if block.labels.how != ALL),
        *_split(total, languages, Tree.LANGUAGE, until),
        *_hours(total, cells.hours, until),
        *_over_time(cells.left_out, Tree.LEFT_OUT, until),
    ]


class _Until(NamedTuple):
    closed: dt.date
    k: int


def _gathered(
    cells: Cells,
) -> tuple[dict[dt.date, Count], *tuple[dict[Labels, dict[dt.date, dict[str, Count]]], ...]]:
    """Return counts by day, and the parts of each tree by their parent's labels."""
    total: dict[dt.date, Count] = {}
    trees: tuple[dict[Labels, dict[dt.date, dict[str, Count]]], ...] = ({}, {}, {})
    for (day, ending, how, topic, intent), count in cells.turns.items():
        _add(total, day, count)
        for tree, parent, key in zip(
            trees,
            (Labels(), Labels(ending, how=how), Labels(ending, topic, how=how)),
            (f"{ending} {how}", topic, intent),
            strict=True,
        ):
            _add(tree.setdefault(parent, {}).setdefault(day, {}), key, count)
    return total, *trees


def _over_time(counts: Mapping[dt.date, Count], tree: Tree, until: _Until) -> Iterator[Block]:
    """Publish whole days, or the sums of days that wait for each other."""
    for first in sorted({era(day) for day in counts}):
        waiting: dict[dt.date, dict[dt.date, Count]] = {
            first + dt.timedelta(days=n): {
                first + dt.timedelta(days=n): counts.get(first + dt.timedelta(days=n), _NONE)
            }
            for n in range(LEVELS[-1])
        }
        for level in LEVELS:
            nodes: dict[dt.date, list[dict[dt.date, Count]]] = defaultdict(list)
            for start, part in waiting.items():
                nodes[_start(start, level)].append(part)
            waiting = {}
            for start, parts in nodes.items():
                merged = {day: count for part in parts for day, count in part.items()}
                count = _sum(merged.values())
                if _end(start, level) > until.closed or count.firsts < until.k:
                    waiting[start] = merged
                elif level == 1 or not _all_greatest((_sum(part.values()) for part in parts), until.k):
                    yield _block(tree, level, (start, merged), Labels())


def _split(
    parents: Iterable[Block], parts: Mapping[Labels, Mapping[dt.date, dict[str, Count]]], tree: Tree, until: _Until
) -> list[Block]:
    """Split the published blocks of each label, era by era."""
    families: dict[tuple[Labels, dt.date], list[Block]] = defaultdict(list)
    for block in parents:
        if REST not in block.labels:
            families[block.labels, era(block.day)].append(block)
    return [
        block
        for (labels, _), family in families.items()
        for block in _split_family(
            family, parts.get(labels, {}), lambda key, of=labels: _label(of, tree, key), tree, until
        )
    ]


def _split_family(
    parents: list[Block], parts: _Parts, label: Callable[[str], Labels], tree: Tree, until: _Until
) -> Iterator[Block]:
    """Split blocks of one label and era: publish what is large enough, let the rest wait."""
    waiting = parents
    for level in LEVELS:
        nodes: dict[dt.date, list[Block]] = defaultdict(list)
        for parent in waiting:
            if parent.level <= level and _end(_start(parent.since, level), level) <= until.closed:
                nodes[_start(parent.since, level)].append(parent)
        for start, node in nodes.items():
            if level < LEVELS[-1] and sum(parent.firsts for parent in node) < until.k * ENOUGH[tree]:
                continue
            pool: _Pool = {}
            for parent in node:
                _pour(parts, parent.days, pool)
            shown = _large({key: _sum(days.values()) for key, days in pool.items()}, until.k)
            for key in shown:
                yield _block(tree, level, (start, pool[key]), label(key))
            rest = _sum(count for key in pool.keys() - shown for count in pool[key].values())
            if rest.turns:
                yield _block(tree, level, (start, {start: rest}), label(REST))._replace(days=())
            waiting = [parent for parent in waiting if parent not in node]


type _Pool = dict[str, dict[dt.date, Count]]
"""Counts by key and day."""


def _pour(parts: _Parts, days: Iterable[dt.date], pool: _Pool) -> None:
    for day in days:
        for key, count in parts.get(day, {}).items():
            pool.setdefault(key, {})[day] = count


def _large(sums: Mapping[str, Count], k: int) -> set[str]:
    """Return the keys that can be shown: at least k each, and the others together nothing or at least k."""
    for fewest in sorted({k} | {count.firsts + 1 for count in sums.values() if count.firsts >= k}):
        rest = [count for count in sums.values() if count.firsts < fewest]
        if not rest or (_sum(rest).firsts >= k and not _all_greatest(rest, k)):
            return {key for key, count in sums.items() if count.firsts >= fewest}
    return set()


def _all_greatest(parts: Iterable[Count], k: int) -> bool:
    """Whether every part is the greatest that is too small to show, so that their sum says what each of them is."""
    return all(count.firsts == k - 1 for count in parts if count.turns)


def _hours(total: Iterable[Block], counts: Mapping[tuple[dt.date, int], Count], until: _Until) -> Iterator[Block]:
    """Publish runs of hours by weekday, of days that were published as days."""
    weekdays: dict[tuple[dt.date, int], dict[int, Count]] = defaultdict(dict)
    days = {block.day for block in total if block.level == 1}
    for (day, hour), count in counts.items():
        if day in days:
            _add(weekdays[_start(day, HOURS_LEVEL), day.isoweekday()], hour, count)
    for (start, weekday), hours in weekdays.items():
        if _end(start, HOURS_LEVEL) > until.closed:
            continue
        for first, last, count in _runs(hours, until.k):
            yield _block(
                Tree.HOUR, HOURS_LEVEL, (start, {start: count}), Labels(weekday=weekday, hour=first, until=last)
            )


def _runs(hours: Mapping[int, Count], k: int) -> list[tuple[int, int, Count]]:
    """Return the hours 0 to 24 in runs of at least k firsts each; what is left at the end joins the last."""
    runs: list[tuple[int, int, Count]] = []
    begin, run = 0, _NONE
    for hour in range(24):
        run = _sum((run, hours.get(hour, _NONE)))
        if run.firsts >= k:
            runs.append((begin, hour + 1, run))
            begin, run = hour + 1, _NONE
    if runs:  # also where nothing is left: that something small came after would be told by where the last run ends
        first, _, last = runs.pop()
        runs.append((first, 24, _sum((last, run))))
    return runs


_NONE: Final = Count(0, 0)


def _block(tree: Tree, level: int, node: tuple[dt.date, Mapping[dt.date, Count]], labels: Labels) -> Block:
    """Return the block of a node: its first day, and its turns by day."""
    start, days = node
    count = _sum(days.values())
    return Block(tree, level, start, _end(start, level), labels, count.turns, count.firsts, tuple(days))


def _label(parent: Labels, tree: Tree, key: str) -> Labels:
    """Return the labels of the part `key` of a parent."""
    match tree:
        case Tree.ENDING:
            ending, _, how = key.partition(" ")
            return parent._replace(ending=ending, how=how or ALL)
        case Tree.TOPIC:
            return parent._replace(topic=key)
        case Tree.INTENT:
            return parent._replace(intent=key)
        case _:
            return parent._replace(language=key)


def _start(day: dt.date, level: int) -> dt.date:
    return day - dt.timedelta(days=(day - EPOCH).days % level)


def _end(start: dt.date, level: int) -> dt.date:
    return start + dt.timedelta(days=level - 1)


def _add[T: Hashable](counts: dict[T, Count], key: T, more: Count) -> None:
    before = counts.get(key, _NONE)
    counts[key] = Count(before.turns + more.turns, before.firsts + more.firsts)


def _sum(counts: Iterable[Count]) -> Count:
    turns = firsts = 0
    for count in counts:
        turns, firsts = turns + count.turns, firsts + count.firsts
    return Count(turns, firsts)


def _nested(counts: Iterable[tuple[tuple[dt.date, str], Count]]) -> dict[dt.date, dict[str, Count]]:
    nested: dict[dt.date, dict[str, Count]] = defaultdict(dict)
    for (day, key), count in counts:
        nested[day][key] = count
    return nested
