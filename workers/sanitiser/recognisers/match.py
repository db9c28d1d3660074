"""What a recogniser reports: a span of the normalised text, the kind of data, and how sure it is."""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.taxonomy import Entity

SHAPE: Final = 0.9
"""The text has the shape of such data."""
CUED: Final = 0.95
"""The visitor said what it is ("my name is …", "I live in …"): the clinic's own words do not overrule it."""
LIKELY: Final = 0.6
"""A word of a list, or a loose shape: gives way to the clinic's own words."""


class Match(NamedTuple):
    """A half-open span of code points of the normalised text."""

    entity: Entity
    start: int
    end: int
    score: float
