"""The launcher that clinics put on their pages: the newest, each release by its name, and which releases there are.

Any page may load these and check their integrity, which browsers allow only where the answer says so (CORS). They are
the same for every origin, so a cache may keep one copy for all.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from gateway.static_files import StaticFile, served
from schemas.public import WidgetRelease, WidgetReleases

_ANYONE: Final = {"access-control-allow-origin": "*"}
# A proxy that rewrites a script breaks its integrity.
_NEWEST: Final = _ANYONE | {"cache-control": "public, max-age=300, no-transform"}
_PINNED: Final = _ANYONE | {"cache-control": "public, max-age=31536000, immutable, no-transform"}


def widget_routes(releases: dict[WidgetRelease, bytes]) -> list[HTTPRouteHandler]:
    """Return the handlers of `releases`, the newest first; a name that is not among them is not found."""
    scripts = {f"/{release.file}": StaticFile.of(script, "text/javascript") for release, script in releases.items()}
    newest, *_ = releases
    listed = WidgetReleases(
        file=newest.file, integrity=newest.integrity, released=newest.released, releases=tuple(releases)
    )
    description = StaticFile.of(msgspec.json.encode(listed), "application/json")

    @get("/widget.js", include_in_schema=False)
    async def widget(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Serve the newest launcher; pages that load it follow within minutes."""
        return served(scripts[f"/{newest.file}"], request, _NEWEST)

    @get(list(scripts), include_in_schema=False)
    async def pinned(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Serve one release; immutable."""
        return served(scripts[request.scope["path"]], request, _PINNED)

    @get("/v1/widget-release.json", responses={200: _DESCRIBED})
    async def widget_release(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Name the newest launcher with its integrity, and every release that can still be had."""
        return served(description, request, _NEWEST)

    return [widget, pinned, widget_release]


_DESCRIBED: Final = ResponseSpec(
    WidgetReleases, description="The launcher's releases.", media_type="application/json", generate_examples=False
)
