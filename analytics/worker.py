"""Events from JetStream into the database, each exactly once, whenever and however the worker dies.

Nothing is acknowledged to JetStream. The database itself says up to where it has stored, and
reading begins after that:

1.  A batch is read, in the stream's order and without a gap (the consumer numbers its deliveries).
2.  Its turns are inserted as one part, so all or none. Each row carries the stream's incarnation
    (its creation time) and the batch's last sequence, the same for every row of the batch.
3.  Its consents likewise, into their table.
4.  The last sequence is saved in `sink_offset`, which never expires.

Where a table stands is the larger of the saved offset and its own rows' largest batch number. So a
worker that is killed

- before 2 or during it finds no row: the batch is read and stored again;
- between 2 and 3 finds the turns done and the consents not: the events are read again, and each
  table takes only those after its own position;
- between 3 and 4 finds both done by their rows, though no offset says so. These rows cannot have
  expired by then: events older than `FRESH_DAYS` are not stored, rows expire after `RAW_DAYS`, and
  by the day on which they would have expired their events are too old to be stored twice;
- between a table and its materialised views leaves the rollup short, or ahead. Before anything is
  read, the rollups are compared with the raw rows and corrected by the difference.

A stream that was deleted and made anew counts from 1 again; its creation time is another, so its
positions are too. The parts are flushed to the disk before an insert returns, so a machine that
loses power is no different from a process that is killed.

Only one worker writes to a database at a time. On chDB the folder's lock sees to that; on a server
the one that begins ends what earlier ones left on its way, before it asks for anything
(`analytics.succession`). Two that run beside each other store nothing twice, but stop each other
again and again: run one replica.

What cannot be read is counted and passed over: an event that does not decode, is too old, or names
an unknown topic must not hold up those behind it. The stream keeps events for
`stream.KEPT_DAYS`, stored or not, so that a database restored from a backup catches up by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from analytics.rollups import reconcile
from analytics.settings import AnalyticsSettings
from analytics.sink import Batch, Position, Sink, is_fresh
from analytics.store import INSERT_LIMIT_S, StoreFault
from analytics.stream import Interrupted, Stream, StreamState
from schemas import metrics
from schemas.bus import UNAVAILABLE
from schemas.events import ConsentFact, TurnFact
from schemas.message import Malformed, json_decode
from schemas.treatments import is_topic

_RETRY_S: Final = 1.0
_STAY_EVERY_S: Final = 60.0
_KINDS: Final[dict[str, type[TurnFact | ConsentFact]]] = {"fact.turn": TurnFact, "fact.consent": ConsentFact}

_log: Any = structlog.get_logger()


class Intake:
    """What the worker has done since it started, for readiness and for who asks.

    Attributes:
        read: Last sequence that is stored; None: not known yet.
        ready: Whether it is reading: the stream is open and the database took the last batch.
        caught_up: When it had last read everything that there was; None: not since it started.
        fates: Events by fate: stored, unreadable, stale, unknown_topic, lost (expired in the stream unread).
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.ready = False
        self.read: int | None = None
        self.caught_up: dt.datetime | None = None
        self.fates: Counter[str] = Counter()

    def count(self, fate: str, number: int = 1) -> None:
        """Count events of one fate, here and in the process' metrics."""
        self.fates[fate] += number
        metrics.FACTS.labels(fate).inc(number)


async def run(settings: AnalyticsSettings, *, nc: Client, sink: Sink, intake: Intake, stop: asyncio.Event) -> None:
    """Store events until `stop` is set; a batch under way is finished. Faults are waited out, for ever."""
    while not stop.is_set():
        pause_s = _RETRY_S
        try:
            await _consume(settings, stream=Stream(nc), sink=sink, intake=intake, stop=stop)
        except Interrupted:
            _pause("interrupted")
            _log.warning("facts_interrupted")
        except UNAVAILABLE as error:
            _pause("unavailable")
            _log.warning("facts_unavailable", error=type(error).__name__)
        except StoreFault as fault:
            _pause("not_stored")
            _log.error("facts_not_stored", code=str(fault.code))
            pause_s = INSERT_LIMIT_S if settings.clickhouse_url else _RETRY_S
        intake.ready = False
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause_s)


def _pause(why: str) -> None:
    metrics.FACTS_PAUSES.labels(why).inc()


async def _consume(
    settings: AnalyticsSettings, *, stream: Stream, sink: Sink, intake: Intake, stop: asyncio.Event
) -> None:
    """Open the stream and store batch after batch.

    Raises:
        Interrupted, StoreFault, nats.errors.Error, OSError: Begin again.
    """
    state = await stream.open(replicas=settings.replicas, max_bytes=settings.stream_max_bytes)
    metrics.FACTS_STREAM_BYTES.set(state.size_bytes)
    if intake.read is not None:  # while the database is away it is known from before, and grows in sight
        metrics.FACTS_LAG.set(max(0, state.last - intake.read))
    await _begin(sink)
    reconciling, closing, staying = map(_Every, (settings.reconcile_every_s, settings.close_every_s, _STAY_EVERY_S))
    position = await _skip_lost(sink, state, await sink.position(state.created_us), intake=intake)
    intake.read = position.read
    metrics.FACTS_LAG.set(max(0, state.last - position.read))
    async with stream.reading(after=position.read) as reader:
        intake.ready = True
        while not stop.is_set():
            messages = await reader.fetch(settings.batch_rows, wait_s=settings.batch_wait_s)
            if messages:
                batch = _decode(messages, intake=intake, now=time.time())
                position = await sink.add(batch, stream=state.created_us, position=position)
                _count_batch(batch, intake=intake, waiting=messages[-1].metadata.num_pending)
            if not messages or not messages[-1].metadata.num_pending:
                intake.caught_up = dt.datetime.now(dt.UTC)
            if staying.is_due():
                await sink.stay()
            if reconciling.is_due():
                await _reconcile(sink)
            if intake.caught_up and closing.is_due():
                await sink.closing.close_due(caught_up=intake.caught_up)
                metrics.CLOSED_AGE.set(sink.closing.behind_s(dt.datetime.now(dt.UTC)))


class _Every:
    """Is due again and again, first when so many seconds have passed."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._last = seconds, time.monotonic()

    def is_due(self) -> bool:
        """Whether it is time; if so, it has begun anew."""
        now = time.monotonic()
        if now - self._last <= self._seconds:
            return False
        self._last = now
        return True


async def _begin(sink: Sink) -> None:
    """Become who writes, then see that rollups agree with raw rows and up to where days are closed."""
    async with sink.closing.lock:
        await sink.take_over()
        await sink.closing.load()
    await _reconcile(sink)


def _count_batch(batch: Batch, *, intake: Intake, waiting: int | None) -> None:
    intake.count("stored", batch.rows)
    intake.read = batch.last
    metrics.FACTS_LAG.set(waiting or 0)
    metrics.FACTS_BATCH_ROWS.observe(batch.rows)
    _log.debug("facts_stored", rows=batch.rows, sequence=batch.last)


async def _skip_lost(sink: Sink, state: StreamState, position: Position, *, intake: Intake) -> Position:
    """Count, once, what the stream no longer holds though it was not stored: the database was away too long.

    A stream that ends before what was stored has lost its own end (a broker restored from an old copy): what
    it numbers anew up to there will be taken for stored.
    """
    if state.last < position.read:
        _log.error("stream_ends_before_what_was_stored", count=position.read - state.last)
    lost = state.first - position.read - 1
    if not position.read or lost <= 0:
        return position
    intake.count("lost", lost)
    _log.error("facts_lost", count=lost)
    return await sink.add(Batch(state.first - 1, [], []), stream=state.created_us, position=position)


def _decode(messages: Sequence[Msg], *, intake: Intake, now: float) -> Batch:
    """Sort messages into tables; what is of no table is counted under the reason."""
    turns: list[tuple[int, TurnFact]] = []
    consents: list[tuple[int, ConsentFact]] = []
    last = 0
    for message in messages:
        last = message.metadata.sequence.stream
        fact = _read(message, now=now)
        if isinstance(fact, TurnFact):
            turns.append((last, fact))
        elif isinstance(fact, ConsentFact):
            consents.append((last, fact))
        else:
            intake.count(fact)
    return Batch(last, turns, consents)


def _read(message: Msg, *, now: float) -> TurnFact | ConsentFact | str:
    """Return the event, or why it cannot be stored: unreadable, stale or unknown_topic."""
    kind = _KINDS.get(message.subject)
    if kind is None:
        return "unreadable"
    try:
        fact = json_decode(message.data, kind)
    except Malformed:
        return "unreadable"
    if not is_fresh(fact, now=now):
        return "stale"
    if isinstance(fact, TurnFact) and not is_topic(fact.topic):
        return "unknown_topic"
    return fact


async def _reconcile(sink: Sink) -> None:
    async with sink.closing.lock:  # or turns were stored meanwhile that are in the raw rows only
        await reconcile(sink.store, today=dt.datetime.now(dt.UTC).date())
    try:
        parts = await sink.parts()
    except StoreFault as fault:  # a user that may not ask; events are stored all the same
        _log.warning("parts_not_counted", code=str(fault.code))
        return
    for table, number in parts.items():
        metrics.STORE_PARTS.labels(table).set(number)
