"""The two turns that are measured, and what an instant router answers to each."""

from __future__ import annotations

from typing import Final, NamedTuple


class Shape(NamedTuple):
    """One kind of turn. The message alone tells the instant router which it is."""

    message: str
    deltas: int
    """Pieces of the answer."""
    delta_chars: int
    apart_s: float = 0.0
    """Between two pieces, so that each reaches the gateway alone."""
    share: float = 1.0
    """Of the run's turns: a long turn is measured fewer times."""


SHAPES: Final = {
    "deterministic": Shape("How much is botox for the forehead?", deltas=1, delta_chars=180),
    "streamed": Shape("What should I know before a peel?", deltas=20, delta_chars=24, apart_s=0.001, share=0.2),
}
"""`deterministic`: answered from the clinic's file, in one piece. `streamed`: an AI's answer, coalesced."""


def shape_of(message: str) -> Shape:
    """Return the shape whose message this is.

    Raises:
        StopIteration: It is nobody's.
    """
    return next(shape for shape in SHAPES.values() if shape.message == message)
