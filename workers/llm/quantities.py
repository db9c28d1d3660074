"""Numbers with what they count: amounts of money, durations, times of day, dates, doses, shares.

The same reading serves the clinic's own texts and a model's answer, so that whatever the clinic wrote, an answer may
say in the same words; and in others, as long as they mean the same ("one day" and "24 hours").
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import msgspec

from schemas.taxonomy import Language
from workers.llm.folding import folded, plain
from workers.llm.numerals import Number, numbers
from workers.llm.quantity_words import Kind, patterns


class Quantity(msgspec.Struct, frozen=True):
    """One number with its unit. Equal meanings have an equal `meaning`."""

    kind: Kind
    meaning: str
    """E.g. ``180 EUR``, ``1440 minutes``, ``13:30``, ``12-24``, ``1 ml``."""
    start: int
    end: int
    other: tuple[str, ...] = ()
    """Further meanings of the same words: "vier uur" is a duration and a time, "half six" is two times."""
    value: Decimal = Decimal(0)


_IN_MINUTES: Final = {"minute": 1, "hour": 60, "day": 1_440, "week": 10_080}
_IN_MONTHS: Final = {"month": 1, "year": 12}
_MAYBE_CLOCK: Final = re.compile(r"(?:heures?|uur)\Z")
_QUATRE_VINGT: Final = re.compile(r"\bquatre[- ](?=vingt)")
_GLUED: Final = re.compile(r"\b(eur|gbp|chf|usd|sfr)(?=[0-9])")
_DEMI: Final = re.compile(r"\bdemi-(?=heure|journee)")


def readable(text: str) -> str:
    """Return `text`, as written, in the form that `quantities` reads; every offset counts in that form."""
    return _DEMI.sub("demi ", _GLUED.sub(r"\1 ", _QUATRE_VINGT.sub("quatre", folded(plain(text)))))


def quantities(text: str, language: Language) -> list[Quantity]:
    """Return every number of `text`, in `readable` form, with what it counts, in order."""
    found, taken = _dates_and_clocks(text)
    rest = [number for number in numbers(text, language) if not taken.overlaps(number)]
    units = _spread(text, [_unit(text, number, language) for number in rest], rest)
    reach = 0
    for number, unit in zip(rest, units, strict=True):
        if not (number.article and number.start < reach):  # "half an hour"
            found += [quantity] if (quantity := _quantity(text, number, unit)) else []
        reach = max(reach, unit.end if unit else 0)
    for meaning, pattern in patterns().said:
        found += [Quantity(Kind.MONEY, meaning, *match.span()) for match in pattern.finditer(text)]
    return _before_a_time(text, sorted(found, key=lambda quantity: quantity.start))


class _Unit(msgspec.Struct, frozen=True):
    """A unit beside a number: what it is and how far it reaches."""

    kind: Kind
    name: str
    start: int
    end: int
    words: str = ""


class _Taken:
    """Places that have been read already."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> None:
        self._spans.append((start, end))

    def overlaps(self, number: Number) -> bool:
        return any(start < number.end and number.start < end for start, end in self._spans)


def _dates_and_clocks(text: str) -> tuple[list[Quantity], _Taken]:
    """Return what the patterns of dates and times find, dates first."""
    found: list[Quantity] = []
    taken = _Taken()
    for kind, pattern in patterns().shapes:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if taken.overlaps(Number(Decimal(0), match.start(), match.end())):
                continue
            meaning = _date(groups) if kind is Kind.DATE else _time(groups)
            if meaning:
                taken.add(match.start(), match.end())
                found.append(Quantity(kind, meaning[0], match.start(), match.end(), meaning[1:]))
    return found, taken


def _date(groups: dict[str, str | None]) -> tuple[str, ...]:
    """Return a date as ``MM-DD``, with its year where that is written; () where it is none."""
    month = patterns().months.get(groups.get("name") or "") or int(groups.get("month") or 0)
    day = int(groups["day"] or 0)
    if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004  # a calendar's
        return ()
    year = groups.get("year")
    return (f"{f'20{year[-2:]}-' if year else ''}{month:02}-{day:02}",)


def _time(groups: dict[str, str | None]) -> tuple[str, ...]:
    """Return a time of day as ``HH:MM``; of "half six" both that it may be; () where it is none."""
    if noon := groups.get("noon"):
        return (patterns().noon[noon],)
    hour, minute = int(groups["hour"] or 0), int(groups.get("minute") or 0)
    half = (groups.get("half") or "").replace(".", "")
    if hour > 24 or minute > 59:  # noqa: PLR2004  # a clock's
        return ()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (f"{hour % 24:02}:{minute:02}",)


def _unit(text: str, number: Number, language: Language) -> _Unit | None:
    """Return the unit behind `number`, else the currency or the clock's words before it."""
    match = patterns().behind.match(text, number.end)
    words = (match["star"] or match["unit"]) if match else ""
    if match and patterns().only.get(words, language) in (language, Language.OTHER):
        kind, name = patterns().units[words]
        return _Unit(kind, name, number.start, match.end(), words)
    if match := patterns().before.search(text[max(0, number.start - 16) : number.start]):
        return _Unit(Kind.MONEY, patterns().units[match["unit"]][1], number.start - len(match[0]), number.end)
    if match := patterns().clock_word.search(text[max(0, number.start - 16) : number.start]):
        return _Unit(Kind.CLOCK, match["words"], number.start - len(match[0]), number.end)
    return None


def _spread(text: str, units: list[_Unit | None], rest: list[Number]) -> list[_Unit | None]:
    """Give numbers of a range or a sum the unit of the next one, or the currency of the one before."""
    spread = list(units)
    for index in range(len(rest) - 2, -1, -1):
        follower = spread[index + 1]
        if (
            spread[index] is None
            and follower is not None
            and _joined(text, rest[index], rest[index + 1], follower.start)
        ):
            spread[index] = msgspec.structs.replace(follower, start=rest[index].start, end=rest[index].end)
    for index in range(1, len(rest)):
        leader = spread[index - 1]
        if spread[index] is None and leader is not None and leader.kind is Kind.MONEY:
            between = text[leader.end : rest[index].start].strip()
            if between in patterns().ranges and not rest[index].word:
                spread[index] = msgspec.structs.replace(leader, start=rest[index].start, end=rest[index].end)
    return spread


def _before_a_time(text: str, found: list[Quantity]) -> list[Quantity]:
    """Return `found` with a bare number that leads to a time or date made one too: "9.30-12.30 Uhr", "25 to 31 May"."""
    last = None
    for index in range(len(found) - 1, -1, -1):
        quantity, following = found[index], last
        last = quantity
        if following is None or quantity.kind is not Kind.BARE or following.kind not in (Kind.CLOCK, Kind.DATE):
            continue
        if text[quantity.end : following.start].strip(" .") not in patterns().joiners or quantity.value > 31:  # noqa: PLR2004
            continue
        meaning = (_hour(quantity.value),)
        if following.kind is Kind.DATE:
            meaning = (f"{following.meaning[:-2]}{int(quantity.value):02}",)
        last = found[index] = msgspec.structs.replace(
            quantity, kind=following.kind, meaning=meaning[0], other=meaning[1:]
        )
    return found


def _joined(text: str, number: Number, following: Number, start: int) -> bool:
    """Whether nothing but "to", "-" or the like stands between two numbers."""
    between = text[number.end : min(max(start, number.end), following.start)].strip()
    return not number.article and between in patterns().joiners


def _quantity(text: str, number: Number, unit: _Unit | None) -> Quantity | None:
    """Return what `number` means with `unit`; None where it is an article or says nothing."""
    if unit is None:
        return None if number.article or number.glued else _bare(text, number)
    value = number.value
    start, end = min(number.start, unit.start), max(number.end, unit.end)
    if unit.kind is Kind.DURATION:
        return _duration(number, unit)
    if unit.kind is Kind.CLOCK:
        return _clock(number, unit)
    if number.article and unit.kind in (Kind.SESSION, Kind.DOSE):
        return None
    if unit.kind is Kind.MONEY and unit.name == "cent":
        return Quantity(Kind.MONEY, f"{_short(value / 100)} EUR", start, end, value=value / 100)
    return Quantity(unit.kind, f"{_short(value)} {unit.name}", start, end, value=value)


def _bare(text: str, number: Number) -> Quantity:
    """Return a number without a unit: an amount where words of price lead to it."""
    priced = number.value > MOST_COUNTED and patterns().priced.search(text[max(0, number.start - 60) : number.start])
    kind, name = (Kind.MONEY, " ?") if priced else (Kind.BARE, "")
    return Quantity(kind, f"{_short(number.value)}{name}", number.start, number.end, value=number.value)


MOST_COUNTED: Final = 12
"""Up to here a number may count zones, people, reasons; above, it is a figure that must stand in the file."""

_ARTICLE_UNITS: Final = ("hour", "week", "month", "year")


def _duration(number: Number, unit: _Unit) -> Quantity | None:
    """Return a duration in minutes, or in months; "a day" and "a minute" are mostly none."""
    if number.article and unit.name not in _ARTICLE_UNITS:
        return None
    many, what = (_IN_MINUTES, "minutes") if unit.name in _IN_MINUTES else (_IN_MONTHS, "months")
    meaning = f"{_short(number.value * many[unit.name])} {what}"
    timely = _is_hour(number) and _MAYBE_CLOCK.search(unit.words)
    other = (_hour(number.value),) if timely else ()
    return Quantity(Kind.DURATION, meaning, number.start, max(number.end, unit.end), other, value=number.value)


def _is_hour(number: Number) -> bool:
    """Whether a number may be an hour: 9, or 9.30 in digits; half an hour is none."""
    return number.value <= 24 and (number.value == int(number.value) or not number.word)  # noqa: PLR2004  # a clock's


def _clock(number: Number, unit: _Unit) -> Quantity | None:
    """Return the time that a number with "Uhr", "pm" or "half past" means."""
    if number.value > 24:  # noqa: PLR2004  # a clock's
        return Quantity(Kind.CLOCK, "none", number.start, unit.end)
    shift = patterns().shifts.get(unit.name, 0)
    value = number.value % 12 + 12 if unit.name == "pm" else number.value
    if unit.end <= number.end and not shift:  # of a range: "9 to 5 pm"
        other = () if unit.name == "clock" else (_hour(number.value + 12),)
        return Quantity(Kind.CLOCK, _hour(number.value), number.start, number.end, other)
    times = [_hour(value, shift)]
    if shift and number.value <= 12:  # noqa: PLR2004  # said without morning or evening
        times.append(_hour(value + 12, shift))
    return Quantity(Kind.CLOCK, times[0], min(number.start, unit.start), max(number.end, unit.end), tuple(times[1:]))


def _hour(value: Decimal, shift: int = 0) -> str:
    """Return ``HH:MM`` for 9, or for 9.30 as half past nine."""
    whole = int(value)
    minutes = (whole * 60 + int((value - whole) * 100) + shift) % 1_440
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _short(value: Decimal) -> str:
    """Return a number in one form: ``180`` for 180.00."""
    return f"{value.normalize():f}"


def amount(value: Decimal, currency: str) -> str:
    """Return the meaning of an amount of money."""
    return f"{_short(value)} {currency}"
