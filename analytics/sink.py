"""Where events end: rows, and the position up to which they are stored.

How a batch is stored exactly once is told in `analytics.worker`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, LiteralString, NamedTuple

import msgspec

from analytics.closing import Closing
from analytics.store import Store
from analytics.succession import take_over
from schemas import metrics
from schemas.events import ConsentFact, TurnFact

RAW_DAYS: Final = 90
"""How long raw rows are kept (migrations/0001_facts.sql)."""
FRESH_DAYS: Final = 85
"""Older events are not stored any more. Less than `RAW_DAYS`: an event stored by a process that died before it
could save its position is found again by its row, which must therefore still be there when it is read again."""

_PARTS: Final[LiteralString] = """
SELECT table, count() FROM system.parts WHERE database = 'lethe' AND active GROUP BY table
"""
_OFFERED: Final = {None: "unknown", False: "no", True: "yes"}
_POSITIONS: Final[LiteralString] = """
SELECT
    (SELECT max(seq) FROM lethe.sink_offset WHERE stream = {stream:Int64}) AS saved,
    (SELECT max(batch) FROM lethe.turn_facts WHERE stream = {stream:Int64}) AS turns,
    (SELECT max(batch) FROM lethe.consent_facts WHERE stream = {stream:Int64}) AS consents
"""


class Position(NamedTuple):
    """Last stream sequence stored in each table; at least the saved offset."""

    turns: int
    consents: int

    @property
    def read(self) -> int:
        """Up to where both tables are complete: reading goes on after it."""
        return min(self.turns, self.consents)


class Batch(NamedTuple):
    """What was read from the stream in one go, with sequences."""

    last: int
    """The last sequence read, also of what could not be stored."""
    turns: Sequence[tuple[int, TurnFact]]
    consents: Sequence[tuple[int, ConsentFact]]

    @property
    def rows(self) -> int:
        """How many events it holds."""
        return len(self.turns) + len(self.consents)


class Sink:
    """The facts' tables in one store."""

    def __init__(self, store: Store, *, closing: Closing, writer: Store | None = None) -> None:
        """Write to a migrated `store`.

        Args:
            store: With a user that reads and keeps what is derived from facts.
            closing: Knows which days are closed.
            writer: With a user that may insert facts and do nothing else; None: the same as `store`.
        """
        self.store, self.closing = store, closing
        self._writer = writer or store
        self._stores = (store,) if self._writer is store else (store, self._writer)

    async def take_over(self) -> None:
        """End what an earlier worker left on its way (`analytics.succession`); ask for the position afterwards.

        Raises:
            StoreFault: The database failed, or another worker did the same just now.
        """
        await take_over(self._stores)

    async def stay(self) -> None:
        """Remain who writes, though there be nothing to write for long.

        Raises:
            StoreFault: The database failed, or another worker took over.
        """
        for store in self._stores:
            await store.stay()

    async def position(self, stream: int) -> Position:
        """Return where reading of the stream created at `stream` (µs since 1970) goes on.

        Raises:
            StoreFault: The database failed.
        """
        ((saved, turns, consents),) = await self.store.query(_POSITIONS, {"stream": stream})
        return Position(max(saved, turns), max(saved, consents))

    async def add(self, batch: Batch, *, stream: int, position: Position) -> Position:
        """Store of `batch` what is after `position`, then the position; return it.

        Raises:
            StoreFault: The database failed, or another worker took over; take over then, and ask for the position anew.
        """
        mark = {"stream": stream, "batch": batch.last}
        new = [fact for seq, fact in batch.turns if seq > position.turns]
        turns = [turn_row(fact, late=self.closing.is_late(fact), **mark) for fact in new]
        consents = [_consent_row(fact, mark) for seq, fact in batch.consents if seq > position.consents]
        if turns:
            await self._writer.insert("lethe.turn_facts", _shuffled(turns))
            metrics.FACTS_LATE.inc(sum(row["late"] for row in turns))
        if consents:
            await self._writer.insert("lethe.consent_facts", _shuffled(consents))
        await self.store.insert("lethe.sink_offset", [{"stream": stream, "seq": batch.last}])
        return Position(max(position.turns, batch.last), max(position.consents, batch.last))

    async def parts(self) -> dict[str, int]:
        """Return how many active parts each table has.

        Raises:
            StoreFault: The database failed.
        """
        return dict(await self.store.query(_PARTS))


def is_fresh(fact: TurnFact | ConsentFact, *, now: float) -> bool:
    """Whether an event's time is one that can be stored: not older than `FRESH_DAYS`, at most a day ahead."""
    at = fact.hour if isinstance(fact, TurnFact) else fact.day
    return now - FRESH_DAYS * 86_400 < at < now + 86_400


def _shuffled[T](rows: list[T]) -> list[T]:
    """Shuffle in place: the order of arrival would put one visitor's turns side by side."""
    secrets.SystemRandom().shuffle(rows)
    return rows


def turn_row(fact: TurnFact, *, late: bool, stream: int, batch: int) -> dict[str, Any]:
    """Return the row of a turn in ``lethe.turn_facts``.

    Args:
        fact: The event.
        late: Whether its day was closed before it arrived.
        stream: Creation time of the stream that it came by, in microseconds since 1970; 0: by none.
        batch: Last sequence of the batch that it came in.
    """
    asis = msgspec.structs.asdict(fact)
    return {**asis, "offered": _OFFERED[fact.offered], "late": late, "stream": stream, "batch": batch}


def _consent_row(fact: ConsentFact, mark: Mapping[str, int]) -> dict[str, Any]:
    return {**msgspec.structs.asdict(fact), **mark}
