"""What the clinic's file says about a treatment beside its price: one text an intent, as the clinic wrote it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from schemas.clinic import ClinicTreatment, Text
from schemas.taxonomy import Intent
from workers.router.context import Context

DETAILS: Final[Mapping[Intent, Callable[[ClinicTreatment], Text | None]]] = {
    Intent.PREPARATION: lambda entry: entry.preparation,
    Intent.AFTERCARE: lambda entry: entry.aftercare,
    Intent.DOWNTIME: lambda entry: entry.downtime,
    Intent.PAIN: lambda entry: entry.pain,
    Intent.RESULTS: lambda entry: entry.results,
    Intent.RISKS: lambda entry: entry.risks,
    Intent.CANDIDACY: lambda entry: entry.candidacy,
}
"""Where the answer to an intent stands."""
WITH_A_PERSON: Final = frozenset({Intent.RISKS, Intent.CANDIDACY})
"""General information that may touch the visitor's own health: the clinic's people are named with it."""
LASTING: Final = frozenset({Intent.RESULTS})
"""Intents to which how often a treatment is repeated is a part of the answer."""


def detail(ctx: Context, entry: ClinicTreatment, intent: Intent) -> str:
    """Return what the file says to `intent` about an offered treatment; "" where it says nothing."""
    texts = [ctx.text(DETAILS[intent](entry))]
    if intent in LASTING and "lasting" in ctx.asked.cues:
        texts.append(ctx.text(entry.sessions))
    said = " ".join(filter(None, texts))
    return f"{said} {ctx.say('ask_team')}" if said and intent in WITH_A_PERSON else said
