"""Who may see whose figures: one small interface, behind which sign-in will stand.

Until then one token, in a file, opens every clinic. Programs send it as a bearer token. A browser
sends it once, by a form, and gets a cookie that holds a random number; the number is kept here in
memory as a hash, so that neither a copy of memory nor of the browser's cookie gives the token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from litestar import Request

COOKIE: Final = "lethe_dashboard"
VISIT_S: Final = 8 * 3_600
"""How long a browser stays signed in."""
_MOST_VISITS: Final = 100


class Grant(NamedTuple):
    """What a request may see."""

    clinics: frozenset[str] | None
    """None: every clinic."""

    def allows(self, clinic: str) -> bool:
        """Whether the figures of `clinic` may be shown."""
        return self.clinics is None or clinic in self.clinics


type Authorise = Callable[[Request[Any, Any, Any]], Grant | None]
"""Returns what a request may see; None: nothing, not even that a clinic exists."""


class TokenAccess:
    """Access by the one token of `access_token_file`."""

    def __init__(self, token: str) -> None:
        """Accept `token`; "" accepts nothing."""
        self._token = _digest(token) if token else None
        self._visits: dict[bytes, float] = {}

    @classmethod
    def from_file(cls, path: str) -> TokenAccess:
        """Read the token from `path`; "" accepts nothing.

        Raises:
            OSError: The file cannot be read.
            ValueError: It holds fewer than 22 characters, so fewer than 128 bits.
        """
        token = Path(path).read_text("utf-8").strip() if path else ""
        if path and len(token) < 22:  # noqa: PLR2004  # 128 bits in base64url
            raise ValueError("the access token is too short: at least 22 random characters")
        return cls(token)

    def authorise(self, request: Request[Any, Any, Any]) -> Grant | None:
        """Return what the request may see, by its bearer token or cookie."""
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.accepts(bearer.strip()):
            return Grant(None)
        until = self._visits.get(_digest(request.cookies.get(COOKIE, "")), 0.0)
        return Grant(None) if until > time.monotonic() else None

    def accepts(self, token: str) -> bool:
        """Whether `token` is the right one."""
        return self._token is not None and hmac.compare_digest(_digest(token), self._token)

    def enter(self) -> str:
        """Begin a visit and return its cookie's value; the oldest visit ends when there are too many."""
        now = time.monotonic()
        self._visits = {visit: until for visit, until in self._visits.items() if until > now}
        while len(self._visits) >= _MOST_VISITS:
            del self._visits[next(iter(self._visits))]
        cookie = secrets.token_urlsafe(32)
        self._visits[_digest(cookie)] = now + VISIT_S
        return cookie

    def leave(self, cookie: str) -> None:
        """End a visit."""
        self._visits.pop(_digest(cookie), None)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
