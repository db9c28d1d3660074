"""The stream of events in JetStream: made, kept up to date, and read in order without a gap."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncGenerator
from typing import Any, Final, NamedTuple, cast

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    StorageType,
    StreamConfig,
    StreamInfo,
)
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from schemas.bus import UNAVAILABLE
from schemas.subjects import FACT_STREAM, FACT_SUBJECTS

KEPT_DAYS: Final = 7
"""How long the broker keeps events: the longest that the database may be away, and the oldest backup to go back to."""
_DUPLICATE_WINDOW_S: Final = 3_600
"""How long the broker knows an event again (`gateway.facts._REMEMBERED_S` is a little less): 100 to 160 bytes of its
memory an event, and 6 µs of its start."""
_MAX_EVENT_BYTES: Final = 4_096
_CONSUMER: Final = "analytics"
_CONSUMER_KEPT_S: Final = 60.0


class Interrupted(Exception):  # noqa: N818  # what it is
    """Deliveries have a gap or their consumer is gone: read anew after the stored position."""


class StreamState(NamedTuple):
    """Which incarnation of the stream this is, where it begins and ends."""

    created_us: int
    """Creation time in microseconds since 1970: another after the stream was deleted and made anew."""
    first: int
    """First sequence that it still holds."""
    last: int
    """Last sequence given out."""
    size_bytes: int
    """What it takes of its `max_bytes`."""


class Stream:
    """The stream of events, over one connection."""

    def __init__(self, nc: Client) -> None:
        """Use the connection of the analytics user."""
        client: Any = nc  # the library types its options partly
        self._js: Any = client.jetstream()

    async def open(self, *, replicas: int, max_bytes: int) -> StreamState:
        """Make the stream or bring its configuration up to date.

        Full, it refuses new events; the publisher counts them. It never drops what has been accepted before its time.

        Raises:
            nats.errors.Error, OSError: The broker is away or refuses.
        """
        wanted = StreamConfig(
            name=FACT_STREAM,
            subjects=[FACT_SUBJECTS],
            storage=StorageType.FILE,
            num_replicas=replicas,
            max_bytes=max_bytes,
            max_age=KEPT_DAYS * 86_400,
            max_msg_size=_MAX_EVENT_BYTES,
            discard=DiscardPolicy.NEW,
            duplicate_window=_DUPLICATE_WINDOW_S,
        )
        try:
            await self._js.stream_info(FACT_STREAM)
            info: StreamInfo = await self._js.update_stream(wanted)
        except NotFoundError:
            info = await self._js.add_stream(wanted)
        created = cast("dt.datetime", info.created)
        state = info.state
        return StreamState(round(created.timestamp() * 1_000_000), state.first_seq, state.last_seq, state.bytes)

    @contextlib.asynccontextmanager
    async def reading(self, *, after: int) -> AsyncGenerator[Reader]:
        """Read after sequence `after`, by the one consumer there is; an earlier one is what a dead worker left.

        Raises:
            nats.errors.Error, OSError: The broker is away or refuses.
        """
        with contextlib.suppress(NotFoundError):
            await self._js.delete_consumer(FACT_STREAM, _CONSUMER)
        config = ConsumerConfig(
            name=_CONSUMER,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=after + 1,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=_CONSUMER_KEPT_S,
            mem_storage=True,
            num_replicas=1,
        )
        await self._js.add_consumer(FACT_STREAM, config)
        pull: JetStreamContext.PullSubscription = await self._js.pull_subscribe_bind(_CONSUMER, FACT_STREAM)
        try:
            yield Reader(pull)
        finally:
            with contextlib.suppress(*UNAVAILABLE):
                await pull.unsubscribe()


class Reader:
    """Deliveries of one consumer."""

    def __init__(self, pull: JetStreamContext.PullSubscription) -> None:
        """Use `Stream.reading`."""
        self._pull = pull
        self._delivered = 0

    async def fetch(self, most: int, *, wait_s: float) -> list[Msg]:
        """Return up to `most` messages that arrive within `wait_s`, perhaps none.

        Raises:
            Interrupted: The consumer is gone (broker restarted, stream made anew), or a delivery is missing: it went
                to a connection that broke, and is not delivered again.
            nats.errors.Error, OSError: The broker is away.
        """
        try:
            messages = await self._pull.fetch(most, timeout=wait_s)
        except TimeoutError:
            await self._check()
            return []
        numbers = [message.metadata.sequence.consumer for message in messages]
        if numbers != list(range(self._delivered + 1, self._delivered + 1 + len(numbers))):
            raise Interrupted
        self._delivered += len(numbers)
        return messages

    async def _check(self) -> None:
        try:
            await self._pull.consumer_info()
        except NotFoundError:
            raise Interrupted from None
