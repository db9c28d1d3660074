"""From stored turns to published figures: what is closed when, once and for good."""

import asyncio
import datetime as dt

import pytest

from analytics import worker
from analytics.asked import Asked, Compare, Filters, Span, TooManyDimensions
from analytics.closing import Closing, last_over
from analytics.figures import Figures, HeatRun, Row
from analytics.release import EPOCH
from analytics.sink import Batch, Position, Sink
from analytics.store import Store, StoreFault
from schemas.events import TurnFact
from schemas.taxonomy import Intent, Language, Outcome, Path, Source
from tests.fixtures_clickhouse import clickhouse

TOPICS = frozenset({"lip_filler", "botulinum_toxin", "hifu", "clinic", "none"})
TABLES = ("turn_facts", "turns_by_hour", "turns_by_day", "turns_by_month", "released", "released_until", "sink_offset")
BRUSSELS = "Europe/Brussels"


def _monday() -> dt.date:
    """Return the first day of the last 12 weeks that are over."""
    today = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2)
    return today - dt.timedelta(days=(today - EPOCH).days % 84 + 84)


MONDAY = _monday()


def turn(day: int, hour: int = 10, **changes) -> TurnFact:
    """Return a turn of the hour (UTC) `hour` of the `day`-th day after the Monday."""
    at = dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(hour), dt.UTC)
    fact = {
        "clinic": "lumiere",
        "hour": int(at.timestamp()),
        "language": Language.FR,
        "topic": "lip_filler",
        "intent": Intent.PRICE,
        "path": Path.DETERMINISTIC,
        "outcome": Outcome.ANSWERED,
        "offered": True,
        "redactions": 0,
        "latency": 0,
        "source": Source.VISITOR,
        "suspect": False,
        "first": True,
    }
    return TurnFact(**(fact | changes))


def over(day: int, *, hour: int = 12) -> dt.datetime:
    """Return the time at which the `day`-th day is over and closable."""
    return dt.datetime.combine(MONDAY + dt.timedelta(days=day + 1), dt.time(hour), dt.UTC)


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


class Pipeline:
    """A worker's sink and closing, without the stream."""

    def __init__(self, store, *, zone="UTC", k=5, epsilon=0.0):
        self.store, self.read = store, 0
        self.closing = Closing(store, timezone=lambda _: zone, k=k, epsilon=epsilon)
        self.sink = Sink(store, closing=self.closing)
        self.figures = Figures(store, own=True)

    async def add(self, *facts):
        start, self.read = self.read, self.read + len(facts)
        rows = [(start + n, fact) for n, fact in enumerate(facts, 1)]
        await self.sink.add(Batch(self.read, rows, []), stream=1, position=Position(start, start))

    async def total(self, question) -> Row:
        row = (await self.figures.summary(question)).total
        assert row
        return row

    async def blocks(self):
        rows = await self.store.query("SELECT * EXCEPT (clinic, source) FROM lethe.released ORDER BY ALL")
        return [tuple(row) for row in rows]


def asked(first=0, last=83, **changes) -> Asked:
    span = Span(MONDAY + dt.timedelta(days=first), MONDAY + dt.timedelta(days=last))
    return Asked("lumiere", Source.VISITOR, span)._replace(**changes)


def keys(breakdown) -> dict[str, int]:
    return {row.key: row.turns for row in breakdown.rows}


async def test_golden_figures(store):
    """Of hand-made 12 weeks: what a clinic reads of them."""
    flow = Pipeline(store)
    await flow.add(
        *[turn(0)] * 6,
        *[turn(0, first=False)] * 2,
        *[turn(1, topic="hifu", outcome=Outcome.NOT_OFFERED, offered=False, language=Language.NL)] * 5,
        *[turn(1, 11, intent=Intent.HOURS, topic="clinic")] * 5,
        *[turn(2, 11, intent=Intent.HOURS, topic="clinic")] * 3,
        *[turn(8, path=Path.FALLBACK, outcome=Outcome.FALLBACK, topic="botulinum_toxin")] * 7,
        *[turn(8, path=Path.LLM, intent=Intent.PAIN)] * 5,
        *[turn(9, suspect=True)] * 9,
        *[turn(9, source=Source.LOAD)] * 30,
        *[turn(9, clinic="noord")] * 30,
    )
    assert await flow.closing.close_due(caught_up=over(83)) > 0
    summary = await flow.figures.summary(asked(compare=Compare.PREVIOUS))
    total = await flow.total(asked(compare=Compare.PREVIOUS))
    assert (total.turns, total.firsts, total.before) == (30, 28, None), "three turns of one day wait"
    assert keys(summary.by_ending) == {"answered": 18, "unanswered": 7, "not_offered": 5}
    assert keys(summary.by_how) == {"without_ai": 13, "with_ai": 5}
    assert summary.left_out_percent == round(900 / 39)
    assert keys(await flow.figures.breakdown("topic", asked())) == {
        "lip_filler": 13,
        "botulinum_toxin": 7,
        "clinic": 5,
        "hifu": 5,
    }
    missing = asked(filters=Filters(ending="not_offered"))
    assert keys(await flow.figures.breakdown("topic", missing)) == {"hifu": 5}
    assert keys(await flow.figures.breakdown("intent", asked(filters=Filters(topic="lip_filler")))) == {
        "price": 8,
        "pain": 5,
    }
    assert keys(await flow.figures.breakdown("language", asked())) == {"fr": 25, "nl": 5}
    heat = await flow.figures.heat(asked())
    assert heat
    assert heat.runs == (HeatRun(1, 0, 24, 8), HeatRun(2, 0, 11, 17), HeatRun(2, 11, 24, 5))
    points, _ = await flow.figures.series(asked())
    assert [((point.day - MONDAY).days, point.turns) for point in points] == [(0, 8), (1, 10), (8, 12)]


async def test_what_is_too_small_is_not_shown_and_said(store):
    flow = Pipeline(store)
    await flow.add(*[turn(0)] * 9, *[turn(0, topic="hifu")] * 4, *[turn(0, topic="none")] * 3)
    await flow.closing.close_due(caught_up=over(83))
    topics = await flow.figures.breakdown("topic", asked())
    assert (keys(topics), topics.not_shown) == ({"lip_filler": 9}, 7)
    for by, filters, not_shown in (
        ("topic", Filters(ending="answered"), 7),
        ("topic", Filters(topic="lip_filler"), 0),
        ("ending", Filters(), 0),
        ("ending", Filters(topic="lip_filler"), 0),
        ("how", Filters(), 0),
        ("language", Filters(), 0),
    ):
        assert (await flow.figures.breakdown(by, asked(filters=filters))).not_shown == not_shown, (by, filters)
    summary = await flow.figures.summary(asked())
    assert (summary.by_ending.not_shown, summary.by_how.not_shown) == (0, 0)


async def test_a_day_is_closed_when_it_is_over_and_everything_read(store):
    flow = Pipeline(store)
    await flow.add(*[turn(0)] * 9)
    assert await flow.closing.close_due(caught_up=over(0, hour=1)) == 0
    assert (await flow.figures.coverage("lumiere", Source.VISITOR)).closed is None
    assert await flow.closing.close_due(caught_up=over(0, hour=2)) > 0
    assert await flow.closing.close_due(caught_up=over(0, hour=3)) == 0, "once"
    coverage = await flow.figures.coverage("lumiere", Source.VISITOR)
    assert coverage == (MONDAY, MONDAY, 5, "UTC", 0.0)


async def test_days_are_the_clinics_own(store):
    """At 23:30 UTC it is tomorrow in Brussels."""
    flow = Pipeline(store, zone=BRUSSELS)
    await flow.add(*[turn(0, 23)] * 6)
    await flow.closing.close_due(caught_up=over(1))
    points, _ = await flow.figures.series(asked())
    assert [point.day for point in points] == [MONDAY + dt.timedelta(days=1)]
    assert last_over(over(0, hour=0) - dt.timedelta(minutes=30), BRUSSELS) == MONDAY - dt.timedelta(days=1)


async def test_a_late_turn_is_stored_and_changes_no_figure(store):
    flow = Pipeline(store)
    await flow.add(*[turn(0)] * 9, *[turn(0, topic="hifu")] * 4)
    await flow.closing.close_due(caught_up=over(0))
    before = await flow.blocks()
    again = Pipeline(store)
    await again.closing.load()
    again.read = flow.read
    await again.add(*[turn(0, topic="hifu")] * 7, turn(1))
    assert await store.query("SELECT sum(turns), sumIf(turns, late) FROM lethe.turns_by_hour") == [(21, 7)]
    await again.closing.close_due(caught_up=over(83))
    after = await again.blocks()
    assert set(before) <= set(after)
    for tree in ("total", "ending", "topic", "language", "hour"):
        assert sum(row[-2] for row in after if row[0] == tree) == 13, "the turn of the second day still waits"


async def test_a_late_turn_that_looked_automated_is_not_among_those_left_out(store):
    """Few a day, so that the week is what is said of them, and the late ones would be in it."""
    flow = Pipeline(store)
    await flow.add(*[turn(0)] * 9, *[turn(0, suspect=True)] * 3)
    await flow.closing.close_due(caught_up=over(0))
    await flow.add(turn(0, suspect=True), *[turn(1, suspect=True)] * 3)
    await flow.closing.close_due(caught_up=over(83))
    assert [row[-2] for row in await flow.blocks() if row[0] == "left_out"] == [6]


@pytest.mark.parametrize("source", [Source.VISITOR, Source.SEED])
async def test_what_is_published_was_compared_with_the_raw_rows_just_before(store, source):
    """A process that died left the counts by hour short, or ahead, after they had last been compared."""
    flow = Pipeline(store)
    day = (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=3) - MONDAY).days
    await flow.add(*[turn(day, source=source)] * 9)
    await store.command("INSERT INTO lethe.turns_by_hour SELECT * FROM lethe.turns_by_hour")
    now = dt.datetime.now(dt.UTC)
    if source is Source.VISITOR:
        await flow.closing.close_due(caught_up=now)
    else:
        await flow.closing.close("lumiere", source, now=now)
    assert await store.query("SELECT sum(turns) FROM lethe.released WHERE tree = 'total'") == [(9,)]


async def test_a_later_closing_compares_all_that_it_reads(store):
    """Of a week of which one day was published, and the others are, late, after the week's end."""
    flow = Pipeline(store)
    week = (dt.datetime.now(dt.UTC).date() - MONDAY).days // 7 * 7 - 14
    await flow.add(*[turn(week)] * 9)
    assert await flow.closing.close_due(caught_up=over(week)) > 0
    await flow.add(*[turn(week + 1)] * 9, turn(week + 2))
    await store.command("INSERT INTO lethe.turns_by_hour SELECT * FROM lethe.turns_by_hour")
    await flow.closing.close_due(caught_up=over(week + 6))
    assert (await flow.total(asked(week, week + 6))).turns == 18
    assert await store.query("SELECT sum(turns) FROM lethe.turns_by_hour") == [(19,)]


async def test_rollups_are_compared_while_nobody_else_stores_turns(store, monkeypatch):
    """Raw rows of synthetic turns may be there and their counts not yet: a correction would count them twice."""
    flow, held = Pipeline(store), []

    async def compared(*_, **__):
        held.append(flow.closing.lock.locked())

    monkeypatch.setattr(worker, "reconcile", compared)
    await worker._reconcile(flow.sink)
    assert held == [True]


async def test_a_turn_of_a_day_that_is_open_is_not_late(store):
    flow = Pipeline(store, zone=BRUSSELS)
    await flow.add(*[turn(0)] * 9)
    await flow.closing.close_due(caught_up=over(0))
    assert flow.closing.is_late(turn(0, 21))
    assert not flow.closing.is_late(turn(0, 23)), "tomorrow in Brussels"
    assert not flow.closing.is_late(turn(0, source=Source.DEMO))
    assert not flow.closing.is_late(turn(0, clinic="noord"))


@pytest.mark.parametrize("earlier", [False, True], ids=["the first closing", "a later one"])
async def test_a_closing_that_died_half_way_is_not_published_twice(store, monkeypatch, earlier):
    flow = Pipeline(store, zone=BRUSSELS)
    await flow.add(*[turn(day) for day in range(10) for _ in range(9)])
    if earlier:
        await flow.closing.close_due(caught_up=over(0))
    inserting, written = store.insert, []

    async def dies_after_blocks(table, rows):
        if table == "lethe.released_until" and "lethe.released" in written:
            raise StoreFault
        written.append(table)
        await inserting(table, rows)

    with monkeypatch.context() as patch:
        patch.setattr(store, "insert", dies_after_blocks)
        with pytest.raises(StoreFault):
            await flow.closing.close_due(caught_up=over(6))
    once = await flow.blocks()
    again = Pipeline(store)
    await again.closing.load()
    assert await again.closing.close_due(caught_up=over(6)) == 0
    assert await again.blocks() == once
    assert len(set(once)) == len(once) > 0
    assert (await again.figures.coverage("lumiere", Source.VISITOR)).timezone == BRUSSELS


async def test_day_by_day_the_same_is_published_as_at_once(store):
    facts = [turn(day % 27, 8 + day % 9, topic=sorted(TOPICS)[day % 5]) for day in range(300)]
    slow = Pipeline(store)
    await slow.add(*facts)
    for day in range(28):
        await slow.closing.close_due(caught_up=over(day))
    one_by_one = await slow.blocks()
    for table in ("released", "released_until"):
        await store.command(f"TRUNCATE TABLE lethe.{table}")
    quick = Pipeline(store)
    await quick.closing.close_due(caught_up=over(27))
    assert await quick.blocks() == one_by_one


async def test_a_larger_k_counts_from_the_next_12_weeks_and_a_smaller_one_never(store):
    flow = Pipeline(store)
    await flow.add(*[turn(day) for day in (0, 1) for _ in range(6)])
    await flow.closing.close_due(caught_up=over(0))
    raised = Pipeline(store, k=50)
    await raised.closing.load()
    await raised.closing.close_due(caught_up=over(1))
    assert (await raised.total(asked())).turns == 12
    await store.command("TRUNCATE TABLE lethe.released")
    await store.command("TRUNCATE TABLE lethe.released_until")
    for k, shown in ((7, False), (1, True)):
        fresh = Pipeline(store, k=k)
        await fresh.closing.close_due(caught_up=over(0))
        assert bool((await fresh.figures.summary(asked())).total) is shown
        assert (await fresh.figures.coverage("lumiere", Source.VISITOR)).k == max(k, 5)
        await store.command("TRUNCATE TABLE lethe.released_until")


async def test_noise_is_added_once_and_its_budget_is_shown(store):
    flow = Pipeline(store, epsilon=1.0)
    await flow.add(*[turn(day) for day in range(20) for _ in range(40)])
    await flow.closing.close_due(caught_up=over(27))
    once = await flow.blocks()
    assert {row[-2] for row in once if row[0] == "total"} != {40}
    assert (await flow.figures.coverage("lumiere", Source.VISITOR)).epsilon == 1.0
    again = Pipeline(store, epsilon=1.0)
    await again.closing.load()
    assert await again.closing.close_due(caught_up=over(27)) == 0
    assert await again.blocks() == once


async def test_turns_that_no_visitor_is_behind_are_shown_at_once_and_as_they_are(store):
    flow = Pipeline(store)
    await flow.add(*[turn(3, source=Source.CLI)] * 2, turn(3, source=Source.CLI, topic="hifu", suspect=True))
    own = asked(source=Source.CLI)
    assert keys(await flow.figures.breakdown("topic", own)) == {"lip_filler": 2}
    summary = await flow.figures.summary(own)
    assert ((await flow.total(own)).turns, keys(summary.by_how)) == (2, {"without_ai": 2})
    assert summary.left_out_percent == 33
    assert await flow.figures.clinics(Source.CLI) == ["lumiere"]
    assert await flow.figures.clinics(Source.VISITOR) == []
    heat = await flow.figures.heat(own)
    assert heat
    assert heat.runs == (HeatRun(4, 10, 11, 2),)


@pytest.mark.parametrize(
    "by, filters",
    [
        ("topic", Filters(ending="answered", intent="price")),
        ("language", Filters(topic="hifu")),
        ("how", Filters(topic="hifu")),
    ],
    ids=["three properties", "language and topic", "how and topic"],
)
async def test_what_is_not_published_together_is_refused(store, by, filters):
    with pytest.raises(TooManyDimensions):
        await Pipeline(store).figures.breakdown(by, asked(filters=filters))


async def test_spans_are_compared_with_the_time_before_and_the_year_before():
    this = Asked("a", Source.VISITOR, Span(dt.date(2026, 3, 2), dt.date(2026, 3, 8)))
    assert this.compared() is None
    assert this._replace(compare=Compare.PREVIOUS).compared() == Span(dt.date(2026, 2, 23), dt.date(2026, 3, 1))
    assert this._replace(compare=Compare.YEAR).compared() == Span(dt.date(2025, 3, 3), dt.date(2025, 3, 9))
