"""Bring a message into the one form that the recognisers read, remembering where each character came from.

Compatibility forms are folded (NFKC: full-width letters, ligatures, styled alphabets), digits of every script become
0 to 9, typographic quotes and dashes become ASCII ones, and characters that cannot be seen (zero-width, format,
variation selectors, keycap frames, broken UTF-16 halves) go: none of them may hide a number from a recogniser.
"""

from __future__ import annotations

import unicodedata
from array import array
from typing import Final, NamedTuple

_PLAIN: Final = str.maketrans(
    dict.fromkeys("‘’‚‛′`´ʼ", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−⁃", "-")
)
_UNSEEN: Final = frozenset({"Cf", "Cs", "Co", "Cn", "Me"})
"""Unicode categories that leave no mark of their own."""
_VARIATION: Final = range(0xFE00, 0xFE10)
MAX_CLUSTER: Final = 16
"""Code points that are normalised together; a longer pile of combining marks is cut."""


class Normalised(NamedTuple):
    """A message in normal form and the way back.

    `starts[i]` and `ends[i]` are the half-open code-point offsets, in the original, of what became character i.
    """

    text: str
    starts: array[int] | range
    ends: array[int] | range

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that `start` to `end` (non-empty) of `text` came from."""
        return self.starts[start], self.ends[end - 1]


def normalise(original: str) -> Normalised:
    """Return `original` in normal form. Never fails, whatever the code points; linear in their number."""
    if original.isascii():
        return Normalised(original, range(len(original)), range(1, len(original) + 1))
    pieces: list[str] = []
    starts, ends = array("I"), array("I")
    start = 0
    while start < len(original):
        end = _cluster_end(original, start)
        piece = _fold(original[start:end])
        pieces.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))
        start = end
    return Normalised("".join(pieces), starts, ends)


def _cluster_end(text: str, start: int) -> int:
    """Return the end of the character at `start` with the marks that combine with it."""
    end = start + 1
    while end < len(text) and end - start < MAX_CLUSTER and unicodedata.combining(text[end]):
        end += 1
    return end


def _fold(cluster: str) -> str:
    """Return the normal form of one character with its marks; "" where nothing can be seen."""
    if cluster.isascii():
        return cluster
    folded = unicodedata.normalize("NFKC", cluster).translate(_PLAIN)
    return "".join(_digit(c) for c in folded if not _unseen(c))


def _unseen(c: str) -> bool:
    return ord(c) in _VARIATION or (not c.isascii() and unicodedata.category(c) in _UNSEEN)


def _digit(c: str) -> str:
    value = None if c.isascii() else unicodedata.decimal(c, None)
    return c if value is None else str(value)
