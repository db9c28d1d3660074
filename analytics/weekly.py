"""What the weekly letter tells a clinic: read from published figures, like everything that is shown."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from analytics.asked import Asked, Compare, Filters, Span
from analytics.figures import Breakdown, Coverage, Figures, Heat, Row
from analytics.release import EPOCH, LEVELS, Ending
from analytics.spikes import BEFORE_WEEKS, Notice, WeeklyBlock, notices
from analytics.store import Store, read_sql
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Source

MONTH_DAYS: Final = 28
_BLOCKS: Final = read_sql("queries", "weekly_blocks")


class NothingClosed(Exception):  # noqa: N818  # what it is
    """No whole week of the clinic can be shown yet."""


class Listed(NamedTuple):
    """A list of figures."""

    found: Breakdown
    span: Span
    """The days that it is about."""


class Report(NamedTuple):
    """A week's figures, and those of the 4 weeks that end with it."""

    clinic: str
    source: Source
    week: Span
    month: Span
    coverage: Coverage
    total: Row | None
    """Of the week, with the week before; None: too few to show."""
    month_total: Row | None
    treatments: Listed
    """Of the week where that can be shown."""
    not_offered: Listed
    """Of the 4 weeks where that can be shown, like `unanswered`."""
    unanswered: Listed
    heat: Heat | None
    notices: tuple[Notice, ...]
    left_out_percent: int
    """Of the week."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return self.total is None and self.month_total is None


def last_week(closed: dt.date) -> Span:
    """Return the last Monday to Sunday all of whose days are closed, where `closed` is the last closed day."""
    sunday = closed - dt.timedelta(days=closed.isoweekday() % 7)
    return Span(sunday - dt.timedelta(days=6), sunday)


async def report(figures: Figures, store: Store, *, clinic: str, source: Source) -> Report:
    """Return the report on the week that closed last.

    Args:
        figures: Answers what is shown.
        store: Of the same figures: asked for the weeks before, block by block.
        clinic: Its id.
        source: Visitors, or who else is released.

    Raises:
        NothingClosed: There is no such week yet.
        StoreFault: The database failed.
    """
    coverage = await figures.coverage(clinic, source)
    if coverage.closed is None or coverage.first is None or last_week(coverage.closed).last < coverage.first:
        raise NothingClosed
    week = last_week(coverage.closed)
    month = Span(week.last - dt.timedelta(days=MONTH_DAYS - 1), week.last)
    asked = Asked(clinic, source, week, Compare.PREVIOUS)
    long = Asked(clinic, source, month, Compare.PREVIOUS)
    summary = await figures.summary(asked)
    return Report(
        clinic=clinic,
        source=source,
        week=week,
        month=month,
        coverage=coverage,
        total=summary.total,
        month_total=(await figures.summary(long)).total,
        treatments=_treatments(await _listed(figures, asked)),
        not_offered=_treatments(await _listed(figures, _ended(long, Ending.NOT_OFFERED))),
        unanswered=await _listed(figures, _ended(long, Ending.UNANSWERED)),
        heat=await figures.heat(long),
        notices=await _notices(store, asked, since=coverage.first),
        left_out_percent=summary.left_out_percent,
    )


async def _listed(figures: Figures, asked: Asked) -> Listed:
    """Return topics of the span asked for; where they are published for longer times only, of the last of these."""
    spans = [asked.span, *(_last_stretch(asked.span.last, days) for days in LEVELS if days >= MONTH_DAYS)]
    lists = [Listed(await figures.breakdown("topic", asked._replace(span=span)), span) for span in spans]
    return next((one for one in lists if any(row.since >= one.span.first for row in one.found.rows)), lists[0])


def _last_stretch(sunday: dt.date, days: int) -> Span:
    """Return the last stretch of so many days, of those for which figures are published, that ends by `sunday`."""
    over = (sunday - EPOCH).days + 1
    first = EPOCH + dt.timedelta(days=over // days * days - days)
    return Span(first, first + dt.timedelta(days=days - 1))


async def _notices(store: Store, asked: Asked, *, since: dt.date) -> tuple[Notice, ...]:
    """Return what stands out in the week asked for."""
    first = asked.span.first - dt.timedelta(weeks=BEFORE_WEEKS)
    parameters = {
        "clinic": asked.clinic,
        "source": asked.source.value,
        "first": first.isoformat(),
        "last": asked.span.last.isoformat(),
    }
    blocks = [WeeklyBlock(*row) for row in await store.query(_BLOCKS, parameters)]
    return notices(blocks, sunday=asked.span.last, since=since)


def _ended(asked: Asked, ending: Ending) -> Asked:
    return asked._replace(filters=Filters(ending=ending))


def _treatments(listed: Listed) -> Listed:
    rows = tuple(row for row in listed.found.rows if row.key not in {CLINIC_TOPIC, NO_TOPIC})
    return listed._replace(found=listed.found._replace(rows=rows))
