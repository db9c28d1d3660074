"""The word lists in `data/`, folded (lower case, no accents): first names, places, and words that are no names."""

from __future__ import annotations

import functools
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from schemas.taxonomy import Language

DATA: Final = Path(__file__).with_name("data")


def word_set(text: str) -> frozenset[str]:
    """Return the words in `text`: how short lists are written in code."""
    return frozenset(text.split())


PARTICLES: Final = word_set(
    "van von vander vanden vande den der de ter ten te op 't t zu zum zur vom la le du des da dos di del della el al "
    "ben bin ibn bint abu mc mac o d' st ste saint sint"
)
"""Small words inside surnames: they join two parts of a name and are no name alone."""


def fold(word: str) -> str:
    """Return `word` in lower case without accents. Not cached: the cache would keep visitors' words."""
    lower = word.casefold()
    if lower.isascii():
        return lower
    return "".join(c for c in unicodedata.normalize("NFD", lower) if not unicodedata.combining(c))


@functools.cache
def first_names() -> frozenset[str]:
    """Return first names that are evidence by themselves, wherever they stand."""
    return _listed("first_names.txt") - _listed("ambiguous_names.txt")


@functools.cache
def all_first_names() -> frozenset[str]:
    """Return every first name listed, those that are also words included: evidence after a cue."""
    return _listed("first_names.txt") | _listed("ambiguous_names.txt")


@functools.cache
def places() -> frozenset[str]:
    """Return towns: evidence after a postcode or a residence cue."""
    return _listed("places.txt")


@functools.cache
def function_words() -> Mapping[Language, frozenset[str]]:
    """Return the words that tell a language, `Language.OTHER` standing for all that Lethe does not speak."""
    return MappingProxyType(
        {language: frozenset(map(fold, row["function"].split())) for language, row in _words().items()}
    )


@functools.cache
def common_words() -> frozenset[str]:
    """Return words of chat and of the trade in the four languages: never a name by themselves."""
    spoken = {language: row for language, row in _words().items() if language is not Language.OTHER}
    return frozenset(fold(word) for row in spoken.values() for words in row.values() for word in words.split())


def _words() -> dict[Language, dict[str, str]]:
    rows: dict[str, dict[str, str]] = tomllib.loads((DATA / "words.toml").read_text("utf-8"))
    return {Language(language): row for language, row in rows.items()}


def _listed(file: str) -> frozenset[str]:
    lines = (DATA / file).read_text("utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())
