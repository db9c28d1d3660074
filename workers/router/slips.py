"""Mending how a word was typed: umlauts as digraphs, and one slip of the finger."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from workers.router.words import without_digraphs

MIN_CHARS: Final = 5
"""Shorter words are left as they are: too many others are one letter away."""


class Slips:
    """Known words, to which misspelt ones are led back."""

    def __init__(self, vocabulary: Iterable[str], *, ordinary: Collection[str] = ()) -> None:
        """Index `vocabulary`; words of `ordinary` are spelled right and never mended."""
        self._known = frozenset(vocabulary)
        self._right = self._known | frozenset(ordinary)
        long = sorted(word for word in self._known if len(word) >= MIN_CHARS)
        self._by_initial = {initial: [w for w in long if w[0] == initial] for initial in {w[0] for w in long}}

    def mend(self, word: str) -> str:
        """Return the known word that `word` spells with digraphs, or the only one that is a slip away, else `word`.

        A slip leaves the first letter as it is; words shorter than `MIN_CHARS` are not mended.
        """
        if word in self._right:
            return word
        if (folded := without_digraphs(word)) in self._known:
            return folded
        if len(word) < MIN_CHARS or not word.isalpha():
            return word
        same_initial = self._by_initial.get(word[0], ())
        near = process.extract(word, same_initial, scorer=OSA.distance, processor=None, limit=2, score_cutoff=1)
        return near[0][0] if len(near) == 1 else word
