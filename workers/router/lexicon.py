"""What visitors' words mean: the lexicon of a language, read from `lexicon/<language>.toml` and checked.

Adding a phrase or an intent is a row of data there; this module only reads.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec

from schemas.clinic_words import LANGUAGE_NAMES
from schemas.taxonomy import SPOKEN, Intent, Language
from workers.router.phrases import PhraseBook
from workers.router.words import Words, words

FOLDER: Final = Path(__file__).with_name("lexicon")
CERTAIN: Final = 3
"""Weight of a phrase that says its intent alone."""
LIKELY: Final = 2
HINT: Final = 1

type Cue = Literal[
    "follow_up",
    "refers",
    "negation",
    "price_list",
    "treatment_list",
    "deposit",
    "gift",
    "transport",
    "thanks",
    "farewell",
    "robot",
    "adding",
    "lasting",
    "closing",
]
type When = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekend", "today", "tomorrow", "now"
]


class _Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An intent's phrases by how sure they make."""

    certain: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    hint: tuple[str, ...] = ()

    def weighted(self) -> Iterator[tuple[str, int]]:
        """Yield each phrase with its weight."""
        for phrases, weight in ((self.certain, CERTAIN), (self.likely, LIKELY), (self.hint, HINT)):
            yield from ((phrase, weight) for phrase in phrases)


class _Filler(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that carry no question of their own, separated by white space."""

    words: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lexicon as written in its file."""

    spellings: dict[str, str]
    intents: dict[Intent, _Phrases]
    cues: dict[Cue, tuple[str, ...]]
    when: dict[When, tuple[str, ...]]
    filler: _Filler
    parts_of_day: tuple[str, ...] = ()
    """Written in one word with a day: "montagabend"."""


class _Compounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Second halves of words that begin with a treatment's name."""

    tails: tuple[str, ...]


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What visitors call treatments, beside the table's names."""

    generic: dict[str, tuple[str, ...]]
    """Words that may mean several treatments, and their slugs."""
    families: dict[str, dict[str, str]]
    """Treatments that differ by where on the body they are done, and the words for that, by slug."""
    misspelt: dict[str, tuple[str, ...]]
    """Slips too short to be found by distance, by slug."""
    articles: _Filler
    compounds: _Compounds
    numbers: dict[str, tuple[str, ...]]
    """Digits and their words, for "2 zones"."""
    ordinary: _Filler
    """Words that look like a treatment's name but are none ("later", "filter")."""
    introductions: _Filler
    """Words that lead to a name or a number ("my number is"): once that is hidden, they ask for nothing."""


class _Kinds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words by their kind, separated by white space."""

    kinds: dict[str, str]
    zones: dict[str, str]
    """Words for the same part of the body."""
    languages: dict[str, str]
    """Other names of languages, by their code."""


class Lexicon(NamedTuple):
    """A language's words, ready to be looked up."""

    language: Language
    spellings: Mapping[str, Words]
    intents: PhraseBook[Intent]
    cues: PhraseBook[Cue]
    when: PhraseBook[When]
    filler: frozenset[str]

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word of this language that the router knows."""
        return self.intents.vocabulary | self.cues.vocabulary | self.when.vocabulary | self.filler


@functools.cache
def lexicon(language: Language) -> Lexicon:
    """Return the lexicon of `language`, read once a process.

    Raises:
        KeyError: `language` is not one of `SPOKEN`.
        msgspec.ValidationError: The file is malformed, or names an intent that the taxonomy does not have.
    """
    if language not in SPOKEN:
        raise KeyError(language)
    file = msgspec.convert(read_toml(f"{language}.toml"), _File)
    spellings = {short: words(full) for short, full in file.spellings.items()}

    def book[L](rows: Iterator[tuple[str, L, int]]) -> PhraseBook[L]:
        return PhraseBook((words(phrase), label, weight) for phrase, label, weight in rows)

    intents = book((p, intent, weight) for intent, row in file.intents.items() for p, weight in row.weighted())
    cues = book((p, cue, LIKELY) for cue, phrases in file.cues.items() for p in phrases)
    joined = ("", *file.parts_of_day)
    when = book((p + part, day, LIKELY) for day, phrases in file.when.items() for p in phrases for part in joined)
    return Lexicon(language, spellings, intents, cues, when, frozenset(words(file.filler.words)))


LANGUAGE_STEM: Final = 5
"""Letters that a longer word must share with a language's name to be a form of it ("polonaise")."""


@functools.cache
def _language_codes() -> Mapping[str, str]:
    """Return the code of each language by its names in every language."""
    rows = ((name, code) for code, text in LANGUAGE_NAMES.items() for spoken in SPOKEN
            for name in words(text.own(spoken) or ""))  # fmt: skip
    return dict(rows) | {name: code for code, listed in _kinds().languages.items() for name in words(listed)}


def languages_named(message: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of the languages that `message` names, in their order."""
    codes = _language_codes()
    found = (codes.get(word) or next((code for name, code in codes.items() if _is_form(word, name)), None)
             for word in message)  # fmt: skip
    return tuple(dict.fromkeys(code for code in found if code is not None))


def _is_form(word: str, name: str) -> bool:
    """Return whether `word` is the language's `name` with an ending."""
    return len(name) >= LANGUAGE_STEM and word.startswith(name)


@functools.cache
def kinds() -> Mapping[str, str]:
    """Return the kind of each word that has one ("legs" is an area), in every language."""
    rows = {word: kind for kind, listed in _kinds().kinds.items() for word in words(listed)}
    return dict.fromkeys(_language_codes(), "language") | rows


@functools.cache
def zones() -> Mapping[str, frozenset[str]]:
    """Return, for each word for a part of the body, all words for it, in every language."""
    rows = [frozenset(words(listed)) for listed in _kinds().zones.values()]
    return {word: row for row in rows for word in row}


@functools.cache
def _kinds() -> _Kinds:
    """Return the words by their kind, read once a process."""
    return msgspec.convert(read_toml("kinds.toml"), _Kinds)


@functools.cache
def all_words() -> frozenset[str]:
    """Return the words of every lexicon, shorthand included, and common ones: none of them is a misspelt treatment."""
    known = (lexicon(language).vocabulary | frozenset(lexicon(language).spellings) for language in SPOKEN)
    lines = (FOLDER / "ordinary.txt").read_text("utf-8").splitlines()
    common = words(" ".join(line for line in lines if not line.startswith("#")))
    return frozenset((*words(names().ordinary.words), *common)).union(*known)


@functools.cache
def introductions() -> frozenset[str]:
    """Return the words that visitors write before personal data, in every language."""
    return frozenset(words(names().introductions.words))


@functools.cache
def names() -> Names:
    """Return the names beside the table of treatments, read once a process."""
    return msgspec.convert(read_toml("names.toml"), Names)


def read_toml(name: str) -> dict[str, Any]:
    """Return the content of `lexicon/<name>`."""
    return tomllib.loads((FOLDER / name).read_text("utf-8"))
