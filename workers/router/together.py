"""Treatments named by words that stand apart: "can you laser my tattoo off". Data in `lexicon/together.toml`."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from workers.router.lexicon import read_toml
from workers.router.words import Words, words


class Together(NamedTuple):
    """A treatment named by words that stand apart."""

    slug: str
    at: frozenset[int]
    """The positions of its words."""


class _Part(NamedTuple):
    """Alternatives, one of which must be in a message, or none of which may be."""

    exact: frozenset[Words]
    stems: tuple[str, ...]
    excluded: bool


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rows: tuple[tuple[str, str], ...]


def named_together(message: Sequence[str]) -> tuple[Together, ...]:
    """Return the treatments that `message` names by words that stand apart; a word counts for one of them only."""
    taken = set[int]()
    found: list[Together] = []
    for slug, parts in _rows():
        at = _positions(message, parts)
        if at and slug not in {one.slug for one in found} and taken.isdisjoint(at):
            taken |= at
            found.append(Together(slug, at))
    return tuple(sorted(found, key=lambda one: min(one.at)))


def _positions(message: Sequence[str], parts: Sequence[_Part]) -> frozenset[int]:
    """Return the positions of the words that fill all of `parts`; empty where one is not filled."""
    at = set[int]()
    for part in parts:
        hit = next(_hits(message, part), None)
        if (hit is None) is not part.excluded:
            return frozenset()
        if hit is not None:
            at.update(hit)
    return frozenset(at)


def _hits(message: Sequence[str], part: _Part) -> Iterator[range]:
    """Yield where an alternative of `part` stands."""
    for i, word in enumerate(message):
        if part.stems and word.startswith(part.stems):
            yield range(i, i + 1)
        for phrase in part.exact:
            if word == phrase[0] and tuple(message[i : i + len(phrase)]) == phrase:
                yield range(i, i + len(phrase))


@functools.cache
def _rows() -> tuple[tuple[str, tuple[_Part, ...]], ...]:
    """Return the rows of the file, read once a process."""
    file = msgspec.convert(read_toml("together.toml"), _File)
    return tuple((slug, tuple(_part(p.strip()) for p in pattern.split(" + "))) for slug, pattern in file.rows)


def _part(text: str) -> _Part:
    """Return the part written as ``a|b*|two words``, with ! before it where none of these may be there."""
    options = [option.strip() for option in text.removeprefix("!").split("|")]
    exact = frozenset(words(option) for option in options if not option.endswith("*"))
    stems = tuple("".join(words(option)) for option in options if option.endswith("*"))
    return _Part(frozenset(filter(None, exact)), stems, text.startswith("!"))
