"""The other baseline: the same three hops over NATS, without HTTP, sealing, sessions, or a decoded body.

``python -m tests.bench.raw_nats hops``: three stages that pass bytes on; the last one answers.
``python -m tests.bench.raw_nats load LOAD.json``: asks, as `tests.bench.closed_loop` says.
Subjects, queue groups, users and permissions are the product's.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from nats.aio.msg import Msg

from deploy.up.plan import GATEWAY_ID
from schemas import env, logs
from schemas.bus import Bus, BusSettings, connect
from schemas.process import notify_ready
from schemas.replies import Stage
from schemas.subjects import Role, inbound
from tests.bench.closed_loop import Load, Take, measure


class HopSettings(BusSettings, frozen=True, kw_only=True):
    """The seeds of the three stages."""

    nats_seed_router: str
    nats_seed_llm: str


async def hops(settings: HopSettings) -> None:
    """Pass turns from stage to stage, and answer them, until the process is ended."""
    log = logs.configure("bench", level="ERROR", instance="hops")
    seeds = zip(Stage, (settings.nats_seed, settings.nats_seed_router, settings.nats_seed_llm), strict=True)
    for stage, seed in seeds:
        mine = msgspec.structs.replace(settings, nats_seed=seed)
        bus = await connect(mine, role=Role(stage.value), instance="hops", log=log)
        on = _answering(bus) if stage is Stage.LLM else _passing(bus, stage, settings.region)
        await bus.listen(inbound(stage, settings.region), on, queue=stage.value)
        await bus.ready()
    notify_ready()
    await asyncio.Event().wait()


def _passing(bus: Bus, stage: Stage, region: str) -> Any:
    onward = inbound(list(Stage)[list(Stage).index(stage) + 1], region)

    async def on(msg: Msg) -> None:
        await bus.client.publish(onward, msg.data, reply=msg.reply)

    return on


def _answering(bus: Bus) -> Any:
    async def on(msg: Msg) -> None:
        frames, size = int.from_bytes(msg.data[:2]), int.from_bytes(msg.data[2:4])
        for _ in range(frames):
            await bus.client.publish(msg.reply, bytes(size))

    return on


class Asker:
    """Asks over one connection, with one wildcard inbox."""

    def __init__(self, bus: Bus, load: Load, region: str) -> None:
        """Wrap a connected bus; call `open` next."""
        self._bus, self._frames = bus, load.frames
        self._subject = inbound(Stage.SANITISER, region)
        head = load.frames.to_bytes(2) + load.frame_bytes.to_bytes(2)
        self._body = head.ljust(load.request_bytes, b"x")
        self._inbox = bus.client.new_inbox()
        self._open: dict[str, list[Any]] = {}

    async def open(self) -> None:
        """Listen for answers."""
        await self._bus.listen(f"{self._inbox}.*", self._on_frame)
        await self._bus.ready()

    async def take(self) -> None:
        """Ask once; return when every frame has come."""
        token = secrets.token_urlsafe(16)
        answered = asyncio.get_running_loop().create_future()
        self._open[token] = [self._frames, answered]
        await self._bus.client.publish(self._subject, self._body, reply=f"{self._inbox}.{token}")
        await answered

    async def _on_frame(self, msg: Msg) -> None:
        token = msg.subject.rpartition(".")[2]
        waiting = self._open[token]
        waiting[0] -= 1
        if waiting[0] == 0:
            del self._open[token]
            waiting[1].set_result(None)


async def ask(settings: BusSettings, load: Load) -> None:
    """Run one load."""
    log = logs.configure("bench", level="ERROR", instance="load")
    bus = await connect(settings, role=Role.GATEWAY, instance=GATEWAY_ID, log=log)
    asker = Asker(bus, load, settings.region)
    await asker.open()
    takers: list[Take] = [asker.take] * load.at_once
    await measure(takers, load)
    await bus.close()


if __name__ == "__main__":
    if sys.argv[1] == "hops":
        uvloop.run(hops(env.load(HopSettings)))
    else:
        uvloop.run(ask(env.load(BusSettings), msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=Load)))
