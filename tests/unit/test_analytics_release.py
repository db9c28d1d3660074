"""What may be shown, and what a reader could work out from it."""

import datetime as dt
import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.release import CLOSING_DELAY, RULES, Cell, Row, last_day, release
from schemas.taxonomy import Source

MAY = dt.date(2026, 5, 1)
MAY_END = dt.date(2026, 5, 31)


def day(number: int, month: int = 5) -> dt.date:
    return dt.date(2026, month, number)


def cell(number: int, key: str, firsts: int, *, turns: int | None = None, month: int = 5) -> Cell:
    return Cell(day(number, month), key, firsts if turns is None else turns, firsts)


@pytest.mark.parametrize(
    "cells, first, last, rows, withheld",
    [
        pytest.param([cell(3, "a", 5, turns=9)], 1, 20, [Row("a", 9, 5)], 0, id="a day that reaches k is shown"),
        pytest.param([cell(3, "a", 4, turns=90)], 1, 20, [], 0, id="k counts sessions and not turns"),
        pytest.param([cell(3, "a", 4), cell(9, "a", 1)], 1, 20, [Row("a", 5, 5)], 0, id="small days add up"),
        pytest.param([cell(3, "a", 4), cell(9, "a", 1)], 1, 8, [], 0, id="nothing before they have added up"),
        pytest.param([cell(3, "a", 4), cell(9, "a", 1)], 9, 9, [Row("a", 5, 5)], 0, id="all on the day they have"),
        pytest.param([cell(3, "a", 7), cell(9, "a", 2)], 1, 20, [Row("a", 7, 7)], 0, id="a rest waits again"),
        pytest.param([cell(3, "a", 3), cell(4, "b", 4)], 1, 31, [], 7, id="a month's end shows the rest as one sum"),
        pytest.param([cell(3, "a", 3), cell(4, "b", 4)], 1, 30, [], 0, id="not before the month's end"),
        pytest.param([cell(3, "a", 4), cell(4, "b", 9)], 1, 31, [Row("b", 9, 9)], 0, id="one key is never a sum"),
        pytest.param([cell(3, "a", 4), cell(4, "b", 4)], 1, 31, [], 0, id="a sum that means k-1 each is not shown"),
        pytest.param([cell(3, "a", 1), cell(4, "b", 2)], 1, 31, [], 0, id="a sum under k is not shown"),
        pytest.param([cell(3, k, 1) for k in "abcdef"], 1, 31, [], 0, id="a sum that means 1 each is not shown"),
        pytest.param([cell(3, "b", 6), cell(3, "a", 8)], 1, 9, [Row("a", 8, 8), Row("b", 6, 6)], 0, id="most first"),
    ],
)
def test_only_what_may_be_shown_is(cells, first, last, rows, withheld):
    assert release(cells, first=day(first), last=day(last)) == (tuple(rows), withheld)


def test_an_operators_own_turns_are_shown_as_they_are():
    cells = [cell(3, "a", 0, turns=2), cell(4, "b", 1)]
    shown = release(cells, first=MAY, last=MAY_END, k=RULES[Source.CLI].k)
    assert shown.rows == (Row("a", 2, 0), Row("b", 1, 1))


def test_a_month_begins_at_nothing():
    """So that figures do not change when an older month expires."""
    cells = [cell(30, "a", 4), cell(1, "a", 4, month=6)]
    assert release(cells, first=MAY, last=day(30, 6)).rows == ()


@pytest.mark.parametrize(
    "source, now, expected",
    [
        pytest.param(Source.VISITOR, "2026-05-10T12:00Z", 9, id="visitors' figures end with yesterday"),
        pytest.param(Source.VISITOR, "2026-05-10T01:59Z", 8, id="yesterday may still gain late events"),
        pytest.param(Source.VISITOR, "2026-05-10T03:00+02:00", 8, id="days are UTC"),
        pytest.param(Source.CLI, "2026-05-10T00:30Z", 10, id="an operator's own turns show at once"),
    ],
)
def test_figures_end_with_the_last_day_that_is_over(source, now, expected):
    assert last_day(RULES[source], now=dt.datetime.fromisoformat(now)) == day(expected)
    assert dt.timedelta(hours=2) == CLOSING_DELAY


def test_every_source_has_a_rule_and_people_count_from_five():
    assert set(RULES) == set(Source)
    assert {RULES[s].k for s in (Source.VISITOR, Source.DEMO)} == {5}
    assert RULES[Source.VISITOR].closed


counts = st.lists(
    st.builds(
        lambda offset, key, firsts, more: Cell(MAY + dt.timedelta(days=offset), key, firsts + more, firsts),
        st.integers(0, 91),
        st.sampled_from("abcd"),
        st.integers(0, 8),
        st.integers(0, 5),
    ),
    max_size=60,
    unique_by=lambda cell: (cell.day, cell.key),
)


@given(counts, st.integers(0, 91), st.integers(0, 91), st.integers(0, 91))
def test_no_difference_of_two_ranges_is_a_small_cell(cells, one, two, three):
    """A longer range less a shorter one within it holds, of every key, nothing or at least k."""
    first, middle, last = (MAY + dt.timedelta(days=n) for n in sorted((one, two, three)))
    whole = {row.key: row for row in _shown(cells, first, last).rows}
    part = {row.key: row for row in _shown(cells, first, middle).rows}
    for key, row in whole.items():
        difference = row.firsts - (part[key].firsts if key in part else 0)
        assert difference == 0 or difference >= 5


@given(counts, st.integers(0, 90))
def test_ranges_side_by_side_add_up(cells, offset):
    middle, last = MAY + dt.timedelta(days=offset), MAY + dt.timedelta(days=91)
    left = _shown(cells, MAY, middle)
    right = _shown(cells, middle + dt.timedelta(days=1), last)
    whole = _shown(cells, MAY, last)
    assert whole.withheld_turns == left.withheld_turns + right.withheld_turns
    assert sum(row.turns for row in whole.rows) == sum(row.turns for row in (*left.rows, *right.rows))


@given(counts)
def test_nothing_is_shown_that_was_not_counted(cells):
    shown = _shown(cells, MAY, MAY + dt.timedelta(days=91))
    assert sum(row.turns for row in shown.rows) + shown.withheld_turns <= sum(cell.turns for cell in cells)


def _shown(cells, first, last):
    return release([c for c in cells if first.replace(day=1) <= c.day <= last], first=first, last=last)


@pytest.mark.parametrize(
    "days, keys, k, highest",
    [
        pytest.param(1, 4, 3, 5, id="one day, four keys"),
        pytest.param(2, 2, 3, 7, id="two days, two keys"),
        pytest.param(3, 2, 2, 3, id="three days, two keys, k of two"),
        pytest.param(1, 3, 5, 11, id="one day, three keys, k as in use"),
    ],
)
def test_a_reader_who_knows_the_rules_cannot_work_out_a_small_cell(days, keys, k, highest):
    """Of all tables that lead to the same answers to every question, no small cell is the same in each.

    A table counts when everything that leads to its answers has been tried: `highest` must leave room for a rest.
    """
    places = [(MAY_END - dt.timedelta(days=d), key) for d in range(days) for key in "abcd"[:keys]]
    tables = defaultdict(list)
    for values in itertools.product(range(highest + 1), repeat=len(places)):
        cells = [Cell(at, key, value, value) for (at, key), value in zip(places, values, strict=True) if value]
        tables[_everything(cells, days, k)].append(values)
    for answers, alike in tables.items():
        if any(row.firsts > highest - (k - 1) for released in answers for row in released.rows):
            continue
        for seen in map(set, zip(*alike, strict=True)):
            assert len(seen) > 1 or max(seen) == 0 or max(seen) >= k


def _everything(cells, days, k):
    """Return the answers to all ranges of the month's last days."""
    at = [MAY_END - dt.timedelta(days=n) for n in range(days)]
    ranges = ((first, last) for first in at for last in at if first <= last)
    return tuple(release([c for c in cells if c.day <= last], first=first, last=last, k=k) for first, last in ranges)
