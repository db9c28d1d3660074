"""The desk sends every turn, alone at once and in a crowd together."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.answer import Answer, Limits
from gateway.desk import _BUSY, Desk
from schemas.codec import Edge
from schemas.raw import RawTurn
from schemas.sealing import EdgeSeal, new_key_line
from tests.builders import asked

LINE = new_key_line()


class Client:
    """A broker's client that notes what is published."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def publish(self, subject: str, body: bytes, reply: str) -> None:
        assert body
        self.sent.append(f"{subject} {reply}")


class Bus:
    def __init__(self) -> None:
        self.client = Client()


def desk_of(bus: Any) -> Desk:
    return Desk(bus, Edge(RawTurn, EdgeSeal(lambda: LINE)), gateway="gw1", region="eu", log=None)


async def publish(desk: Desk) -> bool:
    answer = Answer(asked(), post=desk, limits=Limits(budget_ms=20_000, first_frame_ms=8_000))
    return await desk.publish(answer, asked(), budget_ms=20_000)


async def test_a_turn_alone_is_sent_at_once() -> None:
    bus = Bus()
    beginning = asyncio.create_task(publish(desk_of(bus)))
    await asyncio.sleep(0)
    assert len(bus.client.sent) == 1
    assert await beginning


async def test_in_a_crowd_every_turn_is_sent_under_a_reply_of_its_own() -> None:
    bus = Bus()
    desk = desk_of(bus)
    assert all(await asyncio.wait_for(asyncio.gather(*(publish(desk) for _ in range(5 * _BUSY))), 2))
    assert len(set(bus.client.sent)) == 5 * _BUSY


async def test_a_turn_that_is_cancelled_while_it_waits_holds_up_no_other() -> None:
    bus = Bus()
    desk = desk_of(bus)
    turns = [asyncio.create_task(publish(desk)) for _ in range(3 * _BUSY)]
    await asyncio.sleep(0)
    turns[-1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await turns[-1]
    assert all(await asyncio.wait_for(asyncio.gather(*turns[:-1]), 2))
    assert len(bus.client.sent) == 3 * _BUSY - 1
