"""Attempts to steer the assistant: a list of plain phrases, and a learned judgement of what the words point to.

Every reading of a message counts, also under its disguises (`disguise`) and together with the visitor's lines before
it, over which an attempt may be split. What passes here meets the language model's own walls.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

import msgspec

from schemas.turns import Said
from workers.router.concepts import known_words
from workers.router.disguise import View, marked_up, views
from workers.router.lexicon import read_toml
from workers.router.phrases import PhraseBook, outermost
from workers.router.safety_model import heard, odds
from workers.router.words import words

ATTACK_FROM: Final = 0.4
"""Probability from which a message is an attack."""
HIDDEN_FROM: Final = 0.15
"""The same for text that was encoded or turned round: who asks a clinic does not hide it."""
WITHOUT_HARM: Final = 0.25
"""Probability below which a phrase of the list is not what it seems."""
LINES_BEFORE: Final = 3
"""The visitor's last lines over which an attempt may be split."""
SPLIT_MAX_CHARS: Final = 300
"""Longer lines before are messages of their own, not parts of one."""

HARMLESS: Final = frozenset({"yours", "polite", "care", "own_words"})
"""Concepts that anybody's question holds."""
SPARSE_FROM: Final = 0.6
"""Probability from which a message that holds at most one other concept is an attack."""

_HIDING: Final = frozenset({"backwards", "shifted letters", "code", "spelled out"})


class _Benign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    phrases: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The list as written: phrases by weight, and longer ones that mean no harm."""

    threshold: int
    phrases: dict[str, tuple[str, ...]]
    benign: _Benign


@functools.cache
def _list() -> tuple[PhraseBook[str], int]:
    """Return the phrases with their weights (0 = benign), and the threshold."""
    file = msgspec.convert(read_toml("injection.toml"), _File)
    rows = [(words(p), p, int(weight)) for weight, phrases in file.phrases.items() for p in phrases]
    rows += [(words(p), p, 0) for p in file.benign.phrases]
    return PhraseBook(rows), file.threshold


def injection_signs(text: str, *, history: Sequence[Said] = ()) -> tuple[str, ...]:
    """Return what makes `text` an attack, or () where it is none.

    Args:
        text: The clean message.
        history: The conversation so far, oldest first: the beginning of what `text` ends.
    """
    frame = ("frame",) if marked_up(text) else ()
    for view in views(text, known=known_words()):
        if signs := _signs(view, frame):
            return signs
    return _split(text, history)


def _signs(view: View, frame: tuple[str, ...]) -> tuple[str, ...]:
    """Return what makes one reading of a message an attack, () where it is none."""
    tricks = (*frame, *((view.disguise,) if view.disguise else ()))
    likely = odds("attack", view.text, tricks=tricks)["attack"]
    phrases = _phrases(view.text)
    needed = HIDDEN_FROM if view.disguise in _HIDING else ATTACK_FROM
    if likely < needed and not (phrases and likely >= WITHOUT_HARM):
        return ()
    found = sorted(heard("attack", view.text) - HARMLESS)
    if not (phrases or tricks or len(found) > 1 or likely >= SPARSE_FROM):
        return ()
    hints = (f"hints at {concept}" for concept in found)
    return (*phrases, *(f"disguise: {trick}" for trick in tricks), f"attack {likely:.2f}", *hints)


def _phrases(text: str) -> tuple[str, ...]:
    """Return the phrases of the list that weigh enough together."""
    book, threshold = _list()
    hits = {hit.label: hit.weight for hit in outermost(book.find(words(text)))}
    return tuple(label for label, weight in hits.items() if weight) if sum(hits.values()) >= threshold else ()


def _split(text: str, history: Sequence[Said]) -> tuple[str, ...]:
    """Return what makes `text` the end of an attempt that the lines before began, () where they say nothing worse."""
    lines = [said.text for said in history if said.role == "visitor"][-LINES_BEFORE:]
    before = "\n".join(line for line in lines if len(line) <= SPLIT_MAX_CHARS)
    if not before or len(text) > SPLIT_MAX_CHARS or not heard("attack", text):
        return ()
    alone = max(odds("attack", part)["attack"] for part in (before, text))
    together = odds("attack", f"{before}\n{text}")["attack"]
    if together < ATTACK_FROM or alone >= ATTACK_FROM or together < 2 * alone:
        return ()
    return ("split over lines", f"attack {together:.2f}")
