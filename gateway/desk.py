"""The gateway's desk on the bus: sends attempts, sorts reply frames, watches the workers.

One wildcard reply subscription a process; a new token an attempt. A worker that holds turns and is
silent is probed; one that does not answer, or whose connection the broker reports gone, has lost
what it held. The desk knows who and when; what a loss means for a turn is `gateway.answer`'s.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any, Final, NamedTuple

import msgspec
from nats.aio.msg import Msg

from gateway.answer import Answer, Asked, Notice, Worker
from schemas import metrics
from schemas.bus import UNAVAILABLE, Bus
from schemas.codec import Edge, pack_cancel, unpack_frames
from schemas.message import Malformed
from schemas.raw import RawTurn
from schemas.replies import Stage
from schemas.sealing import KEY_BYTES, TurnSeal, Unsealable
from schemas.subjects import (
    CONNECTION_LOST,
    cancel_subject,
    inbound,
    new_token,
    probe_subject,
    reply_subject,
)

TICK_S: Final = 0.05
SILENCE_S: Final = 0.15
"""A worker that holds turns and has not been heard for this long is probed."""
PROBE_S: Final = 0.5
"""A probed worker answers within this time, or has lost what it held."""
_LATE_S: Final = 0.025
_BUSY: Final = 8
"""Open turns from which on turns are sent together: a write to the broker costs as much as a turn's own sealing."""
_TOGETHER_S: Final = 0.002


class Attempt(NamedTuple):
    """One attempt under way."""

    answer: Answer
    token: str
    seal: TurnSeal


class _Client(msgspec.Struct):
    name: str = ""


class _Advisory(msgspec.Struct):
    """Of the broker's advisory, the connection's name alone."""

    client: _Client


class _Pulse:
    """When a worker was last heard, and whether it is being asked."""

    __slots__ = ("heard", "probed", "token")

    def __init__(self, heard: float) -> None:
        self.heard = heard
        self.probed: float | None = None
        self.token = ""


class Desk:
    """All open turns of this process."""

    def __init__(self, bus: Bus, edge: Edge[RawTurn], *, gateway: str, region: str, log: Any) -> None:
        """Take the connection and the key of the edge to the sanitiser; call `open` next."""
        self._bus, self._edge, self._gateway, self._log = bus, edge, gateway, log
        self._subject = inbound(Stage.SANITISER, region)
        self._prefix = len(reply_subject(gateway, ""))
        self._open: dict[str, Attempt] = {}
        self._current: dict[Answer, Attempt] = {}
        self._pulses: dict[Worker, _Pulse] = {}
        self._probes: dict[str, Worker] = {}
        self._behind_s = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """Return the number of turns under way."""
        return len(self._current)

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""
        return self._bus.client.is_connected

    async def open(self) -> None:
        """Listen and begin to watch.

        Raises:
            PermissionError: The broker refused a subscription.
        """
        await self._bus.client.hear(reply_subject(self._gateway, "*"), self._on_reply)
        await self._bus.listen(CONNECTION_LOST, self._on_connection_lost)
        self._bus.on_disconnect = self._on_own_disconnect
        await self._bus.ready()
        self._start(self._watch())

    async def close(self) -> None:
        """Stop watching; turns must have ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def now(self) -> float:
        """Return monotonic seconds less the time in which the loop was behind: our lateness is nobody's silence."""
        return time.monotonic() - self._behind_s

    async def publish(self, answer: Answer, asked: Asked, *, budget_ms: int) -> bool:
        """Send an attempt under a new token; False while the broker is away."""
        self._forget(answer)
        token, key = new_token(), os.urandom(KEY_BYTES)
        reply = reply_subject(self._gateway, token)
        turn = RawTurn(
            turn_id=asked.turn_id,
            clinic=asked.clinic,
            language=asked.language,
            text=asked.text,
            history=asked.history,
            ai_allowed=asked.ai_allowed,
            reply_key=key,
            budget_ms=budget_ms,
        )
        attempt = Attempt(answer, token, TurnSeal(key, reply))
        self._open[token] = self._current[answer] = attempt
        body = self._edge.pack(turn, subject=self._subject, reply=reply)
        try:
            await self._bus.client.publish(self._subject, body, reply=reply, within_s=self._company_s)
        except UNAVAILABLE:
            self._forget(answer)
            return False
        return True

    @property
    def _company_s(self) -> float:
        """How long a turn may wait to be sent with others."""
        return _TOGETHER_S if len(self._current) >= _BUSY else 0.0

    def withdraw(self, answer: Answer) -> None:
        """Cancel the attempt under way and read none of its frames."""
        if attempt := self._forget(answer):
            body = pack_cancel(attempt.seal, attempt.token)
            self._start(self._send(cancel_subject(self._gateway), body))

    def finished(self, answer: Answer) -> None:
        """Forget a turn that has ended."""
        self._forget(answer)

    def republished(self, answer: Answer, notice: Notice) -> None:
        """Count a second attempt."""
        metrics.REPUBLISHED.labels(notice.value).inc()
        self._log.warning("turn_republished", turn_id=answer.asked.turn_id, reason=notice.value)

    def tell_all(self, notice: Notice) -> None:
        """Give every open turn a notice."""
        for answer in self._current:
            answer.put(notice)

    def _forget(self, answer: Answer) -> Attempt | None:
        attempt = self._current.pop(answer, None)
        if attempt:
            del self._open[attempt.token]
        return attempt

    def _on_reply(self, subject: str, body: bytes | None) -> None:
        token = subject[self._prefix :]
        attempt = self._open.get(token)
        if attempt is None:
            if worker := self._probes.pop(token, None):
                self._probed(worker, alive=body is not None)
            else:
                metrics.FRAMES_STRAY.labels("token").inc()
        elif body is None:
            attempt.answer.put(Notice.NO_RESPONDERS)
        else:
            self._deliver(attempt, body)

    def _deliver(self, attempt: Attempt, body: bytes) -> None:
        try:
            frames = unpack_frames(body, attempt.seal)
        except (Unsealable, Malformed):
            metrics.FRAMES_STRAY.labels("unreadable").inc()
            return
        if attempt.answer.holder:
            self._hear(attempt.answer.holder)
        for frame in frames:
            attempt.answer.put(frame)

    def _hear(self, worker: Worker) -> None:
        pulse = self._pulses.get(worker)
        if pulse is None:
            self._pulses[worker] = _Pulse(self.now())
        else:
            pulse.heard = self.now()

    def _probed(self, worker: Worker, *, alive: bool) -> None:
        pulse = self._pulses.get(worker)
        if pulse:
            pulse.probed = None
        if alive:
            self._hear(worker)
        else:
            self._gone(worker, Notice.PROBE)

    async def _on_connection_lost(self, msg: Msg) -> None:
        try:
            name = msgspec.json.decode(msg.data, type=_Advisory).client.name
            role, _, instance = name.partition(".")
            worker = Worker(Stage(role), instance)
        except (msgspec.DecodeError, ValueError):
            return  # not a worker: a gateway, or a client without our naming
        self._pulses.pop(worker, None)
        for answer in list(self._current):
            answer.connection_lost(worker, self.now())

    def _on_own_disconnect(self) -> None:
        self._pulses.clear()
        self._probes.clear()
        self.tell_all(Notice.OWN_DISCONNECT)

    def _gone(self, worker: Worker, notice: Notice) -> None:
        self._pulses.pop(worker, None)
        for answer in self._current:
            if answer.holder == worker:
                answer.put(notice)

    async def _watch(self) -> None:
        """Look at every open turn and every worker that holds one."""
        expected = time.monotonic() + TICK_S
        while True:
            await asyncio.sleep(TICK_S)
            late = time.monotonic() - expected
            expected = time.monotonic() + TICK_S
            if late > _LATE_S:
                self._behind_s += late
            self._look(self.now())

    def _look(self, now: float) -> None:
        """Look once; apart from the loop, whose frame would keep the last answer it saw, and its text."""
        for answer in self._current:
            answer.check(now)
        for worker in {answer.holder for answer in self._current if answer.holder}:
            self._look_after(worker, now)

    def _look_after(self, worker: Worker, now: float) -> None:
        pulse = self._pulses.setdefault(worker, _Pulse(now))
        if pulse.probed is not None:
            if now - pulse.probed > PROBE_S:
                self._probes.pop(pulse.token, None)
                self._gone(worker, Notice.PROBE)
        elif now - pulse.heard > SILENCE_S:
            pulse.probed, pulse.token = now, new_token()
            self._probes[pulse.token] = worker
            reply = reply_subject(self._gateway, pulse.token)
            self._start(self._send(probe_subject(worker.stage, worker.id), b"", reply=reply))

    async def _send(self, subject: str, body: bytes, *, reply: str = "") -> None:
        try:
            await self._bus.client.publish(subject, body, reply=reply)
        except UNAVAILABLE:
            metrics.BUS_ERRORS.labels("unsent").inc()

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
