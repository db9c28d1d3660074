"""What waits is worked through together: one trip to the analysing thread for up to `MOST` turns.

Idle, a turn goes at once and alone; while a batch is in the thread, others gather behind it. So the
hand-over (two wake-ups, about a tenth of a millisecond) is shared under load, nobody waits for a
batch to fill, and the event loop stays free to accept, answer probes and drain.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

MOST: Final = 32
"""Turns a batch."""


class Batches[In, Out]:
    """Runs `work` on one thread, in the order in which items came."""

    def __init__(self, work: Callable[[In], Out], *, most: int = MOST) -> None:
        """Take what is done with each item; it must not touch the event loop."""
        self._work, self._most = work, most
        self._waiting: deque[tuple[In, asyncio.Future[Out]]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="analysis")
        self._running: asyncio.Task[None] | None = None

    async def done(self, item: In) -> Out:
        """Return what `work` makes of `item`, or raise what it raises; neighbours in the batch are not touched.

        A caller that is cancelled leaves the queue; an item that is in the thread by then is finished in vain.
        """
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Out] = loop.create_future()
        self._waiting.append((item, result))
        if self._running is None or self._running.done():
            self._running = loop.create_task(self._run())
        return await result

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while batch := self._next():
            outcomes = await loop.run_in_executor(self._thread, self._each, [item for item, _ in batch])
            for (_, result), outcome in zip(batch, outcomes, strict=True):
                if result.done():
                    continue  # nobody waits for it any more
                if isinstance(outcome, Exception):
                    result.set_exception(outcome)
                else:
                    result.set_result(outcome)

    def _next(self) -> list[tuple[In, asyncio.Future[Out]]]:
        batch: list[tuple[In, asyncio.Future[Out]]] = []
        while self._waiting and len(batch) < self._most:
            item, result = self._waiting.popleft()
            if not result.done():
                batch.append((item, result))
        return batch

    def _each(self, items: Sequence[In]) -> list[Out | Exception]:
        return [self._one(item) for item in items]

    def _one(self, item: In) -> Out | Exception:
        try:
            return self._work(item)
        except Exception as error:  # noqa: BLE001  # handed to whoever waits for this item, and to nobody else
            return error.with_traceback(None)  # its frames would keep the text
