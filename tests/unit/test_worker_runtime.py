"""A worker's life: takes what it can hold, answers, withdraws, drains; no text in its logs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec
import pytest

from schemas.codec import Edge, pack_cancel, unpack_frames
from schemas.replies import Accepted, Body, Busy, Delta, Failed, Frame, Stage
from schemas.sealing import EdgeSeal, TurnSeal, new_key_line
from schemas.subjects import new_token
from schemas.taxonomy import ErrorCode, Language
from schemas.turns import CleanTurn
from workers.runtime.job import HOLD_S, Job
from workers.runtime.worker import Worker

CANARY = "canary-Jeanne"
SUBJECT = "turn.sanitised.eu"
LINE = new_key_line()
EDGE: Edge[CleanTurn] = Edge(CleanTurn, EdgeSeal(lambda: LINE))


class Msg(NamedTuple):
    subject: str
    reply: str
    data: bytes


class Client:
    """A connection that keeps what is published."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []

    async def publish(self, subject: str, body: bytes, reply: str = "") -> None:  # noqa: ARG002
        self.sent.append((subject, body))


class Subscription:
    def __init__(self, bus: FakeBus, subject: str) -> None:
        self._bus, self._subject = bus, subject

    async def drain(self) -> None:
        del self._bus.on[self._subject]


class FakeBus:
    """A broker that delivers to whoever listens now."""

    def __init__(self) -> None:
        self.client = Client()
        self.on: dict[str, Callable[[Any], Awaitable[None]]] = {}

    async def listen(self, subject: str, on: Callable[[Any], Awaitable[None]], *, queue: str = "") -> Subscription:  # noqa: ARG002
        self.on[subject] = on
        return Subscription(self, subject)

    async def ready(self) -> None:
        return


class Log:
    """Keeps every line, whole."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, _: str) -> Callable[..., None]:
        return lambda event, **fields: self.lines.append((event, fields))


class Sent(NamedTuple):
    """One turn under way."""

    msg: Msg
    seal: TurnSeal
    token: str


class Rig:
    """A worker, its broker, and a handler that waits for the test."""

    def __init__(self, handle: Callable[[Job[CleanTurn]], Awaitable[None]] | None = None, *, capacity: int = 2) -> None:
        self.bus, self.log = FakeBus(), Log()
        self.go = asyncio.Event()
        self.worker = Worker(
            Stage.ROUTER,
            worker_id="w1",
            bus=self.bus,  # type: ignore[arg-type]
            edge=EDGE,
            handle=handle or self._wait,
            region="eu",
            capacity=capacity,
            log=self.log,
        )

    async def _wait(self, job: Job[CleanTurn]) -> None:
        await self.go.wait()
        await job.emit(Delta(text="done"))

    async def opened(self) -> Rig:
        await self.worker.open()
        return self

    async def send(self, *, budget_ms: int = 20_000) -> Sent:
        token, key = new_token(), b"k" * 32
        reply = f"reply.gw1.{token}"
        turn = CleanTurn(
            turn_id="t1",
            clinic="c",
            language=Language.EN,
            text=CANARY,
            history=(),
            findings=0,
            reply_key=key,
            budget_ms=budget_ms,
        )
        msg = Msg(SUBJECT, reply, EDGE.pack(turn, subject=SUBJECT, reply=reply))
        await self.worker._on_turn(msg)  # type: ignore[arg-type]
        return Sent(msg, TurnSeal(key, reply), token)

    def frames(self, sent: Sent) -> list[Body]:
        return [frame.body for message in self.messages(sent) for frame in message]

    def messages(self, sent: Sent) -> list[tuple[Frame, ...]]:
        return [unpack_frames(body, sent.seal) for subject, body in self.bus.client.sent if subject == sent.msg.reply]

    @property
    def fates(self) -> list[str]:
        return [fields["outcome"] for event, fields in self.log.lines if event == "turn_handled"]

    @property
    def member(self) -> bool:
        return SUBJECT in self.bus.on


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_full_worker_leaves_its_queue_and_returns_with_room() -> None:
    rig = await Rig().opened()
    first = await rig.send()
    await settle()
    assert rig.member
    await rig.send()
    await settle()
    assert not rig.member
    late = await rig.send()
    assert rig.frames(late) == [Busy()]
    rig.go.set()
    await settle()
    assert rig.member
    assert rig.frames(first) == [Accepted(worker="w1"), Delta(text="done")]
    assert rig.fates == ["finished"] * 2


async def test_only_the_attempts_own_key_withdraws_it() -> None:
    rig = await Rig().opened()
    sent = await rig.send()
    cancel = rig.bus.on["ctl.cancel.*"]
    foreign = TurnSeal(b"x" * 32, sent.msg.reply)
    for body in (
        pack_cancel(foreign, sent.token),
        b"",
        b"short",
        b"\xff" * 30,
        sent.token.encode(),
        pack_cancel(sent.seal, new_token()),
    ):
        await cancel(Msg("ctl.cancel.gw1", "", body))
    await settle()
    assert rig.fates == []
    await cancel(Msg("ctl.cancel.gw1", "", pack_cancel(sent.seal, sent.token)))
    await settle()
    assert rig.fates == ["cancelled"]
    assert rig.frames(sent) == []


async def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    "error",
    [
        ValueError(CANARY),
        KeyError(CANARY),
        pytest.param(
            ConnectionError(CANARY),
            id="os-error",
        ),
        pytest.param(
            TimeoutError(CANARY),
            id="timeout",
        ),
    ],
)
async def test_a_handlers_exception_is_an_end_and_leaves_no_text(error: Exception) -> None:
    rig = await Rig(lambda _: _raise(error)).opened()
    sent = await rig.send()
    await settle()
    assert rig.frames(sent) == [Accepted(worker="w1"), Failed(code=ErrorCode.INTERNAL)]
    assert rig.fates == ["failed"]
    assert all(
        CANARY not in f"{event}{ {k: v for k, v in fields.items() if k != 'exc_info'} }"
        for event, fields in rig.log.lines
    )


async def test_a_late_turn_is_dropped() -> None:
    rig = await Rig().opened()
    sent = await rig.send(budget_ms=0)
    await asyncio.sleep(0.01)
    assert rig.fates == ["late"]
    assert rig.frames(sent) == []


async def test_a_quick_answer_takes_accepted_along_and_a_slow_one_sends_it_ahead() -> None:
    rig = await Rig().opened()
    quick = await rig.send()
    rig.go.set()
    await settle()
    rig.go.clear()
    slow = await rig.send()
    await asyncio.sleep(2 * HOLD_S)
    accepted, done = Accepted(worker="w1"), Delta(text="done")
    assert [[frame.body for frame in message] for message in rig.messages(quick)] == [[accepted, done]]
    assert rig.frames(slow) == [accepted]
    rig.go.set()
    await settle()
    assert rig.frames(slow) == [accepted, done]


async def test_a_drain_waits_and_takes_nothing_new() -> None:
    rig = await Rig().opened()
    held = await rig.send()
    draining = asyncio.create_task(rig.worker.drain(5))
    await settle()
    assert not rig.member
    assert rig.frames(await rig.send()) == [Busy()]
    assert not draining.done()
    rig.go.set()
    await asyncio.wait_for(draining, 2)
    assert rig.frames(held)[-1] == Delta(text="done")
    assert not rig.member


async def test_a_drain_that_takes_too_long_cancels_what_is_held() -> None:
    rig = await Rig().opened()
    await rig.send()
    await asyncio.wait_for(rig.worker.drain(0.01), 2)
    await settle()
    assert rig.fates == ["cancelled"]


async def test_what_is_not_ours_is_not_answered() -> None:
    rig = await Rig().opened()
    sent = await rig.send()
    before = len(rig.bus.client.sent)
    other = sent.msg._replace(reply=f"reply.gw1.{new_token()}")
    for msg in (
        sent.msg._replace(reply="_INBOX.x"),
        other,
        sent.msg._replace(data=b""),
        sent.msg._replace(subject="turn.sanitised.us"),
    ):
        await rig.worker._on_turn(msg)  # type: ignore[arg-type]
    assert len(rig.bus.client.sent) == before
    assert msgspec.json.encode(rig.log.lines)


async def test_a_turn_that_comes_twice_breaks_nothing() -> None:
    rig = await Rig(capacity=9).opened()
    faults: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    sent = await rig.send()
    await rig.worker._on_turn(sent.msg)  # type: ignore[arg-type]
    rig.go.set()
    await settle()
    assert faults == []


async def test_a_probe_is_answered_on_a_reply_subject_only() -> None:
    rig = await Rig().opened()
    reply = f"reply.gw1.{new_token()}"
    for to in (reply, "_INBOX.x", ""):
        await rig.bus.on["probe.router.w1"](Msg("probe.router.w1", to, b""))
    assert rig.bus.client.sent == [(reply, b"")]
