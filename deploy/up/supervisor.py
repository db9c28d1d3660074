"""Starts parts, says when each is ready, restarts the dead, drains in the order of travel."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deploy.up.plan import Part

READY_S: Final = 120
DRAIN_S: Final = 30
_RESTART_WAIT_S: Final = 1.0
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)
"""Loaded here: a child between fork and exec must not."""
_DRAIN_ORDER: Final = ("gateway", "sanitiser", "router", "llm", "analytics", "nats")
"""A turn under way still finds every stage after its own."""


class PartFailed(Exception):  # noqa: N818  # what happened to it
    """A part ended before it was ready, or was never ready. Names the part and its log."""


class Running:
    """One part's process; its log lies in the data folder."""

    def __init__(self, part: Part, log: Path) -> None:
        """Describe the part; call `start`."""
        self.part, self.log = part, log
        self.process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid if self.process else 0

    async def start(self) -> None:
        """Start the process and return once it is ready.

        Raises:
            PartFailed: It ended first, or took longer than `READY_S`.
        """
        reading, writing = os.pipe()
        try:
            self.process = await self._spawn(writing)
            os.close(writing)
            writing = -1
            ready = await asyncio.wait_for(self._ready(reading), READY_S)
        except TimeoutError:
            ready = False
        except OSError as error:
            raise PartFailed(f"{self.part.role}: cannot be started ({error.strerror})") from None
        finally:
            os.close(reading)
            if writing >= 0:
                os.close(writing)
        if not ready:
            if self.process and self.process.returncode is None:
                self.process.kill()
                await self.process.wait()
            raise PartFailed(f"{self.part.role}: did not become ready; see {self.log}")

    async def stop(self) -> int:
        """Let it drain; return its exit code. One that does not end in time is killed."""
        if self.process is None:
            return 0
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.process.wait(), DRAIN_S)
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()

    async def _spawn(self, writing: int) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self.part.argv,
                env=self.part.env | {"LETHE_READY_FD": str(writing)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(writing,),
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    async def _ready(self, reading: int) -> bool:
        if not self.part.announces:
            return True
        loop = asyncio.get_running_loop()
        line = await loop.run_in_executor(None, os.read, reading, 16)
        return bool(line)


class Supervisor:
    """All parts of one machine."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        """Write logs to `folder`; tell the operator by `say`."""
        self._folder, self._say = folder, say
        self.running: list[Running] = []
        self._stopping = False
        self._watching: set[asyncio.Task[None]] = set()

    async def start(self, part: Part) -> None:
        """Start one part and watch over it.

        Raises:
            PartFailed: It did not become ready.
        """
        number = sum(running.part.role == part.role for running in self.running) + 1
        running = Running(part, self._folder / f"{part.role}-{number}.log")
        running.log.unlink(missing_ok=True)
        self.running.append(running)
        began = time.monotonic()
        await running.start()
        self._say(f"{part.role:<10} ready in {time.monotonic() - began:4.1f} s   pid {running.pid}")
        task = asyncio.create_task(self._watch(running))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    def pids(self) -> dict[str, list[int]]:
        """Return the process ids by role."""
        found: dict[str, list[int]] = {}
        for running in self.running:
            found.setdefault(running.part.role, []).append(running.pid)
        return found

    async def stop(self) -> None:
        """Drain everything, in the order of travel."""
        self._stopping = True
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
        for role in _DRAIN_ORDER:
            await asyncio.gather(*(running.stop() for running in self.running if running.part.role == role))

    async def _watch(self, running: Running) -> None:
        """Start the part again whenever it ends by itself."""
        while running.process:
            code = await running.process.wait()
            if self._stopping:
                return
            self._say(f"{running.part.role:<10} ended (exit code {code}); starting it again")
            await asyncio.sleep(_RESTART_WAIT_S)
            try:
                await running.start()
            except PartFailed as failed:
                self._say(str(failed))
                continue
            self._say(f"{running.part.role:<10} ready again   pid {running.pid}")


async def wait_for_port(port: int, *, within_s: float) -> None:
    """Return once something listens on loopback's `port`.

    Raises:
        PartFailed: Nothing does in time.
    """
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        await writer.wait_closed()
        return
    raise PartFailed(f"nothing listens on port {port}")


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port: int) -> bool:
    """Whether loopback's `port` can be bound."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _die_with_parent() -> None:
    """End with the supervisor, however it ends: runs in the child before the part's program."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
