"""The verb of this stage: a raw turn in, a clean turn and the gateway's copy out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from schemas.raw import RawTurn
from schemas.replies import Cleaned
from schemas.taxonomy import Entity, Language
from schemas.turns import CleanTurn, Said
from workers.sanitiser.engine import Engine, SanitiserFailed
from workers.sanitiser.keep import KeepWords
from workers.sanitiser.language import hear
from workers.sanitiser.recognisers.match import SHAPE, Match
from workers.sanitiser.redact import PLACEHOLDER, Finding, redact
from workers.sanitiser.seam import across
from workers.sanitiser.spans import settle, uncovered

__all__ = ["SanitiserFailed", "sanitise"]

_BARE_DIGITS: Final = re.compile(r"[\d\s.,/()+-]{1,24}")


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

    def analyse(text: str) -> list[Finding]:
        return engine.analyse(text, language=language, keep=keep)

    alone = analyse(turn.text)
    split = across(turn.previous, turn.text, analyse=analyse, keep=keep, earlier=_earlier(turn))
    previous = redact(turn.previous, united(split.left, turn.previous)) if split.left else None
    if not split.right:
        return previous, alone
    return previous, united((*(f for f in alone if not _is_a_name(f, split.right)), *split.right), turn.text)


def _is_a_name(finding: Finding, over_the_seam: Iterable[Finding]) -> bool:
    """Return whether what looks like a place by itself is the end of a name that began in the message before."""
    return finding.entity is Entity.LOCATION and any(
        name.entity is Entity.NAME and name.start <= finding.start and finding.end <= name.end for name in over_the_seam
    )


def _earlier(turn: RawTurn) -> str:
    """Return the visitor's lines before the previous one, as far as bare digits lead back; else ""."""
    lines = [said.text for said in turn.history if said.role == "visitor"]
    before: list[str] = []
    while len(lines) > 1 and _BARE_DIGITS.fullmatch(lines.pop()):
        before.insert(0, lines[-1])
    return " ".join(before)


def united(found: Iterable[Finding], text: str) -> list[Finding]:
    """Return findings of several readings of `text` as one list: sorted, without overlaps, no placeholder cut."""
    placeholders = [hit.span() for hit in PLACEHOLDER.finditer(text)]
    matches = [
        Match(entity, *part, SHAPE)
        for entity, start, end in found
        for part in uncovered(start, end, [(a, b) for a, b in placeholders if not start <= a < b <= end])
    ]
    return [Finding(m.entity, m.start, m.end) for m in settle(matches, text)]


def _rewritten(history: tuple[Said, ...], previous: str) -> tuple[Said, ...]:
    """Return `history` with the visitor's last message replaced by `previous`."""
    last = max(i for i, said in enumerate(history) if said.role == "visitor")
    return (*history[:last], msgspec.structs.replace(history[last], text=previous), *history[last + 1 :])
