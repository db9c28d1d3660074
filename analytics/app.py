"""The dashboard and the query API: a small app of its own, so that the public gateway holds no figures.

Served by the process that stores events, since chDB's folder is opened by one process. What is
shown goes through `Figures.ask`; who may ask, through `authorise`.

- ``GET /`` the first page: demand by topic, clinic by clinic (``?source=`` for others than visitors)
- ``GET /api/clinics/{clinic}/{question}?from=&to=&source=`` the same as JSON
- ``POST /enter``, ``POST /leave`` a browser's sign-in
- ``GET /livez``, ``GET /readyz``
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, NamedTuple

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import Cookie, MutableScopeHeaders, State
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.types import Message, Scope

from analytics.access import COOKIE, VISIT_S, Authorise, TokenAccess
from analytics.figures import LONGEST_DAYS, QUESTIONS, Answer, Figures, Question
from analytics.release import RULES, K
from analytics.store import StoreFault
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Language, Source
from schemas.treatments import display_name

_PAGES: Final = Path(__file__).with_name("pages")
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(_PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_FIXED_TOPICS: Final = {CLINIC_TOPIC: "The clinic itself", NO_TOPIC: "No treatment"}

type _Request = Request[Any, Any, Any]

_log: Any = structlog.get_logger()


class Problem(Exception):  # noqa: N818  # it is answered as one
    """A refusal; `detail` names parameters and never quotes what was sent."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        """Keep what is answered."""
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail


class Parts(NamedTuple):
    """What the handlers need, in the app's state."""

    figures: Figures
    access: TokenAccess
    ready: Callable[[], Awaitable[bool]]
    """Whether events are being stored and the database answers."""
    secure_cookie: bool
    """False only on plain HTTP, so on loopback."""


def create_app(parts: Parts) -> Litestar:
    """Build the app over `parts`."""
    return Litestar(
        route_handlers=[livez, readyz, stylesheet, answer, dashboard, enter, leave],
        openapi_config=None,
        logging_config=None,  # its default takes the root logger away from `schemas.logs`
        state=State({"parts": parts}),
        before_send=[_add_headers],
        exception_handlers={
            Problem: _on_problem,
            StoreFault: _on_store_fault,
            HTTPException: _on_http,
            Exception: _on_bug,
        },
        request_max_body_size=4_096,
    )


@get("/livez", media_type=MediaType.TEXT)
async def livez() -> str:
    """Answer as long as the process does."""
    return "alive"


@get("/readyz", media_type=MediaType.TEXT)
async def readyz(request: _Request) -> Response[str]:
    """Answer 200 while events are being stored, else 503."""
    good = await _parts(request).ready()
    return Response("ready" if good else "not ready", status_code=200 if good else 503)


@get("/dashboard.css", media_type="text/css; charset=utf-8", sync_to_thread=False)
def stylesheet() -> bytes:
    """Return the pages' stylesheet."""
    return (_PAGES / "dashboard.css").read_bytes()


@get("/api/clinics/{clinic:str}/{question:str}")
async def answer(request: _Request, clinic: str, question: str) -> dict[str, Any]:
    """Answer one question about one clinic."""
    parts = _parts(request)
    asked = _asked(request, parts.access.authorise, clinic, question)
    source = _source(request)
    first, last = _day(request, "from"), _day(request, "to")
    _check_span(first, last)
    return _as_json(asked, await parts.figures.ask(asked, clinic=clinic, source=source, first=first, last=last))


@get("/")
async def dashboard(request: _Request) -> Response[bytes]:
    """Show demand by topic, clinic by clinic; or the sign-in."""
    figures, access, *_ = _parts(request)
    grant = access.authorise(request)
    if grant is None:
        return _page("enter.html", status=401, refused=False)
    source = _source(request)
    clinics = [clinic for clinic in await figures.clinics(source) if grant.allows(clinic)]
    topics = QUESTIONS["topics"]
    answers = [await figures.ask(topics, clinic=c, source=source, first=None, last=None) for c in clinics]
    return _page("dashboard.html", answers=answers, source=source, sources=list(Source), topic_name=_topic_name, k=K)


@post("/enter")
async def enter(request: _Request) -> Response[Any]:
    """Sign a browser in by the access token."""
    parts = _parts(request)
    form = await request.form()
    if not parts.access.accepts(str(form.get("token", ""))):
        return _page("enter.html", status=401, refused=True)
    visit = Cookie(
        COOKIE,
        value=parts.access.enter(),
        max_age=VISIT_S,
        httponly=True,
        samesite="strict",
        secure=parts.secure_cookie,
    )
    return Redirect("/", status_code=303, cookies=[visit])


@post("/leave")
async def leave(request: _Request) -> Redirect:
    """Sign a browser out."""
    _parts(request).access.leave(request.cookies.get(COOKIE, ""))
    return Redirect("/", status_code=303)


def _parts(request: _Request) -> Parts:
    return request.app.state["parts"]


def _asked(request: _Request, authorise: Authorise, clinic: str, question: str) -> Question:
    """Return the question of a request that may ask it."""
    grant = authorise(request)
    if grant is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "unauthorised", "a valid access token is needed")
    if not grant.allows(clinic):
        raise Problem(HTTPStatus.NOT_FOUND, "unknown_clinic", "clinic")
    if question not in QUESTIONS:
        raise Problem(HTTPStatus.NOT_FOUND, "unknown_question", f"one of {', '.join(QUESTIONS)}")
    return QUESTIONS[question]


def _source(request: _Request) -> Source:
    try:
        return Source(request.query_params.get("source", Source.VISITOR))
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid_request", f"source: one of {', '.join(Source)}") from None


def _day(request: _Request, name: str) -> dt.date | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid_request", f"{name}: a day as YYYY-MM-DD") from None


def _check_span(first: dt.date | None, last: dt.date | None) -> None:
    if first and last and first > last:
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid_request", "from: later than to")
    longest = dt.timedelta(days=LONGEST_DAYS)
    oldest = dt.datetime.now(dt.UTC).date() - longest
    if (first and first < oldest) or (last and last < oldest):
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid_request", f"from, to: at most {LONGEST_DAYS} days ago")


def _as_json(question: Question, answer: Answer) -> dict[str, Any]:
    return {
        "clinic": answer.clinic,
        "source": answer.source.value,
        "from": answer.span.first.isoformat(),
        "to": answer.span.last.isoformat(),
        "k": answer.k,
        "rows": [{question.key: row.key, "turns": row.turns, "firsts": row.firsts} for row in answer.released.rows],
        "withheld": {"turns": answer.released.withheld_turns},
        "left_out_percent": answer.left_out_percent,
        "since": answer.since.isoformat(),
    }


def _topic_name(topic: str) -> str:
    """Return a topic's English name; a slug that has left the table is shown as it is."""
    if topic in _FIXED_TOPICS:
        return _FIXED_TOPICS[topic]
    try:
        return display_name(topic, Language.EN)
    except KeyError:
        return topic.replace("_", " ")


def _page(template: str, *, status: int = 200, **values: Any) -> Response[bytes]:
    html = _TEMPLATES.get_template(template).render(rules=RULES, **values)
    return Response(html.encode(), media_type="text/html; charset=utf-8", status_code=status)


async def _add_headers(message: Message, _: Scope) -> None:
    """Add the security headers to every response, refusals included."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in _HEADERS.items():
            headers[name] = value


def _problem(status: int, code: str, detail: str) -> Response[dict[str, Any]]:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return Response(body, status_code=status, media_type="application/problem+json")


def _on_problem(_: _Request, problem: Problem) -> Response[dict[str, Any]]:
    return _problem(problem.status, problem.code, problem.detail)


def _on_store_fault(_: _Request, fault: StoreFault) -> Response[dict[str, Any]]:
    _log.error("figures_unavailable", code=str(fault.code))
    return _problem(503, "unavailable", "the database does not answer")


def _on_http(_: _Request, error: HTTPException) -> Response[dict[str, Any]]:
    """Answer with the status alone: the framework's texts quote what was sent."""
    return _problem(error.status_code, HTTPStatus(error.status_code).name.lower(), "")


def _on_bug(_: _Request, error: Exception) -> Response[dict[str, Any]]:
    _log.error("request_failed", exc_info=error)
    return _problem(500, "internal", "")
