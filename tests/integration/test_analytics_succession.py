# ruff: noqa: S608  # the statements are of names of this file and of the repository's own files
"""Workers that follow each other on a ClickHouse server: what an earlier one left on its way never lands."""

import asyncio
import contextlib
import datetime as dt
import json
import time
from urllib.parse import urlencode

import pytest

from analytics import sessions
from analytics.closing import Closing
from analytics.rollups import GAPS, reconcile
from analytics.seeding import Wanted, seed
from analytics.sink import Batch, Position, Sink
from analytics.store import Store, StoreFault
from schemas.events import ConsentFact, TurnFact
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Consent, Intent, Language, Outcome, Path, Source
from schemas.treatments import treatments
from tests.event_faults import until
from tests.fault_proxy import FaultProxy
from tests.fixtures_analytics import PATIENCE_S
from tests.fixtures_clickhouse import clickhouse

NOW = dt.datetime.now(dt.UTC)
TWO_DAYS_AGO = int(NOW.timestamp()) // 86_400 * 86_400 - 2 * 86_400
STREAM = 1_700_000_000_000_000
ROLLUPS = ("turns_by_hour", "turns_by_day", "turns_by_month")
TABLES = ("turn_facts", "consent_facts", *ROLLUPS, "sink_offset", "workers", "released", "released_until")
TURN = TurnFact(
    clinic="lumiere",
    hour=TWO_DAYS_AGO,
    language=Language.FR,
    topic="lip_filler",
    intent=Intent.PRICE,
    path=Path.DETERMINISTIC,
    outcome=Outcome.ANSWERED,
    offered=True,
    redactions=0,
    latency=3,
    source=Source.VISITOR,
    suspect=False,
    first=True,
)
CONSENT = ConsentFact(clinic="lumiere", day=TWO_DAYS_AGO, consent_version=1, choice=Consent.GIVEN)


def batch(first: int, last: int) -> Batch:
    """Turns with the sequences from `first` to `last`, and a consent with the last."""
    return Batch(last, [(seq, TURN) for seq in range(first, last)], [(last, CONSENT)])


class Worker:
    """A worker without the stream."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.closing = Closing(store, timezone=lambda _: "UTC")
        self.sink = Sink(store, closing=self.closing)

    async def begin(self) -> Position:
        await self.sink.take_over()
        await self.closing.load()
        return await self.sink.position(STREAM)

    async def store_up_to(self, last: int) -> None:
        position = await self.sink.position(STREAM)
        await self.sink.add(batch(position.read + 1, last), stream=STREAM, position=position)

    async def may_write(self) -> bool:
        try:
            await self.sink.stay()
        except StoreFault:
            return False
        return True


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with clickhouse(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
async def opened(server):
    """Opens workers on an empty database, and closes their stores."""
    async with contextlib.AsyncExitStack() as stores:

        async def worker(port: int = server.port) -> Worker:
            store = await Store.open(url=server._replace(port=port).url())
            stores.push_async_callback(store.close)
            return Worker(store)

        store = (await worker()).store
        await store.migrate(frozenset({*treatments(), CLINIC_TOPIC, NO_TOPIC}))
        for table in TABLES:
            await store.command(f"TRUNCATE TABLE lethe.{table}")
        yield worker


async def state(store: Store) -> list[int]:
    """Return counts of everything, and of the rows of rollups that are wrong."""
    sums = ", ".join(f"(SELECT sum(turns) FROM lethe.{table})" for table in ROLLUPS)
    ((*counts,),) = await store.query(
        "SELECT (SELECT count() FROM lethe.turn_facts), (SELECT count() FROM lethe.consent_facts), "
        f"(SELECT count() FROM lethe.released), (SELECT sum(turns) FROM lethe.released), {sums}"
    )
    since = {"since": (NOW.date() - dt.timedelta(days=40)).replace(day=1)}
    wrong = [await store.query("SELECT count() FROM (" + gaps + ")", since) for _, gaps in GAPS]
    return [*counts, sum(rows for ((rows,),) in wrong)]


def stall_at(table: str, store: Store, slow: FaultProxy, monkeypatch) -> None:
    """Have the network hold back the first write to `table`, and what follows."""
    inserting, commanding = store.insert, store.command

    async def insert(into, rows):
        if into == table:
            slow.stall()
        await inserting(into, rows)

    async def command(sql, *parameters):
        if sql.startswith(f"INSERT INTO {table}"):
            slow.stall()
        await commanding(sql, *parameters)

    monkeypatch.setattr(store, "insert", insert)
    monkeypatch.setattr(store, "command", command)


async def a_batch(worker: Worker):
    await worker.store_up_to(30)


async def a_correction(worker: Worker):
    await reconcile(worker.store, today=NOW.date())


async def a_closing(worker: Worker):
    await worker.closing.close_due(caught_up=NOW)


async def synthetic_turns(worker: Worker):
    wanted = Wanted("lumiere", "UTC", ("lip_filler",), NOW.date(), days=20, chats=300)
    await seed(
        worker.store,
        wanted,
        lock=worker.closing.lock,
        close=lambda: worker.closing.close("lumiere", Source.SEED, now=NOW),
    )


ON_ITS_WAY = [
    pytest.param(a_batch, "lethe.turn_facts", id="the turns of a batch"),
    pytest.param(a_batch, "lethe.consent_facts", id="its consents"),
    pytest.param(a_correction, "lethe.turns_by_hour", id="a correction of rollups"),
    pytest.param(a_closing, "lethe.released", id="the figures of a day that is closed"),
    pytest.param(synthetic_turns, "lethe.turn_facts", id="synthetic turns"),
]
SURPLUS = "INSERT INTO lethe.turns_by_hour SELECT * REPLACE (3 AS turns) FROM lethe.turns_by_hour LIMIT 1"


@pytest.mark.parametrize("work, table", ON_ITS_WAY)
async def test_what_is_on_its_way_when_the_next_worker_begins_is_done_by_the_next_alone(
    opened, server, monkeypatch, work, table
):
    """The network holds back what the one before wrote, until the next has done the same; then it lets go."""
    alone = await opened()
    await alone.store_up_to(20)
    if work is a_correction:
        await alone.store.command(SURPLUS)
    async with FaultProxy(server.port) as slow:
        before = await opened(slow.port)
        await before.begin()
        stall_at(table, before.store, slow, monkeypatch)
        stray = asyncio.create_task(work(before))
        await until(lambda: slow.held > 0)
        after = await opened()
        await after.begin()
        await work(after)
        done = await state(after.store)
        slow.flow()
        with pytest.raises(StoreFault) as refused:
            await stray
        assert refused.value.code == sessions.GONE
        assert await state(after.store) == done
        assert done[0] == done[4] == done[5] == done[6] > 0
        assert bool(done[2]) is (work in {a_closing, synthetic_turns})
        assert (done[1], done[-1]) == (2 if work is a_batch else 1, 0)


@pytest.mark.parametrize("arrives", [True, False], ids=["and is stored", "and breaks off"])
async def test_who_begins_waits_for_an_insert_that_runs(opened, server, arrives):
    """Half of it has arrived: it counts if the rest does, and is over if its worker is gone."""
    before, after = await opened(), await opened()
    await before.begin()
    reader, writer = await half_an_insert_that_runs(server.port, before.store._session, asking=after.store)
    with contextlib.closing(writer):
        begun = asyncio.create_task(after.begin())
        done, _ = await asyncio.wait({begun}, timeout=0.5)
        assert not done
        if arrives:
            writer.write(ROWS[len(ROWS) // 2 :])
            await reader.readline()
    assert await begun == (Position(40, 0) if arrives else Position(0, 0))
    assert (await state(after.store))[0] == (40 if arrives else 0)


ROWS = b"\n".join(
    json.dumps({"clinic": "lumiere", "hour": TWO_DAYS_AGO, "topic": "none", "stream": STREAM, "batch": 40}).encode()
    for _ in range(40)
)


async def half_an_insert(port, session):
    columns = "language, intent, path, outcome, source, clinic, hour, topic, stream, batch"
    sql = f"INSERT INTO lethe.turn_facts ({columns}) FORMAT JSONEachRow"
    asked = urlencode({"query": sql, "input_format_defaults_for_omitted_fields": 1, **session})
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /?{asked} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(ROWS)}\r\n\r\n"
    writer.write(head.encode() + ROWS[: len(ROWS) // 2])
    await writer.drain()
    return reader, writer


async def half_an_insert_that_runs(port, session, *, asking):
    """Send half of it until it runs: asking whether it does may come before it, and have it refused."""

    async def in_use() -> bool:
        try:
            await asking._run(lambda: asking._client.command("SELECT 1", settings=session))
        except StoreFault as fault:
            return fault.code == sessions.IN_USE
        return False

    async with asyncio.timeout(PATIENCE_S):
        while True:
            reader, writer = await half_an_insert(port, session)
            refused = asyncio.create_task(reader.readline())
            while not refused.done():
                if await in_use():
                    refused.cancel()
                    await asyncio.wait({refused})
                    return reader, writer
            writer.close()


async def test_a_worker_that_was_overtaken_stores_nothing_until_it_takes_over_again(opened):
    """Paused, or cut off, it comes back with what it knew; two that run stop each other and store nothing twice."""
    one, other = await opened(), await opened()
    position = await one.begin()
    for round_ in range(1, 4):
        assert await other.begin() == position
        await other.store_up_to(20 * round_)
        with pytest.raises(StoreFault):
            await one.sink.add(batch(position.read + 1, 20 * round_ + 5), stream=STREAM, position=position)
        one, other = other, one
        position = Position(20 * round_, 20 * round_)
    assert (await state(one.store))[:2] == [57, 3]


async def test_of_workers_that_begin_at_the_same_time_at_most_one_writes(opened):
    """Whoever is refused begins again; alone, it succeeds."""
    workers = [await opened() for _ in range(4)]
    for _ in range(4):
        begun = await asyncio.gather(*(worker.begin() for worker in workers), return_exceptions=True)
        assert all(isinstance(result, Position | StoreFault) for result in begun)
        assert sum([await worker.may_write() for worker in workers]) <= 1
    await workers[0].begin()
    assert [await worker.may_write() for worker in workers] == [True, False, False, False]


@pytest.mark.long
async def test_a_worker_that_stays_may_write_and_one_that_is_idle_begins_again(opened, monkeypatch):
    monkeypatch.setattr(sessions, "IDLE_S", 1)
    idle, staying = await opened(), await opened()
    await idle.begin()
    await idle.store.command("TRUNCATE TABLE lethe.workers")  # so that the second leaves the first alone
    await staying.begin()
    end = time.monotonic() + 4
    while time.monotonic() < end:
        await staying.sink.stay()
    await staying.store_up_to(5)
    with pytest.raises(StoreFault):
        await idle.store_up_to(10)
    await idle.begin()
    await idle.store_up_to(10)
    assert (await state(idle.store))[:2] == [8, 2]


async def test_an_insert_whose_answer_is_lost_is_not_sent_again(opened, server):
    """The server stored it, and nobody said so: the worker asks how far it is instead."""
    async with FaultProxy(server.port) as slow:
        worker = await opened(slow.port)
        await worker.begin()
        looking = await opened()
        slow.stall_answers()
        adding = asyncio.create_task(worker.sink.add(batch(1, 10), stream=STREAM, position=Position(0, 0)))
        async with asyncio.timeout(PATIENCE_S):
            while not (await state(looking.store))[0]:
                continue
        slow.reset()
        slow.flow()
        with pytest.raises(StoreFault):
            await adding
        assert await worker.begin() == Position(10, 0)
        await worker.store_up_to(10)
        assert (await state(looking.store))[:2] == [9, 1]
