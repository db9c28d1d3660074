"""A worker's membership of its queue group: a full worker leaves, one with room returns.

Core NATS picks a member at random and knows no load. Leaving drains: what the broker had already
sent is still received. Wishes may change while a change is under way; the last one wins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from nats.aio.msg import Msg

from schemas.bus import UNAVAILABLE, Bus


class Membership:
    """In or out of the queue group of `subject`."""

    def __init__(self, bus: Bus, *, subject: str, queue: str, on: Callable[[Msg], Awaitable[None]]) -> None:
        """Start outside; call `want`."""
        self._bus, self._subject, self._queue, self._on = bus, subject, queue, on
        self._subscription: Any = None
        self._wanted = False
        self._changing: asyncio.Task[None] | None = None

    def want(self, member: bool) -> None:  # noqa: FBT001  # it reads as a sentence
        """Wish to be in or out."""
        self._wanted = member
        if self._changing is None or self._changing.done():
            self._changing = asyncio.get_running_loop().create_task(self._change())

    async def settled(self) -> None:
        """Return once the last wish is fulfilled, or the broker is away."""
        while self._changing and not self._changing.done():
            await asyncio.wait([self._changing])

    async def _change(self) -> None:
        while self._wanted != (self._subscription is not None):
            if self._wanted:
                self._subscription = await self._bus.listen(self._subject, self._on, queue=self._queue)
                continue
            leaving, self._subscription = self._subscription, None
            try:
                await leaving.drain()
            except UNAVAILABLE:  # the client would subscribe it again when it reconnects
                self._bus.forget(leaving)
