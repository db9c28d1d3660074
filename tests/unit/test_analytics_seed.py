"""Synthetic events: plausible, always the same, and nothing that a real event could not be."""

import datetime as dt
import random
from collections import Counter
from statistics import median
from zoneinfo import ZoneInfo

import msgspec
import pytest

from analytics import seed, seed_shapes
from analytics.seed import events, spike_topic, spike_week
from schemas.events import TurnFact
from schemas.taxonomy import SPOKEN, Intent, Language, Outcome, Path, Source
from schemas.treatments import is_topic, treatments

UNTIL = dt.date(2026, 11, 21)
BRUSSELS = "Europe/Brussels"
OFFERED = ("lip_filler", "botulinum_toxin", "hydrafacial", "laser_hair_removal", "microneedling", "prp", "mole_removal")


def made(**changes) -> list[TurnFact]:
    asked = {"days": 400, "until": UNTIL, "timezone": BRUSSELS, "offered": OFFERED, "chats_a_month": 600}
    return list(events("lumiere", **(asked | changes)))


@pytest.fixture(scope="module")
def year():
    return made()


def local(fact: TurnFact, zone: str = BRUSSELS) -> dt.datetime:
    return dt.datetime.fromtimestamp(fact.hour, ZoneInfo(zone))


def share(facts, wanted) -> float:
    return sum(map(wanted, facts)) / len(facts)


def test_the_same_arguments_give_the_same_events():
    assert made(days=30) == made(days=30, offered=set(OFFERED))


@pytest.mark.parametrize(
    "other", [{"seed": 1}, {"offered": OFFERED[1:]}, {"chats_a_month": 601}], ids=["seed", "offer", "chats"]
)
def test_other_arguments_give_other_events(other):
    assert made(days=30) != made(days=30, **other)


def test_every_event_could_be_a_real_one_and_is_marked(year):
    for fact in year:
        assert msgspec.json.decode(msgspec.json.encode(fact), type=TurnFact) == fact
        assert is_topic(fact.topic)
    assert {fact.source for fact in year} == {Source.SEED}
    assert {fact.clinic for fact in year} == {"lumiere"}


@pytest.mark.parametrize("zone", ["UTC", BRUSSELS, "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
def test_events_end_on_the_last_day_of_the_clinics_own(zone):
    days = {local(fact, zone).date() for fact in made(days=10, timezone=zone, chats_a_month=2_000)}
    expected = {UNTIL - dt.timedelta(days=n) for n in range(10)}
    # In a zone half an hour beside UTC the first hour of a day begins the day before.
    assert days - expected <= {UNTIL - dt.timedelta(days=10)}
    assert expected <= days


@pytest.mark.parametrize("chats", [20, 100, 600])
def test_there_are_as_many_chats_a_month_as_asked_for(chats):
    turns = sum(n * share for n, share in enumerate(seed_shapes.TURNS, 1)) / sum(seed_shapes.TURNS)
    expected = chats * 12 / 365.25 * 365 * turns
    assert abs(len(made(days=365, chats_a_month=chats)) / expected - 1) < 0.12


def sessions(number: int) -> list[list[TurnFact]]:
    crowd = seed._Crowd("lumiere", ZoneInfo(BRUSSELS), 20.0, UNTIL, 1, OFFERED, ("hifu",), (*SPOKEN, Language.OTHER))
    rng = random.Random(1)  # noqa: S311  # invented visitors
    start = dt.datetime.combine(UNTIL, dt.time(23))
    return [list(seed._session(crowd, start, "prp", {"prp": 3.0, "hifu": 1.0}, rng)) for _ in range(number)]


def test_first_is_a_sessions_first_turn_on_its_topic_and_intent():
    for session in sessions(300):
        subjects = [(fact.topic, fact.intent) for fact in session]
        assert [fact.first for fact in session] == [subject not in subjects[:n] for n, subject in enumerate(subjects)]
    assert {len(session) for session in sessions(300)} == set(range(1, 9))


def test_a_session_keeps_its_language_and_ends_on_its_day():
    for session in sessions(100):
        assert len({fact.language for fact in session}) == 1
        assert {local(fact).date() for fact in session} == {UNTIL}


def test_what_is_offered_agrees_with_how_turns_end(year):
    for fact in year:
        known = None if fact.topic in {"clinic", "none"} else fact.topic in OFFERED
        assert fact.offered is known
        assert (fact.outcome is Outcome.NOT_OFFERED) == (known is False)


def test_shares_are_plausible(year):
    assert 0.01 < share(year, lambda fact: fact.suspect) < 0.03
    assert 0.03 < share(year, lambda fact: fact.outcome is Outcome.NOT_OFFERED) < 0.12
    assert 0.01 < share(year, lambda fact: fact.outcome in {Outcome.FALLBACK, Outcome.FAILED}) < 0.08
    assert 0.7 < share(year, lambda fact: fact.path is Path.DETERMINISTIC) < 0.9
    assert 0 < share(year, lambda fact: fact.outcome is Outcome.EMERGENCY) < 0.01
    assert 0.01 < share(year, lambda fact: fact.redactions > 0) < 0.15
    assert {fact.path for fact in year} == set(Path)
    assert {fact.outcome for fact in year} == set(Outcome)
    assert {fact.intent for fact in year} == set(Intent)


def test_only_attacks_look_automated(year):
    assert all(fact.suspect == (fact.intent is Intent.INJECTION) for fact in year)


def test_the_clinics_first_language_is_spoken_most():
    facts = made(days=100, languages=(Language.NL, Language.DE))
    assert [language for language, _ in Counter(fact.language for fact in facts).most_common()] == [
        Language.NL,
        Language.DE,
        Language.EN,
        Language.FR,
        Language.OTHER,
    ]


def test_treatments_are_asked_for_by_rank(year):
    asked = Counter(fact.topic for fact in year if fact.offered)
    order = [topic for topic, _ in asked.most_common()]
    assert order[0] == "botulinum_toxin"
    assert asked[order[0]] > 4 * asked[order[-1]]
    wanted = Counter(fact.topic for fact in year if fact.offered is False)
    assert wanted.most_common(1)[0][0] == "skin_booster"
    assert len(wanted) == seed_shapes.WANTED_ELSEWHERE


def test_people_write_at_lunch_and_in_the_evening(year):
    hours = Counter(local(fact).hour for fact in year if local(fact).isoweekday() < 6)
    assert min(hours[12], hours[20]) > 1.3 * max(hours[9], hours[15])
    assert max(hours[n] for n in range(1, 6)) * 10 < hours[12]


def test_demand_grows_and_has_its_seasons():
    facts = made(days=730, chats_a_month=1_500, offered=("laser_hair_removal", "prp"))
    laser = Counter((local(fact).year, local(fact).month) for fact in facts if fact.topic == "laser_hair_removal")
    assert laser[2026, 4] > 1.5 * laser[2026, 9]
    assert laser[2026, 4] > 1.1 * laser[2025, 4]


def test_mondays_are_busier_than_saturdays(year):
    weekdays = Counter(local(fact).isoweekday() for fact in year)
    assert weekdays[1] > 1.2 * weekdays[6]


@pytest.mark.parametrize(
    "until,monday",
    [
        (dt.date(2026, 11, 21), dt.date(2026, 11, 9)),
        (dt.date(2026, 11, 22), dt.date(2026, 11, 16)),
        (dt.date(2026, 11, 23), dt.date(2026, 11, 16)),
    ],
    ids=["a Saturday", "a Sunday", "a Monday"],
)
def test_the_spike_is_in_the_last_whole_week(until, monday):
    week = spike_week(until)
    assert (week[0], week[-1], len(week)) == (monday, monday + dt.timedelta(days=6), 7)


@pytest.mark.parametrize("number", range(3))
def test_one_treatment_about_trebles_in_one_week(number):
    topic = spike_topic(OFFERED)
    assert topic == "lip_filler"
    facts = made(days=80, seed=number, chats_a_month=2_000)
    monday = spike_week(UNTIL)[0]
    weeks = Counter((local(fact).date() - monday).days // 7 for fact in facts if fact.topic == topic)
    usual = median(weeks[-n] for n in range(1, 9))
    assert 2.3 < weeks[0] / usual < 4.5


@pytest.mark.parametrize(
    "offered,outcomes",
    [((), {Outcome.NOT_OFFERED}), (("prp",), {Outcome.NOT_OFFERED, Outcome.ANSWERED}), (tuple(treatments()), set())],
    ids=["nothing", "one treatment", "everything there is"],
)
def test_a_clinic_may_offer_anything(offered, outcomes):
    facts = made(days=20, offered=offered)
    assert len(facts) > 300
    found = {fact.outcome for fact in facts if fact.topic not in {"clinic", "none"}}
    assert outcomes <= found
    assert (Outcome.NOT_OFFERED in found) == (len(offered) < len(treatments()))
