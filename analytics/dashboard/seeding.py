"""`POST /api/clinics/{clinic}/seed`: synthetic figures for a newcomer, asked for by `lethe analytics seed`.

Here, since the process that serves it has the database open.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from analytics.dashboard.access import Grant
from analytics.dashboard.entrance import admit, check_origin
from analytics.dashboard.parts import parts_of
from analytics.dashboard.problems import Code, Problem
from analytics.seeding import CHATS, DAYS, AlreadySeeded, Wanted, seed
from analytics.store import Store
from schemas.clinic import Clinic

STATE: Final = "seeding"

_Request = Request[Any, Any, Any]  # no `type` alias: Litestar does not look into one


class Seeding(NamedTuple):
    """What the handler needs, in the app's state."""

    store: Store
    """With a user that reads counts."""
    writer: Store
    """With a user that inserts facts."""
    clinic: Callable[[str], Clinic | None]
    """Returns a clinic by its id."""
    lock: asyncio.Lock
    """Held while days are closed."""
    close: Callable[[str], Awaitable[object]]
    """Closes the days of a clinic's source `seed`; called with the lock held."""


class SeedRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be made."""

    days: Annotated[int, msgspec.Meta(ge=DAYS.start, le=DAYS.stop - 1)] = 400
    chats: Annotated[int, msgspec.Meta(ge=CHATS.start, le=CHATS.stop - 1)] = 600
    """Sessions a month."""
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0


class Seeded(msgspec.Struct, frozen=True):
    """What was made."""

    events: int


def seed_handlers() -> list[HTTPRouteHandler]:
    """Return the handler."""
    return [seed_handler]


@post("/api/clinics/{clinic:str}/seed", status_code=201)
async def seed_handler(request: _Request, clinic: FromPath[str]) -> Response[bytes]:
    """Make synthetic events of a clinic up to yesterday; for the operator, on the same machine, once a clinic."""
    check_origin(request)
    operator_only(request, admit(request, clinic))
    seeding: Seeding = request.app.state[STATE]
    asked = decoded(await request.body(), SeedRequest)
    file = seeding.clinic(clinic)
    if file is None:
        raise Problem(Code.UNKNOWN_CLINIC)
    today = parts_of(request).now().astimezone(ZoneInfo(file.time_zone)).date()
    try:
        stored = await _seed(seeding, file, asked, today)
    except AlreadySeeded:
        raise Problem(Code.ALREADY_SEEDED) from None
    return Response(msgspec.json.encode(Seeded(stored)), status_code=201, media_type="application/json")


async def _seed(seeding: Seeding, clinic: Clinic, asked: SeedRequest, today: dt.date) -> int:
    wanted = Wanted(
        clinic=clinic.id,
        timezone=clinic.time_zone,
        offered=[treatment.slug for treatment in clinic.treatments if treatment.offered],
        today=today,
        days=asked.days,
        chats=asked.chats,
        seed=asked.seed,
        languages=clinic.languages,
    )
    return await seed(
        seeding.store, wanted, writer=seeding.writer, lock=seeding.lock, close=lambda: seeding.close(clinic.id)
    )


def operator_only(request: _Request, grant: Grant) -> None:
    """Let the operator pass, on the same machine; for anybody else there is nothing here.

    Raises:
        Problem: It is somebody else.
    """
    if grant.clinics is not None or not _is_here(request):
        raise Problem(Code.NOT_FOUND)


def decoded[T: msgspec.Struct](body: bytes, kind: type[T]) -> T:
    """Return a request's body, JSON or empty, as `kind`.

    Raises:
        Problem: It is something else; a field of `kind` is named, nothing is quoted.
    """
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.DecodeError as error:
        reason = str(error)
    named = [field.name for field in msgspec.structs.fields(kind) if f"`$.{field.name}`" in reason]
    raise Problem(Code.INVALID_REQUEST, f"{named[0] if named else 'body'}: cannot be used")


def _is_here(request: _Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
