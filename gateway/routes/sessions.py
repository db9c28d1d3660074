"""`POST /v1/sessions` and `/v1/sessions/resume`: a sealed session for the browser to hold."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, post

from gateway.bodies import Body
from gateway.origins import require_origin
from gateway.pages import welcome
from gateway.problems import Refused
from gateway.routes.described import refusals
from gateway.session import Expired, Session, new_session
from gateway.state import Parts, now_s
from schemas import metrics
from schemas.clinic import Clinic
from schemas.events import ConsentFact
from schemas.public import (
    ConsentText,
    Line,
    ProblemCode,
    ResumeRequest,
    SessionOpened,
    SessionRequest,
    SessionResumed,
)
from schemas.taxonomy import Consent, Language

_DAY_S = 86_400


@post("/v1/sessions", dto=Body[SessionRequest], return_dto=None, responses=refusals())
async def open_session(data: SessionRequest, request: Request[Any, Any, Any], parts: Parts) -> SessionOpened:
    """Open a session; where the clinic asks for consent, not before it is given."""
    clinic = parts.clinic(data.clinic)
    require_origin(_origin(request), clinic, missing_allowed=parts.settings.allow_no_origin)
    language = clinic.answer_language(data.language or clinic.default_language)
    if not parts.rate.allows(request.client.host if request.client else ""):
        raise Refused(ProblemCode.RATE_LIMITED, clinic=clinic, language=language, retry_after_s=60)
    version = _consent(data, clinic, language, parts)
    now = now_s()
    session = new_session(clinic=clinic.id, language=language, consent_version=version, now_s=now)
    opening = welcome(clinic, language)
    metrics.SESSIONS.labels("opened").inc()
    return SessionOpened(
        session=parts.box.seal(session),
        expires_in_s=lasts_s(session, clinic, now),
        language=language,
        greeting=opening.greeting,
        suggestions=opening.suggestions,
        notice=opening.notice,
    )


@post("/v1/sessions/resume", status_code=200, dto=Body[ResumeRequest], return_dto=None, responses=refusals())
async def resume_session(data: ResumeRequest, request: Request[Any, Any, Any], parts: Parts) -> SessionResumed:
    """Return what the sealed session itself holds, for a reloaded page or one whose visitor wants to keep it.

    Being resumed counts as use: the session rests from now on, though never beyond the clinic's `max_hours`.
    """
    session, clinic = opened(data.session, _origin(request), parts)
    metrics.SESSIONS.labels("resumed").inc()
    now = now_s()
    session = msgspec.structs.replace(session, active_s=now)
    return SessionResumed(
        session=parts.box.seal(session),
        expires_in_s=lasts_s(session, clinic, now),
        language=session.language,
        history=tuple(Line(role=said.role, text=said.text) for said in session.history),
    )


def opened(token: str, origin: str | None, parts: Parts) -> tuple[Session, Clinic]:
    """Return the session of `token` and its clinic, for an origin that may use it.

    Raises:
        Refused: `session_expired`, or the origin is not the clinic's.
    """
    try:
        session = parts.box.open(token)
    except Expired:
        metrics.SESSIONS.labels("refused").inc()
        raise Refused(ProblemCode.SESSION_EXPIRED) from None
    clinic = parts.clinic(session.clinic)
    require_origin(origin, clinic, missing_allowed=parts.settings.allow_no_origin)
    if lasts_s(session, clinic, now_s()) <= 0:
        metrics.SESSIONS.labels("expired").inc()
        raise Refused(ProblemCode.SESSION_EXPIRED, clinic=clinic, language=session.language)
    if clinic.consent.required and session.consent_version != clinic.consent.version:
        raise _consent_required(clinic, session.language)
    return session, clinic


def lasts_s(session: Session, clinic: Clinic, now: int) -> int:
    """Return how many seconds `session` may still rest."""
    quotas = clinic.quotas
    return session.expires_in_s(now_s=now, idle_s=quotas.idle_minutes * 60, most_s=quotas.max_hours * 3600)


def _origin(request: Request[Any, Any, Any]) -> str | None:
    return request.headers.get("origin")


def _consent(data: SessionRequest, clinic: Clinic, language: Language, parts: Parts) -> int:
    """Return the consent version given, 0 where none is asked; a choice of the current version is counted."""
    rules, given = clinic.consent, data.consent
    if not rules.required:
        return 0
    if given is None or given.version != rules.version:
        raise _consent_required(clinic, language)
    day = now_s() // _DAY_S * _DAY_S
    parts.facts.add(ConsentFact(clinic=clinic.id, day=day, consent_version=rules.version, choice=given.choice))
    if given.choice is not Consent.GIVEN:
        raise _consent_required(clinic, language)
    return rules.version


def _consent_required(clinic: Clinic, language: Language) -> Refused:
    rules = clinic.consent
    text = clinic.say(rules.text, language) if rules.text else ""
    consent = ConsentText(version=rules.version, text=text)
    return Refused(ProblemCode.CONSENT_REQUIRED, clinic=clinic, language=language, consent=consent)
