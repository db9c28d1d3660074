"""Workers that are killed, paused or cut off while they hold turns; brokers and gateways that restart.

Every turn ends in exactly one answer or honest error, none in another's words. The parts are real
processes over a real broker; the model is a real HTTP server that answers each turn with its own marker.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import statistics
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cluster import Cluster, Turn, open_session, take_turn
from tests.fault_proxy import FaultProxy
from tests.scripted_provider import Received, Script, ScriptedProvider

pytestmark = pytest.mark.long
TOKENS = 40
DELAY_S = 0.03
TURNS = 50
FIRST, WORDS = 3, 10
"""Words of the first sentence, and of each further one: an answer goes out by sentences."""
_MARKER = re.compile(r"marker[a-z]+end")


def _echo(request: Received) -> list[str]:
    """Answer with the marker of the visitor's last message, so that a stray frame would show."""
    marker = _MARKER.findall(json.dumps(request.body["messages"][-1]))[-1]
    return [marker + (".\n" if number % WORDS == FIRST - 1 else " ") for number in range(TOKENS)]


def _message(number: int) -> str:
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return f"please write a little poem about the word marker{letters}end"


def _assert_one_honest_end(turn: Turn, message: str) -> None:
    if turn.refusal:
        assert turn.refusal["code"] in {"overloaded", "interrupted"}
        assert turn.refusal["actions"]
        return
    assert turn.names.count("done") + turn.names.count("error") == 1
    assert turn.names[-1] in {"done", "error"}
    found = set(_MARKER.findall(turn.text))
    assert found <= {_MARKER.findall(message)[0]}, "words of another turn"
    if turn.names[-1] == "done":
        assert turn.text.count("marker") == TOKENS, "answered twice, or only in part"


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider(Script(tokens_for=_echo, delay_s=DELAY_S)) as server:
        yield server


@pytest.fixture
async def pairs(tmp_path: Path, provider: ScriptedProvider) -> AsyncIterator[Cluster]:
    """Two workers of each role."""
    scale = {"sanitiser": 2, "router": 2, "llm": 2}
    async with Cluster(tmp_path, scale=scale, env=_provider_env(provider)) as cluster:
        await cluster.start_all()
        yield cluster


def _provider_env(provider: ScriptedProvider) -> dict[str, str]:
    return {"LETHE_LLM_BASE_URL": provider.base_url, "LETHE_LLM_API_KEY": "k", "LETHE_LLM_MODEL": "scripted"}


async def _sessions(cluster: Cluster, count: int) -> list[str]:
    async with cluster.client() as client:
        return [await open_session(client) for _ in range(count)]


class Asking:
    """Turns asked at once, one in each session, and when they stream."""

    def __init__(self, cluster: Cluster, sessions: list[str]) -> None:
        self._streaming = [asyncio.Event() for _ in sessions]
        self._turns = asyncio.create_task(self._ask(cluster, sessions))

    async def _ask(self, cluster: Cluster, sessions: list[str]) -> list[tuple[str, Turn]]:
        messages = [_message(number) for number in range(len(sessions))]
        asked = zip(messages, sessions, self._streaming, strict=True)
        async with cluster.client() as client:
            turns = await asyncio.gather(
                *(take_turn(client, message, session=session, streaming=event) for message, session, event in asked)
            )
        return list(zip(messages, turns, strict=True))

    async def stream(self, count: int | None = None) -> None:
        """Return once the first words of `count` answers have come; None: of all."""
        waiting = [asyncio.create_task(event.wait()) for event in self._streaming]
        async with asyncio.timeout(20):
            for first in itertools.islice(asyncio.as_completed(waiting), count):
                await first
        for task in waiting:
            task.cancel()

    async def turns(self) -> list[tuple[str, Turn]]:
        """Return each message with its turn, once all have ended."""
        return await asyncio.wait_for(self._turns, 60)


@pytest.fixture
def go(provider: ScriptedProvider) -> asyncio.Event:
    """Every answer waits after its first words until this is set, so that a fault meets all of them streaming."""
    event = asyncio.Event()
    provider.play(Script(tokens_for=_echo, delay_s=DELAY_S, wait_after=FIRST, goes_on=event))
    return event


async def test_an_llm_worker_killed_while_it_streams_loses_no_turn(pairs: Cluster, go: asyncio.Event) -> None:
    asking = Asking(pairs, await _sessions(pairs, TURNS))
    await asking.stream()
    killed_at = pairs.kill("llm")
    go.set()
    turns = await asking.turns()
    for message, turn in turns:
        _assert_one_honest_end(turn, message)
    restarts = [at - killed_at for _, turn in turns for at, name, _ in turn.events if name == "restart"]
    assert restarts, "the killed process held no turn"
    assert await pairs.metric("lethe_turns_republished_total") >= len(restarts)
    assert all(turn.names[-1] == "done" for _, turn in turns)
    print(f"\n{len(restarts)} of {TURNS} turns lost; noticed after {statistics.median(restarts) * 1000:.0f} ms")
    assert statistics.median(restarts) < 1.0


@pytest.mark.parametrize("role", ["sanitiser", "router"])
async def test_a_worker_killed_with_turns_in_its_hands_loses_none(pairs: Cluster, role: str) -> None:
    """Paused first, so that turns have certainly been handed to it."""
    sessions = await _sessions(pairs, 40)
    pairs.pause(role)
    asking = Asking(pairs, sessions)
    await asking.stream(12)  # by the other worker: about as many are with this one
    pairs.kill(role)
    turns = await asking.turns()
    for message, turn in turns:
        _assert_one_honest_end(turn, message)
    assert await pairs.metric("lethe_turns_republished_total") >= 1, "the killed process held no turn"
    assert sum(turn.names[-1:] == ["done"] for _, turn in turns) == len(turns)


async def test_a_paused_llm_worker_is_noticed_by_probes(pairs: Cluster, go: asyncio.Event) -> None:
    asking = Asking(pairs, await _sessions(pairs, 20))
    await asking.stream()
    pairs.pause("llm")
    go.set()
    turns = await asking.turns()
    pairs.resume("llm")
    for message, turn in turns:
        _assert_one_honest_end(turn, message)
    assert await pairs.metric("lethe_turns_republished_total", noticed="probe") >= 1


async def test_a_worker_cut_off_from_the_broker_is_noticed_and_comes_back(
    tmp_path: Path, provider: ScriptedProvider, go: asyncio.Event
) -> None:
    async with (
        Cluster(tmp_path, env=_provider_env(provider)) as cluster,
        FaultProxy(cluster.machine.nats_port) as proxy,
    ):
        cluster.nats_ports["llm"] = proxy.port
        await cluster.start_all()
        asking = Asking(cluster, await _sessions(cluster, 5))
        await asking.stream()
        proxy.cut()
        go.set()
        for message, turn in await asking.turns():
            _assert_one_honest_end(turn, message)
        proxy.flow()
        async with cluster.client() as client:
            tries = 0
            while (await take_turn(client, _message(7))).names[-1:] != ["done"]:
                tries += 1
                assert tries < 50, "the worker did not come back"
                await asyncio.sleep(0.1)


async def test_a_broker_that_restarts_loses_no_turn_that_streams(pairs: Cluster, go: asyncio.Event) -> None:
    asking = Asking(pairs, await _sessions(pairs, 10))
    await asking.stream()
    pairs.kill("nats")
    go.set()
    await pairs.running["nats"][0].stop()
    await pairs.running["nats"][0].start()
    turns = await asking.turns()
    for message, turn in turns:
        _assert_one_honest_end(turn, message)
    assert await pairs.metric("lethe_turns_republished_total", noticed="own_disconnect") >= 1


async def test_a_rolling_restart_loses_no_turn(pairs: Cluster) -> None:
    asking = Asking(pairs, await _sessions(pairs, 20))
    await asking.stream(1)
    for role in ("sanitiser", "router", "llm"):
        assert await pairs.running[role][0].stop() == 0
    turns = await asking.turns()
    for message, turn in turns:
        _assert_one_honest_end(turn, message)
    assert all(turn.names[-1] == "done" for _, turn in turns)
    assert all("restart" not in turn.names for _, turn in turns)


async def test_a_gateway_killed_between_two_turns_goes_on_with_the_same_conversation(pairs: Cluster) -> None:
    async with pairs.client() as client:
        first = await take_turn(client, "Do you offer Botox?")
        session = first.end["session"]
    pairs.kill("gateway")
    await pairs.running["gateway"][0].stop()
    await pairs.running["gateway"][0].start()
    async with pairs.client() as client:
        second = await take_turn(client, "and how much is it?", session=session)
        resumed = await client.post("/v1/sessions/resume", json={"session": second.end["session"]})
    assert second.names[-1] == "done"
    assert second.end["topic"] == "botulinum_toxin"
    assert [line["role"] for line in resumed.json()["history"]] == ["visitor", "assistant"] * 2


async def test_a_visitor_who_leaves_cancels_the_call_to_the_provider(
    pairs: Cluster, provider: ScriptedProvider
) -> None:
    async with pairs.client() as client:
        session = await open_session(client)
        body = {"session": session, "message": _message(3)}
        async with client.stream("POST", "/v1/turns", json=body) as response:
            async for line in response.aiter_lines():
                if line == "event: delta":
                    break
        await asyncio.wait_for(provider.disconnected.wait(), 1)
    assert provider.disconnects == 1


async def test_a_full_stage_is_said_quickly(tmp_path: Path, provider: ScriptedProvider) -> None:
    env = _provider_env(provider) | {"LETHE_CAPACITY": "2"}
    async with Cluster(tmp_path, env=env) as cluster:
        await cluster.start_all()
        turns = await Asking(cluster, await _sessions(cluster, 12)).turns()
    for message, turn in turns:
        _assert_one_honest_end(turn, message)
    ends = [turn.refusal["code"] if turn.refusal else turn.end.get("code", "done") for _, turn in turns]
    assert ends.count("done") >= 2
    assert ends.count("overloaded") >= 1
    assert set(ends) <= {"done", "overloaded"}
    waits = [turn.end["retry_after_s"] for _, turn in turns if turn.events and turn.end.get("code") == "overloaded"]
    assert all(wait > 0 for wait in waits)
