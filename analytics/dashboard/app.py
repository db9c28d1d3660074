"""The figures' app: pages, query API, sign-in; apart from the public gateway, which so holds no figures.

Served by the analytics process, which alone opens chDB's folder, or over a ClickHouse server by
``lethe run dashboard``. What is shown goes through `analytics.figures.Figures`; who may ask,
through `analytics.dashboard.access.Access`.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Litestar, MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from analytics.dashboard.api import api_handlers
from analytics.dashboard.asked import BadParameter
from analytics.dashboard.entrance import entrance_handlers
from analytics.dashboard.headers import add_headers
from analytics.dashboard.mailing import STATE as MAILING
from analytics.dashboard.mailing import Mailing, mail_handlers
from analytics.dashboard.pages import page_handlers
from analytics.dashboard.parts import STATE, Parts, parts_of
from analytics.dashboard.problems import Problem, on_bad_parameter, on_bug, on_http, on_problem, on_store_fault
from analytics.dashboard.seeding import STATE as SEEDING
from analytics.dashboard.seeding import Seeding, seed_handlers
from analytics.store import StoreFault

_BODY_BYTES_MAX: Final = 4_096


def create_app(parts: Parts, seeding: Seeding | None = None, mailing: Mailing | None = None) -> Litestar:
    """Build the app.

    Args:
        parts: What pages and API need.
        seeding: What synthetic figures need; None where nothing can be stored.
        mailing: What weekly letters need; None where none are written.
    """
    handlers = [livez, readyz, *api_handlers(), *entrance_handlers(), *page_handlers()]
    return Litestar(
        route_handlers=handlers + (seed_handlers() if seeding else []) + (mail_handlers() if mailing else []),
        openapi_config=None,  # ours is `analytics.dashboard.described`
        logging_config=None,  # its default takes the root logger away from `schemas.logs`
        state=State({STATE: parts, SEEDING: seeding, MAILING: mailing}),
        before_send=[add_headers],
        exception_handlers={
            Problem: on_problem,
            BadParameter: on_bad_parameter,
            StoreFault: on_store_fault,
            HTTPException: on_http,
            Exception: on_bug,
        },
        request_max_body_size=_BODY_BYTES_MAX,
    )


@get("/livez", media_type=MediaType.TEXT)
async def livez() -> str:
    """Answer as long as the process does."""
    return "alive"


@get("/readyz", media_type=MediaType.TEXT)
async def readyz(request: Request[Any, Any, Any]) -> Response[str]:
    """Answer 200 while figures are served and, where events are stored, they are; else 503."""
    good = await parts_of(request).ready()
    return Response("ready" if good else "not ready", status_code=200 if good else 503)
