"""What is settled when a turn has ended: once, anonymously, and from the clean text."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.account import Account
from gateway.answer import Answer, Ended, Limits
from gateway.session import SessionBox, new_session
from schemas.events import TurnFact
from schemas.public import TurnDone, TurnFailed
from schemas.replies import Answered, Cleaned
from schemas.sealing import new_key_line
from schemas.taxonomy import Entity, ErrorCode, Language, Outcome, Path, Source
from tests.builders import answered, asked, cleaned
from tests.fakes import FakePost
from tests.page_clinic import page_clinic

RAW = "I am Jeanne"
LINE = new_key_line()
BOX = SessionBox(lambda: LINE)


class Settled:
    """One account, with parts that keep what they are told."""

    def __init__(
        self, ended: Ended | None, *, clean: Cleaned | None = None, ai_asked: bool = False, ai_allowed: bool = True
    ) -> None:
        self.facts: list[TurnFact] = []
        self.released: list[bool] = []
        self.finished = 0
        self.post = FakePost()
        desk = SimpleNamespace(withdraw=self.post.withdraw, finished=self._finish)
        quota = SimpleNamespace(release=lambda _, ai: self.released.append(ai), first=lambda *_: True)
        log = SimpleNamespace(debug=lambda *_, **__: None)
        parts: Any = SimpleNamespace(
            desk=desk, quota=quota, log=log, box=BOX, facts=SimpleNamespace(add=self.facts.append)
        )
        session = new_session(clinic="belle-rive", language=Language.FR, consent_version=0, now_s=1)
        self.account = Account(parts, session, page_clinic(), Source.VISITOR)
        raw = asked(RAW)._replace(ai_allowed=ai_allowed)
        self.answer = Answer(raw, post=self.post, limits=Limits(20_000, 8_000))
        self.answer.ai_asked = ai_asked
        self.answer.cleaned, self.answer.ended = clean, ended
        self.answer._pieces.append("An answer")
        self.last = self.account.settle(self.answer)

    def _finish(self, _: Answer) -> None:
        self.finished += 1


EMERGENCY: Answered = answered(path=Path.EMERGENCY, outcome=Outcome.EMERGENCY)


@pytest.mark.parametrize(
    "ended, outcome, last",
    [
        pytest.param(Ended(answered=answered()), Outcome.ANSWERED, TurnDone, id="done"),
        pytest.param(Ended(answered=EMERGENCY), Outcome.EMERGENCY, TurnDone, id="an-emergency"),
        pytest.param(Ended(code=ErrorCode.INTERNAL), Outcome.FAILED, TurnFailed, id="failed"),
        pytest.param(Ended(), Outcome.ABANDONED, type(None), id="abandoned"),
        pytest.param(None, Outcome.ABANDONED, type(None), id="broken-off"),
    ],
)
def test_every_end_is_settled_exactly_once(ended: Ended | None, outcome: Outcome, last: type) -> None:
    turn = Settled(ended, clean=cleaned("I am [name hidden]", count=1, entities=(Entity.NAME,)))
    assert isinstance(turn.last, last)
    assert turn.account.settle(turn.answer) is None
    assert [fact.outcome for fact in turn.facts] == [outcome]
    assert (turn.released, turn.finished) == ([False], 1)
    assert turn.post.withdrawn == (ended is None)
    assert turn.facts[0].hour % 3_600 == 0
    assert turn.facts[0].redactions == 1


@pytest.mark.parametrize(
    "ai_asked, ai_allowed, spent",
    [
        pytest.param(True, True, 1, id="asked"),
        pytest.param(True, False, 0, id="answered-from-the-clinics-texts"),
        pytest.param(False, True, 0, id="answered-by-the-router"),
    ],
)
def test_an_ai_call_is_spent_where_a_provider_may_have_been_asked(
    *, ai_asked: bool, ai_allowed: bool, spent: int
) -> None:
    turn = Settled(Ended(answered=answered()), ai_asked=ai_asked, ai_allowed=ai_allowed)
    assert turn.released == [bool(spent)]
    assert isinstance(turn.last, TurnDone)
    assert BOX.open(turn.last.session).ai_calls == spent


def test_the_history_is_sealed_from_the_clean_text() -> None:
    last = Settled(Ended(answered=answered()), clean=cleaned("I am [name hidden]", count=1)).last
    assert isinstance(last, TurnDone)
    assert [said.text for said in BOX.open(last.session).history] == ["I am [name hidden]", "An answer"]


def test_a_failure_speaks_the_visitors_language_and_gives_the_contact() -> None:
    last = Settled(Ended(code=ErrorCode.OVERLOADED)).last
    assert isinstance(last, TurnFailed)
    assert last.message.startswith("Nous sommes")
    assert [action.kind for action in last.actions] == ["call", "email"]
    assert last.retry_after_s == 2
