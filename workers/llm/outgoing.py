"""What leaves towards the visitor: every piece of a model's answer goes through one object before it is sent."""

from __future__ import annotations

from typing import Final

from workers.llm.failure import ProviderFailed, Reason

MAX_ANSWER_CHARS: Final = 8_000
"""Far beyond four sentences; keeps a frame below the broker's limit and the history inside the session's box."""

_CONTROLS: Final = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {0x0A})
"""Everything that is no text, line feeds excepted."""


class Outgoing:
    """One answer on its way out: plain text without control characters, not empty and not endless."""

    def __init__(self) -> None:
        """Begin with nothing sent."""
        self._sent = 0

    def add(self, piece: str) -> str:
        """Return what of `piece` may go out now, possibly nothing; an answer does not begin with white space.

        Raises:
            ProviderFailed: The answer is longer than `MAX_ANSWER_CHARS`.
        """
        text = piece.translate(_CONTROLS)
        if not self._sent:
            text = text.lstrip()
        self._sent += len(text)
        if self._sent > MAX_ANSWER_CHARS:
            raise ProviderFailed(Reason.OVERLONG)
        return text

    def finish(self) -> None:
        """Check that there was an answer.

        Raises:
            ProviderFailed: Nothing but white space came.
        """
        if not self._sent:
            raise ProviderFailed(Reason.EMPTY)
