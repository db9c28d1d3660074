"""The verb of this stage: a raw turn in, a clean turn and the gateway's copy out."""

from __future__ import annotations

import msgspec

from schemas.raw import RawTurn
from schemas.replies import Cleaned
from schemas.taxonomy import Entity, Language
from schemas.turns import CleanTurn, Said
from workers.sanitiser.engine import Engine, SanitiserFailed, analyse_patterns
from workers.sanitiser.keep import KeepWords
from workers.sanitiser.language import hear
from workers.sanitiser.recognisers.match import SHAPE, Match
from workers.sanitiser.redact import Finding, redact
from workers.sanitiser.spans import settle, trimmed

__all__ = ["SanitiserFailed", "sanitise"]

SEAM_CHARS = 160
"""Characters on either side of the seam in which split data is looked for."""


def sanitise(turn: RawTurn, *, engine: Engine, keep: KeepWords) -> tuple[Cleaned, CleanTurn]:
    """Return `turn` without personal data: what goes back to the gateway, and what goes on to the router.

    The visitor's previous message is read together with this one: a number or a name split over the two is hidden in
    both, and the history rewritten. The budget is handed on as it came; the caller takes off the time.

    Raises:
        SanitiserFailed: The analysis failed. Nothing may go on: text is clean or it is not sent.
    """
    language = hear(turn.text, hint=turn.language)
    previous, found = _found(turn, language, engine=engine, keep=keep)
    text = redact(turn.text, found)
    history = turn.history if previous is None else _rewritten(turn.history, previous)
    cleaned = Cleaned(
        text=text,
        language=language,
        count=len(found),
        entities=tuple(entity for entity in Entity if any(finding.entity is entity for finding in found)),
        previous=previous,
    )
    return cleaned, CleanTurn(
        turn_id=turn.turn_id,
        clinic=turn.clinic,
        language=language,
        text=text,
        history=history,
        findings=len(found),
        ai_allowed=turn.ai_allowed,
        reply_key=turn.reply_key,
        budget_ms=turn.budget_ms,
    )


def _found(turn: RawTurn, language: Language, *, engine: Engine, keep: KeepWords) -> tuple[str | None, list[Finding]]:
    """Return the previous message rewritten (None where it stays), and the findings in this one."""
    alone = engine.analyse(turn.text, language=language, keep=keep)
    left, right = across(turn.previous, turn.text, keep=keep)
    previous = redact(turn.previous, left) if left else None
    return previous, _united(alone, right, turn.text) if right else alone


def across(previous: str, text: str, *, keep: KeepWords) -> tuple[list[Finding], list[Finding]]:
    """Return what is found when `text` is read as going on after `previous`: findings in each, in its own offsets.

    In `previous` only what reaches over the seam is reported: the rest was seen with its own turn.

    Raises:
        SanitiserFailed: The analysis failed.
    """
    if not previous:
        return [], []
    cut = max(0, len(previous) - SEAM_CHARS)
    tail, head = previous[cut:], text[:SEAM_CHARS]
    seam = len(tail) + 1
    found = analyse_patterns(f"{tail} {head}", keep=keep)
    left = [
        Finding(entity, cut + start, cut + end)
        for entity, a, b in found
        if a < seam - 1 and b > seam
        for start, end in trimmed([(a, seam - 1)], tail)
    ]
    right = [
        Finding(entity, start, end)
        for entity, a, b in found
        if b > seam
        for start, end in trimmed([(max(0, a - seam), b - seam)], head)
    ]
    return left, right


def _united(alone: list[Finding], seam: list[Finding], text: str) -> list[Finding]:
    matches = [Match(entity, start, end, SHAPE) for entity, start, end in (*alone, *seam)]
    return [Finding(m.entity, m.start, m.end) for m in settle(matches, text)]


def _rewritten(history: tuple[Said, ...], previous: str) -> tuple[Said, ...]:
    """Return `history` with the visitor's last message replaced by `previous`."""
    last = max(i for i, said in enumerate(history) if said.role == "visitor")
    return (*history[:last], msgspec.structs.replace(history[last], text=previous), *history[last + 1 :])
