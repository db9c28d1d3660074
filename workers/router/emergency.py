"""Signs of an emergency, looked for before anything else and in all languages at once.

Learned weights judge (`safety_model`); a few words are an emergency unless these are sure of the contrary
(`lexicon/emergencies.toml`). The texts shown stand with the other sentences in `templates/`. A false alarm costs a
turn, one that is missed may cost an eye: where a message speaks of the visitor's own body now, the threshold leans to
the alarm.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from schemas.taxonomy import SPOKEN, Language
from schemas.turns import Said
from workers.router.concepts import Concepts
from workers.router.lexicon import lexicon, read_toml
from workers.router.safety_model import heard, odds
from workers.router.words import words

CONTEXT_LINES: Final = 4
"""Lines of the conversation just before, with which a message is judged."""

LIKELY_FROM: Final = 0.35
"""Probability from which a message is an emergency."""
SELF_HARM_FROM: Final = 0.12
"""Probability from which it speaks of suicide or self-harm."""
HARMLESS_BELOW: Final = 0.05
"""Probability below which even certain words are none: a film, a joke, a question about risks."""


class Kind(StrEnum):
    """What the signs point to; each has its sentence in the templates."""

    SELF_HARM = "self_harm"
    BREATHING = "breathing"
    ANAPHYLAXIS = "anaphylaxis"
    SWELLING = "swelling"
    VISION = "vision"
    OCCLUSION = "occlusion"
    TOXIN_SPREAD = "toxin_spread"
    SEPSIS = "sepsis"
    BLEEDING = "bleeding"
    BURN = "burn"
    POISONING = "poisoning"
    COLLAPSE = "collapse"
    UNCLEAR = "unclear"
    """Signs of some emergency; which one is for a doctor to say."""


POINTING: Final = tuple(
    (kind, frozenset(needed.split()))
    for kind, needed in (
        (Kind.VISION, "sight sight_lost"),
        (Kind.VISION, "sight dark"),
        (Kind.VISION, "sight unable"),
        (Kind.VISION, "sight treated"),
        (Kind.BREATHING, "breath unable"),
        (Kind.SWELLING, "swollen mouth"),
        (Kind.SWELLING, "swollen throat"),
        (Kind.SWELLING, "swollen face strong"),
        (Kind.ANAPHYLAXIS, "hives"),
        (Kind.ANAPHYLAXIS, "throat shut"),
        (Kind.BREATHING, "breath"),
        (Kind.BLEEDING, "bleed"),
        (Kind.POISONING, "swallowed medicine"),
        (Kind.TOXIN_SPREAD, "swallow"),
        (Kind.TOXIN_SPREAD, "weak treated"),
        (Kind.BURN, "burnt"),
        (Kind.OCCLUSION, "treated pale"),
        (Kind.OCCLUSION, "treated dusky"),
        (Kind.COLLAPSE, "faint"),
        (Kind.COLLAPSE, "chest"),
        (Kind.SEPSIS, "fever infected"),
        (Kind.SEPSIS, "fever treated"),
        (Kind.OCCLUSION, "treated face pain"),
        (Kind.TOXIN_SPREAD, "treated unable"),
        (Kind.UNCLEAR, ""),
    )
)
"""What concepts point to, the first that holds."""


class Emergency(NamedTuple):
    """What was recognised, in which language it was said, and the cues that showed it."""

    kind: Kind
    language: Language
    evidence: tuple[str, ...]


def recognise(text: str, *, history: Sequence[Said] = (), language: Language = Language.OTHER) -> Emergency | None:
    """Return the emergency that `text` speaks of, or None.

    Args:
        text: The clean message.
        history: The conversation so far, oldest first; gives context ("I had filler this morning"), no signs.
        language: The message's language, tried first.
    """
    before = [said.text for said in history[-CONTEXT_LINES:] if said.role == "visitor"]
    alone = odds("emergency", text)
    likely = _in_context(text, before, alone) if before and not _alarming(alone) else alone
    certain = _certain_kind(text) if likely["emergency"] >= HARMLESS_BELOW else None
    if certain is None and not _alarming(likely):
        return None
    found = heard("emergency", text if _alarming(alone) else "\n".join((*before, text)))
    learned = Kind.SELF_HARM if likely["self_harm"] >= SELF_HARM_FROM else _kind(found)
    shown = (f"{label.replace('_', ' ')} {share:.2f}" for label, share in likely.items())
    hints = (f"hints at {concept}" for concept in sorted(found))
    return Emergency(certain or learned, _spoken(text, language), (*shown, *hints))


def _alarming(likely: Mapping[str, float]) -> bool:
    """Return whether a message of which that is likely is an emergency."""
    return likely["emergency"] >= LIKELY_FROM or likely["self_harm"] >= SELF_HARM_FROM


def _in_context(text: str, before: Sequence[str], alone: Mapping[str, float]) -> Mapping[str, float]:
    """Return the odds of `text` with the lines before it; its own where those lines alarmed by themselves."""
    lines = "\n".join(before)
    if _alarming(odds("emergency", lines)):
        return alone
    return odds("emergency", f"{lines}\n{text}")


def _certain_kind(text: str) -> Kind | None:
    """Return the emergency that certain words of `text` tell, if any: suicide first."""
    book = _certain()
    said = {found.concept for found in book.find(book.mend(words(text)))}
    return next((Kind(name) for name in book.names if name in said), None)


@functools.cache
def _certain() -> Concepts:
    """Return the words that are an emergency by themselves, read once a process."""
    return Concepts(read_toml("emergencies.toml")["certain"])


def _kind(found: Collection[str]) -> Kind:
    """Return what the concepts found point to."""
    return next(kind for kind, needed in POINTING if needed.issubset(found))


def _spoken(text: str, language: Language) -> Language:
    """Return the language that knows most words of `text`, `language` where it knows as many."""
    message = words(text)
    return max(SPOKEN, key=lambda one: (sum(word in _vocabulary(one) for word in message), one is language))


@functools.cache
def _vocabulary(language: Language) -> frozenset[str]:
    return lexicon(language).vocabulary


def helpline_for(country: str, language: Language) -> str | None:
    """Return the suicide prevention line of `country` as shown in `language`, or None where none is certain."""
    return _helplines().get(country, {}).get(language.value)


@functools.cache
def _helplines() -> Mapping[str, Mapping[str, str]]:
    """Return the helplines by country and language, read once a process."""
    return read_toml("emergencies.toml")["helplines"]
