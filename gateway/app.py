"""The gateway's application: routes over one set of parts, wired once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp

from gateway.desk import Desk
from gateway.facts import FactPost
from gateway.headers import Headers
from gateway.limits import AddressRate, Quota
from gateway.problems import Refused, on_bug, on_http_error, on_refused
from gateway.releases import read_releases
from gateway.routes.described import described_turns
from gateway.routes.health import livez, readyz
from gateway.routes.pages import demo, embed, static, theme
from gateway.routes.sessions import open_session, resume_session
from gateway.routes.turns import Turns
from gateway.routes.widget import widget_routes
from gateway.session import SessionBox
from gateway.settings import GatewaySettings
from gateway.state import Parts
from gateway.static_files import static_files
from schemas.bus import Bus
from schemas.clinic_files import ClinicFiles
from schemas.codec import Edge
from schemas.public import BODY_BYTES_MAX
from schemas.raw import RawTurn
from schemas.sealing import EdgeSeal


def wire(settings: GatewaySettings, *, bus: Bus, clinics: ClinicFiles, log: Any) -> Parts:
    """Return the parts of one gateway.

    Raises:
        OSError, ValueError: A key file is missing or malformed.
    """
    edge = Edge(RawTurn, EdgeSeal(_reader(settings.edge_key_gateway_sanitiser)))
    return Parts(
        settings=settings,
        clinics=clinics,
        desk=Desk(bus, edge, gateway=settings.gateway_id, region=settings.region, log=log),
        facts=FactPost(bus, log=log),
        box=SessionBox(_reader(settings.session_keys)),
        quota=Quota(gateways=settings.gateways),
        rate=AddressRate(settings.sessions_per_minute),
        draining=asyncio.Event(),
        log=log,
    )


def create_app(parts: Parts) -> ASGIApp:
    """Return the ASGI application over `parts`."""

    async def give_parts() -> Parts:
        return parts

    static_files()  # read and compressed before anybody asks
    inner = Litestar(
        route_handlers=[
            *(open_session, resume_session, described_turns),
            *(embed, theme, demo, static, *widget_routes(read_releases())),
            *(livez, readyz),
        ],
        dependencies={"parts": Provide(give_parts)},
        exception_handlers={Refused: on_refused, HTTPException: on_http_error, Exception: on_bug},
        openapi_config=OpenAPIConfig(
            title="Lethe",
            version="1",
            # Litestar's own pages load scripts and fonts from others.
            render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
        ),
        request_max_body_size=BODY_BYTES_MAX,
        state=State({"log": parts.log}),
        debug=False,
        logging_config=None,  # ours is set up already; Litestar's would write messages as they come
    )
    return cast(
        "ASGIApp", Headers(Turns(inner, parts), parts.clinics)
    )  # around all, so that the router's own refusals have them too


def _reader(path: Any) -> Callable[[], str]:
    return partial(path.read_text, "ascii")
