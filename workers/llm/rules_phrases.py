"""Rules for what an assistant may not say: verdicts on a visitor's health, promises for the clinic, its prompt."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path
from typing import Final, Literal

import msgspec

from schemas.taxonomy import Language
from workers.llm.draft import Draft

_DOUBT_CHARS: Final = 40
_CLAUSE: Final = re.compile(r"[,.;:!?\n]")

type Table = Literal["verdict", "promise", "dose", "prompt"]


class _Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Patterns for each language."""

    en: tuple[str, ...]
    fr: tuple[str, ...]
    nl: tuple[str, ...]
    de: tuple[str, ...]

    def every(self) -> tuple[str, ...]:
        """Return those of all languages: an answer need not be in the visitor's."""
        return (*self.en, *self.fr, *self.nl, *self.de)


class _Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `phrases.toml`."""

    doubts: _Phrases
    verdict: _Phrases
    promise: _Phrases
    dose: _Phrases
    prompt: _Phrases


def verdict(draft: Draft) -> bool:
    """Whether the sentence judges the visitor's health, or what is safe for them."""
    return _says(draft, "verdict")


def promise(draft: Draft) -> bool:
    """Whether it claims to have acted for the clinic, or binds it."""
    return _says(draft, "promise")


def says_how_often(draft: Draft) -> bool:
    """Whether it says how often to take something."""
    return _says(draft, "dose")


def speaks_of_prompt(draft: Draft) -> bool:
    """Whether it speaks about what the model was told."""
    return _says(draft, "prompt")


def _says(draft: Draft, table: Table) -> bool:
    """Whether a phrase of `table` reaches into the sentence, with no doubt before it and not in the clinic's words."""
    for match in _pattern(table).finditer(draft.text):
        if match.end() <= draft.start:
            continue
        clause = _CLAUSE.split(draft.text[max(0, match.start() - _DOUBT_CHARS) : match.start()])[-1]
        if not _doubt(draft.grounds.language).search(clause) and match[0] not in draft.grounds.published.words:
            return True
    return False


@functools.cache
def _pattern(table: Table) -> re.Pattern[str]:
    """Return the phrases of one table as one pattern; blanks may be line ends."""
    phrases: _Phrases = getattr(_tables(), table)
    either = "|".join(f"(?:{phrase})" for phrase in phrases.every())
    return re.compile(rf"(?<![a-z0-9])(?:{either})(?![a-z0-9])".replace(" ", r"\s"))


@functools.cache
def _doubt(language: Language) -> re.Pattern[str]:
    """Return the words that leave a verdict open, in `language` alone: "of" is "whether" in Dutch."""
    words = _tables().doubts.every() if language is Language.OTHER else getattr(_tables().doubts, language.value)
    return re.compile(rf"(?<![a-z'])(?:{'|'.join(map(re.escape, words))})(?![a-z])")


@functools.cache
def _tables() -> _Tables:
    """Return the tables, read once a process."""
    file = Path(__file__).with_name("phrases.toml")
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), _Tables)
