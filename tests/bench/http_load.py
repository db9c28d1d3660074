"""A load generator for `POST /v1/turns`: keep-alive connections, raw bytes, nothing parsed that need not be.

``python -m tests.bench.http_load LOAD.json`` (`tests.bench.closed_loop` says how it talks).
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import uvloop

from tests.bench.closed_loop import Load, Take, measure

_EVENT: Final = b"event: "
_HEAD: Final = (
    "POST /v1/turns HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
)
_END: Final = b"\r\n0\r\n\r\n"
_OK: Final = b"HTTP/1.1 200"


class Connection(asyncio.Protocol):
    """One keep-alive connection, one request at a time."""

    def __init__(self) -> None:
        """Start unconnected; `create_connection` connects."""
        self._transport: Any = None  # uvloop's is no subclass of asyncio's
        self._got = bytearray()
        self._answered: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect the response; a chunked body ends with its empty chunk, a refusal is recognised at its start."""
        self._got += data
        if self._got.endswith(_END) or not self._got.startswith(_OK[: len(self._got)]):
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail what is under way."""
        if self._answered and not self._answered.done():
            self._answered.set_exception(exc or ConnectionError("closed by the server"))

    async def ask(self, request: bytes) -> bytes:
        """Send a request; return the whole response, framing included.

        Raises:
            ConnectionError: The server has left.
        """
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered

    def _finish(self) -> None:
        if self._answered and not self._answered.done():
            self._answered.set_result(bytes(self._got))
        self._got.clear()


def request_of(body: str) -> bytes:
    """Return the bytes of the request with this JSON body."""
    raw = body.encode()
    return _HEAD.format(len(raw)).encode() + raw


def events_of(response: bytes) -> list[int]:
    """Return the sizes in bytes of a chunked stream's events; padding counts to the event before it."""
    body = response.partition(b"\r\n\r\n")[2]
    stream = b""
    while True:
        size, _, rest = body.partition(b"\r\n")
        if (length := int(size, 16)) == 0:
            return [len(_EVENT) + len(event) for event in stream.split(_EVENT)[1:]]
        stream += rest[:length]
        body = rest[length + 2 :]


async def connect(port: int) -> Connection:
    """Return a connection to loopback's `port`."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection


def taker(connection: Connection, requests: Iterator[bytes]) -> Take:
    """Return what takes one turn by `connection`."""

    async def take() -> None:
        response = await connection.ask(next(requests))
        if b"event: done" not in response:
            raise RuntimeError(f"a turn failed: {response[:12].decode('ascii', 'replace')}")

    return take


async def main(load: Load) -> None:
    """Run one load."""
    requests = itertools.cycle([request_of(body) for body in load.bodies])
    connections = [await connect(load.port) for _ in range(load.at_once)]
    await measure([taker(connection, requests) for connection in connections], load)


if __name__ == "__main__":
    uvloop.run(main(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Load)))
