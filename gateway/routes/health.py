"""`/livez` and `/readyz`."""

from __future__ import annotations

from litestar import Response, get

from gateway.state import Parts


@get("/livez", include_in_schema=False)
async def livez() -> str:
    """Say that the process serves."""
    return "ok"


@get("/readyz", include_in_schema=False)
async def readyz(parts: Parts) -> Response[str]:
    """Say whether turns may be sent here: the broker is there and no drain has begun."""
    ready = parts.desk.connected and not parts.draining.is_set()
    return Response("ready" if ready else "not ready", status_code=200 if ready else 503, media_type="text/plain")
