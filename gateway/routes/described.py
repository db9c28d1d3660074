"""How the routes' answers are described at /schema."""

from __future__ import annotations

from typing import Final

from litestar import post
from litestar.openapi.datastructures import ResponseSpec

from gateway.bodies import Body
from gateway.problems import Refused
from schemas.public import STATUS, Problem, ProblemCode, TurnDone, TurnRequest

_PROBLEM: Final = ResponseSpec(
    Problem,
    description="Refused: a problem (RFC 9457).",
    media_type="application/problem+json",
    generate_examples=False,
)


def refusals() -> dict[int, ResponseSpec]:
    """Return every status with which a request may be refused."""
    return dict.fromkeys(sorted(set(STATUS.values())), _PROBLEM)


def _stream() -> dict[int, ResponseSpec]:
    """Return a turn's answers: a stream of events, of which `done` is described, or a refusal."""
    events = ResponseSpec(
        TurnDone,
        description="Events: accepted, redacted, delta, restart; last, exactly one of done (described) or error.",
        media_type="text/event-stream",
        generate_examples=False,
    )
    return {200: events, **refusals()}


@post("/v1/turns", status_code=200, dto=Body[TurnRequest], return_dto=None, responses=_stream())
async def described_turns(data: TurnRequest) -> None:
    """Send a message through the workers; 200 once a sanitiser holds it, a plain problem before."""
    del data
    raise Refused(
        ProblemCode.NOT_FOUND
    )  # another spelling of the path: `gateway.routes.turns` takes what is sent to it
