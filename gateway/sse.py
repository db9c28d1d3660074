"""Server-sent events on the wire: one line of JSON an event, every flush padded.

A flush is a multiple of 256 bytes, filled by a comment, so that sizes on the wire tell little.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import msgspec

from gateway.answer import SEND_S, Answer, Notice
from schemas.public import EVENT_NAMES, TurnDone, TurnEvent, TurnFailed

PAD_BYTES: Final = 256
_PING: Final = b": ping\n\n"
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]
_encoder = msgspec.json.Encoder()

type Send = Callable[[Any], Awaitable[None]]


def encode(events: Sequence[TurnEvent]) -> bytes:
    """Return `events` as one flush; no events: a ping."""
    lines = [b"event: %b\ndata: %b\n\n" % (EVENT_NAMES[type(e)].encode(), _encoder.encode(e)) for e in events]
    return padded(b"".join(lines) or _PING)


def padded(flush: bytes) -> bytes:
    """Return `flush` filled by a comment line to a multiple of `PAD_BYTES`."""
    missing = -len(flush) % PAD_BYTES
    if missing == 0:
        return flush
    if missing < 3:  # noqa: PLR2004  # a comment takes at least ":", and the empty line's two breaks
        missing += PAD_BYTES
    return flush + b":" + b" " * (missing - 3) + b"\n\n"


class TurnStream:
    """The ASGI response of one turn: writes what the answer shows until it has ended."""

    def __init__(
        self,
        answer: Answer,
        *,
        first: TurnEvent,
        last: Callable[[Answer], TurnDone | TurnFailed | None],
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        """Take an accepted answer.

        Args:
            answer: `begin` has returned, a sanitiser holds it.
            first: Shown with the response's start.
            last: Makes the last event of an ended answer, and settles its account; called exactly once.
                None where the visitor has left.
            headers: Further response headers.
        """
        self._answer, self._first, self._last, self._headers = answer, first, last, [*_HEADERS, *headers]

    async def __call__(self, _: Any, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        """Write the stream; the visitor's leaving ends the answer."""
        leaving = asyncio.get_running_loop().create_task(self._notice_leaving(receive))
        writing = asyncio.current_task()
        stalls: list[None] = []

        def stalled() -> None:
            if writing and not stalls:
                stalls.append(None)
                writing.cancel()

        self._answer.stalled = stalled
        try:
            await self._send(send, {"type": "http.response.start", "status": 200, "headers": self._headers})
            await self._write(send)
        except OSError:
            await self._left()
        except asyncio.CancelledError:
            if not stalls or writing is None or writing.uncancel():
                raise
            await self._left()
        finally:
            leaving.cancel()
            self._answer.stalled = _settled
            self._settle()

    async def _left(self) -> None:
        """End the answer as its visitor's leaving does."""
        self._answer.put(Notice.LEFT)
        while self._answer.ended is None:
            await self._answer.step()

    async def _send(self, send: Send, message: Any) -> None:
        self._answer.sending_since = self._answer.now()
        await send(message)
        self._answer.sending_since = None

    async def _write(self, send: Send) -> None:
        await self._send(send, {"type": "http.response.body", "body": encode([self._first]), "more_body": True})
        while True:
            shown = await self._answer.step()
            if self._answer.ended is not None:
                last = self._settle()
                flush = encode([*shown, last]) if last else b""
                async with asyncio.timeout(SEND_S):  # the desk does not look at a settled turn any more
                    await send({"type": "http.response.body", "body": flush, "more_body": False})
                return
            if shown or self._answer.ping_due:  # a flush a hop would tell the stages to whoever watches the wire
                await self._send(send, {"type": "http.response.body", "body": encode(shown), "more_body": True})

    def _settle(self) -> TurnDone | TurnFailed | None:
        """Make the last event, once."""
        settle, self._last = self._last, _settled
        return settle(self._answer)

    async def _notice_leaving(self, receive: Callable[[], Awaitable[Any]]) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._answer.put(Notice.LEFT)


def _settled(*_: Answer) -> None:
    return None
