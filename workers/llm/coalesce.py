"""Joins the tokens of a stream, so that a frame carries what arrived within 40 ms instead of one token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

WINDOW_S: Final = 0.040
"""The longest time a token waits for company. The first token of an answer never waits."""


class _Pump:
    """Reads a stream to its end into a buffer, beside whoever empties the buffer."""

    def __init__(self, source: AsyncGenerator[str]) -> None:
        self._source = source
        self._held: list[str] = []
        self.arrived = asyncio.Event()
        """Set when there is text to take, and when the stream has ended."""

    async def run(self) -> None:
        """Read until the end; the source is closed in any case, the failure is the task's."""
        try:
            async with aclosing(self._source):
                async for text in self._source:
                    self._held.append(text)
                    self.arrived.set()
        finally:
            self.arrived.set()

    def take(self) -> str:
        """Return and forget what is held."""
        text = "".join(self._held)
        self._held.clear()
        self.arrived.clear()
        return text


async def coalesced(source: AsyncGenerator[str], *, window_s: float = WINDOW_S) -> AsyncGenerator[str]:
    """Yield the texts of `source`, joined: the first at once, then at most one piece a window.

    What arrived before the source failed is yielded before the failure is raised. Closing or cancelling closes the
    source before returning: the reason for a task of its own, since a timeout around the source's own step would
    cancel that step each time a window ends.

    Raises:
        Whatever `source` raises.
    """
    pump = _Pump(source)
    task = asyncio.create_task(pump.run())
    try:
        while not task.done():
            await pump.arrived.wait()
            if text := pump.take():
                yield text
            await asyncio.wait({task}, timeout=window_s)
        if text := pump.take():
            yield text
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
