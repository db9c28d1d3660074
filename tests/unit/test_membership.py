"""In or out of a queue: the last wish wins, even while a change is under way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from nats.errors import ConnectionClosedError

from workers.runtime.membership import Membership


class Broker:
    """Leaving waits until `gate` opens, and fails where `away`."""

    def __init__(self) -> None:
        self.members = 0
        self.away = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def listen(self, subject: str, on: Any, *, queue: str = "") -> Broker:
        assert (subject, queue, on) == ("turn.routed.eu", "llm", on)
        self.members += 1
        return self

    async def drain(self) -> None:
        await self.gate.wait()
        self.members -= 1
        if self.away:
            raise ConnectionClosedError

    def forget(self, subscription: object) -> None:
        assert subscription is self


async def _nothing(_: Any) -> None:
    return


def membership(broker: Broker) -> Membership:
    return Membership(broker, subject="turn.routed.eu", queue="llm", on=_nothing)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wishes, members",
    [([True], 1), ([True, True], 1), ([True, False], 0), ([True, False, True], 1), ([False], 0)],
    ids=["in", "in-twice", "out-again", "in-again", "never-in"],
)
async def test_the_last_wish_wins(wishes: list[bool], members: int) -> None:
    broker = Broker()
    member = membership(broker)
    for wish in wishes:
        member.want(wish)
    await asyncio.wait_for(member.settled(), 2)
    assert broker.members == members


async def test_a_wish_to_return_while_leaving_is_fulfilled() -> None:
    broker = Broker()
    member = membership(broker)
    member.want(member=True)
    await member.settled()
    broker.gate.clear()
    member.want(member=False)
    await asyncio.sleep(0)
    member.want(member=True)
    broker.gate.set()
    await asyncio.wait_for(member.settled(), 2)
    assert broker.members == 1


async def test_a_wish_to_return_outlives_a_leave_that_failed() -> None:
    broker = Broker()
    member = membership(broker)
    member.want(member=True)
    await member.settled()
    broker.gate.clear()
    broker.away = True
    member.want(member=False)
    await asyncio.sleep(0)
    member.want(member=True)
    broker.gate.set()
    await asyncio.wait_for(member.settled(), 2)
    assert broker.members == 1
