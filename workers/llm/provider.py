"""The client of an AI provider: any endpoint that speaks OpenAI's chat completions.

The `openai` client sends the request; the answer's bytes are parsed here (`attempt`), because the client's own
streaming costs about three times the processor time (ARCHITECTURE.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Literal, cast

import msgspec
import openai
from openai import AsyncAPIResponse
from openai.types.chat import ChatCompletionMessageParam

from workers.llm.attempt import Attempt, Limits
from workers.llm.failure import TRANSIENT, ProviderFailed
from workers.llm.prompt import ChatMessage
from workers.llm.quiet import silence_clients

RETRY_PAUSE_S: Final = 0.25
"""The pause before the one second try, unless the provider asks for a longer one."""

type Dialect = Literal["openai", "compatible"]
"""A kind of endpoint, by what it accepts beside model and messages."""


class _Extras(msgspec.Struct, frozen=True):
    """What a dialect's requests say beside model, messages and `stream`."""

    limit_name: str
    """The parameter that bounds the answer's tokens."""
    fixed: dict[str, object]


_EXTRAS: Final[dict[Dialect, _Extras]] = {
    # `store` is sent although it is the default of some accounts: the answer to "who keeps it?" stands in the request.
    "openai": _Extras("max_completion_tokens", {"store": False}),
    # Servers that refuse parameters they do not know, and keep nothing that could be switched off.
    "compatible": _Extras("max_tokens", {}),
}
"""Never here: `user`, `metadata`, `safety_identifier`, `prompt_cache_key`. A provider cannot link two turns."""


class Provider:
    """One model at one endpoint. Holds a connection pool and no turn.

    Redirects are refused: a prompt goes to the configured host or nowhere.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        model: str,
        dialect: Dialect = "openai",
        max_tokens: int = 500,
        limits: Limits | None = None,
    ) -> None:
        """Prepare a client; nothing is sent before the first turn. An empty `api_key` is for servers that want none."""
        silence_clients()
        self._limits = limits or Limits()
        extras = _EXTRAS[dialect]
        self._body = {"model": model, **extras.fixed, extras.limit_name: max_tokens}
        connect_s = self._limits.connect_s
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            max_retries=0,
            # A compressed stream reaches us when a block is full, not when a token is there.
            default_headers={"Accept-Encoding": "identity"},
            # Reading is bounded by `attempt`; on this transport `pool` bounds waiting for a connection and making it.
            timeout=openai.Timeout(None, connect=connect_s, pool=connect_s),
            http_client=openai.DefaultAioHttpClient(follow_redirects=False),
        )
        # Otherwise taken from the environment, and sent.
        self._client.organization = self._client.project = None

    async def stream(self, messages: Sequence[ChatMessage], *, budget_ms: int) -> AsyncGenerator[str]:
        """Yield the pieces of the model's answer as they arrive.

        Close the generator (`contextlib.aclosing`) or cancel its consumer, and the connection is closed at once.
        A failure that may pass is tried again once, as long as no text has come and the budget allows it.

        Args:
            messages: The conversation, rules first.
            budget_ms: Milliseconds left for the whole answer.

        Raises:
            ProviderFailed: There is no whole answer. What was yielded before is void.
        """
        deadline = asyncio.get_running_loop().time() + budget_ms / 1000
        attempt, texts = await self._begin(messages, deadline)
        try:
            while texts:
                for text in texts:
                    yield text
                texts = await attempt.read()
        finally:
            await attempt.close()

    async def close(self) -> None:
        """Close the connection pool."""
        await self._client.close()

    async def _begin(self, messages: Sequence[ChatMessage], deadline: float) -> tuple[Attempt, list[str]]:
        """Return an attempt that has begun to answer, the first or the second."""
        try:
            return await self._try(messages, deadline)
        except ProviderFailed as failure:
            pause_s = max(RETRY_PAUSE_S, failure.retry_after_s)
            if failure.reason not in TRANSIENT or asyncio.get_running_loop().time() + pause_s >= deadline:
                raise
        await asyncio.sleep(pause_s)
        return await self._try(messages, deadline)

    async def _try(self, messages: Sequence[ChatMessage], deadline: float) -> tuple[Attempt, list[str]]:
        """Send the request and return the attempt with its first texts; leaves nothing open behind a failure."""
        attempt = Attempt(self._request(messages), limits=self._limits, deadline=deadline)
        try:
            return attempt, await attempt.open()
        except BaseException:
            await attempt.close()
            raise

    def _request(self, messages: Sequence[ChatMessage]) -> AbstractAsyncContextManager[AsyncAPIResponse[Any]]:
        """Return the request, unsent, whose answer is read as bytes."""
        create = cast("Any", self._client.chat.completions.with_streaming_response.create)
        return create(messages=cast("list[ChatCompletionMessageParam]", messages), stream=True, **self._body)
