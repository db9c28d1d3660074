"""A clinic's questions and a visitor's message made comparable: what matters in them, what is filler, what is denied.

The data is `lexicon/faqs.toml` beside the lexicons' own filler.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from schemas.taxonomy import Language
from workers.router.lexicon import kinds, lexicon, read_toml

BEFORE: Final = "before"
AFTER: Final = "after"
MIN_STEM: Final = 3
"""Letters that remain where an ending is taken off."""
_DOUBLED: Final = re.compile(r"(.)\1")

type Denials = frozenset[tuple[str, str]]
"""Negations with what they deny."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    endings: dict[Language, str]
    telling: dict[Language, str]
    filler: dict[Language, str]
    before: dict[Language, str]
    after: dict[Language, str]


def parted(spoken: Collection[str], language: Language) -> tuple[frozenset[str], frozenset[str]]:
    """Return the stems of what matters in `spoken`, and those of its filler."""
    sides, filler = _sides(language), _filler(language)
    said = {word for word in spoken if word not in sides}
    nothing = {word for word in said if word in filler or _cut(word, language) in filler}
    stems = {stem(word, language) for word in nothing} | {sides[word] for word in spoken if word in sides}
    return frozenset(stem(word, language) for word in said - nothing), frozenset(stems)


def denials(spoken: Sequence[str], language: Language) -> Denials:
    """Return each negation in `spoken` with the word that matters behind it."""
    lex, found = lexicon(language), set[tuple[str, str]]()
    for hit in lex.cues.find(spoken):
        if hit.label == "negation":
            behind = (word for word in spoken[hit.end :] if word not in lex.filler)
            found.add((spoken[hit.start], stem(next(behind, ""), language)))
    return frozenset(found)


def stem(word: str, language: Language) -> str:
    """Return `word` without its ending and with no letter doubled."""
    return _DOUBLED.sub(r"\1", _cut(word, language))


def _cut(word: str, language: Language) -> str:
    """Return `word` without its ending."""
    cut = next((e for e in _endings(language) if word.endswith(e) and len(word) - len(e) >= MIN_STEM), "")
    return word.removesuffix(cut)


@functools.cache
def _file() -> _File:
    return msgspec.convert(read_toml("faqs.toml"), _File)


@functools.cache
def _endings(language: Language) -> tuple[str, ...]:
    """Return the endings of `language`, the longest first."""
    return tuple(sorted(_file().endings[language].split(), key=lambda ending: -len(ending)))


@functools.cache
def known(language: Language) -> frozenset[str]:
    """Return the words that mean something to the router, without their endings."""
    return frozenset(stem(word, language) for word in lexicon(language).vocabulary | kinds().keys())


@functools.cache
def _filler(language: Language) -> frozenset[str]:
    """Return the words that ask nothing of their own."""
    listed, file = lexicon(language).filler, _file()
    return (listed | frozenset(file.filler[language].split())) - frozenset(file.telling[language].split())


@functools.cache
def _sides(language: Language) -> Mapping[str, str]:
    """Return the side of a treatment of each word that says one."""
    rows = ((BEFORE, _file().before[language]), (AFTER, _file().after[language]))
    return {word: side for side, listed in rows for word in listed.split()}
