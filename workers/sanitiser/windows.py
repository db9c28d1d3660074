"""Which parts of a message the second reader reads: the words around doubtful ones, and never more than so much.

The bound is a count, not a clock: the same message is read in the same way on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

MARGIN: Final = 6
"""Tokens on either side of a doubtful one that are read with it."""
GAP: Final = 4
"""Tokens between two windows up to which they become one: fewer cost less than another run of the model."""
MOST: Final = 192
"""Pieces that the model reads of one message, each run counted as `RUN` more."""
RUN: Final = 8
"""What a run costs by itself, in pieces."""

type Window = tuple[int, int]
"""A half-open range of a message's tokens."""


def windows(doubtful: Sequence[int], count: int, pieces: Callable[[int, int], int]) -> list[Window]:
    """Return what is read of a message: windows in order, apart.

    Where it would be too much, the last quarter of `doubtful` goes, and again until it is not: a doubtful token that
    lies in no window is one for which nothing was left.

    Args:
        doubtful: Tokens, the most doubtful first.
        count: Tokens of the message.
        pieces: How many pieces the model reads of a range of tokens.
    """
    chosen = list(doubtful)
    while True:
        found = _around(sorted(chosen), count)
        if sum(RUN + pieces(*window) for window in found) <= MOST:
            return found
        chosen = chosen[: len(chosen) * 3 // 4]


def _around(tokens: Sequence[int], count: int) -> list[Window]:
    found: list[Window] = []
    for token in tokens:
        start, end = max(0, token - MARGIN), min(count, token + MARGIN + 1)
        if found and start - found[-1][1] <= GAP:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found
