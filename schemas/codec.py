"""Bodies on the bus: msgpack, then sealed. One encoder and one place for every decoder."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from schemas.message import Malformed, msgpack_decode
from schemas.replies import Frame
from schemas.sealing import EdgeSeal, TurnSeal

_encoder = msgspec.msgpack.Encoder()
_frames = msgspec.msgpack.Decoder(tuple[Frame, ...])


class Edge[T]:
    """One edge between two processes: seals what goes over it, opens what came over it."""

    def __init__(self, kind: type[T], seal: EdgeSeal) -> None:
        """Bind a message type to the edge's key."""
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._seal = seal

    def pack(self, message: T, *, subject: str, reply: str) -> bytes:
        """Return `message` as a sealed body for `subject`, answered on `reply`."""
        return self._seal.seal(_encoder.encode(message), subject=subject, reply=reply)

    def unpack(self, body: bytes, *, subject: str, reply: str) -> T:
        """Return the message of a sealed body.

        Raises:
            Unsealable: The body was not sealed for this edge, subject and reply.
            Malformed: Opened, but no valid message.
        """
        return msgpack_decode(self._seal.open(body, subject=subject, reply=reply), self._decoder)


def pack_frames(frames: Sequence[Frame], seal: TurnSeal) -> bytes:
    """Return `frames` as one sealed body: what is said together travels together."""
    return seal.seal(_encoder.encode(frames))


def unpack_frames(body: bytes, seal: TurnSeal) -> tuple[Frame, ...]:
    """Return the frames of a sealed body.

    Raises:
        Unsealable: Not of this attempt.
        Malformed: Opened, but no valid frames.
    """
    return msgpack_decode(seal.open(body), _frames)


_CANCEL = b"cancel"
_TOKEN_CHARS = 22


def pack_cancel(seal: TurnSeal, token: str) -> bytes:
    """Return a withdrawal: the attempt's token, and proof of holding its key."""
    return token.encode() + seal.seal(_CANCEL)


def cancel_token(body: bytes) -> str:
    """Return the token that a withdrawal names.

    Raises:
        Malformed: Too short, or no token.
    """
    if len(body) <= _TOKEN_CHARS:
        raise Malformed("token")
    try:
        return body[:_TOKEN_CHARS].decode("ascii")
    except UnicodeDecodeError:
        raise Malformed("token") from None


def is_cancel(body: bytes, seal: TurnSeal) -> bool:
    """Whether `body` withdraws the attempt of `seal`.

    Raises:
        Unsealable: Sealed by another key: not the gateway that sent the turn.
    """
    return seal.open(body[_TOKEN_CHARS:]) == _CANCEL
