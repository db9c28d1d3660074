"""Questions about a clinic's figures, answered from what is published and nothing else.

Every way to a figure, page, API, export or mail, goes through `Figures`, and every answer is a sum
over rows of ``lethe.released`` (`analytics.release` says why that is safe). A block counts on its
last day: a range holds the blocks that end in it, of which some were gathered since an earlier day,
which each row says. Turns that no visitor is behind (command line, load, verification) are read
from ``lethe.own_turns``, which has the same form and withholds nothing.

Each question is a file of ``analytics/queries/``, and one statement, or two where spans are compared: a
statement costs some five milliseconds before it reads a row. So parts and the whole that they were
split from come together, as blocks of two trees.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, LiteralString, NamedTuple

from analytics.asked import MOST_DIMENSIONS, Asked, Compare, Filters, Span, tree_of
from analytics.release import ALL, HOURS_LEVEL, RELEASED_SOURCES, REST, K, Tree
from analytics.store import Store, read_sql
from schemas.taxonomy import Source

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
_SUMMARY: Final = read_sql("queries", "summary")
_HOURS: Final = read_sql("queries", "hours")
_CLINICS: Final = read_sql("queries", "clinics")
_OWN_CLINICS: Final = read_sql("queries", "own_clinics")
_COVERAGE: Final = read_sql("queries", "coverage")
_OWN_COVERAGE: Final = read_sql("queries", "own_coverage")


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
        named = asked.filters.named()
        tree, with_ending = tree_of(named), named | {Tree.ENDING.value}
        by_ending = tree_of(with_ending) if len(with_ending) <= MOST_DIMENSIONS else None
        now, before = map(_by_tree, await self._both(_SUMMARY, asked, tree=tree, by_ending=by_ending or tree))
        endings = now[by_ending] if by_ending else []
        how = [] if named else now[Tree.HOW]
        return Summary(
            _together(now[tree], before[tree]),
            _breakdown(endings, before[by_ending or tree], of=_turns(now[tree]) if by_ending else 0),
            _breakdown(how, before[Tree.HOW], of=_turns(how)),
            _percent(_turns(now[Tree.LEFT_OUT]), _turns(now[Tree.TOTAL])),
        )

    async def left_out_percent(self, asked: Asked) -> int:
        """Return the share of turns that looked automated and are not counted. Filters do not apply.

        Raises:
            StoreFault: The database failed.
        """
        return (await self.summary(asked._replace(filters=Filters(), compare=Compare.NONE))).left_out_percent

    async def series(self, asked: Asked) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """Return turns over time, of the span and of the compared one.

        Raises:
            TooManyDimensions: Three filters.
            StoreFault: The database failed.
        """
        now, before = await self._both(_SERIES, asked, tree=tree_of(asked.filters.named()))
        return tuple(Point(*row) for row in now), tuple(Point(*row) for row in before)

    async def breakdown(self, by: str, asked: Asked) -> Breakdown:
        """Return turns by a property: topic, intent, ending, how or language.

        Raises:
            TooManyDimensions: More than two properties, or some that are not published together.
            StoreFault: The database failed.
        """
        tree = tree_of(asked.filters.named() | {by})
        # Of what was answered, all is published by how it was: there is no larger whole than these parts.
        whole = tree if by == Tree.HOW else tree_of(asked.filters.named())
        now, before = (_parts(rows) for rows in await self._both(_BY[by], asked, tree=tree, whole=whole))
        of = _turns(part for part in now if part.key == ALL or whole == tree)
        return _breakdown(now, before, of=of)

    async def heat(self, asked: Asked) -> Heat | None:
        """Return turns by weekday and hour; None where none are published. Filters do not apply.

        Raises:
            StoreFault: The database failed.
        """
        first = min(asked.span.first, asked.span.last - dt.timedelta(days=HOURS_LEVEL - 1))
        rows = await self._rows(_HOURS, asked, Span(first, asked.span.last))
        if not rows:
            return None
        span = Span(min(row[4] for row in rows), max(row[5] for row in rows))
        runs = tuple(HeatRun(*row[:4]) for row in rows)
        together = (span.last - span.first).days < HOURS_LEVEL or all(run.until == run.hour + 1 for run in runs)
        return Heat(runs if together else _spread(runs), span, not together)

    async def _both(self, sql: LiteralString, asked: Asked, **trees: Tree) -> tuple[_Rows, _Rows]:
        """Return rows of the span and of the compared span; none where nothing is compared."""
        compared = asked.compared()
        now = await self._rows(sql, asked, asked.span, **trees)
        return now, await self._rows(sql, asked, compared, **trees) if compared else []

    async def _rows(self, sql: LiteralString, asked: Asked, span: Span, **trees: Tree) -> _Rows:
        if asked.source not in RELEASED_SOURCES:
            sql = sql.replace("lethe.released", "lethe.own_turns")
        parameters = {
            "clinic": asked.clinic,
            "source": asked.source.value,
            "first": span.first.isoformat(),
            "last": span.last.isoformat(),
            **trees,
            **asked.filters._asdict(),
        }
        return await self._store.query(sql, parameters)


type _Rows = list[tuple[Any, ...]]


class _Part(NamedTuple):
    """Published turns that have one value of a property."""

    key: str
    turns: int
    firsts: int
    since: dt.date


def _parts(rows: _Rows) -> list[_Part]:
    return [_Part(*row) for row in rows]


def _by_tree(rows: _Rows) -> dict[str, list[_Part]]:
    """Return the parts of rows that say first which tree they are of."""
    trees: dict[str, list[_Part]] = defaultdict(list)
    for tree, *part in rows:
        trees[tree].append(_Part(*part))
    return trees


def _breakdown(now: Iterable[_Part], before: Iterable[_Part], *, of: int) -> Breakdown:
    """Return the parts that have a name, of a whole of so many turns."""
    turns_before = {part.key: part.turns for part in before}
    rows = tuple(Row(*part, turns_before.get(part.key)) for part in now if part.key not in {ALL, REST})
    return Breakdown(rows, max(0, of - sum(row.turns for row in rows)))


def _together(now: Sequence[_Part], before: Iterable[_Part]) -> Row | None:
    """Return all parts as one; None where there are no turns."""
    if not (turns := _turns(now)):
        return None
    return Row(
        "total", turns, sum(part.firsts for part in now), min(part.since for part in now), _turns(before) or None
    )


def _turns(parts: Iterable[_Part]) -> int:
    return sum(part.turns for part in parts)


def _percent(left_out: int, counted: int) -> int:
    return round(100 * left_out / max(1, left_out + counted))


def _spread(runs: tuple[HeatRun, ...]) -> tuple[HeatRun, ...]:
    """Return turns hour by hour, those of a run spread evenly over it; hours without any are left out."""
    hours: dict[tuple[int, int], float] = defaultdict(float)
    for run in runs:
        for hour in range(run.hour, run.until):
            hours[run.weekday, hour] += run.turns / (run.until - run.hour)
    spread = (HeatRun(weekday, hour, hour + 1, round(turns)) for (weekday, hour), turns in sorted(hours.items()))
    return tuple(run for run in spread if run.turns)
