"""Which intents a message asks, by the classifier: how sure, and what of it the clinic's file may answer.

The thresholds were chosen on held-out folds of the development messages (`model/MODEL_CARD.md`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from schemas.taxonomy import Intent
from workers.router.lexicon import CERTAIN
from workers.router.model.classifier import Classifier
from workers.router.model.features import features
from workers.router.reading import Reading

ASKED_FROM: Final = 0.4
"""Probability from which an intent counts as asked."""
SAID_FROM: Final = 0.15
"""The same of an intent that a sure phrase of the lexicon says."""
SEVERAL_SHARE: Final = 0.4
"""The share of both that is enough in a message that joins one question to another."""
PLAIN_FROM: Final = 0.5
"""Probability that the clinic's file answers a message, from which it does."""
LEAD_FROM: Final = 0.2
"""Probability of the likeliest intent below which nothing is certain."""
SURE_FROM: Final = 0.6
"""Probability from which an intent beside the likeliest one may not be left unanswered."""
INTENTS_MAX: Final = 4
REASONS_MAX: Final = 4

PLAIN: Final = "plain"
ABOUT_CLINIC: Final = "about clinic"
ABOUT_NONE: Final = "about none"
ABOUT_TREATMENT: Final = "about treatment"

FOR_THE_MODEL: Final = frozenset({Intent.COMPARISON, Intent.MEDICAL_ADVICE, Intent.OTHER})
"""Intents that no file answers: general information, never a verdict."""


class Asked(NamedTuple):
    """What a message asks."""

    intents: tuple[Intent, ...]
    """Counted as asked, the likeliest first; never empty."""
    lead: Intent
    sure: tuple[Intent, ...]
    """Those of `intents` that an answer may not leave out."""
    odds: Mapping[str, float]
    evidence: tuple[str, ...]

    @property
    def plain(self) -> bool:
        """Whether the message asks for facts that a clinic's file may hold."""
        sure = self.odds[self.lead.value] >= LEAD_FROM and self.odds[PLAIN] >= PLAIN_FROM
        return sure and FOR_THE_MODEL.isdisjoint(self.sure) and Intent.MEDICAL_ADVICE not in self.intents

    def __repr__(self) -> str:
        """Return the type's name only: the evidence holds pieces of the message."""
        return "<Asked>"


def asked(reading: Reading, *, before: Sequence[Intent], spoken_of: bool, model: Classifier) -> Asked:
    """Return what the message of `reading` asks.

    Args:
        reading: The message, looked up.
        before: The intents of the visitor's last message.
        spoken_of: Whether the conversation gives a treatment.
        model: The classifier.
    """
    described = features(reading, before=before, spoken_of=spoken_of)
    odds = model.scores(described)
    ranked = sorted((i for i in Intent if i.value in odds), key=lambda i: -odds[i.value])
    lead = ranked[0]
    chosen = [i for i in ranked[:INTENTS_MAX] if i is lead or odds[i.value] >= _threshold(i, reading)]
    if len(chosen) > 1 and Intent.SMALLTALK in chosen:
        chosen.remove(Intent.SMALLTALK)
    if lead is Intent.PRICE and Intent.OFFER in chosen and odds[Intent.OFFER.value] < SURE_FROM:
        chosen.remove(Intent.OFFER)  # a price says that it is offered
    evidence = (
        *(f"intent {i} {odds[i.value]:.2f}" for i in ranked[: max(2, len(chosen))]),
        f"plain {odds[PLAIN]:.2f}",
        *(f"for {chosen[0]}: {reason}" for reason in model.reasons(described, chosen[0].value, REASONS_MAX)),
    )
    sure = tuple(i for i in chosen if i is chosen[0] or odds[i.value] >= SURE_FROM)
    return Asked(tuple(chosen), chosen[0], sure, odds, evidence)


def _threshold(intent: Intent, reading: Reading) -> float:
    """Return the probability from which `intent` counts as asked beside a likelier one."""
    if intent in FOR_THE_MODEL:
        return ASKED_FROM
    said = any(hint is intent and weight >= CERTAIN for hint, weight in reading.hints)
    return (SAID_FROM if said else ASKED_FROM) * (SEVERAL_SHARE if reading.several else 1.0)
