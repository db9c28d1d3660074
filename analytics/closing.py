"""Closing days: what may be shown of a clinic's day is published when the day is over, once and for good.

A day is over `CLOSING_DELAY` after the clinic's own midnight, and only when the worker has since
read everything that waited in the stream: a database that was away for days closes nothing before it
has caught up. A turn that arrives for a closed day is stored as `late` and is in no figure.

The blocks of a closing are one insert, so all of them or none; the day up to which a clinic is
closed is written after them, and read from the blocks themselves where a process died in between.
The clinic's time zone, and k for the current 12 weeks, are kept with that day: a changed setting
does not move what has been published.

Runs between two batches of the worker, so that no turn is stored while its day is closed, and right
after what it reads of the rollups was compared with the raw rows: the days that are closed, and, where
a week, 4 or 12 weeks end with one of them, these. An earlier worker's closing can no longer land: its
statements are refused (`analytics.succession`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, LiteralString, NamedTuple
from zoneinfo import ZoneInfo

import structlog

from analytics.noise import noise
from analytics.release import CLOSING_DELAY, LEVELS, RELEASED_SOURCES, Block, Cells, Count, K, era, read_since, release
from analytics.rollups import reconcile
from analytics.store import Store, read_sql
from schemas.events import TurnFact
from schemas.taxonomy import Source

UTC_NAME: Final = "UTC"
"""The days of a clinic that has no file."""
_DAY: Final = dt.timedelta(days=1)
_ERA: Final = dt.timedelta(days=LEVELS[-1])
_SOURCES: Final = read_sql("queries", "released_sources")
_FIRST: Final = read_sql("queries", "first_day")
_UNTIL: Final = read_sql("queries", "released_until")
_CELLS: Final = read_sql("queries", "cells")
_LANGUAGES: Final = read_sql("queries", "cells_languages")
_HOURS: Final = read_sql("queries", "cells_hours")
_LEFT_OUT: Final = read_sql("queries", "cells_left_out")

_log: Any = structlog.get_logger()


class Closed(NamedTuple):
    """Where the figures of a clinic and source stand."""

    timezone: str
    closed: dt.date
    """Last closed day."""
    first: dt.date
    """First day with a turn."""
    k: int
    """Of the 12 weeks that `closed` is in."""
    epsilon: float = 0.0
    """Budget of noise a turn of what was closed last; 0.0: none."""


class Closing:
    """Closes days, and knows which are."""

    def __init__(self, store: Store, *, timezone: Callable[[str], str], k: int = K, epsilon: float = 0.0) -> None:
        """Write to a migrated `store`; call `load` next.

        Args:
            store: With a user that may read counts and write blocks.
            timezone: Returns the name of a clinic's time zone.
            k: Fewest conversations behind a figure, from the next 12 weeks on.
            epsilon: Budget of noise a turn, of what is closed from now on; 0.0: none.

        Raises:
            NoNoiseLibrary, ValueError: `epsilon` cannot be had.
        """
        self._store, self._timezone, self._k = store, timezone, max(k, K)
        self._epsilon, self._noise = epsilon, noise(epsilon)
        self._closed: dict[tuple[str, Source], Closed] = {}
        self.lock = asyncio.Lock()
        """Held while days are closed or rollups compared, and by who stores turns otherwise than the worker
        (`analytics.seeding`)."""

    async def load(self) -> None:
        """Read up to where everything is closed.

        Raises:
            StoreFault: The database failed.
        """
        rows = await self._store.query(_UNTIL)
        self._closed = {(clinic, Source(source)): Closed(*rest) for clinic, source, *rest in rows}

    def behind_s(self, now: dt.datetime) -> float:
        """Return the seconds from the end of the last closed day, of who is furthest behind, to `now` (aware)."""
        ends = [
            dt.datetime.combine(state.closed + _DAY, dt.time(), ZoneInfo(state.timezone))
            for (_, source), state in self._closed.items()
            if source in RELEASED_SOURCES
        ]
        return max(((now - end).total_seconds() for end in ends), default=0.0)

    def is_late(self, fact: TurnFact) -> bool:
        """Whether a turn's day is closed already."""
        closed = self._closed.get((fact.clinic, fact.source))
        if closed is None:
            return False
        return dt.datetime.fromtimestamp(fact.hour, ZoneInfo(closed.timezone)).date() <= closed.closed

    async def close_due(self, *, caught_up: dt.datetime) -> int:
        """Close every day that was over when the worker had last read everything, and return the blocks published.

        Raises:
            StoreFault: The database failed; what was closed stays so.
        """
        async with self.lock:
            whose = [(clinic, Source(source)) for clinic, source, _ in await self._store.query(_SOURCES)]
            return await self._close(whose, now=caught_up)

    async def close(self, clinic: str, source: Source, *, now: dt.datetime) -> int:
        """Close the days of one clinic and source that are over at `now` (aware), and return the blocks published.

        To be called with `lock` held, or where nothing else runs: two closings at once would publish twice.

        Raises:
            StoreFault: The database failed; nothing was closed, or all of it.
        """
        return await self._close([(clinic, source)], now=now)

    async def _close(self, whose: Sequence[tuple[str, Source]], *, now: dt.datetime) -> int:
        """Close what is due, with rollups of which what is read was compared with the raw rows just before."""
        due = [(self._closed.get(pair), state) for pair in whose if (state := await self._due(*pair, now=now))]
        if not due:
            return 0
        today = dt.datetime.now(dt.UTC).date()  # not that of `now`: raw rows expire by the clock
        await reconcile(self._store, today=today, since=min(_read_since(before, state) for before, state in due))
        blocks = 0
        for clinic, source in whose:
            if state := await self._due(clinic, source, now=now):
                blocks += await self._publish(clinic, source, state)
        return blocks

    async def _due(self, clinic: str, source: Source, *, now: dt.datetime) -> Closed | None:
        """Return where the figures of a clinic and source will stand once they are closed; None: nothing is due."""
        before = self._closed.get((clinic, source))
        zone = before.timezone if before else self._timezone(clinic)
        closed = last_over(now, zone)
        if source not in RELEASED_SOURCES or (before and before.closed >= closed):
            return None
        first = before.first if before else await self._first(clinic, source, zone)
        if first is None or first > closed:
            return None
        return Closed(zone, closed, first, self._k_at(before, closed), self._epsilon)

    async def _publish(self, clinic: str, source: Source, state: Closed) -> int:
        before = self._closed.get((clinic, source))
        blocks = self._noise(await self._new_blocks(clinic, source, before, state))
        if not before:  # so that `load` finds time zone and k beside blocks that are all there is
            await self._write(clinic, source, state._replace(closed=state.first - _DAY))
        if blocks:
            await self._store.insert("lethe.released", [_row(clinic, source, block) for block in blocks])
        await self._write(clinic, source, state)
        _log.info("days_closed", count=len(blocks))
        return len(blocks)

    async def _write(self, clinic: str, source: Source, state: Closed) -> None:
        await self._store.insert("lethe.released_until", [{"clinic": clinic, "source": source, **state._asdict()}])
        self._closed[clinic, source] = state

    async def _first(self, clinic: str, source: Source, zone: str) -> dt.date | None:
        for name, of, month in await self._store.query(_SOURCES):
            if (name, of) == (clinic, source):
                asked = {"clinic": clinic, "source": source.value, "timezone": zone, "month": month.isoformat()}
                ((day,),) = await self._store.query(_FIRST, asked)
                return day
        return None

    def _k_at(self, before: Closed | None, closed: dt.date) -> int:
        """Return k for the 12 weeks that `closed` is in: the one they began with."""
        return before.k if before and era(before.closed) == era(closed) else self._k

    async def _new_blocks(self, clinic: str, source: Source, before: Closed | None, state: Closed) -> list[Block]:
        """Return the blocks that end after what was closed `before`, 12 weeks at a time."""
        after = before.closed if before else state.first - _DAY
        blocks: list[Block] = []
        start = read_since(after + _DAY, state.closed)
        while start <= state.closed:
            following = era(start) + _ERA
            k = before.k if before and era(before.closed) == era(start) else self._k
            cells = await self._cells(clinic, source, state.timezone, start, min(following - _DAY, state.closed))
            # In a thread: a year of a large clinic takes seconds, and the pages are served meanwhile.
            found = await asyncio.to_thread(release, cells, closed=state.closed, k=k)
            blocks += [block for block in found if block.day > after]
            start = following
        return blocks

    async def _cells(self, clinic: str, source: Source, zone: str, first: dt.date, last: dt.date) -> Cells:
        asked = {
            "clinic": clinic,
            "source": source.value,
            "timezone": zone,
            "first": first.isoformat(),
            "last": last.isoformat(),
        }
        read = [await self._counts(sql, asked) for sql in (_CELLS, _LANGUAGES, _HOURS, _LEFT_OUT)]
        left_out = {day: count for (day,), count in read[3].items()}
        return Cells(turns=read[0], languages=read[1], hours=read[2], left_out=left_out)

    async def _counts(self, sql: LiteralString, asked: Mapping[str, str]) -> dict[Any, Count]:
        rows = await self._store.query(sql, asked)
        return {tuple(row[:-2]): Count(row[-2], row[-1]) for row in rows}


def _read_since(before: Closed | None, state: Closed) -> dt.date:
    """Return a day of UTC from which on a closing reads rollups: a day early, as clinics' days begin before UTC's.

    Where nothing was closed yet, it is the first day ever: not even the first turn is known for certain.
    """
    return read_since(before.closed + _DAY, state.closed) - _DAY if before else dt.date.min


def last_over(now: dt.datetime, zone: str) -> dt.date:
    """Return the last day that is over at `now` (aware) in a time zone, `CLOSING_DELAY` included."""
    return (now - CLOSING_DELAY).astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=1)


def _row(clinic: str, source: Source, block: Block) -> dict[str, Any]:
    return {
        "clinic": clinic,
        "source": source,
        "tree": block.tree,
        "since": block.since,
        "day": block.day,
        **block.labels._asdict(),
        "turns": block.turns,
        "firsts": block.firsts,
    }
