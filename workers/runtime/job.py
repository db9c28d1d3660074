"""One turn in a worker's hands: its numbered, sealed reply frames and its time."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final, Protocol

import msgspec
from nats.aio.client import Client

from schemas import metrics
from schemas.bus import UNAVAILABLE
from schemas.codec import Edge, pack_frames
from schemas.replies import Body, Frame, Stage
from schemas.sealing import TurnSeal

HOLD_S: Final = 0.02
"""`Accepted` waits so long for the frame after it: a message less at the gateway, a fraction of its accept timer."""


class Turn(Protocol):
    """What every stage's message has."""

    @property
    def turn_id(self) -> str:
        """Random id."""
        ...

    @property
    def clinic(self) -> str:
        """The clinic's id."""
        ...

    @property
    def reply_key(self) -> bytes:
        """Seals this attempt's frames."""
        ...

    @property
    def budget_ms(self) -> int:
        """Milliseconds that were left on receipt."""
        ...


class Job[T: Turn]:
    """A turn that this worker holds."""

    def __init__(self, turn: T, *, stage: Stage, reply: str, client: Client) -> None:
        """Take an unpacked turn and the subject of its answer.

        Raises:
            ValueError: The turn's reply key has a wrong length.
        """
        self.turn = turn
        self.seal = TurnSeal(turn.reply_key, reply)
        self._stage, self._reply, self._client = stage, reply, client
        self._seq = 0
        self._held_back: tuple[Frame, ...] = ()
        self._speaking: asyncio.TimerHandle | None = None
        self._late: asyncio.Task[None] | None = None
        self._received = time.monotonic()

    def __repr__(self) -> str:
        """Return the type's name only: a repr ends in task names and logs."""
        return "<Job>"

    def elapsed_ms(self) -> int:
        """Return how long this worker has had the turn."""
        return int((time.monotonic() - self._received) * 1000)

    def left_ms(self) -> int:
        """Return what is left of the turn's budget; 0 or less: it is late."""
        return self.turn.budget_ms - self.elapsed_ms()

    def accept(self, body: Body) -> None:
        """Let the first frame go out with the next one, or alone after `HOLD_S`."""
        self._held_back = (self._numbered(body),)
        self._speaking = asyncio.get_running_loop().call_later(HOLD_S, self._speak)

    async def emit(self, *bodies: Body) -> None:
        """Send the next frames straight to the gateway, in one message.

        Raises:
            nats.errors.Error, OSError: The broker is away.
        """
        frames = (*self._held_back, *map(self._numbered, bodies))
        self.end()
        await self._client.publish(self._reply, pack_frames(frames, self.seal))

    def end(self) -> None:
        """Say nothing more of what was held back."""
        self._held_back = ()
        if self._speaking:
            self._speaking.cancel()
            self._speaking = None

    def _numbered(self, body: Body) -> Frame:
        frame = Frame(self._stage, self._seq, body)
        self._seq += 1
        return frame

    def _speak(self) -> None:
        self._late = asyncio.get_running_loop().create_task(self._emit_held())

    async def _emit_held(self) -> None:
        if self._held_back:
            try:
                await self.emit()
            except UNAVAILABLE:
                metrics.BUS_ERRORS.labels("unsent").inc()  # the gateway has noticed by its own connection

    async def hand_on(self, message: Any, *, edge: Edge[Any], subject: str) -> None:
        """Give the turn to the next stage, less the time it took here, to be answered on the same subject.

        Raises:
            nats.errors.Error, OSError: The broker is away.
        """
        message = msgspec.structs.replace(message, budget_ms=self.left_ms())
        body = edge.pack(message, subject=subject, reply=self._reply)
        await self._client.publish(subject, body, reply=self._reply)
