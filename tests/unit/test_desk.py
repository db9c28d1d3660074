"""The desk sends every turn: alone at once, in a crowd together."""

from __future__ import annotations

from typing import Any

from gateway.answer import Answer, Limits
from gateway.desk import _BUSY, _TOGETHER_S, Desk
from schemas.codec import Edge
from schemas.raw import RawTurn
from schemas.sealing import EdgeSeal, new_key_line
from tests.builders import asked

LINE = new_key_line()


class Client:
    """A broker's client that notes what is published, and how long it may wait."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.within_s: list[float] = []

    async def publish(self, subject: str, body: bytes, reply: str, *, within_s: float) -> None:
        assert body
        self.sent.append(f"{subject} {reply}")
        self.within_s.append(within_s)


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
    assert await publish(desk_of(bus))
    assert bus.client.within_s == [0.0]


async def test_in_a_crowd_every_turn_is_sent_under_a_reply_of_its_own_and_may_wait_for_others() -> None:
    bus = Bus()
    desk = desk_of(bus)
    for _ in range(5 * _BUSY):
        assert await publish(desk)
    assert len(set(bus.client.sent)) == 5 * _BUSY
    assert bus.client.within_s == [0.0] * (_BUSY - 1) + [_TOGETHER_S] * (4 * _BUSY + 1)
