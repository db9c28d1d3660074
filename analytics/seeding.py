"""Synthetic events into the tables: made, stored in blocks, and closed like visitors' days.

They do not come by the stream: most are older than an event may be. Raw rows older than 90 days
expire soon; the rollups, which are filled as rows arrive, keep what is shown.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any, Final, LiteralString, NamedTuple

from analytics.seed import events
from analytics.sink import turn_row
from analytics.store import Store
from schemas.events import TurnFact
from schemas.taxonomy import SPOKEN, Language

BLOCK_ROWS: Final = 50_000
"""Rows stored at once: all of them or none."""
DAYS: Final = range(1, 761)
"""A little more than the rollups keep."""
CHATS: Final = range(10, 20_001)
"""Sessions a month."""
_SEEDED: Final[LiteralString] = """
SELECT count() > 0 FROM lethe.turns_by_month WHERE clinic = {clinic:String} AND source = 'seed'
"""


class AlreadySeeded(Exception):  # noqa: N818  # what it is
    """The clinic has synthetic events: more of them would not fit the days that are closed."""


class Wanted(NamedTuple):
    """What is to be made, of which clinic."""

    clinic: str
    timezone: str
    """The clinic's, IANA."""
    offered: Collection[str]
    """Treatments that it offers."""
    today: dt.date
    """The clinic's day; events end the day before."""
    days: int = 400
    """Of `DAYS`."""
    chats: int = 600
    """Sessions a month, of `CHATS`."""
    seed: int = 0
    """Another number makes other visitors."""
    languages: Sequence[Language] = SPOKEN
    """Those that it answers in."""

    def events(self) -> Iterator[TurnFact]:
        """Return the events up to yesterday."""
        return events(
            self.clinic,
            days=self.days,
            until=self.today - dt.timedelta(days=1),
            timezone=self.timezone,
            offered=self.offered,
            languages=self.languages,
            seed=self.seed,
            chats_a_month=self.chats,
        )


async def seed(
    store: Store,
    wanted: Wanted,
    *,
    lock: asyncio.Lock,
    close: Callable[[], Awaitable[object]],
    writer: Store | None = None,
) -> int:
    """Store synthetic events, close their days, and return how many there are.

    Args:
        store: With a user that reads counts.
        wanted: What is to be made.
        lock: Held while days are closed: a day closed between two blocks would lack what comes after.
        close: Closes the days of the clinic's source `seed`.
        writer: With a user that inserts facts; None: the same as `store`.

    Raises:
        ValueError: `days` or `chats` is out of bounds.
        AlreadySeeded: It has synthetic events; nothing was stored.
        StoreFault: The database failed; blocks before stay.
    """
    if wanted.days not in DAYS or wanted.chats not in CHATS:
        raise ValueError("days or chats")
    async with lock:
        ((seeded,),) = await store.query(_SEEDED, {"clinic": wanted.clinic})
        if seeded:
            raise AlreadySeeded
        stored = await _insert(writer or store, wanted.events())
        await close()
    return stored


async def _insert(store: Store, made: Iterator[TurnFact]) -> int:
    """Store what is made, a block at a time."""
    blocks = (_rows(block) for block in batched(made, BLOCK_ROWS))
    stored = 0
    # In a thread: a hundred thousand events take seconds, and the pages are served meanwhile.
    while rows := await asyncio.to_thread(next, blocks, None):
        await store.insert("lethe.turn_facts", rows)
        stored += len(rows)
    return stored


def _rows(block: Iterable[TurnFact]) -> list[dict[str, Any]]:
    return [turn_row(fact, late=False, stream=0, batch=0) for fact in block]
