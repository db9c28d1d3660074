"""Anonymous events: closed vocabulary, bounded, in order, never in a visitor's way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from nats.errors import OutboundBufferLimitError

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


class Broker:
    """JetStream: refuses `failures` times, is silent where told to, keeps the rest."""

    failures = 0
    silent = 0
    away = 0

    def __init__(self) -> None:
        self.client = self
        self.stored: list[tuple[str, int, str]] = []
        self.ids: list[str] = []

    def new_inbox(self) -> str:
        return "_INBOX.gateway.1"

    async def listen(self, subject: str, on: Callable[[Any], Awaitable[None]]) -> None:
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
            word = b'{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"}}'
        else:
            self.stored.append((subject, msgspec.json.decode(body)["hour"], headers["Nats-Msg-Id"]))
        await self._acknowledge(SimpleNamespace(subject=reply, data=word, headers=None))


class Log:
    def error(self, event: str, **fields: Any) -> None:
        self.said = (event, fields)


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


def test_what_waits_is_bounded_and_the_oldest_gives_way(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "WAITING_MAX", 3)
    sending, before = post(broker), count("dropped")
    for number in range(5):
        sending.add(nth(number))
    assert [msgspec.json.decode(body)["hour"] // 3_600 for _, _, body in sending._waiting] == [2, 3, 4]
    assert count("dropped") == before + 2


async def test_closing_ends_in_time_while_the_broker_is_away(broker: Broker) -> None:
    broker.failures = 10**9
    sending, before = post(broker), count("dropped")
    sending.add(FACT)
    await sending.open()
    await asyncio.wait_for(sending.close(within_s=0.05), 1)
    assert count("dropped") >= before


async def test_what_is_under_way_when_time_is_over_is_counted_as_dropped(broker: Broker) -> None:
    broker.silent = 3
    sending, before = post(broker), count("dropped")
    for number in range(3):
        sending.add(nth(number))
    await sending.open()
    await asyncio.wait_for(sending.close(within_s=0.05), 1)
    assert count("dropped") == before + 3
