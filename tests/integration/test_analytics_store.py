"""The database's side: what it refuses, where reading goes on, and that rollups agree with raw rows."""

import asyncio
import datetime as dt
import hashlib

import pytest

from analytics import store as store_module
from analytics.closing import Closing
from analytics.rollups import COMPARED_DAYS, reconcile
from analytics.sink import FRESH_DAYS, RAW_DAYS, Batch, Position, Sink, is_fresh
from analytics.store import MigrationChanged, Store, StoreFault
from schemas.events import ConsentFact, TurnFact
from schemas.taxonomy import Consent, Intent, Language, Outcome, Path, Source
from tests.fixtures_clickhouse import clickhouse

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
HOUR = int(NOW.timestamp())
STREAM = 1_700_000_000_000_000
TOPICS = frozenset({"lip_filler", "botulinum_toxin", "clinic", "none"})
TABLES = ("turn_facts", "consent_facts", "sink_offset", "turns_by_hour", "turns_by_day", "turns_by_month")
START = Position(0, 0)


def turn(**changes) -> TurnFact:
    fact = {
        "clinic": "lumiere",
        "hour": HOUR,
        "language": Language.FR,
        "topic": "lip_filler",
        "intent": Intent.PRICE,
        "path": Path.DETERMINISTIC,
        "outcome": Outcome.ANSWERED,
        "offered": True,
        "redactions": 0b101,
        "latency": 3,
        "source": Source.VISITOR,
        "suspect": False,
        "first": True,
    }
    return TurnFact(**(fact | changes))


def consent() -> ConsentFact:
    return ConsentFact(clinic="lumiere", day=HOUR // 86_400 * 86_400, consent_version=1, choice=Consent.GIVEN)


def sink_of(store: Store) -> Sink:
    """Return the sink of a store in which no day is closed."""
    return Sink(store, closing=Closing(store, timezone=lambda _: "UTC"))


def batch(first: int, last: int, **changes) -> Batch:
    """Turns with the sequences from `first` to `last`, and a consent with the last."""
    return Batch(last, [(seq, turn(**changes)) for seq in range(first, last)], [(last, consent())])


@pytest.fixture(scope="module", params=["chdb", "server"])
def opened(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "chdb":
        store = asyncio.run(_open(data_dir=str(folder / "data")))
        yield store
        asyncio.run(store.close())
        return
    with clickhouse(folder) as server:
        store = asyncio.run(_open(url=server.url()))
        yield store
        asyncio.run(store.close())


async def _open(**where) -> Store:
    store = await Store.open(**where)
    await store.migrate(TOPICS)
    return store


@pytest.fixture
def store(opened):
    for table in TABLES:
        asyncio.run(opened.command(f"TRUNCATE TABLE lethe.{table}"))
    return opened


async def _turns(store, table):
    ((turns,),) = await store.query(f"SELECT sum(turns) FROM lethe.{table}")  # noqa: S608  # names of this file
    return turns


async def _counts(store):
    ((raw,),) = await store.query("SELECT count() FROM lethe.turn_facts")
    return [raw, *[await _turns(store, table) for table in TABLES[3:]]]


ROW = {
    **{name: getattr(turn(), name) for name in TurnFact.__struct_fields__},
    "offered": "yes",
    "late": False,
    "stream": STREAM,
    "batch": 1,
}


@pytest.mark.parametrize(
    "change, code",
    [
        pytest.param({"intent": "gossip"}, 691, id="an unknown intent"),
        pytest.param({"language": "klingon"}, 691, id="an unknown language"),
        pytest.param({"outcome": "lost"}, 691, id="an unknown outcome"),
        pytest.param({"path": "psychic"}, 691, id="an unknown path"),
        pytest.param({"source": "friend"}, 691, id="an unknown source"),
        pytest.param({"offered": "maybe"}, 691, id="an unknown offer"),
        pytest.param({"topic": "my_name_is_anna"}, 469, id="a topic that is not in the table"),
        pytest.param({"topic": "my name is Anna"}, 469, id="a topic that is text"),
        pytest.param({"clinic": "Anna 0470"}, 469, id="a clinic that is text"),
        pytest.param({"hour": HOUR + 60}, 469, id="a time finer than an hour"),
        pytest.param({"latency": 10}, 469, id="a latency beyond the buckets"),
        pytest.param({"redactions": 1 << 11}, 469, id="a redaction without a kind"),
    ],
)
async def test_the_database_itself_refuses(store, change, code):
    with pytest.raises(StoreFault) as refused:
        await store.insert("lethe.turn_facts", [ROW, ROW | change])
    assert refused.value.code == code
    assert refused.value.__cause__ is None
    assert "nna" not in str(refused.value)
    assert await _counts(store) == [0, 0, 0, 0]


async def test_a_batch_is_one_part_without_an_order(store):
    """One part is all or nothing. Its rows carry one number and lie as they were shuffled."""
    arrived = [(seq, turn(redactions=seq)) for seq in range(2_000)]
    await sink_of(store).add(Batch(2_000, arrived, []), stream=STREAM, position=Position(-1, -1))
    assert await store.query("SELECT count(), uniq(_part), uniq(batch) FROM lethe.turn_facts") == [(2_000, 1, 1)]
    lie = [row[0] for row in await store.query("SELECT redactions FROM lethe.turn_facts")]
    assert lie != sorted(lie)
    assert sorted(lie) == list(range(2_000))


async def test_counters_flow_from_hours_to_months(store):
    await sink_of(store).add(batch(1, 11), stream=STREAM, position=START)
    for table in TABLES[3:]:
        (row,) = await store.query(
            f"SELECT sum(turns), sum(firsts), sumMap(latency), sumMap(redactions) FROM lethe.{table}"  # noqa: S608  # as above
        )
        assert row == (10, 10, {3: 10}, {0: 10, 2: 10})


async def test_reading_goes_on_after_the_saved_offset(store):
    sink = sink_of(store)
    assert await sink.position(STREAM) == START
    assert await sink.add(batch(1, 10), stream=STREAM, position=START) == Position(10, 10)
    assert await sink.position(STREAM) == Position(10, 10)
    assert await sink.position(STREAM + 1) == START, "another incarnation of the stream begins at nothing"


async def test_a_batch_of_nothing_readable_moves_the_offset_too(store):
    await sink_of(store).add(Batch(7, [], []), stream=STREAM, position=START)
    assert await sink_of(store).position(STREAM) == Position(7, 7)


async def test_a_batch_cut_after_its_turns_stores_only_its_consents_again(store):
    """Killed between the two tables: the turns' rows say that they are there."""
    sink = sink_of(store)
    whole = batch(1, 10)
    await sink.add(whole._replace(consents=[]), stream=STREAM, position=START)
    await store.command("TRUNCATE TABLE lethe.sink_offset")
    position = await sink.position(STREAM)
    assert (position, position.read) == (Position(10, 0), 0)
    await sink.add(batch(1, 15), stream=STREAM, position=position)
    assert await _counts(store) == [13] * 4
    assert await store.query("SELECT count() FROM lethe.consent_facts") == [(1,)]


async def test_expired_rows_do_not_move_the_offset_back(store):
    sink = sink_of(store)
    old = int((NOW - dt.timedelta(days=RAW_DAYS + 2)).timestamp())
    await sink.add(batch(1, 10, hour=old), stream=STREAM, position=START)
    await store.command("OPTIMIZE TABLE lethe.turn_facts FINAL")
    assert await store.query("SELECT count() FROM lethe.turn_facts") == [(0,)]
    assert await sink.position(STREAM) == Position(10, 10)


async def test_events_that_expired_before_they_were_stored_are_counted_and_stay_behind(store):
    """Of such a batch not one row need be there: nobody takes that for another worker's doing."""
    sink = sink_of(store)
    await sink.take_over()
    old = int((NOW - dt.timedelta(days=RAW_DAYS + 2)).timestamp())
    position = await sink.add(batch(1, 10, hour=old), stream=STREAM, position=await sink.position(STREAM))
    assert await sink.add(batch(11, 20), stream=STREAM, position=position) == Position(20, 20)
    await sink.take_over()
    assert await sink.position(STREAM) == Position(20, 20)
    assert await _turns(store, "turns_by_month") == 18
    assert await reconcile(store, today=NOW.date()) == 0


async def test_batches_that_are_alike_are_each_counted(store):
    """Busy hours bring the same again and again: what is the same as before is no repetition of it."""
    sink = sink_of(store)
    for last in range(10, 60, 10):
        if last == 30:
            await sink.take_over()
        await sink.add(batch(last - 8, last), stream=STREAM, position=Position(last - 10, last - 10))
    for _ in range(3):
        await store.insert("lethe.turn_facts", [ROW] * 4)
    assert await _counts(store) == [52] * 4
    for _ in range(2):
        await store.command("INSERT INTO lethe.turns_by_hour SELECT * FROM lethe.turns_by_hour LIMIT 1")
        assert await reconcile(store, today=NOW.date()) == 1
        assert await _counts(store) == [52] * 4
    assert await store.query("SELECT count() FROM lethe.consent_facts") == [(5,)]


@pytest.mark.parametrize("view", ["to_hour", "to_day", "to_month"])
async def test_rollups_that_a_kill_left_short_are_corrected(store, view):
    """The view was not written though its source was."""
    sink = sink_of(store)
    await sink.add(batch(1, 10), stream=STREAM, position=START)
    await store.command(f"DETACH TABLE lethe.{view}")
    await sink.add(batch(11, 20), stream=STREAM, position=Position(10, 10))
    await store.command(f"ATTACH TABLE lethe.{view}")
    assert len(set(await _counts(store))) > 1
    assert await reconcile(store, today=NOW.date()) > 0
    assert await _counts(store) == [18] * 4
    assert await reconcile(store, today=NOW.date()) == 0


async def test_rollups_that_a_kill_left_ahead_are_corrected(store):
    """The views were written and the raw rows were not; then the batch came again."""
    sink = sink_of(store)
    await sink.add(batch(1, 10), stream=STREAM, position=START)
    await store.command("TRUNCATE TABLE lethe.turn_facts")
    await store.command("TRUNCATE TABLE lethe.sink_offset")
    assert await reconcile(store, today=NOW.date()) > 0
    assert await _counts(store) == [0] * 4
    await sink.add(batch(1, 10), stream=STREAM, position=START)
    assert await _counts(store) == [9] * 4
    assert await reconcile(store, today=NOW.date()) == 0


async def test_rollups_outlive_raw_rows(store):
    """Days of which raw rows have expired are not compared, or their figures would be taken back."""
    sink = sink_of(store)
    old = int((NOW - dt.timedelta(days=COMPARED_DAYS + 1)).timestamp())
    await sink.add(batch(1, 10, hour=old), stream=STREAM, position=START)
    await store.command("TRUNCATE TABLE lethe.turn_facts")
    assert await reconcile(store, today=NOW.date()) == 0
    assert await _turns(store, "turns_by_month") == 9


async def test_migrating_again_does_nothing(store):
    assert await store.migrate(TOPICS) == []


async def test_what_an_older_version_stored_is_kept_and_counted_on(tmp_path, monkeypatch):
    """Tables of before blocks were published take a new event, and closing counts both."""
    with clickhouse(tmp_path) as server:  # a process opens chDB once, and the fixture may have
        await _upgrade(await Store.open(url=server.url()), monkeypatch)


async def _upgrade(store, monkeypatch):
    now = store_module.migrations()
    monkeypatch.setattr(store_module, "migrations", lambda: now[:3])
    assert len(await store.migrate(TOPICS)) == 4
    old = {name: value for name, value in ROW.items() if name != "late"} | {"hour": HOUR - 3 * 86_400}
    await store.insert("lethe.turn_facts", [old] * 5)
    monkeypatch.setattr(store_module, "migrations", lambda: now)
    assert await store.migrate(TOPICS) == [migration.name for migration in now[3:]]
    await store.insert("lethe.turn_facts", [old | {"late": False}, old | {"late": True}])
    assert await _counts(store) == [7] * 4
    assert await reconcile(store, today=NOW.date()) == 0
    await Closing(store, timezone=lambda _: "UTC").close_due(caught_up=NOW)
    assert await store.query("SELECT sum(turns) FROM lethe.released WHERE tree = 'total'") == [(6,)]
    await store.close()


async def test_a_topic_that_joins_the_table_is_accepted_from_then_on(store):
    try:
        assert await store.migrate(TOPICS | {"endolift"}) == ["topics"]
        await sink_of(store).add(batch(1, 3, topic="endolift"), stream=STREAM, position=START)
        assert await _counts(store) == [2] * 4
    finally:
        await store.migrate(TOPICS)


async def test_a_migration_that_was_edited_is_refused(store, monkeypatch):
    edited = tuple(m._replace(text=m.text + "\n-- edited") for m in store_module.migrations())
    monkeypatch.setattr(store_module, "migrations", lambda: edited)
    with pytest.raises(MigrationChanged):
        await store.migrate(TOPICS)


@pytest.mark.parametrize(
    "days, fresh",
    [(0, True), (0.9, True), (2, False), (-80, True), (-FRESH_DAYS - 1, False), (-9_000, False), (40_000, False)],
)
def test_events_of_a_time_that_cannot_be_are_not_stored(days, fresh):
    hour = HOUR + int(days * 24) * 3_600
    assert is_fresh(turn(hour=hour), now=HOUR + 1) is fresh


def test_an_event_is_refused_before_its_row_could_have_expired():
    assert FRESH_DAYS < RAW_DAYS
    assert COMPARED_DAYS < RAW_DAYS


def test_a_checksum_is_of_the_whole_text():
    migration = store_module.migrations()[0]
    assert migration.checksum == hashlib.sha256(migration.text.encode()).hexdigest()
