"""The days that a message names: dates written with digits or months, and holidays by their names.

Data in `lexicon/dates.toml`, one table for all four languages. A date without a year is the next one.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

from workers.router.lexicon import LIKELY, read_toml
from workers.router.phrases import PhraseBook, outermost
from workers.router.words import words

DAYS_TOLD_MAX: Final = 10
"""Days of a stretch whose hours are told one by one."""


class Stretch(NamedTuple):
    """Days from the first to the last, both included."""

    first: dt.date
    last: dt.date

    @property
    def long(self) -> bool:
        """Whether there are too many days to tell each one's hours."""
        return (self.last - self.first).days >= DAYS_TOLD_MAX

    def days(self) -> list[dt.date]:
        """Return the days."""
        return [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]


class _Holiday(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A holiday: from one day of the year ("12-24") to another, or days after Easter."""

    names: tuple[str, ...]
    first: str = ""
    last: str = ""
    after_easter: int | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    months: tuple[str, ...]
    """Twelve lines of names, separated by white space."""
    before_months: str
    """Words before a month that is asked about as a whole, separated by white space."""
    no_months_alone: str
    """Names of months that do not count so, separated by white space."""
    holidays: tuple[_Holiday, ...]


def stretches(message: Sequence[str], today: dt.date) -> tuple[Stretch, ...]:
    """Return the days that `message`, a text's words, names, none before `today`; by their order in time."""
    found = {*_written(message, today), *_months(message, today), *_holidays(message, today)}
    return tuple(sorted(found))


def _written(message: Sequence[str], today: dt.date) -> Iterator[Stretch]:
    """Yield dates such as "24 december", "december 24th" and "24 12"."""
    months = _tables().months
    for first, second in pairwise(message):
        day, month = _day(first), months.get(second)
        if day is None or month is None:
            day, month = _day(second), months.get(first)
        if day is not None and month is not None and (found := _next(month, day, today)) is not None:
            yield Stretch(found, found)


def _months(message: Sequence[str], today: dt.date) -> Iterator[Stretch]:
    """Yield whole months: "in august", what is left of the one that has begun."""
    tables = _tables()
    for before, word, after in zip(message, message[1:], (*message[2:], ""), strict=False):
        month = tables.whole_months.get(word)
        if month is not None and before in tables.before_months and _day(after) is None:
            year = today.year + (month < today.month)
            first, following = dt.date(year, month, 1), dt.date(year + month // 12, month % 12 + 1, 1)
            yield Stretch(max(first, today), following - dt.timedelta(days=1))


def _holidays(message: Sequence[str], today: dt.date) -> Iterator[Stretch]:
    """Yield the holidays named."""
    for hit in outermost(_tables().holidays.find(message)):
        holiday = hit.label
        if holiday.after_easter is not None:
            years = (today.year, today.year + 1)
            days = [_easter(year) + dt.timedelta(days=holiday.after_easter) for year in years]
            day = next(day for day in days if day >= today)
            yield Stretch(day, day)
            continue
        if (last := _of_the_year(holiday.last or holiday.first, today)) is not None:
            month, day = map(int, holiday.first.split("-"))
            first = dt.date(last.year - ((month, day) > (last.month, last.day)), month, day)
            yield Stretch(max(first, today), last)


def _day(word: str) -> int | None:
    """Return the day of the month that `word` writes ("24", "24th", "1er"), or None."""
    digits = word.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) if digits.isdecimal() and len(digits) <= 2 and 1 <= int(digits) <= 31 else None  # noqa: PLR2004  # of a month


def _of_the_year(written: str, today: dt.date) -> dt.date | None:
    """Return the next day written month-day ("12-24")."""
    month, day = map(int, written.split("-"))
    return _next(month, day, today)


def _next(month: int, day: int, today: dt.date) -> dt.date | None:
    """Return the next such day from `today` on, or None where no month has it."""
    for year in (today.year, today.year + 1):
        try:
            found = dt.date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _easter(year: int) -> dt.date:
    """Return Easter Sunday of `year` (Gregorian calendar, after Butcher)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return dt.date(year, month, day + 1)


class _Tables(NamedTuple):
    months: dict[str, int]
    before_months: frozenset[str]
    whole_months: dict[str, int]
    holidays: PhraseBook[_Holiday]


@functools.cache
def _tables() -> _Tables:
    """Return the tables, read once a process."""
    file = msgspec.convert(read_toml("dates.toml"), _File)
    months = {word: number for number, names in enumerate(file.months, 1) for word in words(names)}
    months |= {spelled: n for n in range(1, 13) for spelled in (str(n), f"{n:02d}")}
    book = PhraseBook((words(name), holiday, LIKELY) for holiday in file.holidays for name in holiday.names)
    short = frozenset(words(file.no_months_alone))
    whole = {word: number for word, number in months.items() if word not in short and not word.isdigit()}
    return _Tables(months, frozenset(words(file.before_months)), whole, book)
