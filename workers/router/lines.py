"""One line of `lethe route`: clean text and history in, the decision out, with its evidence where asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from schemas.clinic import Clinic
from schemas.taxonomy import Language
from schemas.turns import Said
from workers.router.handler import decide


def route_line(
    text: str, *, history: Sequence[Said], language: Language, clinic: Clinic, now: dt.datetime, explain: bool = False
) -> dict[str, Any]:
    """Return ``path intent topic language answer`` for one line, ready for JSON.

    Args:
        text: Sanitised text.
        history: Sanitised lines, oldest first.
        language: As the sanitiser heard it.
        clinic: The clinic asked.
        now: An aware time.
        explain: Add ``evidence``: the phrases, cues and treatments that decided.

    Returns:
        `answer` is "" where the path is ``llm``.
    """
    made = decide(text, history=history, language=language, clinic=clinic, now=now)
    line: dict[str, Any] = {
        "path": made.path.value,
        "intent": made.intent.value,
        "topic": made.topic,
        "language": (made.answer.language if made.answer is not None else made.language).value,
        "answer": made.answer.text if made.answer is not None else "",
    }
    return line | {"evidence": list(made.evidence)} if explain else line
