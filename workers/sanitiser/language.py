"""Which language a short message is in, by its function words; deterministic, no model."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.taxonomy import SPOKEN, Language
from workers.sanitiser.lexicon import fold, function_words

MAX_WORDS: Final = 60
"""Words that are looked at: a message says its language early."""
OWN: Final = 1.0
"""Weight of a word of one language alone; a word of n languages weighs `OWN / n`."""
ENOUGH: Final = 0.9
"""Least weight that outvotes the hint."""
ENOUGH_FOR_OTHER: Final = 1.9
"""The same for `Language.OTHER`: a single "com" or "para" is no foreign message."""
LEAD: Final = 1.25
"""How many times the next language's weight the first must have to outvote the hint."""
FOREIGN_SHARE: Final = 0.5
"""Share of letters outside the Latin script from which a message is in no language of ours."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MARKS: Final = (
    (re.compile(r"ß|\b\w{0,20}[äü]\w{0,20}\b", re.IGNORECASE), Language.DE, 0.5),
    (re.compile(r"\b(?:[cdjlmnst]|qu)['’]\w|[çœê]|\bà\b", re.IGNORECASE), Language.FR, 0.6),
    (re.compile(r"ij|aa|\b\w{1,20}(?:tje|jes)\b", re.IGNORECASE), Language.NL, 0.4),
    (re.compile(r"[ñ¿¡ãõşğıłąęşţ]", re.IGNORECASE), Language.OTHER, 1.0),
)
"""Spellings that speak for a language, with their weight (once a message)."""


def hear(text: str, *, hint: Language) -> Language:
    """Return the language of `text`; `hint` (the session's) where the text does not tell.

    `Language.OTHER` means: certainly none of the four.
    """
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return hint
    if sum(not _is_latin(c) for c in letters) > FOREIGN_SHARE * len(letters):
        return Language.OTHER
    weights = _weights(text)
    heard = max(weights, key=lambda language: weights[language])
    first, second = sorted(weights.values(), reverse=True)[:2]
    enough = ENOUGH_FOR_OTHER if heard is Language.OTHER else ENOUGH
    return heard if first >= max(enough, LEAD * second) else hint


def _weights(text: str) -> dict[Language, float]:
    weights = dict.fromkeys((*SPOKEN, Language.OTHER), 0.0)
    votes = _votes()
    for hit in list(_WORD.finditer(text))[:MAX_WORDS]:
        word = fold(hit[0]).replace("’", "'")
        for language in votes.get(word, ()):
            weights[language] += OWN / len(votes[word])
    for expression, language, weight in _MARKS:
        if expression.search(text):
            weights[language] += weight
    return weights


@functools.cache
def _votes() -> Mapping[str, tuple[Language, ...]]:
    """Return, for each function word, the languages that have it."""
    tables = function_words()
    words = {word for table in tables.values() for word in table}
    return MappingProxyType({word: tuple(k for k, table in tables.items() if word in table) for word in words})


def _is_latin(c: str) -> bool:
    return c.isascii() or unicodedata.name(c, "").startswith("LATIN")
