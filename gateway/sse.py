"""Server-sent events on the wire: one line of JSON an event, every flush padded.

A flush is a multiple of 256 bytes, filled by a comment, so that sizes on the wire tell little.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from gateway.answer import SEND_S, Answer, Notice, nothing
from schemas.public import EVENT_NAMES, TurnDone, TurnEvent, TurnFailed

PAD_BYTES: Final = 256
HOLD_S: Final = 0.02
"""`accepted` waits so long for the answer, which the catalogue often gives by then: one write for the whole turn."""
_PING: Final = b": ping\n\n"
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]
_BEGINNINGS: Final = {kind: b"event: %b\ndata: " % name.encode() for kind, name in EVENT_NAMES.items()}
_encoder = msgspec.json.Encoder()

type Send = Callable[[Any], Awaitable[None]]


def encode(events: Sequence[TurnEvent]) -> bytes:
    """Return `events` as one flush; no events: a ping. One buffer: each copy would be overwritten, too."""
    flush = bytearray(b"" if events else _PING)
    for event in events:
        flush += _BEGINNINGS[type(event)]
        _encoder.encode_into(event, flush, -1)
        flush += b"\n\n"
    flush += padding(len(flush))
    return bytes(flush)


def padding(length: int) -> bytes:
    """Return the comment that fills a flush of `length` bytes to a multiple of `PAD_BYTES`."""
    missing = -length % PAD_BYTES
    if missing == 0:
        return b""
    if missing < 3:  # noqa: PLR2004  # a comment takes at least ":", and the empty line's two breaks
        missing += PAD_BYTES
    return b":%b\n\n" % (b" " * (missing - 3))


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
        self._writing: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._has_stalled = self._started = False

    async def __call__(self, _: Any, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        """Write the stream; the visitor's leaving ends the answer."""
        self._writing = asyncio.current_task()
        self._answer.stalled = self._stall
        self._answer.seen = partial(self._watch, receive)
        try:
            await self._write(send)
        except OSError:
            await self._left()
        except asyncio.CancelledError:
            if not self._has_stalled or self._writing is None or self._writing.uncancel():
                raise
            await self._left()
        finally:
            self._answer.stalled = self._answer.seen = nothing
            if self._leaving:
                self._leaving.cancel()
            self._settle()

    def _stall(self) -> None:
        """Give up writing to a connection that takes nothing."""
        if self._writing and not self._has_stalled:
            self._has_stalled = True
            self._writing.cancel()

    def _watch(self, receive: Callable[[], Awaitable[Any]]) -> None:
        """Begin to look for the visitor's leaving: at the first `check`, which most answers do not live to see."""
        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().create_task(self._notice_leaving(receive))

    async def _left(self) -> None:
        """End the answer as its visitor's leaving does."""
        self._answer.put(Notice.LEFT)
        while self._answer.ended is None:
            await self._answer.step()

    async def _write(self, send: Send) -> None:
        """Write flushes until the answer has ended; the first begins the response."""
        held: list[TurnEvent] = [self._first]
        holding = asyncio.get_running_loop().call_later(HOLD_S, self._answer.put, Notice.PING)
        try:
            while self._answer.ended is None:
                shown = await self._answer.step()
                if self._answer.ended is not None:
                    held += shown
                elif shown or self._answer.ping_due:  # a flush a hop would tell the stages to whoever watches the wire
                    holding.cancel()
                    await self._flush(send, [*held, *shown], more=True)
                    held = []
        finally:
            holding.cancel()
        last = self._settle()
        too_long = asyncio.get_running_loop().call_later(SEND_S, self._stall)  # nobody checks a settled turn
        try:
            await self._flush(send, [*held, last] if last else held, more=False)
        finally:
            too_long.cancel()  # it would keep the answer

    async def _flush(self, send: Send, events: Sequence[TurnEvent], *, more: bool) -> None:
        self._answer.sending_since = self._answer.now()
        if not self._started:
            self._started = True
            await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await send({"type": "http.response.body", "body": encode(events), "more_body": more})
        self._answer.sending_since = None

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
