"""What a sentence speaks of: treatments of the table, and matters of the clinic that have figures of their own."""

from __future__ import annotations

import functools
import re
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Final

import msgspec

from schemas.clinic import Clinic
from schemas.taxonomy import SPOKEN
from schemas.treatments import Treatment, treatments
from workers.llm.quantities import readable

CLINIC: Final = "@clinic"
"""The clinic as a whole: what may always be said."""

CONSULTATION: Final = "@consultation"
DEPOSIT: Final = "@deposit"
CANCELLATION: Final = "@cancellation"
PAYMENT: Final = "@payment"
PARKING: Final = "@parking"
PROMOTION: Final = "@promotion"
THIS: Final = "@this"
"""A word such as "the treatment": whatever was spoken of before."""

_WORD: Final = re.compile(r"[a-z0-9]+")
_COMPOUND_CHARS: Final = 5
"""From this length a name may begin a longer word: "botoxbehandeling"."""


class Mention(msgspec.Struct, frozen=True):
    """A subject named in a text, at a half-open place."""

    subject: str
    """A treatment's slug, or one of this module's matters."""
    start: int
    end: int

    @property
    def is_treatment(self) -> bool:
        """Whether it is a treatment of the table."""
        return not self.subject.startswith("@")


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `subjects.toml`."""

    matters: dict[str, tuple[str, ...]]
    pronouns: dict[str, tuple[str, ...]]
    common: dict[str, tuple[str, ...]]
    links: dict[str, tuple[str, ...]]


type _Names = dict[str, list[tuple[tuple[str, ...], bool, str]]]
"""For each first word: the whole name, whether its last word may go on, and the subject; the longest name first."""


class Subjects:
    """The names of one clinic's subjects, ready to be looked up."""

    def __init__(self, clinic: Clinic) -> None:
        """Collect what `clinic` offers under all its names, and of other treatments the name shown and the brands.

        A word such as "rosacea" or "dark circles" names a treatment at a clinic that lists it; elsewhere it is a word.
        """
        names: _Names = defaultdict(list)
        listed = {treatment.slug: treatment for treatment in clinic.treatments}
        for slug, row in treatments().items():
            for name in _table_names(row, whole=slug in listed):
                _put(names, name, slug)
        for slug, treatment in listed.items():
            for language in SPOKEN:
                for name in treatment.synonyms.in_language(language):
                    _put(names, readable(name), slug)
        for name, subject in _matters():
            _put(names, name, subject)
        for rows in names.values():
            rows.sort(key=lambda row: sum(map(len, row[0])), reverse=True)
        self._names = dict(names)

    def find(self, text: str) -> list[Mention]:
        """Return the subjects of `text`, in `readable` form, in order; of two names at one place the longer."""
        words = [*_WORD.finditer(text)]
        found: list[Mention] = []
        place = 0
        while place < len(words):
            length, subject = self._at(words, place)
            if length:
                found.append(Mention(subject, words[place].start(), words[place + length - 1].end()))
            place += length or 1
        return found

    def _at(self, words: list[re.Match[str]], place: int) -> tuple[int, str]:
        """Return how many words the name that begins at `place` has, and whose it is; 0 where none begins."""
        first = words[place][0]
        for end in range(len(first), min(len(first), _COMPOUND_CHARS) - 1, -1):
            for name, open_end, subject in self._names.get(first[:end], ()):
                said = [match[0] for match in words[place : place + len(name)]]
                if _is(name, said, open_end=open_end):
                    return len(name), subject
        return 0, ""


def _is(name: tuple[str, ...], said: list[str], *, open_end: bool) -> bool:
    """Whether `said` is `name`; its last word may be a compound's beginning."""
    if len(said) != len(name) or tuple(said[:-1]) != name[:-1]:
        return False
    return said[-1] == name[-1] or (open_end and said[-1].startswith(name[-1]))


def _put(names: _Names, name: str, subject: str) -> None:
    """Add a name."""
    words = tuple(_WORD.findall(name))
    if words:
        open_end = name.endswith("*") or (not subject.startswith("@") and len(words[-1]) >= _COMPOUND_CHARS)
        names[words[0]].append((words, open_end, subject))


def _table_names(row: Treatment, *, whole: bool) -> tuple[str, ...]:
    """Return the names of a treatment: all, or those that can mean nothing else."""
    every, shown = _folded_names()[row.slug]
    return every if whole else shown


@functools.cache
def _folded_names() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return for each slug all its names and those shown, folded, once a process."""
    common = {*_table().common["words"]}
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for slug, row in treatments().items():
        every = [readable(name) for names in row.names.values() for name in names]
        shown = [readable(names[0].partition(" (")[0]) for names in row.names.values()]
        brands = [readable(brand) for brand in row.brands]
        found[slug] = (
            tuple(name for name in dict.fromkeys([*every, *shown, *brands]) if name not in common),
            tuple(name for name in dict.fromkeys([*shown, *brands]) if name not in common),
        )
    return found


def _matters() -> list[tuple[str, str]]:
    """Return the words of the clinic's matters and of "the treatment"."""
    table = _table()
    found = [(word, f"@{matter}") for matter, words in table.matters.items() for word in words]
    return [*found, *((word, THIS) for word in table.pronouns["words"])]


@functools.cache
def links() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that tie an amount to the name behind it, and those that part them."""
    return frozenset(_table().links["words"]), frozenset(_table().links["stops"])


@functools.cache
def _table() -> _Table:
    """Return the table, read once a process."""
    return msgspec.convert(tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")), _Table)
