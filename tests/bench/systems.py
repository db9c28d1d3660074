"""The systems that are compared, each a set of running processes, and how one of them is measured."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import math
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from deploy.up.plan import ROOT, Part, parts
from deploy.up.supervisor import free_port
from schemas.process import ALLOCATOR_ENV, with_hygiene
from tests.bench.closed_loop import Load, Result
from tests.bench.http_load import connect, events_of, request_of
from tests.bench.shapes import SHAPES
from tests.cluster import Cluster, open_session, take_turn

OURS: Final = "gateway"
ECHO: Final = "echo"
ECHO_HYGIENE: Final = "echo, overwriting allocator"
RAW: Final = "raw NATS"
SYSTEMS: Final = {
    OURS: "the gateway as deployed: sealed bodies, sessions, quotas, events, overwriting allocator; instant stages",
    ECHO: "Litestar ServerSentEvent, as many bytes in as many events, plain allocator",
    ECHO_HYGIENE: "the same with the gateway's overwriting allocator",
    RAW: "three hops over NATS without HTTP, sealing or decoding, plain allocator; its asker's CPU time",
}
TURNS_A_SESSION: Final = 400
"""Below the quota of 500, which warm-ups also spend."""
_CLINIC: Final = "clinique-lumiere"
_QUOTAS: Final = "[quotas]\nturns = 500\nin_flight = 10\n"
_CAPACITY: Final = {"LETHE_CAPACITY": "2000", "LETHE_SESSIONS_PER_MINUTE": "1000000"}
_TICKS_S: Final = os.sysconf("SC_CLK_TCK")


class System(NamedTuple):
    """One system that takes turns."""

    name: str
    pid: int
    """Whose CPU time counts; 0: the generator itself is the system."""
    port: int


class Measured(msgspec.Struct, kw_only=True):
    """One run of one system."""

    system: str
    shape: str
    at_once: int
    turns_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    """CPU time a turn of the system's process."""
    load_cpu_us: float
    """CPU time a turn of the load generator."""


class Wire(NamedTuple):
    """What one shape's turn is on the wire, counted at the gateway."""

    events: list[int]
    """Bytes of each, padding included, framing left out."""
    request_bytes: int


class Bench:
    """All systems, running side by side; those that are not being measured are idle."""

    def __init__(self, folder: Path, cluster: Cluster, raw: Cluster) -> None:
        """Use `running`."""
        self._folder, self._cluster, self._raw = folder, cluster, raw
        self._bodies: dict[str, list[str]] = {}
        self.wire: dict[str, Wire] = {}
        self.systems: dict[str, System] = {}
        self.gateway_pid = cluster.pids("gateway")[0]

    async def open_sessions(self, turns: int, *, exchanges: int) -> None:
        """Open enough sessions for `turns` turns of each shape, each with so many exchanges behind it."""
        count = max(256, math.ceil(turns / TURNS_A_SESSION))
        one = SHAPES["deterministic"].message
        async with self._cluster.client() as client:
            tokens = [await open_session(client, _CLINIC) for _ in range(count)]
            for _ in range(exchanges):
                ends = [(await take_turn(client, one, session=token)).end for token in tokens]
                tokens = [end["session"] for end in ends]
        for name, shape in SHAPES.items():
            self._bodies[name] = [json.dumps({"session": token, "message": shape.message}) for token in tokens]

    async def count_bytes(self) -> None:
        """Look at what the gateway really sends for each shape: the most frequent of some turns."""
        for name, bodies in self._bodies.items():
            connection = await connect(self._cluster.machine.port)
            seen = [tuple(events_of(await connection.ask(request_of(body)))) for body in bodies[:15]]
            events = collections.Counter(seen).most_common(1)[0][0]
            self.wire[name] = Wire(list(events), len(request_of(bodies[0])))

    async def start_baselines(self) -> None:
        """Start both echo servers and the raw hops; `count_bytes` comes first."""
        sizes = self._folder / "events.json"
        sizes.write_text(json.dumps({SHAPES[name].message: wire.events for name, wire in self.wire.items()}), "ascii")
        plain = _plain(os.environ | {"PYTHONPATH": str(ROOT)})
        for name, environ in ((ECHO, plain), (ECHO_HYGIENE, with_hygiene(plain))):
            port = free_port()
            argv = (sys.executable, "-m", "tests.bench.echo_server", str(port), str(sizes))
            running = await self._raw.start(Part(name.partition(",")[0], argv, environ, announces=True))
            self.systems[name] = System(name, running.pid, port)
        await self._raw.start(Part("hops", _argv("raw_nats", "hops"), self._raw_environ("sanitiser"), announces=True))
        self.systems = {
            OURS: System(OURS, self.gateway_pid, self._cluster.machine.port),
            **self.systems,
            RAW: System(RAW, 0, 0),
        }

    async def measure(self, name: str, shape: str, *, at_once: int, turns: int) -> Measured:
        """Run `turns` turns of `shape` against one system, `at_once` at a time, after a warm-up of a tenth."""
        system, wire = self.systems[name], self.wire[shape]
        load = Load(
            at_once=at_once,
            turns=turns,
            warm_up=max(turns // 10, at_once),
            port=system.port,
            bodies=self._bodies[shape],
            request_bytes=wire.request_bytes,
            frames=SHAPES[shape].deltas,
            frame_bytes=max(SHAPES[shape].delta_chars, 64),
        )
        file = self._folder / "load.json"
        file.write_bytes(msgspec.json.encode(load))
        argv = _argv("raw_nats", "load", str(file)) if name == RAW else _argv("http_load", str(file))
        environ = self._raw_environ("gateway") if name == RAW else _plain(os.environ | {"PYTHONPATH": str(ROOT)})
        result, cpu_s = await _loaded(argv, environ, system.pid)
        return Measured(
            system=name,
            shape=shape,
            at_once=at_once,
            turns_s=result.turns_s,
            p50_ms=result.p50_ms,
            p99_ms=result.p99_ms,
            cpu_us=cpu_s / result.turns * 1e6 if system.pid else result.cpu_us,
            load_cpu_us=result.cpu_us,
        )

    def _raw_environ(self, role: str) -> dict[str, str]:
        """Return the environment of the raw client or hops: a part's own, with all seeds, and the plain allocator."""
        part = next(part for part in parts(self._raw.machine) if part.role == role)
        folder = self._raw.machine.data / "keys" / "nats"
        seeds = {f"LETHE_NATS_SEED_{name.upper()}_FILE": str(folder / f"{name}.seed") for name in ("router", "llm")}
        return _plain(part.env | seeds)


@contextlib.asynccontextmanager
async def running(folder: Path, *, profile: Path | None = None) -> AsyncIterator[Bench]:
    """Run the gateway with instant stages, and a second broker for the raw hops.

    Args:
        folder: Empty; holds keys, stores and logs.
        profile: Where a gateway with a sampling profiler writes its samples; None runs the gateway as deployed.
    """
    clinics = folder / "clinics"
    clinics.mkdir()
    text = (ROOT / "deploy" / "clinics" / f"{_CLINIC}.toml").read_text("utf-8")
    head, _, rest = text.partition("\n[quotas]")
    assert rest, "the clinic's quotas stand last in its file"
    (clinics / f"{_CLINIC}.toml").write_text(f"{head}\n{_QUOTAS}", "utf-8")
    env = _CAPACITY | {"LETHE_CLINICS": str(clinics)}
    async with Cluster(folder / "ours", env=env) as cluster, Cluster(folder / "raw") as raw:
        await cluster.start_all("analytics")  # it makes the stream of the events; then it would only take CPU time
        await cluster.running["analytics"][0].stop()
        for part in parts(cluster.machine):
            if part.role in {"sanitiser", "router"}:
                await cluster.start(part._replace(argv=_argv("instant_stage", part.role)))
            elif part.role == "gateway":
                profiled = part._replace(argv=_argv("profiled", str(profile)))
                await cluster.start(profiled if profile else part)
        yield Bench(folder, cluster, raw)


def cpu_s(pid: int) -> float:
    """Return user and system CPU seconds of a process so far, all threads, to a hundredth."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_S


async def _loaded(argv: Sequence[str], environ: dict[str, str], pid: int) -> tuple[Result, float]:
    """Run a generator; return what it saw, and the CPU seconds that process `pid` spent meanwhile."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*argv, env=environ, stdin=pipe, stdout=pipe)
    assert process.stdin
    assert process.stdout
    warm = await process.stdout.readline()
    if warm != b"warm\n":
        raise RuntimeError(f"the load generator ended with {await process.wait()}")
    before = cpu_s(pid) if pid else 0.0
    process.stdin.write(b"go\n")
    line = await process.stdout.readline()
    spent = (cpu_s(pid) if pid else 0.0) - before
    process.stdin.close()
    if await process.wait():
        raise RuntimeError("the load generator failed")
    return msgspec.json.decode(line, type=Result), spent


def _argv(module: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"tests.bench.{module}", *words)


def _plain(environ: Any) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in ALLOCATOR_ENV}
