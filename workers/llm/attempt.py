"""One request to an AI provider and its streamed answer: bytes, lines, pieces of text, each within its time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from http import HTTPStatus
from typing import Any, Final

import msgspec
import openai
from openai import AsyncAPIResponse

from workers.llm.failure import ProviderFailed, Reason
from workers.llm.sse import DONE, DataLines, Overlong

_CLOSE_S: Final = 1.0
"""The longest time that closing a connection may hold a turn up."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long each part of an answer may take; the turn's budget comes on top of all."""

    connect_s: float = 2.0
    first_token_s: float = 8.0
    """From the request to the first text; a reasoning model's silence counts."""
    between_tokens_s: float = 5.0


class _Quiet(msgspec.Struct, frozen=True):
    """A part of a provider's chunk; its repr shows no text."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class _Delta(_Quiet, frozen=True):
    content: str | None = None


class _Choice(_Quiet, frozen=True):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Chunk(_Quiet, frozen=True):
    choices: tuple[_Choice, ...] = ()
    error: object = None


_decoder = msgspec.json.Decoder(_Chunk)


class Attempt:
    """One request, from its sending to its end. `open` once, `read` until it returns nothing, `close` always.

    All waiting is bounded here, by one clock, instead of in the HTTP client: keep-alive comments, which reset a
    socket's timeout, do not count as an answer.
    """

    def __init__(
        self,
        request: AbstractAsyncContextManager[AsyncAPIResponse[Any]],
        *,
        limits: Limits,
        deadline: float,
    ) -> None:
        """Prepare a request that has not been sent; `deadline` is a time of the event loop's clock."""
        self._request = request
        self._limits = limits
        self._deadline = deadline
        self._stack = AsyncExitStack()
        self._lines = DataLines()
        self._chunks: AsyncIterator[bytes] | None = None
        self._patience_s = limits.first_token_s
        self._ended = False
        self._finished = False

    async def open(self) -> list[str]:
        """Send the request and return the first pieces of text.

        Raises:
            ProviderFailed: Any way in which no text came.
        """
        limit = self._limit()
        response = await _within(limit, self._stack.enter_async_context(self._request), self._overdue(limit))
        self._chunks = response.iter_bytes()
        return await self._read(limit)

    async def read(self) -> list[str]:
        """Return the next pieces of text, or an empty list after the whole answer.

        Raises:
            ProviderFailed: The answer did not go on, or broke off.
        """
        return await self._read(self._limit())

    async def close(self) -> None:
        """Close the response, and its connection if the answer is not through.

        A failure to do so is dropped: the turn's fate is settled by then, and a cancellation must stay one.
        """
        limit = asyncio.get_running_loop().time() + _CLOSE_S
        with suppress(ProviderFailed):
            await _within(limit, self._stack.aclose(), Reason.CONNECTION)

    async def _read(self, limit: float) -> list[str]:
        """Return the next pieces of text, or an empty list at the end."""
        texts: list[str] = []
        while not texts and not self._ended:
            texts = self._texts(await self._payloads(limit))
        self._patience_s = self._limits.between_tokens_s
        return texts

    async def _payloads(self, limit: float) -> list[bytes]:
        """Return the payloads of the next bytes, which must arrive before `limit`."""
        chunks = self._chunks
        if chunks is None:
            raise RuntimeError("read before open")
        data = await _within(limit, anext(chunks, None), self._overdue(limit))
        if data is None:
            self._ended = True
        try:
            return self._lines.feed(b"\n" if data is None else data)
        except Overlong:  # it carries no text
            raise ProviderFailed(Reason.MALFORMED) from None

    def _texts(self, payloads: list[bytes]) -> list[str]:
        """Return the texts in `payloads` and note the end.

        Raises:
            ProviderFailed: A payload is none of a chat completion's, or the stream ended without saying so.
        """
        texts: list[str] = []
        for payload in payloads:
            if payload == DONE:
                self._ended = self._finished = True
                break
            choice = _choice(payload)
            if choice is None:
                continue
            if choice.finish_reason == "content_filter":
                raise ProviderFailed(Reason.FILTERED)
            self._finished = self._finished or choice.finish_reason is not None
            if choice.delta is not None and choice.delta.content:
                texts.append(choice.delta.content)
        if self._ended and not self._finished:
            raise ProviderFailed(Reason.CUT_OFF)
        return texts

    def _limit(self) -> float:
        """Return the time until which the next text may take."""
        return min(asyncio.get_running_loop().time() + self._patience_s, self._deadline)

    def _overdue(self, limit: float) -> Reason:
        """Return what it means that `limit` has passed."""
        return Reason.DEADLINE if limit >= self._deadline else Reason.SLOW


def _choice(payload: bytes) -> _Choice | None:
    """Return the first choice of a chunk; None where it has none (usage, role, keep-alive).

    Raises:
        ProviderFailed: No JSON of that shape, or an error in the stream.
    """
    chunk = None
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        chunk = _decoder.decode(payload)
    # Raised outside the handler: the cause quotes the provider's text and would be the context.
    if chunk is None:
        raise ProviderFailed(Reason.MALFORMED)
    if chunk.error is not None:
        raise ProviderFailed(Reason.SERVER_ERROR)
    return chunk.choices[0] if chunk.choices else None


async def _within[T](limit: float, step: Awaitable[T], overdue: Reason) -> T:
    """Return the result of `step` if it comes before `limit`, a time of the loop's clock.

    Raises:
        ProviderFailed: For whatever `step` raises. Raised outside the handlers, so that it has no context either:
            a client's errors hold the request, and the request holds the prompt.
    """
    try:
        async with asyncio.timeout_at(limit):
            return await step
    except TimeoutError:
        failure = ProviderFailed(overdue)
    except openai.APIStatusError as error:
        failure = _refusal(error)
    except Exception:  # noqa: BLE001  # the client's layers each raise their own; none may pass with its text
        failure = ProviderFailed(Reason.CONNECTION)
    raise failure


def _refusal(error: openai.APIStatusError) -> ProviderFailed:
    """Return what an HTTP status other than success means."""
    retry_after = error.response.headers.get("retry-after", "")
    seconds = float(retry_after) if retry_after.isdecimal() else 0.0
    if error.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return ProviderFailed(Reason.OVERLOADED, retry_after_s=seconds)
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ProviderFailed(Reason.SERVER_ERROR, retry_after_s=seconds)
    return ProviderFailed(Reason.REFUSED)
