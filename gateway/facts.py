"""Anonymous events on their way to the broker: after the answer, bounded, never delaying a visitor.

An event waits in memory until JetStream has acknowledged it, or goes again. While the FACTS broker
is away they wait, at most `WAITING_MAX`; beyond that, and what is waiting when the process dies, is
lost and counted. A random `Nats-Msg-Id` lets the broker drop a repetition.

Acknowledgements come to one subscription, a number an event: a request of its own for each, as the
client's `JetStreamContext.publish` makes it, cost a tenth of the gateway's time a turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import deque
from typing import Any, Final, NamedTuple

import msgspec
from nats.aio.msg import Msg

from schemas import metrics
from schemas.bus import UNAVAILABLE, Bus
from schemas.events import ConsentFact, TurnFact
from schemas.message import Malformed, json_decode
from schemas.treatments import is_topic

WAITING_MAX: Final = 10_000
_ACK_S: Final = 5
"""An event that is not acknowledged within this time is sent again."""
_SENT_MAX: Final = 256
"""Events that wait for their acknowledgement at once."""
_PAUSE_S: Final = 0.02
"""Between two rounds of sending, so that a busy gateway wakes for many events at once."""
_RETRY_S: Final = 1.0
"""Pause after a refusal, and between two looks for events that were not acknowledged."""
_SUBJECT: Final = {TurnFact: "fact.turn", ConsentFact: "fact.consent"}

type Fact = TurnFact | ConsentFact


class _Event(NamedTuple):
    """An event as it travels."""

    subject: str
    message_id: str
    body: bytes


class _Sent(NamedTuple):
    event: _Event
    at: float


class _Acknowledged(msgspec.Struct):
    """Of JetStream's word, whether it stored the message; a refusal has `error` and no number."""

    seq: int


_acknowledgements = msgspec.json.Decoder(_Acknowledged)


class FactPost:
    """Publishes events; keeps what the broker has not acknowledged."""

    def __init__(self, bus: Bus, *, log: Any) -> None:
        """Take the connection; call `open` next."""
        self._bus, self._log = bus, log
        self._waiting: deque[_Event] = deque()
        self._sent: dict[str, _Sent] = {}
        self._number = 0
        self._inbox = ""
        self._more = asyncio.Event()
        self._refused = False
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        metrics.FACTS_WAITING.set_function(self.__len__)

    def __len__(self) -> int:
        """Return the number of events that have not been acknowledged."""
        return len(self._waiting) + len(self._sent)

    async def open(self) -> None:
        """Listen for acknowledgements and begin to send."""
        self._inbox = self._bus.client.new_inbox()
        await self._bus.listen(f"{self._inbox}.*", self._on_acknowledged)
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
        metrics.FACTS.labels("dropped").inc(len(self))

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
        if len(self) >= WAITING_MAX:
            self._drop_oldest()
        self._waiting.append(_Event(_SUBJECT[type(fact)], secrets.token_hex(16), body))
        self._more.set()

    def _drop_oldest(self) -> None:
        if self._sent:
            del self._sent[next(iter(self._sent))]
        else:
            self._waiting.popleft()
        metrics.FACTS.labels("dropped").inc()

    def _refuse(self, field: str) -> None:
        metrics.FACTS.labels("refused").inc()
        self._log.error("fact_refused", field=field)

    async def _send(self) -> None:
        while self._waiting or self._sent or not self._closing:
            await self._some()
            while self._waiting and len(self._sent) < _SENT_MAX and not self._refused:
                await self._publish(self._waiting.popleft())
            await asyncio.sleep(_RETRY_S if self._refused else 0 if self._closing else _PAUSE_S)
            self._refused = False
            self._take_back(time.monotonic() - _ACK_S)

    async def _some(self) -> None:
        """Return once there is something to send, or it is time to look for what was not acknowledged."""
        self._more.clear()
        if not self._waiting or len(self._sent) >= _SENT_MAX:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), _RETRY_S if self._sent else None)

    async def _publish(self, event: _Event) -> None:
        self._number += 1
        number = str(self._number)
        self._sent[number] = _Sent(event, time.monotonic())
        headers = {"Nats-Msg-Id": event.message_id}
        try:
            await self._bus.client.publish(event.subject, event.body, f"{self._inbox}.{number}", headers)
        except UNAVAILABLE:
            self._again(number)

    async def _on_acknowledged(self, msg: Msg) -> None:
        number = msg.subject.rpartition(".")[2]
        try:
            _acknowledgements.decode(msg.data)
        except msgspec.DecodeError:  # a refusal, or nobody there to store it
            self._again(number)
        else:
            if self._sent.pop(number, None):
                metrics.child(metrics.FACTS, "stored").inc()
        if not self._sent or len(self._sent) == _SENT_MAX - 1:
            self._more.set()

    def _again(self, number: str) -> None:
        """Let an event wait once more; the round under way ends."""
        if sent := self._sent.pop(number, None):
            self._waiting.appendleft(sent.event)
            self._refused = True

    def _take_back(self, before: float) -> None:
        """Let events wait once more that were sent `before` that time and not acknowledged; the oldest goes first."""
        late = [number for number, sent in self._sent.items() if sent.at < before]
        for number in reversed(late):
            self._waiting.appendleft(self._sent.pop(number).event)
