"""The second reader: asked where the tagger is unsure, since what it goes by costs milliseconds.

It reads the words around a doubtful one (`windows`) with a fine-tuned language model (`rampart`): that knows what
stands around a name, the tagger which lists it is in. Of the words that both have read, the two have equal say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.sanitiser.crf import Matrix
from workers.sanitiser.features import Token, columns_of, known_of
from workers.sanitiser.rampart import Rampart, places
from workers.sanitiser.tagger import Odds, Tagger, settled, stays
from workers.sanitiser.windows import windows

OUTSIDE, NAME = 0, 1
"""Columns of what both readers give; the third is of places."""
DOUBT: Final = (0.02, 0.95)
"""Probabilities of no name and no place between which the first reader is not believed."""
SAFER: Final = 2
"""How many times likelier a doubtful token is taken to be a name or a place where the model could not read it too."""


class SecondReader:
    """Both readers, the second asked on doubt. Keeps nothing of what they read; one message at a time, as Rampart."""

    def __init__(self, first: Tagger, model: Rampart) -> None:
        self._first = first
        self._model = model

    def read(self, text: str, tokens: Sequence[Token]) -> list[Odds]:
        """Return what each of the tokens of normalised `text` is likely to be."""
        if not tokens:
            return []
        known = known_of(tokens)
        shares = self._first.shares(columns_of(tokens, known), len(tokens))
        if doubts := doubtful(shares, known):
            self._ask(text, tokens, shares, doubts)
        return settled(shares, known)

    def _ask(self, text: str, tokens: Sequence[Token], shares: Matrix, doubts: Sequence[int]) -> None:
        """Write into `shares` what both make of the words around `doubts`."""
        pieces = self._model.pieces(text)
        ranges = places(pieces, [(token.start, token.end) for token in tokens])
        unread = set(doubts)
        for start, end in windows(doubts, len(ranges), lambda start, end: ranges[end - 1][1] - ranges[start][0]):
            unread.difference_update(range(start, end))
            first, last = ranges[start][0], ranges[end - 1][1]
            if first == last:  # the model knows none of these signs
                continue
            theirs = self._model.shares(pieces.ids[first:last])
            read = [i for i in range(start, end) if ranges[i][0] < ranges[i][1]]
            shares[read] = together(shares[read], theirs[[ranges[i][0] - first for i in read]])
        left = sorted(unread)
        shares[left, NAME:] = np.minimum(SAFER * shares[left, NAME:], 1)


def together(first: Matrix, second: NDArray[np.floating]) -> Matrix:
    """Return token × (outside, name, place), of which both readers gave their shares: the mean of the logarithms."""
    made = np.sqrt(first * second.astype(np.float64))
    return made / made.sum(axis=1, keepdims=True)


def doubtful(shares: Matrix, known: Sequence[str]) -> list[int]:
    """Return of which tokens that may be hidden the first reader is unsure, the most doubtful first.

    Args:
        shares: Its own (`Tagger.shares`).
        known: The tokens' codes (`features.known_of`); signs, and what stays whatever it is, leave no doubt.
    """
    least, most = DOUBT
    outside: list[float] = shares[:, OUTSIDE].tolist()
    unsure = [
        i
        for i, (share, code) in enumerate(zip(outside, known, strict=True))
        if least < share < most and code[0] != "." and not stays(code)
    ]
    return sorted(unsure, key=lambda i: abs(outside[i] - 0.5))
