"""The client of an AI provider: any endpoint that speaks OpenAI's chat completions.

The `openai` client sends the request; the answer's bytes are parsed here (`attempt`), because the client's own
streaming costs about three times the processor time (ARCHITECTURE.md). Never sent: `user`, `metadata`,
`safety_identifier`, `prompt_cache_key`. A provider cannot link two turns.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, cast

import openai
from openai import AsyncAPIResponse
from openai.types.chat import ChatCompletionMessageParam

from schemas import metrics
from workers.llm.attempt import Attempt, Limits
from workers.llm.breaker import Breaker
from workers.llm.call import Call, Label
from workers.llm.failure import TRANSIENT, ProviderFailed, Reason
from workers.llm.kinds import KindId, kinds
from workers.llm.prompt import ChatMessage
from workers.llm.quiet import silence_clients

RETRY_PAUSE_S: Final = 0.25
"""The pause before the one second try, unless the provider asks for a longer one."""


class Provider:
    """One model at one endpoint, and the provider to ask instead. Holds connection pools and no turn.

    Redirects are refused: a prompt goes to the configured host or nowhere.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        model: str,
        kind: KindId = "openai",
        max_tokens: int = 500,
        limits: Limits | None = None,
        breaker: Breaker | None = None,
        second: Provider | None = None,
        label: Label = "first",
    ) -> None:
        """Prepare a client; nothing is sent before the first turn.

        Args:
            base_url: Where it is, up to `/chat/completions`.
            api_key: Empty for servers that want none; no header is sent then.
            model: As the provider names it.
            kind: Decides how a request is phrased (`providers.toml`).
            max_tokens: The most that an answer may have.
            limits: How long it may take.
            breaker: This provider's circuit; one of the usual settings by default.
            second: Asked where this one fails before its first token, or is left alone.
            label: What metrics call it.
        """
        silence_clients()
        self._limits = limits or Limits()
        self._breaker = breaker or Breaker()
        self._second = second
        self._label: Label = label
        row = kinds()[kind]
        self._body: dict[str, object] = {"model": model, **row.fixed, row.tokens_limit: max_tokens}
        if row.ask_usage:
            self._body["stream_options"] = {"include_usage": True}
        self._headers = _key_headers(api_key, row.key_header)
        self._client = _client(base_url, api_key, self._limits.connect_s)
        # Named here, since the client imports this half of itself on first use: not in a visitor's time.
        self._create = cast("Any", self._client.chat.completions.with_streaming_response.create)
        metrics.LLM_CIRCUIT.labels(label).set_function(lambda: self._breaker.state.value)

    async def stream(self, messages: Sequence[ChatMessage], *, budget_ms: int) -> AsyncGenerator[str]:
        """Yield the pieces of the model's answer as they arrive.

        Close the generator (`contextlib.aclosing`) or cancel its consumer, and the connection is closed at once.
        As long as no text has come, a failure that may pass is tried again once, then the second provider is asked.

        Args:
            messages: The conversation, rules first.
            budget_ms: Milliseconds left for the whole answer.

        Raises:
            ProviderFailed: There is no whole answer. What was yielded before is void.
        """
        deadline = asyncio.get_running_loop().time() + budget_ms / 1000
        call, texts = await self.begin(messages, deadline)
        try:
            while texts:
                for text in texts:
                    yield text
                texts = await call.read()
        finally:
            await call.close()

    async def begin(self, messages: Sequence[ChatMessage], deadline: float) -> tuple[Call, list[str]]:
        """Return a call that has begun to answer, with its first texts: this provider's, else the second's.

        Raises:
            ProviderFailed: Neither began; the second's failure, where there is a second.
        """
        try:
            return await self._begin(messages, deadline)
        except ProviderFailed as failure:
            if self._second is None or failure.reason is Reason.DEADLINE:
                raise
        return await self._second.begin(messages, deadline)

    async def close(self) -> None:
        """Close the connection pools."""
        await self._client.close()
        if self._second:
            await self._second.close()

    async def _begin(self, messages: Sequence[ChatMessage], deadline: float) -> tuple[Call, list[str]]:
        """Return a call of this provider's own, by the first try or the second."""
        clock = asyncio.get_running_loop().time
        first_by = min(clock() + self._limits.first_token_s, deadline)
        try:
            return await self._try(messages, first_by, deadline)
        except ProviderFailed as failure:
            pause_s = max(RETRY_PAUSE_S, failure.retry_after_s)
            # With a second provider nobody waits for the first one's convenience.
            pauses_too_long = clock() + pause_s >= first_by or (self._second and pause_s > RETRY_PAUSE_S)
            if failure.reason not in TRANSIENT or pauses_too_long:
                raise
        await asyncio.sleep(pause_s)
        return await self._try(messages, first_by, deadline)

    async def _try(self, messages: Sequence[ChatMessage], first_by: float, deadline: float) -> tuple[Call, list[str]]:
        """Send the request and return the call with its first texts; leaves nothing open behind a failure."""
        if not self._breaker.admits():
            raise ProviderFailed(Reason.LEFT_ALONE)
        attempt = Attempt(
            self._request(messages),
            first_by=first_by,
            between_tokens_s=self._limits.between_tokens_s,
            deadline=deadline,
        )
        call = Call(attempt, breaker=self._breaker, label=self._label)
        try:
            return call, await call.open()
        except BaseException:
            await call.close()
            raise

    def _request(self, messages: Sequence[ChatMessage]) -> AbstractAsyncContextManager[AsyncAPIResponse[Any]]:
        """Return the request, unsent, whose answer is read as bytes."""
        said = cast("list[ChatCompletionMessageParam]", messages)
        return self._create(messages=said, stream=True, extra_headers=self._headers, **self._body)


def _client(base_url: str, api_key: str, connect_s: float) -> openai.AsyncOpenAI:
    """Return a client that takes nothing from the environment."""
    client = openai.AsyncOpenAI(
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
    client.organization = client.project = None
    return client


def _key_headers(api_key: str, key_header: str) -> dict[str, Any]:
    """Return what a request's headers change where the key does not travel as ``Authorization: Bearer``."""
    if key_header == "Authorization" and api_key:
        return {}
    without: dict[str, Any] = {"Authorization": openai.Omit()}
    return without | {key_header: api_key} if api_key else without
