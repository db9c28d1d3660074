"""The closed loop of every load generator: so many at once, each asks again when it has been answered.

A generator is a process: it warms up, prints a line, waits for one on its input, measures, prints its
`Result` as a line of JSON and ends. Whoever started it reads the server's CPU time before and after.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec

type Take = Callable[[], Awaitable[None]]
"""Takes one turn and returns when it is complete; raises when it failed."""


class Load(msgspec.Struct, kw_only=True):
    """What a generator is told, as JSON in a file."""

    at_once: int
    turns: int
    warm_up: int
    port: int = 0
    bodies: list[str] = []
    """JSON bodies of requests, taken in turn."""
    request_bytes: int = 0
    frames: int = 0
    frame_bytes: int = 0


class Result(msgspec.Struct, kw_only=True):
    """What a generator has seen."""

    turns: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    """The generator's own CPU time a turn."""

    @property
    def turns_s(self) -> float:
        """Turns a second."""
        return self.turns / self.seconds


async def measure(takers: Sequence[Take], load: Load) -> None:
    """Warm up, wait for the word, measure, print."""
    await _rounds(takers, load.warm_up)
    print("warm", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    began, cpu = time.perf_counter(), time.process_time()
    spans = await _rounds(takers, load.turns)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    cuts = statistics.quantiles(spans, n=100)
    result = Result(
        turns=len(spans),
        seconds=seconds,
        p50_ms=cuts[49] * 1000,
        p99_ms=cuts[98] * 1000,
        cpu_us=cpu / len(spans) * 1e6,
    )
    print(msgspec.json.encode(result).decode(), flush=True)


async def _rounds(takers: Sequence[Take], turns: int) -> list[float]:
    """Take `turns` turns, all takers together; return how long each took, in seconds."""
    left = iter(range(turns))
    spans: list[float] = []

    async def again_and_again(take: Take) -> None:
        for _ in left:
            began = time.perf_counter()
            await take()
            spans.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        for take in takers:
            group.create_task(again_and_again(take))
    return spans
