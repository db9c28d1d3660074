"""Sealing of bodies between processes: the broker, and every worker off the edge, reads nothing.

AES-256-GCM with random 96-bit nonces. A key belongs to one edge (gateway-sanitiser,
sanitiser-router, router-llm) and comes from a file; reply frames are sealed by a random key of the
turn's, which travels inside the sealed turn. The associated data bind a box to its subject and
reply, so that a box moved to another subject does not open.

A key file holds a line a key, ``<key id: 8 hex> <key: 64 hex>``; the first seals, all open.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.replies import Stage

KEY_BYTES: Final = 32
RELOAD_S: Final = 60
"""A rotation is followed within this time by whoever is idle, at once by whoever meets a new key."""
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 4

EDGES: Final = ("gateway-sanitiser", "sanitiser-router", "router-llm")
"""One key an edge; also the names of the key files."""
EDGE_INTO: Final = dict(zip(Stage, EDGES, strict=True))
"""The edge over which a stage receives turns."""


class Unsealable(Exception):  # noqa: N818  # what the box is
    """A box that does not open: wrong key, wrong subject, or altered. Says nothing of its content."""

    def __init__(self) -> None:
        """Take nothing: there is nothing that may be told."""
        super().__init__("sealed body does not open")


class TurnSeal:
    """Seals the reply frames of one attempt under that attempt's own key."""

    __slots__ = ("_aad", "_aead")

    def __init__(self, key: bytes, reply: str) -> None:
        """Bind `key` (32 bytes) to the reply subject.

        Raises:
            ValueError: The key has another length.
        """
        if len(key) != KEY_BYTES:
            raise ValueError("reply key: must have 32 bytes")
        self._aead = AESGCM(key)
        self._aad = reply.encode()

    def seal(self, plain: bytes) -> bytes:
        """Return nonce and ciphertext of `plain`."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, self._aad)

    def open(self, box: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            Unsealable: The box is not of this attempt, or altered.
        """
        try:
            return self._aead.decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], self._aad)
        except (InvalidTag, ValueError):
            raise Unsealable from None


class EdgeSeal:
    """Seals the turns of one edge; follows a rotation by reading its key file again."""

    __slots__ = ("_keys", "_read", "_read_at")

    def __init__(self, read: Callable[[], str]) -> None:
        """Take a function that returns the key file's text, called now and when a key is unknown.

        Raises:
            ValueError: The file holds no key, or a line is malformed.
        """
        self._read = read
        self._keys: Mapping[bytes, AESGCM] = parse_keys(read())
        self._read_at = time.monotonic()

    def seal(self, plain: bytes, *, subject: str, reply: str) -> bytes:
        """Return key id, nonce and ciphertext of `plain`, bound to `subject` and `reply`."""
        if time.monotonic() - self._read_at > RELOAD_S:
            self.reload()
        key_id, aead = next(iter(self._keys.items()))
        nonce = os.urandom(_NONCE_BYTES)
        return key_id + nonce + aead.encrypt(nonce, plain, _bound(subject, reply))

    def open(self, box: bytes, *, subject: str, reply: str) -> bytes:
        """Return what was sealed for `subject` and `reply`.

        Raises:
            Unsealable: Unknown key (after one more look at the file), or altered.
        """
        key_id = box[:_ID_BYTES]
        if key_id not in self._keys or time.monotonic() - self._read_at > RELOAD_S:
            self.reload()
        aead = self._keys.get(key_id)
        if aead is None:
            raise Unsealable
        try:
            nonce, sealed = box[_ID_BYTES : _ID_BYTES + _NONCE_BYTES], box[_ID_BYTES + _NONCE_BYTES :]
            return aead.decrypt(nonce, sealed, _bound(subject, reply))
        except (InvalidTag, ValueError):
            raise Unsealable from None

    def reload(self) -> None:
        """Read the key file again; an unreadable file leaves the keys as they are."""
        self._read_at = time.monotonic()
        try:
            self._keys = parse_keys(self._read())
        except (OSError, ValueError):
            return


def parse_keys(text: str) -> dict[bytes, AESGCM]:
    """Return key id → cipher, in the file's order.

    Raises:
        ValueError: No key, or a malformed line (named by number, never quoted).
    """
    keys: dict[bytes, AESGCM] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            key_id, key = (bytes.fromhex(part) for part in line.split())
        except ValueError:
            raise ValueError(f"key file, line {number}: not '<8 hex> <64 hex>'") from None
        if len(key_id) != _ID_BYTES or len(key) != KEY_BYTES:
            raise ValueError(f"key file, line {number}: not '<8 hex> <64 hex>'")
        keys[key_id] = AESGCM(key)
    if not keys:
        raise ValueError("key file: holds no key")
    return keys


def new_key_line() -> str:
    """Return a fresh line for a key file."""
    return f"{secrets.token_hex(_ID_BYTES)} {secrets.token_hex(KEY_BYTES)}\n"


def _bound(subject: str, reply: str) -> bytes:
    """Return the associated data: a subject holds no NUL."""
    return f"{subject}\0{reply}".encode()
