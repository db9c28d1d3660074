import datetime as dt

import pytest

from gateway import pages
from gateway.demo_hours import Day, clinic_clock, closures_ahead, opening, opening_sentence, opening_week
from schemas.clinic import Closure, Hours, Interval, Text
from schemas.taxonomy import Language
from tests.page_clinic import MORNING, page_clinic

MONDAY = dt.date(2026, 11, 23)
NEW_YEAR = Closure(from_=dt.date(2026, 12, 25), to=dt.date(2027, 1, 3), text=Text(en="Holidays.", fr="Congés."))
EVE = Closure(
    from_=dt.date(2026, 12, 24),
    to=dt.date(2026, 12, 24),
    text=Text(plain="Short day."),
    hours=(Interval(opens=dt.time(9), closes=dt.time(11)),),
)


def status(clock: dt.datetime, language: Language = Language.EN, **changes) -> str:
    own = pages.texts()[language]
    found = opening(page_clinic(**changes), clock)
    return opening_sentence(found, clock, words=own.demo, days=own.days)


def at(day: dt.date, clock: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(clock))


@pytest.mark.parametrize(
    "days, clock, said",
    [
        (0, "08:59", "Closed now, opens today at 09:00"),
        (0, "09:00", "Open now, until 12:30"),
        (0, "12:29", "Open now, until 12:30"),
        (0, "12:30", "Closed now, opens today at 13:30"),
        (0, "18:00", "Closed now, opens on Saturday at 09:00"),
        (4, "20:00", "Closed now, opens tomorrow at 09:00"),
        (5, "12:30", "Closed now, opens on Monday at 09:00"),
    ],
    ids=["before", "the first minute", "the last minute", "noon", "after", "the eve", "the week after"],
)
def test_the_page_says_whether_the_clinic_is_open_and_when_that_changes(days, clock, said):
    assert status(at(MONDAY + dt.timedelta(days=days), clock)) == said


@pytest.mark.parametrize(
    "language, said",
    [
        ("en", "Closed now, opens on 4 January at 09:00"),
        ("fr", "Fermé, ouvre le 4 janvier à 09:00"),
        ("nl", "Nu gesloten, op 4 januari open vanaf 09:00 uur"),
        ("de", "Jetzt geschlossen, öffnet am 4. Januar um 09:00 Uhr"),
    ],
)
def test_a_closure_goes_before_the_weekly_hours(language, said):
    assert status(at(dt.date(2026, 12, 26), "09:30"), Language(language), closures=(NEW_YEAR,)) == said


def test_a_day_of_other_hours_is_open_at_those():
    assert status(at(EVE.from_, "10:00"), closures=(EVE,)) == "Open now, until 11:00"


def test_a_clinic_that_does_not_open_soon_is_said_to_be_closed():
    assert status(at(MONDAY, "10:00"), hours=Hours()) == "Closed at the moment"


@pytest.mark.parametrize("zone, hour", [("Europe/Brussels", 10), ("America/New_York", 4), ("Asia/Tokyo", 18)], ids=str)
def test_the_clock_is_the_clinics_own(zone, hour):
    now = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
    assert clinic_clock(page_clinic(time_zone=zone), now) == dt.datetime(2026, 11, 23, hour, 30)  # noqa: DTZ001


def test_the_clock_follows_summer_time():
    assert clinic_clock(page_clinic(), dt.datetime(2027, 7, 1, 9, 30, tzinfo=dt.UTC)).hour == 11


def test_the_week_shows_every_interval_the_days_without_any_and_which_is_today():
    week = opening_week(page_clinic(), MONDAY, ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"])
    assert week[0] == Day("Mo", "09:00–12:30, 13:30–18:00", is_today=True)
    assert week[1] == Day("Tu", "", is_today=False)
    assert week[5] == Day("Sa", "09:00–12:30", is_today=False)


def test_todays_row_does_not_contradict_a_closure():
    thursday = opening_week(page_clinic(closures=(EVE,), hours=Hours(thursday=(MORNING,))), EVE.from_, "MTWtFSs")[3]
    assert (thursday.hours, thursday.is_today) == ("09:00–11:00", True)


@pytest.mark.parametrize(
    "today, dates",
    [
        (dt.date(2026, 10, 24), []),
        (dt.date(2026, 10, 26), ["24 December", "25 December to 3 January"]),
        (dt.date(2026, 12, 24), ["24 December", "25 December to 3 January"]),
        (dt.date(2027, 1, 3), ["25 December to 3 January"]),
        (dt.date(2027, 1, 4), []),
    ],
    ids=["too far ahead", "two months ahead", "the day itself", "its last day", "past"],
)
def test_closures_are_announced_until_they_are_over(today, dates):
    own = pages.texts()[Language.EN]
    clinic = page_clinic(closures=(EVE, NEW_YEAR))
    found = closures_ahead(clinic, today, Language.EN, words=own.demo, days=own.days)
    assert [notice.dates for notice in found] == dates
    assert [notice.text for notice in found] == ["Short day.", "Holidays."][2 - len(dates) :]
