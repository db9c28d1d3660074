"""Questions about a clinic's figures, answered with what may be shown and nothing else.

Every way to a figure, page or API, goes through `Figures.ask`. Each question is a file of
``analytics/queries/`` that returns counts by day and key; what of them is shown is decided in
`analytics.release`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, LiteralString, NamedTuple

from analytics.release import RULES, Cell, Released, last_day, month_of, release
from analytics.store import Store, read_sql
from schemas.taxonomy import Source

DEFAULT_DAYS: Final = 28
LONGEST_DAYS: Final = 800
"""A little more than what the rollups hold (25 months)."""


class Question(NamedTuple):
    """One question: its name is its file's and its path's."""

    name: str
    key: str
    """What a row's key is called in the answer, e.g. ``topic``."""
    sql: LiteralString


_NAMES: Final[tuple[tuple[LiteralString, str], ...]] = (
    ("topics", "topic"),
    ("intents", "intent"),
    ("not_offered", "topic"),
    ("totals", "outcome"),
)
QUESTIONS: Final[Mapping[str, Question]] = MappingProxyType(
    {name: Question(name, key, read_sql("queries", name)) for name, key in _NAMES}
)
_LEFT_OUT: Final = read_sql("queries", "left_out")
_CLINICS: Final = read_sql("queries", "clinics")
_SINCE: Final = read_sql("queries", "since")


class Span(NamedTuple):
    """Days, both included."""

    first: dt.date
    last: dt.date


class Answer(NamedTuple):
    """The released figures of one question."""

    clinic: str
    source: Source
    span: Span
    """The days answered for: what was asked, less days that are not over."""
    k: int
    released: Released
    left_out_percent: int
    """Share of turns that looked automated and are not counted, among what may be shown."""
    since: dt.date
    """Since when this installation counts."""


class Figures:
    """Reads released figures from one store."""

    def __init__(self, store: Store, *, now: Callable[[], dt.datetime]) -> None:
        """Read from `store`; `now` returns an aware time."""
        self._store = store
        self._now = now

    async def ask(
        self, question: Question, *, clinic: str, source: Source, first: dt.date | None, last: dt.date | None
    ) -> Answer:
        """Answer `question` for a clinic's days `first` to `last`; by default the last `DEFAULT_DAYS`.

        Raises:
            StoreFault: The database failed.
        """
        rule = RULES[source]
        span = _span(first, last, latest=last_day(rule, now=self._now()))
        released = release(
            await self._cells(question.sql, clinic, source, span), first=span.first, last=span.last, k=rule.k
        )
        suspects = release(
            await self._cells(_LEFT_OUT, clinic, source, span), first=span.first, last=span.last, k=rule.k
        )
        ((since,),) = await self._store.query(_SINCE)
        return Answer(clinic, source, span, rule.k, released, _percent(suspects), since)

    async def clinics(self, source: Source) -> list[str]:
        """Return the clinics of which anything was counted.

        Raises:
            StoreFault: The database failed.
        """
        return [clinic for (clinic,) in await self._store.query(_CLINICS, {"source": source.value})]

    async def _cells(self, sql: LiteralString, clinic: str, source: Source, span: Span) -> list[Cell]:
        rows = await self._store.query(
            sql,
            {
                "clinic": clinic,
                "source": source.value,
                "first": month_of(span.first).isoformat(),
                "last": span.last.isoformat(),
            },
        )
        return [Cell(*row) for row in rows]


def _span(first: dt.date | None, last: dt.date | None, *, latest: dt.date) -> Span:
    """Return the days to answer for; empty (`first` after `last`) where none of them is over."""
    until = min(last or latest, latest)
    return Span(first or until - dt.timedelta(days=DEFAULT_DAYS - 1), until)


def _percent(suspects: Released) -> int:
    turns = {row.key: row.turns for row in suspects.rows}
    left_out = turns.get("left_out", 0)
    return round(100 * left_out / max(1, left_out + turns.get("counted", 0)))
