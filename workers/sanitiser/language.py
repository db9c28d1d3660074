"""Which language a short message is in, by its function words; deterministic, no model."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.taxonomy import SPOKEN, Language
from workers.sanitiser.lexicon import fold, function_words, lowered

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
_NOT_OURS: Final = re.compile("[^\x00-\x7fÀ-ÖØ-öø-ɏ]")
"""Characters of which some are letters that are not Latin."""
_MARKS: Final = (
    (("ß", "ä", "ü"), re.compile(r"ß|\b\w{0,20}[äü]\w{0,20}\b"), Language.DE, 0.5),
    (("'", "’", "ç", "œ", "ê", "à"), re.compile(r"\b(?:[cdjlmnst]|qu)['’]\w|[çœê]|\bà\b"), Language.FR, 0.6),
    (("ij", "aa", "tje", "jes"), re.compile(r"ij|aa|\b\w{1,20}(?:tje|jes)\b"), Language.NL, 0.4),
    (("",), re.compile(r"[ñ¿¡ãõşğıłąęţ]"), Language.OTHER, 1.0),  # where case did not count, every i was an ı
)
"""Spellings that speak for a language, with what they need one of, and their weight (once a message)."""


def hear(text: str, *, hint: Language) -> Language:
    """Return the language of `text`; `hint` (the session's) where the text does not tell.

    `Language.OTHER` means: certainly none of the four.
    """
    if _NOT_OURS.search(text):
        letters = [c for c in text if c.isalpha()]
        if sum(not _is_latin(c) for c in letters) > FOREIGN_SHARE * len(letters):
            return Language.OTHER
    else:
        letters = _WORD.search(text)
    if not letters:
        return hint
    weights = _weights(text)
    heard = max(weights, key=lambda language: weights[language])
    first, second = sorted(weights.values(), reverse=True)[:2]
    enough = ENOUGH_FOR_OTHER if heard is Language.OTHER else ENOUGH
    return heard if first >= max(enough, LEAD * second) else hint


def _weights(text: str) -> dict[Language, float]:
    weights = dict.fromkeys((*SPOKEN, Language.OTHER), 0.0)
    votes = _votes()
    low = lowered(text)
    for word in _WORD.findall(low)[:MAX_WORDS]:
        folded = word if word.isascii() else fold(word).replace("’", "'")
        for language, weight in votes.get(folded, ()):
            weights[language] += weight
    for parts, expression, language, weight in _MARKS:
        if any(part in low for part in parts) and expression.search(low):
            weights[language] += weight
    return weights


@functools.cache
def _votes() -> Mapping[str, tuple[tuple[Language, float], ...]]:
    """Return, for each function word, the languages that have it and its weight for each."""
    tables = function_words()
    words = {word for table in tables.values() for word in table}
    speaking = {word: [language for language, table in tables.items() if word in table] for word in words}
    return MappingProxyType({word: tuple((one, OWN / len(all_)) for one in all_) for word, all_ in speaking.items()})


def _is_latin(c: str) -> bool:
    return c.isascii() or unicodedata.name(c, "").startswith("LATIN")
