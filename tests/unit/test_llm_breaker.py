"""A provider's circuit: closed, open after failures in a row, half-open after a pause."""

from __future__ import annotations

import pytest

from workers.llm.breaker import Breaker, State


class Clock:
    """Seconds, by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(after=3, pause_s=10.0, clock=clock)


def broken(breaker: Breaker) -> Breaker:
    for _ in range(3):
        assert breaker.admits()
        breaker.failed()
    return breaker


def test_failures_in_a_row_open_it(breaker: Breaker) -> None:
    assert broken(breaker).state is State.OPEN
    assert not breaker.admits()


def test_an_answer_in_between_begins_the_count_anew(breaker: Breaker) -> None:
    for _ in range(4):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()
    assert breaker.state is State.CLOSED


def test_what_tells_nothing_neither_counts_nor_clears(breaker: Breaker) -> None:
    for _ in range(10):
        breaker.learnt_nothing()
    assert breaker.state is State.CLOSED
    breaker.failed()
    breaker.failed()
    breaker.learnt_nothing()
    breaker.failed()
    assert breaker.state is State.OPEN


def test_after_the_pause_one_call_goes_through_and_no_second_beside_it(breaker: Breaker, clock: Clock) -> None:
    broken(breaker)
    clock.now += 9.9
    assert not breaker.admits()
    clock.now += 0.1
    assert breaker.state is State.HALF_OPEN
    assert [breaker.admits() for _ in range(3)] == [True, False, False]


def test_a_trial_that_answers_closes_it(breaker: Breaker, clock: Clock) -> None:
    broken(breaker)
    clock.now += 10
    assert breaker.admits()
    breaker.succeeded()
    assert breaker.state is State.CLOSED
    assert breaker.admits()
    assert breaker.admits()


def test_a_trial_that_fails_begins_a_new_pause(breaker: Breaker, clock: Clock) -> None:
    broken(breaker)
    clock.now += 10
    assert breaker.admits()
    breaker.failed()
    clock.now += 9.9
    assert not breaker.admits()
    clock.now += 0.1
    assert breaker.admits()


def test_a_trial_whose_visitor_leaves_gives_its_place_back(breaker: Breaker, clock: Clock) -> None:
    """Otherwise one closed tab would leave the provider alone for ever."""
    broken(breaker)
    clock.now += 10
    assert breaker.admits()
    breaker.learnt_nothing()
    assert breaker.admits()
