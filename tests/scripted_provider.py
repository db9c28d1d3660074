"""A real OpenAI-compatible server on loopback that says what a test tells it to, token by token.

In a test: ``async with ScriptedProvider() as server: server.play(Script(tokens=("a", "b")))``.
As a program: ``python -m tests.scripted_provider PORT --tokens 20 --delay-ms 5``.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

import httptools

KEPT_REQUESTS = 10_000
"""The newest requests that are remembered, so that a load test does not grow without end."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Script:
    """What the server does with one request."""

    tokens: Sequence[str] = ("Good", " morning", ".")
    tokens_for: Callable[[Received], Sequence[str]] | None = None
    """Instead of `tokens`: what this very request is answered with."""
    first_delay_s: float = 0.0
    delay_s: float = 0.0
    """Between two tokens. At 0, tokens still leave one write at a time."""
    status: int = 200
    """Another status is answered with an error body that quotes the request."""
    error_code: str | None = None
    """The code in that body."""
    retry_after_s: int | None = None
    location: str | None = None
    """Where a redirecting status points to."""
    before: bytes = b""
    """Raw bytes sent ahead of the first token."""
    drop_after: int | None = None
    """Abort the connection after so many tokens; 0 is after the headers."""
    hang_after: int | None = None
    """Send nothing more after so many tokens, and hold the connection."""
    wait_after: int | None = None
    """Wait for `goes_on` after so many tokens, so that a test can act while every answer streams."""
    goes_on: asyncio.Event | None = None
    malformed_after: int | None = None
    """Send a line that is no JSON after so many tokens."""
    finish_reason: str | None = "stop"
    """None: the stream just ends, without a reason."""
    usage: dict[str, Any] | None = None
    """Sent in a chunk of its own ahead of ``[DONE]`` where the request asks for it."""
    done: bool = True
    """Whether ``[DONE]`` is sent."""
    tail: bytes = b""
    """Raw bytes sent behind everything else."""


@dataclasses.dataclass(frozen=True)
class Received:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the body."""
        return json.loads(self.raw)


class ScriptedProvider:
    """The server. Scripts are played in order, the last one again and again."""

    def __init__(self, *scripts: Script, port: int = 0) -> None:
        """Listen on `port` of 127.0.0.1 once entered; 0 takes a free one."""
        self._port = port
        self._scripts = deque(scripts or (Script(),))
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self.requests: deque[Received] = deque(maxlen=KEPT_REQUESTS)
        self.disconnects = 0
        """Clients that left while they were being answered."""
        self.disconnected = asyncio.Event()
        self.answering = asyncio.Event()
        """Set when the first request has been read."""

    def play(self, *scripts: Script) -> None:
        """Replace the scripts."""
        self._scripts = deque(scripts)

    @property
    def base_url(self) -> str:
        """What goes into `LETHE_LLM_BASE_URL`."""
        if self._server is None:
            raise RuntimeError("the server is not running")
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", self._port, backlog=1024)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            for connection in list(self._connections):
                connection.abort()
            await self._server.wait_closed()

    def next_script(self) -> Script:
        """Return the script for the next request."""
        return self._scripts.popleft() if len(self._scripts) > 1 else self._scripts[0]

    def joined(self, connection: _Connection) -> None:
        """Note a connection, so that leaving the server ends it."""
        self._connections.add(connection)

    def left(self, connection: _Connection, *, midway: bool) -> None:
        """Note the end of a connection."""
        self._connections.discard(connection)
        if midway:
            self.disconnects += 1
            self.disconnected.set()


class _Connection(asyncio.Protocol):
    """One client's connection, kept alive between requests."""

    def __init__(self, server: ScriptedProvider) -> None:
        self._server = server
        self._transport: asyncio.Transport
        self._parser = httptools.HttpRequestParser(self)
        self._answer: asyncio.Task[None] | None = None
        self._dropping = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream transport is needed")
        self._transport = transport
        self._server.joined(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        midway = self._answer is not None and not self._answer.done() and not self._dropping
        if self._answer is not None and not self._dropping:
            self._answer.cancel()
        self._server.left(self, midway=midway)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def abort(self) -> None:
        """End the connection at once, as this side's doing."""
        self._dropping = True
        if self._answer is not None:
            self._answer.cancel()
        self._transport.abort()

    # httptools' callbacks
    def on_message_begin(self) -> None:
        self._path, self._headers, self._body = "", {}, bytearray()

    def on_url(self, url: bytes) -> None:
        self._path += url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode().lower()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        request = Received(self._path, self._headers, bytes(self._body))
        self._server.requests.append(request)
        self._server.answering.set()
        if request.path == "/v1/chat/completions":
            self._answer = asyncio.create_task(self._play(self._server.next_script(), request))
        else:
            self._reply(404, b'{"error": {"message": "no such path"}}')

    def _reply(self, status: int, body: bytes, **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} Scripted", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + body)

    async def _play(self, script: Script, request: Received) -> None:
        if script.status != 200:
            # As some providers do: the error quotes what was sent.
            body = json.dumps({"error": {"message": request.raw.decode(), "code": script.error_code}}).encode()
            headers = {"Retry_After": str(script.retry_after_s)} if script.retry_after_s is not None else {}
            if script.location is not None:
                headers["Location"] = script.location
            self._reply(script.status, body, **headers)
            return
        self._transport.write(_HEAD)
        await asyncio.sleep(script.first_delay_s)
        if script.before:
            self._chunk(script.before)
        tokens = script.tokens_for(request) if script.tokens_for else script.tokens
        for index, token in enumerate([*tokens, None]):
            if not await self._goes_on(script, index) or token is None:
                break
            self._chunk(_event({"delta": {"content": token}}))
            await asyncio.sleep(script.delay_s)
        if not self._dropping:
            asked = request.body.get("stream_options", {}).get("include_usage", False)
            self._end(script, script.usage if asked else None)

    async def _goes_on(self, script: Script, index: int) -> bool:
        """Do what the script says for after `index` tokens; whether more is to be sent."""
        if script.malformed_after == index:
            self._chunk(b"data: {not json\n\n")
        if script.wait_after == index and script.goes_on is not None:
            await script.goes_on.wait()
        if script.hang_after == index:
            await asyncio.Event().wait()
        if script.drop_after == index:
            self._dropping = True
            self._transport.abort()
        return not self._dropping

    def _end(self, script: Script, usage: dict[str, Any] | None) -> None:
        last = b"" if script.finish_reason is None else _event({"delta": {}, "finish_reason": script.finish_reason})
        if usage is not None:
            last += b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n"
        if tail := last + (b"data: [DONE]\n\n" if script.done else b"") + script.tail:
            self._chunk(tail)
        self._transport.write(b"0\r\n\r\n")

    def _chunk(self, data: bytes) -> None:
        self._transport.write(b"%x\r\n%b\r\n" % (len(data), data))


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def _event(choice: dict[str, Any]) -> bytes:
    """Return one event of a chat completion stream."""
    chunk = {
        "id": "chatcmpl-scripted",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "finish_reason": None, **choice}],
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def _words(count: int) -> Iterator[str]:
    for index in range(count):
        yield f" word{index}" if index else "word0"


async def _serve(port: int, script: Script) -> None:
    async with ScriptedProvider(script, port=port) as server:
        print(server.base_url, flush=True)  # whoever started the program reads it
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A scripted OpenAI-compatible server on 127.0.0.1.")
    parser.add_argument("port", type=int, help="0 takes a free port; the URL is printed")
    parser.add_argument("--tokens", type=int, default=20)
    parser.add_argument("--delay-ms", type=float, default=0.0, help="between two tokens")
    parser.add_argument("--first-delay-ms", type=float, default=0.0)
    options = parser.parse_args()
    script = Script(
        tokens=tuple(_words(options.tokens)),
        delay_s=options.delay_ms / 1000,
        first_delay_s=options.first_delay_ms / 1000,
    )
    try:
        asyncio.run(_serve(options.port, script))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
