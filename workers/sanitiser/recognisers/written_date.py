"""Dates in digits, as people type them: whole ones, and what may be one behind a word of birth.

Not a recogniser itself: `date_of_birth` decides which of them somebody was born on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_TWO: Final = r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])"
_FREE: Final = r"(?<![\w.,/-])"
_FULL: Final = re.compile(
    rf"{_FREE}(?:"
    rf"[0-3]?\d[ ]{{0,2}}[./\-,|_][ ]{{0,2}}[0-3]?\d[ ]{{0,2}}[./\-,|_][ ]{{0,2}}(?P<a>(?:19|20)\d\d)"
    rf"|[0-3]?\d[ ][01]?\d[ ](?P<b>(?:19|20)\d\d)"
    rf"|(?P<c>(?:19|20)\d\d)[ ]?(?P<s>[./\- ])[ ]?[01]?\d[ ]?(?P=s)[ ]?[0-3]?\d"
    rf"|[0-3]?\d(?P<t>[./\-])[0-3]?\d(?P=t)(?P<d>'?\d\d)|[0-3]?\d[ ][01]?\d[ ](?P<f>'\d\d)"
    rf"|[01]?\d[./\-](?P<g>'[3-9]\d)"
    rf"|{_TWO}(?P<e>(?:19|20)\d\d)"
    r")(?!\w|[./-]\d)"
)
_SPACED_YEAR: Final = r"'?(?:19\d\d|20[01]\d)|'\d\d|[3-9]\d"
_GOES_ON: Final = (
    r"(?:geboren|gebore|born|en|et|and|und|dus|donc|so|also|mais|maar|but|aber|lol|haha|hihi|mdr"
    r"|xd|hoor|he|ne|eh|wel)(?!\w)"
)
_LOOSE: Final = re.compile(
    rf"{_FREE}(?:(?P<day>{_DAY}[ ]?[./\-,][ ]?{_MONTH}(?P<year>[ ]?[./\-,][ ]?'?(?:\d\d){{1,2}})?)\.?"
    rf"|{_DAY}[ ]{_MONTH}[ ]'?(?:\d\d){{1,2}}|{_MONTH}[ ]?[./\-][ ]?(?:{_SPACED_YEAR})"
    rf"|{_TWO}\d\d(?:\d\d)?|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|\d\d(?:0[1-9]|1[0-2])(?:0[1-9]"
    rf"|[12]\d|3[01])"
    rf"|'?(?:19\d\d|20[01]\d)|'\d\d|[3-9]\d(?=\s{{0,2}}(?:$|[.,;!?)]))|(?:[3-9]\d|0[1-9])(?=[ ]{_GOES_ON}))"
    r"(?!\w|[./-]\d)"
)
_WHOLE_MESSAGE: Final = re.compile(
    rf"\s{{0,8}}+({_TWO}(?:\d\d){{1,2}}|{_DAY}[ ]?[./_-][ ]?{_MONTH}[ ]?[./_-][ ]?'?(?:19)?[3-9]\d"
    rf"|{_MONTH}[./-](?:'\d\d|19[2-9]\d|200\d|201[0-6])|'?19[3-9]\d|'\d\d)[\s.!]{{0,8}}+"
)
_SLIPPED: Final = re.compile(r"(?<![^\W\d_])[oOlI]{1,3}(?=\d)|(?<=\d)[oOlI]{1,3}(?![^\W\d_])")
_AS_DIGITS: Final = str.maketrans("oOlI", "0011")


def straight(text: str) -> str:
    """Return `text`, no shorter and no longer, with the letters that pass for digits beside digits as these."""
    return _SLIPPED.sub(lambda slip: slip[0].translate(_AS_DIGITS), text)


def full(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield dates with a year as start, end and year: four digits, two, or two behind an apostrophe."""
    for hit in _FULL.finditer(text):
        yield hit.start(), hit.end(), next(hit[name] for name in "abcdefg" if hit[name])


def loose(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield what may be a date behind a word of birth, as start, end, and whether it has a year.

    A day and a month, a month and a year, a year alone, or no separators at all.
    """
    for hit in _LOOSE.finditer(text):
        yield hit.start(), hit.end(), hit["day"] is None or hit["year"] is not None


def whole_message(text: str) -> tuple[int, int] | None:
    """Return the date that `text` is and nothing else: an answer to the question for it."""
    whole = _WHOLE_MESSAGE.fullmatch(text)
    return whole.span(1) if whole else None
