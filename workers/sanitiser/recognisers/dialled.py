"""What one could dial: digits, digits in words, letters that pass for digits, with anything short between them.

This is where every way of writing a number down meets: "0478/12.34.56", "0 4 7 8 …", "0478 twaalf 34 56",
"nul vier zeven", "O478 l2", "0👉4👉7", "0x4x7x8". What a run of them is, `phone` decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from workers.sanitiser.features import Token
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import bands, fold
from workers.sanitiser.recognisers.number_values import slip
from workers.sanitiser.recognisers.number_words import LINKS, dialled, may_be_number


class Gap(IntEnum):
    """How a group stands to the one before it, from "one number" to "nothing to do with it"."""

    TIGHT = 0
    """Blanks, signs or emoji: parts of one number."""
    LINKED = 1
    """What one says when dictating on ("then", "puis", "dreimal die") or a line's end: one number if it has begun."""
    LISTED = 2
    """The end of a clause and no word: one number if it has begun or both parts are in words."""
    LOOSE = 3
    """A few words, perhaps behind a clause ("0478 12, sorry, 34 56"): one number if the first part lacks digits."""
    BREAK = 4


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
_ON: Final = (
    r"(?:(?:en|et|und|and|e)[ ])?(?:dan|dann|danach|then|next|puis|pis|ensuite|apr[èe]s|daarna|vervolgens|poi|luego"
    r"|nog|noch|encore|again|weer|wieder)(?:[ ](?:nog|noch|encore|le|la|les|de|het|die|the)){0,2}"
)
_TIMES: Final = (
    r"(?:(?:mal|maal|keer|fois|times|x)|(?:zwei|drei|vier|twee|drie)ma+l|twice|thrice)"
    r"(?:[ ](?:die|den|das|eine?|de|het|een|le|la|les|un|the|an?))?"
)
_TWICE: Final = r"(?:double|dubbele?|doppelte?|triple|tripel)"
_SIGN: Final = (
    r"(?:virgule|komma|comma|punt|punkt|point|dot|stip|tiret|streepje|streep|dash|hyphen|strich|bindestrich|slash"
    r"|schr[äa]gstrich|barre|espace|spatie|space|leerzeichen|pause|pauze|leeg|en|et|und|and)"
)
"""Signs between the parts of a number, said aloud."""
_LINK: Final = re.compile(
    rf"[ ,.;:/-]{{0,4}}(?:{_ON}|{_TIMES}|{_ON}[ ]{_TIMES}|{_SIGN}(?:[ ](?:{_ON}|{_TIMES}))?)"
    rf"(?:[ ]{_TWICE})?[ ,.:;-]{{1,3}}"
    r"|[ ]{0,2}\n\s{0,3}",
    re.IGNORECASE,
)
_NEXT: Final = re.compile(r"[ .,-]{1,2}([0-9]{1,15}|[^\W\d_]{1,20})")
_PLUS: Final = re.compile(r"\+[ (]{0,3}$")
_CLOCK_LENGTH: Final = 2


def groups(message: Glance) -> Iterator[Group]:
    """Yield the groups of digits in a message, in order."""
    text = message.text
    last = -1
    last_digits = ""
    spoken = False
    words = 0
    signed = "+" in text
    for token in _tokens(message):
        inside = last >= 0 and not words
        digits, spelled = _digits(token, inside=inside)
        if not digits and inside and token.text.isalpha():
            digits = _misspelt(text, token, tied=token.start - last == 1, spoken=spoken, begun=last_digits[0] == "0")
        if not digits:
            if last >= 0 and words <= _LOOSE_WORDS:
                words += token.folded not in LINKS
            continue
        start, end = token.start, token.end
        gap = Gap.BREAK if last < 0 else _gap(text[last:start], words, last_digits=last_digits, digits=digits)
        plus = signed and _PLUS.search(text, max(0, start - 4), start) is not None
        yield Group(start, end, digits, spelled, gap, plus)
        last, words, last_digits, spoken = end, 0, digits, spelled or (spoken and gap is not Gap.BREAK)


def _tokens(message: Glance) -> Sequence[Token]:
    """Return the words and numbers of a message, and what is of both kinds."""
    if message.mixed or "|" in message.said:
        return [Token(hit[0], *hit.span(), fold(hit[0])) for hit in _TOKEN.finditer(message.text)]
    words = [token for token in message.tokens if token.text[0].isalnum()]
    return words if message.digits or any(may_be_number(token.folded) for token in words) else ()


def _misspelt(text: str, token: Token, *, tied: bool, spoken: bool, begun: bool) -> str:
    """Return the digits of a word that was meant to be a number; "" = it was not.

    It stands behind one, and before one too unless it is no word and others of this number are in words.
    """
    word = token.folded
    meant = slip(word) if spoken or begun or tied else ""
    if not meant:
        return ""
    follows = _NEXT.match(text, token.end)
    number = follows is not None and (follows[1].isdigit() or bool(dialled(fold(follows[1]))))
    return dialled(meant) if number or (spoken and (tied or word not in bands())) else ""


def _digits(token: Token, *, inside: bool) -> tuple[str, bool]:
    """Return the digits that a token stands for ("" = none) and whether any of them is in words.

    `inside`: a group of digits has just gone before; letters alone that look like digits count only there.
    """
    text = token.text
    if text.isdigit():
        return text, False
    if text.isalpha() and not (inside and _LOOKALIKE.fullmatch(text)):  # most words
        return dialled(token.folded), True
    if _LOOKALIKE.fullmatch(text) and (inside or any(c.isdigit() for c in text)):
        return text.translate(_AS_DIGITS), False
    if _LETTER_BETWEEN.fullmatch(text):
        return "".join(c for c in text if c.isdigit()), False
    mixed = _WORD_AND_DIGITS.fullmatch(text)
    if mixed:
        word = dialled(fold(mixed[1] or mixed[4]))
        return ((word + mixed[2] if mixed[1] else mixed[3] + word), True) if word else ("", False)
    return dialled(token.folded), True


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
    if words:
        return Gap.LINKED if _LINK.fullmatch(between) else Gap.LOOSE
    if _END.search(between):
        return Gap.LINKED if _LINK.fullmatch(between) else Gap.LISTED
    return Gap.LOOSE if len(between) > _TIGHT_CHARS + _LOOSE_CHARS * any(c.isalpha() for c in between) else Gap.TIGHT
