"""The analytics process as it is run: events in at the broker, figures out at its port, killed as it likes."""

import asyncio
import contextlib
import datetime as dt
import random

import msgspec
import pytest

from analytics.stream import Interrupted, Stream
from schemas.subjects import FACT_STREAM
from schemas.taxonomy import Source
from tests.analytics_audit import audit, expect
from tests.fixtures_analytics import CONSENT, HOUR, TOKEN, Analytics, Broker, publish, turn
from tests.fixtures_clickhouse import clickhouse


@pytest.fixture
async def broker(tmp_path):
    broker = Broker(tmp_path)
    await broker.start()
    yield broker
    await broker.stop()


@pytest.fixture
async def nc(broker):
    nc = await broker.connect()
    await Stream(nc).open(replicas=1, max_bytes=64 << 20)
    yield nc
    await nc.close()


@pytest.fixture(params=["chdb", pytest.param("server", marks=pytest.mark.long)])
def url(request, tmp_path):
    if request.param == "chdb":
        yield ""
        return
    with clickhouse(tmp_path / "server") as server:
        yield server.url()


@pytest.mark.parametrize(
    "url, goals",
    [
        pytest.param("chdb", (1_900,), id="once"),
        pytest.param("chdb", (600, 1_900, 3_300), id="again and again", marks=pytest.mark.long),
        pytest.param("server", (600, 1_900, 3_300), id="again and again, over a server", marks=pytest.mark.long),
    ],
    indirect=["url"],
)
async def test_a_killed_worker_loses_nothing_and_stores_nothing_twice(broker, nc, url, goals, tmp_path):
    facts = [turn(n) if n % 10 else CONSENT for n in range(5_000)]
    last = await publish(nc, facts)
    chance = random.Random(5)  # noqa: S311  # moments, repeatable
    for goal in goals:
        async with Analytics(broker, tmp_path, url=url, batch_rows=200) as worker:
            await worker.stored(goal)
            await asyncio.sleep(chance.uniform(0, 0.03))
            await worker.kill()
    async with Analytics(broker, tmp_path, url=url) as worker:
        await worker.stored(last)
        await worker.stop()
    assert await audit(tmp_path, url) == expect(facts)


async def test_what_cannot_be_stored_is_passed_over(broker, nc, tmp_path):
    """A thousand events arrive once, among others that nobody can read."""
    good = [turn(n) for n in range(1_000)]
    bad = [
        b"not json",
        b"{}",
        msgspec.json.encode(turn()).replace(b'"llm"', b'"psychic"'),
        turn(topic="my_name_is_anna"),
        turn(hour=0),
        turn(hour=3_600 * (1 << 40)),
        msgspec.json.encode(turn())[:-1] + b',"text":"hello"}',
    ]
    last = await publish(nc, [*good[:500], *bad, *good[500:]])
    async with Analytics(broker, tmp_path) as worker:
        await worker.stored(last)
        await worker.stop()
    assert await audit(tmp_path) == expect(good)


@pytest.mark.long
async def test_a_stream_made_anew_is_read_from_its_beginning(broker, nc, url, tmp_path):
    """While the worker runs, and while it does not."""
    facts = [turn(n) for n in range(30)]
    async with Analytics(broker, tmp_path, url=url) as worker:
        await worker.stored(await publish(nc, facts))
        await nc.jetstream().delete_stream(FACT_STREAM)
        await worker.heard("facts_unavailable")
        await worker.ready()
        await worker.stored(await publish(nc, facts[:10]))
        await worker.stop()
    await nc.jetstream().delete_stream(FACT_STREAM)
    await Stream(nc).open(replicas=1, max_bytes=64 << 20)
    last = await publish(nc, facts[:5])
    async with Analytics(broker, tmp_path, url=url) as worker:
        await worker.stored(last)
        await worker.stop()
    assert await audit(tmp_path, url) == expect([*facts, *facts[:10], *facts[:5]])


@pytest.mark.long
async def test_a_broker_that_was_away_is_read_on_from_where_it_was(broker, nc, tmp_path):
    facts = [turn(n) for n in range(40)]
    async with Analytics(broker, tmp_path) as worker:
        await worker.stored(await publish(nc, facts[:20]))
        await nc.close()
        await broker.stop()
        await worker.heard("bus_disconnected")
        await broker.start()
        again = await broker.connect()
        last = await publish(again, facts[20:])
        await again.close()
        await worker.stored(last)
        await worker.stop()
    assert await audit(tmp_path) == expect(facts)


@pytest.mark.long
async def test_a_database_that_was_away_is_written_to_when_it_is_back(broker, nc, tmp_path):
    """Meanwhile figures are not to be had, and events wait in the stream."""
    facts = [turn(n) for n in range(20)]
    with contextlib.ExitStack() as database:
        server = database.enter_context(clickhouse(tmp_path / "server"))
        async with Analytics(broker, tmp_path, url=server.url()) as worker:
            await worker.stored(await publish(nc, facts[:10]))
            database.close()
            async with worker.client() as client:
                for path in ("/readyz", "/api/clinics/lumiere/topics"):
                    assert (await client.get(path)).status_code == 503
            await worker.stop()
    last = await publish(nc, facts[10:])
    with clickhouse(tmp_path / "server") as server:
        async with Analytics(broker, tmp_path, url=server.url()) as worker:
            await worker.stored(last)
            await worker.stop()
        assert await audit(tmp_path, server.url()) == expect(facts)


@pytest.mark.long
async def test_what_expired_in_the_stream_unread_is_counted_as_lost(broker, nc, tmp_path):
    facts = [turn(n) for n in range(12)]
    async with Analytics(broker, tmp_path) as worker:
        await worker.stored(await publish(nc, facts[:5]))
        await worker.stop()
    await publish(nc, facts[5:9])
    await nc.jetstream().purge_stream(FACT_STREAM)
    last = await publish(nc, facts[9:])
    async with Analytics(broker, tmp_path) as worker:
        assert (await worker.heard("facts_lost"))["count"] == 4
        await worker.stored(last)
        await worker.stop()
    assert await audit(tmp_path) == expect([*facts[:5], *facts[9:]])


async def test_a_delivery_that_went_elsewhere_is_noticed(nc):
    """It would not be delivered again: the consumer acknowledges nothing."""
    await publish(nc, [turn(n) for n in range(4)])
    async with Stream(nc).reading(after=0) as reader:
        thief = await nc.jetstream().pull_subscribe_bind("analytics", FACT_STREAM)
        assert len(await thief.fetch(1)) == 1
        with pytest.raises(Interrupted):
            await reader.fetch(4, wait_s=0.2)
    async with Stream(nc).reading(after=0) as reader:
        assert len(await reader.fetch(4, wait_s=5)) == 4


async def test_the_stream_refuses_rather_than_drops(nc):
    info = await nc.jetstream().stream_info(FACT_STREAM)
    config = info.config
    assert (config.storage, config.discard, config.num_replicas) == ("file", "new", 1)
    assert (config.duplicate_window, config.subjects) == (3_600, ["fact.>"])


async def test_metrics_say_how_far_the_worker_is(broker, nc, tmp_path):
    """How much waits and how much room there is, what came too late, and since when no day was closed."""
    two_days_ago = HOUR // 86_400 * 86_400 - 2 * 86_400
    async with Analytics(broker, tmp_path, close_every_s=0.1, reconcile_every_s=0.1) as worker:
        await worker.stored(await publish(nc, [turn(n, hour=two_days_ago, language="fr") for n in range(120)]))
        await worker.heard("days_closed")
        await worker.stored(await publish(nc, [turn(n, hour=two_days_ago) for n in range(3)]))
        assert await worker.metric("lethe_facts_late_total") == 3
        assert await worker.metric("lethe_facts_lag") == 0
        assert await worker.metric("lethe_facts_batch_rows_sum") == await worker.metric("lethe_facts_total") == 123
        assert await worker.metric("lethe_facts_stream_bytes") > 0
        assert await worker.metric("lethe_store_parts", table="turns_by_hour") >= 1
        assert 0 < await worker.metric("lethe_closed_age_seconds") < 3 * 86_400
        await worker.stop()


async def test_a_closed_days_figures_are_served_to_who_may_see_them_and_nobody_else(broker, nc, tmp_path):
    """From the stream to the API and the page, by the process itself."""
    two_days_ago = HOUR // 86_400 * 86_400 - 2 * 86_400
    facts = [
        *[turn(topic="lip_filler", hour=two_days_ago, first=True, language="fr")] * 120,
        *[turn(topic="none", hour=two_days_ago, first=True, language="fr")] * 90,
        *[turn(topic="clinic", source=Source.CLI, first=True)] * 2,
    ]
    last = await publish(nc, facts)
    async with Analytics(broker, tmp_path, close_every_s=0.1) as worker:
        await worker.stored(last)
        await worker.heard("days_closed", count=1)
        await _check_api(worker)
        await _check_page(worker)
        await worker.stop()


async def _check_api(worker):
    path = "/api/clinics/lumiere/topics"
    async with worker.client() as client:
        answer = (await client.get(path)).json()
        shown = [(row["topic"], row["turns"], row["firsts"]) for row in answer["rows"]]
        assert shown == [("lip_filler", 120, 120), ("none", 90, 90)]
        assert (answer["k"], answer["clinic"], answer["source"]) == (5, "lumiere", "visitor")
        assert dt.date.fromisoformat(answer["to"]) < dt.datetime.now(dt.UTC).date()
        own = (await client.get(f"{path}?source=cli")).json()
        assert [(row["topic"], row["turns"]) for row in own["rows"]] == [("clinic", 2)]
        assert (await client.get("/api/clinics/elsewhere/topics")).json()["rows"] == []
    for token in ("", "wrong", TOKEN[:-1]):
        async with worker.client(token=token) as client:
            assert (await client.get(path)).status_code == 401


async def _check_page(worker):
    async with worker.client(token="") as browser:
        page = await browser.get("/")
        assert (page.status_code, "lumiere" in page.text) == (401, False)
        assert (await browser.post("/enter", data={"token": "wrong"})).status_code == 401
        entered = await browser.post("/enter", data={"token": TOKEN})
        assert (entered.status_code, entered.headers["Location"]) == (303, "/")
        assert TOKEN not in entered.headers["Set-Cookie"]
        page = await browser.get("/clinics/lumiere?lang=en")
        shown = [word in page.text for word in ("lumiere", "Lip filler")]
        assert (page.status_code, shown) == (200, [True, True])
        await browser.post("/leave")
        assert (await browser.get("/clinics/lumiere")).status_code == 401
