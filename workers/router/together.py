"""Treatments named by words that stand apart: "can you laser my tattoo off". Data in `lexicon/together.toml`."""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from workers.router.lexicon import read_toml
from workers.router.words import Words, words


class Together(NamedTuple):
    """A treatment named by words that stand apart."""

    slug: str
    at: frozenset[int]
    """The positions of its words."""


class _Row(NamedTuple):
    """A row of the file: parts, one alternative of each of which must be in a message, or none of which may be."""

    slug: str
    needed: frozenset[int]
    """Numbers of parts."""
    excluded: frozenset[int]


class _Table(NamedTuple):
    """The rows, and their alternatives by what they begin with."""

    rows: tuple[_Row, ...]
    phrases: Mapping[str, Sequence[tuple[Words, int]]]
    """By their first word, each with the number of its part."""
    stems: Mapping[str, Sequence[int]]
    """Beginnings of words, with the numbers of their parts."""
    lengths: tuple[int, ...]
    """Of the stems, ascending."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rows: tuple[tuple[str, str], ...]


def named_together(message: Sequence[str]) -> tuple[Together, ...]:
    """Return the treatments that `message` names by words that stand apart; a word counts for one of them only."""
    hits = _hits(message)
    taken = set[int]()
    found: dict[str, frozenset[int]] = {}
    for row in _table().rows:
        if row.slug not in found and row.needed <= hits.keys() and row.excluded.isdisjoint(hits):
            at = frozenset[int]().union(*(hits[part] for part in row.needed))
            if taken.isdisjoint(at):
                taken |= at
                found[row.slug] = at
    return tuple(sorted((Together(slug, at) for slug, at in found.items()), key=lambda one: min(one.at)))


def _hits(message: Sequence[str]) -> dict[int, range]:
    """Return where the first alternative of each part stands that `message` has."""
    table, hits = _table(), dict[int, range]()
    for i, word in enumerate(message):
        for length in table.lengths:
            if length > len(word):
                break
            for part in table.stems.get(word[:length], ()):
                hits.setdefault(part, range(i, i + 1))
        for phrase, part in table.phrases.get(word, ()):
            if len(phrase) == 1 or tuple(message[i : i + len(phrase)]) == phrase:
                hits.setdefault(part, range(i, i + len(phrase)))
    return hits


@functools.cache
def _table() -> _Table:
    """Return the file's rows, read once a process.

    Raises:
        ValueError: A row holds only what may not be there, or a beginning of several words.
    """
    rows: list[_Row] = []
    phrases: defaultdict[str, list[tuple[Words, int]]] = defaultdict(list)
    stems: defaultdict[str, list[int]] = defaultdict(list)
    count = itertools.count()
    for slug, pattern in msgspec.convert(read_toml("together.toml"), _File).rows:
        numbers: dict[bool, set[int]] = {True: set(), False: set()}
        for part in pattern.split(" + "):
            number, written = next(count), part.strip()
            numbers[written.startswith("!")].add(number)
            for option in written.removeprefix("!").split("|"):
                said = words(option)
                if said and option.strip().endswith("*"):
                    stem, *others = said
                    if others:
                        raise ValueError(f"a beginning of several words for {slug}")
                    stems[stem].append(number)
                elif said:
                    phrases[said[0]].append((said, number))
        if not numbers[False]:
            raise ValueError(f"a row for {slug} that any message would fill")
        rows.append(_Row(slug, frozenset(numbers[False]), frozenset(numbers[True])))
    return _Table(tuple(rows), phrases, stems, tuple(sorted({len(stem) for stem in stems})))
