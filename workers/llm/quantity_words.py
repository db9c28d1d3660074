"""The words and shapes by which `quantities` reads numbers: its table, compiled once a process."""

from __future__ import annotations

import functools
import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from schemas.taxonomy import Language
from workers.llm.folding import folded


class Kind(StrEnum):
    """What a number counts."""

    MONEY = "money"
    PERCENT = "percent"
    DURATION = "duration"
    CLOCK = "clock"
    DATE = "date"
    DOSE = "dose"
    FREQUENCY = "frequency"
    SESSION = "session"
    BARE = "bare"
    """Nothing that the table knows."""


FREE: Final = "free"
"""The meaning of whatever costs nothing."""
HALF: Final = "half price"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `quantities.toml`."""

    money: dict[str, tuple[str, ...]]
    percent: dict[str, tuple[str, ...]]
    duration: dict[str, tuple[str, ...]]
    clock: dict[str, tuple[str, ...]]
    dose: dict[str, tuple[str, ...]]
    frequency: dict[str, tuple[str, ...]]
    session: dict[str, tuple[str, ...]]
    clock_words: dict[str, int]
    noon: dict[str, tuple[str, ...]]
    months: dict[str, tuple[str, ...]]
    words: dict[str, tuple[str, ...]]
    only: dict[str, Language]


class Patterns(msgspec.Struct, frozen=True):
    """The table as patterns."""

    units: dict[str, tuple[Kind, str]]
    behind: re.Pattern[str]
    before: re.Pattern[str]
    clock_word: re.Pattern[str]
    shapes: tuple[tuple[Kind, re.Pattern[str]], ...]
    months: dict[str, int]
    noon: dict[str, str]
    shifts: dict[str, int]
    joiners: frozenset[str]
    ranges: frozenset[str]
    only: dict[str, Language]
    priced: re.Pattern[str]
    said: tuple[tuple[str, re.Pattern[str]], ...]


def _either(words: list[str]) -> str:
    """Return a pattern for any of `words`, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@functools.cache
def patterns() -> Patterns:
    """Return the patterns, made once a process."""
    table = msgspec.convert(tomllib.loads(Path(__file__).with_name("quantities.toml").read_text("utf-8")), _Table)
    units = {
        folded(word): (Kind(kind), name)
        for kind in ("money", "percent", "duration", "clock", "dose", "frequency", "session")
        for name, words in getattr(table, kind).items()
        for word in words
    }
    money = [folded(word) for words in table.money.values() for word in words]
    months = {folded(word): int(number) for number, words in table.months.items() for word in words}
    noon = {folded(word): time for time, words in table.noon.items() for word in words}
    stems = [word.removesuffix("*") for word in units if word.endswith("*")]
    units |= {word.removesuffix("*"): unit for word, unit in units.items()}
    return Patterns(
        units=units,
        behind=re.compile(
            rf"\s?-?(?:of )?(?:an? |un |une )?(?:(?P<star>{_either(stems)})[a-z]*"
            rf"|(?P<unit>{_either([word for word in units if not word.endswith('*')])})(?![a-z0-9]))"
        ),
        before=re.compile(rf"(?:(?<![a-z])|(?=[^a-z]))(?P<unit>{_either(money)})[ .]?\Z"),
        clock_word=re.compile(rf"(?<![a-z])(?P<words>{_either([*table.clock_words])}) \Z"),
        shapes=_shapes(months, noon),
        months=months,
        noon=noon,
        shifts=table.clock_words,
        joiners=frozenset(table.words["joiners"]),
        ranges=frozenset(table.words["ranges"]),
        only=table.only,
        said=tuple(
            (meaning, re.compile(rf"(?<![a-z])(?:{'|'.join(table.words[row])})(?![a-z])"))
            for meaning, row in ((FREE, "free"), (HALF, "half"))
        ),
        priced=re.compile(rf"(?<![a-z])(?:{_either([*table.words['price']])})(?![a-z])\W*(?:[a-z']+\W+){{0,3}}\Z"),
    )


def _shapes(months: dict[str, int], noon: dict[str, str]) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    """Return the patterns of dates and times in the order in which they are tried."""
    name = rf"(?P<name>{_either([*months])})(?![a-z])"
    day = r"(?<![0-9.,:])(?P<day>[0-9]{1,2})"
    dates = (
        r"(?<![0-9])(?P<year>20[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9])",
        rf"{day}[./-](?P<month>[0-9]{{1,2}})[./-](?P<year>(?:20)?[0-9]{{2}})(?![0-9]|[./-][0-9])",
        rf"{day}(?:\.|er|e|st|nd|rd|th)?(?: of| de)? {name}(?:,? (?P<year>20[0-9]{{2}}))?",
        rf"(?<![a-z]){name}\.? (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9.,:]*[0-9])(?:,? (?P<year>20[0-9]{{2}}))?",
        rf"{day}\.(?P<month>[0-9]{{1,2}})\.(?![0-9])",
        rf"{day}/(?P<month>[0-9]{{1,2}})(?![0-9/])",
    )
    half = r"(?: ?(?P<half>[ap]\.?m)\b)?"
    times = (
        rf"(?<![\w.:])(?P<hour>[0-9]{{1,2}})(?: ?[:h] ?|:)(?P<minute>[0-9]{{2}})(?![0-9:]){half}",
        r"(?<![\w.:,])(?P<hour>[0-9]{1,2})\.(?P<minute>[0-9]{2}) ?(?:uur|uhr|h|u|[ap]\.?m)(?![a-z])",
        r"(?<![\w.:,])(?P<hour>[0-9]{1,2}) ?(?:uhr|heures) (?P<minute>[0-5][0-9])(?![0-9])",
        r"(?<![\w.:,])(?P<hour>[0-9]{1,2}) ?[hu](?![a-z])",
        rf"(?<![\w-])(?P<noon>{_either([*noon])})(?![a-z])",
    )
    return (
        *((Kind.DATE, re.compile(pattern)) for pattern in dates),
        *((Kind.CLOCK, re.compile(pattern)) for pattern in times),
    )
