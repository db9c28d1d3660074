"""The counts by hour, day and month, compared with what they were made from, and corrected.

A view may have been written without its raw rows, or the raw rows without their view, when a
process died in between. So they are compared before anything is read, every hour, and again right
before a day's figures are published: those are never changed afterwards.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, LiteralString

import structlog

from analytics.store import Store, read_sql
from schemas import metrics

COMPARED_DAYS: Final = 80
"""How far back raw rows and rollups are compared: days of which no raw row has expired."""
GAPS: Final[tuple[tuple[LiteralString, LiteralString], ...]] = (
    ("lethe.turns_by_hour", read_sql("repairs", "hour")),
    ("lethe.turns_by_day", read_sql("repairs", "day")),
    ("lethe.turns_by_month", read_sql("repairs", "month")),
)
"""In the order in which they feed each other: a correction of the hours flows into days and months by itself."""

_log: Any = structlog.get_logger()


async def reconcile(store: Store, *, today: dt.date, since: dt.date = dt.date.min) -> int:
    """Correct the rollups from the raw rows, and return how many rows of them were wrong.

    The difference is inserted, as a row with signed counters. To be called while nobody stores turns, who may
    have written the raw rows of a batch and not yet its counts: with `Closing.lock` held.

    Args:
        store: With a user that reads raw rows and writes rollups.
        today: The day of UTC: how far back raw rows are whole follows from it.
        since: A day of UTC before which nothing is compared.

    Raises:
        StoreFault: The database failed; what was corrected stays so, the rest is found next time.
    """
    since = max(since, today - dt.timedelta(days=COMPARED_DAYS))
    wrong = 0
    for table, gaps in GAPS:
        first = since.replace(day=1) if table == "lethe.turns_by_month" else since
        count = "SELECT count() FROM (" + gaps + ")"  # noqa: S608  # gaps is a file of the repository
        ((rows,),) = await store.query(count, {"since": first.isoformat()})
        if rows:
            await store.command("INSERT INTO " + table + "\n" + gaps, {"since": first.isoformat()})
        wrong += rows
    if wrong:
        metrics.ROLLUPS_CORRECTED.inc(wrong)
        _log.warning("rollups_corrected", rows=wrong)
    return wrong
