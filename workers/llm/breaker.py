"""A provider's circuit breaker: after failures in a row it is left alone for a while, then tried with one call.

Our own, because no breaker for asyncio is among our dependencies and this is all of it: no storage, no listeners, no
decorators. Each worker process judges for itself; nothing is shared.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import IntEnum
from typing import Final

AFTER: Final = 5
"""Failed requests in a row, second tries included, that open the circuit."""
PAUSE_S: Final = 15.0
"""How long an open circuit lets nothing through."""


class State(IntEnum):
    """Of a circuit; the numbers are the metric's."""

    CLOSED = 0
    """Everything goes through."""
    HALF_OPEN = 1
    """One call at a time goes through, to see."""
    OPEN = 2
    """Nothing goes through."""


class Breaker:
    """One circuit. Ask `admits` before a request, and tell it afterwards how that went: exactly one of the three."""

    def __init__(
        self, *, after: int = AFTER, pause_s: float = PAUSE_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin closed; `clock` gives seconds."""
        self._after, self._pause_s, self._clock = after, pause_s, clock
        self._failures = 0
        self._open_until = 0.0
        self._trying = False

    @property
    def state(self) -> State:
        """Return what would happen to a request now, one under trial apart."""
        if self._failures < self._after:
            return State.CLOSED
        return State.OPEN if self._clock() < self._open_until else State.HALF_OPEN

    def admits(self) -> bool:
        """Whether a request may go out; in a half-open circuit whoever asks first has the only place."""
        state = self.state
        if state is State.HALF_OPEN and not self._trying:
            self._trying = True
            return True
        return state is State.CLOSED

    def succeeded(self) -> None:
        """Close the circuit: a whole answer came, whenever it was asked for."""
        self._failures = 0
        self._trying = False

    def failed(self) -> None:
        """Count a failure; in a circuit that is not closed it begins a new pause."""
        self._failures += 1
        self._open_until = self._clock() + self._pause_s
        self._trying = False

    def learnt_nothing(self) -> None:
        """Give the place back: the visitor left, or the failure was not the provider's."""
        self._trying = False
