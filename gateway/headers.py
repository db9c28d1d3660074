"""Headers of every response: security defaults, and CORS for registered origins.

A response that says itself who may read it (the launcher's: everybody) is left at that.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from gateway.origins import is_registered
from schemas.clinic_files import ClinicFiles

_DEFAULTS: Final = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"cross-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    b"cache-control": b"no-store",
}
"""Set where a route has not set its own."""
_PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"600"),
)

_LENGTH: Final = b"content-length"

type Pairs = tuple[tuple[bytes, bytes], ...]


class Headers:
    """ASGI middleware; answers preflights, adds headers, keeps nothing."""

    def __init__(self, app: ASGIApp, clinics: ClinicFiles) -> None:
        """Wrap `app`."""
        self._app, self._clinics = app, clinics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer a preflight."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        allowed = self._allowed(scope)
        if scope["method"] == "OPTIONS":
            status = 204 if allowed else 403
            headers = _complete((), (*allowed, *(_PREFLIGHT if allowed else ())))
            await send({"type": "http.response.start", "status": status, "headers": headers})  # type: ignore[typeddict-item]
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_ours(message["headers"], allowed)
            await send(message)

        if scope["method"] == "HEAD":
            scope = cast("Scope", {**scope, "method": "GET"})  # the server drops the body of an answer to HEAD
        await self._app(scope, receive, with_headers)

    def _allowed(self, scope: Scope) -> Pairs:
        """Return the CORS headers for the request's origin; none where it is nobody's."""
        headers: Any = scope["headers"]
        origin: bytes | None = next((value for name, value in headers if name == b"origin"), None)
        if origin is None or not is_registered(origin.decode("latin-1"), self._clinics):
            return ()
        return ((b"access-control-allow-origin", origin), (b"vary", b"origin"))


def _with_ours(own: Iterable[tuple[bytes, bytes]], allowed: Pairs) -> Pairs:
    """Return a response's headers with ours; its length is kept nowhere, which tells of a conversation's."""
    given = tuple(own)
    lengths = tuple(pair for pair in given if pair[0].lower() == _LENGTH)
    return (*_complete(tuple(pair for pair in given if pair not in lengths), allowed), *lengths)


@lru_cache(maxsize=512)
def _complete(own: Pairs, allowed: Pairs) -> Pairs:
    """Return a response's headers with ours: the combinations are few, and hold nothing of a visitor's."""
    names = {name.lower() for name, _ in own}
    defaults = [(name, value) for name, value in _DEFAULTS.items() if name not in names]
    return (*own, *defaults, *(() if b"access-control-allow-origin" in names else allowed))
