"""Values outside an event's vocabulary: refused before publication, by the reader, and by the database itself."""

import asyncio
import time

import msgspec
import pytest
from nats.aio.msg import Msg

from analytics.sink import _OFFERED
from analytics.store import Store, StoreFault
from analytics.worker import _read
from gateway.facts import FactPost
from schemas import metrics
from schemas.events import ConsentFact, TurnFact
from tests.event_faults import Said
from tests.fixtures_analytics import CONSENT, HOUR, turn
from tests.fixtures_clickhouse import clickhouse

TURN = turn(1)
NO_TURN = [
    ("version", 0),
    ("version", 256),
    ("clinic", "Anna 0470"),
    ("clinic", "a" * 41),
    ("hour", HOUR + 60),
    ("hour", -3_600),
    ("language", "klingon"),
    ("topic", "my name is Anna"),
    ("topic", "my_name_is_anna"),
    ("intent", "gossip"),
    ("path", "psychic"),
    ("outcome", "lost"),
    ("offered", "perhaps"),
    ("redactions", 1 << 11),
    ("redactions", -1),
    ("latency", 10),
    ("latency", -1),
    ("source", "friend"),
    ("suspect", "perhaps"),
    ("first", 7),
]
NO_CONSENT = [
    ("version", 0),
    ("clinic", "Anna 0470"),
    ("day", HOUR // 86_400 * 86_400 + 3_600),
    ("consent_version", -1),
    ("consent_version", 70_000),
    ("choice", "perhaps"),
]
CASES = [*((TURN, *case) for case in NO_TURN), *((CONSENT, *case) for case in NO_CONSENT)]
BEYOND_TYPES = {
    ("version", 0),
    ("version", 256),
    ("hour", -3_600),
    ("redactions", -1),
    ("latency", -1),
    ("consent_version", -1),
    ("consent_version", 70_000),
}
"""A column takes such a number by its low bits; publisher and reader refuse it. Of a word there are no low bits."""


def _named(value):
    return type(value).__name__ if isinstance(value, TurnFact | ConsentFact) else str(value)


def _body(fact, field, value) -> bytes:
    return msgspec.json.encode(msgspec.structs.asdict(fact) | {field: value})


def test_each_field_of_each_event_has_its_case():
    for fact in (TURN, CONSENT):
        assert {field for kind, field, _ in CASES if kind is fact} == set(fact.__struct_fields__)


@pytest.mark.parametrize("fact, field, value", CASES, ids=_named)
def test_the_gateway_publishes_none_of_it(fact, field, value):
    said = Said()
    post, before = FactPost(None, log=said), metrics.FACTS.labels("refused")._value.get()  # type: ignore[arg-type]
    post.add(msgspec.structs.replace(fact, **{field: value}))
    assert (len(post), metrics.FACTS.labels("refused")._value.get()) == (0, before + 1)
    assert said.lines == [("fact_refused", {"field": field})]


@pytest.mark.parametrize("fact, field, value", CASES, ids=_named)
def test_the_reader_stores_none_of_it(fact, field, value):
    subject = "fact.turn" if fact is TURN else "fact.consent"
    assert _read(_message(subject, msgspec.json.encode(fact)), now=time.time()) == fact
    refused = _read(_message(subject, _body(fact, field, value)), now=time.time())
    assert refused in {"unreadable", "unknown_topic"}


@pytest.mark.parametrize("fact", [TURN, CONSENT], ids=_named)
def test_the_reader_stores_nothing_that_has_one_field_more_or_less(fact):
    subject = "fact.turn" if fact is TURN else "fact.consent"
    fields = msgspec.structs.asdict(fact)
    for other in (fields | {"text": "hello"}, {name: fields[name] for name in list(fields)[:-1]}):
        assert _read(_message(subject, msgspec.json.encode(other)), now=time.time()) == "unreadable"
    assert _read(_message("fact.gossip", msgspec.json.encode(fields)), now=time.time()) == "unreadable"


def _message(subject, body) -> Msg:
    return Msg(None, subject=subject, data=body)  # type: ignore[arg-type]  # only the client could answer it


@pytest.fixture(scope="module", params=["chdb", pytest.param("server", marks=pytest.mark.long)])
def store(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "chdb":
        opened = asyncio.run(_open(data_dir=str(folder / "data")))
        yield opened
        asyncio.run(opened.close())
        return
    with clickhouse(folder) as server:
        opened = asyncio.run(_open(url=server.url()))
        yield opened
        asyncio.run(opened.close())


async def _open(**where) -> Store:
    opened = await Store.open(**where)
    await opened.migrate(frozenset({TURN.topic, "none"}))
    return opened


@pytest.mark.parametrize("fact, field, value", [case for case in CASES if case[1:] not in BEYOND_TYPES], ids=_named)
async def test_the_tables_take_none_of_it(store, fact, field, value):
    table = "lethe.turn_facts" if fact is TURN else "lethe.consent_facts"
    row = msgspec.structs.asdict(fact) | {"stream": 1, "batch": 1}
    if fact is TURN:
        row["offered"] = _OFFERED[TURN.offered]
    with pytest.raises(StoreFault) as refused:
        await store.insert(table, [row, row | {field: value}])
    assert refused.value.code is not None
    assert "nna" not in str(refused.value)
    assert await store.query(f"SELECT count() FROM {table}") == [(0,)]  # noqa: S608  # a table of this file
