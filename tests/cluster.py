"""Every part as a process of its own, with faults to order: killed, paused, cut off, restarted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Any, NamedTuple, Self

import httpx
from httpx_sse import EventSource, ServerSentEvent
from prometheus_client.parser import text_string_to_metric_families

from deploy import keys
from deploy.nats.config import Listen, server_config
from deploy.up.plan import GATEWAY_ID, ROOT, Machine, Part, broker, parts
from deploy.up.supervisor import Running, free_port, wait_for_port
from tests.deployment import three_free_ports


class Turn(NamedTuple):
    """A turn as its visitor saw it."""

    events: list[tuple[float, str, dict[str, Any]]]
    """Monotonic time, name, data."""
    refusal: dict[str, Any] | None = None

    @property
    def names(self) -> list[str]:
        return [name for _, name, _ in self.events]

    @property
    def text(self) -> str:
        """What stands in the bubble at the end: a `restart` empties it."""
        text = ""
        for _, name, data in self.events:
            text = "" if name == "restart" else text + data.get("text", "") if name == "delta" else text
        return text

    @property
    def end(self) -> dict[str, Any]:
        return self.events[-1][2]


class Cluster:
    """Broker and parts, started one by one; nothing restarts them but the test."""

    def __init__(self, folder: Path, *, scale: dict[str, int] | None = None, env: dict[str, str] | None = None) -> None:
        """`scale`: processes a worker role; `env`: added to every part's environment."""
        counts = {"sanitiser": 1, "router": 1, "llm": 1} | (scale or {})
        self.machine = Machine(three_free_ports(), free_port(), ROOT / "deploy" / "clinics", folder, counts, "eu")
        self.env = {name: "" for name in os.environ if name.startswith(("LETHE_LLM", "OPENAI"))}
        self.env |= {"LETHE_SESSIONS_PER_MINUTE": "10000"} | (env or {})
        self.running: dict[str, list[Running]] = {}
        self.nats_ports: dict[str, int] = {}
        """Role → another port at which it finds the broker: a `FaultProxy`."""

    async def __aenter__(self) -> Self:
        folder = self.machine.data / "keys"
        keys.new_keys(folder, gateways=(GATEWAY_ID,))
        listen = Listen("127.0.0.1", self.machine.nats_port, str(self.machine.data / "nats"))
        (folder / "nats.conf").write_text(server_config(keys.users(folder), region="eu", listen=listen))
        await self.start(broker(self.machine))
        await wait_for_port(self.machine.nats_port, within_s=10)
        return self

    async def __aexit__(self, *_: object) -> None:
        everything = [running for role in self.running.values() for running in role]
        for running in everything:
            self._signal(running.pid, signal.SIGCONT)
        brokers = self.running.get("nats", [])
        await asyncio.gather(*(running.stop() for running in everything if running not in brokers))
        await asyncio.gather(*(running.stop() for running in brokers))

    async def start_all(self, *roles: str) -> None:
        """Start every part of `roles` (default: all but analytics), and return when all are ready."""
        wanted = roles or ("gateway", "sanitiser", "router", "llm")
        async with asyncio.TaskGroup() as group:
            for part in parts(self.machine):
                if part.role in wanted:
                    group.create_task(self.start(part))

    async def start(self, part: Part) -> Running:
        """Start one part."""
        env = part.env | self.env
        if part.role in self.nats_ports:
            env["LETHE_NATS_URL"] = f"nats://127.0.0.1:{self.nats_ports[part.role]}"
        mine = self.running.setdefault(part.role, [])
        running = Running(part._replace(env=env), self.machine.data / f"{part.role}-{len(mine) + 1}.log")
        mine.append(running)
        await running.start()
        return running

    def pids(self, role: str) -> list[int]:
        return [running.pid for running in self.running[role]]

    def kill(self, role: str, index: int = 0) -> float:
        """SIGKILL one process of `role`; return when."""
        self._signal(self.running[role][index].pid, signal.SIGKILL)
        return time.monotonic()

    def pause(self, role: str, index: int = 0) -> float:
        """SIGSTOP one process of `role`; return when."""
        self._signal(self.running[role][index].pid, signal.SIGSTOP)
        return time.monotonic()

    def resume(self, role: str, index: int = 0) -> None:
        self._signal(self.running[role][index].pid, signal.SIGCONT)

    def logs(self, role: str) -> str:
        return "".join(running.log.read_text() for running in self.running[role])

    def client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.machine.port}", timeout=40, limits=limits)

    async def metrics_text(self) -> str:
        """Return the gateway's metrics as they are scraped."""
        async with httpx.AsyncClient() as client:
            return (await client.get(f"http://127.0.0.1:{self.machine.port + 2}/metrics")).text

    async def metric(self, name: str, **labels: str) -> float:
        """Return the sum of the gateway's samples of `name` with these labels."""
        text = await self.metrics_text()
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())

    @staticmethod
    def _signal(pid: int, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # it has ended already, as the test wanted
            os.kill(pid, number)


async def open_session(client: httpx.AsyncClient, clinic: str = "clinique-lumiere", language: str = "en") -> str:
    response = await client.post("/v1/sessions", json={"clinic": clinic, "language": language})
    assert response.status_code == 201, response.text
    return response.json()["session"]


async def take_turn(
    client: httpx.AsyncClient, message: str, *, session: str | None = None, streaming: asyncio.Event | None = None
) -> Turn:
    """Send `message`; `streaming` is set with the first words of the answer."""
    token = session or await open_session(client)
    seen: list[tuple[float, str, dict[str, Any]]] = []
    async with client.stream("POST", "/v1/turns", json={"session": token, "message": message}) as response:
        if response.is_error:
            await response.aread()
            return Turn(seen, response.json())
        async for event in EventSource(response).aiter_sse():
            _note(seen, event)
            if streaming and event.event == "delta":
                streaming.set()
    return Turn(seen)


def _note(seen: list[tuple[float, str, dict[str, Any]]], event: ServerSentEvent) -> None:
    seen.append((time.monotonic(), event.event, event.json()))
