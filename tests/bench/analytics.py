"""What figures cost: storing events, closing days, and every question a page asks, against the raw rows.

::

    python -m tests.bench.analytics                          # ten million events, chDB and server: ten minutes
    python -m tests.bench.analytics --events 200000          # a quick look
    python -m tests.bench.analytics --store chdb --json report.json

One clinic's year. `published` is what a page asks (`analytics.figures`, over ``lethe.released``);
`rollup` and `raw` answer the same question from the counts by hour and from the events, in the same
run, question by question in turn, so that a noisy minute hits all three.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final, LiteralString

from analytics.asked import Asked, Compare, Filters, Span
from analytics.closing import Closing
from analytics.figures import Figures
from analytics.seed import events
from analytics.sink import Batch, Position, Sink
from analytics.store import Store
from schemas.events import TurnFact
from schemas.taxonomy import Source
from schemas.treatments import treatments
from tests.fixtures_clickhouse import clickhouse

CLINIC: Final = "bench"
DAYS: Final = 364
ROUNDS: Final = 40
RAW_ROUNDS: Final = 5
TOPICS: Final = frozenset({*treatments(), "clinic", "none"})

# Ten million events in the shape of a year: treatments after Zipf, office hours, every vocabulary.
FILL: Final[LiteralString] = """
INSERT INTO lethe.turn_facts
    (clinic, hour, language, topic, intent, path, outcome, offered, redactions, latency, source, suspect, first,
     late, version, stream, batch)
SELECT
    'bench',
    toDateTime({first:Date}, 'UTC') + toIntervalHour(24 * (r1 % {days:UInt32}) + 7 + (r2 % 8) + (r3 % 6)),
    transform(r4 % 20, [0, 1, 2, 3, 4, 5, 6, 7], ['nl', 'nl', 'nl', 'nl', 'nl', 'en', 'en', 'de'], 'fr'),
    arrayElement({topics:Array(String)},
        1 + toUInt32(floor(pow({width:UInt32}, (r5 % 10000) / 10000.))) % {width:UInt32}),
    toInt8(1 + least(r6 % 30, r7 % 30)),
    if(r8 % 10 < 8, 'deterministic', 'llm'),
    transform(r9 % 25, [0, 1, 2, 3], ['not_offered', 'not_offered', 'handed_over', 'fallback'], 'answered'),
    'yes', 0, r8 % 6, 'visitor', r1 % 50 = 0, r2 % 10 < 7, false, 1, 0, 0
FROM (
    SELECT rand(1) AS r1, rand(2) AS r2, rand(3) AS r3, rand(4) AS r4, rand(5) AS r5, rand(6) AS r6, rand(7) AS r7,
        rand(8) AS r8, rand(9) AS r9
    FROM numbers({rows:UInt64})
)
"""
_WHERE: Final[LiteralString] = """
WHERE clinic = {clinic:String} AND source = 'visitor' AND NOT suspect
    AND hour BETWEEN toDateTime({first:Date}, 'UTC') AND toDateTime({last:Date}, 'UTC') + INTERVAL 1 DAY
"""
_KEYS: Final[dict[str, LiteralString]] = {
    "topic": "topic",
    "intent": "intent",
    "ending": "outcome",
    "language": "language",
    "how": "path",
    "not_offered": "topic",
    "series": "toDate(hour)",
    "hours": "(toDayOfWeek(hour), toHour(hour))",
}


def twin(question: str, table: LiteralString) -> LiteralString:
    """Return the SQL that answers a question from the events or the counts by hour."""
    sums: LiteralString = "count(), countIf(first)" if table == "turn_facts" else "sum(turns), sum(firsts)"
    only: LiteralString = " AND outcome = 'not_offered'" if question == "not_offered" else ""
    return "SELECT " + _KEYS[question] + " AS key, " + sums + " FROM lethe." + table + _WHERE + only + " GROUP BY key"  # noqa: S608  # pieces of this file


def asked_of(figures: Figures, asked: Asked) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Return every question of a page."""
    missing = asked._replace(filters=Filters(ending="not_offered"))
    return {
        "topic": lambda: figures.breakdown("topic", asked),
        "intent": lambda: figures.breakdown("intent", asked),
        "ending": lambda: figures.breakdown("ending", asked),
        "language": lambda: figures.breakdown("language", asked),
        "how": lambda: figures.breakdown("how", asked),
        "not_offered": lambda: figures.breakdown("topic", missing),
        "series": lambda: figures.series(asked),
        "hours": lambda: figures.heat(asked),
        "summary": lambda: figures.summary(asked._replace(compare=Compare.PREVIOUS)),
    }


async def _seconds(call: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await call()
    return time.perf_counter() - began


def _summed(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(1_000 * s for s in seconds)
    return {"p50_ms": round(statistics.median(ordered), 1), "p95_ms": round(ordered[int(0.95 * len(ordered))], 1)}


async def measure_questions(store: Store, span: Span) -> dict[str, Any]:
    """Return p50 and p95 of every question, and of its twins, in milliseconds."""
    figures = Figures(store, own=True)
    parameters = {"clinic": CLINIC, "first": span.first.isoformat(), "last": span.last.isoformat()}
    table: dict[str, Any] = {}
    for name, ask in asked_of(figures, Asked(CLINIC, Source.VISITOR, span)).items():
        twins: dict[str, LiteralString] = (
            {} if name == "summary" else {"rollup": twin(name, "turns_by_hour"), "raw": twin(name, "turn_facts")}
        )
        taken: dict[str, list[float]] = {"published": [], **{of: [] for of in twins}}
        for number in range(ROUNDS):
            taken["published"].append(await _seconds(ask))
            for of, sql in twins.items():
                if number % (ROUNDS // RAW_ROUNDS) == 0:
                    taken[of].append(await _seconds(lambda sql=sql: store.query(sql, parameters)))
        row: dict[str, Any] = {of: _summed(seconds) for of, seconds in taken.items()}
        if twins:
            row["raw_to_published"] = round(row["raw"]["p50_ms"] / row["published"]["p50_ms"], 1)
            row["raw_to_rollup"] = round(row["raw"]["p50_ms"] / row["rollup"]["p50_ms"], 1)
        table[name] = row
    return table


async def measure_inserts(sink: Sink, *, until: dt.date, batch: int = 5_000, batches: int = 20) -> dict[str, float]:
    """Return rows a second through the worker's own sink, and how long one event takes to be counted."""
    made = events(CLINIC, days=80, until=until, timezone="UTC", offered=("lip_filler",), chats_a_month=20_000)
    facts: list[TurnFact] = [fact for fact, _ in zip(made, range(batch * batches), strict=False)]
    await sink.take_over()
    position, began = Position(0, 0), time.perf_counter()
    for number in range(len(facts) // batch):
        rows = list(enumerate(facts[number * batch : (number + 1) * batch], number * batch + 1))
        position = await sink.add(Batch(rows[-1][0], rows, []), stream=2, position=position)
    stored_s = time.perf_counter() - began
    figures = Figures(sink.store, own=True)
    own = Asked(CLINIC, Source.CLI, Span(until - dt.timedelta(days=80), until + dt.timedelta(days=1)))
    began = time.perf_counter()
    counted = next(fact for fact in reversed(facts) if not fact.suspect)
    one = [(position.turns + 1, _as_cli(counted))]
    await sink.add(Batch(position.turns + 1, one, []), stream=2, position=position)
    assert (await figures.breakdown("topic", own)).rows
    return {
        "rows_s": round(position.turns / stored_s),
        "inserted_to_visible_ms": round(1_000 * (time.perf_counter() - began), 1),
    }


def _as_cli(fact: TurnFact) -> TurnFact:
    return TurnFact(
        **{name: getattr(fact, name) for name in fact.__struct_fields__ if name != "source"}, source=Source.CLI
    )


@contextlib.asynccontextmanager
async def _opened(kind: str, folder: Path) -> AsyncGenerator[Store]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(clickhouse(folder)) if kind == "server" else None
        store = await Store.open(url=server.url() if server else "", data_dir="" if server else str(folder / "chdb"))
        try:
            await store.migrate(TOPICS)
            yield store
        finally:
            await store.close()


async def measure(kind: str, *, rows: int) -> dict[str, Any]:
    """Return all that is measured of one kind of store: chdb or server."""
    today = dt.datetime.now(dt.UTC)
    last = today.date() - dt.timedelta(days=1)
    span = Span(last - dt.timedelta(days=DAYS - 1), last)
    with tempfile.TemporaryDirectory() as folder:
        async with _opened(kind, Path(folder)) as store:
            await store.command("ALTER TABLE lethe.turn_facts REMOVE TTL")  # a year of raw rows, to compare with
            closing = Closing(store, timezone=lambda _: "UTC")
            topics = sorted(TOPICS)
            for _ in range(max(1, rows // 1_000_000)):
                filled = {"first": span.first.isoformat(), "days": DAYS, "topics": topics, "width": len(topics)}
                await store.command(FILL, {**filled, "rows": min(rows, 1_000_000)})
            closed_s = await _seconds(lambda: closing.close(CLINIC, Source.VISITOR, now=today))
            ((blocks,),) = await store.query("SELECT count() FROM lethe.released")
            ((raw,),) = await store.query("SELECT count() FROM lethe.turn_facts")
            return {
                "store": kind,
                "events": raw,
                "blocks": blocks,
                "closed_year_s": round(closed_s, 1),
                "questions": await measure_questions(store, span),
                "inserts": await measure_inserts(Sink(store, closing=closing), until=last),
            }


def _print(report: dict[str, Any]) -> None:
    print(f"\n{report['store']}: {report['events']} events, {report['blocks']} blocks, year closed in", end=" ")
    print(f"{report['closed_year_s']} s; {report['inserts']}")
    for name, row in report["questions"].items():
        times = "   ".join(
            f"{of} {value['p50_ms']}/{value['p95_ms']}" for of, value in row.items() if isinstance(value, dict)
        )
        print(f"  {name:<12} {times}   raw/published {row.get('raw_to_published', '')}", end="")
        print(f"   raw/rollup {row.get('raw_to_rollup', '')}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--store", choices=["chdb", "server", "both"], default="both")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    kinds = ["chdb", "server"] if given.store == "both" else [given.store]
    reports = [asyncio.run(measure(kind, rows=given.events)) for kind in kinds]
    for report in reports:
        _print(report)
    if given.json:
        given.json.write_text(json.dumps(reports, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
