"""How much an unknown word is spelt like a name: a hashed n-gram model of a few kilobytes, trained from the lists."""

from __future__ import annotations

import functools
import zlib
from array import array
from pathlib import Path
from typing import Final

from workers.sanitiser.lexicon import DATA

FILE: Final = DATA / "spelling.bin"
SIZE: Final = 1 << 14
"""Weights: one signed byte each; n-grams share them by their checksum."""
SCALE: Final = 32.0
"""What a weight of 1 is stored as."""
LENGTHS: Final = (2, 3, 4)
_LONGEST: Final = 24
"""Letters of a word that are looked at."""


def slots(word: str) -> list[int]:
    """Return the weight that each n-gram of folded `word` (with its ends marked) refers to."""
    marked = f"^{word[:_LONGEST]}$".encode()
    crc32 = zlib.crc32
    return [
        crc32(marked[start : start + length]) % SIZE for length in LENGTHS for start in range(len(marked) - length + 1)
    ]


def name_likeness(word: str) -> int:
    """Return the log-odds, rounded and within -4 to 4, that folded `word` is a name or a town rather than a word."""
    table = weights()
    return max(-4, min(4, round(sum([table[slot] for slot in slots(word)]) / SCALE)))


@functools.cache
def weights() -> array[int]:
    """Return the trained weights, read once a process."""
    return read(FILE)


def read(file: Path) -> array[int]:
    """Return the weights in `file`."""
    table = array("b")
    table.frombytes(file.read_bytes())
    return table
