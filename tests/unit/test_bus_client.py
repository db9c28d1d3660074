"""Messages that somebody hears are handed over as they are read, whole and in their order, however reads cut them."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.errors import Error, MaxPayloadError

from schemas.bus_client import BusClient

BODIES = [b"", b"a", b"MSG reply.x 1 3\r\nabc\r\n", b"PING\r\n", b"\r\n", bytes(range(256)), b"x" * 9_000]
WIRE = b"".join(b"MSG reply.%d 1 %d\r\n%b\r\n" % (number, len(body), body) for number, body in enumerate(BODIES))
EXPECTED = [(f"reply.{number}", body) for number, body in enumerate(BODIES)]


class Hearing:
    """A client whose subscription 1 is heard, fed by hand."""

    def __init__(self) -> None:
        self.client = BusClient()
        self.heard: list[tuple[str, bytes | None]] = []
        self.client._hearers[1] = self.hear
        self.faults: list[str] = []
        self.client._error_cb = self.fault

    def hear(self, subject: str, body: bytes | None) -> None:
        if body == b"bad":
            raise KeyError
        self.heard.append((subject, body))

    async def fault(self, error: Exception) -> None:
        self.faults.append(type(error).__name__)

    async def read(self, *pieces: bytes) -> None:
        for piece in pieces:
            await self.client._ps.parse(piece)


@pytest.fixture
def hearing() -> Hearing:
    return Hearing()


@given(st.sets(st.integers(1, len(WIRE) - 1), max_size=12).map(sorted))
async def test_messages_come_whole_and_in_order_wherever_reads_cut_them(cuts: list[int]) -> None:
    hearing = Hearing()
    await hearing.read(*(WIRE[start:end] for start, end in zip([0, *cuts], [*cuts, len(WIRE)], strict=True)))
    assert hearing.heard == EXPECTED


@pytest.mark.parametrize("cut", range(1, 60))
async def test_a_read_may_end_anywhere(hearing: Hearing, cut: int) -> None:
    await hearing.read(WIRE[:cut], WIRE[cut:])
    assert hearing.heard == EXPECTED


async def test_what_nobody_hears_goes_to_the_clients_own_subscriptions(hearing: Hearing) -> None:
    await hearing.read(b"MSG other 2 3\r\nabc\r\nMSG reply.1 1 7 1\r\nz\r\n+OK\r\nMSG reply.2 1 1\r\ny\r\n")
    assert hearing.heard == [("reply.1", b"z"), ("reply.2", b"y")]
    assert hearing.client.stats["in_msgs"] == 1


async def test_the_brokers_word_that_nobody_listens_is_no_body(hearing: Hearing) -> None:
    await hearing.read(
        b"HMSG reply.1 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\nHMSG reply.2 1 17 18\r\nNATS/1.0\r\nA:b\r\n\r\nx\r\n"
    )
    assert hearing.heard == [("reply.1", None), ("reply.2", b"x")]


async def test_a_hearer_that_fails_is_reported_and_the_next_message_heard(hearing: Hearing) -> None:
    await hearing.read(b"MSG reply.1 1 3\r\nbad\r\nMSG reply.2 1 1\r\ny\r\n")
    assert hearing.faults == ["KeyError"]
    assert hearing.heard == [("reply.2", b"y")]


async def test_a_publish_without_a_broker_fails_at_once(hearing: Hearing) -> None:
    with pytest.raises(Error):
        await hearing.client.publish("turn.received.eu", b"x", reply="reply.1")
    assert hearing.client._pending == []


async def test_a_message_that_the_broker_would_not_take_is_refused_here(hearing: Hearing) -> None:
    hearing.client._status = BusClient.CONNECTED
    hearing.client._max_payload = 10
    with pytest.raises(MaxPayloadError):
        await hearing.client.publish("turn.received.eu", b"x" * 11)


async def test_a_publish_is_one_command(hearing: Hearing) -> None:
    hearing.client._status = BusClient.CONNECTED
    await hearing.client.publish("fact.turn", b"{}", "_INBOX.1", {"Nats-Msg-Id": "7"})
    await hearing.client.publish("turn.received.eu", b"abc", reply="reply.1")
    await hearing.client.publish("probe.router.1")
    assert hearing.client._pending == [
        b"HPUB fact.turn _INBOX.1 28 30\r\nNATS/1.0\r\nNats-Msg-Id: 7\r\n\r\n{}\r\n",
        b"PUB turn.received.eu reply.1 3\r\nabc\r\n",
        b"PUB probe.router.1  0\r\n\r\n",
    ]
    assert hearing.client._pending_data_size == sum(map(len, hearing.client._pending))


async def test_what_may_wait_leaves_together_and_no_later_than_it_may(hearing: Hearing) -> None:
    client = hearing.client
    client._status = BusClient.CONNECTED
    flushes: list[int] = []
    left = asyncio.Event()

    async def flush(force_flush: bool = False) -> None:  # noqa: ARG001, FBT001, FBT002  # as nats-py calls it
        flushes.append(len(client._pending))
        left.set()

    client._flush_pending = flush
    for _ in range(3):
        await client.publish("turn.received.eu", b"x", within_s=0.001)
    assert flushes == []
    await asyncio.wait_for(left.wait(), 5)
    assert flushes == [3]
    left.clear()
    await client.publish("turn.received.eu", b"x", within_s=0.001)
    await asyncio.wait_for(left.wait(), 5)
    assert flushes == [3, 4]


ELSEWHERE = "x 0\r\n\r\nPUB events.turn 5\r\nFORGE\r\nPUB y"
"""What a worker's id would say to the broker, if it could."""


@pytest.mark.parametrize(
    "subject, reply, headers",
    [
        ("", "", {}),
        (ELSEWHERE, "", {}),
        ("a b", "", {}),
        ("a\tb", "", {}),
        ("a", ELSEWHERE, {}),
        ("a", "", {"Nats-Msg-Id": "1\r\nx: y"}),
        ("a", "", {"x\n": "1"}),
    ],
)
async def test_nothing_that_is_published_says_another_command(
    hearing: Hearing, subject: str, reply: str, headers: dict[str, str]
) -> None:
    hearing.client._status = BusClient.CONNECTED
    with pytest.raises(Error):
        await hearing.client.publish(subject, b"x", reply, headers)
    assert hearing.client._pending == []
