"""`POST /v1/turns`: one message in, a stream of events out."""

from __future__ import annotations

import secrets
from typing import Any, Final

from litestar import Request, post
from litestar.types import ASGIApp

from gateway.account import Account
from gateway.answer import Answer, Asked, Limits
from gateway.bodies import Body
from gateway.problems import RETRY_AFTER_S, Refused
from gateway.routes.described import stream
from gateway.routes.sessions import opened
from gateway.session import Session
from gateway.sse import TurnStream
from gateway.state import Parts, now_s
from schemas.clinic import Clinic
from schemas.public import MESSAGE_CHARS_MAX, ProblemCode, TurnAccepted, TurnRequest
from schemas.taxonomy import ErrorCode, Language, Source

_RATE_RETRY_S: Final = 5


@post("/v1/turns", status_code=200, dto=Body[TurnRequest], return_dto=None, responses=stream())
async def take_turn(data: TurnRequest, request: Request[Any, Any, Any], parts: Parts) -> ASGIApp:
    """Send a message through the workers; 200 once a sanitiser holds it, a plain problem before."""
    session, clinic = opened(data.session, request, parts)
    _check_message(data.message, clinic, session.language)
    _admit(session, clinic, parts)
    account = Account(parts, session, clinic, _source(request, parts))
    answer = Answer(
        Asked(
            turn_id=secrets.token_hex(8),
            clinic=clinic.id,
            language=session.language,
            text=data.message,
            history=session.history,
            ai_allowed=parts.quota.ai_left(session, clinic.quotas) > 0,
        ),
        post=parts.desk,
        limits=Limits(parts.settings.budget_ms, parts.settings.first_frame_ms),
    )
    try:
        await answer.begin()
    except BaseException:
        account.settle(answer)
        raise
    if answer.ended:
        account.settle(answer)
        raise _not_begun(answer.ended.code or ErrorCode.INTERNAL, clinic, session.language)
    return TurnStream(answer, first=TurnAccepted(turn=answer.asked.turn_id), last=account.settle)


def _check_message(message: str, clinic: Clinic, language: Language) -> None:
    if not message.strip():
        raise Refused(ProblemCode.INVALID_REQUEST, "invalid: message", clinic=clinic, language=language)
    if len(message) > MESSAGE_CHARS_MAX:
        raise Refused(ProblemCode.MESSAGE_TOO_LONG, clinic=clinic, language=language)


def _admit(session: Session, clinic: Clinic, parts: Parts) -> None:
    """Let the turn begin, or say why not.

    Raises:
        Refused: Draining, too many turns open, or the session's quota.
    """
    language = session.language
    if parts.draining.is_set():
        raise Refused(ProblemCode.DRAINING, clinic=clinic, language=language, retry_after_s=RETRY_AFTER_S)
    if len(parts.desk) >= parts.settings.turns_open_max:
        raise Refused(ProblemCode.OVERLOADED, clinic=clinic, language=language, retry_after_s=RETRY_AFTER_S)
    if code := parts.quota.take(session, clinic.quotas, now_s=now_s()):
        wait = _RATE_RETRY_S if code is ProblemCode.RATE_LIMITED else clinic.quotas.idle_minutes * 60
        raise Refused(code, clinic=clinic, language=language, retry_after_s=wait)


def _not_begun(code: ErrorCode, clinic: Clinic, language: Language) -> Refused:
    return Refused(ProblemCode(code.value), clinic=clinic, language=language, retry_after_s=RETRY_AFTER_S)


def _source(request: Request[Any, Any, Any], parts: Parts) -> Source:
    """Return who asks: figures for clinics count visitors, not a demo page or a command line."""
    origin = request.headers.get("origin")
    if origin is None:
        return Source.CLI
    return Source.DEMO if parts.settings.demo and origin in parts.settings.own_origins else Source.VISITOR
