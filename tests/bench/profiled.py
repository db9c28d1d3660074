"""The gateway with a sampling profiler: SIGUSR1 begins, the next one ends and writes the samples as JSON.

``python -m tests.bench.profiled FILE``, configured like the gateway. Samples follow the process' CPU
time (`ITIMER_PROF`), so that they cost little, and what others run on the same core does not count; cProfile
would make each call several times as dear. Native code counts for the Python function that called it.
"""

from __future__ import annotations

import collections
import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Final

from gateway.__main__ import main
from gateway.settings import GatewaySettings
from schemas import env

EVERY_S: Final = 0.001
"""The kernel's own tick rounds it up."""


class Sampler:
    """Counts where the process is, by function."""

    def __init__(self, path: Path) -> None:
        """Write to `path` in the end."""
        self._path = path
        self._own: collections.Counter[str] = collections.Counter()
        self._below: collections.Counter[str] = collections.Counter()
        self._running = False

    def toggle(self, *_: object) -> None:
        """Begin, or end and write."""
        self._running = not self._running
        signal.setitimer(signal.ITIMER_PROF, *([EVERY_S] * 2 if self._running else [0]))
        if not self._running:
            self._path.write_text(json.dumps({"own": self._own, "below": self._below}), "utf-8")

    def sample(self, _: int, frame: FrameType | None) -> None:
        """Count one sample: for the function itself, and once for each that is above it."""
        if frame is None:
            return
        self._own[_name(frame)] += 1
        seen: set[str] = set()
        while frame is not None:
            seen.add(_name(frame))
            frame = frame.f_back
        self._below.update(seen)


def _name(frame: FrameType) -> str:
    code = frame.f_code
    return f"{'/'.join(Path(code.co_filename).parts[-2:])} {code.co_qualname}"


if __name__ == "__main__":
    sampler = Sampler(Path(sys.argv[1]))
    signal.signal(signal.SIGPROF, sampler.sample)
    signal.signal(signal.SIGUSR1, sampler.toggle)
    main(env.load(GatewaySettings))
