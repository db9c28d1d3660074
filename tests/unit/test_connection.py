"""What goes over a connection is uvicorn's to the byte; a head and its first body are one write."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from gateway.connection import Connection, _head
from gateway.headers import _complete, _with_ours

STREAM = [("content-type", "text/event-stream"), ("Cache-Control", "no-store")]
RESPONSES: dict[str, tuple[int, list[tuple[str, str]], list[bytes]]] = {
    "a stream": (200, STREAM, [b"event: a\n\n", b"event: b\n\n"]),
    "one chunk": (200, STREAM, [b"event: a\n\n"]),
    "an empty body": (200, STREAM, [b""]),
    "an empty chunk first": (200, STREAM, [b"", b"late"]),
    "a declared length": (401, [("content-length", "5"), ("Retry-After", "2")], [b"12345"]),
    "a declared length at the end": (200, [("Retry-After", "2"), ("content-length", "5")], [b"12345"]),
    "a declared length of nothing": (200, [("content-length", "0")], [b""]),
    "no content": (204, [("x-a", "b")], [b""]),
    "not modified": (304, [("etag", '"1"')], [b""]),
    "a connection that closes": (200, [("connection", "close")], [b"x"]),
    "chunks by its own word": (200, [("transfer-encoding", "chunked")], [b"x"]),
}
REQUESTS = {
    "GET": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "HEAD": b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
    "closing": b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "HTTP/1.0": b"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    "two at once": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2,
    "asking whether to go on": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx",
}


class Transport(asyncio.Transport):
    """Notes what is written."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    resume_reading = pause_reading


async def answered(kind: type[HttpToolsProtocol], request: bytes, response: tuple[int, Any, list[bytes]]) -> Transport:
    """Return what `kind` sends for `request` to an application that gives `response`."""
    status, headers, bodies = response

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        raw = [(name.encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        for left, body in enumerate(bodies, 1 - len(bodies)):
            await send({"type": "http.response.body", "body": body, "more_body": left < 0})

    config = uvicorn.Config(app, lifespan="off", access_log=False, log_config=None, server_header=False)
    state = ServerState()
    protocol, transport = kind(config, state, {}), Transport()
    protocol.connection_made(transport)
    protocol.data_received(request)
    while state.tasks:
        await asyncio.gather(*state.tasks)
        await asyncio.sleep(0)
    protocol._unset_keepalive_if_required()
    return transport


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=list(REQUESTS))
@pytest.mark.parametrize("response", RESPONSES.values(), ids=list(RESPONSES))
async def test_the_bytes_are_uvicorns_own(request_: bytes, response: Any) -> None:
    ours, theirs = [await answered(kind, request_, response) for kind in (Connection, HttpToolsProtocol)]
    assert b"".join(ours.writes) == b"".join(theirs.writes)
    assert ours.closed == theirs.closed


async def test_the_head_goes_with_the_first_body() -> None:
    transport = await answered(Connection, REQUESTS["GET"], RESPONSES["a stream"])
    assert len(transport.writes) == 2
    assert transport.writes[0].endswith(b"event: a\n\n\r\n")


@pytest.mark.parametrize("header", [("x-a", "b\r\nset-cookie: c"), ("x a", "b")], ids=["value", "name"])
async def test_a_header_that_would_break_the_head_is_not_sent(header: tuple[str, str]) -> None:
    transport = await answered(Connection, REQUESTS["GET"], (200, [header], [b"x"]))
    assert transport.writes[0].startswith(b"HTTP/1.1 500 ")
    assert b"cookie" not in b"".join(transport.writes)


async def failed(kind: type[HttpToolsProtocol]) -> bytes:
    """Return what `kind` sends where an application fails between head and body."""

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-a", b"b")]})
        raise KeyError

    protocol, transport = (
        kind(uvicorn.Config(app, lifespan="off", log_config=None), state := ServerState(), {}),
        Transport(),
    )
    protocol.connection_made(transport)
    protocol.data_received(REQUESTS["GET"])
    await asyncio.gather(*state.tasks)
    protocol._unset_keepalive_if_required()
    assert transport.closed
    return b"".join(transport.writes)


async def test_a_head_that_no_body_follows_is_sent_all_the_same() -> None:
    """A browser takes a request that got no byte for unheard, and may send it again."""
    ours = await failed(Connection)
    assert ours.startswith(b"HTTP/1.1 200 OK\r\n")
    assert ours.endswith(b"\r\n\r\n")
    assert ours.count(b"x-a: b") == (await failed(HttpToolsProtocol)).count(b"x-a: b") == 1


def test_no_length_is_kept() -> None:
    """It tells how long a conversation is."""
    _head.cache_clear()
    _complete.cache_clear()
    for length in (b"1", b"22", b"333"):
        headers = _with_ours([(b"x-a", b"b"), (b"Content-Length", length)], ())
        assert headers[-1] == (b"Content-Length", length)
        assert _head(200, headers[:-1], measured=True)
    assert (_head.cache_info().currsize, _complete.cache_info().currsize) == (1, 1)
