"""uvicorn's HTTP connection, with a response's head and what follows it in one write.

uvicorn writes the head by itself, and checks every header of every response by two patterns. A deterministic
turn is one write to the kernel instead of two this way, and a head is put together once: there are a few dozen,
all of our own making, with nothing of a visitor's in them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

_NO_BODY: Final = (204, 304)
_LENGTH: Final = b"content-length"
_FRAMING: Final = {_LENGTH, b"connection", b"transfer-encoding"}

type Pairs = tuple[tuple[bytes, bytes], ...]


class Connection(HttpToolsProtocol):
    """One connection of a browser's."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, _Answering(cycle, app))


class _Answering:
    """The application, as it answers one request."""

    def __init__(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._cycle, self._app = cycle, app

    async def __call__(self, scope: Any, receive: Any, _: Any) -> None:
        await self._app(scope, receive, self._send)

    async def _send(self, message: Any) -> None:
        if message["type"] != "http.response.start" or not self._begun(message):
            await self._cycle.send(message)

    def _begun(self, message: Any) -> bool:
        """Hold the head for the body to come; False where none may come, or its framing is uncommon."""
        cycle: Any = self._cycle
        status = message["status"]
        if cycle.response_started or not cycle.keep_alive or cycle.scope["method"] == "HEAD" or status in _NO_BODY:
            return False
        headers: Pairs = tuple(message["headers"])
        length: bytes | None = None
        if headers and headers[-1][0].lower() == _LENGTH:  # goes into no cache: it tells how long a conversation is
            headers, length = headers[:-1], headers[-1][1]
        head = _head(status, headers, measured=length is not None)
        if head is None:
            return False
        cycle.response_started, cycle.waiting_for_100_continue = True, False
        cycle.chunked_encoding, cycle.expected_content_length = length is None, int(length or 0)
        ending = b"\r\n" if length is None else b"content-length: %b\r\n\r\n" % length
        cycle.transport = _Transport(cycle.transport, head + ending)
        return True


class _Transport:
    """What a response needs of its transport, with the head before the first write."""

    def __init__(self, transport: Any, head: bytes) -> None:
        self._transport, self._head = transport, head
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        head, self._head = self._head, b""
        self._transport.write(head + data if head else data)

    def close(self) -> None:
        """Close; a head that no body followed goes first: a browser may repeat a request that got no byte."""
        if self._head:
            self.write(b"")
        self._transport.close()


@lru_cache(maxsize=512)
def _head(status: int, headers: Pairs, *, measured: bool) -> bytes | None:
    """Return the head of a response but for its last lines; None where the application sees to the framing itself.

    Args:
        status: Of the response.
        headers: Its own, without its length.
        measured: Whether it has a length; otherwise the body comes in chunks.

    Raises:
        ValueError: A name or a value may not stand in a head.
    """
    if any(HEADER_RE.search(name) or HEADER_VALUE_RE.search(value) for name, value in headers):
        raise ValueError("a header of ours is malformed")
    if {name.lower() for name, _ in headers} & _FRAMING:
        return None
    framing = () if measured else ((b"transfer-encoding", b"chunked"),)
    lines = (b"%b: %b\r\n" % (name.lower(), value) for name, value in (*headers, *framing))
    return STATUS_LINE[status] + b"".join(lines)
