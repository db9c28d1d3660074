"""Noise on published figures: none unless asked for, and then as much as its budget says."""

import datetime as dt
import statistics
import sys

import pytest

from analytics.noise import NoNoiseLibrary, noise, scale
from analytics.release import Block, Labels, Tree

DAY = dt.date(2026, 5, 4)
BLOCK = Block(Tree.TOTAL, 1, DAY, DAY, Labels(), 1_000, 900, (DAY,))


def test_without_a_budget_figures_are_exact():
    assert noise(0.0)([BLOCK]) == [BLOCK]


def test_a_turn_is_in_seven_trees_and_two_numbers_each():
    """In every tree but that of what was left out; so epsilon is shared by 14 numbers."""
    assert scale(14.0) == 1.0
    assert scale(1.0) == 14.0


@pytest.mark.parametrize("epsilon", [2.0, 14.0])
def test_numbers_are_off_by_the_noises_scale_on_average(epsilon):
    """The mean of 4,000 draws lies within 10 % of the scale in all but one of millions of runs."""
    changed = noise(epsilon)([BLOCK] * 2_000)
    off = [abs(block.turns - BLOCK.turns) for block in changed] + [
        abs(block.firsts - BLOCK.firsts) for block in changed
    ]
    expected = 2 / (2.718281828 ** (1 / scale(epsilon)) - 2.718281828 ** (-1 / scale(epsilon)))
    assert statistics.mean(off) == pytest.approx(expected, rel=0.1)
    assert statistics.mean(block.turns for block in changed) == pytest.approx(1_000, abs=scale(epsilon))


def test_only_numbers_are_changed_and_none_becomes_negative():
    small = BLOCK._replace(turns=1, firsts=1)
    changed = noise(0.5)([small] * 300)
    assert {block._replace(turns=1, firsts=1) for block in changed} == {small}
    assert min(block.turns for block in changed) == 0
    assert {block.turns for block in changed} != {1}


@pytest.mark.parametrize("epsilon", [-1.0, 1e9, float("nan")])
def test_a_budget_that_is_none_is_refused(epsilon):
    with pytest.raises(ValueError, match="budget"):
        noise(epsilon)


def test_a_budget_without_the_library_is_said_and_not_ignored(monkeypatch):
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(NoNoiseLibrary):
        noise(1.0)
