"""Synthetic events of an invented clinic's visitors, so that a newcomer sees the dashboard full.

Pure: the same arguments give the same events, whatever the machine. They carry ``source=seed`` and
are shown apart from visitors' for ever. Sessions are simulated, turn by turn, since `first` means
the first turn of a session on its topic and intent.

In the last whole week (Monday to Sunday) one treatment is asked for about three times as often as
usual, so that the notice about it can be seen.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from analytics import seed_shapes as shapes
from analytics.seed_turns import Says, Talk, says, suspect_says
from schemas.events import TurnFact
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, SPOKEN, Language, Source
from schemas.treatments import treatments

_HOUR_S: Final = 3_600
_MONTHS_A_YEAR: Final = 12
_DAYS_A_YEAR: Final = 365.25
_YEAR_ENDS: Final = ((12, 24), (1, 3))
"""From the first to the second (month, day) few people write."""
_BETWEEN_TURNS_S: Final = (15, 150)
_LAST_SECOND: Final = dt.time(23, 59, 59)


class _Crowd(NamedTuple):
    """Everything about a clinic's visitors that stays the same from day to day."""

    clinic: str
    zone: ZoneInfo
    chats_a_day: float
    first_day: dt.date
    days: int
    offered: tuple[str, ...]
    """Most asked for first."""
    wanted: tuple[str, ...]
    """What the clinic does not offer, most asked for first."""
    languages: tuple[Language, ...]


def events(
    clinic: str,
    *,
    days: int,
    until: dt.date,
    timezone: str,
    offered: Collection[str],
    languages: Sequence[Language] = SPOKEN,
    seed: int = 0,
    chats_a_month: int = 600,
) -> Iterator[TurnFact]:
    """Yield the events of `days` days, day by day, sessions in no order within a day.

    Args:
        clinic: The clinic's id.
        days: How many days.
        until: The last of them, in the clinic's time.
        timezone: The clinic's, IANA.
        offered: Treatments (slugs) that it offers.
        languages: Those it answers in, the most spoken first; visitors who speak the others come too.
        seed: Another number gives other visitors.
        chats_a_month: Sessions a month, on average over all days.
    """
    rng = random.Random(f"{seed}:{clinic}")  # noqa: S311  # invented visitors, nothing to guess
    crowd = _Crowd(
        clinic=clinic,
        zone=ZoneInfo(timezone),
        chats_a_day=chats_a_month * _MONTHS_A_YEAR / _DAYS_A_YEAR,
        first_day=until - dt.timedelta(days=days - 1),
        days=days,
        offered=tuple(sorted(set(offered), key=_popularity)),
        wanted=tuple(sorted(treatments().keys() - set(offered), key=_popularity)[: shapes.WANTED_ELSEWHERE]),
        languages=(*dict.fromkeys((*languages, *SPOKEN)), Language.OTHER),
    )
    spike = spike_week(until)
    for number in range(days):
        day = crowd.first_day + dt.timedelta(days=number)
        yield from _day(crowd, day, rng, spiked=day in spike)


def spike_week(until: dt.date) -> tuple[dt.date, ...]:
    """Return the days of the last whole week, Monday to Sunday, that ends on `until` or before."""
    sunday = until - dt.timedelta(days=until.isoweekday() % 7)
    return tuple(sunday - dt.timedelta(days=back) for back in range(6, -1, -1))


def spike_topic(offered: Collection[str]) -> str | None:
    """Return the treatment that trebles in `spike_week`; None where too few are offered."""
    order = sorted(set(offered), key=_popularity)
    return order[shapes.SPIKE_RANK] if len(order) > shapes.SPIKE_RANK else None


def _day(crowd: _Crowd, day: dt.date, rng: random.Random, *, spiked: bool) -> Iterator[TurnFact]:
    """Yield the events of one day."""
    demand = _demand(crowd, day)
    expected = crowd.chats_a_day * _traffic(crowd, day)
    interests = rng.choices(list(demand), list(demand.values()), k=_poisson(expected, rng))
    topic = spike_topic(crowd.offered) if spiked else None
    if topic:
        share = demand[topic] / sum(demand.values())
        interests += [topic] * _poisson((shapes.SPIKE - 1) * share * expected, rng)
    hours = list(accumulate(shapes.HOURS_WORKING if day.isoweekday() < 6 else shapes.HOURS_WEEKEND))  # noqa: PLR2004  # Saturday
    for interest in interests:
        (hour,) = rng.choices(range(24), cum_weights=hours)
        yield from _session(crowd, dt.datetime.combine(day, dt.time(hour)), interest, demand, rng)


def _demand(crowd: _Crowd, day: dt.date) -> dict[str, float]:
    """Return how often each treatment is what a visitor came for on `day`, as weights."""
    offered, wanted = _zipf(crowd.offered), _zipf(crowd.wanted)
    share = shapes.NOT_OFFERED
    scale = share / (1 - share) * sum(offered.values()) / sum(wanted.values()) if offered and wanted else 1.0
    weights = offered | {topic: weight * scale for topic, weight in wanted.items()}
    return {topic: weight * _season(topic, day) for topic, weight in weights.items()}


def _session(
    crowd: _Crowd, start: dt.datetime, interest: str, demand: Mapping[str, float], rng: random.Random
) -> Iterator[TurnFact]:
    """Yield the turns of one session that begins in the hour `start` (the clinic's clock)."""
    (language,) = rng.choices(crowd.languages, shapes.LANGUAGE_SHARES)
    (turns,) = rng.choices(range(1, len(shapes.TURNS) + 1), shapes.TURNS)
    suspect = rng.random() < shapes.SUSPECT
    talk = Talk(interest, crowd.offered, demand)
    last = dt.datetime.combine(start.date(), _LAST_SECOND)
    at = start + dt.timedelta(seconds=rng.randrange(_HOUR_S))
    counted: set[tuple[str, str]] = set()
    for _ in range(turns):
        said = suspect_says(rng) if suspect else says(talk, rng)
        fact = _fact(crowd, min(at, last), language, said, first=(said.topic, said.intent.value) not in counted)
        yield fact
        counted.add((said.topic, said.intent.value))
        at += dt.timedelta(seconds=rng.randint(*_BETWEEN_TURNS_S))


def _fact(crowd: _Crowd, at: dt.datetime, language: Language, said: Says, *, first: bool) -> TurnFact:
    return TurnFact(
        clinic=crowd.clinic,
        hour=int(at.replace(tzinfo=crowd.zone).timestamp()) // _HOUR_S * _HOUR_S,
        language=language,
        topic=said.topic,
        intent=said.intent,
        path=said.path,
        outcome=said.outcome,
        offered=None if said.topic in {CLINIC_TOPIC, NO_TOPIC} else said.topic in crowd.offered,
        redactions=said.redactions,
        latency=said.latency,
        source=Source.SEED,
        suspect=said.suspect,
        first=first,
    )


def _traffic(crowd: _Crowd, day: dt.date) -> float:
    """Return how many visitors come on `day`, as a multiple of the mean."""
    passed = (day - crowd.first_day).days / max(1, crowd.days - 1)
    growth = 1 + shapes.GROWTH * (passed - 0.5)
    holiday = shapes.CLOSED_WEEKS if not _YEAR_ENDS[1] < (day.month, day.day) < _YEAR_ENDS[0] else 1.0
    return growth * holiday * shapes.WEEKDAYS[day.weekday()] * _wave(day, shapes.SEASON_PEAK_DAY, shapes.SEASON)


def _season(topic: str, day: dt.date) -> float:
    season = shapes.SEASONS.get(topic)
    return _wave(day, season.peak_day, season.swing) if season else 1.0


def _wave(day: dt.date, peak_day: int, swing: float) -> float:
    return 1 + swing * math.cos(2 * math.pi * (day.timetuple().tm_yday - peak_day) / _DAYS_A_YEAR)


def _zipf(topics: Sequence[str]) -> dict[str, float]:
    return {topic: (rank + 1) ** -shapes.STEEPNESS for rank, topic in enumerate(topics)}


def _popularity(topic: str) -> tuple[int, str]:
    return (shapes.POPULAR.index(topic) if topic in shapes.POPULAR else len(shapes.POPULAR), topic)


def _poisson(mean: float, rng: random.Random) -> int:
    """Draw from a Poisson distribution: arrivals in `mean` units of time, one a unit on average."""
    count, time = 0, rng.expovariate()
    while time < mean:
        count += 1
        time += rng.expovariate()
    return count
