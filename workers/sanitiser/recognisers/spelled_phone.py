"""Telephone numbers spelled in words ("nul vier zeven acht …", "zéro quatre septante-huit …"), or half in digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.lexicon import fold, word_set
from workers.sanitiser.recognisers.match import SHAPE, Match

_ONES: Final = (
    "zero oh nought one two three four five six seven eight nine "
    "zero un une deux trois quatre cinq six sept huit neuf "
    "nul een één twee drie vier vijf zes zeven acht negen "
    "null eins ein zwei zwo drei vier funf fuenf sechs sieben acht neun"
)
_TEENS: Final = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
    "dix onze douze treize quatorze quinze seize "
    "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien "
    "zehn elf zwolf zwoelf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn"
)
_TENS: Final = (
    "twenty thirty forty fourty fifty sixty seventy eighty ninety "
    "vingt vingts trente quarante cinquante soixante septante huitante octante nonante "
    "twintig dertig veertig vijftig zestig zeventig tachtig negentig "
    "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig"
)
_FILLERS: Final = word_set("et and double dubbel triple doppel plus cent hundred honderd hundert fois")
_NUMBERS: Final = frozenset(fold(word) for word in f"{_ONES} {_TEENS} {_TENS}".split())
_SINGLE: Final = frozenset(fold(word) for word in _ONES.split())
_NOUGHTS: Final = word_set("zero oh nought nul null o")
_COMPOUND: Final = re.compile(
    rf"(?:{'|'.join(sorted(map(fold, _ONES.split())))})(?:en|und)(?:{'|'.join(sorted(map(fold, _TENS.split())))})"
)
"""Dutch and German: "vierendertig", "sechsundfünfzig"."""
_TOKEN: Final = re.compile(r"[^\W_]+")
_GAP: Final = re.compile(r"[\s,.\-/;+()]{0,4}")
FEWEST_DIGITS: Final = 8
"""Digits in a row, when a nought stands near their beginning."""
FEWEST_WITHOUT_NOUGHT: Final = 8
"""Numbers in a row, when none does."""
_LONGEST_GROUP: Final = 4


def find(text: str) -> Iterator[Match]:
    """Yield every telephone number in `text` that is written in words, in part at least."""
    run: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        number = _is_number(token[0])
        if run and not (number and _GAP.fullmatch(text, run[-1].end(), token.start())):
            yield from _reported(run)
            run = []
        if number and (run or fold(token[0]) not in _FILLERS):
            run.append(token)
    yield from _reported(run)


def _is_number(token: str) -> bool:
    if token.isdigit():
        return len(token) <= _LONGEST_GROUP
    word = fold(token)
    return word in _NUMBERS or word in _FILLERS or _COMPOUND.fullmatch(word) is not None


def _reported(run: list[re.Match[str]]) -> Iterator[Match]:
    """Yield the run when it is long enough to be dialled and not all of it in digits."""
    while run and fold(run[-1][0]) in _FILLERS:
        run.pop()
    words = [fold(token[0]) for token in run]
    numbers = [word for word in words if word not in _FILLERS]
    spelled = any(not word.isdigit() for word in numbers)
    nought = any(word in _NOUGHTS or word.startswith("0") for word in words[:3])
    digits = sum(map(_digits, numbers))
    if spelled and (nought or len(numbers) >= FEWEST_WITHOUT_NOUGHT) and digits >= FEWEST_DIGITS:
        yield Match(Entity.PHONE, run[0].start(), run[-1].end(), SHAPE)


def _digits(word: str) -> int:
    """Return how many digits one dials for a number's word: "twelve" is two."""
    if word.isdigit():
        return len(word)
    return 1 if word in _SINGLE else 2
