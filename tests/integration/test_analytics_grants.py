# ruff: noqa: S608  # the statements are this test's own
"""What the three users of a ClickHouse server may do: `deploy/clickhouse/users.xml` on a real server."""

import datetime as dt

import pytest

from analytics import sessions
from analytics.asked import Asked, Span
from analytics.closing import Closing
from analytics.figures import Figures
from analytics.release import RELEASED_SOURCES
from analytics.rollups import reconcile
from analytics.sink import Batch, Position, Sink
from analytics.store import Store, StoreFault
from schemas.events import ConsentFact, TurnFact
from schemas.taxonomy import Consent, Intent, Language, Outcome, Source
from schemas.taxonomy import Path as Way
from tests.fixtures_clickhouse_users import (
    DENIED,
    KEEPER,
    READER,
    READONLY,
    WRITER,
    publish,
    server_with_users,
    tables,
    users_file,
)

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
TABLES = {
    "turn_facts",
    "consent_facts",
    "sink_offset",
    "workers",
    "migrations",
    "turns_by_hour",
    "turns_by_day",
    "turns_by_month",
    "to_hour",
    "to_day",
    "to_month",
    "turns_by_ending",
    "own_turns",
    "released",
    "released_until",
}
PUBLISHED = {"released", "released_until"}
OUTSIDE = {
    "a file": "file('x.csv', 'CSV', 'a String')",
    "an address": "url('http://127.0.0.1:1/', 'CSV', 'a String')",
    "another server": "remote('127.0.0.1:1', lethe.turn_facts)",
    "another server by TLS": "remoteSecure('127.0.0.1:1', lethe.turn_facts)",
    "MySQL": "mysql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "PostgreSQL": "postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "S3": "s3('http://127.0.0.1:1/bucket/k.csv', 'CSV', 'a String')",
    "a program": "executable('x.sh', 'TSV', 'a String')",
    "the file system": "filesystem('/')",
}
"""Where a statement could read from or write to that is not this database."""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with server_with_users(tmp_path_factory.mktemp("server"), users_file()) as (server, asker):
        publish(asker, "lumiere", days=7, turns=10)
        publish(asker, "noord", days=7, turns=20)
        yield server, asker


@pytest.fixture(scope="module")
def asker(running):
    return running[1]


@pytest.fixture
async def stores(running):
    """The keeper's store and the writer's."""
    opened = [await Store.open(url=running[0].url(user, user)) for user in (KEEPER, WRITER)]
    yield opened
    for store in opened:
        await store.close()


def test_every_table_is_spoken_of_here(asker):
    assert set(tables(asker)) == TABLES


async def test_writer_and_keeper_store_a_batch_together(stores):
    keeper, writer = stores
    sink = Sink(keeper, closing=Closing(keeper, timezone=lambda _: "UTC"), writer=writer)
    await sink.take_over()
    await sink.stay()
    await sink.add(Batch(4, [(n, TURN) for n in (1, 2, 3)], [(4, CONSENT)]), stream=1, position=Position(0, 0))
    assert await sink.position(1) == Position(4, 4)
    sums = "SELECT (SELECT sum(turns) FROM lethe.turns_by_hour), (SELECT sum(turns) FROM lethe.turns_by_month)"
    assert await keeper.query(sums) == [(3, 3)]


async def test_who_takes_over_ends_what_keeper_and_writer_had_on_their_way(running, stores):
    """Each of the two users has a session; both are closed."""
    sinks = [
        Sink(keeper, closing=Closing(keeper, timezone=lambda _: "UTC"), writer=writer)
        for keeper, writer in (stores, [await Store.open(url=running[0].url(user, user)) for user in (KEEPER, WRITER)])
    ]
    for sink in sinks:
        await sink.take_over()
    for store in stores:
        with pytest.raises(StoreFault) as refused:
            await store.stay()
        assert refused.value.code == sessions.GONE
    await sinks[1].stay()
    for store in sinks[1]._stores:
        await store.close()


async def test_the_keeper_corrects_what_the_writer_left_short(stores):
    keeper, _ = stores
    await keeper.command(
        "INSERT INTO lethe.turns_by_hour (clinic, hour, topic, turns) VALUES ('noord', toStartOfHour(now()), 'none', 2)"
    )
    today = dt.datetime.now(dt.UTC).date()
    assert await reconcile(keeper, today=today) == 1
    assert await reconcile(keeper, today=today) == 0


@pytest.mark.parametrize("table", sorted(TABLES))
def test_the_writer_reads_no_table(asker, table):
    assert asker.ask(WRITER, f"SELECT count() FROM lethe.{table}").code == DENIED
    copied = asker.ask(WRITER, f"INSERT INTO lethe.consent_facts SELECT * FROM lethe.{table}")
    assert copied.code == DENIED


@pytest.mark.parametrize("table", sorted(TABLES - {"turn_facts", "consent_facts"}))
def test_the_writer_inserts_facts_and_nothing_else(asker, table):
    assert asker.ask(WRITER, f"INSERT INTO lethe.{table} SELECT * FROM numbers(1)").code == DENIED


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("SELECT name, total_rows FROM system.tables", id="which tables there are, and how long"),
        pytest.param("SELECT table, name, data_compressed_bytes FROM system.columns", id="how large columns are"),
        pytest.param("SELECT table_name, table_rows FROM information_schema.tables", id="the same by another name"),
        pytest.param("SELECT column_name FROM information_schema.columns", id="nor columns by another name"),
        pytest.param("SHOW TABLES FROM lethe", id="nor a list"),
    ],
)
def test_the_writer_is_shown_nothing(asker, sql):
    answer = asker.ask(WRITER, sql)
    assert answer.code == DENIED or (answer.code is None and answer.rows == [])


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("SELECT rows FROM system.parts", id="parts"),
        pytest.param("SELECT rows FROM system.parts_columns", id="parts' columns"),
        pytest.param("SELECT query FROM system.processes", id="what others ask now"),
        pytest.param("SELECT value FROM system.metrics", id="metrics"),
        pytest.param("SELECT value FROM system.events", id="events"),
        pytest.param("SELECT * FROM system.errors", id="errors"),
        pytest.param("SELECT * FROM system.users", id="users"),
        pytest.param("SELECT * FROM system.row_policies", id="policies"),
        pytest.param("SELECT clinic FROM mergeTreeIndex('lethe', 'turn_facts')", id="an index"),
        pytest.param("SELECT * FROM merge('lethe', 'turn_facts')", id="a merge of tables"),
        pytest.param("SELECT * FROM loop('lethe', 'turn_facts') LIMIT 1", id="a loop over a table"),
        pytest.param("CREATE TEMPORARY TABLE mine (a UInt8)", id="a table of its own"),
        pytest.param("CREATE TABLE lethe.mine (a UInt8) ENGINE = MergeTree ORDER BY a", id="or a lasting one"),
        pytest.param("CREATE VIEW lethe.mine AS SELECT * FROM lethe.turn_facts", id="or a view"),
        pytest.param("ALTER TABLE lethe.turn_facts DELETE WHERE 1", id="taking facts back"),
        pytest.param("DELETE FROM lethe.turn_facts WHERE 1", id="or lightly"),
        pytest.param("ALTER TABLE lethe.turn_facts DROP CONSTRAINT topic_known", id="what checks a fact"),
        pytest.param("TRUNCATE TABLE lethe.consent_facts", id="emptying"),
        pytest.param("DROP TABLE lethe.turn_facts", id="dropping"),
        pytest.param("OPTIMIZE TABLE lethe.turn_facts FINAL", id="merging"),
        pytest.param("SYSTEM STOP MERGES lethe.turn_facts", id="the server"),
        pytest.param("KILL QUERY WHERE 1", id="others' queries"),
        *(pytest.param(f"SELECT * FROM {source}", id=name) for name, source in OUTSIDE.items()),
        *(
            pytest.param(f"INSERT INTO FUNCTION {OUTSIDE[name]} SELECT 'a'", id=f"to {name}")
            for name in ("a file", "an address")
        ),
    ],
)
def test_the_writer_is_refused(asker, sql):
    assert asker.ask(WRITER, sql).code in {DENIED, 636}  # 636: among what it may see there is no such table


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("INSERT INTO lethe.turn_facts (clinic) VALUES ('lumiere')", id="adds no fact"),
        pytest.param("INSERT INTO lethe.consent_facts (clinic) VALUES ('lumiere')", id="nor a consent"),
        pytest.param("DROP TABLE lethe.turn_facts", id="drops nothing"),
        pytest.param("DROP TABLE lethe.to_hour", id="nor a view"),
        pytest.param("DROP DATABASE lethe", id="nor everything"),
        pytest.param("DETACH TABLE lethe.turn_facts", id="nor puts anything away"),
        pytest.param("TRUNCATE TABLE lethe.released", id="empties nothing"),
        pytest.param("RENAME TABLE lethe.turn_facts TO lethe.others", id="hides nothing"),
        pytest.param("ALTER TABLE lethe.turn_facts DELETE WHERE 1", id="takes no fact back"),
        pytest.param("DELETE FROM lethe.turn_facts WHERE 1", id="nor lightly"),
        pytest.param("ALTER TABLE lethe.released UPDATE turns = 0 WHERE 1", id="changes no figure"),
        pytest.param("UPDATE lethe.released SET turns = 0 WHERE 1", id="nor lightly that"),
        pytest.param("ALTER TABLE lethe.turn_facts DROP PARTITION tuple()", id="nor partitions"),
        pytest.param("ALTER TABLE lethe.turn_facts MODIFY TTL hour + INTERVAL 1 DAY", id="nor how long facts are kept"),
        pytest.param("ALTER TABLE lethe.turn_facts DROP COLUMN topic", id="nor a column"),
        pytest.param("CREATE USER anna", id="makes no users"),
        pytest.param("GRANT SELECT ON lethe.turn_facts TO lethe_reader", id="grants nothing"),
        pytest.param("CREATE VIEW lethe.v DEFINER = default SQL SECURITY DEFINER AS SELECT 1", id="is nobody else"),
        pytest.param("CREATE VIEW lethe.v DEFINER = lethe_writer AS SELECT 1", id="nor the writer"),
        pytest.param("CREATE VIEW lethe.v SQL SECURITY NONE AS SELECT * FROM system.users", id="nor above grants"),
        *(pytest.param(f"SELECT * FROM {source}", id=f"reads not from {name}") for name, source in OUTSIDE.items()),
    ],
)
def test_the_keeper(asker, sql):
    # 492: this server knows no users but the file's; 1: of programs it could only start what lies in a folder for them
    assert asker.ask(KEEPER, sql).code in {DENIED, 492, 1}


async def test_the_reader_answers_the_dashboard(running):
    reader = await Store.open(url=running[0].url(READER, READER))
    figures = Figures(reader, own=False)
    asked = Asked("lumiere", Source.VISITOR, Span(dt.date(2026, 1, 5), dt.date(2026, 1, 11)))
    assert await figures.clinics(Source.VISITOR) == ["lumiere", "noord"]
    assert (await figures.coverage("lumiere", Source.VISITOR)).closed == dt.date(2026, 1, 11)
    breakdown = await figures.breakdown("topic", asked)
    assert [(row.key, row.turns) for row in breakdown.rows] == [("lip_filler", 91)]
    with pytest.raises(StoreFault):
        await reader.insert("lethe.released", [{"clinic": "lumiere"}])
    await reader.close()


@pytest.mark.parametrize("table", sorted(TABLES - PUBLISHED))
def test_the_reader_sees_what_is_published_and_no_more(asker, table):
    assert asker.ask(READER, f"SELECT count() FROM lethe.{table}").code == DENIED


@pytest.mark.parametrize("source", set(Source) - set(RELEASED_SOURCES))
async def test_the_reader_is_asked_for_no_turns_that_only_the_keeper_reads(running, source):
    """The dashboard of a server offers other sources than the analytics process does."""
    reader = await Store.open(url=running[0].url(READER, READER))
    assert source not in Figures(reader, own=False).sources()
    with pytest.raises(StoreFault) as refused:
        await Figures(reader, own=True).clinics(source)
    assert refused.value.code == DENIED
    await reader.close()


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("INSERT INTO lethe.released (clinic) VALUES ('lumiere')", id="a figure"),
        pytest.param("INSERT INTO lethe.turn_facts (clinic) VALUES ('lumiere')", id="a fact"),
        pytest.param("ALTER TABLE lethe.released DELETE WHERE 1", id="deleting"),
        pytest.param("TRUNCATE TABLE lethe.released", id="emptying"),
        pytest.param("DROP TABLE lethe.released", id="dropping"),
        pytest.param("CREATE TABLE lethe.mine (a UInt8) ENGINE = MergeTree ORDER BY a", id="a table"),
        pytest.param("CREATE TEMPORARY TABLE mine (a UInt8)", id="a passing table"),
        pytest.param("SET readonly = 0", id="being able to"),
        pytest.param("SET max_execution_time = 600", id="taking longer"),
        pytest.param("SELECT 1 SETTINGS max_result_rows = 100000000", id="fetching more"),
        *(pytest.param(f"SELECT * FROM {source}", id=name) for name, source in OUTSIDE.items()),
    ],
)
def test_the_reader_is_refused(asker, sql):
    assert asker.ask(READER, sql).code in {DENIED, READONLY}
