"""The router's sentences in a language, and how it writes money, times, dates and lists."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from schemas.taxonomy import SPOKEN, Language

FOLDER: Final = Path(__file__).with_name("templates")
SYMBOLS: Final = {"EUR": "€", "GBP": "£", "USD": "$"}
"""Currencies that visitors know by a sign; the others are written by their letters."""


class _Format(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a language writes figures."""

    money: str
    thousands: str
    decimal: str
    time: str
    date: str
    range: str
    and_: str = msgspec.field(name="and")
    or_: str = msgspec.field(name="or")
    weekdays: tuple[str, ...]
    """Monday first."""
    months: tuple[str, ...]


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language's templates, as in its file."""

    format: _Format
    actions: dict[str, str]
    say_: dict[str, str] = msgspec.field(name="say")
    emergency: dict[str, str]

    def say(self, key: str, **fields: object) -> str:
        """Return sentence `key` with its fields filled in.

        Raises:
            KeyError: No such sentence, or a field of it is not given.
        """
        return self.say_[key].format(**fields)

    def money(self, amount: Decimal, currency: str) -> str:
        """Return `amount` as this language writes it; cents only where there are some: "€180", "180,50 €"."""
        whole, cents = f"{amount:,.2f}".split(".")
        digits = whole.replace(",", self.format.thousands)
        written = digits if cents == "00" else f"{digits}{self.format.decimal}{cents}"
        if currency in SYMBOLS:
            return self.format.money.format(symbol=SYMBOLS[currency], amount=written)
        return f"{written} {currency}"

    def time(self, time: dt.time) -> str:
        """Return `time` to the minute, e.g. "09:30"."""
        return self.format.time.format(hour=time.hour, minute=time.minute)

    def weekday(self, weekday: int) -> str:
        """Return the name of `weekday`, 0 = Monday."""
        return self.format.weekdays[weekday]

    def date(self, day: dt.date) -> str:
        """Return `day` without its weekday, e.g. "24 December 2026"."""
        return self.format.date.format(day=day.day, month=self.format.months[day.month - 1], year=day.year)

    def all_of(self, items: Sequence[str]) -> str:
        """Return `items` as a list in a sentence: "a, b and c"."""
        return _joined(items, self.format.and_)

    def any_of(self, items: Sequence[str]) -> str:
        """Return `items` as a list in a sentence: "a, b or c"."""
        return _joined(items, self.format.or_)


def _joined(items: Sequence[str], word: str) -> str:
    """Return `items` with commas, and `word` before the last of several."""
    *others, last = items or [""]
    return f"{', '.join(others)} {word} {last}" if others else last


@functools.cache
def wording(language: Language) -> Wording:
    """Return the templates of `language`, read once a process.

    Raises:
        KeyError: `language` is not one of `SPOKEN`.
        msgspec.ValidationError: The file is malformed.
    """
    if language not in SPOKEN:
        raise KeyError(language)
    return msgspec.convert(tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8")), Wording)
