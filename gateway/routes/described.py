"""How the routes' answers are described at /schema."""

from __future__ import annotations

from typing import Final

from litestar import Litestar, post
from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec

from gateway.bodies import Body
from schemas.public import STATUS, Problem, TurnDone, TurnRequest

_PROBLEM: Final = ResponseSpec(
    Problem,
    description="Refused: a problem (RFC 9457).",
    media_type="application/problem+json",
    generate_examples=False,
)


def refusals() -> dict[int, ResponseSpec]:
    """Return every status with which a request may be refused."""
    return dict.fromkeys(sorted(set(STATUS.values())), _PROBLEM)


def describe_turns(app: Litestar) -> None:
    """Add `POST /v1/turns` to the description of `app`: Litestar describes no ASGI handler."""

    @post("/v1/turns", status_code=200, dto=Body[TurnRequest], return_dto=None, responses=_stream())
    async def take_turn(data: TurnRequest) -> None:
        """Send a message through the workers; 200 once a sanitiser holds it, a plain problem before."""
        del data

    ours = app.openapi_schema
    theirs = Litestar([take_turn], openapi_config=OpenAPIConfig("", "1"), logging_config=None).openapi_schema
    ours.paths = {**(ours.paths or {}), **(theirs.paths or {})}
    ours.components.schemas |= theirs.components.schemas


def _stream() -> dict[int, ResponseSpec]:
    """Return a turn's answers: a stream of events, of which `done` is described, or a refusal."""
    events = ResponseSpec(
        TurnDone,
        description="Events: accepted, redacted, delta, restart; last, exactly one of done (described) or error.",
        media_type="text/event-stream",
        generate_examples=False,
    )
    return {200: events, **refusals()}
