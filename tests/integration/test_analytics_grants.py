"""What the two users of a ClickHouse server may do: `deploy/clickhouse/users.xml` on a real server."""

import asyncio
import datetime as dt
import hashlib
from pathlib import Path

import pytest

from analytics.figures import QUESTIONS, Figures
from analytics.release import Row
from analytics.sink import Batch, Position, Sink
from analytics.store import Store, StoreFault
from schemas.events import ConsentFact, TurnFact
from schemas.taxonomy import Consent, Intent, Language, Outcome, Source
from schemas.taxonomy import Path as Way
from tests.fixtures_clickhouse import clickhouse

USERS = Path(__file__).parents[2] / "deploy" / "clickhouse" / "users.xml"
DENIED = 497
HOUR = int(dt.datetime.now(dt.UTC).timestamp()) // 3_600 * 3_600
TURN = TurnFact(
    clinic="lumiere",
    hour=HOUR,
    language=Language.EN,
    topic="none",
    intent=Intent.HOURS,
    path=Way.DETERMINISTIC,
    outcome=Outcome.ANSWERED,
    offered=None,
    redactions=0,
    latency=0,
    source=Source.CLI,
    suspect=False,
    first=True,
)
CONSENT = ConsentFact(clinic="lumiere", day=HOUR // 86_400 * 86_400, consent_version=1, choice=Consent.REFUSED)


def _sha256(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """The worker's store, migrated and with three turns, and the reader's."""
    passwords = {"LETHE_CLICKHOUSE_WORKER_SHA256": _sha256("w"), "LETHE_CLICKHOUSE_READER_SHA256": _sha256("r")}
    with clickhouse(tmp_path_factory.mktemp("server"), USERS.read_text("utf-8"), passwords) as server:
        worker = asyncio.run(Store.open(url=server.url("lethe_worker", "w")))
        asyncio.run(_fill(worker))
        reader = asyncio.run(Store.open(url=server.url("lethe_reader", "r")))
        yield worker, reader
        for store in (worker, reader):
            asyncio.run(store.close())


async def _fill(worker):
    await worker.migrate(frozenset({"none", "lip_filler"}))
    await worker.migrate(frozenset({"none"}))
    sink = Sink(worker)
    await sink.add(Batch(4, [(n, TURN) for n in (1, 2, 3)], [(4, CONSENT)]), stream=1, position=Position(0, 0))
    assert await sink.position(1) == Position(4, 4)
    assert await sink.reconcile(today=dt.datetime.now(dt.UTC).date()) == 0


async def test_the_reader_answers_questions(stores):
    _, reader = stores
    figures = Figures(reader, now=lambda: dt.datetime.now(dt.UTC))
    answer = await figures.ask(QUESTIONS["topics"], clinic="lumiere", source=Source.CLI, first=None, last=None)
    assert answer.released.rows == (Row("none", 3, 3),)
    assert await figures.clinics(Source.CLI) == ["lumiere"]


@pytest.mark.parametrize(
    "user, statement",
    [
        pytest.param(1, "SELECT count() FROM lethe.turn_facts", id="the reader sees no raw row"),
        pytest.param(1, "SELECT count() FROM lethe.consent_facts", id="nor a consent"),
        pytest.param(1, "SELECT count() FROM lethe.turns_by_hour", id="nor an hour"),
        pytest.param(1, "SELECT max(seq) FROM lethe.sink_offset", id="nor the position"),
        pytest.param(1, "SELECT checksum FROM lethe.migrations", id="nor a checksum"),
        pytest.param(0, "DROP TABLE lethe.turn_facts", id="the worker drops nothing"),
        pytest.param(0, "TRUNCATE TABLE lethe.turns_by_day", id="nor empties anything"),
        pytest.param(0, "ALTER TABLE lethe.turn_facts DELETE WHERE 1", id="nor takes rows back"),
        pytest.param(0, "CREATE USER anna", id="nor makes users"),
    ],
)
async def test_a_user_is_refused_what_is_not_its_own(stores, user, statement):
    with pytest.raises(StoreFault) as refused:
        await stores[user].command(statement)
    assert refused.value.code == DENIED


async def test_the_reader_writes_nothing(stores):
    with pytest.raises(StoreFault):
        await stores[1].insert("lethe.turns_by_day", [{"clinic": "lumiere"}])
