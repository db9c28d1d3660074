"""Anonymous events: closed vocabulary, bounded, in order, never in a visitor's way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from nats.errors import OutboundBufferLimitError

from analytics.stream import _DUPLICATE_WINDOW_S
from gateway import facts
from gateway.facts import FactPost
from schemas import metrics
from schemas.events import TurnFact
from schemas.taxonomy import Intent, Language, Outcome, Path, Source

FACT = TurnFact(
    clinic="clinique-lumiere",
    hour=3_600,
    language=Language.EN,
    topic="lip_filler",
    intent=Intent.PRICE,
    path=Path.DETERMINISTIC,
    outcome=Outcome.ANSWERED,
    offered=True,
    redactions=0,
    latency=1,
    source=Source.VISITOR,
    suspect=False,
    first=True,
)


REFUSAL = b'{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"},"stream":"FACTS","seq":0}'
"""As nats-server 2.15 says it."""


class Broker:
    """JetStream: refuses `failures` times, is silent where told to, keeps the rest."""

    failures = 0
    silent = 0
    away = 0
    answers_later = False

    def __init__(self) -> None:
        self.client = self
        self.stored: list[tuple[str, int, str]] = []
        self.ids: list[str] = []

    def new_inbox(self) -> str:
        return "_INBOX.gateway.1"

    async def hear(self, subject: str, on: Callable[[str, bytes | None], None]) -> None:
        assert subject == "_INBOX.gateway.1.*"
        self._acknowledge = on

    async def publish(self, subject: str, body: bytes, reply: str, headers: dict[str, str]) -> None:
        if self.away:
            self.away -= 1
            raise OutboundBufferLimitError
        self.ids.append(headers["Nats-Msg-Id"])
        if self.silent:
            self.silent -= 1
            return
        word = b'{"stream":"FACTS","seq":1}'
        if self.failures:
            self.failures -= 1
            word = REFUSAL
        else:
            self.stored.append((subject, msgspec.json.decode(body)["hour"], headers["Nats-Msg-Id"]))
        if self.answers_later:
            asyncio.get_running_loop().call_soon(self._acknowledge, reply, word)
        else:
            self._acknowledge(reply, word)


class Log:
    """Keeps its last line."""

    said: tuple[str, dict[str, Any]] | None = None

    def error(self, event: str, **fields: Any) -> None:
        self.said = (event, fields)

    warning = error


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    monkeypatch.setattr(facts, "_RETRY_S", 0.01)
    return Broker()


def post(broker: Broker) -> FactPost:
    return FactPost(broker, log=Log())  # type: ignore[arg-type]


def count(fate: str) -> float:
    return metrics.FACTS.labels(fate)._value.get()


def nth(number: int) -> TurnFact:
    return msgspec.structs.replace(FACT, hour=number * 3_600)


async def test_events_are_stored_in_order_and_closing_waits(broker: Broker) -> None:
    sending = post(broker)
    for number in range(100):
        sending.add(nth(number))
    await sending.open()
    await sending.close(within_s=2)
    assert [hour // 3_600 for _, hour, _ in broker.stored] == list(range(100))
    assert {subject for subject, _, _ in broker.stored} == {"fact.turn"}
    assert len(set(broker.ids)) == 100


@pytest.mark.parametrize("fault", ["failures", "silent"])
async def test_what_was_not_acknowledged_is_sent_again_under_its_own_id(
    fault: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "_ACK_S", 0.01)
    setattr(broker, fault, 1)
    sending = post(broker)
    sending.add(FACT)
    await sending.open()
    await sending.close(within_s=2)
    assert [hour // 3_600 for _, hour, _ in broker.stored] == [1]
    assert broker.ids == [broker.ids[0]] * 2


async def test_a_broker_that_refuses_is_not_asked_again_at_once(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its word comes after the round in which the event was sent."""
    monkeypatch.setattr(facts, "_RETRY_S", 60)
    monkeypatch.setattr(facts, "_PAUSE_S", 0.001)
    broker.failures, broker.answers_later = 10**9, True
    sending = post(broker)
    sending.add(FACT)
    await sending.open()
    assert sending._task
    await asyncio.wait([sending._task], timeout=0.1)
    assert len(broker.ids) == 1
    await sending.close(within_s=0)


async def test_what_could_not_be_sent_is_stored_once_the_broker_is_back(broker: Broker) -> None:
    broker.away = 3
    sending, before = post(broker), count("stored")
    for number in range(3):
        sending.add(nth(number))
    await sending.open()
    await sending.close(within_s=2)
    assert sorted(hour // 3_600 for _, hour, _ in broker.stored) == [0, 1, 2]
    assert count("stored") == before + 3


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": "my_name_is_jeanne"},
        {"topic": "Jeanne Dupont"},
        {"clinic": "Jeanne!"},
        {"hour": 1},
        {"latency": 10},
        {"intent": "Jeanne"},
    ],
    ids=str,
)
def test_an_event_outside_its_vocabulary_is_refused_unquoted(changes: dict[str, Any], broker: Broker) -> None:
    sending, before = post(broker), count("refused")
    sending.add(msgspec.structs.replace(FACT, **changes))
    assert not sending._waiting
    assert count("refused") == before + 1
    assert sending._log.said == ("fact_refused", {"field": next(iter(changes))})


async def test_what_waits_is_bounded_and_the_oldest_gives_way(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "WAITING_MAX", 3)
    sending, before = post(broker), count("dropped")
    for number in range(5):
        sending.add(nth(number))
    assert [msgspec.json.decode(event.body)["hour"] // 3_600 for event in sending._waiting] == [2, 3, 4]
    assert count("dropped") == before + 2
    assert sending._log.said is None, "a line for each would be a line a visit"
    await sending.open()
    await sending.close(within_s=2)
    assert sending._log.said == ("facts_given_up", {"count": 2})


async def test_closing_ends_in_time_while_the_broker_is_away(broker: Broker) -> None:
    broker.failures = 10**9
    sending, before = post(broker), count("dropped")
    sending.add(FACT)
    await sending.open()
    await asyncio.wait_for(sending.close(within_s=0.05), 1)
    assert count("dropped") >= before


async def test_what_was_not_sent_when_time_is_over_is_dropped_and_what_is_under_way_is_doubtful(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "_SENT_MAX", 3)
    broker.silent = 3
    sending, dropped, doubtful = post(broker), count("dropped"), count("doubtful")
    for number in range(5):
        sending.add(nth(number))
    await sending.open()
    await asyncio.wait_for(sending.close(within_s=0.05), 1)
    assert (count("dropped"), count("doubtful")) == (dropped + 2, doubtful + 3)
    assert not len(sending)


async def test_an_event_is_not_sent_again_once_the_broker_may_have_forgotten_it(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been stored: sent again it would be counted twice."""
    monkeypatch.setattr(facts, "_ACK_S", 0.01)
    monkeypatch.setattr(facts, "_REMEMBERED_S", 0)
    broker.silent = 1
    sending, doubtful, stored = post(broker), count("doubtful"), count("stored")
    for number in range(3):
        sending.add(nth(number))
    await sending.open()
    await sending.close(within_s=2)
    assert len(set(broker.ids)) == len(broker.ids) == 3
    assert [hour // 3_600 for _, hour, _ in broker.stored] == [1, 2]
    assert (count("doubtful"), count("stored")) == (doubtful + 1, stored + 2)


def test_the_stream_remembers_an_event_for_longer_than_it_may_go_again() -> None:
    assert facts._REMEMBERED_S + 30 < _DUPLICATE_WINDOW_S


async def test_a_broker_that_says_nothing_is_asked_by_one_event_at_a_time(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that few events are in doubt, however long it takes."""
    monkeypatch.setattr(facts, "_ACK_S", 0.01)
    monkeypatch.setattr(facts, "_SENT_MAX", 4)
    broker.silent = 6
    sending, stored = post(broker), count("stored")
    for number in range(9):
        sending.add(nth(number))
    await sending.open()
    await sending.close(within_s=2)
    assert broker.ids[4:7] == [broker.ids[0]] * 3
    assert [hour // 3_600 for _, hour, _ in broker.stored] == list(range(9))
    assert count("stored") == stored + 9
