"""Losses that a second attempt must survive, and ends that must come: found by review, each failing when written."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.up.plan import Part
from deploy.up.supervisor import Supervisor
from gateway import answer as answer_module
from gateway.answer import ACCEPT_MS, Answer, Limits, Notice
from gateway.sse import TurnStream
from schemas.public import TurnAccepted, TurnDelta, TurnEvent, TurnRestart
from schemas.replies import Delta, Frame, Stage
from tests.builders import accepted, answered, asked, cleaned
from tests.fakes import FakePost

S, R = Stage.SANITISER, Stage.ROUTER
LIMITS = Limits(budget_ms=20_000, first_frame_ms=8_000)
PATIENCE_S = 5.0

_DIES_ONCE = """
import os, sys, time
os.write(int(os.environ["LETHE_READY_FD"]), b"ready\\n")
os.close(int(os.environ["LETHE_READY_FD"]))
if not os.path.exists(sys.argv[1]):
    open(sys.argv[1], "w").close()
    sys.exit(3)
time.sleep(60)
"""


async def _streaming(post: FakePost) -> Answer:
    """Return an answer that the router holds and of which words have been shown."""
    answer = Answer(asked(), post=post, limits=LIMITS)
    beginning = asyncio.create_task(answer.begin())
    await asyncio.sleep(0)
    answer.put(post.frame(S, accepted("s1")))
    await beginning
    for stage, body in ((S, cleaned()), (R, accepted("r1")), (R, Delta(text="Yes"))):
        answer.put(post.frame(stage, body))
    await answer.step()
    return answer


async def _finished(answer: Answer, post: FakePost) -> list[TurnEvent]:
    """Let the workers answer the present attempt; return what is shown."""
    for stage, body in ((S, accepted("s2")), (S, cleaned()), (R, accepted("r2")), (R, Delta(text="We do."))):
        answer.put(post.frame(stage, body))
    answer.put(post.frame(R, answered()))
    return await answer.step()


@pytest.mark.parametrize(
    "after_loss",
    [
        pytest.param(Frame(R, 9, Delta(text="late words")), id="a later frame behind the gap"),
        pytest.param(Frame(S, 0, accepted("s1")), id="an acceptance that came late"),
        pytest.param(Notice.PROBE, id="the probe's word after the broker's"),
        pytest.param(Notice.CONNECTION_LOST, id="the broker's word after the probe's"),
    ],
)
async def test_what_came_for_the_lost_attempt_does_not_end_the_next(after_loss: Frame | Notice) -> None:
    """A loss and what came right behind it are taken in one step; the latter is the lost attempt's, too."""
    post = FakePost()
    answer = await _streaming(post)
    answer.put(Notice.FRAME_GAP)
    answer.put(after_loss)
    assert await answer.step() == [TurnRestart()]
    assert await _finished(answer, post) == [TurnDelta(text="We do.")]
    assert answer.ended is not None
    assert answer.ended.code is None
    assert len(post.sent) == 2


async def test_a_turn_lost_after_eight_seconds_of_streaming_gets_its_second_attempt() -> None:
    """The first words are late only if none ever came in this attempt's own time."""
    post = FakePost()
    answer = await _streaming(post)
    post.skipped_s = LIMITS.first_frame_ms / 1000 + 1
    answer.put(Notice.CONNECTION_LOST)
    await answer.step()
    answer.check(post.now())
    await _finished(answer, post)
    assert answer.ended is not None
    assert answer.ended.code is None


async def test_no_sanitiser_is_late_while_the_broker_is_away() -> None:
    """The accept timer runs from the moment at which the turn was sent, not from that at which it could not be."""
    post = FakePost()
    answer = await _streaming(post)
    post.broker_there = False
    answer.put(Notice.OWN_DISCONNECT)
    stepping = asyncio.create_task(answer.step())
    await asyncio.sleep(0)
    post.skipped_s = ACCEPT_MS / 1000 + 0.2
    answer.check(post.now())
    post.broker_there = True
    await asyncio.wait_for(stepping, PATIENCE_S)
    await _finished(answer, post)
    assert answer.ended is not None
    assert answer.ended.code is None


async def test_a_visitor_who_does_not_read_does_not_keep_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uvicorn's `send` waits for a full socket without end; the turn ends all the same."""
    monkeypatch.setattr(answer_module, "SEND_S", 0.2)
    post = FakePost()
    answer = await _streaming(post)
    settled = asyncio.Event()

    async def never() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await never()

    stream = TurnStream(answer, first=TurnAccepted(turn="t"), last=lambda _: settled.set())
    writing = asyncio.create_task(stream(None, never, send))
    try:
        await asyncio.sleep(0)
        post.skipped_s = LIMITS.budget_ms / 1000 + 1
        for _ in range(100):
            answer.check(post.now())
        await asyncio.wait_for(settled.wait(), 2 * PATIENCE_S)
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    assert answer.ended is not None


async def test_stopping_ends_while_a_dead_part_waits_to_be_started_again(tmp_path: Path) -> None:
    """A part that ended a moment before Ctrl-C is not started again behind its back, and nothing hangs."""
    said: asyncio.Queue[str] = asyncio.Queue()
    supervisor = Supervisor(tmp_path, said.put_nowait)
    argv = (sys.executable, "-c", _DIES_ONCE, str(tmp_path / "died"))
    await supervisor.start(Part("llm", argv, dict(os.environ), announces=True))
    while "ended" not in await asyncio.wait_for(said.get(), PATIENCE_S):
        pass
    try:
        await asyncio.wait_for(supervisor.stop(), PATIENCE_S)
        assert supervisor.running[0].process
        assert supervisor.running[0].process.returncode == 3
    finally:
        process = supervisor.running[0].process
        if process and process.returncode is None:
            process.kill()
            await process.wait()
