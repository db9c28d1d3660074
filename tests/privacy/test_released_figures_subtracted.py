"""No small group is a sum or difference of published figures, which are vectors over the kinds of turns.

A *small group* is any turns with 1 to k-1 firsts. What a reader can reason beyond that: `test_released_figures.py`.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pytest

from analytics.release import ALL, EPOCH, REST, Block, Count, Labels, Tree, release
from tests.turn_tables import Kind, Table, cells, date, nodes, shorten

DAYS = (0, 1, 7, 8, 12, 13)
"""Two Mondays, two Tuesdays, a weekend, in the two weeks after which everything is published here."""
VALUES = {
    "ending": ("answered", "refused"),
    "topic": ("botox", "peeling", "clinic"),
    "intent": ("price", "pain"),
    "how": ("without_ai", "with_ai"),
    "language": ("fr", "nl"),
    "hour": (9, 20),
}
ATOMS = [Kind(day, *values) for day in DAYS for values in itertools.product(*VALUES.values())]
"""Every kind of turn there can be. How refused turns came about is not counted: they are split for good measure."""
COLUMNS = {name: np.array([getattr(kind, name) for kind in ATOMS]) for name in Kind._fields}
"""The values of each property, over `ATOMS`."""
PRIME = 32749
"""Spans are compared in its field: products of numbers below it are exact as floats, and BLAS is quick with these."""


@pytest.mark.parametrize(
    "seeds", [range(60), *(pytest.param(range(n, n + 20), marks=pytest.mark.long) for n in range(60, 200, 20))], ids=str
)
def test_no_small_group_is_a_sum_or_difference_of_published_figures(seeds, monkeypatch):
    """Every figure of a page, an export, a comparison is a sum of blocks, so differences of any are in their span."""
    groups = _groups()
    for seed in seeds:
        rng = np.random.default_rng(seed)
        shorten(monkeypatch, (1, 7, 14), int(rng.choice((1, 2, 4, 8))))
        table = _random_table(rng)
        firsts = np.array([table[kind].firsts if kind in table else 0 for kind in ATOMS])
        blocks = release(cells(table), closed=date(13), k=5)
        known = _basis(_vectors(blocks, table))
        small = groups[(groups @ firsts > 0) & (groups @ firsts < 5)]
        assert len(small) > 50
        told = small[_within(small, known)]
        assert not len(told), f"seed {seed}"


def test_the_subtraction_finds_a_small_group():
    """A total of 9 less its 7 in French; the same with a step between."""
    days = [date(day) for day in DAYS]
    total, fr, nl = (_vector(days, Labels(language=language)) for language in (ALL, "fr", "nl"))
    monday = _vector([date(0)], Labels())
    basis = _basis([total, fr, monday])
    assert _within(np.array([nl, total - monday, nl * monday]), basis).tolist() == [True, True, False]


def _random_table(rng: np.random.Generator) -> dict[Kind, Count]:
    """Return turns of quiet and of busy days, of some common and many rare kinds."""
    weights = {value: rng.choice((0.03, 0.3, 1, 3)) for values in VALUES.values() for value in values}
    each = np.prod([[weights[value] for value in kind[1:]] for kind in ATOMS], axis=1)
    table = {}
    for day in DAYS:
        rates = np.where(COLUMNS["day"] == day, each, 0)
        firsts = rng.multinomial(rng.choice((2, 4, 8, 20, 60)), rates / rates.sum())
        further = rng.multinomial(rng.choice((0, 3, 20)), rates / rates.sum())
        table |= {ATOMS[n]: Count(firsts[n] + further[n], firsts[n]) for n in np.flatnonzero(firsts + further)}
    return table


def _vectors(blocks: list[Block], table: Table) -> list[np.ndarray]:
    """Return what each block counts, as 1 over `ATOMS`, and 0 where nothing is known to be; a rest is a difference."""
    turns = np.array([table[kind].turns if kind in table else 0 for kind in ATOMS])
    holds = {block: _vector(block.days, block.labels) for block in blocks if block.tree is Tree.TOTAL}
    alone = [block.day for block in holds if block.level == 1]
    for block in blocks:
        if block.tree is Tree.HOUR:
            holds[block] = _vector([day for day in alone if block.since <= day <= block.day], block.labels)
    empty = np.zeros(len(ATOMS), dtype=bool)
    for _, parents, parts in nodes(blocks):
        whole = sum(holds[parent] for parent in parents)
        shown = [part for part in parts if REST not in part.labels]
        holds |= {part: whole * _vector(map(date, DAYS), part.labels) for part in shown}
        if len(shown) == len(parts):
            empty |= whole > sum(holds[part] for part in shown)
    for block, vector in holds.items():
        assert vector @ turns == block.turns
    return [np.where(empty, 0, vector) for vector in holds.values()]


def _vector(days: Iterable[dt.date], labels: Labels) -> np.ndarray:
    """Return which of `ATOMS` are of some days and have some labels."""
    within = np.isin(COLUMNS["day"], [(day - EPOCH).days for day in days])
    for name in ("ending", "topic", "intent", "how", "language"):
        if (value := getattr(labels, name)) != ALL:
            within &= COLUMNS[name] == value
    if labels.until:
        within &= (COLUMNS["day"] % 7 + 1 == labels.weekday) & (COLUMNS["hour"] >= labels.hour)
        within &= COLUMNS["hour"] < labels.until
    return within.astype(np.int64)


def _groups() -> np.ndarray:
    """Return the groups: any days that follow each other, of any value of up to two properties."""
    ones = np.ones(len(ATOMS), dtype=np.int64)
    runs = [np.isin(COLUMNS["day"], DAYS[i:j]) for i, j in itertools.combinations(range(len(DAYS) + 1), 2)]
    each = [COLUMNS[name] == value for name, values in VALUES.items() for value in values]
    chosen = [ones, *each, *(one & other for one, other in itertools.combinations(each, 2))]
    return np.unique([run * of for run in runs for of in chosen], axis=0)


class Basis(NamedTuple):
    """Vectors in reduced row echelon form, and the column of each one's leading 1."""

    rows: np.ndarray
    pivots: list[int]


def _basis(vectors: list[np.ndarray]) -> Basis:
    rows = np.array(vectors) % PRIME
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        at = len(pivots)
        candidates = np.flatnonzero(rows[at:, column])
        if not len(candidates):
            continue
        rows[[at, at + candidates[0]]] = rows[[at + candidates[0], at]]
        rows[at] = rows[at] * pow(int(rows[at, column]), -1, PRIME) % PRIME
        others = rows[:, column].copy()
        others[at] = 0
        touched = np.flatnonzero(others)
        rows[touched] = (rows[touched] - others[touched, None] * rows[at]) % PRIME
        pivots.append(column)
        if len(pivots) == len(rows):
            break
    return Basis(rows[: len(pivots)], pivots)


def _within(vectors: np.ndarray, basis: Basis) -> np.ndarray:
    """Return which of the vectors are in the span. A fraction with `PRIME` below the line would escape."""
    made = vectors[:, basis.pivots].astype(np.float64) @ basis.rows.astype(np.float64)
    return ~np.any((vectors - made.astype(np.int64)) % PRIME, axis=1)
