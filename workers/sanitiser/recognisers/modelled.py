"""Names and places by both readers; in long messages the model's own labels too.

Labels are held to a threshold each, and to words that are never a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.features import tokens_of
from workers.sanitiser.rampart import Labelled
from workers.sanitiser.recognisers import tagged
from workers.sanitiser.recognisers.digits import before, digits_of, is_amount
from workers.sanitiser.recognisers.match import LIKELY, Match
from workers.sanitiser.recognisers.name import whole_name
from workers.sanitiser.recognisers.words import Word, first_from, words_of
from workers.sanitiser.second_reader import SecondReader

NAMES: Final = {"GIVEN_NAME": 0.55, "SURNAME": 0.7}
"""Least probability at which a word alone is a name."""
NAMES_CUED: Final = 0.3
"""The same after "for", "with", "dear" and the like, or beside another name."""
NAMES_UNLIKELY: Final = 0.95
"""The same for a word in lower case beside a name with a capital, and for a word of chat with a capital."""
PLACES: Final = {"CITY": 0.7, "STREET_NAME": 0.9}
NUMBERS: Final = {
    "TAX_ID": 0.9,
    "BANK_ACCOUNT": 0.9,
    "ROUTING_NUMBER": 0.9,
    "GOVERNMENT_ID": 0.9,
    "PASSPORT": 0.9,
    "DRIVERS_LICENSE": 0.9,
}
HOUSE_NUMBERS: Final = frozenset({"BUILDING_NUMBER", "SECONDARY_ADDRESS"})
"""Only beside a street or a town."""
FEWEST_DIGITS: Final = 5
"""Digits in a word below which it is no number of a person's."""
SHORTEST: Final = 3
"""Letters in a word below which the model's word for a name alone is not taken."""
_NEVER: Final = 2.0
_CUE: Final = re.compile(
    r"(?:\b(?:for|with|by|dear|hi|hello|pour|avec|chez|par|bonjour|ch[èe]re?|voor|met|bij|beste|dag|hallo"
    r"|liebe[rn]?|für|bei|mit|von|van|is|ben|am|i'm|"
    r"suis|bin))\s$",
    re.IGNORECASE,
)


LONG: Final = 80
"""Words from which a message is prose, in which the model's labels find more than the readers do (`tagged`); below, it
would cost most of the time and find what they have found."""


class Modelled:
    """Both readers as a recogniser."""

    def __init__(self, reader: SecondReader) -> None:
        self._reader = reader

    def find(self, text: str) -> Iterator[Match]:
        """Yield the names and places in `text`; of a long one, also the numbers that the model labels."""
        tokens = tokens_of(text)
        if not tagged.has_words(tokens):
            return
        words = words_of(text) if len(tokens) >= LONG else ()
        judged = self._reader.read(text, tokens, prose=len(words) >= LONG)
        yield from tagged.matches(text, tokens, judged.odds)
        yield from labels(text, words, judged.labelled)


def labels(text: str, words: Sequence[Word], labelled: Sequence[Labelled]) -> Iterator[Match]:
    """Yield the names, places and numbers among `labelled` words of `text`."""
    for i, hit in enumerate(labelled):
        place = first_from(words, hit.start)
        word = words[place] if place < len(words) and words[place].start == hit.start else None
        entity = _entity(text, labelled, i, word)
        if entity is Entity.NAME:
            yield from whole_name(text, words, place, LIKELY, uncapitalised=False)
        if entity is not None:
            yield Match(entity, hit.start, hit.end, LIKELY)


def _entity(text: str, labelled: Sequence[Labelled], i: int, word: Word | None) -> Entity | None:
    """Return what labelled word `i` is; None where the model is not sure enough, or cannot be right."""
    hit = labelled[i]
    if hit.label in NUMBERS or hit.label in HOUSE_NUMBERS:
        return None if is_amount(text, hit.start, hit.end) else _number(text, labelled, i)
    if word is None:
        return None
    if hit.label in PLACES:
        return Entity.LOCATION if hit.score >= PLACES[hit.label] and word.may_be_name else None
    if hit.label in NAMES and (word.end - word.start >= SHORTEST or word.particle):
        return Entity.NAME if hit.score >= _least(text, labelled, i, word) else None
    return None


def _number(text: str, labelled: Sequence[Labelled], i: int) -> Entity | None:
    hit = labelled[i]
    if hit.label in HOUSE_NUMBERS:
        return Entity.LOCATION if _beside(labelled, i, PLACES) else None
    digits = digits_of(text[hit.start : hit.end])
    return Entity.ID if len(digits) >= FEWEST_DIGITS and hit.score >= NUMBERS[hit.label] else None


def _least(text: str, labelled: Sequence[Labelled], i: int, word: Word) -> float:
    """Return the least probability at which labelled word `i` is a name, where it stands."""
    beside = _beside(labelled, i, NAMES)
    if not word.may_be_name:
        return NAMES_UNLIKELY if word.capital and beside else _NEVER
    if beside and i and not (word.capital or word.particle) and text[labelled[i - 1].start].isupper():
        return NAMES_UNLIKELY
    cued = beside or _CUE.search(before(text, word.start)) is not None
    return NAMES_CUED if cued else NAMES[labelled[i].label]


def _beside(labelled: Sequence[Labelled], i: int, sure: dict[str, float]) -> bool:
    """Return whether a neighbour (one blank away) has one of the labels in `sure`, surely."""
    hit = labelled[i]
    return any(
        near.label in sure
        and near.score >= sure[near.label]
        and min(abs(near.start - hit.end), abs(hit.start - near.end)) <= 1
        for near in (*labelled[max(0, i - 1) : i], *labelled[i + 1 : i + 2])
    )
