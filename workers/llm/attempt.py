"""One request to an AI provider and its streamed answer: bytes, lines, pieces of text, each within its time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
import openai
from openai import AsyncAPIResponse

from workers.llm.failure import ProviderFailed, Reason
from workers.llm.sse import DONE, DataLines, Overlong

_CLOSE_S: Final = 1.0
"""The longest time that closing a connection may hold a turn up."""
_FILTER_CODE: Final = "content_filter"
"""What Azure calls a question that its filter refused, with status 400."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long each part of an answer may take; the turn's budget comes on top of all."""

    connect_s: float = 2.0
    first_token_s: float = 7.0
    """From the first request to the first text, a second try included; a reasoning model's silence counts."""
    between_tokens_s: float = 5.0


class Usage(msgspec.Struct, frozen=True):
    """What an answer cost, as the provider counts."""

    prompt_tokens: Annotated[int, msgspec.Meta(ge=0)] = 0
    completion_tokens: Annotated[int, msgspec.Meta(ge=0)] = 0


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
    usage: msgspec.Raw = msgspec.Raw(b"null")
    """Read apart: a count of some other shape is no reason to lose an answer."""


_chunk: Final = msgspec.json.Decoder(_Chunk)
_usage: Final = msgspec.json.Decoder(Usage | None)


class Attempt:
    """One request, from its sending to its end. `open` once, `read` until it returns nothing, `close` always.

    All waiting is bounded here, by one clock, instead of in the HTTP client: keep-alive comments, which reset a
    socket's timeout, do not count as an answer.
    """

    def __init__(
        self,
        request: AbstractAsyncContextManager[AsyncAPIResponse[Any]],
        *,
        first_by: float,
        between_tokens_s: float,
        deadline: float,
    ) -> None:
        """Prepare a request that has not been sent.

        Args:
            request: What is sent by entering it.
            first_by: Until when the first text may take, a time of the event loop's clock.
            between_tokens_s: How long each further text may take.
            deadline: Until when the whole may take, of the same clock.
        """
        self.usage: Usage | None = None
        """What the provider counted, as it said last; complete when the answer is."""
        self._request = request
        self._first_by = min(first_by, deadline)
        self._between_tokens_s = between_tokens_s
        self._deadline = deadline
        self._stack = AsyncExitStack()
        self._lines = DataLines()
        self._chunks: AsyncIterator[bytes] | None = None
        self._ended = False
        self._finished = False

    async def open(self) -> list[str]:
        """Send the request and return the first pieces of text.

        Raises:
            ProviderFailed: Any way in which no text came.
        """
        limit = self._first_by
        response = await _within(limit, self._stack.enter_async_context(self._request), self._overdue(limit))
        self._chunks = response.iter_bytes()
        return await self._read(limit)

    async def read(self) -> list[str]:
        """Return the next pieces of text, or an empty list after the whole answer.

        Raises:
            ProviderFailed: The answer did not go on, or broke off.
        """
        now = asyncio.get_running_loop().time()
        return await self._read(min(now + self._between_tokens_s, self._deadline))

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
            chunk = _decoded(payload)
            self.usage = _counted(chunk) or self.usage
            if not chunk.choices:  # usage, a keep-alive
                continue
            choice = chunk.choices[0]
            if choice.finish_reason == "content_filter":
                raise ProviderFailed(Reason.FILTERED)
            self._finished = self._finished or choice.finish_reason is not None
            if choice.delta is not None and choice.delta.content:
                texts.append(choice.delta.content)
        if self._ended and not self._finished:
            raise ProviderFailed(Reason.CUT_OFF)
        return texts

    def _overdue(self, limit: float) -> Reason:
        """Return what it means that `limit` has passed."""
        return Reason.DEADLINE if limit >= self._deadline else Reason.SLOW


def _decoded(payload: bytes) -> _Chunk:
    """Return a chunk.

    Raises:
        ProviderFailed: No JSON of that shape, or an error in the stream.
    """
    chunk = None
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        chunk = _chunk.decode(payload)
    # Raised outside the handler: the cause quotes the provider's text and would be the context.
    if chunk is None:
        raise ProviderFailed(Reason.MALFORMED)
    if chunk.error is not None:
        raise ProviderFailed(Reason.SERVER_ERROR)
    return chunk


def _counted(chunk: _Chunk) -> Usage | None:
    """Return the usage that `chunk` tells, None where it tells none that can be read."""
    with suppress(msgspec.DecodeError):
        return _usage.decode(chunk.usage)
    return None


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
    if error.code == _FILTER_CODE:
        return ProviderFailed(Reason.FILTERED)
    return ProviderFailed(Reason.REFUSED)
