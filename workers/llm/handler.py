"""The LLM worker's handler: a routed turn in, the answer's pieces out, then exactly one of answered or failed."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, Final

import structlog

from schemas import metrics
from schemas.actions import actions
from schemas.clinic import Clinic
from schemas.replies import Answered, Delta, Failed, Restart
from schemas.taxonomy import ErrorCode, Outcome, Path
from schemas.turns import RoutedTurn
from workers.llm.coalesce import coalesced
from workers.llm.draft import Rule
from workers.llm.extractive import Library, reply_from_texts
from workers.llm.failure import ProviderFailed, Reason
from workers.llm.judge import judge
from workers.llm.outgoing import Outgoing
from workers.llm.prompt import messages
from workers.llm.provider import Provider
from workers.llm.texts import text as fixed

_log: Final[Any] = structlog.get_logger()

CANARY_BYTES: Final = 8

type Piece = Delta | Restart | Answered | Failed
"""What the handler yields; the runtime numbers, seals and publishes each as a frame."""


async def reply(
    turn: RoutedTurn,
    *,
    clinic: Clinic,
    library: Library,
    provider: Provider | None,
    today: dt.date,
) -> AsyncGenerator[Piece]:
    """Answer `turn`: by the provider's model, or from the clinic's own texts where no provider is configured.

    A provider that fails makes the turn fail: a half answer, or one that pretends, is worse than an honest error.
    The router's notice, where the turn brings one, ends every answer. Close the generator or cancel its consumer, and
    the call to the provider ends at once.

    Args:
        turn: Clean; its `budget_ms` counts from now.
        clinic: The clinic's file as it is now.
        library: Made from the same `clinic`.
        provider: None where none is configured.
        today: The day in the clinic's time zone.
    """
    if provider is None:
        for piece in reply_from_texts(turn, clinic=clinic, library=library):
            yield piece
        return
    canary = secrets.token_hex(CANARY_BYTES)
    outgoing = Outgoing(judge(turn, published=library.published, today=today, canary=canary))
    asked = messages(turn, clinic, today=today, canary=canary)
    code = None
    try:
        async with aclosing(_written(provider.stream(asked, budget_ms=turn.budget_ms), outgoing)) as texts:
            async for text in texts:
                yield Delta(text=text)
    except ProviderFailed as failure:
        _log.warning("provider_failed", turn_id=turn.turn_id, reason=failure.reason.value)
        code = ErrorCode.DEADLINE_EXCEEDED if failure.reason is Reason.DEADLINE else ErrorCode.PROVIDER_FAILED
    if code is not None:
        yield Failed(code=code)
        return
    for text in _ending(turn, clinic, outgoing):
        yield Delta(text=text)
    yield _answered(turn, clinic, outgoing)


async def _written(answer: AsyncGenerator[str], outgoing: Outgoing) -> AsyncGenerator[str]:
    """Yield the model's `answer` as it may go out; where a sentence is held, the call to the provider ends at once.

    Raises:
        ProviderFailed: There is no whole answer.
    """
    async with aclosing(coalesced(answer)) as pieces:
        async for piece in pieces:
            if text := outgoing.add(piece):
                yield text
            if outgoing.held:
                return
    if text := outgoing.finish():
        yield text


def _ending(turn: RoutedTurn, clinic: Clinic, outgoing: Outgoing) -> Iterator[str]:
    """Yield what follows the model's words: a sentence where the rest was held, and the router's notice."""
    if outgoing.held:
        _count(turn, outgoing.held)
        held = fixed("held", clinic.answer_language(turn.language), clinic)
        yield f"\n\n{held}" if outgoing.sent else held
    if turn.notice:
        yield f"\n\n{turn.notice}"


def _count(turn: RoutedTurn, rule: Rule) -> None:
    """Note that an answer was ended, by the rule's name alone."""
    metrics.child(metrics.ANSWERS_HELD, rule.value).inc()
    _log.warning("answer_held", turn_id=turn.turn_id, reason=rule.value)


def _answered(turn: RoutedTurn, clinic: Clinic, outgoing: Outgoing) -> Answered:
    """Return the last frame of a model's answer."""
    return Answered(
        path=Path.LLM,
        intent=turn.intent,
        topic=turn.topic,
        outcome=Outcome.HANDED_OVER if outgoing.held else Outcome.ANSWERED,
        language=turn.language,
        offered=clinic.offers(turn.topic),
        actions=actions(clinic, clinic.answer_language(turn.language), "book", "call", "email"),
    )
