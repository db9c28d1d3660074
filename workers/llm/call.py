"""One request to a provider, and what is counted of it: how it ended, how soon it spoke, what it cost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Literal

from schemas import metrics
from workers.llm.attempt import Attempt
from workers.llm.breaker import Breaker
from workers.llm.failure import NOT_ITS_FAULT, ProviderFailed, Reason

type Label = Literal["first", "second"]
"""Which provider, as metrics name it; never by vendor, model or address."""


class Call:
    """An attempt under account. `open` once, `read` until it returns nothing, `close` always."""

    def __init__(self, attempt: Attempt, *, breaker: Breaker, label: Label) -> None:
        """Take an attempt that has not been sent and that `breaker` has admitted."""
        self._attempt = attempt
        self._breaker = breaker
        self._label: Label = label
        self._answered = False
        self._failure: Reason | None = None

    async def open(self) -> list[str]:
        """Send the request and return the first pieces of text, one at least.

        Raises:
            ProviderFailed: Any way in which no text came.
        """
        clock = asyncio.get_running_loop().time
        began = clock()
        texts = await self._noting(self._attempt.open())
        if not texts:
            self._failure = Reason.EMPTY
            raise ProviderFailed(Reason.EMPTY)
        metrics.child(metrics.LLM_FIRST_TOKEN_SECONDS, self._label).observe(clock() - began)
        return texts

    async def read(self) -> list[str]:
        """Return the next pieces of text, or an empty list after the whole answer.

        Raises:
            ProviderFailed: The answer did not go on, or broke off.
        """
        texts = await self._noting(self._attempt.read())
        self._answered = not texts
        return texts

    async def close(self) -> None:
        """Close the connection, if the answer is not through, and the account."""
        try:
            await self._attempt.close()
        finally:
            self._settle()

    async def _noting(self, step: Awaitable[list[str]]) -> list[str]:
        """Return the result of `step`; its failure is noted."""
        try:
            return await step
        except ProviderFailed as failure:
            self._failure = failure.reason
            raise

    def _settle(self) -> None:
        """Count how it ended and tell the breaker; a call with neither failure nor end was not read to its end."""
        outcome = self._failure.value if self._failure else "answered" if self._answered else "cancelled"
        metrics.child(metrics.LLM_REQUESTS, self._label, outcome).inc()
        if self._answered:
            self._breaker.succeeded()
            self._count_tokens()
        elif self._failure is None or self._failure in NOT_ITS_FAULT:
            self._breaker.learnt_nothing()
        else:
            self._breaker.failed()

    def _count_tokens(self) -> None:
        if usage := self._attempt.usage:
            metrics.child(metrics.LLM_TOKENS, self._label, "prompt").inc(usage.prompt_tokens)
            metrics.child(metrics.LLM_TOKENS, self._label, "completion").inc(usage.completion_tokens)
