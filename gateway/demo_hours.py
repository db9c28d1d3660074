"""What the demo page says about a clinic's hours: its week, whether it is open now, and the days that differ.

Everything is reckoned in the clinic's own time zone, whatever the visitor's clock or the server's says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from schemas.clinic import Clinic, Closure, Interval
from schemas.taxonomy import Language

LOOK_AHEAD_DAYS: Final = 60
"""How far the next opening is looked for, and closures are announced."""

_WEEK_DAYS: Final = 7


class Opening(msgspec.Struct, frozen=True):
    """Whether the clinic is open, and when that changes."""

    is_open: bool
    changes: dt.datetime | None
    """When it closes, or opens next, on the clinic's clock; None: not within `LOOK_AHEAD_DAYS`."""


class Day(msgspec.Struct, frozen=True):
    """A row of the week, ready to show."""

    name: str
    hours: str
    """E.g. ``09:00–12:30, 13:30–18:00``; "" = closed."""
    is_today: bool


class Notice(msgspec.Struct, frozen=True):
    """Days on which the weekly hours do not hold, ready to show."""

    dates: str
    text: str


def clinic_clock(clinic: Clinic, now: dt.datetime) -> dt.datetime:
    """Return what the clinic's clock shows at `now` (with a zone), without a zone: opening hours have none either."""
    return now.astimezone(ZoneInfo(clinic.time_zone)).replace(tzinfo=None)


def opening(clinic: Clinic, clock: dt.datetime) -> Opening:
    """Return whether `clinic` is open when its clock shows `clock`."""
    for interval in clinic.open_intervals(clock.date()):
        if interval.opens <= clock.time() < interval.closes:
            return Opening(is_open=True, changes=dt.datetime.combine(clock, interval.closes))
    starts = (
        dt.datetime.combine(day, interval.opens)
        for day in _days_from(clock.date())
        for interval in clinic.open_intervals(day)
    )
    return Opening(is_open=False, changes=next((start for start in starts if start > clock), None))


def opening_sentence(
    found: Opening, clock: dt.datetime, *, words: Mapping[str, str], days: Mapping[str, Sequence[str]]
) -> str:
    """Return `found` as a sentence, e.g. ``Closed now, opens tomorrow at 09:00``.

    Args:
        found: What `opening` returned.
        clock: What the clinic's clock shows.
        words: A language's `demo` table of `texts.toml`.
        days: Its `days` table.
    """
    if found.changes is None:
        return words["closed_now"]
    time = f"{found.changes:%H:%M}"
    if found.is_open:
        return words["open_until"].format(time=time)
    return words["opens"].format(when=_when(found.changes.date(), clock.date(), words, days), time=time)


def opening_week(clinic: Clinic, today: dt.date, day_names: Sequence[str]) -> list[Day]:
    """Return the week, Monday first; today's row shows today's own hours where a closure changes them."""
    return [
        Day(
            name=name,
            hours=_hours(clinic.open_intervals(today) if weekday == today.weekday() else clinic.hours.on(weekday)),
            is_today=weekday == today.weekday(),
        )
        for weekday, name in enumerate(day_names)
    ]


def closures_ahead(
    clinic: Clinic, today: dt.date, language: Language, *, words: Mapping[str, str], days: Mapping[str, Sequence[str]]
) -> list[Notice]:
    """Return the closures of today and the days ahead, with their dates written out."""
    last = today + dt.timedelta(days=LOOK_AHEAD_DAYS)
    return [
        Notice(_dates(closure, words, days), clinic.say(closure.text, language))
        for closure in clinic.closures
        if closure.to >= today and closure.from_ <= last
    ]


def _days_from(first: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS + 1)]


def _when(day: dt.date, today: dt.date, words: Mapping[str, str], days: Mapping[str, Sequence[str]]) -> str:
    """Name `day` as one does from today: "tomorrow", "on Monday", "on 4 January"."""
    ahead = (day - today).days
    if ahead == 0:
        return words["today"]
    if ahead == 1:
        return words["tomorrow"]
    if ahead < _WEEK_DAYS:
        return words["on_day"].format(day=days["names"][day.weekday()])
    return words["on_date"].format(date=_date(day, words, days))


def _dates(closure: Closure, words: Mapping[str, str], days: Mapping[str, Sequence[str]]) -> str:
    """Write one date, or the first and the last."""
    first, last = (_date(day, words, days) for day in (closure.from_, closure.to))
    return first if closure.from_ == closure.to else words["date_range"].format(first=first, last=last)


def _date(day: dt.date, words: Mapping[str, str], days: Mapping[str, Sequence[str]]) -> str:
    return words["date"].format(day=day.day, month=days["months"][day.month - 1])


def _hours(intervals: Sequence[Interval]) -> str:
    """Write intervals with an en dash."""
    return ", ".join(f"{interval.opens:%H:%M}–{interval.closes:%H:%M}" for interval in intervals)
