"""A broker that is away, restarted or full while the gateway publishes: bounded, counted, in no visitor's way."""

import asyncio
import statistics
import time

import pytest

from gateway.facts import WAITING_MAX
from schemas.subjects import FACT_STREAM
from tests.cluster import Cluster, take_turn
from tests.event_faults import Feed, Said, fate, gateway_post, until
from tests.fixtures_analytics import PATIENCE_S, turn

pytestmark = pytest.mark.long
QUESTION = "how much is botox?"


async def _messages(nc) -> int:
    return (await nc.jetstream().stream_info(FACT_STREAM)).state.messages


async def test_what_the_gateway_publishes_through_restarts_of_the_broker_is_there_once(broker, nc):
    """Killed with events on their way: some were stored whose acknowledgement never came, and these go again."""
    facts = [turn(n) for n in range(12_000)]
    before = {name: fate(name) for name in ("stored", "dropped", "doubtful")}
    async with gateway_post(broker) as post:
        feed = Feed(post, facts)
        for part in (3_000, 6_000, 9_000, 12_000):
            feed.give(part)
            await feed.reach(part - 2_900)
            await broker.kill()
            await broker.start()
        await until(lambda: not len(post))
    assert {name: fate(name) - count for name, count in before.items()} == {
        "stored": len(facts),
        "dropped": 0,
        "doubtful": 0,
    }
    assert await _messages(nc) == len(facts)


async def test_what_waits_while_the_broker_is_away_is_bounded_counted_and_stored_when_it_is_back(broker, nc):
    """The oldest give way; taking an event never waits, and takes no longer the more there are."""
    more = 2_500
    said, dropped, stored = Said(), fate("dropped"), fate("stored")
    async with gateway_post(broker, log=said) as post:
        await broker.kill()
        await until(lambda: not post._bus.client.is_connected)
        took = []
        for number in range(WAITING_MAX + more):
            fact = turn(number)
            began = time.perf_counter()
            post.add(fact)
            took.append(time.perf_counter() - began)
        assert (len(post), fate("dropped") - dropped) == (WAITING_MAX, more)
        first, last = statistics.median(took[:more]), statistics.median(took[-more:])
        print(f"\nto take an event: {first * 1e6:.0f} µs with none waiting, {last * 1e6:.0f} µs with {WAITING_MAX:,}")
        assert last < 3 * first + 50e-6
        await until(lambda: said.total("facts_given_up") == more)
        await broker.start()
        await until(lambda: not len(post))
    assert (fate("dropped") - dropped, fate("stored") - stored) == (more, WAITING_MAX)
    assert await _messages(nc) == WAITING_MAX


async def test_a_stream_that_is_full_refuses_and_the_gateway_waits(broker, nc):
    """It keeps the oldest: refused events are stored once there is room."""
    js = nc.jetstream()
    config = (await js.stream_info(FACT_STREAM)).config
    await js.update_stream(config.evolve(max_bytes=40_000))
    stored = fate("stored")
    async with gateway_post(broker) as post:
        for number in range(500):
            post.add(turn(number))
        await until(lambda: post._refused)
        there = await _messages(nc)
        assert 50 < there < 200
        assert there + len(post) == 500
        await js.update_stream(config)
        await until(lambda: not len(post))
    assert fate("stored") - stored == await _messages(nc) == 500


async def test_turns_are_answered_as_ever_while_no_event_can_be_stored(tmp_path):
    """There is no stream until analytics has made it: events wait in the gateway, and its metrics say how many."""
    async with Cluster(tmp_path) as cluster:
        await cluster.start_all("gateway", "sanitiser", "router")
        without = [await _seconds(cluster) for _ in range(30)]
        assert await cluster.metric("lethe_facts_waiting") == 30
        await cluster.start_all("analytics")
        await _nothing_waits(cluster)
        beside = [await _seconds(cluster) for _ in range(30)]
        assert await cluster.metric("lethe_facts_total", fate="dropped") == 0
    lost, kept = statistics.median(without[5:]), statistics.median(beside[5:])
    print(f"\na turn: {lost * 1000:.0f} ms while no event can be stored, {kept * 1000:.0f} ms while they are")
    assert lost < 2 * kept + 0.05


async def _nothing_waits(cluster):
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if not await cluster.metric("lethe_facts_waiting"):
                return
            await asyncio.sleep(0.1)


async def _seconds(cluster):
    async with cluster.client() as client:
        began = time.perf_counter()
        answered = await take_turn(client, QUESTION)
    assert answered.names[-1] == "done"
    return time.perf_counter() - began
