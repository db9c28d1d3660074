"""Promise 1: a chat message exists only in memory while it is processed, and not there soon after.

Every turn carries canaries of its own through one way of ending, at log level DEBUG; afterwards they
are looked for in every file that any part has written (logs, NATS and ClickHouse stores, metrics) and
in the memory of every part. The planted ones prove that the detectors see.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.cluster import Cluster, open_session, take_turn
from tests.scripted_provider import Script, ScriptedProvider
from tests.traces import encodings, in_files, in_memory, new_canary

SETTLING_S = 3.0
"""From the last reply until memory is read; PRIVACY.md states it."""
ROLES = ("gateway", "sanitiser", "router", "llm", "analytics", "nats")


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider(Script(tokens=("This ", "is ", "general ", "advice."), delay_s=0.02)) as server:
        yield server


@pytest.mark.parametrize("form", sorted(encodings("x" * 24)))
def test_a_planted_canary_is_found_in_a_file(tmp_path: Path, form: str) -> None:
    canary = new_canary()
    (tmp_path / "part.log").write_bytes(b"before " + encodings(canary)[form] + b" after")
    assert in_files([tmp_path], [canary])


def test_a_planted_canary_is_found_in_memory() -> None:
    canary = new_canary()
    program = "import sys; kept = sys.stdin.readline(); print('kept', flush=True); sys.stdin.readline()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(canary + "\n")
        child.stdin.flush()
        child.stdout.readline()
        assert in_memory(child.pid, [canary])
        child.communicate("\n")


def _pids(cluster: Cluster) -> dict[str, int]:
    return {f"{role}-{n}": pid for role in ROLES for n, pid in enumerate(cluster.pids(role), 1)}


async def _left_by_its_visitor(client: httpx.AsyncClient, message: str) -> None:
    body = {"session": await open_session(client), "message": message}
    async with client.stream("POST", "/v1/turns", json=body) as response:
        async for line in response.aiter_lines():
            if line == "event: delta":
                return


async def _ways_to_end(cluster: Cluster, provider: ScriptedProvider, canaries: list[str]) -> None:
    """Send one canary through each way a turn can end while everything runs."""
    c = iter(canaries)
    slow = Script(tokens=("one.\n",) * 40, delay_s=0.05)
    async with cluster.client() as client:
        await take_turn(client, f"my name is {next(c)} and do you offer botox?")
        await take_turn(client, f"do you offer botox? {next(c)}@example.org")
        answered = await take_turn(client, f"please write a poem about {next(c)}")
        await take_turn(client, f"and another about {next(c)}", session=answered.end["session"])
        provider.play(slow)
        await _left_by_its_visitor(client, f"please write a story about {next(c)}")
        provider.play(Script(status=500))
        await take_turn(client, f"please write a song about {next(c)}")
        provider.play(slow)
        streaming = asyncio.Event()
        asking = asyncio.create_task(take_turn(client, f"please write a play about {next(c)}", streaming=streaming))
        await asyncio.wait_for(streaming.wait(), 10)
        cluster.kill("llm", 0)
        await asking
        provider.play(Script())
        refused = await client.post("/v1/turns", json={"session": "x", "message": next(c)})
        assert refused.status_code == 401
        refused = await client.post("/v1/turns", json={"session": "x", next(c): "y"})
        assert refused.status_code == 400
        await take_turn(client, " ".join([next(c)] * 60))  # past the limit
        assert next(c, None) is None


async def test_no_part_keeps_a_message(tmp_path: Path, provider: ScriptedProvider) -> None:
    env = {"LETHE_LOG_LEVEL": "DEBUG", "LETHE_LLM_BASE_URL": provider.base_url, "LETHE_LLM_API_KEY": "k"}
    canaries = [new_canary() for _ in range(10)]
    async with Cluster(tmp_path, scale={"llm": 2}, env=env) as cluster:
        await cluster.start_all(*ROLES)
        await _ways_to_end(cluster, provider, canaries)
        metrics = await cluster.metrics_text()
        await asyncio.sleep(SETTLING_S)
        pids = _pids(cluster)
        del pids["llm-1"]  # killed, on purpose
        in_parts = {name: found for name, pid in pids.items() if (found := in_memory(pid, canaries))}
        last = new_canary()
        canaries.append(last)
        provider.play(Script(tokens=("one.\n",) * 40, delay_s=0.05))
        async with cluster.client() as client:
            streaming = asyncio.Event()
            asking = asyncio.create_task(take_turn(client, f"please write about {last}", streaming=streaming))
            await asyncio.wait_for(streaming.wait(), 10)
            await cluster.running["llm"][1].stop()
            await asking
    assert in_parts == {}
    assert in_files([tmp_path], canaries) == []
    assert not any(canary in metrics for canary in canaries)
