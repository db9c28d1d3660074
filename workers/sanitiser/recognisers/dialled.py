"""What one could dial: digits, digits in words, letters that pass for digits, with anything short between them.

This is where every way of writing a number down meets: "0478/12.34.56", "0 4 7 8 …", "0478 twaalf 34 56",
"nul vier zeven", "O478 l2", "0👉4👉7", "0x4x7x8". What a run of them is, `phone` decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from workers.sanitiser.lexicon import fold
from workers.sanitiser.recognisers.number_words import LINKS, dialled


class Gap(IntEnum):
    """How a group stands to the one before it, from "one number" to "nothing to do with it"."""

    TIGHT = 0
    """Blanks, signs or emoji: parts of one number."""
    LOOSE = 1
    """The end of a clause, a line, a few words ("0478 12, sorry, 34 56"): one number if the first part lacks digits."""
    BREAK = 2


class Group(NamedTuple):
    """Digits that stand together; half-open offsets in the text."""

    start: int
    end: int
    digits: str
    """As dialled; ``x`` for a digit in words other than nought."""
    spelled: bool
    gap: Gap
    """To the group before."""
    plus: bool
    """A plus sign stands before."""


_TOKEN: Final = re.compile(r"[^\W\d_]{2,12}(?=0\d{7})|[0-9]{8,15}(?=[^\W\d_]{3})|(?:[^\W_]|\|)++")
"""A number that a word sticks to is a token of its own ("tel0478123456")."""
_LOOKALIKE: Final = re.compile(r"[0-9oOlI|]{1,16}")
_LETTER_BETWEEN: Final = re.compile(r"[0-9]{1,15}+(?:([a-z])[0-9]{1,15}+)(?:\1[0-9]{1,15}+){2,14}", re.IGNORECASE)
"""One letter in place of every separator: "0x4x7x8"."""
_WORD_AND_DIGITS: Final = re.compile(r"([^\W\d_]{2,12})([0-9]{1,12})|([0-9]{1,12})([^\W\d_]{3,12})")
_AS_DIGITS: Final = str.maketrans("oOlI|", "00111")

_TIGHT_CHARS: Final = 8
_LOOSE_CHARS: Final = 28
_LOOSE_WORDS: Final = 4
_NEVER: Final = re.compile(r"[€$£%@<>{}]")
_BRACKET: Final = re.compile(r"[\[\]]")
_END: Final = re.compile(r"[?!\n]|[,;][ ]|(?<![. ])[.:][ ]")
"""What ends a clause; not "0478 .. 12"."""
_PLUS: Final = re.compile(r"\+[ (]{0,3}$")
_CLOCK_LENGTH: Final = 2


def groups(text: str) -> Iterator[Group]:
    """Yield the groups of digits in `text`, in order."""
    last = -1
    last_digits = ""
    words = 0
    for token in _TOKEN.finditer(text):
        digits, spelled = _digits(token[0], inside=last >= 0 and not words)
        if not digits:
            if last >= 0:
                words += fold(token[0]) not in LINKS
            continue
        start, end = token.span()
        gap = Gap.BREAK if last < 0 else _gap(text[last:start], words, last_digits=last_digits, digits=digits)
        yield Group(start, end, digits, spelled, gap, _PLUS.search(text, max(0, start - 4), start) is not None)
        last, words, last_digits = end, 0, digits


def _digits(token: str, *, inside: bool) -> tuple[str, bool]:
    """Return the digits that `token` stands for ("" = none) and whether any of them is in words.

    `inside`: a group of digits has just gone before; letters alone that look like digits count only there.
    """
    if token.isdigit():
        return token, False
    if token.isalpha() and not inside:  # most words
        return dialled(fold(token)), True
    if _LOOKALIKE.fullmatch(token) and (inside or any(c.isdigit() for c in token)):
        return token.translate(_AS_DIGITS), False
    if _LETTER_BETWEEN.fullmatch(token):
        return "".join(c for c in token if c.isdigit()), False
    mixed = _WORD_AND_DIGITS.fullmatch(token)
    if mixed:
        word = dialled(fold(mixed[1] or mixed[4]))
        return ((word + mixed[2] if mixed[1] else mixed[3] + word), True) if word else ("", False)
    return dialled(fold(token)), True


def _gap(between: str, words: int, *, last_digits: str, digits: str) -> Gap:
    if (
        len(between) > _LOOSE_CHARS
        or words > _LOOSE_WORDS
        or _NEVER.search(between)
        or (words and _BRACKET.search(between))
    ):
        return Gap.BREAK
    if between == ":" and len(last_digits) <= _CLOCK_LENGTH and len(digits) == _CLOCK_LENGTH:
        return Gap.BREAK
    if words or _END.search(between) or len(between) > _TIGHT_CHARS + _LOOSE_CHARS * any(c.isalpha() for c in between):
        return Gap.LOOSE
    return Gap.TIGHT
