"""The session: a sealed box that the browser holds; servers keep nothing.

AES-256-GCM-SIV (RFC 8452) under random nonces: it stays safe should a nonce ever repeat. A token reads
``1.<key id>.<clinic>.<base64url>``; what stands before the box is its associated data, so that a
box moved to another clinic or purpose does not open. Keys come from a file that rotates daily with
overlap (`lethe keys rotate`); a destroyed key ends every session sealed under it.
"""

from __future__ import annotations

import base64
import binascii
import os
import time
from collections.abc import Callable
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from schemas.message import Message
from schemas.sealing import RELOAD_S
from schemas.taxonomy import Language
from schemas.turns import Said

VERSION: Final = "1"
TOKEN_CHARS_MAX: Final = 6 * 1024
HISTORY_LINES_MAX: Final = 8
"""Lines of the conversation kept in the box: four exchanges."""
COUNTED_MAX: Final = 64
_NONCE_BYTES: Final = 12
_PURPOSE: Final = "lethe session"


class Session(Message, frozen=True, kw_only=True):
    """What the box holds. Times are Unix seconds."""

    nonce: bytes
    """16 random bytes: forks of one session share its quota."""
    clinic: str
    issued_s: int
    active_s: int
    turns: int = 0
    ai_calls: int = 0
    language: Language
    consent_version: int = 0
    counted: tuple[str, ...] = ()
    """``topic:intent`` pairs already counted, for the events' `first`."""
    history: tuple[Said, ...] = ()

    def expires_in_s(self, *, now_s: int, idle_s: int, most_s: int) -> int:
        """Return how long the session may still rest before it ends; 0 or less: it has ended."""
        return min(self.active_s + idle_s, self.issued_s + most_s) - now_s


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Session)


class Expired(Exception):  # noqa: N818  # what the session is
    """The token is no session of ours, or no longer: altered, foreign, its key destroyed, too old."""


class SessionBox:
    """Seals and opens session tokens."""

    def __init__(self, read: Callable[[], str]) -> None:
        """Take a function that returns the key file's text (lines of ``<8 hex> <64 hex>``).

        Raises:
            ValueError: The file holds no key.
        """
        self._read = read
        self._keys = _keys(read())
        self._read_at = time.monotonic()

    def reload(self) -> None:
        """Read the key file again, after a rotation; an unreadable one leaves the keys as they are."""
        self._read_at = time.monotonic()
        try:
            self._keys = _keys(self._read())
        except (OSError, ValueError):
            return

    def seal(self, session: Session) -> str:
        """Return `session` as a token of at most 6 KiB; the oldest lines of its history give way."""
        if time.monotonic() - self._read_at > RELOAD_S:
            self.reload()
        while True:
            token = self._seal(session)
            if len(token) <= TOKEN_CHARS_MAX:
                return token
            history, counted = session.history[1:], session.counted if session.history else session.counted[1:]
            session = msgspec.structs.replace(session, history=history, counted=counted)

    def open(self, token: str) -> Session:
        """Return the session of `token`.

        Raises:
            Expired: It does not open, for whatever reason; the reasons are not told apart.
        """
        version, _, rest = token.partition(".")
        key_id, _, rest = rest.partition(".")
        clinic, _, box = rest.partition(".")
        if version != VERSION or len(token) > TOKEN_CHARS_MAX:
            raise Expired
        if key_id not in self._keys or time.monotonic() - self._read_at > RELOAD_S:
            self.reload()
        aead = self._keys.get(key_id)
        if aead is None:
            raise Expired
        try:
            sealed = _unbase64(box)
            plain = aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _aad(key_id, clinic))
            return _decoder.decode(plain)
        except (InvalidTag, msgspec.DecodeError, binascii.Error, ValueError):
            raise Expired from None

    def _seal(self, session: Session) -> str:
        key_id, aead = next(iter(self._keys.items()))
        nonce = os.urandom(_NONCE_BYTES)
        box = aead.encrypt(nonce, _encoder.encode(session), _aad(key_id, session.clinic))
        return f"{VERSION}.{key_id}.{session.clinic}.{_base64(nonce + box)}"


def new_session(*, clinic: str, language: Language, consent_version: int, now_s: int) -> Session:
    """Return a session that has just begun."""
    return Session(
        nonce=os.urandom(16),
        clinic=clinic,
        issued_s=now_s,
        active_s=now_s,
        language=language,
        consent_version=consent_version,
    )


def after_turn(
    session: Session, *, question: str, answer: str, previous: str | None, topic: str, intent: str, ai: bool, now_s: int
) -> Session:
    """Return `session` with one more exchange.

    Args:
        session: As the turn began.
        question: The visitor's message after redaction; never the raw one.
        answer: The whole answer.
        previous: The visitor's message before this one, rewritten, where data was split over both.
        topic: The answer's topic.
        intent: The answer's intent.
        ai: Whether an AI provider was asked.
        now_s: Unix seconds.
    """
    history = session.history
    if previous is not None:
        last = max((i for i, said in enumerate(history) if said.role == "visitor"), default=-1)
        history = tuple(msgspec.structs.replace(s, text=previous) if i == last else s for i, s in enumerate(history))
    exchange = (Said(role="visitor", text=question), Said(role="assistant", text=answer, topic=topic))
    pair = f"{topic}:{intent}"
    counted = session.counted if pair in session.counted else (*session.counted, pair)[-COUNTED_MAX:]
    return msgspec.structs.replace(
        session,
        active_s=now_s,
        turns=session.turns + 1,
        ai_calls=session.ai_calls + ai,
        counted=counted,
        history=(*history, *exchange)[-HISTORY_LINES_MAX:],
    )


def _aad(key_id: str, clinic: str) -> bytes:
    return f"{_PURPOSE}.{VERSION}.{key_id}.{clinic}".encode()


def _base64(box: bytes) -> str:
    return base64.urlsafe_b64encode(box).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes:
    """Return the bytes of `text`, which must be their one spelling.

    Raises:
        ValueError: It is not.
    """
    box = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _base64(box) != text:
        raise ValueError("not base64url")
    return box


def _keys(text: str) -> dict[str, AESGCMSIV]:
    """Return key id → box, in the file's order.

    Raises:
        ValueError: No key, or a malformed line.
    """
    lines = [line.split() for line in text.splitlines() if line.strip()]
    keys = {key_id: AESGCMSIV(bytes.fromhex(key)) for key_id, key in lines}
    if not keys:
        raise ValueError("session key file: holds no key")
    return keys
