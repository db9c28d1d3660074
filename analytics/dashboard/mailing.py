"""`POST /api/clinics/{clinic}/mail`: the weekly letter at once, asked for by `lethe analytics mail`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec
from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from analytics.dashboard.entrance import admit, check_origin
from analytics.dashboard.parts import parts_of
from analytics.dashboard.problems import Code, Problem
from analytics.dashboard.seeding import decoded, operator_only
from analytics.mail_settings import Mail
from analytics.outbox import send_once
from analytics.release import RELEASED_SOURCES
from analytics.store import Store
from analytics.weekly import NothingClosed, report
from analytics.weekly_letter import Letter, write
from schemas.clinic import Clinic
from schemas.taxonomy import SPOKEN, Language, Source

STATE: Final = "mailing"

_Request = Request[Any, Any, Any]  # no `type` alias: Litestar does not look into one


class Mailing(NamedTuple):
    """What the handler needs, in the app's state."""

    store: Store
    """Of the figures that are shown."""
    clinic: Callable[[str], Clinic | None]
    """Returns a clinic by its id."""
    mail: Mail | None
    """Where letters go; None: nowhere."""


class MailRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be told."""

    source: Source = Source.VISITOR
    language: Language | None = None
    """The clinic's first where none is given."""
    send: bool = False
    """Whether it goes out, unless it has been sent: visitors' figures only."""


class MailAnswer(msgspec.Struct, frozen=True):
    """The letter."""

    clinic: str
    week: str
    subject: str
    text: str
    html: str
    sent: bool


def mail_handlers() -> list[HTTPRouteHandler]:
    """Return the handler."""
    return [mail_handler]


@post("/api/clinics/{clinic:str}/mail", status_code=200)
async def mail_handler(request: _Request, clinic: FromPath[str]) -> Response[bytes]:
    """Return the letter about the week that closed last; for the operator, send it too."""
    check_origin(request)
    grant = admit(request, clinic)
    mailing: Mailing = request.app.state[STATE]
    asked = decoded(await request.body(), MailRequest)
    if asked.send:
        operator_only(request, grant)
    _check(asked, mailing)
    file = mailing.clinic(clinic)
    if file is None:
        raise Problem(Code.UNKNOWN_CLINIC)
    letter = await _letter(request, mailing, file, asked)
    sent = bool(asked.send and mailing.mail) and await _send(request, mailing, letter, file)
    body = MailAnswer(letter.clinic, letter.week, letter.subject, letter.text, letter.html, sent)
    return Response(msgspec.json.encode(body), media_type="application/json")


def _check(asked: MailRequest, mailing: Mailing) -> None:
    """Refuse what cannot be asked for.

    Raises:
        Problem: It names the field.
    """
    if asked.source not in RELEASED_SOURCES:
        raise Problem(Code.INVALID_REQUEST, f"source: one of {', '.join(RELEASED_SOURCES)}")
    if asked.language not in {None, *SPOKEN}:
        raise Problem(Code.INVALID_REQUEST, f"language: one of {', '.join(SPOKEN)}")
    if asked.send and (mailing.mail is None or asked.source is not Source.VISITOR):
        raise Problem(Code.INVALID_REQUEST, "send: needs LETHE_MAIL_OUTBOX to be set, and visitors' figures")


async def _letter(request: _Request, mailing: Mailing, clinic: Clinic, asked: MailRequest) -> Letter:
    parts = parts_of(request)
    try:
        told = await report(parts.figures, mailing.store, clinic=clinic.id, source=asked.source)
    except NothingClosed:
        raise Problem(Code.NOT_FOUND, "no week of this clinic can be shown yet") from None
    if told.is_empty:
        raise Problem(Code.NOT_FOUND, "no week of this clinic can be shown yet")
    url = parts.public_origin or str(request.base_url)  # the latter on loopback alone
    return write(told, name=clinic.name, language=asked.language or clinic.default_language, dashboard_url=url)


async def _send(request: _Request, mailing: Mailing, letter: Letter, clinic: Clinic) -> bool:
    assert mailing.mail  # noqa: S101  # checked before
    return await send_once(letter, mailing.mail, to=clinic.email, now=parts_of(request).now())
