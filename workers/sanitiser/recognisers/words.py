"""Words of a message with their places, and what is known of them: the ground for names and places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from workers.sanitiser.lexicon import PARTICLES, all_first_names, common_words, first_names, fold

_WORD: Final = re.compile(r"'t\b|[^\W\d_]++(?:['-][^\W\d_]++)*+")
_ELISION: Final = re.compile(r"(?:[cjlmnst]|qu|jusqu|lorsqu)'", re.IGNORECASE)
_ENGLISH: Final = re.compile(r"'(?:s|re|m|ve|ll|d|t)$", re.IGNORECASE)


class Word(NamedTuple):
    """One word: half-open offsets, its folded form, and whether it is written with a capital."""

    start: int
    end: int
    folded: str
    capital: bool

    @property
    def common(self) -> bool:
        """Whether it is a word of chat or of the trade in one of the four languages."""
        known = common_words()
        return (
            self.folded in known
            or (_ELISION.match(self.folded) is not None)
            or _ENGLISH.sub("", self.folded) in known
            or self.folded.removeprefix("d'") in known
            or ("-" in self.folded and all(part in known for part in self.folded.split("-")))
        )

    @property
    def particle(self) -> bool:
        """Whether it joins the parts of a surname ("van", "de", "el")."""
        return self.folded in PARTICLES

    @property
    def first_name(self) -> bool:
        """Whether it is a first name and nothing else, "Anne-Sophie" and "Emma's" included."""
        return self._listed(first_names())

    @property
    def maybe_first_name(self) -> bool:
        """Whether it is a first name, be it also a word ("Rose")."""
        return self._listed(all_first_names())

    @property
    def may_be_name(self) -> bool:
        """Whether it may stand where a name is expected: no common word, or a first name written as one ("Rose")."""
        return not self.common or (self.capital and self.maybe_first_name)

    def _listed(self, names: frozenset[str]) -> bool:
        bare = _ENGLISH.sub("", self.folded)
        return bare in names or bare.partition("-")[0] in names


def words_of(text: str) -> list[Word]:
    """Return the words of `text` in order. In a message all in capitals, capitals say nothing."""
    shouted = text.isupper()
    return [
        Word(hit.start(), hit.end(), fold(hit[0]), hit[0][0].isupper() and not shouted) for hit in _WORD.finditer(text)
    ]


def touches(text: str, left: Word, right: Word) -> bool:
    """Return whether nothing but a blank, or the dot of an initial, stands between two neighbours."""
    gap = text[left.end : right.start]
    return gap in {" ", "  "} or (left.end - left.start == 1 and gap in {".", ". "})


def first_from(words: Sequence[Word], position: int) -> int:
    """Return the index of the first word that starts at or after `position`; len(words) where none does."""
    low, high = 0, len(words)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if words[middle].start < position else (low, middle)
    return low
