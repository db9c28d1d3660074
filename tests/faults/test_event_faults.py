"""Events while worker, broker and database are killed, away or without room: each is stored once, or counted.

The gateway's own sender publishes to a real broker; the analytics process reads from it and stores in chDB or in a
real ClickHouse server. `docs/events.md` lists the faults, and which of these tests does each.
"""

import asyncio
import random
import time

import psutil
import pytest

from analytics.store import INSERT_LIMIT_S
from schemas.subjects import FACT_STREAM
from tests.analytics_audit import audit, command, expect
from tests.event_faults import Database, Feed, Worker, fate, gateway_post
from tests.fixtures_analytics import CONSENT, HOUR, PATIENCE_S, Analytics, publish, turn

pytestmark = pytest.mark.long


async def _strike(feed, order, total, *, kill, seed):
    """Kill `order`, spread over the events: at any moment of a batch, of an acknowledgement, of a start."""
    chance = random.Random(seed)  # noqa: S311  # moments, repeatable
    for number, what in enumerate(order, 1):
        await feed.reach(total * number // (len(order) + 1))
        await asyncio.sleep(chance.uniform(0, 0.5))
        await kill[what]()


def _events(number):
    """As many different turns, and a consent for every hundredth."""
    return [turn(n, clinic=f"clinic-{n // 150_000}") if n % 100 else CONSENT for n in range(number)]


async def _again(part):
    await part.kill()
    await part.start()


async def _through_kills(facts, order, worker, broker, *, database=None):
    """Publish `facts` while the parts are killed in `order`, until all are stored; print how long it took."""
    kill = {"worker": worker.kill, "broker": lambda: _again(broker), "store": lambda: _again(database)}
    stored, doubtful, dropped = fate("stored"), fate("doubtful"), fate("dropped")
    began = time.monotonic()
    async with gateway_post(broker) as post:
        feed = Feed(post, facts)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(feed.run())
            tasks.create_task(_strike(feed, order, len(facts), kill=kill, seed=len(order)))
    published = time.monotonic()
    await worker.stored(len(facts))
    caught_up = time.monotonic()
    await worker.stop()
    assert (fate("stored") - stored, fate("doubtful") - doubtful, fate("dropped") - dropped) == (len(facts), 0, 0)
    print(
        f"\n{len(facts):,} events through {len(order)} kills: published in {published - began:.0f} s "
        f"({len(facts) / (published - began):,.0f}/s), all stored {caught_up - published:.1f} s later; "
        f"the worker started {worker.starts} times"
    )


async def test_300_000_events_through_20_kills_are_stored_exactly_once(broker, nc, tmp_path):
    """Worker, broker and ClickHouse server by turns; a worker that finds no database ends, and is started again."""
    facts = _events(300_000)
    order = ("worker", "broker", "store") * 6 + ("store", "worker")
    async with Database(tmp_path / "server") as database:
        where = {"url": database.url, "batch_rows": 5_000}
        async with Worker(broker, tmp_path, **where) as worker:
            await _through_kills(facts, order, worker, broker, database=database)
        assert (await nc.jetstream().stream_info(FACT_STREAM)).state.messages == len(facts)
        assert await audit(tmp_path, database.url) == expect(facts)


async def test_events_through_kills_of_worker_and_broker_are_stored_exactly_once_by_chdb(broker, nc, tmp_path):
    facts = _events(60_000)
    async with Worker(broker, tmp_path, batch_rows=1_000) as worker:
        await _through_kills(facts, ("worker", "broker") * 5, worker, broker)
    assert (await nc.jetstream().stream_info(FACT_STREAM)).state.messages == len(facts)
    assert await audit(tmp_path) == expect(facts)


async def test_a_database_that_is_away_for_an_hour_loses_nothing(broker, nc, tmp_path):
    """As many tries as an hour holds; they leave nothing open, and what waits is stored when it is back."""
    facts = [turn(n) for n in range(6_000)]
    async with Database(tmp_path / "server") as database:
        async with Analytics(broker, tmp_path, url=database.url, pause_s=0.02) as worker:
            await worker.stored(await publish(nc, facts[:1_000]))
            await worker.ready()
            await database.kill()
            await worker.ready(status=503)
            last = await publish(nc, facts[1_000:])
            process, before, tries = psutil.Process(worker.process.pid), 0, 0
            for tries in range(3_600 // INSERT_LIMIT_S):
                await worker.heard("facts_not_stored")
                if tries == 10:
                    before = process.num_fds()
            assert process.num_fds() <= before + 2
            assert await worker.metric("lethe_facts_lag") == 5_000
            assert await worker.metric("lethe_facts_pauses_total", why="not_stored") > tries
            await database.start()
            await worker.stored(last)
            await worker.ready()
            assert await worker.metric("lethe_facts_lag") == 0
            await worker.stop()
        assert await audit(tmp_path, database.url) == expect(facts)


OLD = HOUR - 84 * 86_400
"""An event of that time is still stored; its row is about to expire."""


async def test_offsets_outlive_the_rows_that_expire(broker, nc, url, tmp_path):
    """Neither the next start nor the one after it stores again what has expired; its counts stay."""
    old, new = [turn(n, hour=OLD) for n in range(300)], [turn(n) for n in range(50)]
    async with Analytics(broker, tmp_path, url=url) as worker:
        await worker.stored(await publish(nc, [*old, CONSENT]))
        await worker.stop()
    expire = "ALTER TABLE lethe.turn_facts MODIFY TTL hour + INTERVAL 83 DAY DELETE SETTINGS mutations_sync = 2"
    await command(tmp_path, url, expire, "OPTIMIZE TABLE lethe.turn_facts FINAL")
    for events in (new[:20], new[20:]):
        async with Analytics(broker, tmp_path, url=url) as worker:
            await worker.stored(await publish(nc, events))
            await worker.stop()
    found, left = await audit(tmp_path, url), expect([*new, CONSENT])
    assert (found["rows"][0], found["turns"]) == (left["rows"][0], left["turns"])
    assert found["rows"][1:] == expect([*old, *new, CONSENT])["rows"][1:]


_SURPLUS = "INSERT INTO lethe.{0} SELECT * REPLACE (3 AS turns, 1 AS firsts) FROM lethe.{0} LIMIT 5"
_GONE = "ALTER TABLE lethe.{} DELETE WHERE intent = 'price' SETTINGS mutations_sync = 2"
BREAKS = {
    "hours that count too much": (_SURPLUS.format("turns_by_hour"),),
    "months that count too much": (_SURPLUS.format("turns_by_month"),),
    "hours that are gone": (_GONE.format("turns_by_hour"),),
    "days that are gone": (_GONE.format("turns_by_day"),),
    "every rollup gone": tuple(f"TRUNCATE TABLE lethe.turns_by_{span}" for span in ("hour", "day", "month")),
}


async def test_rollups_that_are_broken_while_the_worker_runs_are_corrected_and_counted(broker, nc, tmp_path):
    facts = [turn(n) for n in range(900)]
    async with (
        Database(tmp_path / "server") as database,
        Analytics(broker, tmp_path, url=database.url, reconcile_every_s=0.2) as worker,
    ):
        await worker.stored(await publish(nc, facts))
        corrected = 0
        for what, statements in BREAKS.items():
            await command(tmp_path, database.url, *statements)
            corrected += (await worker.heard("rollups_corrected", rows=1))["rows"]
            await _agree(tmp_path, database.url, facts, what)
        assert await worker.metric("lethe_rollups_corrected_total") >= corrected
        await worker.stop()


async def _agree(folder, url, facts, what):
    """Return once raw rows and rollups are what they should be: a correction may take a second round."""
    async with asyncio.timeout(PATIENCE_S):
        while (found := await audit(folder, url)) != expect(facts):
            assert found["turns"] == expect(facts)["turns"], what


async def test_rollups_that_are_broken_before_the_worker_starts_are_corrected_first(broker, nc, url, tmp_path):
    facts = [turn(n) for n in range(900)]
    async with Analytics(broker, tmp_path, url=url) as worker:
        await worker.stored(await publish(nc, facts))
        await worker.stop()
    await command(tmp_path, url, *BREAKS["days that are gone"], *BREAKS["hours that count too much"])
    assert (await audit(tmp_path, url))["wrong"]
    async with Analytics(broker, tmp_path, url=url) as worker:
        await worker.heard("rollups_corrected", rows=1)
        await worker.ready()
        await worker.stop()
    assert await audit(tmp_path, url) == expect(facts)
