"""Twins of tests that run on embedded servers: on the images that docker-compose.yml names, hardened as it says.

testcontainers' own NATS and ClickHouse classes are not used: the one is deprecated on import, the
other makes users that are not ours.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from nats.aio.client import Client
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy, LogMessageWaitStrategy

from analytics.store import Store, StoreFault, migrations
from deploy import keys
from deploy.nats.config import Listen, server_config
from schemas.subjects import SUBJECTS, WORKERS, Role, inbox_prefix, new_token, reply_subject

pytestmark = pytest.mark.needs("docker")

ROOT: Final = Path(__file__).parents[2]
GATEWAY: Final = "gw1"
DENIED: Final = 497
PASSWORDS: Final = {"WORKER": "w", "READER": "r"}
TOPICS: Final = frozenset({"none", "clinic", "lip_filler"})


def _service(name: str) -> dict[str, Any]:
    """Return a service of docker-compose.yml, its variables filled."""
    digests = {
        f"LETHE_CLICKHOUSE_{user}_SHA256": hashlib.sha256(password.encode()).hexdigest()
        for user, password in PASSWORDS.items()
    }
    environ = os.environ | digests | {"LETHE_CLINICS": "/clinics"}
    command = [Path(sys.executable).with_name("docker-compose"), "-f", ROOT / "docker-compose.yml", "config"]
    run = subprocess.run([*command, "--format", "json"], env=environ, capture_output=True, check=True)
    return json.loads(run.stdout)["services"][name]


def _container(service: dict[str, Any], *, user: str) -> DockerContainer:
    """Return a container of the service's image, confined as the service is."""
    container = DockerContainer(service["image"]).with_kwargs(
        user=user, read_only=service["read_only"], cap_drop=service["cap_drop"], security_opt=service["security_opt"]
    )
    for mount in service.get("tmpfs", ()):
        path, _, options = mount.partition(":")
        container.with_tmpfs_mount(path, options)
    return container


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("broker")
    keys.new_keys(folder, gateways=(GATEWAY, "gw2"))
    config = server_config(keys.users(folder), region="eu", listen=Listen("0.0.0.0", 4222, "/data"))
    (folder / "nats.conf").write_text(config, "utf-8")
    container = _container(_service("nats"), user=f"{os.getuid()}:{os.getgid()}")
    container.with_volume_mapping(folder / "nats.conf", "/run/secrets/nats.conf")
    container.with_tmpfs_mount("/data", "mode=1777").with_command(["-c", "/run/secrets/nats.conf"])
    container.with_exposed_ports(4222).waiting_for(LogMessageWaitStrategy("Server is ready"))
    with container:
        yield f"nats://{container.get_container_host_ip()}:{container.get_exposed_port(4222)}", folder


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


@pytest.fixture(scope="module")
def clickhouse() -> Iterator[str]:
    """`host:port` of a server with the users and the settings of docker-compose.yml."""
    service = _service("clickhouse")
    container = _container(service, user=service["user"])
    for name, value in service["environment"].items():
        container.with_env(name, value)
    for volume in service["volumes"]:
        if volume["type"] == "bind":
            container.with_volume_mapping(volume["source"], volume["target"])
    container.with_exposed_ports(8123).waiting_for(HttpWaitStrategy(8123, "/ping"))
    with container:
        yield f"{container.get_container_host_ip()}:{container.get_exposed_port(8123)}"


@pytest.fixture
async def worker(clickhouse: str) -> AsyncIterator[Store]:
    store = await Store.open(url=f"http://lethe_worker:{PASSWORDS['WORKER']}@{clickhouse}")
    yield store
    await store.close()


async def test_the_worker_migrates_a_server_once(worker: Store) -> None:
    await worker.migrate(TOPICS)
    assert await worker.migrate(TOPICS) == []
    applied = await worker.query("SELECT name FROM lethe.migrations WHERE number > 0 ORDER BY number")
    assert [name for (name,) in applied] == [migration.name for migration in migrations()]


async def test_the_reader_sees_no_raw_row(worker: Store, clickhouse: str) -> None:
    await worker.migrate(TOPICS)
    reader = await Store.open(url=f"http://lethe_reader:{PASSWORDS['READER']}@{clickhouse}")
    assert await reader.query("SELECT count() FROM lethe.turns_by_day") == [(0,)]
    with pytest.raises(StoreFault) as refused:
        await reader.query("SELECT count() FROM lethe.turn_facts")
    assert refused.value.code == DENIED
    await reader.close()


async def test_nobody_enters_without_a_password(clickhouse: str) -> None:
    with pytest.raises(StoreFault):
        await Store.open(url=f"http://default:@{clickhouse}")
