"""What stands out in a week, and that noise does not."""

import datetime as dt
import random

import pytest

from analytics.spikes import BEFORE_WEEKS, UNSEEN_TURNS, Kind, Notice, WeeklyBlock, What, notices

MONDAY = dt.date(2026, 11, 16)
SUNDAY = dt.date(2026, 11, 22)
LONG_AGO = dt.date(2025, 1, 6)
STEADY = (40, 44, 38, 41, 36, 43, 39, 42)
BUSY = (420, 400, 431, 405, 418, 399, 425, 410)
TURNS_ON_A_TOPIC = (55, 25, 11, 5, 4)
"""Conversations with 1, 2, … turns on the same topic."""


def block(week: int, topic: str, turns: int, *, ending: str = "answered", weeks: int = 1) -> WeeklyBlock:
    """Return a block of whole weeks; the last of them lies `week` weeks before the week looked at."""
    ends = SUNDAY - dt.timedelta(weeks=week)
    since = ends - dt.timedelta(days=7 * weeks - 1)
    return WeeklyBlock(since, ends, "all" if topic == "all" else ending, topic, turns)


def weekly(topic: str, before, now: int | None, **changes) -> list[WeeklyBlock]:
    """Return a block a week: `before` from the oldest to the newest, then the week itself; None and 0 show nothing."""
    turns = [*before, now]
    return [block(len(turns) - 1 - n, topic, count, **changes) for n, count in enumerate(turns) if count]


def found(blocks, *, since=LONG_AGO) -> tuple[Notice, ...]:
    return notices(blocks, sunday=SUNDAY, since=since)


def short(blocks, **changes) -> list[tuple]:
    return [(n.kind, n.what, n.topic, n.turns, n.usual) for n in found(blocks, **changes)]


SPIKE, DROP = Kind.SPIKE, Kind.DROP
TOTAL, TOPIC, NOT_OFFERED = What.TOTAL, What.TOPIC, What.NOT_OFFERED
FULL = weekly("all", BUSY, 410)
CASES = {
    "three times the usual": (weekly("botox", STEADY, 122), [(SPIKE, TOPIC, "botox", 122, 40)]),
    "less than twice the usual": (weekly("botox", STEADY, 79), []),
    "twice, but fewer than 15 more": (weekly("botox", [7] * 8, 21), []),
    "twice, but such weeks happen": (weekly("botox", [10, 80, 12, 78, 11, 82, 9, 80], 95), []),
    "total, more": (weekly("all", BUSY, 900), [(SPIKE, TOTAL, "", 900, 414)]),
    "total, less": (weekly("all", BUSY, 200), [(DROP, TOTAL, "", 200, 414)]),
    "total that shows nothing may be too small to show": (weekly("all", BUSY, None), []),
    "not offered, said once and as such": (
        weekly("endolift", STEADY, 130, ending="not_offered"),
        [(SPIKE, NOT_OFFERED, "endolift", 130, 40)],
    ),
    "not offered, less, is no news": (weekly("endolift", BUSY, 20, ending="not_offered"), []),
    "new: nothing was shown before": (weekly("exosomes", [0] * 8, 90), [(SPIKE, TOPIC, "exosomes", 90, None)]),
    "new, but perhaps little more than before": (weekly("exosomes", [0] * 8, 2 * UNSEEN_TURNS), []),
    "a topic's drop, everything else shown": (
        [*FULL, *weekly("botox", BUSY, 90), *weekly("lips", [1] * 8, 315)],
        [(SPIKE, TOPIC, "lips", 315, 1), (DROP, TOPIC, "botox", 90, 414)],
    ),
    "a topic's drop may be what is held back": ([*FULL, *weekly("botox", BUSY, 90)], []),
    "a week before that waited for its four weeks counts evenly": (
        [
            block(1, "prp", 160, weeks=4),
            *weekly("prp", [40, 40, 40, 40, 0, 0, 0, 0], 41),
        ],
        [],
    ),
    "what waited for four weeks that end now is of no one week": ([block(0, "prp", 400, weeks=4)], []),
    "days add up to their week": (
        [
            *weekly("botox", STEADY, None),
            *(
                WeeklyBlock(MONDAY + dt.timedelta(n), MONDAY + dt.timedelta(n), "answered", "botox", 20)
                for n in range(6)
            ),
        ],
        [(SPIKE, TOPIC, "botox", 120, 40)],
    ),
    "endings of a topic add up": (
        [*weekly("botox", STEADY, 61), *weekly("botox", STEADY, 200, ending="unanswered")],
        [(SPIKE, TOPIC, "botox", 261, 81)],
    ),
    "the week to come is not looked at": ([*weekly("botox", STEADY, 40), block(-1, "botox", 900)], []),
}


@pytest.mark.parametrize("blocks,expected", CASES.values(), ids=CASES.keys())
def test_a_week_is_compared_with_those_before_it(blocks, expected):
    assert short(blocks) == expected


def test_a_notice_names_its_days():
    (notice,) = found(weekly("botox", STEADY, 122))
    assert (notice.first, notice.last) == (MONDAY, SUNDAY)


@pytest.mark.parametrize("weeks,says", [(3, 0), (4, 1)], ids=["three weeks are too few", "four are enough"])
def test_a_new_clinic_hears_nothing_at_first(weeks, says):
    since = MONDAY - dt.timedelta(weeks=weeks)
    assert len(found(weekly("botox", STEADY[-weeks:], 122), since=since)) == says


def test_the_strongest_come_first_and_three_at_most():
    spikes = {"a": 130, "b": 300, "c": 200, "d": 160}
    blocks = [block for topic, now in spikes.items() for block in weekly(topic, STEADY, now)]
    assert [notice.topic for notice in found(blocks)] == ["b", "c", "d"]


def clinic(rng: random.Random, *, chats_a_week: float, bunched: bool) -> list[WeeklyBlock]:
    """Return 9 weeks of a clinic where nothing ever changes: 30 topics, those under 5 conversations not shown."""
    shares = [(rank + 1) ** -0.95 for rank in range(30)]
    blocks = []
    for week in range(BEFORE_WEEKS + 1):
        total = 0
        for rank, share in enumerate(shares):
            chats = poisson(chats_a_week * share / sum(shares), rng)
            turns = sum(rng.choices(range(1, 6), TURNS_ON_A_TOPIC, k=chats)) if bunched else chats
            total += turns
            ending = "not_offered" if rank % 6 == 5 else "answered"
            blocks += [block(week, f"topic_{rank}", turns, ending=ending)] if chats >= 5 else []
        blocks.append(block(week, "all", total))
    return blocks


def poisson(mean: float, rng: random.Random) -> int:
    count, time = 0, rng.expovariate()
    while time < mean:
        count, time = count + 1, time + rng.expovariate()
    return count


@pytest.mark.parametrize("bunched", [False, True], ids=["single turns", "turns in conversations"])
@pytest.mark.parametrize("chats_a_week", [20, 60, 150, 500])
def test_noise_raises_an_alarm_in_less_than_one_week_of_a_hundred(chats_a_week, bunched):
    rng = random.Random(7)  # noqa: S311  # noise
    weeks = [found(clinic(rng, chats_a_week=chats_a_week, bunched=bunched)) for _ in range(300)]
    assert sum(map(bool, weeks)) <= 2


def test_a_topic_that_trebles_is_noticed_in_most_weeks():
    rng = random.Random(8)  # noqa: S311  # noise
    noticed = 0
    for _ in range(100):
        blocks = clinic(rng, chats_a_week=150, bunched=True)
        trebled = [b._replace(turns=3 * b.turns) if (b.day, b.topic) == (SUNDAY, "topic_1") else b for b in blocks]
        noticed += any(notice.topic == "topic_1" for notice in found(trebled))
    assert noticed >= 60
