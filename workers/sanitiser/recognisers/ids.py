"""Numbers that a state, an insurer or a clinic gave to a person: by shape (`identifiers`), by cue, or by length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import common_words, fold, word_set
from workers.sanitiser.recognisers import plate
from workers.sanitiser.recognisers.digits import digits_of, is_amount, is_day, is_range, is_years
from workers.sanitiser.recognisers.identifiers import CUES, IDENTIFIERS, LOOSE_CUES
from workers.sanitiser.recognisers.match import CUED, LIKELY, SHAPE, Match

_EDGES: Final = r"(?<![\w.+€$£])(?<![\w€$£][-/])(?:{})(?!\w|[-/.]\d)"
_SHAPE: Final = re.compile(_EDGES.format("|".join(row.shape.lower() for row in IDENTIFIERS if not row.upper)))
_CAPITAL_SHAPE: Final = re.compile(_EDGES.format("|".join(row.shape for row in IDENTIFIERS if row.upper)))
_NO_PREFIX: Final = word_set(
    "TEL GSM MOB FAX NR NO OP EUR CHF USD GBP OM ON AT IN LE DE OF ET EN UND OR BIS VAN VON AM UM AB A TO IS OK IBAN"
)
"""Words before a number that are no part of it, in capitals."""
_PREFIX: Final = re.compile(r"([A-Z]{1,4})[ .-]?(\d)")
_VAT: Final = re.compile(
    r"BE ?[01](?:[ .]?\d){9}|DE ?[1-9](?: ?\d){8}|NL ?\d(?:[ .-]?\d){8}[ .-]?B[ .]?\d{2}", re.IGNORECASE
)
"""Numbers for VAT whose letters are words in capitals too."""
_TELEPHONE: Final = 9
"""Digits from which a number that begins with a nought is for calling."""
_RUN: Final = re.compile(r"(?<![\w.,+€$£-])[0-9]{7,20}(?!\w|[.,][0-9])")
_CODE: Final = re.compile(r"(?<![\w@.+-])(?=[a-z]{0,24}\d)(?=\d{0,24}[a-z])[a-z0-9]{7,24}(?![\w@-])")
"""Letters and digits mixed in one word."""

_CUE: Final = re.compile(
    rf"(?<!\w)(?:(?P<named>{'|'.join(CUES.values())})|{LOOSE_CUES})(?!\w)",
)
_LINK: Final = re.compile(
    r"(?:[\s:.=#°(\"'-]|n°|c'|l'|d'|\b(?:nr|no|num|nummer|number|num[ée]ro|is|was|est|cest|ist|lautet|heißt"
    r"|staat|staan|steht"
    r"|begins|starts|beginnt|begint|commence|avec|with|met|mit|par|the|my|mijn|mein|meine|mon|ma|le|la|de|het"
    r"|die|der|das"
    r"|card|kaart|karte|carte|id|code|for|van|von|du|voor|für|pour|he|she|hat|has|heeft|it|they|dat|da|ça|so|also|"
    r"reads|says|zegt|sagt|dit|intern[eo]?|client|patient|dossier|file|book|op|on|sur|auf|t|ends?|ending)\b)*+",
)
_LINK_CHARS: Final = 40
_VALUE_CHARS: Final = 40
_TOKEN: Final = re.compile(r"[^\W_]+")
_INSIDE: Final = re.compile(r" {0,2}[./-]? {0,2}")
_LETTERS: Final = 3
"""Letters that stand by themselves in such a number ("GBR 5391", "KX19 VRL")."""
_FEWEST_WITHOUT_SIGN: Final = 6
"""Digits of the shortest of `_SHAPE` that holds none of `_SIGNS`."""
_SIGNS: Final = frozenset("-/")
_FEWEST_IN_A_RUN: Final = 7
_FEWEST_NAMED: Final = 3
_FEWEST_DIGITS: Final = 5
_CAPITAL_DIGITS: Final = 4
_MANY_DIGITS: Final = 6
_SWAPS: Final = 3
_MONTH: Final = re.compile(r"(?:19|20)\d\d[-/][01]?\d(?:[-/][a-z])?", re.IGNORECASE)
_PIXELS: Final = re.compile(r"\d{1,4}x\d{1,4}", re.IGNORECASE)


def find(message: Glance) -> Iterator[Match]:
    """Yield every such number in a message; a bare run of seven digits or more is somebody's, whoever gave it."""
    if not message.digits:
        return
    text, low = message.text, message.low
    for hit in _shaped(message):
        start = hit.start() + _without_word(text[hit.start() : hit.end()])
        if not _is_harmless(text, start, hit.end()):
            yield Match(Entity.ID, start, hit.end(), SHAPE)
    for hit in _RUN.finditer(text) if message.digits >= _FEWEST_IN_A_RUN else ():
        if not is_amount(text, hit.start(), hit.end()):
            yield Match(Entity.ID, hit.start(), hit.end(), LIKELY)
    for hit in _CODE.finditer(low) if message.mixed else ():
        if _is_code(text[hit.start() : hit.end()]) and not is_amount(text, hit.end() - 1, hit.end()):
            yield Match(Entity.ID, hit.start(), hit.end(), SHAPE)
    yield from plate.find(text, low)
    yield from _cued(text, low)


def _shaped(message: Glance) -> Iterator[re.Match[str]]:
    if message.digits >= _FEWEST_WITHOUT_SIGN or not _SIGNS.isdisjoint(message.said):
        yield from _SHAPE.finditer(message.low)
    if message.text != message.low:
        yield from _CAPITAL_SHAPE.finditer(message.text)


def _cued(text: str, low: str) -> Iterator[Match]:
    """Yield what follows a word that names such a number; `low`: the text in lower case."""
    for cue in _CUE.finditer(low):
        link = _LINK.match(low, cue.end(), cue.end() + _LINK_CHARS)
        start = link.end() if link else cue.end()
        end = _value_end(text, start)
        if (
            start > cue.end()
            and _is_value(text[start:end], named=cue["named"] is not None)
            and not _is_harmless(text, start, end, named=cue["named"] is not None)
        ):
            yield Match(Entity.ID, start, end, CUED if cue["named"] else SHAPE)


def _is_value(written: str, *, named: bool) -> bool:
    """Return whether what follows a cue has digits enough; a word of letters and digits needs fewer."""
    fewest = _FEWEST_NAMED if named else _FEWEST_DIGITS - any(c.isalpha() for c in written)
    mixed = named and len(written) > _FEWEST_DIGITS and written.isalnum() and _swaps(written) > 1
    return mixed or len(digits_of(written)) >= fewest


def _value_end(text: str, start: int) -> int:
    """Return where the number that begins at `start` ends: groups with digits, and a few letters among them."""
    end = start
    last = ""
    lettered = False
    for token in _TOKEN.finditer(text, start, start + _VALUE_CHARS):
        gap = text[end : token.start()]
        if not _INSIDE.fullmatch(gap) or not _is_part(token[0], last, tied=lettered or bool(gap.strip())):
            break
        if any(c.isdigit() for c in last) and is_amount(text, *token.span()):
            break
        lettered = lettered or (not last and token[0].isalpha())
        last, end = token[0], token.end()
    return end


def _is_part(word: str, last: str, *, tied: bool) -> bool:
    """Return whether `word` belongs to a number after its part `last` ("" = it is the first)."""
    if not word.isalpha():
        return any(c.isdigit() for c in word)
    if len(word) > _LETTERS:
        return False
    return word.isupper() or ((tied or not last or not last.isdigit()) and fold(word) not in common_words())


def _without_word(written: str) -> int:
    """Return the length of a word before the number that is no part of it ("TEL 0478…", "BSN 1234…")."""
    prefix = _PREFIX.match(written)
    if prefix is None or written[-1].isalpha():
        return 0
    if _VAT.fullmatch(written):
        return 0
    telephone = len(prefix[1]) > 1 and prefix[2] == "0" and len(digits_of(written)) >= _TELEPHONE
    a_word = prefix[1] in _NO_PREFIX or _CUE.fullmatch(prefix[1].lower()) is not None
    return prefix.end() - 1 if a_word or telephone else 0


def _is_harmless(text: str, start: int, end: int, *, named: bool = False) -> bool:
    """Return whether a number is a date, a price or the like; of a `named` one only years show that."""
    written = text[start:end]
    if (written[-1].isdigit() and is_amount(text, start, end)) or is_day(written) or _MONTH.fullmatch(written):
        return True
    return is_years(written) if named else is_range(written)


def _is_code(word: str) -> bool:
    """Return whether letters and digits change often enough, or digits are many enough, for no product's name."""
    if _PIXELS.fullmatch(word):
        return False
    digits = len(digits_of(word))
    swaps = _swaps(word)
    if swaps == 1 and word[0].isdigit():  # "1000mg", "2000grafts"; "12345678A"
        return digits >= _MANY_DIGITS and word[-2:-1].isdigit()
    if word.isupper():
        return digits >= _CAPITAL_DIGITS or (swaps > 1 and digits >= _SWAPS)
    return digits >= _MANY_DIGITS or (swaps > _SWAPS and digits >= _SWAPS)


def _swaps(word: str) -> int:
    """Return how often letters and digits change."""
    return sum(left.isdigit() is not right.isdigit() for left, right in pairwise(word))
