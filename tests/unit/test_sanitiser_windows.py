"""Which parts of a message the second reader reads: around what is doubtful, together where near, never too much."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.sanitiser.windows import GAP, MARGIN, MOST, RUN, windows

SPAN = 2 * MARGIN + 1

CASES = {
    "nothing doubtful": ([], 50, []),
    "one word in the middle": ([25], 50, [(25 - MARGIN, 26 + MARGIN)]),
    "at the beginning": ([0], 50, [(0, MARGIN + 1)]),
    "at the end": ([49], 50, [(49 - MARGIN, 50)]),
    "a message shorter than a window": ([2], 5, [(0, 5)]),
    "two whose windows overlap": ([30, 25], 60, [(25 - MARGIN, 31 + MARGIN)]),
    "two with little between": ([20, 20 + SPAN + GAP], 80, [(20 - MARGIN, 21 + SPAN + GAP + MARGIN)]),
    "two with more between": (
        [20 + SPAN + GAP + 1, 20],
        80,
        [(20 - MARGIN, 21 + MARGIN), (21 + GAP + SPAN - MARGIN, 22 + GAP + SPAN + MARGIN)],
    ),
}


def one_each(start: int, end: int) -> int:
    """Return the pieces of a range of tokens of which each is one."""
    return end - start


@pytest.mark.parametrize("doubtful, count, found", CASES.values(), ids=CASES)
def test_windows_lie_around_what_is_doubtful(doubtful: list[int], count: int, found: list[tuple[int, int]]):
    assert windows(doubtful, count, one_each) == found


def test_the_most_doubtful_are_read_where_not_all_can_be():
    apart = SPAN + GAP + 1
    doubtful = [i * apart for i in (7, 3, 11, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15)]
    found = windows(doubtful, 16 * apart, one_each)
    assert len(found) < len(doubtful)
    read = {i for start, end in found for i in range(start, end)}
    assert {i in read for i in doubtful[:3]} == {True}
    assert doubtful[-1] not in read


def test_a_word_of_too_many_pieces_is_not_read():
    assert windows([3], 10, lambda start, end: MOST * (end - start)) == []


@given(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.integers(0, n - 1), unique=True))),
    st.integers(1, 5),
)
def test_windows_are_in_order_apart_and_never_too_much(message: tuple[int, list[int]], each: int):
    count, doubtful = message
    found = windows(doubtful, count, lambda start, end: each * (end - start))
    assert sum(RUN + each * (end - start) for start, end in found) <= MOST
    assert all(0 <= start < end <= count for start, end in found)
    assert all(left[1] + GAP < right[0] for left, right in pairwise(found))
    assert bool(found) == bool(doubtful)
    read = {i for start, end in found for i in range(start, end)}
    assert not doubtful or doubtful[0] in read
