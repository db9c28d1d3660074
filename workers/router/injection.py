"""Attempts to steer the assistant, by a learned judgement of what the words point to (`safety_model`).

Every reading of a message counts, also under its disguises (`disguise`) and together with the visitor's lines before
it, over which an attempt may be split. What passes here meets the language model's own walls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from schemas.turns import Said
from workers.router.concepts import known_words
from workers.router.disguise import View, marked_up, views
from workers.router.safety_model import heard, odds

ATTACK_FROM: Final = 0.5
"""Probability from which a message is an attack."""
HIDDEN_FROM: Final = 0.15
"""The same for text that was encoded or turned round: who asks a clinic does not hide it."""
LINES_BEFORE: Final = 3
"""The visitor's last lines over which an attempt may be split."""
SPLIT_MAX_CHARS: Final = 300
"""Longer lines before are messages of their own, not parts of one."""

_HIDING: Final = frozenset({"backwards", "shifted letters", "code", "spelled out"})


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
    if likely < (HIDDEN_FROM if view.disguise in _HIDING else ATTACK_FROM):
        return ()
    hints = (f"hints at {concept}" for concept in sorted(heard("attack", view.text)))
    return (*(f"disguise: {trick}" for trick in tricks), f"attack {likely:.2f}", *hints)


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
