"""Visitors who say that they, or someone they ask for, are under 16: one sentence beside the answer.

How ages are said is data (`lexicon/minors.toml`). Durations, amounts and the ages of things are none.
"""

from __future__ import annotations

import functools

import msgspec

from schemas.taxonomy import Language
from workers.router.lexicon import read_toml
from workers.router.words import Words, words


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table as written."""

    youngest: int = msgspec.field(name="from")
    oldest: int = msgspec.field(name="to")
    before: tuple[str, ...]
    years: frozenset[str]
    needs_years: frozenset[str]
    units: frozenset[str]
    after: tuple[str, ...]
    unless: tuple[str, ...]
    say: dict[Language, str]


@functools.cache
def _table() -> _File:
    return msgspec.convert(read_toml("minors.toml"), _File)


def speaks_of_a_minor(text: str) -> bool:
    """Return whether `text` says that somebody is under 16."""
    message = words(text)
    return any(_is_age(message, i) for i, word in enumerate(message) if word.isdecimal() and _young(word))


def notice(language: Language, *, phone: str) -> str:
    """Return the sentence on minors in `language`, one of `SPOKEN`."""
    return _table().say[language].format(phone=phone)


def _young(number: str) -> bool:
    table = _table()
    return table.youngest <= int(number) <= table.oldest


def _is_age(message: Words, at: int) -> bool:
    """Return whether the number at `at` is said as somebody's age."""
    table, rest = _table(), message[at + 1 :]
    if any(rest[: len(p)] == p for p in map(words, table.unless)):
        return False
    if any(rest[: len(p)] == p for p in map(words, table.after)):
        return True
    following = rest[0] if rest else ""
    if following in table.units:
        return False
    said = [p for p in table.before if message[max(0, at - len(words(p))) : at] == words(p)]
    return any(following in table.years or p not in table.needs_years for p in said)
