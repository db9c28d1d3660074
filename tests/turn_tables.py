"""Tables of turns for what may be shown of them: how many there were of each kind, on each day."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pytest

from analytics import release
from analytics.release import ALL, EPOCH, REST, Block, Cells, Count, Ending, Labels, Tree


class Kind(NamedTuple):
    """What is known of a turn."""

    day: int
    """Days since `EPOCH`, a Monday."""
    ending: str = "answered"
    topic: str = "botox"
    intent: str = "price"
    how: str = "without_ai"
    language: str = "fr"
    hour: int = 9


class Published(NamedTuple):
    """What a reader sees of a block."""

    tree: Tree
    since: dt.date
    day: dt.date
    labels: Labels
    turns: int
    firsts: int


type Table = Mapping[Kind, Count]
"""Turns of each kind."""


def shorten(monkeypatch: pytest.MonkeyPatch, levels: tuple[int, ...], enough: int) -> None:
    """Make spans of time short, and let `enough` times k firsts be split."""
    monkeypatch.setattr(release, "LEVELS", levels)
    monkeypatch.setattr(release, "HOURS_LEVEL", levels[-1])
    monkeypatch.setattr(release, "ENOUGH", dict.fromkeys(Tree, enough))


def date(day: int) -> dt.date:
    return EPOCH + dt.timedelta(days=day)


def cells(table: Mapping[Kind, Count | int], *, left_out: Mapping[int, int] | None = None) -> Cells:
    """Return turns as counts; a plain number: each is a first. `left_out`: firsts that looked automated, by day."""
    counts = {kind: Count(n, n) if isinstance(n, int) else n for kind, n in table.items()}
    return Cells(
        turns=_added(
            ((date(of.day), of.ending, of.how if of.ending == Ending.ANSWERED else ALL, of.topic, of.intent), n)
            for of, n in counts.items()
        ),
        languages=_added(((date(kind.day), kind.language), n) for kind, n in counts.items()),
        hours=_added(((date(kind.day), kind.hour), n) for kind, n in counts.items()),
        left_out={date(day): Count(n, n) for day, n in (left_out or {}).items() if n},
    )


def seen(blocks: Iterable[Block]) -> frozenset[Published]:
    """Return what a reader sees of `blocks`."""
    return frozenset(Published(b.tree, b.since, b.day, b.labels, b.turns, b.firsts) for b in blocks)


def _added[T](counts: Iterable[tuple[T, Count]]) -> dict[T, Count]:
    turns: Counter[T] = Counter()
    firsts: Counter[T] = Counter()
    for key, count in counts:
        turns[key] += count.turns
        firsts[key] += count.firsts
    return {key: Count(n, firsts[key]) for key, n in turns.items() if n}


PARENT = {
    Tree.ENDING: Tree.TOTAL,
    Tree.TOPIC: Tree.ENDING,
    Tree.INTENT: Tree.TOPIC,
    Tree.LANGUAGE: Tree.TOTAL,
}
"""Which blocks a tree splits, a tree after the one that it splits."""


class Node(NamedTuple):
    """Blocks that were split together, and what they were split into."""

    tree: Tree
    parents: tuple[Block, ...]
    parts: tuple[Block, ...]
    """`REST` is the last, where there is one."""


def nodes(blocks: Sequence[Block]) -> list[Node]:
    """Return what was split together, as a reader finds it: a block goes into the shortest time split that holds it."""
    found: list[Node] = []
    for tree, of in PARENT.items():
        parts: dict[tuple[Labels, dt.date, dt.date], list[Block]] = defaultdict(list)
        for block in blocks:
            if block.tree is tree:
                labels = block.labels._replace(**{tree.value: ALL})
                if tree is Tree.ENDING:  # how it was answered is a part of how it ended
                    labels = labels._replace(how=ALL)
                parts[labels, block.since, block.day].append(block)
        parents: dict[tuple[Labels, dt.date, dt.date], list[Block]] = defaultdict(list)
        for block in blocks:
            times = [(since, day) for labels, since, day in parts if labels == block.labels]
            within = [(since, day) for since, day in times if since <= block.since and block.day <= day]
            if block.tree is of and within:
                parents[block.labels, *min(within, key=lambda time: time[1] - time[0])].append(block)
        found += [
            Node(tree, tuple(parents[key]), tuple(sorted(split, key=lambda block: REST in block.labels)))
            for key, split in parts.items()
        ]
    return found
