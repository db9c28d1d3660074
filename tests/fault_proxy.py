"""A TCP proxy on loopback that cuts, stalls or refuses: the network's faults, without the network."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Self


class FaultProxy:
    """Passes bytes both ways between its port and `target` until told otherwise."""

    def __init__(self, target: int) -> None:
        """`target` is a port of 127.0.0.1."""
        self._target = target
        self._flows, self._answers = asyncio.Event(), asyncio.Event()
        self.held = 0
        """Pieces that have been held back so far."""
        self.flow()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        self.reset()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    def stall(self) -> None:
        """Hold everything back: a cable that is pulled."""
        self._flows.clear()
        self._answers.clear()

    def stall_answers(self) -> None:
        """Hold back what the target says, and pass on what it is told."""
        self._answers.clear()

    def flow(self) -> None:
        """Let everything pass again, what was held back first."""
        self._refuses = False
        self._flows.set()
        self._answers.set()

    def cut(self) -> None:
        """Reset every connection and refuse new ones."""
        self._refuses = True
        self.reset()

    def reset(self) -> None:
        """Reset every connection."""
        for writer in list(self._writers):
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        self._writers.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, back}
        for source, sink, flows in ((reader, back, self._flows), (there, writer, self._answers)):
            pump = asyncio.create_task(self._pump(source, sink, flows))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, flows: asyncio.Event) -> None:
        try:
            while data := await source.read(65_536):
                self.held += not flows.is_set()
                await flows.wait()
                sink.write(data)
                await sink.drain()
        except OSError:
            pass  # one side is gone, as a test wanted or a part ended
        sink.close()
        self._writers.discard(sink)
