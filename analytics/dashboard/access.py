"""Who may see whose figures: one small interface, behind which accounts will stand.

Until then there are two kinds of token. The operator's, one, in a file, opens every clinic; a
clinic's (`analytics.dashboard.tokens`) opens that clinic. Programs send theirs as a bearer token. A
browser sends it once, by a form, and gets a cookie that holds a random number. Here only hashes are
kept, in memory, so that neither a copy of memory nor a browser's cookie gives a token. A visit is
bound to its token: when that is revoked or expires, the visit ends.

Guessing is hopeless, as tokens have 128 random bits at least. Wrong ones are limited all the same,
all callers' together, since no address is kept; a right one is let in whatever others did, so that
nobody can lock a clinic out.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from litestar import Request

from analytics.dashboard.tokens import ClinicTokens, digest

VISIT_S: Final = 8 * 3_600
"""How long a browser stays signed in at most."""
IDLE_S: Final = 3_600
"""How long without a request."""
OPERATOR_CHARS_MIN: Final = 22
"""Of the operator's token: 128 bits in base64url."""
_VISITS_MAX: Final = 20
"""Visits of one token at once; the oldest gives way."""


class Grant(NamedTuple):
    """What a request may see."""

    clinics: frozenset[str] | None
    """None: every clinic."""
    holder: str = ""
    """By what requests are counted: the hash of the token."""

    def allows(self, clinic: str) -> bool:
        """Whether the figures of `clinic` may be shown."""
        return self.clinics is None or clinic in self.clinics


type Authorise = Callable[[Request[Any, Any, Any]], Grant | None]
"""Returns what a request may see; None: nothing, not even that a clinic exists."""


class _Visit:
    """One browser's visit."""

    __slots__ = ("began", "holder", "seen")

    def __init__(self, holder: str, now: float) -> None:
        self.holder = holder
        self.began = self.seen = now

    def lasts(self, now: float) -> bool:
        return now < min(self.began + VISIT_S, self.seen + IDLE_S)


class Access:
    """Access by the operator's token and clinics' tokens."""

    def __init__(
        self,
        operator_token: str,
        tokens: ClinicTokens | None = None,
        *,
        secure: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Accept `operator_token` ("" is none) and those of `tokens`.

        Args:
            operator_token: Opens every clinic.
            tokens: Clinics' own.
            secure: Cookies are for https alone, and for this very host.
            clock: Seconds that only grow.
        """
        self._operator = digest(operator_token) if operator_token else ""
        self._tokens = tokens or ClinicTokens(None)
        self._clock = clock
        self._visits: dict[str, _Visit] = {}
        self.cookie = "__Host-lethe_dashboard" if secure else "lethe_dashboard"
        """The cookie's name."""

    def authorise(self, request: Request[Any, Any, Any]) -> Grant | None:
        """Return what the request may see, by its bearer token or else its cookie."""
        if token := bearer(request):
            return self._grant(digest(token))
        if cookie := request.cookies.get(self.cookie):
            return self._visitor(digest(cookie))
        return None

    def enter(self, token: str) -> str | None:
        """Begin a visit and return its cookie's value; None: `token` opens nothing."""
        grant, now = self._grant(digest(token)), self._clock()
        if grant is None:
            return None
        self._visits = {key: visit for key, visit in self._visits.items() if visit.lasts(now)}
        own = [key for key, visit in self._visits.items() if visit.holder == grant.holder]
        for key in own[: max(0, len(own) - _VISITS_MAX + 1)]:
            del self._visits[key]
        cookie = secrets.token_urlsafe(32)
        self._visits[digest(cookie)] = _Visit(grant.holder, now)
        return cookie

    def leave(self, request: Request[Any, Any, Any]) -> None:
        """End the visit of the request's cookie."""
        self._visits.pop(digest(request.cookies.get(self.cookie, "")), None)

    def _visitor(self, key: str) -> Grant | None:
        visit, now = self._visits.get(key), self._clock()
        if visit is None:
            return None
        grant = self._grant(visit.holder) if visit.lasts(now) else None
        if grant is None:
            del self._visits[key]
        else:
            visit.seen = now
        return grant

    def _grant(self, holder: str) -> Grant | None:
        """Return what the token with the hash `holder` opens now."""
        is_operator = hmac.compare_digest(holder, self._operator)
        clinic = self._tokens.clinic_of(holder)
        if is_operator:
            return Grant(None, holder)
        return Grant(frozenset({clinic}), holder) if clinic else None


def bearer(request: Request[Any, Any, Any]) -> str:
    """Return the bearer token that a request brings; "" where it brings none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def read_operator_token(path: str) -> str:
    """Return the operator's token from the file `path`; "" for "".

    Raises:
        OSError: The file cannot be read.
        ValueError: It is shorter than `OPERATOR_CHARS_MIN`, or no text.
    """
    token = Path(path).read_text("utf-8").strip() if path else ""
    if path and len(token) < OPERATOR_CHARS_MIN:
        raise ValueError("the access token is too short: at least 22 random characters")
    return token
