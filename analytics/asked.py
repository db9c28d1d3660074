"""What a page or a program asks for: whose turns, of which days, compared with what, and only which."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final, NamedTuple

from analytics.release import Tree
from schemas.taxonomy import Source

LONGEST_DAYS: Final = 800
"""A little more than what is kept (25 months)."""
MOST_DIMENSIONS: Final = 2
_YEAR: Final = dt.timedelta(days=364)
"""52 weeks, so that weekdays stand beside each other."""


class TooManyDimensions(Exception):  # noqa: N818  # what it is
    """A figure was asked for by more properties at once than are published together."""


class Compare(StrEnum):
    """What a span is compared with."""

    NONE = "none"
    PREVIOUS = "previous"
    YEAR = "year"


class Span(NamedTuple):
    """Days, both included."""

    first: dt.date
    last: dt.date


class Filters(NamedTuple):
    """Only turns that ended so, about this, wanting that; "" is all."""

    ending: str = ""
    topic: str = ""
    intent: str = ""

    def named(self) -> set[str]:
        """Return the names of the filters that are set."""
        return {name for name, value in self._asdict().items() if value}


class Asked(NamedTuple):
    """What a page or a program asks for."""

    clinic: str
    source: Source
    span: Span
    compare: Compare = Compare.NONE
    filters: Filters = Filters()

    def compared(self) -> Span | None:
        """Return the span that it is compared with."""
        first, last = self.span
        match self.compare:
            case Compare.NONE:
                return None
            case Compare.PREVIOUS:
                return Span(first - (last - first) - dt.timedelta(days=1), first - dt.timedelta(days=1))
            case Compare.YEAR:
                return Span(first - _YEAR, last - _YEAR)


def tree_of(properties: set[str]) -> Tree:
    """Return the tree that is split by all of `properties`.

    Raises:
        TooManyDimensions: There is none, or they are too many.
    """
    if len(properties) > MOST_DIMENSIONS:
        raise TooManyDimensions
    for tree in (Tree.HOW, Tree.LANGUAGE):
        if tree.value in properties:
            if len(properties) > 1:
                raise TooManyDimensions
            return tree
    for tree in (Tree.INTENT, Tree.TOPIC, Tree.ENDING):
        if tree.value in properties:
            return tree
    return Tree.TOTAL
