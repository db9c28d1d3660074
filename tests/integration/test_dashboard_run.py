"""The dashboard as it is run over a ClickHouse server: by itself, and by the analytics process."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from analytics.dashboard.tokens import make, revoke
from analytics.store import Store
from analytics.stream import Stream
from tests.dashboard_app import MINE, NOW, OTHER, fill
from tests.deployment import called
from tests.fixtures_analytics import ROOT, Analytics, Broker, publish, turn
from tests.fixtures_clickhouse import free_port
from tests.fixtures_clickhouse_users import KEEPER, READER, WRITER, server_with_users, users_file

OPERATOR = "an-operators-token-of-a-test"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with server_with_users(tmp_path_factory.mktemp("server"), users_file()) as (server, _):
        asyncio.run(_fill(server.url()))
        yield server


async def _fill(url: str) -> None:
    store = await Store.open(url=url)
    await fill(store)
    await store.close()


def run(**settings: object) -> subprocess.CompletedProcess[str]:
    """Run the role, which is to refuse its settings."""
    return subprocess.run(_COMMAND, env=_environ(settings), cwd=ROOT, capture_output=True, text=True, check=False)


@contextlib.contextmanager
def running(**settings: object) -> Iterator[httpx.Client]:
    """Run the role until it has drained; yield a client of it."""
    reading, writing = os.pipe()
    port = free_port()
    environ = _environ({"http_port": port, "ready_fd": writing} | settings)
    with subprocess.Popen(_COMMAND, env=environ, cwd=ROOT, pass_fds=(writing,)) as process:
        os.close(writing)
        assert os.read(reading, 16), "it ended before it was ready"
        os.close(reading)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


_COMMAND = [sys.executable, "-m", "deploy.cli", "run", "dashboard"]


def _environ(settings: dict[str, object]) -> dict[str, str]:
    own = {f"LETHE_{name.upper()}": str(value) for name, value in settings.items()}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | own


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_it_serves_published_figures_to_who_may_see_them(server, tmp_path):
    tokens, operator = tmp_path / "clinic-tokens.json", tmp_path / "token"
    secret, token = make(tokens, MINE, days=1, now=NOW)
    operator.write_text(OPERATOR)
    url = server.url(READER, READER)
    with running(clickhouse_url=url, clinic_tokens=tokens, access_token_file=operator) as client:
        assert client.get("/readyz").status_code == 200
        own = client.get(f"/api/clinics/{MINE}/topics", headers=bearer(secret))
        assert (own.status_code, len(own.json()["rows"]) > 5) == (200, True)
        assert client.get(f"/api/clinics/{OTHER}/topics", headers=bearer(secret)).status_code == 404
        assert client.get(f"/api/clinics/{OTHER}/topics", headers=bearer(OPERATOR)).json()["rows"]
        for form in ("csv", "json", "parquet"):
            assert client.get(f"/api/clinics/{MINE}/export.{form}", headers=bearer(secret)).status_code == 200
        cli = client.get(f"/api/clinics/{MINE}/topics?source=cli", headers=bearer(OPERATOR))
        assert (cli.status_code, cli.json()["code"]) == (400, "invalid_request"), "not published, so not readable"
        page = client.get(f"/clinics/{MINE}", headers=bearer(secret))
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8"), page.headers
        seeded = client.post(f"/api/clinics/{MINE}/seed", headers=bearer(OPERATOR))
        assert seeded.status_code == 405, "it stores nothing"
        revoke(tokens, secret, now=NOW)
        _refused_within_a_second(client, secret)
    assert token.clinic == MINE


def _refused_within_a_second(client: httpx.Client, secret: str) -> None:
    for _ in range(1_000):
        if client.get(f"/api/clinics/{MINE}/nothing", headers=bearer(secret)).status_code == 401:
            return
    raise AssertionError("it still opens")


@pytest.mark.parametrize(
    "settings, named",
    [
        pytest.param({"clickhouse_url": ""}, "LETHE_CLICKHOUSE_URL: must be set", id="chDB"),
        pytest.param({"http_host": "0.0.0.0"}, "LETHE_HTTP_HOST: loopback only", id="beyond loopback"),
        pytest.param(
            {"http_host": "0.0.0.0", "public_url": "http://anna.example"}, "LETHE_PUBLIC_URL: https", id="no https"
        ),
        pytest.param({"public_url": "https://anna.example/figures"}, "LETHE_PUBLIC_URL: https", id="below a path"),
        pytest.param({"access_token_file": "short"}, "LETHE_ACCESS_TOKEN_FILE: ", id="a token too short"),
        pytest.param({"access_token_file": "/nowhere/anna"}, "LETHE_ACCESS_TOKEN_FILE: ", id="no token"),
        pytest.param({"clinic_tokens": "short"}, "LETHE_CLINIC_TOKENS: ", id="no tokens"),
        pytest.param({"clinics": "/nowhere/anna"}, "LETHE_CLINICS: ", id="no folder of clinics"),
        pytest.param({"http_port": "anna"}, "LETHE_HTTP_PORT: wrong form", id="no port"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings, named, tmp_path):
    (tmp_path / "short").write_text("anna")
    given = {name: tmp_path / value if value == "short" else value for name, value in settings.items()}
    refused = {"clickhouse_url": "http://127.0.0.1:1", "http_port": free_port()} | given
    done = called("run", "dashboard", env=_environ(refused))
    assert (done.returncode, done.stdout) == (2, "")
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert "anna" not in done.stderr


def test_a_server_that_is_away_ends_it():
    """Whatever started it starts it again."""
    done = run(clickhouse_url="http://reader:anna@127.0.0.1:1", http_port=free_port())
    assert done.returncode == 1
    assert "store_failed" in done.stderr
    assert "anna" not in done.stderr


@pytest.fixture
async def broker(tmp_path):
    broker = Broker(tmp_path)
    await broker.start()
    yield broker
    await broker.stop()


async def test_the_analytics_process_keeps_writes_and_reads_as_three_users(server, broker, tmp_path):
    nc = await broker.connect()
    await Stream(nc).open(replicas=1, max_bytes=64 << 20)
    last = await publish(nc, [turn(n) for n in range(20)])
    await nc.close()
    users = {f"clickhouse_{user.removeprefix('lethe_')}_url": server.url(user, user) for user in (WRITER, READER)}
    async with Analytics(broker, tmp_path, url=server.url(KEEPER, KEEPER), **users) as worker:
        await worker.stored(last)
        await worker.ready()
        async with worker.client() as client:
            assert (await client.get(f"/api/clinics/{MINE}/topics")).json()["rows"]
            assert (await client.get(f"/api/clinics/{MINE}/topics?source=cli")).status_code == 400
        await worker.stop()
    store = await Store.open(url=server.url())
    assert await store.query("SELECT uniqExact(batch) FROM lethe.turn_facts WHERE batch > 1") == [(1,)]
    await store.close()


@pytest.mark.parametrize("name", ["writer", "reader"])
def test_without_a_server_there_are_no_others_users(name, tmp_path):
    environ = _environ({"nats_seed": "SU", "data_dir": tmp_path / "chdb", f"clickhouse_{name}_url": "http://anna:1"})
    command = [*_COMMAND[:-1], "analytics"]
    done = subprocess.run(command, env=environ, cwd=Path(ROOT), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "LETHE_CLICKHOUSE_URL: must be set" in done.stderr
    assert "anna" not in done.stderr
