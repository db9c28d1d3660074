"""A message as the classifier sees it: its words, their pieces, what the lexicon heard, and what came before.

The same function describes the examples in training and the messages of visitors, so both are seen alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from schemas.taxonomy import Intent
from workers.router.reading import Reading
from workers.router.words import pieces

PIECES: Final = (3, 4, 5)
"""Lengths of the pieces of a word, its edges marked."""
REACH: Final = 3
"""Words between two that still count as a pair of the same sentence, in either distance."""
LENGTHS: Final = (1, 2, 3, 5, 8, 13, 21)
"""Upper edges of the classes of a message's length, in words."""


def features(reading: Reading, *, before: Sequence[Intent], spoken_of: bool) -> list[str]:
    """Return the description of a message, each feature once, sorted.

    Args:
        reading: What the lexicon and the table of treatments found in it.
        before: The intents of the visitor's last message, () at the beginning.
        spoken_of: Whether the conversation gives a treatment.
    """
    return sorted({*_words(reading), *_heard(reading), *_around(reading, before, spoken_of=spoken_of)})


def _words(reading: Reading) -> Iterator[str]:
    """Yield the words, their pieces, and pairs of neighbouring words with what they name masked by its kind."""
    for word in reading.message:
        yield f"w {word}"
    masked = ("^", *reading.masked, "$")
    yield from (f"m {word}" for word in reading.masked)
    for i, first in enumerate(masked):
        yield from (f"p{j} {first} {masked[i + j]}" for j in range(1, REACH) if i + j < len(masked))
        if i + 2 < len(masked):
            yield f"t {first} {masked[i + 1]} {masked[i + 2]}"
    for word in reading.masked:
        if word.isalpha():
            yield from (f"c {piece}" for piece in pieces(word, PIECES))


def _heard(reading: Reading) -> Iterator[str]:
    """Yield what the lexicon heard: intents by how surely, cues, days, and how much it left unexplained."""
    yield from (f"i {intent} {min(weight, 3)}" for intent, weight in reading.hints)
    yield from (f"cue {cue}" for cue in reading.cues)
    if reading.when:
        yield "when"
    yield f"rest {min(len(reading.rest), 4)}"
    yield f"mentions {min(len(reading.mentions), 2)}"
    if reading.question:
        yield "question"


def _around(reading: Reading, before: Iterable[Intent], *, spoken_of: bool) -> Iterator[str]:
    """Yield what the conversation adds, and how long the message is."""
    yield f"length {sum(len(reading.message) > edge for edge in LENGTHS)}"
    yield f"names {bool(reading.mentions)} spoken of {spoken_of}"
    for intent in before:
        yield f"before {intent}"
        if len(reading.message) <= LENGTHS[3]:
            yield f"short, before {intent}"
