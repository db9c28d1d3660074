"""Disks without room, under the database and under the broker: what is refused is tried again, what is stored stays."""

import contextlib

import pytest

from analytics.stream import Stream
from schemas.subjects import FACT_STREAM
from tests.analytics_audit import audit, expect
from tests.event_faults import Database, Said, fate, gateway_post, small_disk, until
from tests.fixtures_analytics import CONSENT, Analytics, Broker, publish, turn

pytestmark = [pytest.mark.long, pytest.mark.needs("mount")]


@pytest.mark.parametrize("store", ["chdb", "server"])
async def test_a_database_without_room_stores_what_waited_once_it_has_some(broker, nc, store, tmp_path):
    """Refused again and again meanwhile: what was stored before is whole, and nothing is stored twice after."""
    facts = [turn(n) if n % 50 else CONSENT for n in range(9_000)]
    with small_disk(tmp_path / store, megabytes=192) as disk:
        async with contextlib.AsyncExitStack() as database:
            url = (await database.enter_async_context(Database(disk.folder))).url if store == "server" else ""
            async with Analytics(broker, tmp_path, url=url, pause_s=0.2) as worker:
                await worker.stored(await publish(nc, facts[:3_000]))
                disk.fill()
                last = await publish(nc, facts[3_000:])
                for _ in range(3):
                    await worker.heard("facts_not_stored")
                await worker.ready(status=503)
                disk.free()
                await worker.stored(last)
                await worker.ready()
                await worker.stop()
            assert await audit(tmp_path, url) == expect(facts)


async def test_a_worker_killed_while_its_disk_is_full_goes_on_when_there_is_room(broker, nc, tmp_path):
    facts = [turn(n) for n in range(4_000)]
    with small_disk(tmp_path / "chdb", megabytes=192) as disk:
        async with Analytics(broker, tmp_path, pause_s=0.2) as worker:
            await worker.stored(await publish(nc, facts[:2_000]))
            disk.fill()
            last = await publish(nc, facts[2_000:])
            await worker.heard("facts_not_stored")
            await worker.kill()
        disk.free()
        async with Analytics(broker, tmp_path) as worker:
            await worker.stored(last)
            await worker.stop()
        assert await audit(tmp_path) == expect(facts)


async def test_a_broker_without_room_keeps_what_it_acknowledged_and_the_gateway_keeps_the_rest(tmp_path):
    """It stops storing until it is started again; each event that the gateway still holds is then stored once."""
    facts = [turn(n) for n in range(3_000)]
    said, stored = Said(), fate("stored")
    with small_disk(tmp_path / "disk", megabytes=16) as disk:
        async with contextlib.AsyncExitStack() as opened:
            broker = Broker(tmp_path, store=disk.folder / "js")
            await broker.start()
            opened.push_async_callback(broker.stop)
            nc = await broker.connect()
            opened.push_async_callback(nc.close)
            await Stream(nc).open(replicas=1, max_bytes=256 << 20)
            async with gateway_post(broker, log=said) as post:
                await _give_before_and_after(post, facts, disk)
                assert len(post) == len(facts) - (fate("stored") - stored)
                disk.free()
                await broker.kill()
                await broker.start()
                await until(lambda: not len(post))
            assert (fate("stored") - stored, said.total("facts_given_up")) == (len(facts), 0)
            async with Analytics(broker, tmp_path) as worker:
                await worker.stored((await nc.jetstream().stream_info(FACT_STREAM)).state.last_seq)
                await worker.stop()
    assert await audit(tmp_path) == expect(facts)


async def _give_before_and_after(post, facts, disk):
    """Give a third of the events, then fill the disk and give the rest, until the broker answers none of them."""
    for fact in facts[:1_000]:
        post.add(fact)
    await until(lambda: not len(post))
    disk.fill()
    for fact in facts[1_000:]:
        post.add(fact)
    await until(lambda: post._silent)
