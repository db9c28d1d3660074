"""Anonymous events: closed vocabulary, bounded, in order, never in a visitor's way."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from nats.js.errors import NoStreamResponseError

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


class Stream:
    """JetStream: refuses `failures` times, hangs where told to, keeps the rest."""

    failures = 0
    hangs = False

    def __init__(self) -> None:
        self.stored: list[tuple[str, int, str]] = []
        self.ids: list[str] = []

    def __call__(self, *_: object, **__: object) -> Stream:
        return self

    async def publish(self, subject: str, body: bytes, headers: dict[str, str]) -> None:
        self.ids.append(headers["Nats-Msg-Id"])
        if self.hangs:
            await asyncio.get_running_loop().create_future()
        if self.failures:
            self.failures -= 1
            raise NoStreamResponseError
        self.stored.append((subject, msgspec.json.decode(body)["hour"], headers["Nats-Msg-Id"]))


class Log:
    def error(self, event: str, **fields: Any) -> None:
        self.said = (event, fields)


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Stream:
    made = Stream()
    monkeypatch.setattr(facts, "JetStreamContext", made)
    monkeypatch.setattr(facts, "_RETRY_S", 0.01)
    return made


class _Bus:
    client = None


def post() -> FactPost:
    return FactPost(_Bus(), log=Log())  # type: ignore[arg-type]


def count(fate: str) -> float:
    return metrics.FACTS.labels(fate)._value.get()


def nth(number: int) -> TurnFact:
    return msgspec.structs.replace(FACT, hour=number * 3_600)


async def test_events_are_stored_in_order_and_closing_waits(stream: Stream) -> None:
    sending = post()
    for number in range(100):
        sending.add(nth(number))
    sending.open()
    await sending.close(within_s=2)
    assert [hour // 3_600 for _, hour, _ in stream.stored] == list(range(100))
    assert {subject for subject, _, _ in stream.stored} == {"fact.turn"}
    assert len(set(stream.ids)) == 100


async def test_what_was_not_acknowledged_is_sent_again_under_its_own_id(stream: Stream) -> None:
    stream.failures = 3
    sending = post()
    for number in range(3):
        sending.add(nth(number))
    sending.open()
    await sending.close(within_s=2)
    assert [hour // 3_600 for _, hour, _ in stream.stored] == [0, 1, 2]
    assert stream.ids[:3] == stream.ids[3:]


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
def test_an_event_outside_its_vocabulary_is_refused_unquoted(changes: dict[str, Any], stream: Stream) -> None:  # noqa: ARG001
    sending, before = post(), count("refused")
    sending.add(msgspec.structs.replace(FACT, **changes))
    assert not sending._waiting
    assert count("refused") == before + 1
    assert sending._log.said == ("fact_refused", {"field": next(iter(changes))})


def test_what_waits_is_bounded_and_the_oldest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "WAITING_MAX", 3)
    sending, before = post(), count("dropped")
    for number in range(5):
        sending.add(nth(number))
    assert [msgspec.json.decode(body)["hour"] // 3_600 for _, _, body in sending._waiting] == [2, 3, 4]
    assert count("dropped") == before + 2


async def test_closing_ends_in_time_while_the_broker_is_away(stream: Stream) -> None:
    stream.failures = 10**9
    sending, before = post(), count("dropped")
    sending.add(FACT)
    sending.open()
    await asyncio.wait_for(sending.close(within_s=0.05), 1)
    assert count("dropped") >= before


async def test_what_is_under_way_when_time_is_over_is_counted_as_dropped(stream: Stream) -> None:
    stream.hangs = True
    sending, before = post(), count("dropped")
    for number in range(3):
        sending.add(nth(number))
    sending.open()
    await asyncio.wait_for(sending.close(within_s=0.05), 1)
    assert count("dropped") == before + 3
