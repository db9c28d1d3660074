"""The verb of this stage: a raw turn in, a clean turn and the gateway's copy out."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from schemas.raw import RawTurn
from schemas.replies import Cleaned
from schemas.taxonomy import PLACEHOLDERS, Entity, Language
from schemas.turns import CleanTurn, Said
from workers.sanitiser.engine import Engine, SanitiserFailed, analyse_patterns
from workers.sanitiser.keep import KeepWords
from workers.sanitiser.language import hear
from workers.sanitiser.normalise import normalise
from workers.sanitiser.recognisers.digits import is_count
from workers.sanitiser.recognisers.email import DOMAIN, LOCAL_PART
from workers.sanitiser.recognisers.match import SHAPE, Match
from workers.sanitiser.redact import Finding, redact
from workers.sanitiser.spans import settle, trimmed

__all__ = ["SanitiserFailed", "sanitise"]

SEAM_CHARS: Final = 160
"""Characters on either side of the seam in which split data is looked for."""

_GOES_ON: Final = {
    PLACEHOLDERS[Entity.PHONE]: Entity.PHONE,
    PLACEHOLDERS[Entity.ID]: Entity.PHONE,
    PLACEHOLDERS[Entity.IBAN]: Entity.IBAN,
    PLACEHOLDERS[Entity.CARD]: Entity.CARD,
}
"""What digits are that follow a placeholder; half a telephone number may have been taken for another number."""
_HIDDEN_LAST: Final = re.compile(rf"({'|'.join(map(re.escape, _GOES_ON))})[\s.,;:/()…-]{{0,5}}\Z")
_DIGITS_FIRST: Final = re.compile(r"[\s.,;:/()…-]{0,5}(\d(?:(?:[ ,/()_-]{0,3}|\.)\d){0,18})(?![^\W\d_])")
_BARE_DIGITS: Final = re.compile(r"[\d\s.,/()+-]{1,24}")
_FEWEST_DIGITS: Final = 2
"""One digit alone is a count more often than the end of a number, and tells nobody's."""


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
    left, right = across(turn.previous, turn.text, keep=keep, earlier=_earlier(turn))
    previous = redact(turn.previous, left) if left else None
    return previous, _united(alone, right, turn.text) if right else alone


def across(previous: str, text: str, *, keep: KeepWords, earlier: str = "") -> tuple[list[Finding], list[Finding]]:
    """Return what is found when `text` is read as going on after `previous`: findings in each, in its own offsets.

    In `previous` only what reaches over the seam is reported: the rest was seen with its own turn.

    Args:
        previous: The visitor's previous clean message.
        text: This message, as typed.
        keep: The clinic's own words, which stay.
        earlier: What was said before `previous`, where that is bare digits: a number in three messages or more.

    Raises:
        SanitiserFailed: The analysis failed.
    """
    if not previous:
        return [], []
    goes_on = _address_over_seam(previous, text)
    if goes_on is not None:
        return [goes_on[0]], [goes_on[1]]
    left, right = _read_together(previous, text, keep=keep, earlier=earlier)
    return left, right + _rest_of_hidden(previous, text)


def _read_together(previous: str, text: str, *, keep: KeepWords, earlier: str) -> tuple[list[Finding], list[Finding]]:
    """Return what the recognisers find over the seam and after it."""
    cut = max(0, len(previous) - SEAM_CHARS)
    tail, head = previous[cut:], text[:SEAM_CHARS]
    lead = f"{earlier[-SEAM_CHARS:]} " if earlier else ""
    first, seam = len(lead), len(lead) + len(tail) + 1
    found = analyse_patterns(f"{lead}{tail} {head}", keep=keep)
    left = [
        Finding(entity, cut + start, cut + end)
        for entity, a, b in found
        if a < seam - 1 and b > seam
        for start, end in trimmed([(max(0, a - first), seam - 1 - first)], tail)
    ]
    right = [
        Finding(entity, start, end)
        for entity, a, b in found
        if b > seam
        for start, end in trimmed([(max(0, a - seam), b - seam)], head)
    ]
    return left, right


def _earlier(turn: RawTurn) -> str:
    """Return the visitor's lines before the previous one, as far as bare digits lead back; else ""."""
    lines = [said.text for said in turn.history if said.role == "visitor"]
    before: list[str] = []
    while len(lines) > 1 and _BARE_DIGITS.fullmatch(lines.pop()):
        before.insert(0, lines[-1])
    return " ".join(before)


def _rest_of_hidden(previous: str, text: str) -> list[Finding]:
    """Return the digits that `text` begins with, where `previous` ends in a number that is hidden already."""
    hidden = _HIDDEN_LAST.search(previous[-SEAM_CHARS:])
    head = normalise(text[:SEAM_CHARS])
    run = _DIGITS_FIRST.match(head.text)
    if hidden is None or run is None:
        return []
    groups = [(run.start(1) + group.start(), run.start(1) + group.end()) for group in re.finditer(r"\d+", run[1])]
    if is_count(head.text, *groups[-1]):  # "34 56 2 zones": the last group is no part of the number
        groups.pop()
    if sum(end - start for start, end in groups) < _FEWEST_DIGITS:
        return []
    return [Finding(_GOES_ON[hidden[1]], *head.to_original(groups[0][0], groups[-1][1]))]


def _address_over_seam(previous: str, text: str) -> tuple[Finding, Finding] | None:
    """Return an e-mail address whose beginning was taken for a name, or for nothing: its part in each message."""
    cut = max(0, len(previous) - SEAM_CHARS)
    tail, head = previous[cut:], normalise(text[:SEAM_CHARS])
    local = LOCAL_PART.search(tail)
    start = len(head.text) - len(head.text.lstrip())
    sign = head.text.startswith("@", start)
    domain = DOMAIN.match(head.text, start + sign)
    if local is None or domain is None:
        return None
    # A name alone before the sign stays as it is: "[name hidden]", "@emma.be" is a handle.
    begun = local["at"] if not sign else " hidden]" in local[0] and not local[0].strip().endswith("]")
    if not begun:
        return None
    end = cut + len(tail.rstrip())
    return Finding(Entity.EMAIL, cut + local.start(), end), Finding(
        Entity.EMAIL, *head.to_original(start, domain.end())
    )


def _united(alone: list[Finding], seam: list[Finding], text: str) -> list[Finding]:
    matches = [Match(entity, start, end, SHAPE) for entity, start, end in (*alone, *seam)]
    return [Finding(m.entity, m.start, m.end) for m in settle(matches, text)]


def _rewritten(history: tuple[Said, ...], previous: str) -> tuple[Said, ...]:
    """Return `history` with the visitor's last message replaced by `previous`."""
    last = max(i for i, said in enumerate(history) if said.role == "visitor")
    return (*history[:last], msgspec.structs.replace(history[last], text=previous), *history[last + 1 :])
