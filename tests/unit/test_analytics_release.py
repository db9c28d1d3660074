"""Which figures are published of which counts; what a reader could work out from them is tried in `tests/privacy`."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from analytics.release import (
    ALL,
    CLOSING_DELAY,
    ENOUGH,
    EPOCH,
    HOURS_LEVEL,
    LEVELS,
    RELEASED_SOURCES,
    REST,
    Block,
    Count,
    Ending,
    How,
    K,
    Labels,
    Tree,
    release,
)
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Intent, Language, Source
from schemas.treatments import treatments
from tests.turn_tables import PARENT, Kind, cells, date

ERA = LEVELS[-1]
DAY, WEEK, FOUR_WEEKS, TWELVE_WEEKS = LEVELS
LAST = ERA - 1
"""The last day of the first 12 weeks."""
MANY = 1000
"""More than is needed to be split on the day itself."""


def total(*blocks: Block) -> list[tuple[int, int, int, int]]:
    """Return level, first day, turns and firsts of blocks, ordered."""
    return sorted((b.level, (b.since - EPOCH).days, b.turns, b.firsts) for b in blocks)


def firsts(counts: dict[int, int]) -> dict[Kind, int]:
    return {Kind(day): count for day, count in counts.items()}


@pytest.mark.parametrize(
    "table, expected",
    [
        pytest.param({Kind(3): Count(9, 5)}, [(DAY, 3, 9, 5)], id="a day that reaches k is published as a day"),
        pytest.param({Kind(3): Count(90, 4)}, [], id="k counts firsts and not turns"),
        pytest.param(firsts({0: 3, 6: 2}), [(WEEK, 0, 5, 5)], id="small days wait for their week"),
        pytest.param(firsts({6: 3, 7: 2}), [(FOUR_WEEKS, 0, 5, 5)], id="small weeks wait for their 4 weeks"),
        pytest.param(firsts({27: 3, 28: 2}), [(TWELVE_WEEKS, 0, 5, 5)], id="small 4 weeks wait for their 12"),
        pytest.param(firsts({83: 3, 84: 3}), [], id="nothing waits longer than 12 weeks"),
        pytest.param(firsts({0: 3, 1: 8, 2: 3}), [(DAY, 1, 8, 8), (WEEK, 0, 6, 6)], id="a week is less its days"),
        pytest.param(firsts({0: 4, 1: 4}), [], id="a sum that says that each was k-1 is not published"),
        pytest.param(firsts({0: 4, 1: 4, 2: 1}), [(WEEK, 0, 9, 9)], id="one that can be anything else is"),
        pytest.param(firsts({0: 4, 1: 4, 7: 3, 14: 4}), [(FOUR_WEEKS, 0, 7, 7)], id="what was dropped stays away"),
        pytest.param(firsts({0: 4, 8: 4, 27: 3}), [(FOUR_WEEKS, 0, 11, 11)], id="weeks count as days do"),
        pytest.param(firsts({0: 4, 8: 4}), [], id="a sum of weeks of k-1 each is not published"),
        pytest.param(firsts({0: 4, 1: 4} | {2: 0}), [], id="a day without turns is not a part that could be smaller"),
    ],
)
def test_days_are_published_alone_or_with_those_that_wait(table, expected):
    blocks = release(cells(table), closed=date(LAST))
    assert total(*(block for block in blocks if block.tree is Tree.TOTAL)) == expected


def test_automated_turns_are_published_over_time_too_and_apart():
    blocks = release(cells({}, left_out={0: 6, 1: 3, 3: 3}), closed=date(LAST))
    assert total(*blocks) == [(DAY, 0, 6, 6), (WEEK, 0, 6, 6)]
    assert {block.tree for block in blocks} == {Tree.LEFT_OUT}


@pytest.mark.parametrize(
    "counts, expected",
    [
        pytest.param({"fr": MANY, "nl": 6}, {"fr": MANY, "nl": 6}, id="parts of at least k are shown"),
        pytest.param({"fr": MANY, "nl": 4, "de": 4, "en": 3}, {"fr": MANY, REST: 11}, id="the others are a rest"),
        pytest.param({"fr": MANY, "nl": 6, "de": 4}, {"fr": MANY, REST: 10}, id="the smallest joins a rest below k"),
        pytest.param(
            {"fr": MANY, "nl": 6, "de": 6, "en": 4}, {"fr": MANY, REST: 16}, id="equal parts join a rest together"
        ),
        pytest.param(
            {"fr": MANY, "nl": 6, "de": 4, "en": 4}, {"fr": MANY, REST: 14}, id="a rest of k-1 each says what each is"
        ),
        pytest.param({"fr": MANY, "de": 1}, {REST: MANY + 1}, id="nothing is shown where the rest would be small"),
        pytest.param(
            {"fr": MANY, "nl": 7, "de": Count(3, 0)},
            {"fr": MANY, REST: Count(10, 7)},
            id="a rest without firsts is small",
        ),
        pytest.param(
            {"fr": MANY, "nl": 4, "de": Count(9, 2), "en": 2, "other": 2},
            {"fr": MANY, REST: Count(17, 10)},
            id="many turns do not make a part large",
        ),
    ],
)
def test_a_total_is_split_into_parts_and_a_rest_of_at_least_k(counts, expected):
    table = {Kind(0, language=language): count for language, count in counts.items()}
    blocks = [block for block in release(cells(table), closed=date(0)) if block.tree is Tree.LANGUAGE]
    whole = {key: count if isinstance(count, Count) else Count(count, count) for key, count in expected.items()}
    assert {block.labels.language: Count(block.turns, block.firsts) for block in blocks} == whole
    assert {block.labels for block in blocks} == {Labels(language=language) for language in expected}


ENOUGH_FIRSTS = ENOUGH[Tree.LANGUAGE] * K


@pytest.mark.parametrize(
    "days, expected",
    [
        pytest.param({0: ENOUGH_FIRSTS}, {(0, 0)}, id="a busy day is split by itself"),
        pytest.param({0: ENOUGH_FIRSTS - 1}, {(0, LAST)}, id="a quiet one waits for more"),
        pytest.param({0: ENOUGH_FIRSTS - 5, 6: 5}, {(0, 6)}, id="days are split with their week"),
        pytest.param({0: ENOUGH_FIRSTS - 5, 7: 5}, {(0, 27)}, id="with their 4 weeks"),
        pytest.param({0: ENOUGH_FIRSTS - 5, 28: 5}, {(0, LAST)}, id="with their 12 weeks"),
        pytest.param({0: ENOUGH_FIRSTS, 1: ENOUGH_FIRSTS - 1, 2: 5}, {(0, 0), (0, 6)}, id="a day is split once"),
        pytest.param({0: ENOUGH_FIRSTS - 4, 1: 4}, {(0, LAST)}, id="what is not published does not count"),
    ],
)
def test_what_is_split_together_follows_from_what_is_published(days, expected):
    table = {Kind(day, language=language): n for day, n in days.items() for language in ("fr",)}
    blocks = [block for block in release(cells(table), closed=date(LAST)) if block.tree is Tree.LANGUAGE]
    assert {((block.since - EPOCH).days, (block.day - EPOCH).days) for block in blocks} == expected


@pytest.mark.parametrize(
    "hours, expected",
    [
        pytest.param({9: 6, 17: 5}, [(0, 10, 6), (10, 24, 5)], id="hours are joined until they reach k"),
        pytest.param({9: 6, 17: 4}, [(0, 24, 10)], id="what is left at the end joins the last"),
        pytest.param({9: 6}, [(0, 24, 6)], id="that nothing is left does not show"),
        pytest.param({3: 4, 9: 1, 10: 9}, [(0, 10, 5), (10, 24, 9)], id="a run ends when it reaches k"),
        pytest.param(dict.fromkeys(range(24), 1), [(0, 5, 5), (5, 10, 5), (10, 15, 5), (15, 24, 9)], id="one each"),
    ],
)
def test_hours_of_a_weekday_are_joined(hours, expected):
    table = {Kind(1, hour=hour): count for hour, count in hours.items()}
    blocks = [block for block in release(cells(table), closed=date(HOURS_LEVEL - 1)) if block.tree is Tree.HOUR]
    assert sorted((b.labels.hour, b.labels.until, b.turns) for b in blocks) == expected
    assert {block.labels.weekday for block in blocks} == {2}


def test_hours_are_those_of_days_that_were_published_as_days():
    table = {Kind(0, hour=9): 5, Kind(7, hour=10): 4, Kind(8, hour=11): 3, Kind(14, hour=20): 6}
    blocks = [block for block in release(cells(table), closed=date(LAST)) if block.tree is Tree.HOUR]
    assert sorted((b.labels.weekday, b.labels.until, b.turns) for b in blocks) == [(1, 10, 5), (1, 24, 6)]


def test_the_levels_divide_each_other_and_begin_on_a_monday():
    assert all(longer % shorter == 0 for shorter, longer in pairwise(LEVELS))
    assert HOURS_LEVEL in LEVELS
    assert EPOCH.isoweekday() == 1
    assert dt.timedelta(hours=2) == CLOSING_DELAY


def test_every_tree_that_splits_has_its_own_enough():
    assert set(ENOUGH) == set(PARENT)
    assert min(ENOUGH.values()) >= 2


def test_people_may_be_behind_every_source_but_an_operators_own():
    assert set(Source) - set(RELEASED_SOURCES) == {Source.CLI, Source.VERIFY, Source.LOAD}
    assert K == 5


def test_no_value_of_a_property_is_called_all_or_rest():
    assert not {ALL, REST} & ({*treatments()} | {CLINIC_TOPIC, NO_TOPIC} | {*Ending} | {*How} | {*Intent} | {*Language})
