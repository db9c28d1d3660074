"""Analytics process and dashboard as they are run on a server: by the users of `deploy/clickhouse/users.xml`."""

import asyncio
import contextlib
import os
import sys

import httpx
import pytest

from analytics.stream import Stream
from tests.analytics_audit import audit, expect
from tests.fixtures_analytics import CONSENT, PATIENCE_S, ROOT, TOKEN, Analytics, Broker, publish, turn
from tests.fixtures_clickhouse import clickhouse, free_port
from tests.fixtures_clickhouse_users import KEEPER, READER, WRITER, passwords, users_file

TURNS = 1_200


@pytest.fixture
async def broker(tmp_path):
    broker = Broker(tmp_path)
    await broker.start()
    yield broker
    await broker.stop()


@contextlib.asynccontextmanager
async def dashboard(url, token):
    """Run the dashboard's role as a container does, but for its address."""
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "LETHE_CLICKHOUSE_URL": url,
        "LETHE_HTTP_PORT": str(port),
        "LETHE_ACCESS_TOKEN_FILE": str(token),
    }
    command = [sys.executable, "-m", "deploy.cli", "run", "dashboard"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environ, stderr=asyncio.subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0


async def summary(port):
    """Return the week's figures once there are any."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        asyncio.timeout(PATIENCE_S),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as client,
    ):
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = await client.get("/api/clinics/lumiere/summary?range=7d")
                if answer.is_success and (found := answer.json())["total"]:
                    return found
            await asyncio.sleep(0.1)


async def test_events_become_figures_by_three_users_of_whom_none_could_do_it_alone(broker, tmp_path):
    nc = await broker.connect()
    await Stream(nc).open(replicas=1, max_bytes=64 << 20)
    facts = [turn(n) if n % 10 else CONSENT for n in range(TURNS)]
    last = await publish(nc, facts)
    with clickhouse(tmp_path / "server", users_file(), passwords()) as server:
        keeper, writer, reader = (server.url(user, user) for user in (KEEPER, WRITER, READER))
        async with Analytics(
            broker, tmp_path, url=keeper, clickhouse_writer_url=writer, clickhouse_reader_url=reader, close_every_s=0.2
        ) as process:
            await process.stored(last)
            async with dashboard(reader, tmp_path / "token") as port, asyncio.timeout(PATIENCE_S):
                while await summary(port) != await summary(process.port):  # noqa: ASYNC110  # days are being closed
                    await asyncio.sleep(0.1)
            await process.stop()
        assert await audit(tmp_path, keeper) == expect(facts)
    await nc.close()
