"""Finding known phrases in a message: a book of phrases, looked up by their first word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from workers.router.words import Words


class Hit[L](NamedTuple):
    """A phrase found: half-open word offsets, what it stands for, how sure it makes."""

    start: int
    end: int
    label: L
    weight: int

    @property
    def length(self) -> int:
        """Words covered."""
        return self.end - self.start


class PhraseBook[L]:
    """Phrases with a label and a weight each; a phrase may carry several labels."""

    def __init__(self, entries: Iterable[tuple[Words, L, int]]) -> None:
        """Index `entries` (phrase, label, weight); empty phrases are ignored."""
        index: defaultdict[str, list[tuple[Words, L, int]]] = defaultdict(list)
        for phrase, label, weight in entries:
            if phrase:
                index[phrase[0]].append((phrase, label, weight))
        self._index = dict(index)
        self.vocabulary = frozenset(w for entries in index.values() for phrase, _, _ in entries for w in phrase)

    def entries(self) -> Iterator[tuple[Words, L, int]]:
        """Yield each phrase with its label and weight."""
        return (entry for entries in self._index.values() for entry in entries)

    def find(self, message: Sequence[str]) -> list[Hit[L]]:
        """Return every phrase in `message`, overlapping ones too, by position, longest first."""
        hits = [
            Hit(i, i + len(phrase), label, weight)
            for i, word in enumerate(message)
            for phrase, label, weight in self._index.get(word, ())
            if tuple(message[i : i + len(phrase)]) == phrase
        ]
        return sorted(hits, key=lambda hit: (hit.start, -hit.length))


def outermost[L](hits: Sequence[Hit[L]]) -> list[Hit[L]]:
    """Return the hits that do not lie wholly inside a longer one: the longest match says what is meant."""
    return [
        hit
        for hit in hits
        if not any(o.start <= hit.start and hit.end <= o.end and o.length > hit.length for o in hits)
    ]
