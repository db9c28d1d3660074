"""Mending how a word was typed: umlauts as digraphs, and one slip of the finger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final

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
        # Two words one slip apart are alike once a letter is left out of either: looked up, not compared one by one.
        near: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(word for word in self._known if len(word) >= MIN_CHARS):
            for shorter in _shorter(word):
                near[shorter].append(word)
        self._near = dict(near)

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
        alike = {known for shorter in _shorter(word) for known in self._near.get(shorter, ()) if known[0] == word[0]}
        near = [known for known in alike if OSA.distance(word, known, score_cutoff=1) <= 1]
        return near[0] if len(near) == 1 else word


def _shorter(word: str) -> Iterator[str]:
    """Yield `word`, and `word` with each of its letters left out."""
    yield word
    yield from (word[:i] + word[i + 1 :] for i in range(len(word)))
