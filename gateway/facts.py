"""Anonymous events on their way to the broker: after the answer, bounded, never delaying a visitor.

An event waits in memory until JetStream has acknowledged it, or goes again. While the FACTS broker
is away they wait, at most `WAITING_MAX`; beyond that, and what a process that stops could not send, is
lost and counted. A random `Nats-Msg-Id` lets the broker drop a repetition, for as long as it remembers
the id: what was sent, was never answered and can no longer be told from a repetition is not sent again,
but counted as doubtful. Each event that was taken is counted once: stored, dropped or doubtful.

`docs/events.md` says what can be lost where.

Acknowledgements come to one subscription, a number an event: a request of its own for each, as the
client's `JetStreamContext.publish` makes it, cost a tenth of the gateway's time a turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import secrets
import time
from collections import deque
from typing import Annotated, Any, Final, NamedTuple

import msgspec

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
_REMEMBERED_S: Final = 3_540
"""How long after it was first sent an event may go again: less than the stream remembers ids (an hour,
`analytics.stream`), by the time that a message may be under way."""
_SUBJECT: Final = {TurnFact: "fact.turn", ConsentFact: "fact.consent"}

type Fact = TurnFact | ConsentFact


class _Event(NamedTuple):
    """An event as it travels."""

    subject: str
    message_id: str
    body: bytes
    sent_at: float = 0.0
    """When it was first sent without an answer (monotonic seconds); 0.0: never."""


class _Sent(NamedTuple):
    event: _Event
    at: float


class _Acknowledged(msgspec.Struct):
    """JetStream's word that it stored a message; a refusal does not decode: it has an `error`, and 0 for a number."""

    seq: Annotated[int, msgspec.Meta(ge=1)]
    error: None = None


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
        self._silent = False
        self._lost = 0
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        metrics.FACTS_WAITING.set_function(self.__len__)

    def __len__(self) -> int:
        """Return the number of events that have not been acknowledged."""
        return len(self._waiting) + len(self._sent)

    async def open(self) -> None:
        """Listen for acknowledgements and begin to send."""
        self._inbox = self._bus.client.new_inbox()
        await self._bus.client.hear(f"{self._inbox}.*", self._on_acknowledged)
        self._task = asyncio.get_running_loop().create_task(self._send())

    async def close(self, within_s: float) -> None:
        """Send what waits for at most `within_s`; what is left is counted as dropped, or doubtful where it was sent."""
        self._closing = True
        self._more.set()
        if self._task is not None:
            _, late = await asyncio.wait([self._task], timeout=within_s)
            for task in late:
                task.cancel()
        self._take_back(math.inf)
        while self._waiting:
            self._lose(self._waiting.popleft())
        self._tell_lost()

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
        if self._waiting and len(self) >= WAITING_MAX:
            self._lose(self._waiting.popleft())
        self._waiting.append(_Event(_SUBJECT[type(fact)], secrets.token_hex(16), body))
        self._more.set()

    def _lose(self, event: _Event) -> None:
        """Count an event that is given up: dropped, or doubtful where the broker may have stored it."""
        metrics.child(metrics.FACTS, "doubtful" if event.sent_at else "dropped").inc()
        self._lost += 1

    def _tell_lost(self) -> None:
        """Log what was given up since the last word about it: a line a second at most."""
        if self._lost:
            self._log.warning("facts_given_up", count=self._lost)
            self._lost = 0

    def _refuse(self, field: str) -> None:
        metrics.FACTS.labels("refused").inc()
        self._log.error("fact_refused", field=field)

    async def _send(self) -> None:
        while self._waiting or self._sent or not self._closing:
            await self._some()
            self._refused = False
            while self._waiting and len(self._sent) < self._most_sent and not self._refused:
                await self._publish(self._waiting.popleft())
            await asyncio.sleep(0 if self._closing else _PAUSE_S)
            if self._refused:  # by now also by the broker's own word
                await asyncio.sleep(_RETRY_S)
            self._take_back(time.monotonic() - _ACK_S)
            self._tell_lost()

    @property
    def _most_sent(self) -> int:
        """How many events may be under way: one where the broker did not answer the last, so that few are in doubt."""
        return 1 if self._silent else _SENT_MAX

    async def _some(self) -> None:
        """Return once there is something to send, or it is time to look for what was not acknowledged."""
        self._more.clear()
        if not self._waiting or len(self._sent) >= self._most_sent:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), _RETRY_S if self._sent else None)

    async def _publish(self, event: _Event) -> None:
        if event.sent_at and time.monotonic() - event.sent_at > _REMEMBERED_S:
            self._lose(event)
            return
        self._number += 1
        number = str(self._number)
        self._sent[number] = _Sent(event, time.monotonic())
        headers = {"Nats-Msg-Id": event.message_id}
        try:
            await self._bus.client.publish(event.subject, event.body, f"{self._inbox}.{number}", headers)
        except UNAVAILABLE:
            self._again(number)

    def _on_acknowledged(self, subject: str, body: bytes | None) -> None:
        number = subject.rpartition(".")[2]
        self._silent = False
        try:
            _acknowledgements.decode(body or b"")
        except msgspec.DecodeError:  # a refusal, or nobody there to store it
            self._again(number)
        else:
            if self._sent.pop(number, None):
                metrics.child(metrics.FACTS, "stored").inc()
        if not self._sent or len(self._sent) == _SENT_MAX - 1:  # not at each: a wake costs more than an event
            self._more.set()

    def _again(self, number: str) -> None:
        """Let an event wait once more, and all for a while: there is no room, or no stream, or no broker."""
        if sent := self._sent.pop(number, None):
            self._waiting.appendleft(sent.event)
            self._refused = True

    def _take_back(self, before: float) -> None:
        """Let events wait once more that were sent `before` that time and not acknowledged; the oldest goes first."""
        late = [number for number, sent in self._sent.items() if sent.at < before]
        self._silent = self._silent or bool(late)
        for number in reversed(late):
            event, at = self._sent.pop(number)
            self._waiting.appendleft(event if event.sent_at else event._replace(sent_at=at))
