"""Texts as search terms: folded, without filler, cut to a stem. The same for every language."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Final

import msgspec

from schemas.taxonomy import PLACEHOLDERS, Language
from workers.llm.ranking import STOP_WORDS

STEM_CHARS: Final = 5
"""Words are cut to this many characters: a plain stemmer that serves four languages alike."""

_WORD: Final = re.compile(r"\w+")
_HIDDEN: Final = re.compile("|".join(map(re.escape, PLACEHOLDERS.values())))


class _Fillers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `fillers.toml`."""

    en: tuple[str, ...]
    fr: tuple[str, ...]
    nl: tuple[str, ...]
    de: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


def terms(text: str, language: Language) -> list[str]:
    """Return the terms of `text` in order, repeated where they are; [] where it is all filler and placeholders.

    E.g. ``"May I go swimming after botox?"`` → ``["swimm", "after", "botox"]``.
    """
    filler = _filler(language)
    return [word[:STEM_CHARS] for word in _words(_HIDDEN.sub(" ", text)) if word not in filler]


def _words(text: str) -> list[str]:
    """Return the words of `text`, in small letters and without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(char for char in decomposed if not unicodedata.combining(char)))


@functools.cache
def timing() -> tuple[frozenset[str], frozenset[str]]:
    """Return the terms that mean before and those that mean after, of all languages together."""
    fillers = _fillers()
    before, after = (
        frozenset(word[:STEM_CHARS] for word in _words(" ".join(w))) for w in (fillers.before, fillers.after)
    )
    return before, after


@functools.cache
def _filler(language: Language) -> frozenset[str]:
    """Return what counts as no term in `language`, one of `SPOKEN`."""
    fillers = _fillers()
    listed: tuple[str, ...] = (*STOP_WORDS[language], *getattr(fillers, language.value))
    return frozenset(_words(" ".join(listed))) - frozenset(_words(" ".join((*fillers.before, *fillers.after))))


@functools.cache
def _fillers() -> _Fillers:
    """Return the table, read once a process."""
    return msgspec.convert(tomllib.loads(Path(__file__).with_name("fillers.toml").read_text("utf-8")), _Fillers)
