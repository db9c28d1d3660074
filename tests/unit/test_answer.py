"""Turn semantics: every turn ends in exactly one way, whatever the workers do."""

from __future__ import annotations

import asyncio

import pytest

from gateway.answer import ABSENT_MS, ACCEPT_MS, HURRY_MS, PING_S, Answer, Ended, Limits, Notice, Worker
from schemas.public import TurnDelta, TurnEvent, TurnRedacted, TurnRestart
from schemas.replies import Busy, Delta, Failed, Frame, Restart, Routed, Stage
from schemas.taxonomy import ErrorCode, Intent
from tests.builders import accepted, answered, asked, cleaned
from tests.fakes import FakePost

S, R, L = Stage.SANITISER, Stage.ROUTER, Stage.LLM


class Turn:
    """An answer whose workers are the test."""

    def __init__(self) -> None:
        self.post = FakePost()
        self.answer = Answer(asked(), post=self.post, limits=Limits(budget_ms=20_000, first_frame_ms=8_000))
        self.shown: list[TurnEvent] = []

    async def begun(self) -> Turn:
        beginning = asyncio.create_task(self.answer.begin())
        await asyncio.sleep(0)
        self.say((S, accepted("san")))
        await beginning
        return self

    def say(self, *frames: tuple[Stage, object]) -> None:
        for stage, body in frames:
            self.answer.put(self.post.frame(stage, body))  # type: ignore[arg-type]

    async def step(self) -> None:
        self.shown += await self.answer.step()

    async def streaming(self) -> Turn:
        """The router holds the turn and words have been shown."""
        await self.begun()
        self.say((S, cleaned()), (R, accepted("rou")), (R, Delta(text="Yes")))
        await self.step()
        return self


async def test_a_turn_is_done_when_answer_and_clean_text_are_there() -> None:
    turn = await Turn().begun()
    turn.say((S, cleaned()), (R, accepted()), (R, Delta(text="Yes, ")), (R, Delta(text="we do.")), (R, answered()))
    await turn.step()
    assert turn.shown == [TurnDelta(text="Yes, "), TurnDelta(text="we do.")]
    assert turn.answer.ended == Ended(answered=answered())
    assert turn.answer.text == "Yes, we do."


async def test_an_answer_waits_for_the_clean_text() -> None:
    """The history is sealed from it; across a cluster of brokers the two may arrive in either order."""
    turn = await Turn().begun()
    turn.say((R, accepted()), (R, Delta(text="Yes")), (R, answered()))
    await turn.step()
    assert turn.answer.ended is None
    turn.say((S, cleaned()))
    await turn.step()
    assert turn.answer.ended == Ended(answered=answered())


async def test_what_was_hidden_is_shown_once_even_after_a_second_attempt() -> None:
    turn = await Turn().begun()
    hidden = cleaned("I am [name hidden]", count=1)
    turn.say((S, hidden))
    await turn.step()
    turn.answer.put(Notice.CONNECTION_LOST)
    await turn.step()
    turn.say((S, accepted()), (S, hidden))
    await turn.step()
    assert turn.shown == [TurnRedacted(text="I am [name hidden]", count=1)]


@pytest.mark.parametrize(
    "notice",
    [Notice.CONNECTION_LOST, Notice.PROBE, Notice.FRAME_GAP, Notice.OWN_DISCONNECT],
    ids=lambda notice: notice.value,
)
async def test_a_lost_turn_is_published_again_once_and_what_was_shown_is_void(notice: Notice) -> None:
    turn = await Turn().streaming()
    turn.answer.put(notice)
    await turn.step()
    assert turn.shown == [TurnDelta(text="Yes"), TurnRestart()]
    assert turn.answer.text == ""
    assert (len(turn.post.sent), turn.post.withdrawn, turn.post.notices) == (2, 1, [notice])
    turn.say((S, accepted()))
    await turn.step()
    turn.answer.put(notice)
    await turn.step()
    assert turn.answer.ended == Ended(code=ErrorCode.INTERRUPTED)
    assert len(turn.post.sent) == 2


async def test_a_gap_in_a_stages_numbers_is_a_loss() -> None:
    turn = await Turn().streaming()
    turn.answer.put(Frame(R, 9, Delta(text="later words")))
    await turn.step()
    assert turn.post.notices == [Notice.FRAME_GAP]
    assert turn.answer.text == ""


async def test_no_sanitiser_at_all_is_said_at_once() -> None:
    turn = Turn()
    beginning = asyncio.create_task(turn.answer.begin())
    await asyncio.sleep(0)
    turn.answer.put(Notice.NO_RESPONDERS)
    await asyncio.wait_for(beginning, 1)
    assert turn.answer.ended == Ended(code=ErrorCode.OVERLOADED)


async def test_a_second_attempt_waits_for_a_sanitiser_to_return() -> None:
    turn = await Turn().begun()
    turn.answer.put(Notice.OWN_DISCONNECT)
    await turn.step()
    turn.answer.put(Notice.NO_RESPONDERS)
    await turn.step()
    turn.say((S, accepted()))
    await turn.step()
    assert turn.answer.ended is None
    assert len(turn.post.sent) == 3


async def test_a_broker_that_stays_away_ends_the_turn_honestly() -> None:
    turn = await Turn().begun()
    turn.post.broker_there = False
    turn.answer.put(Notice.OWN_DISCONNECT)
    stepping = asyncio.create_task(turn.step())
    await asyncio.sleep(0)
    turn.post.skipped_s = ABSENT_MS / 1000 + 1
    await asyncio.wait_for(stepping, 2)
    assert turn.answer.ended == Ended(code=ErrorCode.OVERLOADED)


async def test_a_full_stage_is_tried_once_more_and_then_said() -> None:
    turn = await Turn().begun()
    for _ in range(2):
        turn.say((S, cleaned()), (R, Busy()))
        await turn.step()
        turn.say((S, accepted()))
    assert turn.answer.ended == Ended(code=ErrorCode.OVERLOADED)


async def test_a_stage_that_does_not_accept_in_time_has_lost_the_turn() -> None:
    turn = await Turn().begun()
    turn.say((S, cleaned()))
    await turn.step()
    turn.answer.check(turn.post.now() + ACCEPT_MS / 2000)
    turn.post.skipped_s = ACCEPT_MS / 1000 + 0.1
    turn.answer.check(turn.post.now())
    await turn.step()
    assert turn.post.notices == [Notice.ACCEPT_TIMER]


async def test_a_stage_that_spoke_while_the_timer_rang_has_not_lost_the_turn() -> None:
    turn = await Turn().begun()
    turn.say((S, cleaned()))
    await turn.step()
    turn.say((R, accepted()))
    turn.post.skipped_s = ACCEPT_MS / 1000 + 0.1
    turn.answer.check(turn.post.now())
    await turn.step()
    assert turn.post.notices == []


async def test_the_death_of_a_worker_of_the_awaited_stage_shortens_the_wait() -> None:
    turn = await Turn().begun()
    turn.say((S, cleaned()))
    await turn.step()
    turn.answer.connection_lost(Worker(R, "any"), turn.post.now())
    turn.post.skipped_s = HURRY_MS / 1000 + 0.01
    turn.answer.check(turn.post.now())
    await turn.step()
    assert turn.post.notices == [Notice.ACCEPT_TIMER]


async def test_the_death_of_a_worker_that_holds_nothing_of_this_turn_means_nothing() -> None:
    turn = await Turn().streaming()
    turn.answer.connection_lost(Worker(R, "another"), turn.post.now())
    turn.answer.connection_lost(Worker(S, "san"), turn.post.now())
    turn.answer.put(Notice.PING)
    await turn.step()
    assert turn.answer.ended is None
    assert turn.post.notices == []


@pytest.mark.parametrize(
    "elapsed_s, shown",
    [pytest.param(8.5, False, id="no-first-words-in-time"), pytest.param(20.5, True, id="no-end-in-time")],
)
async def test_a_late_turn_ends_with_its_deadline(elapsed_s: float, shown: bool) -> None:  # noqa: FBT001
    turn = await (Turn().streaming() if shown else Turn().begun())
    turn.answer.check(turn.post.now() + elapsed_s)
    await turn.step()
    assert turn.answer.ended == Ended(code=ErrorCode.DEADLINE_EXCEEDED)
    assert turn.post.withdrawn == 1


async def test_the_second_attempt_has_only_what_is_left_of_the_budget() -> None:
    turn = await Turn().begun()
    turn.post.skipped_s = 5.0
    turn.answer.put(Notice.PROBE)
    await turn.step()
    assert turn.post.budgets_ms[0] > 19_900
    assert 14_900 < turn.post.budgets_ms[1] < 15_100


async def test_a_visitor_who_leaves_ends_the_turn_and_withdraws_it() -> None:
    turn = await Turn().streaming()
    turn.answer.put(Notice.LEFT)
    await turn.step()
    assert turn.answer.ended is not None
    assert turn.answer.ended.abandoned
    assert turn.post.withdrawn == 1


async def test_a_failed_redaction_is_not_tried_again() -> None:
    turn = await Turn().begun()
    turn.say((S, Failed(code=ErrorCode.SANITISER_FAILED)))
    await turn.step()
    assert turn.answer.ended == Ended(code=ErrorCode.SANITISER_FAILED)
    assert len(turn.post.sent) == 1


async def test_a_stage_may_say_only_what_is_its_to_say() -> None:
    turn = await Turn().begun()
    turn.say((S, Delta(text="an answer from the sanitiser")))
    await turn.step()
    assert turn.answer.ended == Ended(code=ErrorCode.INTERNAL)
    assert turn.shown == []


async def test_a_workers_restart_voids_what_was_shown() -> None:
    turn = await Turn().begun()
    turn.say((S, cleaned()), (R, accepted()), (R, Routed(intent=Intent.OTHER, topic="none")), (L, accepted()))
    turn.say((L, Delta(text="Half an")), (L, Restart()), (L, Delta(text="All of it")), (L, answered()))
    await turn.step()
    assert turn.shown == [TurnDelta(text="Half an"), TurnRestart(), TurnDelta(text="All of it")]
    assert turn.answer.text == "All of it"
    assert turn.answer.ai_asked


async def test_after_the_end_nothing_is_shown() -> None:
    turn = await Turn().begun()
    turn.say((S, cleaned()), (R, accepted()), (R, answered()), (R, Delta(text="more")), (R, answered()))
    await turn.step()
    assert turn.shown == []


async def test_a_silent_stream_shows_a_sign_of_life() -> None:
    turn = await Turn().streaming()
    turn.answer.check(turn.post.now() + 0.1)
    # within the budget, past the ping: only where the limits are wide
    turn.answer._limits = Limits(budget_ms=60_000, first_frame_ms=60_000)
    turn.answer.check(turn.post.now() + PING_S + 1)
    assert await asyncio.wait_for(turn.answer.step(), 1) == []


async def test_an_endless_answer_is_stopped() -> None:
    turn = await Turn().streaming()
    turn.say(*((R, Delta(text="x" * 5_000)) for _ in range(5)))
    await turn.step()
    assert turn.answer.ended == Ended(code=ErrorCode.INTERNAL)
