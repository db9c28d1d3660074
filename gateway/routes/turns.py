"""`POST /v1/turns`: one message in, a stream of events out."""

from __future__ import annotations

import os
from typing import Any, Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from gateway.account import Account
from gateway.answer import Answer, Asked, Limits
from gateway.bodies import decoded, received
from gateway.problems import RETRY_AFTER_S, Refused, as_asgi
from gateway.routes.sessions import opened
from gateway.session import Session
from gateway.sse import TurnStream
from gateway.state import Parts, now_s
from schemas.clinic import Clinic
from schemas.public import MESSAGE_CHARS_MAX, ProblemCode, TurnAccepted, TurnRequest
from schemas.taxonomy import ErrorCode, Language, Source

PATH: Final = "/v1/turns"
_RATE_RETRY_S: Final = 5


class Turns:
    """The ASGI application that takes turns itself; whatever else is asked goes on to Litestar.

    Litestar's way to a handler, past router, layers and exception handlers, would be a tenth of the turn.
    """

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        """Stand before `app`."""
        self._app, self._parts = app, parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a turn, or pass the request on."""
        asked: Any = scope
        if asked["type"] != "http" or asked["method"] != "POST" or not _is_turns(asked["path"]):
            await self._app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            answering = await self._answering(dict(asked["headers"]), receive)
            await answering(scope, receive, noted)
        except Refused as refused:
            await as_asgi(refused.problem)(scope, receive, send)
        except Exception as error:
            if begun:
                raise
            self._parts.log.exception("request_failed", exc_info=error)
            await as_asgi(Refused(ProblemCode.INTERNAL).problem)(scope, receive, send)

    async def _answering(self, headers: dict[bytes, bytes], receive: Receive) -> ASGIApp:
        kind = headers.get(b"content-type", b"").decode("latin-1")
        asked = decoded(await received(receive, headers), TurnRequest, content_type=kind)
        origin = headers.get(b"origin")
        return await begun(asked, None if origin is None else origin.decode("latin-1"), self._parts)


def _is_turns(path: str) -> bool:
    """Return whether `path` is that of turns, slashes more or less; Litestar, to which others go, keeps bodies."""
    return path == PATH or [*filter(None, path.split("/"))] == [*filter(None, PATH.split("/"))]


async def begun(asked: TurnRequest, origin: str | None, parts: Parts) -> TurnStream:
    """Send a message to the workers; return its stream once a sanitiser holds it.

    Raises:
        Refused: Not allowed, not now, or nobody took it.
    """
    session, clinic = opened(asked.session, origin, parts)
    _check_message(asked.message, clinic, session.language)
    _admit(session, clinic, parts)
    account = Account(parts, session, clinic, _source(origin, parts))
    answer = Answer(
        Asked(
            turn_id=os.urandom(8).hex(),
            clinic=clinic.id,
            language=session.language,
            text=asked.message,
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


def _source(origin: str | None, parts: Parts) -> Source:
    """Return who asks: figures for clinics count visitors, not a demo page or a command line."""
    if origin is None:
        return Source.CLI
    return Source.DEMO if parts.settings.demo and origin in parts.settings.own_origins else Source.VISITOR
