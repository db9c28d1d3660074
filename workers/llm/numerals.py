"""Numbers in a text, in digits and in the words of four languages, with their places."""

from __future__ import annotations

import functools
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from schemas.taxonomy import SPOKEN, Language

_DIGITS: Final = re.compile(
    r"(?<![0-9])(?<![0-9][.,])"
    r"(?:[0-9]{1,3}(?:[.,' ][0-9]{3})+(?![0-9])(?:[.,][0-9]{1,2}(?![0-9]))?|[0-9]+(?:[.,][0-9]{1,2}(?![0-9]))?)"
    r"(?:[.,]-+)?"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_JOINS: Final = {" ", "-", " and ", " et ", " en ", " und ", "-et-", "-and-"}


class Number(msgspec.Struct, frozen=True):
    """A number and the half-open place where it stands."""

    value: Decimal
    start: int
    end: int
    article: bool = False
    """A word such as "une", which may be no number at all."""
    word: bool = False
    glued: bool = False
    """Digits right behind letters, as in "B12": a number only where a unit follows."""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one language in `numerals.toml`."""

    glue: tuple[str, ...]
    own: tuple[str, ...]
    articles: tuple[str, ...]
    half: tuple[str, ...]
    values: dict[str, Decimal]


class _Lexicon(msgspec.Struct, frozen=True):
    """What is read as a number in an answer of one language."""

    values: dict[str, Decimal]
    articles: frozenset[str]
    compound: re.Pattern[str]
    atom: re.Pattern[str]


def numbers(text: str, language: Language) -> list[Number]:
    """Return the numbers of `text`, folded, in order.

    Read are the words of `language` and, where they mean nothing else in it, those of the other three.
    """
    found = [
        Number(_decimal(match[0]), *match.span(), glued=text[: match.start()][-1:].isalpha())
        for match in _DIGITS.finditer(text)
    ]
    found += _in_words(text, _lexicon(language))
    return sorted(found, key=lambda number: number.start)


def _decimal(written: str) -> Decimal:
    """Return the value of a number in digits; three digits behind a sign are thousands, fewer are decimals."""
    digits = written.rstrip("-").rstrip(".,")
    head, sign, tail = digits.rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
    whole, part = (head, tail) if sign and len(tail) < 3 else (digits, "0")  # noqa: PLR2004  # thousands
    return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{part}")


def _in_words(text: str, lexicon: _Lexicon) -> list[Number]:
    """Return the numbers in words."""
    found: list[Number] = []
    atoms: list[Decimal] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word in lexicon.articles:
            found.append(Number(Decimal(1), match.start(), match.end(), article=True, word=True))
            atoms = []
        elif values := _values(word, lexicon):
            if found and atoms and text[found[-1].end : match.start()] in _JOINS and _goes_on(atoms, values):
                atoms += values
                found[-1] = Number(_sum(atoms), found[-1].start, match.end(), word=True)
            else:
                atoms = list(values)
                found.append(Number(_sum(atoms), match.start(), match.end(), word=True))
    return found


def _values(word: str, lexicon: _Lexicon) -> list[Decimal]:
    """Return the values of a number word, or of a word made of several ("hundertachtzig"); [] where it is none."""
    if word in lexicon.values:
        return [lexicon.values[word]]
    if not lexicon.compound.fullmatch(word):
        return []
    return [lexicon.values[match] for match in lexicon.atom.findall(word) if match in lexicon.values]


def _goes_on(atoms: list[Decimal], values: list[Decimal]) -> bool:
    """Whether a number word carries on the one before: "twenty" "one", "three" "hundred", "dix" "huit"."""
    last, first = atoms[-1], values[0]
    return first in (100, 1000) or (last >= 20 and first < last) or (last == 10 and 7 <= first <= 9)  # noqa: PLR2004


def _sum(atoms: list[Decimal]) -> Decimal:
    """Return the number that a run of number words means."""
    total = current = Decimal(0)
    for atom in atoms:
        if atom == 1000:  # noqa: PLR2004  # the word thousand
            total, current = total + max(current, Decimal(1)) * atom, Decimal(0)
        elif atom == 100:  # noqa: PLR2004  # the word hundred
            current = max(current, Decimal(1)) * atom
        else:
            current += atom
    return total + current


@functools.cache
def _lexicon(language: Language) -> _Lexicon:
    """Return the words read in an answer in `language`; `OTHER` takes those of all."""
    rows = _rows()
    values: dict[str, Decimal] = {}
    articles: set[str] = set()
    for other in SPOKEN:
        row = rows[other]
        own = language in (other, Language.OTHER)
        values |= {word: value for word, value in row.values.items() if own or word not in row.own}
        values |= dict.fromkeys(row.half, Decimal("0.5"))
        articles |= {*row.articles} if own else set()
    parts = sorted({*values, *(glue for row in rows.values() for glue in row.glue)}, key=len, reverse=True)
    either = "|".join(map(re.escape, parts))
    return _Lexicon(
        values=values,
        articles=frozenset(articles),
        compound=re.compile(f"(?:{either}){{2,}}"),
        atom=re.compile(either),
    )


@functools.cache
def _rows() -> dict[Language, _Words]:
    """Return the table, read once a process."""
    return msgspec.convert(
        tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"), parse_float=Decimal),
        dict[Language, _Words],
    )
