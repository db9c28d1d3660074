"""Optional noise on published figures, by OpenDP: off unless an operator sets a budget.

k hides small groups from a reader; it does not hide one visitor from a reader who can add turns of
their own until a group reaches k. Noise does, for the numbers: each published block's turns and
firsts get discrete Laplace noise once, when the day is closed, so that asking again brings nothing.

**The budget** is epsilon a turn. One turn is in at most one block of each tree, so in `_NUMBERS`
numbers in all, each changed by at most one: noise of scale `_NUMBERS` / epsilon makes them epsilon
differentially private together. Nothing is published about a turn twice, so the budget is spent once
and never grows; a visitor of n turns has spent n times as much.

What it does not cover: which blocks exist, and over which days (`analytics.release` decides that
from counts). With noise, parts do not add up to their totals any more.

Source: Ghosh, Roughgarden, Sundararajan, "Universally utility-maximizing privacy mechanisms" (2009),
as OpenDP's ``make_geometric`` implements it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any, Final

from analytics.release import Block, Tree

_TREES_OF_A_TURN: Final = len(Tree) - 1
"""A turn is left out, or in some of the others."""
_NUMBERS: Final = 2 * _TREES_OF_A_TURN
"""Turns and firsts."""
GREATEST_EPSILON: Final = 1_000.0

type Noise = Callable[[Iterable[Block]], list[Block]]
"""Returns the blocks as they are published."""


class NoNoiseLibrary(Exception):  # noqa: N818  # what it is
    """A budget is set and OpenDP is not installed (the extra ``noise``)."""


def scale(epsilon: float) -> float:
    """Return the noise's scale: how far off a number is, on average."""
    return _NUMBERS / epsilon


def noise(epsilon: float) -> Noise:
    """Return what adds noise of the budget `epsilon` a turn; 0.0 adds none.

    Raises:
        NoNoiseLibrary: OpenDP is not installed.
        ValueError: `epsilon` is negative or over `GREATEST_EPSILON`.
    """
    if not 0 <= epsilon <= GREATEST_EPSILON:
        raise ValueError("the budget must lie between 0 and 1000")
    if not epsilon:
        return list
    try:
        opendp: Any = importlib.import_module("opendp.prelude")
    except ImportError:
        raise NoNoiseLibrary from None
    opendp.enable_features("contrib")
    space = opendp.atom_domain(T=int), opendp.absolute_distance(T=int)
    changed: Any = opendp.m.make_geometric(*space, scale=scale(epsilon))
    return lambda blocks: [
        block._replace(turns=max(0, changed(block.turns)), firsts=max(0, changed(block.firsts))) for block in blocks
    ]
