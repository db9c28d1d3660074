"""Attempts to steer the assistant, scored by phrases: a first list, as data.

The list refuses what is plain; what it does not know meets the language model's own walls.
"""

from __future__ import annotations

import functools

import msgspec

from workers.router.lexicon import read_toml
from workers.router.phrases import PhraseBook, outermost
from workers.router.words import words


class _Benign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    phrases: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The list as written: phrases by weight, and longer ones that mean no harm."""

    threshold: int
    phrases: dict[str, tuple[str, ...]]
    benign: _Benign


@functools.cache
def _list() -> tuple[PhraseBook[str], int]:
    """Return the phrases with their weights (0 = benign), and the threshold."""
    file = msgspec.convert(read_toml("injection.toml"), _File)
    rows = [(words(p), p, int(weight)) for weight, phrases in file.phrases.items() for p in phrases]
    rows += [(words(p), p, 0) for p in file.benign.phrases]
    return PhraseBook(rows), file.threshold


def injection_signs(text: str) -> tuple[str, ...]:
    """Return the phrases that make `text` an attack, or () where it is none."""
    book, threshold = _list()
    hits = {hit.label: hit.weight for hit in outermost(book.find(words(text)))}
    return tuple(label for label, weight in hits.items() if weight) if sum(hits.values()) >= threshold else ()
