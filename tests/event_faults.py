"""What goes wrong on the way of events, to order: a database killed and started again, a disk without room."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Self

from gateway.facts import FactPost
from schemas import bus, metrics
from schemas.bus import Bus, BusSettings
from schemas.subjects import Role
from tests.fixtures_analytics import PATIENCE_S, Analytics, Broker
from tests.fixtures_clickhouse import Server, clickhouse, free_port

_BLOCK = bytes(64 << 10)
_SHM = Path("/dev/shm")  # noqa: S108  # not by a name that somebody could guess
_SHM_BYTES = 512 << 20
_WAITING = 2_000
"""Most events that wait in the gateway while they are fed to it: none is dropped."""
_SETTLED_S = 120


class Database:
    """A ClickHouse server, the same after each start: its port and its data."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, free_port()
        self._running = contextlib.ExitStack()
        self._server: Server | None = None

    @property
    def url(self) -> str:
        return self.through(self.port)

    def through(self, port: int) -> str:
        """Return its address at a port that leads to it."""
        return Server(port, 0).url()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._running.close)

    async def start(self) -> None:
        running = clickhouse(self._folder, port=self.port)
        self._server = await asyncio.to_thread(self._running.enter_context, running)

    async def kill(self) -> None:
        assert self._server
        os.kill(self._server.pid, signal.SIGKILL)
        await asyncio.to_thread(self._running.close)

    def pause(self) -> None:
        assert self._server
        os.kill(self._server.pid, signal.SIGSTOP)

    def resume(self) -> None:
        assert self._server
        os.kill(self._server.pid, signal.SIGCONT)


async def until(true: Callable[[], bool], *, within_s: float = PATIENCE_S) -> None:
    """Return once `true()` is."""
    async with asyncio.timeout(within_s):
        while True:
            if true():
                return
            await asyncio.sleep(0.02)


@contextlib.contextmanager
def quick_folder(otherwise: Path) -> Iterator[Path]:
    """A folder in memory where there is room for one, since a broker that syncs each event is as quick as the disk."""
    if not _SHM.is_dir() or shutil.disk_usage(_SHM).free < _SHM_BYTES:
        yield otherwise
        return
    with tempfile.TemporaryDirectory(dir=_SHM, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class Said:
    """A log that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields))

    info = warning = error = debug = __call__

    def total(self, event: str, field: str = "count") -> int:
        """Return the sum of a field over the lines of one event."""
        return sum(fields[field] for name, fields in self.lines if name == event)


@contextlib.asynccontextmanager
async def gateway_post(
    broker: Broker, *, log: Said | None = None, close_within_s: float = 2
) -> AsyncIterator[FactPost]:
    """The gateway's own sender of events, over the gateway's own connection."""
    settings = BusSettings(nats_url=broker.url, nats_seed=broker.seed_file.read_text())
    log = log or Said()
    connection: Bus = await bus.connect(settings, role=Role.GATEWAY, instance="gw1", log=log)
    post = FactPost(connection, log=log)
    await post.open()
    try:
        yield post
    finally:
        await post.close(within_s=close_within_s)
        await connection.close()


class Disk:
    """A small file system of its own, which can be filled and freed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._ballast.open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
            while ballast.write(_BLOCK):
                pass

    def free(self) -> None:
        self._ballast.unlink()


@contextlib.contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Disk]:
    """Mount a file system of so many megabytes on `folder`; needs the rights of root (`needs("mount")`)."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "lethe-test", str(folder)], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fate(name: str) -> float:
    """Return how many events of this process came to this fate."""
    return metrics.FACTS.labels(name)._value.get()


class Worker:
    """The analytics process under a supervisor: whenever it ends it is started again."""

    def __init__(self, *where, **settings) -> None:
        self._where, self._settings = where, settings
        self._stopping = False
        self._running: Any = None
        self.starts, self.sequence = 0, 0

    async def __aenter__(self):
        self._task = asyncio.create_task(self._supervise())
        return self

    async def __aexit__(self, *_):
        self._stopping = True
        if self._running and self._running.process.returncode is None:
            await self._running.kill()
        await self._task

    async def _supervise(self):
        while not self._stopping:
            async with Analytics(*self._where, **self._settings) as self._running:
                self.starts += 1
                await self._running.process.wait()
            self.sequence = max(self.sequence, self._running.sequence)

    async def kill(self):
        await until(lambda: self._running.process.returncode is None)
        await self._running.kill()

    async def stored(self, sequence):
        await until(lambda: max(self.sequence, self._running.sequence) >= sequence, within_s=_SETTLED_S)

    async def stop(self):
        self._stopping = True
        await self._running.stop()


class Feed:
    """Events given to the gateway's sender as fast as they are acknowledged."""

    def __init__(self, post, facts) -> None:
        self._post, self._facts = post, facts
        self._given = 0

    @property
    def acknowledged(self):
        return self._given - len(self._post)

    def give(self, number):
        """Give all up to this number at once."""
        for fact in self._facts[self._given : number]:
            self._post.add(fact)
        self._given = number

    async def run(self):
        """Give all, and return when all are acknowledged."""
        while self._given < len(self._facts):
            self.give(min(self._given + _WAITING // 2, len(self._facts)))
            await until(lambda: len(self._post) < _WAITING // 2)
        await until(lambda: not len(self._post))

    async def reach(self, number):
        await until(lambda: self.acknowledged >= number, within_s=_SETTLED_S)
