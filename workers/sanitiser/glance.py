"""One look at a message, taken once: what recognisers read of it, and what tells most that they need not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from workers.sanitiser.features import Token, tokens_of
from workers.sanitiser.lexicon import lowered

_MIXED: Final = re.compile(r"[^\W\d_]\d|\d[^\W\d_]")


class Glance(NamedTuple):
    """A normalised message. A recogniser whose words are not `said` in it, or that lacks `digits`, finds nothing."""

    text: str
    low: str
    """In small letters, each character where it was (`lexicon.lowered`): what most expressions read."""
    tokens: Sequence[Token]
    said: frozenset[str]
    """Its words (runs of letters, folded), its runs of digits and its signs, each as a token is one.

    An expression that needs a word between two characters that are no letters matches only where the word is said.
    """
    digits: int
    """How many there are."""
    mixed: bool
    """Whether a letter touches a digit."""


def glance(text: str) -> Glance:
    """Return what one look at normalised `text` tells."""
    tokens = tokens_of(text)
    said = frozenset([token.folded for token in tokens])
    digits = sum([len(token.text) for token in tokens if token.text[0].isdecimal()])
    mixed = digits > 0 and _MIXED.search(text) is not None
    return Glance(text, lowered(text), tokens, said, digits, mixed)
