"""nats-py's client with two shorter ways, for what happens several times a turn.

`publish` writes the command at once, where nats-py's goes through three coroutines and validates subjects
and headers by patterns; ours come from `schemas.subjects`. `hear` hands a message over where it was read,
where nats-py's puts it into a queue, for a task of the subscription's. Both together took a quarter of the
gateway's processor time a turn. What is rare goes nats-py's own way: connecting, errors, headers received.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from nats.aio.client import Client
from nats.errors import BadSubjectError
from nats.protocol.parser import AWAITING_CONTROL_LINE, Parser

type Hearer = Callable[[str, bytes | None], None]
"""Takes subject and body of a message; None for a body: the broker says that nobody listens."""

_BREAKS: Final = re.compile(r"\s")
"""What would end a subject in a command, and begin another: whoever could put it there spoke with our rights."""
_MESSAGE: Final = b"MSG "
_END: Final = b"\r\n"
_NO_RESPONDERS: Final = b"NATS/1.0 503"


class BusClient(Client):
    """One connection to the broker."""

    def __init__(self) -> None:
        """Start unconnected."""
        super().__init__()
        self._hearers: dict[int, Hearer] = {}
        self._departure: asyncio.Task[None] | None = None
        self._ps = _Parser(self)

    async def hear(self, subject: str, on: Hearer) -> None:
        """Subscribe; `on` is called for each message in the order of the connection, and must not take long."""
        client: Any = super()  # its signatures are only partly typed
        subscription = await client.subscribe(subject)
        self._hearers[subscription._id] = on  # noqa: SLF001  # kept over reconnections, as the subscription is

    async def publish(
        self,
        subject: str,
        payload: bytes = b"",
        reply: str = "",
        headers: dict[str, str] | None = None,
        *,
        within_s: float = 0.0,
    ) -> None:
        """Publish at the next turn of the event loop, with whatever else is to be sent by then; or `within_s`.

        Raises:
            nats.errors.Error: The broker is away, the message too long, or a subject or a header malformed.
        """
        told = headers or {}
        if not subject or any(_BREAKS.search(text) for text in (subject, reply)) or _ends_lines(told):
            raise BadSubjectError
        if self._status != Client.CONNECTED or len(payload) > self.max_payload:
            await super().publish(subject, payload, reply, headers)  # which raises, or knows what to do
            return
        head = b""
        if told:
            head = f"NATS/1.0\r\n{''.join(f'{name}: {value}\r\n' for name, value in told.items())}\r\n".encode()
        verb, sizes = ("HPUB", f"{len(head)} {len(head) + len(payload)}") if head else ("PUB", f"{len(payload)}")
        command = b"%b%b%b\r\n" % (f"{verb} {subject} {reply} {sizes}\r\n".encode(), head, payload)
        self._pending.append(command)
        self._pending_data_size += len(command)
        if within_s:
            if self._departure is None or self._departure.done():
                self._departure = asyncio.get_running_loop().create_task(self._depart(within_s))
        elif self._flush_queue and self._flush_queue.empty():
            await self._flush_pending()

    async def _depart(self, within_s: float) -> None:
        """Send what has gathered after `within_s`."""
        await asyncio.sleep(within_s)
        await self._flush_pending()

    async def give(self, sid: int, subject: bytes, body: bytes | None) -> bool:
        """Give a message to who hears its subscription; False where nobody does."""
        on = self._hearers.get(sid)
        if on is None:
            return False
        try:
            on(subject.decode(), body)
        except Exception as error:  # noqa: BLE001  # counted and logged by its type; the connection must go on
            await self._error_cb(error)
        return True

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: Any) -> None:
        absent = not data and bool(headers) and headers.startswith(_NO_RESPONDERS)
        if not await self.give(sid, subject, None if absent else data):
            await super()._process_msg(sid, subject, reply, data, headers)


def _ends_lines(headers: Mapping[str, str]) -> bool:
    return any(end in text for pair in headers.items() for text in pair for end in "\r\n")


class _Parser(Parser):
    """nats-py's parser, which takes whole messages that somebody hears out of what was read."""

    nc: BusClient

    async def parse(self, data: bytes = b"") -> None:
        at = 0
        between = self.state == AWAITING_CONTROL_LINE and not self.buf
        while between and data.startswith(_MESSAGE, at) and (line_end := data.find(_END, at)) > 0:
            line = data[at:line_end].split()  # MSG, subject, subscription, a reply or not, length
            start, end = line_end + len(_END), line_end + len(_END) + int(line[-1])
            if not data.startswith(_END, end) or not await self.nc.give(int(line[2]), line[1], data[start:end]):
                break  # cut off in the middle, or of a subscription with a queue
            at = end + len(_END)
        await super().parse(data[at:])
