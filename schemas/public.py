"""What crosses the public HTTP interface: request bodies, responses, stream events, problems."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any, Literal

import msgspec

from schemas.message import Message
from schemas.replies import Action, SourceRef
from schemas.taxonomy import Consent, ErrorCode, Intent, Language, Path

MESSAGE_CHARS_MAX = 1_000
"""A visitor's message, in code points after decoding."""
BODY_BYTES_MAX = 32 * 1024


class ProblemCode(StrEnum):
    """Why a request is refused (`code` of a problem)."""

    INVALID_REQUEST = "invalid_request"
    SESSION_EXPIRED = "session_expired"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    CONSENT_REQUIRED = "consent_required"
    UNKNOWN_CLINIC = "unknown_clinic"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    MESSAGE_TOO_LONG = "message_too_long"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    RATE_LIMITED = "rate_limited"
    QUOTA_SPENT = "quota_spent"
    OVERLOADED = "overloaded"
    SANITISER_FAILED = "sanitiser_failed"
    PROVIDER_FAILED = "provider_failed"
    DEADLINE_EXCEEDED = "deadline_exceeded"
    INTERRUPTED = "interrupted"
    DRAINING = "draining"
    INTERNAL = "internal"


STATUS: dict[ProblemCode, int] = {
    ProblemCode.INVALID_REQUEST: 400,
    ProblemCode.SESSION_EXPIRED: 401,
    ProblemCode.ORIGIN_NOT_ALLOWED: 403,
    ProblemCode.CONSENT_REQUIRED: 403,
    ProblemCode.UNKNOWN_CLINIC: 404,
    ProblemCode.NOT_FOUND: 404,
    ProblemCode.METHOD_NOT_ALLOWED: 405,
    ProblemCode.MESSAGE_TOO_LONG: 413,
    ProblemCode.UNSUPPORTED_MEDIA_TYPE: 415,
    ProblemCode.RATE_LIMITED: 429,
    ProblemCode.QUOTA_SPENT: 429,
    ProblemCode.OVERLOADED: 503,
    ProblemCode.SANITISER_FAILED: 503,
    ProblemCode.PROVIDER_FAILED: 503,
    ProblemCode.DEADLINE_EXCEEDED: 503,
    ProblemCode.INTERRUPTED: 503,
    ProblemCode.DRAINING: 503,
    ProblemCode.INTERNAL: 500,
}


class ConsentGiven(Message, frozen=True, kw_only=True):
    """The visitor's choice about the clinic's consent text."""

    version: int
    choice: Consent


class SessionRequest(Message, frozen=True, kw_only=True):
    """`POST /v1/sessions`."""

    clinic: str
    language: Language | None = None
    consent: ConsentGiven | None = None


class SessionOpened(Message, frozen=True, kw_only=True):
    """A new session; `session` is sealed, the browser holds it, servers keep nothing."""

    session: str
    expires_in_s: int
    language: Language
    greeting: str
    suggestions: tuple[str, ...]
    notice: str


class ResumeRequest(Message, frozen=True, kw_only=True):
    """`POST /v1/sessions/resume`."""

    session: str


class Line(Message, frozen=True, kw_only=True):
    """A line of the conversation, as the sealed session holds it."""

    role: Literal["visitor", "assistant"]
    text: str


class SessionResumed(Message, frozen=True, kw_only=True):
    """What the sealed session itself holds."""

    session: str
    expires_in_s: int
    language: Language
    history: tuple[Line, ...]


class TurnRequest(Message, frozen=True, kw_only=True):
    """`POST /v1/turns`."""

    session: str
    message: str


class TurnAccepted(Message, frozen=True, kw_only=True):
    """`event: accepted`."""

    turn: str


class TurnRedacted(Message, frozen=True, kw_only=True):
    """`event: redacted`: the visitor's message as everybody after the sanitiser sees it."""

    text: str
    count: int


class TurnDelta(Message, frozen=True, kw_only=True):
    """`event: delta`."""

    text: str


class TurnRestart(Message, frozen=True, kw_only=True):
    """`event: restart`: the answer so far is void."""


class TurnDone(Message, frozen=True, kw_only=True):
    """`event: done`."""

    session: str
    path: Path
    intent: Intent
    topic: str
    language: Language
    actions: tuple[Action, ...]
    sources: tuple[SourceRef, ...]


class TurnFailed(Message, frozen=True, kw_only=True, omit_defaults=True):
    """`event: error`; `message` is ready to show. Without `session` the old token stands."""

    code: ErrorCode
    message: str
    actions: tuple[Action, ...]
    retry_after_s: int | msgspec.UnsetType = msgspec.UNSET
    session: str | msgspec.UnsetType = msgspec.UNSET


type TurnEvent = TurnAccepted | TurnRedacted | TurnDelta | TurnRestart | TurnDone | TurnFailed

EVENT_NAMES: dict[type[Any], str] = {
    TurnAccepted: "accepted",
    TurnRedacted: "redacted",
    TurnDelta: "delta",
    TurnRestart: "restart",
    TurnDone: "done",
    TurnFailed: "error",
}


class WidgetRelease(Message, frozen=True, kw_only=True):
    """One release of the launcher, as `widget/dist/releases.json` lists it."""

    file: str
    """Its name under the gateway's address, e.g. ``widget.0123456789abcdef.js``."""
    integrity: str
    """For a script tag's `integrity`: ``sha384-`` and the digest in base64."""
    released: dt.date | None
    """None while it is being worked on."""


class WidgetReleases(Message, frozen=True, kw_only=True):
    """`GET /v1/widget-release.json`: the launcher that `/widget.js` serves, and all that can still be had by name."""

    file: str
    integrity: str
    released: dt.date | None
    releases: tuple[WidgetRelease, ...]
    """The newest first; one is kept for at least 12 months after the next came."""


class ConsentText(Message, frozen=True, kw_only=True):
    """What the visitor is asked to agree to."""

    version: int
    text: str


class Problem(Message, frozen=True, kw_only=True):
    """RFC 9457 `application/problem+json`; `detail` names fields, never values."""

    title: str
    status: int
    code: ProblemCode
    detail: str
    type: str = "about:blank"
    retry_after_s: int | msgspec.UnsetType = msgspec.UNSET
    actions: tuple[Action, ...] | msgspec.UnsetType = msgspec.UNSET
    consent: ConsentText | msgspec.UnsetType = msgspec.UNSET
