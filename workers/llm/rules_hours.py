"""The rule for opening hours and dates: every time must be the clinic's, on the day that it is said of."""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from pathlib import Path
from typing import Final

import msgspec

from schemas.clinic import Clinic
from workers.llm.draft import Draft
from workers.llm.quantities import Quantity
from workers.llm.quantity_words import Kind
from workers.llm.subjects import CLINIC, PROMOTION

_LINK_CHARS: Final = 14
"""Between a time and the day behind it: "20:00 on Thursdays"."""
_MORNING: Final = 9
"""Below it a bare number may be an hour of the afternoon: "from 10 to 6"."""
_WEEK: Final = frozenset(range(7))


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `hours.toml`."""

    days: tuple[tuple[str, ...], ...]
    daily: tuple[str, ...]
    weekdays: tuple[str, ...]
    weekend: tuple[str, ...]
    today: tuple[str, ...]
    tomorrow: tuple[str, ...]
    range: tuple[str, ...]
    list: tuple[str, ...]
    open: tuple[str, ...]
    closed: tuple[str, ...]
    negations: tuple[str, ...]
    except_: tuple[str, ...] = msgspec.field(name="except")
    before_time: tuple[str, ...]
    always: tuple[str, ...]


class _Days(msgspec.Struct, frozen=True):
    """Days named together, at a half-open place."""

    days: frozenset[int]
    start: int
    end: int
    date: dt.date | None = None
    """Of "today" and "tomorrow", where closures count."""


def unpublished_hours(draft: Draft) -> bool:
    """Whether the sentence gives a time, a date or a day of opening that is not the clinic's."""
    clinic, today = draft.grounds.published.clinic, draft.grounds.today
    groups = _day_groups(draft, today)
    opening = bool(groups) or _patterns().opening.search(draft.text, draft.start) is not None
    times = [q for q in draft.quantities if q.kind is Kind.CLOCK or (opening and _is_time(draft, q))]
    dates = [q for q in draft.quantities if q.kind is Kind.DATE]
    subjects = frozenset({CLINIC, PROMOTION, *draft.grounds.focus, *(mention.subject for mention in draft.mentions)})
    said = draft.text[draft.start :]
    if _patterns().always.search(said) or any(not _published(draft, _as_time(q), subjects) for q in (*times, *dates)):
        return True
    if dates or not groups:
        return False
    if times:
        return any(not _holds(clinic, draft, time, groups) for time in times)
    return _wrongly_open(clinic, said, groups)


def _published(draft: Draft, quantity: Quantity, subjects: frozenset[str]) -> bool:
    """Whether the file gives a time or a date, for one of `subjects` or in a text about the same."""
    grounds, said = draft.grounds, draft.text[draft.start :]
    return grounds.may_say(quantity, subjects) or grounds.published.tells(
        {quantity.meaning, *quantity.other}, said, grounds.language
    )


def _is_time(draft: Draft, quantity: Quantity) -> bool:
    """Whether a number in a sentence on opening is a time: "from 9 to 5", "om 9 uur", which may be a duration too."""
    bare = quantity.kind is Kind.BARE and quantity.value <= 24  # noqa: PLR2004  # a clock's
    if not (bare or (quantity.kind is Kind.DURATION and quantity.other)):
        return False
    if bare and _patterns().opening.search(draft.text, draft.start) is None:
        return False
    return _patterns().before_time.search(draft.text[max(0, quantity.start - 12) : quantity.start]) is not None


def _as_time(quantity: Quantity) -> Quantity:
    """Return a number as the time, or the times, that it may be."""
    if quantity.kind is Kind.DURATION:
        return Quantity(Kind.CLOCK, quantity.other[0], quantity.start, quantity.end)
    if quantity.kind is not Kind.BARE:
        return quantity
    hour, minute = int(quantity.value), int(quantity.value % 1 * 100)
    times = tuple(f"{(hour + shift) % 24:02}:{minute:02}" for shift in (0, 12) if not shift or hour < _MORNING)
    return Quantity(Kind.CLOCK, times[0], quantity.start, quantity.end, times[1:])


def _day_groups(draft: Draft, today: dt.date) -> list[_Days]:
    """Return the days that the sentence names, ranges and lists together, in order."""
    words = _patterns()
    found: list[_Days] = []
    for match in words.day.finditer(draft.text, draft.start):
        day = _day(match[0], today, match)
        last = found[-1] if found else None
        between = draft.text[last.end : match.start()].strip(" ,") or "," if last else ""
        if last and last.date is None and day.date is None and between in words.range and len(day.days) == 1:
            found[-1] = _Days(_from_to(max(last.days), min(day.days)) | last.days, last.start, day.end)
        elif last and last.date is None and day.date is None and between in words.list:
            found[-1] = _Days(last.days | day.days, last.start, day.end)
        else:
            found.append(day)
    return found


def _day(word: str, today: dt.date, match: re.Match[str]) -> _Days:
    """Return the days that one word means."""
    meant = _patterns().meant[word]
    if isinstance(meant, int):
        date = today + dt.timedelta(days=meant)
        return _Days(frozenset({date.weekday()}), match.start(), match.end(), date)
    return _Days(meant, match.start(), match.end())


def _from_to(first: int, last: int) -> frozenset[int]:
    """Return the weekdays from `first` to `last`, over the weekend if need be."""
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


def _holds(clinic: Clinic, draft: Draft, quantity: Quantity, groups: list[_Days]) -> bool:
    """Whether something opens or closes at the time of `quantity` on every day that it is said of."""
    before = [group for group in groups if group.end <= quantity.start]
    behind = next((group for group in groups if group.start >= quantity.end), None)
    time = _as_time(quantity)
    meanings = {time.meaning, *time.other}
    if before and _opens(clinic, before[-1], meanings):
        return True
    if behind is None:
        return not before
    gap = draft.text[quantity.end : behind.start]
    linked = len(gap) <= _LINK_CHARS and not re.search(r"[,.;:]", gap)
    return (linked or not before) and _opens(clinic, behind, meanings)


def _opens(clinic: Clinic, group: _Days, meanings: set[str]) -> bool:
    """Whether on every day of `group` something opens or closes at one of the times `meanings`."""
    if group.date is not None:
        days = [clinic.open_intervals(group.date)]
    else:
        days = [clinic.hours.on(day) for day in sorted(group.days)]
    return all(
        any(f"{time:%H:%M}" in meanings for part in intervals for time in (part.opens, part.closes))
        for intervals in days
    )


def _wrongly_open(clinic: Clinic, said: str, groups: list[_Days]) -> bool:
    """Whether `said` calls a closed day open, or an open one closed. Whatever is not plain is left alone."""
    words = _patterns()
    opens, closes = words.open.search(said) is not None, words.closed.search(said) is not None
    if opens == closes or words.exceptions.search(said):
        return False
    said_open = opens != (words.negation.search(said) is not None)
    is_open = [
        bool(clinic.open_intervals(group.date) if group.date else clinic.hours.on(day))
        for group in groups
        for day in group.days
    ]
    return not all(is_open) if said_open else any(is_open)


class _Patterns(msgspec.Struct, frozen=True):
    """The table as patterns."""

    day: re.Pattern[str]
    meant: dict[str, frozenset[int] | int]
    range: frozenset[str]
    list: frozenset[str]
    open: re.Pattern[str]
    closed: re.Pattern[str]
    opening: re.Pattern[str]
    negation: re.Pattern[str]
    exceptions: re.Pattern[str]
    before_time: re.Pattern[str]
    always: re.Pattern[str]


def _any(words: tuple[str, ...]) -> str:
    """Return a pattern for any of `words` as whole words."""
    return rf"(?<![a-z])(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})(?![a-z])"


@functools.cache
def _patterns() -> _Patterns:
    """Return the patterns, made once a process."""
    file = Path(__file__).with_name("hours.toml")
    table = msgspec.convert(tomllib.loads(file.read_text("utf-8")), _Table)
    meant: dict[str, frozenset[int] | int] = {
        word: frozenset({number}) for number, words in enumerate(table.days) for word in words
    }
    meant |= dict.fromkeys(table.daily, _WEEK) | dict.fromkeys(table.weekdays, frozenset(range(5)))
    meant |= dict.fromkeys(table.weekend, frozenset({5, 6}))
    meant |= dict.fromkeys(table.today, 0) | dict.fromkeys(table.tomorrow, 1)
    return _Patterns(
        day=re.compile(_any((*meant,))),
        meant=meant,
        range=frozenset(table.range),
        list=frozenset(table.list),
        open=re.compile(_any(table.open)),
        closed=re.compile(_any(table.closed)),
        opening=re.compile(_any((*table.open, *table.closed))),
        negation=re.compile(_any(table.negations)),
        exceptions=re.compile(_any(table.except_)),
        always=re.compile(_any(table.always)),
        before_time=re.compile(rf"(?:{_any(table.before_time)}|-) ?\Z"),
    )
