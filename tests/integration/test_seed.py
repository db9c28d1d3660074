"""`lethe analytics seed`: synthetic figures, made by the process that has the database open, once a clinic."""

import asyncio
import contextlib
import datetime as dt
import socket
import sys
from pathlib import Path

import httpx
import pytest
import uvicorn

from analytics import seeding as seeding_module
from analytics.asked import Asked, Filters, Span
from analytics.closing import Closing, last_over
from analytics.dashboard.app import create_app
from analytics.dashboard.seeding import Seeding
from analytics.figures import Figures
from analytics.rollups import reconcile
from analytics.seed import spike_topic, spike_week
from analytics.seeding import AlreadySeeded, Wanted, seed
from analytics.spikes import Kind
from analytics.store import Store
from analytics.weekly import report
from schemas.clinic import parse_clinic
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Source
from schemas.treatments import treatments
from tests.dashboard_app import OPERATOR, App
from tests.fixtures_clickhouse import clickhouse
from tests.openapi import check

ROOT = Path(__file__).parents[2]
LUMIERE = "clinique-lumiere"
TABLES = ("turn_facts", "turns_by_hour", "turns_by_day", "turns_by_month", "released", "released_until")
NOW = dt.datetime.now(dt.UTC)
CLINIC = parse_clinic((ROOT / "deploy" / "clinics" / f"{LUMIERE}.toml").read_text("utf-8"), file_id=LUMIERE)
OFFERED = tuple(one.slug for one in CLINIC.treatments if one.offered)
ZONE = CLINIC.time_zone
TODAY = last_over(NOW, ZONE) + dt.timedelta(days=1)
HERE, ELSEWHERE = ("127.0.0.1", 50_000), ("192.0.2.7", 50_000)
PATH = f"/api/clinics/{LUMIERE}/seed"


@pytest.fixture(scope="module", params=["chdb", "server"])
def opened(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "chdb":
        store = asyncio.run(_open(data_dir=str(folder / "data")))
        yield store
        asyncio.run(store.close())
        return
    with clickhouse(folder) as server:
        store = asyncio.run(_open(url=server.url()))
        yield store
        asyncio.run(store.close())


async def _open(**where) -> Store:
    store = await Store.open(**where)
    await store.migrate(frozenset({*treatments(), CLINIC_TOPIC, NO_TOPIC}))
    return store


@pytest.fixture
def store(opened):
    for table in TABLES:
        asyncio.run(opened.command(f"TRUNCATE TABLE lethe.{table}"))
    return opened


@pytest.fixture
def closing(store):
    return Closing(store, timezone=lambda _: ZONE)


WANTED = Wanted(clinic=LUMIERE, timezone=ZONE, offered=OFFERED, today=TODAY)


def seeded(store, closing, **changes):
    return seed(
        store,
        WANTED._replace(**changes),
        lock=closing.lock,
        close=lambda: closing.close(LUMIERE, Source.SEED, now=NOW),
    )


async def stored(store) -> tuple[int, int, int]:
    ((hours, days, months),) = await store.query(
        "SELECT (SELECT sum(turns) FROM lethe.turns_by_hour), (SELECT sum(turns) FROM lethe.turns_by_day),"
        " (SELECT sum(turns) FROM lethe.turns_by_month)"
    )
    return hours, days, months


async def test_a_year_is_made_closed_and_shown(store, closing):
    number = await seeded(store, closing)
    assert number > 15_000
    assert await stored(store) == (number, number, number)
    assert await reconcile(store, today=NOW.date()) == 0, "rollups agree with raw rows"
    figures = Figures(store, own=True)
    coverage = await figures.coverage(LUMIERE, Source.SEED)
    assert coverage.closed == TODAY - dt.timedelta(days=1)
    assert coverage.first
    assert coverage.closed
    assert 390 < (TODAY - coverage.first).days <= 401
    assert await figures.clinics(Source.VISITOR) == []
    year = Asked(LUMIERE, Source.SEED, Span(coverage.first, coverage.closed))
    summary = await figures.summary(year)
    assert summary.total
    assert number * 0.95 < summary.total.turns <= number
    topics = await figures.breakdown("topic", year)
    assert len(topics.rows) > 20
    missing = await figures.breakdown("topic", year._replace(filters=Filters(ending="not_offered")))
    assert len(missing.rows) >= 6
    assert {row.key for row in missing.rows}.isdisjoint(OFFERED)
    unanswered = await figures.breakdown("topic", year._replace(filters=Filters(ending="unanswered")))
    assert len(unanswered.rows) >= 3
    assert await figures.heat(year)


async def test_the_week_that_trebles_is_noticed(store, closing):
    await seeded(store, closing)
    told = await report(Figures(store, own=True), store, clinic=LUMIERE, source=Source.SEED)
    topic, week = spike_topic(OFFERED), spike_week(TODAY - dt.timedelta(days=1))
    assert [(one.kind, one.topic, one.first) for one in told.notices] == [(Kind.SPIKE, topic, week[0])]


async def test_a_small_clinic_sees_something(store, closing):
    await seeded(store, closing, chats=100)
    figures = Figures(store, own=True)
    month = Asked(LUMIERE, Source.SEED, Span(TODAY - dt.timedelta(days=84), TODAY))
    total = (await figures.summary(month)).total
    assert total
    assert total.turns > 300
    assert len((await figures.breakdown("topic", month)).rows) >= 3


async def test_a_clinic_is_seeded_once(store, closing):
    await seeded(store, closing, days=10)
    before = await stored(store)
    with pytest.raises(AlreadySeeded):
        await seeded(store, closing, seed=1)
    assert await stored(store) == before


@pytest.mark.parametrize(
    "changes",
    [{"days": 0}, {"days": 761}, {"chats": 9}, {"chats": 20_001}],
    ids=["no day", "longer than is kept", "too few", "too many"],
)
async def test_bounds_are_kept(store, closing, changes):
    with pytest.raises(ValueError, match="days or chats"):
        await seeded(store, closing, **changes)
    assert await stored(store) == (0, 0, 0)


async def test_no_day_is_closed_between_two_blocks(store, closing, monkeypatch):
    """The worker looks for days that are over at any time; here after every block."""
    monkeypatch.setattr(seeding_module, "BLOCK_ROWS", 100)
    inserting, looks = store.insert, []

    async def insert_then_look(table, rows):
        await inserting(table, rows)
        if table == "lethe.turn_facts":
            looks.append(asyncio.create_task(closing.close_due(caught_up=NOW)))
            await asyncio.sleep(0)

    with monkeypatch.context() as patch:
        patch.setattr(store, "insert", insert_then_look)
        number = await seeded(store, closing, days=28)
    assert len(looks) > 5
    assert await asyncio.gather(*looks) == [0] * len(looks), "everything was closed by then"
    turns = await store.query("SELECT sum(turns) FROM lethe.released WHERE tree = 'total'")
    suspect = await store.query("SELECT count() FROM lethe.turn_facts WHERE suspect")
    assert turns[0][0] + suspect[0][0] == number


class Seeded(App):
    """The figures' app that makes synthetic figures."""

    def __init__(self, store, folder, closing):
        super().__init__(store, folder)
        seeding = Seeding(
            store=store,
            writer=store,
            clinic={LUMIERE: CLINIC}.get,
            lock=closing.lock,
            close=lambda clinic: closing.close(clinic, Source.SEED, now=NOW),
        )
        self._app = create_app(self.parts, seeding)

    @contextlib.asynccontextmanager
    async def asked_from(self, address, token=OPERATOR, **headers):
        transport = httpx.ASGITransport(self._app, client=address)
        given = {"authorization": f"Bearer {token}"} | headers
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8001", headers=given) as client:
            yield client


@pytest.fixture
def app(store, closing, tmp_path):
    return Seeded(store, tmp_path, closing)


async def test_the_operator_asks_for_it_over_http_once(app):
    async with app.asked_from(HERE) as client:
        reply = await client.post(PATH, json={"days": 30, "chats": 100})
        assert reply.status_code == 201
        check(reply.json(), {"$ref": "#/components/schemas/Seeded"})
        assert reply.json()["events"] > 100
        again = await client.post(PATH, json={"days": 30, "chats": 100})
    assert (again.status_code, again.json()["code"]) == (409, "already_seeded")


@pytest.mark.parametrize(
    "body,detail",
    [
        (b'{"days": 761}', "days: cannot be used"),
        (b'{"chats": "anna"}', "chats: cannot be used"),
        (b'{"seed": -1}', "seed: cannot be used"),
        (b'{"anna": 1}', "body: cannot be used"),
        (b"anna", "body: cannot be used"),
        (b"\xff", "body: cannot be used"),
    ],
    ids=["too many days", "a word", "a negative seed", "another field", "no JSON", "no text"],
)
async def test_what_cannot_be_used_is_named_and_not_quoted(app, store, body, detail):
    async with app.asked_from(HERE) as client:
        reply = await client.post(PATH, content=body)
    assert (reply.status_code, reply.json()["detail"]) == (400, detail)
    assert await stored(store) == (0, 0, 0)


async def test_nobody_else_can_ask_for_it(app, store):
    async def refused(address, token, path=PATH, **headers) -> tuple[int, str]:
        async with app.asked_from(address, token, **headers) as client:
            reply = await client.post(path, json={"days": 30})
            return reply.status_code, reply.json()["code"]

    assert await refused(ELSEWHERE, OPERATOR) == (404, "not_found")
    assert await refused(None, OPERATOR) == (404, "not_found")
    assert await refused(HERE, app.mine, "/api/clinics/lumiere/seed") == (404, "not_found"), "a clinic's own token"
    assert await refused(HERE, app.mine) == (404, "unknown_clinic")
    assert await refused(HERE, "wrong") == (401, "unauthorised")
    assert await refused(HERE, OPERATOR, origin="https://evil.example") == (403, "origin_not_allowed")
    assert await refused(HERE, OPERATOR, "/api/clinics/nobody/seed") == (404, "unknown_clinic")
    assert await stored(store) == (0, 0, 0)


@contextlib.asynccontextmanager
async def served(app):
    """Serve `app` on a free port of loopback, and yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app._app, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


async def run(folder: Path, url: str, *arguments: str):
    keys = folder / "keys"
    keys.mkdir(exist_ok=True)
    (keys / "analytics.token").write_text(OPERATOR)
    asked = [*arguments, "--url", url, "--data", str(folder)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", "analytics", *asked),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_the_command_makes_it_and_says_where_to_look(app, tmp_path):
    async with served(app) as url:
        code, out, err = await run(tmp_path, url, "seed", LUMIERE, "--days", "30", "--chats", "60")
        assert (code, out) == (0, f"{url}/clinics/{LUMIERE}?source=seed\n"), err
        code, out, err = await run(tmp_path, url, "seed", LUMIERE)
    assert (code, out) == (1, "")
    assert "it has synthetic figures" in err


@pytest.mark.parametrize("option", [("--days", "761"), ("--chats", "9")], ids=["days", "chats"])
async def test_the_command_knows_the_bounds(tmp_path, option):
    code, _, err = await run(tmp_path, "http://127.0.0.1:9", "seed", LUMIERE, *option)
    assert code == 2
    assert option[0] in err


async def test_without_the_process_the_command_says_so(tmp_path):
    code, _, err = await run(tmp_path, "http://127.0.0.1:9", "seed", LUMIERE)
    assert code == 1
    assert "is `lethe up` running?" in err
