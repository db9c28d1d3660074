"""Turn semantics: from the visitor's message to exactly one end.

::

    begin ─ publish ─▶ waiting(sanitiser) ─ Accepted ─▶ held(sanitiser)
                                                          │ Cleaned
                       waiting(router) ◀──────────────────┘
                          │ Accepted
                          └──▶ held(router) ─ Delta* ─ Answered ─────────────▶ done (once Cleaned has come too)
                                  │ Routed
                                  └──▶ waiting(llm) ─ Accepted ─▶ held(llm) ─ Delta* ─ Answered ─▶ done

    any state ─ lost, first time ──▶ waiting(sanitiser) under a new token; `restart` if words were shown
    any state ─ lost, second time ─▶ error interrupted, or overloaded where nobody took it
    any state ─ Failed | budget spent | drained ─▶ error
    any state ─ the visitor leaves ─▶ abandoned

`lost` is noticed by: the broker's advisory that the holder's connection is gone; a probe that the
holder does not answer; the accept timer; a gap in a stage's frame numbers; the gateway's own
disconnect; `Busy`. NATS core delivers at most once: nothing is re-sent by the broker, so the raw
turn, still in this process' memory, is published again once. Frames of an earlier attempt go to a
token that nobody reads, so an answer can never be two, nor another turn's.

Nothing here knows HTTP or NATS: frames and notices come in by `put`, what to show comes out of `step`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from schemas.public import TurnDelta, TurnEvent, TurnRedacted, TurnRestart
from schemas.replies import (
    Accepted,
    Answered,
    Body,
    Busy,
    Cleaned,
    Delta,
    Failed,
    Frame,
    Restart,
    Routed,
    Stage,
)
from schemas.taxonomy import ErrorCode, Language
from schemas.turns import Said

ACCEPT_MS: Final = 400
"""A stage that was handed a turn says so within this time, or the turn is lost."""
HURRY_MS: Final = 40
"""What is left of it once a worker of that stage is known to have gone."""
ABSENT_MS: Final = 2_000
"""How long a second attempt waits for workers to come back, e.g. after the broker's restart."""
PING_S: Final = 14
"""A silent stream gets a comment this often, so that proxies keep it open."""
SEND_S: Final = 5
"""A visitor whose connection takes nothing for this long has left: the server itself would wait for ever."""
ANSWER_CHARS_MAX: Final = 20_000
_ATTEMPTS: Final = 2

_FRAMES_OF: Final = {
    Stage.SANITISER: (Accepted, Busy, Cleaned, Failed),
    Stage.ROUTER: (Accepted, Busy, Routed, Delta, Answered, Failed),
    Stage.LLM: (Accepted, Busy, Delta, Restart, Answered, Failed),
}


class Notice(StrEnum):
    """What the gateway noticed about a turn, other than a frame."""

    CONNECTION_LOST = "connection_lost"
    PROBE = "probe"
    ACCEPT_TIMER = "accept_timer"
    FRAME_GAP = "frame_gap"
    OWN_DISCONNECT = "own_disconnect"
    BUSY = "busy"
    NO_RESPONDERS = "no_responders"
    DEADLINE = "deadline"
    LEFT = "left"
    DRAINED = "drained"
    PING = "ping"


_OF_ANY_ATTEMPT: Final = {Notice.DEADLINE, Notice.LEFT, Notice.DRAINED, Notice.PING}
"""All else is said of the attempt under way, and means nothing once another has begun."""


def nothing() -> None:
    """Be called in vain."""


class Worker(NamedTuple):
    """One worker process."""

    stage: Stage
    id: str


class Asked(NamedTuple):
    """A turn as the visitor asked it; the raw text lives as long as this."""

    turn_id: str
    clinic: str
    language: Language
    text: str
    history: tuple[Said, ...]
    ai_allowed: bool

    def __repr__(self) -> str:
        """Return the type's name only."""
        return "<Asked>"


class Limits(NamedTuple):
    """Times of one turn, in milliseconds."""

    budget_ms: int
    first_frame_ms: int


class Ended(NamedTuple):
    """How a turn ended: `answered` or `code` is set, or neither when the visitor left."""

    answered: Answered | None = None
    code: ErrorCode | None = None

    @property
    def abandoned(self) -> bool:
        """Whether the visitor left."""
        return self.answered is None and self.code is None


class Post(Protocol):
    """What carries a turn to the workers: `gateway.desk.Desk`, or a test's double held to the same contract."""

    def now(self) -> float:
        """Return seconds on a clock that stands still while the event loop is behind."""
        ...

    async def publish(self, answer: Answer, asked: Asked, *, budget_ms: int) -> bool:
        """Send an attempt under a new token; False while the broker is away."""
        ...

    def withdraw(self, answer: Answer) -> None:
        """Cancel the attempt now under way, wherever it is."""
        ...

    def republished(self, answer: Answer, notice: Notice) -> None:
        """Count a second attempt."""
        ...


class Answer:
    """One turn, from `begin` to `ended`."""

    def __init__(self, asked: Asked, *, post: Post, limits: Limits) -> None:
        """Take the turn; nothing is sent before `begin`."""
        self.asked = asked
        self.ended: Ended | None = None
        self.cleaned: Cleaned | None = None
        self.routed: Routed | None = None
        self.holder: Worker | None = None
        self.waiting: Stage | None = None
        self._waiting_until = 0.0
        self._post = post
        self._limits = limits
        self._inputs: deque[tuple[int, Frame | Notice]] = deque()
        self._arrival: asyncio.Future[None] | None = None
        self._attempts = self._sent = 0
        self._seq: defaultdict[Stage, int] = defaultdict(int)
        self._answered: Answered | None = None
        self._pieces: list[str] = []
        self._chars = 0
        self._redaction_shown = False
        self.ping_due = False
        """Whether the last step was asked for a sign of life."""
        self.sending_since: float | None = None
        """Set while a flush waits for the visitor's connection."""
        self.stalled: Callable[[], object] = nothing
        """Called when it has waited for `SEND_S`."""
        self.seen: Callable[[], object] = nothing
        """Called at every `check`."""
        self.ai_asked = False
        """Whether the turn was handed to the LLM worker, in whichever attempt."""
        self._began = self._wrote = post.now()
        self._first_until = self._began + limits.first_frame_ms / 1000
        self._absent_until = 0.0

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self._pieces)

    def put(self, what: Frame | Notice) -> None:
        """Take a frame of the present attempt, or a notice; acted upon in `begin` and `step`."""
        self._inputs.append((self._sent, what))
        if self._arrival and not self._arrival.done():
            self._arrival.set_result(None)

    def elapsed_ms(self) -> float:
        """Return how long the turn has taken so far."""
        return (self._post.now() - self._began) * 1000

    async def begin(self) -> None:
        """Publish; return once a sanitiser holds the turn, or `ended` is set."""
        await self._attempt()
        while self.holder is None and self.ended is None:
            await self._some()
            if lost := self._take(*self._inputs.popleft(), []):
                await self._lost(lost, [])

    async def step(self) -> list[TurnEvent]:
        """Wait for input; return what to show now, in order; often nothing."""
        await self._some()
        inputs = list(self._inputs)
        self._inputs.clear()
        shown: list[TurnEvent] = []
        self.ping_due = False
        for sent, what in inputs:
            if self.ended is None and (lost := self._take(sent, what, shown)):
                await self._lost(lost, shown)
        if shown or self.ping_due:
            self._wrote = self._post.now()
        return shown

    async def _some(self) -> None:
        """Return once there is input; a future and a deque cost half of what `asyncio.Queue` does."""
        if not self._inputs:
            self._arrival = asyncio.get_running_loop().create_future()
            await self._arrival

    def check(self, now: float) -> None:
        """Notice what time alone tells; called a few times each `ACCEPT_MS`."""
        self.seen()
        elapsed_ms = (now - self._began) * 1000
        if self.sending_since is not None and now - self.sending_since > SEND_S:
            self.stalled()
        elif elapsed_ms > self._limits.budget_ms or (not self._pieces and now > self._first_until):
            self.put(Notice.DEADLINE)
        elif self.waiting and now > self._waiting_until:
            self.put(Notice.ACCEPT_TIMER)
        elif now - self._wrote > PING_S:
            self.put(Notice.PING)

    def now(self) -> float:
        """Return seconds on the clock of `check`."""
        return self._post.now()

    def connection_lost(self, worker: Worker, now: float) -> None:
        """Take the broker's word that `worker` is gone: it held this turn, or may have been handed it."""
        if worker == self.holder:
            self.put(Notice.CONNECTION_LOST)
        elif worker.stage is self.waiting:
            self._waiting_until = min(self._waiting_until, now + HURRY_MS / 1000)

    def _take(self, sent: int, what: Frame | Notice, shown: list[TurnEvent]) -> Notice | None:
        """Act upon an input; return what was noticed if the attempt is lost by it."""
        if isinstance(what, Frame):
            return self._frame(what, shown) if sent == self._sent else None
        if sent != self._sent and what not in _OF_ANY_ATTEMPT:
            return None  # it was said of an attempt that was lost in the meantime
        return self._notice(what)

    def _notice(self, notice: Notice) -> Notice | None:
        match notice:
            case Notice.PING:
                self.ping_due = True
            case Notice.LEFT:
                self._end(Ended())
            case Notice.DEADLINE:
                self._end(Ended(code=ErrorCode.DEADLINE_EXCEEDED))
            case Notice.DRAINED:
                self._end(Ended(code=ErrorCode.DRAINING))
            case Notice.ACCEPT_TIMER if self.waiting is None or self._post.now() <= self._waiting_until:
                pass  # the stage spoke between the watch's look and now
            case _:
                return notice
        return None

    def _frame(self, frame: Frame, shown: list[TurnEvent]) -> Notice | None:
        stage, seq, body = frame.stage, frame.seq, frame.body
        if seq != self._seq[stage]:
            return Notice.FRAME_GAP
        self._seq[stage] = seq + 1
        if type(body) not in _FRAMES_OF[stage]:
            self._end(Ended(code=ErrorCode.INTERNAL))
        elif type(body) is Busy:
            return Notice.BUSY
        else:
            self._body(stage, body, shown)
        if self._answered and self.cleaned and self.ended is None:
            self._end(Ended(answered=self._answered))
        return None

    def _body(self, stage: Stage, body: Body, shown: list[TurnEvent]) -> None:
        if type(body) is Delta:
            self._piece(body.text, shown)
        elif type(body) is Accepted:
            self.holder, self.waiting = Worker(stage, body.worker), None
        elif type(body) is Cleaned:
            self._clean(body, shown)
        elif type(body) is Answered:
            self._answered = body
        elif type(body) is Routed:
            self.routed, self.ai_asked = body, True
            self._wait_for(Stage.LLM)
        elif type(body) is Restart:
            self._void(shown)
        elif type(body) is Failed:
            self._end(Ended(code=body.code))
        else:
            raise AssertionError("`Busy` is taken care of in `_frame`")

    def _clean(self, cleaned: Cleaned, shown: list[TurnEvent]) -> None:
        self.cleaned = cleaned
        if cleaned.count and not self._redaction_shown:
            self._redaction_shown = True
            shown.append(TurnRedacted(text=cleaned.text, count=cleaned.count))
        if self.holder and self.holder.stage is Stage.SANITISER:
            self._wait_for(Stage.ROUTER)

    def _piece(self, text: str, shown: list[TurnEvent]) -> None:
        self._chars += len(text)
        if self._chars > ANSWER_CHARS_MAX:
            self._end(Ended(code=ErrorCode.INTERNAL))
            return
        self._pieces.append(text)
        shown.append(TurnDelta(text=text))

    def _void(self, shown: list[TurnEvent]) -> None:
        if self._pieces:
            self._pieces.clear()
            self._chars = 0
            self._first_until = self._post.now() + self._limits.first_frame_ms / 1000
            shown.append(TurnRestart())

    def _wait_for(self, stage: Stage) -> None:
        self.holder, self.waiting = None, stage
        self._waiting_until = self._post.now() + ACCEPT_MS / 1000

    async def _lost(self, notice: Notice, shown: list[TurnEvent]) -> None:
        """Begin the second attempt, or end honestly."""
        if notice is Notice.NO_RESPONDERS:
            await self._nobody()
            return
        if self._attempts >= _ATTEMPTS:
            nobody_took_it = notice in {Notice.BUSY, Notice.ACCEPT_TIMER}
            self._end(Ended(code=ErrorCode.OVERLOADED if nobody_took_it else ErrorCode.INTERRUPTED))
            return
        self._post.withdraw(self)
        self._post.republished(self, notice)
        self._void(shown)
        self._answered = self.cleaned = self.routed = None
        self._seq.clear()
        await self._attempt()

    async def _attempt(self) -> None:
        """Publish under a new token; while the broker is away, ask again for a moment."""
        self._attempts += 1
        self._absent_until = self._post.now() + ABSENT_MS / 1000
        await self._publish()

    async def _publish(self) -> None:
        self.holder = self.waiting = None
        self._sent += 1
        while not await self._post.publish(self, self.asked, budget_ms=self._left_ms()):
            if self._post.now() > self._absent_until:
                self._end(Ended(code=ErrorCode.OVERLOADED))
                return
            await asyncio.sleep(0.05)
        self._wait_for(Stage.SANITISER)

    def _left_ms(self) -> int:
        return self._limits.budget_ms - int(self.elapsed_ms())

    async def _nobody(self) -> None:
        """No sanitiser listens. The first time that is said at once; a second attempt waits for one to return."""
        if self._attempts < _ATTEMPTS or self._post.now() > self._absent_until:
            self._end(Ended(code=ErrorCode.OVERLOADED))
            return
        await asyncio.sleep(0.05)
        await self._publish()

    def _end(self, ended: Ended) -> None:
        self.ended = ended
        self.waiting = self.holder = None
        if ended.answered is None:
            self._post.withdraw(self)
