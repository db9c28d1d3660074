"""Anonymous events on their way to the broker: after the answer, bounded, never delaying a visitor.

An event waits in memory until JetStream has acknowledged it. While the FACTS broker is away they
wait, at most `WAITING_MAX`; beyond that, and what is waiting when the process dies, is lost and
counted. A random `Nats-Msg-Id` lets the broker drop a repetition.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from typing import Any, Final

import msgspec
from nats.js import JetStreamContext
from nats.js.errors import Error as JetStreamError

from schemas import metrics
from schemas.bus import UNAVAILABLE, Bus
from schemas.events import ConsentFact, TurnFact
from schemas.message import Malformed, json_decode
from schemas.treatments import is_topic

WAITING_MAX: Final = 10_000
_ACK_S: Final = 5
_BATCH: Final = 64
"""Events sent at once; each is acknowledged by itself."""
_RETRY_S: Final = 1.0
_SUBJECT: Final = {TurnFact: "fact.turn", ConsentFact: "fact.consent"}

type Fact = TurnFact | ConsentFact


class FactPost:
    """Publishes events; keeps what the broker has not acknowledged."""

    def __init__(self, bus: Bus, *, log: Any) -> None:
        """Take the connection; call `open` next."""
        self._bus, self._log = bus, log
        self._waiting: deque[tuple[str, str, bytes]] = deque()
        self._sending: list[tuple[str, str, bytes]] = []
        self._more = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def open(self) -> None:
        """Begin to send."""
        self._task = asyncio.get_running_loop().create_task(self._send())

    async def close(self, within_s: float) -> None:
        """Send what waits for at most `within_s`; what is left is counted as dropped."""
        if self._task is None:
            return
        self._closing = True
        self._more.set()
        _, late = await asyncio.wait([self._task], timeout=within_s)
        for task in late:
            task.cancel()
        metrics.FACTS.labels("dropped").inc(len(self._waiting) + len(self._sending))

    def add(self, fact: Fact) -> None:
        """Take an event; one that is outside its vocabulary is refused, and counted."""
        body = msgspec.json.encode(fact)
        try:
            json_decode(body, type(fact))
        except Malformed as error:
            self._refuse(error.field)
            return
        if isinstance(fact, TurnFact) and not is_topic(fact.topic):
            self._refuse("topic")
            return
        if len(self._waiting) >= WAITING_MAX:
            self._waiting.popleft()
            metrics.FACTS.labels("dropped").inc()
        self._waiting.append((_SUBJECT[type(fact)], uuid.uuid4().hex, body))
        metrics.FACTS_WAITING.set(len(self._waiting))
        self._more.set()

    def _refuse(self, field: str) -> None:
        metrics.FACTS.labels("refused").inc()
        self._log.error("fact_refused", field=field)

    async def _send(self) -> None:
        stream = JetStreamContext(self._bus.client, timeout=_ACK_S)
        while self._waiting or not self._closing:
            if not self._waiting:
                self._more.clear()
                await self._more.wait()
                continue
            batch = self._sending = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            acknowledged = await asyncio.gather(*(self._acknowledged(stream, *waiting) for waiting in batch))
            unsent = [waiting for waiting, done in zip(batch, acknowledged, strict=True) if not done]
            self._sending = []
            self._waiting.extendleft(reversed(unsent))
            metrics.FACTS.labels("stored").inc(len(batch) - len(unsent))
            metrics.FACTS_WAITING.set(len(self._waiting))
            if unsent:
                await asyncio.sleep(_RETRY_S)

    async def _acknowledged(self, stream: JetStreamContext, subject: str, message_id: str, body: bytes) -> bool:
        try:
            await stream.publish(subject, body, headers={"Nats-Msg-Id": message_id})
        except (*UNAVAILABLE, JetStreamError, TimeoutError):
            return False
        return True
