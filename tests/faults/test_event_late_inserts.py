"""A worker killed with an insert on the way, which reaches the server after the next one stored the same events."""

import time

import pytest

from tests.analytics_audit import audit, expect
from tests.event_faults import Database, until
from tests.fault_proxy import FaultProxy
from tests.fixtures_analytics import CONSENT, Analytics, publish, turn

pytestmark = pytest.mark.long

# The process with a session that ends soon: nights without a visitor in seconds.
DROWSY = """
import runpy
from analytics import sessions, worker
sessions.IDLE_S, worker._STAY_EVERY_S = 1, 0.2
runpy.run_module("analytics", run_name="__main__")
"""


async def test_an_insert_that_arrives_after_its_worker_was_killed_is_not_stored_twice(broker, nc, tmp_path):
    """Twice, and each time the next worker is at work when it comes."""
    facts = [turn(n) if n % 10 else CONSENT for n in range(200)]
    async with Database(tmp_path / "server") as database:
        for start in range(0, 200, 100):
            async with FaultProxy(database.port) as slow:
                async with Analytics(broker, tmp_path, url=database.through(slow.port)) as worker:
                    await worker.stored(await publish(nc, facts[start : start + 20]))
                    slow.stall()
                    last = await publish(nc, facts[start + 20 : start + 70])
                    await until(lambda slow=slow: slow.held > 0)
                    await worker.kill()
                async with Analytics(broker, tmp_path, url=database.url) as worker:
                    await worker.stored(last)
                    slow.flow()
                    await until(lambda slow=slow: not slow._writers)
                    await worker.stored(await publish(nc, facts[start + 70 : start + 100]))
                    await worker.stop()
        assert await audit(tmp_path, database.url) == expect(facts)


async def test_a_worker_without_anything_to_store_goes_on_where_it_was(broker, nc, tmp_path):
    """Its session at the server would end by itself meanwhile."""
    async with Database(tmp_path / "server") as database:
        worker = Analytics(broker, tmp_path, url=database.url)
        worker._program = ["-c", DROWSY]
        async with worker:
            await worker.stored(await publish(nc, [turn(1)]))
            end = time.monotonic() + 4
            await until(lambda: time.monotonic() > end)
            await worker.stored(await publish(nc, [turn(2)]))
            assert await worker.metric("lethe_facts_pauses_total") == 0
            await worker.stop()
        assert await audit(tmp_path, database.url) == expect([turn(1), turn(2)])
