"""Questions about a clinic's figures, answered from what is published and nothing else.

Every way to a figure, page, API, export or mail, goes through `Figures`, and every answer is a sum
over rows of ``lethe.released`` (`analytics.release` says why that is safe). A block counts on its
last day: a range holds the blocks that end in it, of which some were gathered since an earlier day,
which each row says. Turns that no visitor is behind (command line, load, verification) are read
from ``lethe.own_turns``, which has the same form and withholds nothing.

Each question is a file of ``analytics/queries/``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, LiteralString, NamedTuple

from analytics.release import HOURS_LEVEL, RELEASED_SOURCES, REST, Ending, K, Tree
from analytics.store import Store, read_sql
from schemas.taxonomy import Source

LONGEST_DAYS: Final = 800
"""A little more than what is kept (25 months)."""
MOST_DIMENSIONS: Final = 2
_YEAR: Final = dt.timedelta(days=364)
"""52 weeks, so that weekdays stand beside each other."""
_BY: Final[Mapping[str, LiteralString]] = MappingProxyType(
    {
        "ending": read_sql("queries", "by_ending"),
        "topic": read_sql("queries", "by_topic"),
        "intent": read_sql("queries", "by_intent"),
        "how": read_sql("queries", "by_how"),
        "language": read_sql("queries", "by_language"),
    }
)
_SERIES: Final = read_sql("queries", "series")
_SUM: Final = read_sql("queries", "sum")
_HOURS: Final = read_sql("queries", "hours")
_CLINICS: Final = read_sql("queries", "clinics")
_OWN_CLINICS: Final = read_sql("queries", "own_clinics")
_COVERAGE: Final = read_sql("queries", "coverage")
_OWN_COVERAGE: Final = read_sql("queries", "own_coverage")


class TooManyDimensions(Exception):  # noqa: N818  # what it is
    """A figure was asked for by more properties at once than are published together."""


class Compare(StrEnum):
    """What a span is compared with."""

    NONE = "none"
    PREVIOUS = "previous"
    YEAR = "year"


class Span(NamedTuple):
    """Days, both included."""

    first: dt.date
    last: dt.date


class Filters(NamedTuple):
    """Only turns that ended so, about this, wanting that; "" is all."""

    ending: str = ""
    topic: str = ""
    intent: str = ""

    def named(self) -> set[str]:
        """Return the names of the filters that are set."""
        return {name for name, value in self._asdict().items() if value}


class Asked(NamedTuple):
    """What a page or a program asks for."""

    clinic: str
    source: Source
    span: Span
    compare: Compare = Compare.NONE
    filters: Filters = Filters()

    def compared(self) -> Span | None:
        """Return the span that it is compared with."""
        first, last = self.span
        match self.compare:
            case Compare.NONE:
                return None
            case Compare.PREVIOUS:
                return Span(first - (last - first) - dt.timedelta(days=1), first - dt.timedelta(days=1))
            case Compare.YEAR:
                return Span(first - _YEAR, last - _YEAR)


class Row(NamedTuple):
    """One figure."""

    key: str
    turns: int
    firsts: int
    """Conversations, approximately: one counts once for each topic and intent."""
    since: dt.date
    """First day of what was gathered; earlier than the span where it waited for its week or longer."""
    before: int | None
    """Turns in the compared span; None: not compared, or not published."""


class Breakdown(NamedTuple):
    """Figures by one property, most turns first."""

    rows: tuple[Row, ...]
    not_shown: int
    """Turns of the span that are not in `rows`: too few each, or still waiting."""


class Point(NamedTuple):
    """Turns of a stretch of days."""

    since: dt.date
    day: dt.date
    turns: int
    firsts: int


class HeatRun(NamedTuple):
    """Turns of some hours of a weekday (1 is Monday), the clinic's own time; `until` is exclusive."""

    weekday: int
    hour: int
    until: int
    turns: int


class Heat(NamedTuple):
    """When turns came."""

    runs: tuple[HeatRun, ...]
    span: Span
    """Whole 4 weeks."""
    spread: bool = False
    """Whether turns of several 4 weeks, gathered over different runs of hours, are spread evenly over theirs."""


class Coverage(NamedTuple):
    """Until when and since when figures are counted; None: nothing yet."""

    closed: dt.date | None
    first: dt.date | None
    k: int
    timezone: str
    epsilon: float = 0.0
    """Budget of noise a turn (`analytics.noise`); 0.0: figures are exact."""


class Summary(NamedTuple):
    """The figures at the top."""

    total: Row | None
    by_ending: Breakdown
    by_how: Breakdown
    left_out_percent: int
    """Share of turns that looked automated and are not counted."""


class Figures:
    """Reads published figures from one store."""

    def __init__(self, store: Store, *, own: bool) -> None:
        """Read from `store`; `own`: whether its user may read turns that no visitor is behind."""
        self._store, self._own = store, own

    def sources(self) -> tuple[Source, ...]:
        """Return the sources that can be asked for here."""
        return tuple(Source) if self._own else RELEASED_SOURCES

    async def clinics(self, source: Source) -> list[str]:
        """Return the clinics of which anything was counted.

        Raises:
            StoreFault: The database failed.
        """
        sql = _CLINICS if source in RELEASED_SOURCES else _OWN_CLINICS
        return [clinic for (clinic,) in await self._store.query(sql, {"source": source.value})]

    async def coverage(self, clinic: str, source: Source) -> Coverage:
        """Return what a clinic's figures cover.

        Raises:
            StoreFault: The database failed.
        """
        sql = _COVERAGE if source in RELEASED_SOURCES else _OWN_COVERAGE
        rows = await self._store.query(sql, {"clinic": clinic, "source": source.value})
        return Coverage(*rows[0]) if rows else Coverage(None, None, K if source in RELEASED_SOURCES else 0, "UTC")

    async def summary(self, asked: Asked) -> Summary:
        """Return the figures at the top.

        Raises:
            TooManyDimensions: Three filters.
            StoreFault: The database failed.
        """
        tree = _tree(asked.filters.named())
        now, before = await self._both(_SUM, tree, asked)
        total = None
        if now[0][0]:
            ((turns, firsts, since),) = now
            total = Row("total", turns, firsts, since, (before[0][0] or None) if before else None)
        by_ending = await self._breakdown_if_any("ending", asked)
        by_how = await self._breakdown_if_any("how", asked)
        return Summary(total, by_ending, by_how, await self.left_out_percent(asked))

    async def left_out_percent(self, asked: Asked) -> int:
        """Return the share of turns that looked automated and are not counted. Filters do not apply.

        Raises:
            StoreFault: The database failed.
        """
        whole = asked._replace(filters=Filters())
        ((left_out, *_),) = await self._rows(_SUM, Tree.LEFT_OUT, whole, asked.span)
        ((counted, *_),) = await self._rows(_SUM, Tree.TOTAL, whole, asked.span)
        return round(100 * left_out / max(1, left_out + counted))

    async def series(self, asked: Asked) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """Return turns over time, of the span and of the compared one.

        Raises:
            TooManyDimensions: Three filters.
            StoreFault: The database failed.
        """
        now, before = await self._both(_SERIES, _tree(asked.filters.named()), asked)
        return tuple(Point(*row) for row in now), tuple(Point(*row) for row in before or ())

    async def breakdown(self, by: str, asked: Asked) -> Breakdown:
        """Return turns by a property: topic, intent, ending, how or language.

        Raises:
            TooManyDimensions: More than two properties, or some that are not published together.
            StoreFault: The database failed.
        """
        tree = _tree(asked.filters.named() | {by})
        now, before = await self._both(_BY[by], tree, asked)
        turns_before = {key: turns for key, turns, *_ in before or ()}
        rows = tuple(
            Row(key, turns, firsts, since, turns_before.get(key)) for key, turns, firsts, since in now if key != REST
        )
        whole = asked.filters if by != "how" else Filters(ending=Ending.ANSWERED)
        ((of, *_),) = await self._rows(_SUM, _tree(whole.named()), asked._replace(filters=whole), asked.span)
        return Breakdown(rows, max(0, of - sum(row.turns for row in rows)))

    async def heat(self, asked: Asked) -> Heat | None:
        """Return turns by weekday and hour; None where none are published. Filters do not apply.

        Raises:
            StoreFault: The database failed.
        """
        first = min(asked.span.first, asked.span.last - dt.timedelta(days=HOURS_LEVEL - 1))
        rows = await self._rows(_HOURS, Tree.HOUR, asked, Span(first, asked.span.last))
        if not rows:
            return None
        span = Span(min(row[4] for row in rows), max(row[5] for row in rows))
        runs = tuple(HeatRun(*row[:4]) for row in rows)
        together = (span.last - span.first).days < HOURS_LEVEL or all(run.until == run.hour + 1 for run in runs)
        return Heat(runs if together else _spread(runs), span, not together)

    async def _breakdown_if_any(self, by: str, asked: Asked) -> Breakdown:
        """Return a breakdown, or an empty one where the filters leave none."""
        try:
            return await self.breakdown(by, asked)
        except TooManyDimensions:
            return Breakdown((), 0)

    async def _both(
        self, sql: LiteralString, tree: Tree, asked: Asked
    ) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]] | None]:
        """Return rows of the span and of the compared span."""
        compared = asked.compared()
        if compared is None:
            return await self._rows(sql, tree, asked, asked.span), None
        now, before = await asyncio.gather(
            self._rows(sql, tree, asked, asked.span), self._rows(sql, tree, asked, compared)
        )
        return now, before

    async def _rows(self, sql: LiteralString, tree: Tree, asked: Asked, span: Span) -> list[tuple[Any, ...]]:
        if asked.source not in RELEASED_SOURCES:
            sql = sql.replace("lethe.released", "lethe.own_turns")
        parameters = {
            "clinic": asked.clinic,
            "source": asked.source.value,
            "tree": tree.value,
            "first": span.first.isoformat(),
            "last": span.last.isoformat(),
            **asked.filters._asdict(),
        }
        return await self._store.query(sql, parameters)


def _tree(properties: set[str]) -> Tree:
    """Return the tree that is split by all of `properties`.

    Raises:
        TooManyDimensions: There is none, or they are too many.
    """
    if len(properties) > MOST_DIMENSIONS:
        raise TooManyDimensions
    for tree in (Tree.HOW, Tree.LANGUAGE):
        if tree.value in properties:
            if len(properties) > 1:
                raise TooManyDimensions
            return tree
    for tree in (Tree.INTENT, Tree.TOPIC, Tree.ENDING):
        if tree.value in properties:
            return tree
    return Tree.TOTAL


def _spread(runs: tuple[HeatRun, ...]) -> tuple[HeatRun, ...]:
    """Return turns hour by hour, those of a run spread evenly over it; hours without any are left out."""
    hours: dict[tuple[int, int], float] = defaultdict(float)
    for run in runs:
        for hour in range(run.hour, run.until):
            hours[run.weekday, hour] += run.turns / (run.until - run.hour)
    spread = (HeatRun(weekday, hour, hour + 1, round(turns)) for (weekday, hour), turns in sorted(hours.items()))
    return tuple(run for run in spread if run.turns)
