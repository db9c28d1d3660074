"""One turn of a synthetic session: what it is about, who answers it, and how it ends."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from analytics import seed_shapes as shapes
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Intent, Outcome, Path, redaction_bits


class Says(NamedTuple):
    """A turn, less who said it and when."""

    topic: str
    intent: Intent
    path: Path
    outcome: Outcome
    redactions: int
    latency: int
    suspect: bool = False


class Talk:
    """A conversation under way."""

    def __init__(self, interest: str, offered: Sequence[str], demand: Mapping[str, float]) -> None:
        """Begin about treatment `interest`.

        Args:
            interest: What the visitor came for.
            offered: What the clinic offers, most asked for first.
            demand: Every treatment that may come up, with its weight.
        """
        self.interest = interest
        self.offered = offered
        self.demand = demand

    def turn_elsewhere(self, rng: random.Random) -> None:
        """Go on to another treatment, perhaps."""
        unanswerable = self.interest not in self.offered  # nothing more to ask here about it
        if unanswerable or rng.random() >= shapes.STAYS:
            self.interest = _one(self.demand, rng)


def says(talk: Talk, rng: random.Random) -> Says:
    """Return the next turn of `talk`, and move it on."""
    about = _one(shapes.ABOUT, rng)
    if about == "clinic":
        return _known(CLINIC_TOPIC, _one(shapes.CLINIC_INTENTS, rng), shapes.CLINIC_GAPS, rng)
    if about == "none":
        return _other(_one(shapes.OTHER_INTENTS, rng), rng)
    topic = talk.interest
    talk.turn_elsewhere(rng)
    if topic not in talk.offered:
        return _not_offered(topic, rng)
    gaps = shapes.GAPS.get(talk.offered.index(topic), ())
    return _known(topic, _one(shapes.TREATMENT_INTENTS, rng), gaps, rng)


def suspect_says(rng: random.Random) -> Says:
    """Return a turn of a session that looks automated: an attack, refused."""
    return Says(NO_TOPIC, Intent.INJECTION, Path.REFUSE, Outcome.REFUSED, 0, _rules(rng), suspect=True)


def _known(topic: str, intent: Intent, gaps: Sequence[Intent], rng: random.Random) -> Says:
    """Return a turn about what the clinic's file says, but for its gaps."""
    unanswered = intent in gaps and rng.random() < shapes.GAP
    return _unanswered(topic, intent, rng) if unanswered else _answered(topic, intent, rng)


def _other(intent: Intent, rng: random.Random) -> Says:
    if intent is Intent.EMERGENCY:
        return Says(NO_TOPIC, intent, Path.EMERGENCY, Outcome.EMERGENCY, 0, _rules(rng))
    if intent in shapes.HANDED_OVER:
        return Says(NO_TOPIC, intent, Path.DETERMINISTIC, Outcome.HANDED_OVER, _hidden(intent, rng), _rules(rng))
    return _answered(NO_TOPIC, intent, rng)


def _not_offered(topic: str, rng: random.Random) -> Says:
    intent = _one(shapes.WANTED_INTENTS, rng)
    return Says(topic, intent, Path.DETERMINISTIC, Outcome.NOT_OFFERED, _hidden(intent, rng), _rules(rng))


def _unanswered(topic: str, intent: Intent, rng: random.Random) -> Says:
    """Return a turn about what the clinic's texts do not say."""
    outcome = rng.choice((Outcome.FALLBACK, Outcome.FALLBACK, Outcome.FAILED, Outcome.HANDED_OVER))
    path = Path.FALLBACK if outcome is Outcome.FALLBACK else Path.LLM
    return Says(topic, intent, path, outcome, _hidden(intent, rng), _ai(rng))


def _answered(topic: str, intent: Intent, rng: random.Random) -> Says:
    """Return a turn that the router answers, or hands on."""
    hidden = _hidden(intent, rng)
    if rng.random() >= shapes.NEEDS_AI.get(intent, shapes.NEEDS_AI_ELSE):
        return Says(topic, intent, Path.DETERMINISTIC, Outcome.ANSWERED, hidden, _rules(rng))
    if rng.random() < shapes.WITHOUT_MODEL:
        return Says(topic, intent, Path.FALLBACK, Outcome.FALLBACK, hidden, _rules(rng))
    outcome = _one({Outcome.ANSWERED: 88, Outcome.HANDED_OVER: 7, Outcome.ABANDONED: 4, Outcome.FAILED: 1}, rng)
    return Says(topic, intent, Path.LLM, outcome, hidden, _ai(rng))


def _hidden(intent: Intent, rng: random.Random) -> int:
    """Return which kinds of personal data the turn held, as events carry them."""
    if rng.random() >= shapes.HIDDEN.get(intent, shapes.HIDDEN_ELSE):
        return 0
    return redaction_bits(_one(shapes.HIDDEN_KINDS, rng))


def _rules(rng: random.Random) -> int:
    return rng.choices(range(len(shapes.LATENCY_RULES)), shapes.LATENCY_RULES)[0]


def _ai(rng: random.Random) -> int:
    return rng.choices(range(len(shapes.LATENCY_AI)), shapes.LATENCY_AI)[0]


def _one[T](weights: Mapping[T, float], rng: random.Random) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]
