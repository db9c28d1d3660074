"""The baseline: Litestar's own `ServerSentEvent`, which streams fixed events as large as the gateway's flushes.

No NATS, no session, no quota, no metrics; the same uvicorn settings, and the same request body decoded:
``python -m tests.bench.echo_server PORT SHAPES.json``, the file being shape → sizes of the flushes in bytes.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
import uvloop
from litestar import Litestar, post
from litestar.response import ServerSentEvent, ServerSentEventMessage

from schemas.process import notify_ready


class Asked(msgspec.Struct):
    """The body of a turn, as the gateway takes it."""

    session: str
    message: str


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        notify_ready()


def event_of(size: int, name: str) -> tuple[str, str]:
    """Return name and data of an event that takes `size` bytes on the wire."""
    empty = len(ServerSentEventMessage(event=name, data="").encode())
    return name, "x" * (size - empty)


def create_app(sizes_of: dict[str, list[int]]) -> Litestar:
    """Return the application; `sizes_of`: message → the events' sizes in bytes."""
    names = {message: ["delta"] * (len(sizes) - 1) + ["done"] for message, sizes in sizes_of.items()}
    events = {
        message: [event_of(size, name) for size, name in zip(sizes, names[message], strict=True)]
        for message, sizes in sizes_of.items()
    }

    @post("/v1/turns", status_code=200)
    async def echo(data: Asked) -> ServerSentEvent:
        async def stream() -> AsyncIterator[Any]:
            for name, text in events[data.message]:
                yield ServerSentEventMessage(event=name, data=text)

        return ServerSentEvent(stream())

    return Litestar([echo], openapi_config=None, logging_config=None, debug=False)


async def serve(port: int, sizes_of: dict[str, list[int]]) -> None:
    """Serve until SIGTERM, by the gateway's own uvicorn settings."""
    config = uvicorn.Config(
        create_app(sizes_of),
        host="127.0.0.1",
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=5,
    )
    await _Server(config).serve()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("ascii"))))
