"""Server-sent events as AI providers send them: bytes in, `data` payloads out, however they are cut."""

from __future__ import annotations

from typing import Final

MAX_LINE_BYTES: Final = 262_144
"""A line beyond this is no token; without a bound, a provider could fill the worker's memory."""

DONE: Final = b"[DONE]"
"""The payload that ends a chat completion stream."""


class Overlong(ValueError):  # noqa: N818  # the error's name is what the line is
    """A line is longer than `MAX_LINE_BYTES`. Carries no text."""


class DataLines:
    """Collects bytes and gives back the payload of each whole `data` line.

    Lines end in LF or CRLF. Providers put one JSON object on one line, so each `data` line counts for itself, with or
    without the blank line that should follow it. Comments, other fields and empty payloads are skipped. Work is on
    bytes: a character cut in two by the network is whole again before anybody decodes it.
    """

    def __init__(self) -> None:
        """Start with nothing held."""
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the payloads that `data` completes; feed a last LF where the stream ends without one.

        Raises:
            Overlong: A line is too long.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_LINE_BYTES or any(len(line) > MAX_LINE_BYTES for line in lines):
            raise Overlong("line too long")
        return [payload for line in lines if line.startswith(b"data:") and (payload := line[5:].strip(b" \r"))]
