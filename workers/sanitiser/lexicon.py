"""The word lists in `data/`, folded (lower case, no accents): first names, places, and words that are no names."""

from __future__ import annotations

import functools
import tomllib
import unicodedata
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final

from schemas.taxonomy import SPOKEN, Language

DATA: Final = Path(__file__).with_name("data")


def word_set(text: str) -> frozenset[str]:
    """Return the words in `text`: how short lists are written in code."""
    return frozenset(text.split())


PARTICLES: Final = word_set(
    "van von vander vanden vande den der de ter ten te op 't t zu zum zur vom la le du des da dos di del della el al "
    "ben bin ibn bint abu mc mac o d' st ste saint sint"
)
"""Small words inside surnames: they join two parts of a name and are no name alone."""


_LETTERS: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take apart."""


def _bare(lower: str) -> str:
    apart = unicodedata.normalize("NFD", lower.translate(_LETTERS))
    return "".join(c for c in apart if not unicodedata.combining(c))


_BARE: Final = str.maketrans({c: _bare(c) for c in map(chr, range(0x80, 0x250))})
"""Letters of European languages without their accents: most words need no more."""


def fold(word: str) -> str:
    """Return `word` in lower case without accents. Not cached: the cache would keep visitors' words."""
    lower = word.casefold()
    if lower.isascii():
        return lower
    plain = lower.translate(_BARE)
    return plain if plain.isascii() else _bare(lower)


def lowered(text: str) -> str:
    """Return `text` in lower case, each character where it was: what an expression reads that knows small letters only.

    Such an expression says the same as one that ignores case, three times as fast: only where case counts does `re`
    pass over alternatives by their first letter.
    """
    if not text.isascii():
        text = text.replace("İ", "i").replace("ı", "i").replace("ſ", "s")  # as `re.IGNORECASE` has it
    return text.lower()


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


@functools.cache
def foreign_words() -> frozenset[str]:
    """Return function words of languages that Lethe does not speak."""
    return function_words()[Language.OTHER]


@functools.cache
def given_names() -> Mapping[str, str]:
    """Return first names of many origins with a letter for how well known: G in many countries, h in some, g in one.

    Those that are also words are among them: the tagger weighs.
    """
    rare = (DATA / "given_names.txt").read_text("utf-8").partition("# rare\n")
    return MappingProxyType(
        dict.fromkeys(rare[2].split(), "g")
        | dict.fromkeys((word for line in rare[0].splitlines() if line[:1] != "#" for word in line.split()), "h")
        | dict.fromkeys(_listed("known_names.txt"), "G")
    )


@functools.cache
def surnames() -> frozenset[str]:
    """Return surnames of many origins, without their particles: weighed by the tagger."""
    return _listed("surnames.txt")


@functools.cache
def towns() -> frozenset[str]:
    """Return towns and villages, "aix en provence" as one entry: weighed by the tagger."""
    lines = (DATA / "towns.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


BANDS: Final = (300, 1_500, 5_000, 18_000, 40_000)
"""Ranks up to which a word of a language is in band 1, 2, …: 1 holds the commonest."""


@functools.cache
def bands() -> Mapping[str, int]:
    """Return, for each of the commonest words of the four languages, its best band."""
    best: dict[str, int] = {}
    for language in SPOKEN:
        lines = (DATA / "words" / f"{language.value}.txt").read_text("utf-8").splitlines()
        words = [line for line in lines if line[:1] != "#"]
        for band, (first, last) in enumerate(pairwise((0, *BANDS)), 1):
            for word in words[first:last]:
                if best.get(word, band) >= band:
                    best[word] = band
    return MappingProxyType(best)


def _words() -> dict[Language, dict[str, str]]:
    rows: dict[str, dict[str, str]] = tomllib.loads((DATA / "words.toml").read_text("utf-8"))
    return {Language(language): row for language, row in rows.items()}


def _listed(file: str) -> frozenset[str]:
    lines = (DATA / file).read_text("utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())


@functools.cache
def trade_words() -> frozenset[str]:
    """Return further words of the trade that no word list of a language holds: products, medicines, famous people."""
    return _listed("trade.txt")


@functools.cache
def cue_classes() -> Mapping[str, str]:
    """Return the words that stand before or beside names and places, each with its class (`data/cues.toml`)."""
    rows: dict[str, str] = tomllib.loads((DATA / "cues.toml").read_text("utf-8"))
    return MappingProxyType({fold(word): cue for cue, words in rows.items() for word in words.split()})


@functools.cache
def famous() -> frozenset[str]:
    """Return famous people's names, words joined by a blank: models of looks, not visitors."""
    lines = (DATA / "famous.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
