"""Plain values for tests: each builder takes what a test cares about and fills in the rest."""

from __future__ import annotations

from typing import Any

from gateway.answer import Asked
from schemas.replies import Accepted, Answered, Cleaned
from schemas.taxonomy import Intent, Language, Outcome, Path


def asked(text: str = "Do you offer Botox?", **changes: Any) -> Asked:
    values: dict[str, Any] = {
        "turn_id": "0123456789abcdef",
        "clinic": "clinique-lumiere",
        "language": Language.EN,
        "text": text,
        "history": (),
        "ai_allowed": True,
    }
    return Asked(**values | changes)


def accepted(worker: str = "w1") -> Accepted:
    return Accepted(worker=worker)


def cleaned(text: str = "Do you offer Botox?", **changes: Any) -> Cleaned:
    values: dict[str, Any] = {"text": text, "language": Language.EN, "count": 0, "entities": ()}
    return Cleaned(**values | changes)


def answered(**changes: Any) -> Answered:
    values: dict[str, Any] = {
        "path": Path.DETERMINISTIC,
        "intent": Intent.OFFER,
        "topic": "botulinum_toxin",
        "outcome": Outcome.ANSWERED,
        "language": Language.EN,
        "offered": True,
    }
    return Answered(**values | changes)
