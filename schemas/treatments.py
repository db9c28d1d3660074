"""The table of treatments: closed vocabulary of topics, and the words that visitors use for them.

One TOML file a category in `schemas/treatments/`, one table a treatment::

    [botulinum_toxin]
    en = ["Botulinum toxin", "botox", "anti-wrinkle injections"]    # first: the name shown; rest: synonyms
    fr = [...]
    nl = [...]
    de = [...]
    brands = ["Botox", "Azzalure"]

A treatment that no clinic offers belongs here all the same: demand for it is counted.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, SPOKEN, Language

FOLDER: Final = Path(__file__).with_name("treatments")


class Treatment(msgspec.Struct, frozen=True):
    """A treatment as the table describes it."""

    slug: str
    category: str
    """The file's stem, e.g. ``injectables``."""
    names: dict[Language, tuple[str, ...]]
    """For each language of `SPOKEN`: the name shown, then synonyms and spellings as visitors type them."""
    brands: tuple[str, ...] = ()
    """Names of products and devices, the same in every language."""


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A treatment as written in its file."""

    en: tuple[str, ...]
    fr: tuple[str, ...]
    nl: tuple[str, ...]
    de: tuple[str, ...]
    brands: tuple[str, ...] = ()


@functools.cache
def treatments() -> Mapping[str, Treatment]:
    """Return the whole table by slug, read once a process, ordered by category and the files' own order.

    Raises:
        msgspec.ValidationError: A file of the table is malformed (a fault of the repository, not of a clinic).
        ValueError: A slug stands in two files.
    """
    table: dict[str, Treatment] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        rows = msgspec.convert(tomllib.loads(file.read_text("utf-8")), dict[str, _Row])
        if twice := table.keys() & rows.keys():
            raise ValueError(f"{file.name}: slugs of another file: {', '.join(sorted(twice))}")
        for slug, row in rows.items():
            names: dict[Language, tuple[str, ...]] = dict(zip(SPOKEN, (row.en, row.fr, row.nl, row.de), strict=True))
            table[slug] = Treatment(slug, file.stem, names, row.brands)
    return MappingProxyType(table)


def display_name(slug: str, language: Language) -> str:
    """Return the name of treatment `slug` shown in `language` (`Language.OTHER`: in English).

    Raises:
        KeyError: No such treatment.
    """
    names = treatments()[slug].names
    return names.get(language, names[Language.EN])[0]


def is_topic(value: str) -> bool:
    """Return whether `value` is a topic: a treatment's slug, `clinic` or `none`."""
    return value in (CLINIC_TOPIC, NO_TOPIC) or value in treatments()
