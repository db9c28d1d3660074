"""In-memory doubles, each held to the real thing by a contract test that runs over both."""

from __future__ import annotations

import time

from gateway.answer import Answer, Asked, Notice
from schemas.replies import Body, Frame, Stage


class FakePost:
    """A `gateway.answer.Post` that keeps what is sent and lets the test be the workers."""

    def __init__(self) -> None:
        self.sent: list[Asked] = []
        self.budgets_ms: list[int] = []
        self.withdrawn = 0
        self.notices: list[Notice] = []
        self.broker_there = True
        self.skipped_s = 0.0
        self._numbers: dict[tuple[int, Stage], int] = {}

    def now(self) -> float:
        return time.monotonic() + self.skipped_s

    async def publish(self, answer: Answer, asked: Asked, *, budget_ms: int) -> bool:  # noqa: ARG002
        if not self.broker_there:
            return False
        self.sent.append(asked)
        self.budgets_ms.append(budget_ms)
        return True

    def withdraw(self, answer: Answer) -> None:  # noqa: ARG002
        self.withdrawn += 1

    def republished(self, answer: Answer, notice: Notice) -> None:  # noqa: ARG002
        self.notices.append(notice)

    def frame(self, stage: Stage, body: Body) -> Frame:
        """Return the next frame of `stage` in the present attempt."""
        key = (len(self.sent), stage)
        number = self._numbers.get(key, 0)
        self._numbers[key] = number + 1
        return Frame(stage, number, body)
