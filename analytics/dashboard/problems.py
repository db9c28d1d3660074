"""Refusals as RFC 9457 problems: a closed list of codes; `detail` names parameters, never what was sent."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from analytics.dashboard.asked import BadParameter
from analytics.store import StoreFault
from schemas import metrics

MEDIA_TYPE: Final = "application/problem+json"

_log: Any = structlog.get_logger()

_Request = Request[Any, Any, Any]


class Code(StrEnum):
    """Why a request is refused."""

    INVALID_REQUEST = "invalid_request"
    TOO_MANY_DIMENSIONS = "too_many_dimensions"
    UNAUTHORISED = "unauthorised"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    UNKNOWN_CLINIC = "unknown_clinic"
    UNKNOWN_QUESTION = "unknown_question"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    ALREADY_SEEDED = "already_seeded"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


STATUS: Final = MappingProxyType(
    {
        Code.INVALID_REQUEST: 400,
        Code.TOO_MANY_DIMENSIONS: 400,
        Code.UNAUTHORISED: 401,
        Code.ORIGIN_NOT_ALLOWED: 403,
        Code.UNKNOWN_CLINIC: 404,
        Code.UNKNOWN_QUESTION: 404,
        Code.NOT_FOUND: 404,
        Code.METHOD_NOT_ALLOWED: 405,
        Code.ALREADY_SEEDED: 409,
        Code.TOO_LARGE: 413,
        Code.RATE_LIMITED: 429,
        Code.UNAVAILABLE: 503,
        Code.INTERNAL: 500,
    }
)
_DETAILS: Final = MappingProxyType(
    {
        Code.TOO_MANY_DIMENSIONS: "ending, topic, intent: at most two dimensions at once, the panel's own included",
        Code.UNAUTHORISED: "a valid access token is needed",
        Code.ORIGIN_NOT_ALLOWED: "only the app's own pages may send this",
        Code.UNKNOWN_CLINIC: "clinic",
        Code.ALREADY_SEEDED: "clinic: it has synthetic figures",
        Code.RATE_LIMITED: "too many requests; ask again later",
        Code.UNAVAILABLE: "the database does not answer",
    }
)
_BY_STATUS: Final = MappingProxyType(
    {400: Code.INVALID_REQUEST, 404: Code.NOT_FOUND, 405: Code.METHOD_NOT_ALLOWED, 413: Code.TOO_LARGE}
)
"""What Litestar itself refuses; any other is the client's fault below 500 and ours above."""


class ProblemBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Refused (RFC 9457)."""

    title: str
    status: int
    code: Code
    detail: str
    type: str = "about:blank"
    retry_after_s: int | msgspec.UnsetType = msgspec.UNSET


class Problem(Exception):  # noqa: N818  # it is answered as one
    """A request that is refused."""

    def __init__(self, code: Code, detail: str = "", *, retry_after_s: int = 0) -> None:
        """Keep what is answered; a code has a sentence of its own where `detail` is ""."""
        super().__init__(code.value)
        self.code, self.retry_after_s = code, retry_after_s
        self.detail = detail or _DETAILS.get(code, "")


def answer(problem: Problem) -> Response[bytes]:
    """Return `problem` as a response."""
    metrics.REFUSED.labels(problem.code.value).inc()
    status, wait = STATUS[problem.code], problem.retry_after_s
    body = ProblemBody(
        title=HTTPStatus(status).phrase,
        status=status,
        code=problem.code,
        detail=problem.detail,
        retry_after_s=wait or msgspec.UNSET,
    )
    headers = {"retry-after": str(wait)} if wait else {}
    if problem.code is Code.UNAUTHORISED:
        headers["www-authenticate"] = "Bearer"
    return Response(msgspec.json.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def on_problem(_: _Request, problem: Problem) -> Response[bytes]:
    """Answer a `Problem`."""
    return answer(problem)


def on_bad_parameter(_: _Request, bad: BadParameter) -> Response[bytes]:
    """Answer a parameter that cannot be used."""
    return answer(Problem(Code.INVALID_REQUEST, f"{bad.field}: cannot be used"))


def on_store_fault(_: _Request, fault: StoreFault) -> Response[bytes]:
    """Answer that figures cannot be had now."""
    _log.error("figures_unavailable", code=str(fault.code))
    return answer(Problem(Code.UNAVAILABLE))


def on_http(_: _Request, error: HTTPException) -> Response[bytes]:
    """Answer what Litestar itself refuses; its own texts quote what was sent and are dropped."""
    fallback = Code.INVALID_REQUEST if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else Code.INTERNAL
    refusal = answer(Problem(_BY_STATUS.get(error.status_code, fallback)))
    if allow := (error.headers or {}).get("allow"):
        refusal.headers["allow"] = allow
    return refusal


def on_bug(_: _Request, error: Exception) -> Response[bytes]:
    """Answer a fault of ours; it is logged as types and places."""
    _log.error("request_failed", exc_info=error)
    return answer(Problem(Code.INTERNAL))
