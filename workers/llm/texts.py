"""The fixed texts and section words, read from the two tables beside this file, once a process."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Final, Literal

import msgspec

from schemas.clinic import Clinic
from schemas.taxonomy import Intent, Language

_FOLDER: Final = Path(__file__).parent

type Key = Literal["own_texts", "no_answer", "for_people", "other_language", "held"]


class _Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `texts.toml`: a text that is missing is a fault when the worker starts."""

    own_texts: _Spoken[str]
    no_answer: _Spoken[str]
    for_people: _Spoken[str]
    other_language: _Spoken[str]
    held: _Spoken[str]


class _Spoken[T](msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value for each of the languages that Lethe speaks."""

    en: T
    fr: T
    nl: T
    de: T

    def of(self, language: Language) -> T:
        """Return the value in `language`, which is not `OTHER`."""
        return getattr(self, language.value)


def text(key: Key, language: Language, clinic: Clinic) -> str:
    """Return a fixed text in `language`, one of the clinic's."""
    spoken: _Spoken[str] = getattr(_texts(), key)
    return spoken.of(language).replace("{clinic}", clinic.name)


def section_words(intent: Intent, language: Language) -> tuple[str, ...]:
    """Return the title of a section, then words with which visitors ask for it; those of `OTHER` by default."""
    sections = _sections()
    return sections.get(intent, sections[Intent.OTHER]).of(language)


@functools.cache
def _texts() -> _Texts:
    return msgspec.convert(tomllib.loads((_FOLDER / "texts.toml").read_text("utf-8")), _Texts)


@functools.cache
def _sections() -> dict[Intent, _Spoken[tuple[str, ...]]]:
    rows = tomllib.loads((_FOLDER / "sections.toml").read_text("utf-8"))
    return msgspec.convert(rows, dict[Intent, _Spoken[tuple[str, ...]]])
