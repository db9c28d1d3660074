"""Refusals as RFC 9457 problems: they name fields and codes, never values."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.response.base import ASGIResponse

from gateway.texts import say
from schemas import metrics
from schemas.actions import contact
from schemas.clinic import Clinic
from schemas.message import field_of
from schemas.public import STATUS, ConsentText, Problem, ProblemCode
from schemas.taxonomy import Language

RETRY_AFTER_S: Final = 2
_TITLES: Final = {code: code.value.replace("_", " ").capitalize() for code in ProblemCode}
_PAYLOAD_TOO_LARGE: Final = 413


class Refused(Exception):  # noqa: N818  # what happened to the request
    """A request that is refused; becomes a problem."""

    def __init__(
        self,
        code: ProblemCode,
        detail: str = "",
        *,
        clinic: Clinic | None = None,
        language: Language = Language.EN,
        retry_after_s: int | None = None,
        consent: ConsentText | None = None,
    ) -> None:
        """Keep what the problem will say; a known clinic's contact goes with it."""
        super().__init__(code.value)
        unset = msgspec.UNSET
        status = STATUS[code]
        self.problem = Problem(
            title=_TITLES[code],
            status=status,
            code=code,
            detail=detail or say(code, language, seconds=retry_after_s or 0) or _TITLES[code],
            retry_after_s=unset if retry_after_s is None else retry_after_s,
            actions=contact(clinic, language) if clinic else unset,
            consent=consent or unset,
        )


def answer(problem: Problem) -> Response[bytes]:
    """Return `problem` as a response."""
    metrics.REFUSED.labels(problem.code.value).inc()
    wait = problem.retry_after_s
    headers = {} if wait is msgspec.UNSET else {"retry-after": str(wait)}
    body = msgspec.json.encode(problem)
    return Response(body, status_code=problem.status, media_type="application/problem+json", headers=headers)


def as_asgi(problem: Problem) -> ASGIResponse:
    """Return `problem` as the response of an ASGI application."""
    plain = answer(problem)
    kind = "application/problem+json"
    return ASGIResponse(body=plain.content, status_code=plain.status_code, media_type=kind, headers=plain.headers)


def on_refused(_: Request[Any, Any, Any], refused: Refused) -> Response[bytes]:
    """Answer a `Refused`."""
    return answer(refused.problem)


def on_http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer what Litestar itself refuses; its own detail quotes what was sent and is dropped."""
    if isinstance(error, NotFoundException):
        return answer(Refused(ProblemCode.NOT_FOUND).problem)
    if isinstance(error, MethodNotAllowedException):
        refusal = answer(Refused(ProblemCode.METHOD_NOT_ALLOWED).problem)
        refusal.headers.update(error.headers or {})  # `Allow`
        return refusal
    if error.status_code == _PAYLOAD_TOO_LARGE:
        return answer(Refused(ProblemCode.MESSAGE_TOO_LONG).problem)
    if error.status_code < 500:  # noqa: PLR2004  # the client's fault
        return answer(Refused(ProblemCode.INVALID_REQUEST, f"invalid: {_fault(error) or 'body'}").problem)
    return answer(Refused(ProblemCode.INTERNAL).problem)


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer a fault of ours; it is logged as types and places."""
    request.app.state.log.error("request_failed", exc_info=error)
    return answer(Refused(ProblemCode.INTERNAL).problem)


def _fault(error: BaseException) -> str:
    """Return the path of the field that was wrong, among our own field names."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, msgspec.ValidationError):
            return field_of(cause).removeprefix("data").lstrip(".")  # Litestar calls the body so
        cause = cause.__cause__ or cause.__context__
    return ""
