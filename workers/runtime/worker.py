"""The life of a worker: joins its queue, holds turns up to its capacity, answers, drains.

Every turn taken ends in one fate: finished, failed, cancelled, late, busy, unreadable; each is
counted. A handler's exception ends the turn with `Failed`, and is logged as types and places.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from nats.aio.msg import Msg

from schemas import metrics
from schemas.bus import UNAVAILABLE, Bus
from schemas.codec import Edge, cancel_token, is_cancel
from schemas.message import Malformed
from schemas.replies import Accepted, Busy, Failed, Stage
from schemas.sealing import Unsealable
from schemas.subjects import cancel_subject, inbound, is_reply, probe_subject
from schemas.taxonomy import ErrorCode
from workers.runtime.job import Job, Turn
from workers.runtime.membership import Membership

_FAILURE: dict[Stage, ErrorCode] = {
    Stage.SANITISER: ErrorCode.SANITISER_FAILED,
    Stage.ROUTER: ErrorCode.INTERNAL,
    Stage.LLM: ErrorCode.PROVIDER_FAILED,
}


def new_worker_id() -> str:
    """Return a worker's id: 8 hex."""
    return secrets.token_hex(4)


class Worker[T: Turn]:
    """One worker process' turns."""

    def __init__(
        self,
        stage: Stage,
        *,
        worker_id: str,
        bus: Bus,
        edge: Edge[T],
        handle: Callable[[Job[T]], Awaitable[None]],
        region: str,
        capacity: int,
        log: Any,
    ) -> None:
        """Take what is needed; call `open` next. `handle` emits the stage's frames after `Accepted`."""
        self.id = worker_id
        self._stage, self._bus, self._edge, self._handle, self._log = stage, bus, edge, handle, log
        self._capacity = capacity
        self._held: dict[str, tuple[Job[T], asyncio.Task[None]]] = {}
        self._leaving = self._draining = False
        self._subject = inbound(stage, region)
        self._queue = Membership(bus, subject=self._subject, queue=stage.value, on=self._on_turn)

    async def open(self) -> None:
        """Listen; return once the broker knows.

        Raises:
            PermissionError: The broker refused a subscription.
        """
        await self._bus.listen(cancel_subject("*"), self._on_cancel)
        await self._bus.listen(probe_subject(self._stage, self.id), self._on_probe)
        self._queue.want(member=True)
        await self._queue.settled()
        await self._bus.ready()

    async def drain(self, within_s: float) -> None:
        """Take nothing new and finish what is held; what is not finished in time is cancelled."""
        self._leaving = True
        self._queue.want(member=False)
        await self._queue.settled()  # what the broker had already sent is still taken
        self._draining = True
        tasks = [task for _, task in self._held.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=within_s)
            for task in late:
                task.cancel()
        self._log.info("worker_drained", held=len(self._held))

    async def _on_turn(self, msg: Msg) -> None:
        job = self._unpacked(msg)
        if job is None:
            metrics.HANDLED.labels("unreadable").inc()
            return
        if len(self._held) >= self._capacity or self._draining:
            metrics.HANDLED.labels("busy").inc()
            await job.emit(Busy())
            return
        job.accept(Accepted(worker=self.id))
        token = msg.reply.rpartition(".")[2]
        task = asyncio.get_running_loop().create_task(self._run(job), name=self._stage.value)
        self._held[token] = (job, task)
        task.add_done_callback(lambda _: self._release(token))
        metrics.HELD.set(len(self._held))
        if len(self._held) >= self._capacity:
            self._queue.want(member=False)

    def _unpacked(self, msg: Msg) -> Job[T] | None:
        """Return the turn of a message; None where it is not one of ours."""
        if not is_reply(msg.reply):
            return None
        try:
            turn = self._edge.unpack(msg.data, subject=msg.subject, reply=msg.reply)
            return Job(turn, stage=self._stage, reply=msg.reply, client=self._bus.client)
        except (Unsealable, Malformed, ValueError) as error:
            self._log.warning("turn_unreadable", error=type(error).__name__)
            return None

    async def _run(self, job: Job[T]) -> None:
        fate = "failed"
        budget = asyncio.timeout(max(job.left_ms(), 0) / 1000)
        try:
            async with budget:
                await self._handle(job)
            fate = "finished"
        except asyncio.CancelledError:
            fate = "cancelled"
        except Exception as error:  # noqa: BLE001  # whatever a handler raises, the visitor gets an end
            if budget.expired():
                fate = "late"  # the gateway has its own deadline and has answered by now
            else:
                self._log.error("turn_failed", turn_id=job.turn.turn_id, exc_info=error)
                fate = "failed" if await self._gave_up(job) else "undelivered"
        finally:
            job.end()
            metrics.HANDLED.labels(fate).inc()
            metrics.HANDLE_SECONDS.observe(job.elapsed_ms() / 1000)
            self._log.debug("turn_handled", turn_id=job.turn.turn_id, outcome=fate, duration_ms=job.elapsed_ms())

    async def _gave_up(self, job: Job[T]) -> bool:
        """Say that the turn failed; whether that could be said: without a broker the gateway notices by itself."""
        try:
            await job.emit(Failed(code=_FAILURE[self._stage]))
        except UNAVAILABLE:
            return False
        return True

    def _release(self, token: str) -> None:
        self._held.pop(token, None)
        metrics.HELD.set(len(self._held))
        if not self._leaving and len(self._held) < self._capacity:
            self._queue.want(member=True)

    async def _on_cancel(self, msg: Msg) -> None:
        try:
            job, task = self._held.get(cancel_token(msg.data), (None, None))
            if job and task and is_cancel(msg.data, job.seal):
                task.cancel()
        except (Unsealable, Malformed):
            metrics.BUS_ERRORS.labels("cancel").inc()

    async def _on_probe(self, msg: Msg) -> None:
        if is_reply(msg.reply):
            await self._bus.client.publish(msg.reply, b"")
