"""Streams on the wire: padded flushes, one event a block, exactly one end."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent
from hypothesis import given
from hypothesis import strategies as st

from gateway.answer import Answer, Limits, Notice
from gateway.sse import HOLD_S, PAD_BYTES, TurnStream, encode, padding
from schemas.public import (
    EVENT_NAMES,
    TurnAccepted,
    TurnDelta,
    TurnDone,
    TurnEvent,
    TurnFailed,
    TurnRedacted,
    TurnRestart,
)
from schemas.replies import Delta, Stage
from schemas.taxonomy import ErrorCode, Intent, Language, Path
from tests.builders import accepted, answered, asked, cleaned
from tests.fakes import FakePost

S, R = Stage.SANITISER, Stage.ROUTER
DONE = TurnDone(
    session="1.a.b.c",
    path=Path.DETERMINISTIC,
    intent=Intent.OFFER,
    topic="none",
    language=Language.EN,
    actions=(),
    sources=(),
)
FAILED = TurnFailed(code=ErrorCode.INTERNAL, message="Sorry", actions=())
writable = st.text(st.characters(exclude_categories=["Cs"]), max_size=600)


def read(wire: bytes) -> list[ServerSentEvent]:
    """Return the events that an independent reader finds."""
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=wire)
    return list(EventSource(response).iter_sse())


@given(st.lists(writable, max_size=4))
def test_every_flush_is_a_multiple_of_the_padding_and_reads_back(texts: list[str]) -> None:
    events: list[TurnEvent] = [TurnDelta(text=text) for text in texts]
    wire = encode(events)
    assert len(wire) % PAD_BYTES == 0
    assert [(event.event, event.json()) for event in read(wire)] == [("delta", {"text": text}) for text in texts]


def test_padding_is_one_comment_for_any_length() -> None:
    for length in range(8, 2 * PAD_BYTES + 3):
        flush = b"data: " + b"x" * (length - 8) + b"\n\n"
        wire = flush + padding(len(flush))
        assert wire.startswith(flush)
        assert len(wire) % PAD_BYTES == 0
        assert len(wire) - length < PAD_BYTES + 3
        assert [event.data for event in read(wire)] == [event.data for event in read(flush)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("one\ntwo\n\nthree", id="line-breaks"),
        pytest.param("one\r\ntwo\rthree", id="carriage-returns"),
        pytest.param("one\u2028two\u2029three\u0085four\x0b\x0c\x1c", id="unicode-line-breaks"),
        pytest.param("\n\nevent: done\ndata: {}\n\n", id="an-event-inside"),
        pytest.param(": comment\nid: 1\nretry: 1\n", id="fields-inside"),
        pytest.param("\x00\ufeff\u200b", id="no-visible-character"),
        pytest.param('"}\n</script>', id="quotes"),
        pytest.param("", id="nothing"),
    ],
)
def test_no_text_breaks_out_of_its_event(text: str) -> None:
    wire = encode([TurnDelta(text=text), TurnRedacted(text=text, count=1)])
    found = read(wire)
    assert [(event.event, event.json()["text"]) for event in found] == [("delta", text), ("redacted", text)]
    assert all(event.id == "" and event.retry is None for event in found)
    assert sum(line.startswith(b"data: ") for line in wire.split(b"\n")) == 2


def test_half_a_surrogate_pair_cannot_be_written_and_breaks_no_event() -> None:
    """None can arrive either: JSON and msgpack refuse it on the way in."""
    with pytest.raises(UnicodeEncodeError):
        encode([TurnDelta(text="\ud800")])


def test_every_event_has_a_name_of_its_own() -> None:
    events = [TurnAccepted(turn="t"), TurnRedacted(text="x", count=1), TurnDelta(text="x"), TurnRestart(), DONE, FAILED]
    assert [event.event for event in read(encode(events))] == list(EVENT_NAMES.values())
    assert {type(event) for event in events} == set(EVENT_NAMES)


def test_no_event_is_a_ping_that_shows_nothing() -> None:
    assert encode([]).startswith(b": ping\n\n")
    assert len(encode([])) == PAD_BYTES
    assert read(encode([])) == []


class Browser:
    """An ASGI client: keeps what is sent, may leave, may be cut off."""

    def __init__(self, *, cut_off_at: int | None = None, error: type[Exception] = OSError) -> None:
        self.messages: list[dict[str, Any]] = []
        self.left = asyncio.Event()
        self._cut_off_at, self._error = cut_off_at, error

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if self._cut_off_at is not None and len(self.messages) >= self._cut_off_at:
            raise self._error("gone")
        self.messages.append(message)

    @property
    def flushes(self) -> list[bytes]:
        return [message["body"] for message in self.messages if message["type"] == "http.response.body"]

    @property
    def events(self) -> list[str]:
        return [event.event for event in read(b"".join(self.flushes))]


class Streaming:
    """A stream whose workers are the test."""

    def __init__(self, *, last: TurnDone | TurnFailed | None = DONE) -> None:
        self.post = FakePost()
        self.answer = Answer(asked(), post=self.post, limits=Limits(budget_ms=20_000, first_frame_ms=8_000))
        self.settled: list[Answer] = []
        self._last = last
        self.stream = TurnStream(self.answer, first=TurnAccepted(turn="t"), last=self._settle, headers=[(b"x-a", b"b")])

    def _settle(self, answer: Answer) -> TurnDone | TurnFailed | None:
        self.settled.append(answer)
        return self._last if answer.ended and not answer.ended.abandoned else None

    def say(self, *frames: tuple[Stage, Any]) -> None:
        for stage, body in frames:
            self.answer.put(self.post.frame(stage, body))

    async def begun(self) -> Streaming:
        beginning = asyncio.create_task(self.answer.begin())
        await asyncio.sleep(0)
        self.say((S, accepted()))
        await beginning
        return self

    def run(self, browser: Browser) -> asyncio.Task[None]:
        return asyncio.create_task(self.stream({}, browser.receive, browser.send))


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_stream_shows_its_answer_and_one_last_event() -> None:
    turn, browser = await Streaming().begun(), Browser()
    running = turn.run(browser)
    await asyncio.sleep(0)
    turn.say((S, cleaned()), (R, accepted()), (R, Delta(text="Yes")), (R, answered()))
    await asyncio.wait_for(running, 2)
    start = browser.messages[0]
    assert (start["status"], dict(start["headers"])[b"content-type"]) == (200, b"text/event-stream; charset=utf-8")
    assert dict(start["headers"])[b"cache-control"] == b"no-store, no-transform"
    assert dict(start["headers"])[b"x-a"] == b"b"
    assert browser.events == ["accepted", "delta", "done"]
    assert [message["more_body"] for message in browser.messages[1:]] == [False]


async def test_an_answer_that_takes_longer_is_preceded_by_accepted() -> None:
    turn, browser = await Streaming().begun(), Browser()
    running = turn.run(browser)
    await asyncio.sleep(2 * HOLD_S)
    assert browser.events == ["accepted"]
    turn.say((S, cleaned()), (R, accepted()), (R, Delta(text="Yes")))
    await asyncio.sleep(0.01)
    assert browser.events == ["accepted", "delta"]
    turn.say((R, answered()))
    await asyncio.wait_for(running, 2)
    assert browser.events == ["accepted", "delta", "done"]
    assert [message["more_body"] for message in browser.messages[1:]] == [True, True, False]
    assert all(len(flush) % PAD_BYTES == 0 for flush in browser.flushes)
    assert len(turn.settled) == 1


async def test_a_failed_turn_ends_in_one_error() -> None:
    turn, browser = await Streaming(last=FAILED).begun(), Browser()
    running = turn.run(browser)
    turn.answer.put(Notice.DEADLINE)
    turn.answer.put(Notice.DEADLINE)
    await asyncio.wait_for(running, 2)
    assert browser.events == ["accepted", "error"]
    assert len(turn.settled) == 1


async def test_a_sign_of_life_is_a_padded_comment() -> None:
    turn, browser = await Streaming().begun(), Browser()
    running = turn.run(browser)
    await asyncio.sleep(2 * HOLD_S)
    assert browser.events == ["accepted"]
    turn.answer.put(Notice.PING)
    await settle()
    assert browser.flushes[1:] == [encode([])]
    turn.answer.put(Notice.DRAINED)
    await asyncio.wait_for(running, 2)


async def test_a_visitor_who_leaves_ends_the_turn() -> None:
    turn, browser = await Streaming().begun(), Browser()
    running = turn.run(browser)
    await asyncio.sleep(0)
    turn.answer.check(turn.post.now())
    browser.left.set()
    await asyncio.wait_for(running, 2)
    assert turn.answer.ended
    assert turn.answer.ended.abandoned
    assert turn.post.withdrawn == 1
    assert len(turn.settled) == 1
    assert browser.events == ["accepted"]


async def test_a_connection_that_breaks_at_the_last_event_leaves_nobody_holding_the_answer() -> None:
    turn, browser = await Streaming().begun(), Browser(cut_off_at=1)
    stream, running = weakref.ref(turn.stream), turn.run(browser)
    turn.say((S, cleaned()), (R, accepted()), (R, Delta(text="Yes")), (R, answered()))
    await asyncio.wait_for(running, 2)
    del turn, running
    await asyncio.sleep(0)
    gc.collect()
    assert stream() is None


@pytest.mark.parametrize(
    "after", range(4), ids=["before-the-start", "at-first", "while-answering", "at-the-last-event"]
)
async def test_a_connection_that_breaks_is_settled_once(after: int) -> None:
    turn, browser = await Streaming().begun(), Browser(cut_off_at=after)
    running = turn.run(browser)
    turn.say((S, cleaned("I am [name hidden]", count=1)))
    await settle()
    turn.say((R, accepted()), (R, Delta(text="Yes")))
    await settle()
    turn.say((R, answered()))
    await asyncio.wait_for(running, 2)
    assert turn.answer.ended
    assert turn.answer.ended.abandoned is (after < 3)
    assert len(turn.settled) == 1


async def test_a_fault_of_the_server_is_settled_once_and_told() -> None:
    turn, browser = await Streaming().begun(), Browser(cut_off_at=1, error=RuntimeError)
    with pytest.raises(RuntimeError):
        await asyncio.wait_for(turn.run(browser), 2)
    assert len(turn.settled) == 1


async def test_a_cancelled_stream_is_settled_once() -> None:
    turn, browser = await Streaming().begun(), Browser()
    running = turn.run(browser)
    await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(turn.settled) == 1


async def test_nothing_watches_a_stream_that_has_ended() -> None:
    turn, browser = await Streaming().begun(), Browser()
    before = asyncio.all_tasks()
    running = turn.run(browser)
    turn.answer.put(Notice.DRAINED)
    await asyncio.wait_for(running, 2)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before
