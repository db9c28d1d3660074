"""An event loop on a thread of its own, for servers beside a browser whose driver has the main thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Self

PATIENCE_S = 60


class LoopThread:
    """Holds what was opened until it ends itself."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._opened = contextlib.AsyncExitStack()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wait(self._opened.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open[T](self, manager: AbstractAsyncContextManager[T]) -> T:
        """Enter `manager` in the loop; it is left when the thread ends."""
        return self._wait(self._opened.enter_async_context(manager))

    def call[T](self, function: Callable[..., T], *words: Any) -> T:
        """Return `function(*words)`, called in the loop."""

        async def called() -> T:
            return function(*words)

        return self._wait(called())

    def _wait[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)
