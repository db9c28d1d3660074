"""Twins of tests that run on the embedded broker: on the image that docker-compose.yml names, hardened as it says.

testcontainers' own NATS class is not used: it is deprecated on import.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from nats.aio.client import Client
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from deploy import keys
from deploy.nats.config import Listen, server_config
from schemas.subjects import SUBJECTS, WORKERS, Role, inbox_prefix, new_token, reply_subject
from tests.compose_containers import container, service

pytestmark = pytest.mark.needs("docker")

GATEWAY: Final = "gw1"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("broker")
    keys.new_keys(folder, gateways=(GATEWAY, "gw2"))
    config = server_config(keys.users(folder), region="eu", listen=Listen("0.0.0.0", 4222, "/data"))
    (folder / "nats.conf").write_text(config, "utf-8")
    server = container(service("nats"), user=f"{os.getuid()}:{os.getgid()}")
    server.with_volume_mapping(folder / "nats.conf", "/run/secrets/nats.conf")
    server.with_tmpfs_mount("/data", "mode=1777").with_command(["-c", "/run/secrets/nats.conf"])
    server.with_exposed_ports(4222).waiting_for(LogMessageWaitStrategy("Server is ready"))
    with server:
        yield f"nats://{server.get_container_host_ip()}:{server.get_exposed_port(4222)}", folder


class User:
    """A connected user, and what the broker refused it."""

    def __init__(self) -> None:
        self.client = Client()
        self._refusals: list[str] = []

    async def connect(self, broker: tuple[str, Path], role: Role, instance: str = "") -> User:
        url, folder = broker

        async def on_error(error: Exception) -> None:
            self._refusals.append(str(error))

        await self.client.connect(
            url,
            nkeys_seed_str=keys.seed_file(folder, role, instance).read_text(),
            inbox_prefix=inbox_prefix(role, instance),
            error_cb=on_error,
            allow_reconnect=False,
        )
        return self

    async def refused(self) -> bool:
        await self.client.flush()
        await self.client.flush()  # an error's callback is a task of its own
        found = bool(self._refusals)
        self._refusals.clear()
        return found


async def _ignore(_: object) -> None:
    return None


@pytest.mark.parametrize("role", WORKERS, ids=lambda role: role.value)
async def test_a_worker_takes_turns_only_within_its_queue_group(broker: tuple[str, Path], role: Role) -> None:
    worker = await User().connect(broker, role)
    row = next(row for row in SUBJECTS if row.consumer is role and row.queue)
    outcomes: list[bool] = []
    for queue in ("", "wiretap", role.value):
        subscription = await worker.client.subscribe(row.pattern.format(region="eu"), queue=queue, cb=_ignore)
        outcomes.append(await worker.refused())
        await subscription.unsubscribe()
    assert outcomes == [True, True, False]
    await worker.client.close()


async def test_a_worker_answers_only_what_it_was_asked(broker: tuple[str, Path]) -> None:
    gateway = await User().connect(broker, Role.GATEWAY, GATEWAY)
    worker = await User().connect(broker, Role.LLM)
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def on_probe(message: Any) -> None:
        await worker.client.publish(message.reply, b"asked for")

    async def on_reply(message: Any) -> None:
        heard.put_nowait(message.data)

    await gateway.client.subscribe(reply_subject(GATEWAY, "*"), cb=on_reply)
    await worker.client.subscribe("probe.llm.w1", cb=on_probe)
    await asyncio.gather(gateway.client.flush(), worker.client.flush())
    await worker.client.publish(reply_subject(GATEWAY, new_token()), b"forged")
    assert await worker.refused()
    await gateway.client.publish("probe.llm.w1", b"", reply=reply_subject(GATEWAY, new_token()))
    assert await asyncio.wait_for(heard.get(), 5) == b"asked for"
    assert heard.empty()
    await asyncio.gather(gateway.client.close(), worker.client.close())
