"""Every user over every subject, against a running broker with the generated configuration."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from deploy import keys
from deploy.nats.config import Listen, server_config
from deploy.up.supervisor import free_port, wait_for_port
from schemas.subjects import CONNECTION_LOST, SUBJECTS, WORKERS, Role, inbox_prefix, new_token, reply_subject

GATEWAY = "gw1"
USERS = (*((role, "") for role in (*WORKERS, Role.ANALYTICS, Role.OPERATOR)), (Role.GATEWAY, GATEWAY))
STREAM_CALLS = ("$JS.API.STREAM.CREATE.chat", "$JS.API.STREAM.CREATE.FACTS", "$JS.API.INFO")
OWN_INBOX = inbox_prefix(Role.GATEWAY, GATEWAY) + ".>"
WIRETAPS = (">", "turn.>", "reply.>", f"reply.{GATEWAY}.*", "_INBOX.>", OWN_INBOX, "$SYS.>", CONNECTION_LOST, "fact.>")


def _filled(pattern: str, *, region: str = "eu", gateway: str = GATEWAY) -> str:
    return pattern.format(region=region, gateway=gateway, worker="w1", token=new_token())


SUBJECTS_TRIED = tuple(
    dict.fromkeys(
        [row.pattern for row in SUBJECTS]
        + [row.pattern.replace("{gateway}", "gw2") for row in SUBJECTS if "{gateway}" in row.pattern]
        + [row.pattern.replace("{region}", "us") for row in SUBJECTS if "{region}" in row.pattern]
        + [CONNECTION_LOST, *STREAM_CALLS]
    )
)


def _may_publish(role: Role, pattern: str) -> bool:
    if role is Role.ANALYTICS:
        return pattern == "$JS.API.STREAM.CREATE.FACTS"
    return any(row.publisher is role and row.pattern == pattern for row in SUBJECTS)


def _may_subscribe(role: Role, pattern: str) -> bool:
    if role is Role.GATEWAY and pattern == CONNECTION_LOST:
        return True
    # a worker hears the withdrawals of every gateway
    pattern = pattern.replace("gw2", "{gateway}") if role in WORKERS else pattern
    return any(row.consumer is role and row.pattern == pattern and not row.queue for row in SUBJECTS)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("broker")
    port = free_port()
    keys.new_keys(folder, gateways=(GATEWAY, "gw2"))
    config = folder / "nats.conf"
    listen = Listen("127.0.0.1", port, str(folder / "js"))
    config.write_text(server_config(keys.users(folder), region="eu", listen=listen))
    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("nats-server")), "-c", str(config)], stderr=subprocess.DEVNULL
    )
    try:
        asyncio.run(wait_for_port(port, within_s=10))
        yield f"nats://127.0.0.1:{port}", folder
    finally:
        server.terminate()
        server.wait(10)


class User:
    """A connected user that notes what the broker refuses."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.refusals: list[str] = []

    async def refused(self) -> bool:
        await self.client.flush()
        await self.client.flush()  # an error's callback is a task of its own
        found, self.refusals[:] = bool(self.refusals), []
        return found


async def _connect(broker: tuple[str, Path], role: Role, instance: str = "") -> User:
    url, folder = broker
    user = User(Client())

    async def on_error(error: Exception) -> None:
        user.refusals.append(str(error))

    await user.client.connect(
        url,
        nkeys_seed_str=keys.seed_file(folder, role, instance).read_text(),
        inbox_prefix=inbox_prefix(role, instance if role is Role.GATEWAY else ""),
        error_cb=on_error,
        allow_reconnect=False,
    )
    return user


@pytest.fixture(params=USERS, ids=lambda user: user[0].value)
async def user(request: pytest.FixtureRequest, broker: tuple[str, Path]) -> AsyncIterator[tuple[Role, User]]:
    role, instance = request.param
    connected = await _connect(broker, role, instance)
    yield role, connected
    await connected.client.close()


async def test_a_user_publishes_on_its_own_edges_and_nowhere_else(user: tuple[Role, User]) -> None:
    role, connected = user
    found = {}
    for pattern in SUBJECTS_TRIED:
        await connected.client.publish(_filled(pattern), b"x")
        found[pattern] = not await connected.refused()
    assert found == {pattern: _may_publish(role, pattern) for pattern in SUBJECTS_TRIED}


async def test_a_user_subscribes_to_its_own_edges_and_nowhere_else(user: tuple[Role, User]) -> None:
    role, connected = user
    tried = [*SUBJECTS_TRIED, *WIRETAPS]
    found = {}
    for pattern in tried:
        subject = pattern.format(region="eu", gateway="*" if role in WORKERS else GATEWAY, worker="*", token="*")
        subscription = await connected.client.subscribe(subject, cb=_ignore)
        found[pattern] = not await connected.refused()
        await subscription.unsubscribe()
    own_replies = {f"reply.{GATEWAY}.*", OWN_INBOX} if role is Role.GATEWAY else set()
    assert found == {pattern: _may_subscribe(role, pattern) or pattern in own_replies for pattern in tried}


async def _ignore(_: object) -> None:
    return None


@pytest.mark.parametrize("role", WORKERS, ids=lambda role: role.value)
async def test_a_worker_takes_turns_only_within_its_queue_group(broker: tuple[str, Path], role: Role) -> None:
    """Outside the group it would get a copy of every turn."""
    worker = await _connect(broker, role)
    row = next(row for row in SUBJECTS if row.consumer is role and row.queue)
    outcomes = []
    for queue in ("", "wiretap", role.value):
        subscription = await worker.client.subscribe(_filled(row.pattern), queue=queue, cb=_ignore)
        outcomes.append(await worker.refused())
        await subscription.unsubscribe()
    assert outcomes == [True, True, False]
    await worker.client.close()


async def test_a_gateway_cannot_read_another_gateways_replies(broker: tuple[str, Path]) -> None:
    gateway = await _connect(broker, Role.GATEWAY, "gw2")
    await gateway.client.subscribe(reply_subject(GATEWAY, "*"), cb=_ignore)
    assert await gateway.refused()
    await gateway.client.close()


async def test_a_worker_answers_only_what_it_was_asked(broker: tuple[str, Path]) -> None:
    gateway, worker = await _connect(broker, Role.GATEWAY, GATEWAY), await _connect(broker, Role.LLM)
    answered = asyncio.Event()

    async def on_turn(message: Msg) -> None:
        await worker.client.publish(message.reply, b"asked for")

    async def on_reply(_: object) -> None:
        answered.set()

    await gateway.client.subscribe(reply_subject(GATEWAY, "*"), cb=on_reply)
    await worker.client.subscribe("probe.llm.w1", cb=on_turn)
    await asyncio.gather(gateway.client.flush(), worker.client.flush())
    await worker.client.publish(reply_subject(GATEWAY, new_token()), b"forged")
    assert await worker.refused()
    assert not answered.is_set()
    await gateway.client.publish("probe.llm.w1", b"", reply=reply_subject(GATEWAY, new_token()))
    await asyncio.wait_for(answered.wait(), 5)
    await asyncio.gather(gateway.client.close(), worker.client.close())


async def test_a_stream_made_in_facts_captures_no_chat(broker: tuple[str, Path]) -> None:
    """The analytics user may name the stream's subjects; accounts keep chat out of it all the same."""
    analytics, gateway = await _connect(broker, Role.ANALYTICS), await _connect(broker, Role.GATEWAY, GATEWAY)
    everything = {"name": "FACTS", "subjects": ["turn.>", "reply.>", "ctl.>", "probe.>"], "storage": "memory"}
    made = await analytics.client.request("$JS.API.STREAM.CREATE.FACTS", json.dumps(everything).encode(), timeout=5)
    assert "error" not in json.loads(made.data)
    for _ in range(50):
        await gateway.client.publish(
            "turn.received.eu", secrets.token_bytes(32), reply=reply_subject(GATEWAY, new_token())
        )
    await gateway.client.flush()
    info = json.loads((await analytics.client.request("$JS.API.STREAM.INFO.FACTS", b"", timeout=5)).data)
    assert info["state"]["messages"] == 0
    await asyncio.gather(analytics.client.close(), gateway.client.close())


@pytest.mark.parametrize("what", ["KICK", "LDM", "RELOAD", "PROFILEZ"])
async def test_the_operator_counts_and_does_not_act(broker: tuple[str, Path], what: str) -> None:
    operator = await _connect(broker, Role.OPERATOR)
    await operator.client.publish(f"$SYS.REQ.SERVER.NSERVER.{what}", b"{}")
    assert await operator.refused()
    await operator.client.close()


async def test_chat_has_no_jetstream(broker: tuple[str, Path]) -> None:
    operator = await _connect(broker, Role.OPERATOR)
    answer = await operator.client.request("$SYS.REQ.SERVER.PING.JSZ", b'{"accounts": true}', timeout=5)
    accounts = json.loads(answer.data)["data"]["account_details"]
    assert [account["name"] for account in accounts] == ["FACTS"]
    await operator.client.close()
