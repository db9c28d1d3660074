"""What holds of published figures whatever the turns: k, sums, order, and that nothing published ever changes."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.release import ALL, LEVELS, REST, Block, Count, Ending, How, K, Tree, era, read_since, release
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Intent, Language
from tests.turn_tables import PARENT, Kind, cells, date, nodes, seen

ERA = LEVELS[-1]
_, WEEK, *_ = LEVELS
LAST = ERA - 1
"""The last day of the first 12 weeks."""
TOPICS = ("botulinum_toxin", "lip_filler", "hifu", CLINIC_TOPIC, NO_TOPIC)
counts = st.builds(lambda few, more: Count(few + more, few), st.integers(0, 12) | st.just(300), st.integers(0, 6))
kinds = st.builds(
    Kind,
    st.integers(0, 2 * ERA + 20) | st.integers(0, 8),
    st.sampled_from(Ending),
    st.sampled_from(TOPICS),
    st.sampled_from((Intent.PRICE, Intent.PAIN, Intent.OFFER)),
    st.sampled_from(How),
    st.sampled_from(Language),
    st.integers(0, 23),
)
tables = st.dictionaries(kinds, counts, max_size=80)
ks = st.integers(K, 9)


@settings(max_examples=40)
@given(tables, ks)
def test_every_block_has_k_firsts_and_known_labels(table, k):
    known = {
        "ending": {ALL, REST, *Ending},
        "topic": {ALL, REST, *TOPICS},
        "intent": {ALL, REST, *Intent},
        "how": {ALL, REST, *How},
        "language": {ALL, REST, *Language},
    }
    for block in release(cells(table), closed=date(3 * ERA), k=k):
        assert block.firsts >= k
        assert block.level == (block.day - block.since).days + 1
        assert block.level in LEVELS
        assert all(getattr(block.labels, name) in values for name, values in known.items())
        assert (block.labels.until > 0) == (block.labels.weekday > 0) == (block.tree is Tree.HOUR)
        named = [name for name in known if getattr(block.labels, name) != ALL and name != "how"]
        assert named == _path(block.tree)
        assert (block.labels.how != ALL) == (block.labels.ending == Ending.ANSWERED)
        assert REST not in [getattr(block.labels, name) for name in named[:-1]]


def _path(tree: Tree) -> list[str]:
    """Return the properties that blocks of a tree are split by."""
    if tree is Tree.HOW:  # the answered ones among endings, once more
        return _path(Tree.ENDING)
    return [*_path(PARENT[tree]), tree.value] if tree in PARENT else []


@settings(max_examples=40)
@given(tables, ks, st.integers(0, 3 * ERA))
def test_parts_and_rest_add_up_to_what_was_split(table, k, closed):
    blocks = release(cells(table), closed=date(closed), k=k)
    split: dict[Tree, list[Block]] = defaultdict(list)
    for tree, parents, parts in nodes(blocks):
        assert _sum(parents) == _sum(parts)
        assert len({part.labels for part in parts}) == len(parts)
        split[tree] += parents
    for tree, of in PARENT.items():
        assert len(set(split[tree])) == len(split[tree])
        for block in blocks:
            over = era(block.day) + dt.timedelta(days=LAST) <= date(closed)
            if over and block.tree is of and REST not in block.labels:
                assert block in split[tree]


@settings(max_examples=40)
@given(tables, ks)
def test_how_turns_were_answered_is_a_part_of_how_they_ended(table, k):
    blocks = release(cells(table), closed=date(3 * ERA), k=k)
    answered = [block for block in blocks if block.tree is Tree.ENDING and block.labels.ending == Ending.ANSWERED]
    assert {block._replace(tree=Tree.HOW) for block in answered} == {b for b in blocks if b.tree is Tree.HOW}


@settings(max_examples=40)
@given(tables, ks)
def test_totals_are_what_was_counted_less_what_is_too_small(table, k):
    by_day: dict[dt.date, Count] = defaultdict(lambda: Count(0, 0))
    for kind, count in table.items():
        by_day[date(kind.day)] = _sum((by_day[date(kind.day)], count))
    for block in release(cells(table), closed=date(3 * ERA), k=k):
        if block.tree is Tree.TOTAL:
            inside = [day for day in by_day if block.since <= day <= block.day]
            parts = [by_day.pop(day) for day in inside if block.level == 1 or by_day[day].firsts < k]
            assert block.turns <= sum(part.turns for part in parts)
    assert all(count.firsts < k for count in by_day.values())


@settings(max_examples=40)
@given(tables, ks)
def test_runs_of_hours_are_the_whole_day_of_published_days(table, k):
    blocks = release(cells(table), closed=date(3 * ERA), k=k)
    days = [block for block in blocks if block.tree is Tree.TOTAL and block.level == 1]
    runs: dict[tuple[dt.date, dt.date, int], list[Block]] = defaultdict(list)
    for block in blocks:
        if block.tree is Tree.HOUR:
            runs[block.since, block.day, block.labels.weekday].append(block)
    for (since, until, weekday), parts in runs.items():
        edges = sorted((part.labels.hour, part.labels.until) for part in parts)
        assert (edges[0][0], edges[-1][1]) == (0, 24)
        assert all(end == begin for (_, end), (begin, _) in pairwise(edges))
        within = [day for day in days if since <= day.day <= until and day.day.isoweekday() == weekday]
        assert _sum(within) == _sum(parts)


@settings(max_examples=40)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_counts_does_not_matter(table, rng):
    again = dict(rng.sample(sorted(table.items()), len(table)))
    blocks = release(cells(table), closed=date(ERA))
    assert seen(release(cells(again), closed=date(ERA))) == seen(blocks)
    assert len(seen(blocks)) == len(blocks)


@settings(max_examples=40)
@given(tables, ks, st.integers(0, 3 * ERA), st.integers(0, 100))
def test_days_that_are_not_over_change_nothing(table, k, closed, more):
    """Neither turns of a later day nor turns that come for one."""
    over = {kind: count for kind, count in table.items() if kind.day <= closed}
    blocks = seen(release(cells(over), closed=date(closed), k=k))
    assert seen(release(cells(table), closed=date(closed), k=k)) == blocks
    later = seen(release(cells(table), closed=date(closed + more), k=k))
    assert {block for block in later if block.day <= date(closed)} == blocks


def test_eras_do_not_know_each_other():
    """A caller reads 12 weeks at a time."""
    table = _clinic(4, 12, days=2 * ERA)
    first, second = ({kind: n for kind, n in table.items() if kind.day // ERA == number} for number in (0, 1))
    apart = [release(cells(part), closed=date(2 * ERA)) for part in (first, second)]
    assert seen(release(cells(table), closed=date(2 * ERA))) == seen(apart[0]) | seen(apart[1])


@pytest.mark.parametrize("chats_a_day", [1, 4])
def test_a_reader_who_looks_every_day_sees_blocks_appear_and_never_change(chats_a_day):
    table = _clinic(1, chats_a_day, days=ERA + 9)
    before = frozenset()
    for closed in range(ERA + 9):
        over = {kind: count for kind, count in table.items() if kind.day <= closed}
        now = seen(release(cells(over), closed=date(closed)))
        assert now >= before
        assert {block.day for block in now - before} <= {date(closed)}
        before = now


@settings(max_examples=40)
@given(tables, ks, st.integers(0, 2 * ERA), st.integers(0, 10) | st.integers(0, ERA))
def test_what_some_days_add_follows_from_the_days_since_which_they_are_read(table, k, first, more):
    closed = date(first + more)
    since = read_since(date(first), closed)
    read = {kind: count for kind, count in table.items() if date(kind.day) >= since}
    all_blocks, found = (seen(release(cells(counts), closed=closed, k=k)) for counts in (table, read))
    assert {block for block in found if block.day >= date(first)} == {
        block for block in all_blocks if block.day >= date(first)
    }


def test_what_is_published_day_by_day_from_what_each_day_needs_is_what_it_is_at_once():
    """Of a clinic of which days, weeks, 4 and 12 weeks are published."""
    table = _clinic(1, 4, days=ERA + 9)
    published = set()
    for day in range(ERA + 9):
        since = read_since(date(day), date(day))
        read = {kind: count for kind, count in table.items() if date(kind.day) >= since}
        published |= {block for block in seen(release(cells(read), closed=date(day))) if block.day == date(day)}
    assert published == seen(release(cells(table), closed=date(ERA + 8)))
    assert {(block.day - block.since).days + 1 for block in published} == {*LEVELS}


@pytest.mark.parametrize(
    "first, closed, since",
    [
        pytest.param(2, 2, 2, id="a day in the week: itself"),
        pytest.param(2, 5, 2, id="days in the week: the first of them"),
        pytest.param(6, 6, 0, id="a Sunday: its Monday"),
        pytest.param(5, 8, 0, id="days around a Sunday: its Monday"),
        pytest.param(13, 13, 7, id="a later Sunday: its Monday"),
        pytest.param(27, 27, 0, id="the end of 4 weeks: their beginning"),
        pytest.param(55, 55, 28, id="the end of the next 4 weeks: theirs"),
        pytest.param(83, 83, 0, id="the end of 12 weeks: their beginning"),
        pytest.param(82, 90, 0, id="days around it: the same"),
    ],
)
def test_counts_are_read_since_where_what_ends_began(first, closed, since):
    assert read_since(date(first), date(closed)) == date(since)


def _sum(counts) -> Count:
    return Count(sum(count.turns for count in counts), sum(count.firsts for count in counts))


def test_a_small_clinic_sees_most_of_its_turns():
    """100 chats a month of about 3 turns: by the week at the latest, and by topic within 12 weeks."""
    table = _clinic(1, 100 / 30, days=2 * ERA)
    blocks = release(cells(table), closed=date(2 * ERA - 1))
    turns = sum(count.turns for count in table.values())
    by_week = sum(block.turns for block in blocks if block.tree is Tree.TOTAL and block.level <= WEEK)
    by = {
        tree.value: sum(block.turns for block in blocks if block.tree is tree and REST not in block.labels) / turns
        for tree in PARENT
    }
    print(f"{turns} turns; by week {by_week / turns:.0%};", *(f"{name} {share:.0%}" for name, share in by.items()))
    assert by_week / turns >= 0.8
    assert by["ending"] >= 0.9
    assert by["topic"] >= 0.6
    assert by["language"] >= 0.8


def _clinic(seed: int, chats_a_day: float, *, days: int) -> dict[Kind, Count]:
    """Return turns of chats about treatments, some far more asked for than others."""
    rng = random.Random(seed)  # noqa: S311  # invented visitors
    topics = [f"treatment_{n}" for n in range(1, 39)]
    table: dict[Kind, Count] = {}
    for day in range(days):
        for _ in range(_poisson(rng, chats_a_day * (1.2, 1.1, 1, 1, 0.9, 0.8, 0.9)[day % 7])):
            asked: set[tuple[str, str]] = set()
            topic = rng.choices(topics, [1 / n for n in range(1, 39)])[0]
            language = rng.choices(("fr", "nl", "en", "de", "other"), (52, 24, 14, 7, 3))[0]
            for _ in range(rng.choices(range(1, 9), (30, 25, 17, 11, 8, 5, 2.5, 1.5))[0]):
                about = rng.choices((topic, CLINIC_TOPIC, NO_TOPIC), (62, 29, 9))[0]
                intent = rng.choices(("price", "offer", "booking", "hours", "pain"), (35, 20, 20, 15, 10))[0]
                ending = rng.choices((*Ending,), (76, 8, 7, 6, 1, 0.2, 1.8))[0]
                kind = Kind(day, ending, about, intent, rng.choices((*How,), (80, 20))[0], language, rng.randint(8, 22))
                before = table.get(kind, Count(0, 0))
                table[kind] = Count(before.turns + 1, before.firsts + ((about, intent) not in asked))
                asked.add((about, intent))
    return table


def _poisson(rng: random.Random, mean: float) -> int:
    """Return how many came in a day, when `mean` come on average."""
    number, left = -1, 1.0
    while left > math.exp(-mean):
        number, left = number + 1, left * rng.random()
    return number
