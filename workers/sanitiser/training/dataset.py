"""What the tagger is trained on: marked messages, the same with other people in them, and a grammar's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from schemas.taxonomy import SPOKEN, Language
from workers.sanitiser.features import tokens_of
from workers.sanitiser.training.augment import introduced, lists_forgotten, renamed, retyped
from workers.sanitiser.training.corpus import Part, messages
from workers.sanitiser.training.grammar import sentences
from workers.sanitiser.training.people import Inventor

COPIES: Final = 3
"""Further versions of each marked message, with other people, places and slips of the finger."""
SENTENCES: Final = 2_000
"""Messages of the grammar a language."""
INTRODUCED: Final = 0.25
"""Share of the versions into which a person is put."""
FORGOTTEN: Final = 0.25
"""Share of names and towns that the tagger does not find in its lists: most of the world's stand in none."""
OWN: Final = Path(__file__).with_name("messages")
"""Marked messages written for training alone, one file a language."""


class Example(NamedTuple):
    """A message, and the words of it whose entries in the lists are hidden."""

    parts: list[Part]
    hidden: frozenset[str]
    source: int = 0
    """The same for all versions of one message."""
    written: bool = False
    """Whether somebody wrote it so."""


def examples(
    corpora: Sequence[Path], *, staff: frozenset[str], seed: int, harmless: Sequence[tuple[Language, str]] = ()
) -> Iterator[Example]:
    """Yield the training set; the same arguments give the same one.

    Args:
        corpora: Folders of marked messages: ``<language>.txt``, or ``<language>/dev.txt``.
        staff: Folded words of the names of the clinics' staff. The corpora mark them as words that stay; the tagger
            is taught that they are names, and `keep` lets them stay.
        seed: Of every random choice.
        harmless: Questions without personal data; a person is put into one version of each.
    """
    inventor = Inventor(seed)
    number = itertools.count()
    for language, parts in _marked(corpora):
        source, named = next(number), list(_with_staff(parts, staff))
        yield Example(named, frozenset(), source, written=True)
        for _ in range(COPIES):
            yield _version(named, language, inventor)._replace(source=source)
    for language, text in harmless:
        source, parts = next(number), [Part("", text)]
        yield Example(parts, frozenset(), source, written=True)
        yield Example(retyped(parts, inventor), frozenset(), source)
        made = _forgetting(retyped(introduced(parts, language, inventor), inventor), inventor)
        yield made._replace(source=source)
    for language in SPOKEN:
        for parts in itertools.islice(sentences(language, inventor), SENTENCES):
            yield _forgetting(retyped(parts, inventor), inventor)._replace(source=next(number))


def _marked(corpora: Sequence[Path]) -> Iterator[tuple[Language, list[Part]]]:
    for folder, language in itertools.product((*corpora, OWN), SPOKEN):
        nested = folder / language.value / "dev.txt"
        file = nested if nested.is_file() else folder / f"{language.value}.txt"
        for parts in messages(file.read_text("utf-8").splitlines()):
            yield language, parts


def _version(parts: Sequence[Part], language: Language, inventor: Inventor) -> Example:
    made = renamed(parts, language, inventor)
    if inventor.random.random() < INTRODUCED:
        made = introduced(made, language, inventor)
    return _forgetting(retyped(made, inventor), inventor)


def _forgetting(parts: list[Part], inventor: Inventor) -> Example:
    return Example(parts, lists_forgotten(parts, FORGOTTEN, inventor))


def _with_staff(parts: Sequence[Part], staff: frozenset[str]) -> Iterator[Part]:
    """Yield `parts` with the staff's names marked as names, and no other word that stays marked."""
    for kind, text in parts:
        at = [token for token in tokens_of(text) if token.folded in staff] if kind == "keep" else []
        if not at:
            yield Part("" if kind == "keep" else kind, text)
            continue
        start, end = at[0].start, at[-1].end
        for part in (Part("", text[:start]), Part("name", text[start:end]), Part("", text[end:])):
            if part.text:
                yield part
