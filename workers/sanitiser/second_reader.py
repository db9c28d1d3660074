"""The second reader: asked where the tagger is unsure, since what it goes by costs milliseconds.

It is a tagger too. Besides the features of the first it has what a small net (`Head`) makes of the states in which
Rampart, a language model, leaves each token: it knows names that no list has, and words that only look like them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.sanitiser.crf import Matrix
from workers.sanitiser.features import TEMPLATES, Columns, Template, Token, columns_of, known_of
from workers.sanitiser.lexicon import DATA
from workers.sanitiser.rampart import Rampart
from workers.sanitiser.tagger import Odds, Tagger, settled, stays

MODEL: Final = DATA / "second.crfsuite"
HEAD: Final = DATA / "head.npz"
REACH: Final = 2
"""Tokens on either side of a token that the net looks at."""
OUTSIDE, NAME, PLACE = 0, 1, 2
"""What the net tells apart."""
SURELY_OUTSIDE: Final = 0.95
"""Probability of no name and no place from which the first reader is believed."""
SURELY_INSIDE: Final = 0.02
"""The same up to which it is believed that there is one."""
FURTHEST: Final = 7
"""Logarithm of the odds beyond which the net is no surer."""

type Values = NDArray[np.floating]

FEATURES: Final = (
    *TEMPLATES,
    Template("hn=", ("net-name",)),
    Template("hp=", ("net-place",)),
    Template("h=", ("net",)),
    Template("hk=", ("net-name", "known")),
    Template("hl=", ("net-place", "known")),
    Template("h-=", ("net-1",)),
    Template("h+=", ("net+1",)),
    Template("hh=", ("net-1", "net")),
)
"""The first reader's, and the net's odds: of a token, with its lists, and of its neighbours."""


class Head(NamedTuple):
    """The net: each token's states to a few values, these and the neighbours' to fewer, these to three."""

    inner: Values
    """Token's states × values."""
    inner_bias: Values
    middle: Values
    """Values of the tokens around (the furthest on the left first) × values."""
    middle_bias: Values
    outer: Values
    """Values × outside, name, place."""
    outer_bias: Values

    @classmethod
    def load(cls, path: Path = HEAD) -> Head:
        """Read the net from its file.

        Raises:
            FileNotFoundError: There is no such file.
            KeyError: A part of it is missing.
            ValueError: It is no such file.
        """
        if not path.is_file():
            raise FileNotFoundError(f"{path.name}: there is no trained net; make one with `lethe train sanitiser`")
        with np.load(path, allow_pickle=False) as stored:
            return cls(*(stored[name].astype(np.float32) for name in cls._fields))

    def scores(self, states: Values) -> Values:
        """Return token × (outside, name, place), before they are made probabilities, for the tokens of one message."""
        count, width = len(states), len(self.inner_bias)
        padded = np.zeros((count + 2 * REACH, width), dtype=np.float32)
        padded[REACH : REACH + count] = np.maximum(states @ self.inner + self.inner_bias, 0)
        around = np.concatenate([padded[i : i + count] for i in range(2 * REACH + 1)], axis=1)
        return np.maximum(around @ self.middle + self.middle_bias, 0) @ self.outer + self.outer_bias


def net_columns(scores: Values) -> Columns:
    """Return what the second reader's own features are made of: the rounded log-odds of name and of place."""
    odds = np.rint(np.clip(scores[:, (NAME, PLACE)] - scores[:, :1], -FURTHEST, FURTHEST)).astype(int)
    names, places = ([str(value) for value in column] for column in odds.T.tolist())
    both = [f"{name},{place}" for name, place in zip(names, places, strict=True)]
    return {
        "net-name": names,
        "net-place": places,
        "net": both,
        "net-1": ["", *both][: len(both)],
        "net+1": [*both, ""][1:],
    }


class SecondReader:
    """Both readers, the second asked on doubt. Keeps nothing of what they read; one message at a time, as Rampart."""

    def __init__(self, first: Tagger, second: Tagger, head: Head, model: Rampart) -> None:
        self._first = first
        self._second = second
        self._head = head
        self._model = model

    @classmethod
    def load(cls, first: Tagger, model: Rampart) -> SecondReader:
        """Read the second reader's own files.

        Raises:
            FileNotFoundError: One is missing.
            ValueError: One is no model.
        """
        return cls(first, Tagger.load(MODEL, FEATURES), Head.load(), model)

    def odds(self, text: str, tokens: Sequence[Token]) -> list[Odds]:
        """Return what each of the tokens of normalised `text` is likely to be."""
        if not tokens:
            return []
        known = known_of(tokens)
        columns = columns_of(tokens, known)
        shares = self._first.shares(columns, len(tokens))
        if in_doubt(shares, known):
            states = self._model.states(text, [(token.start, token.end) for token in tokens])
            shares = self._second.shares({**columns, **net_columns(self._head.scores(states))}, len(tokens))
        return settled(shares, known)


def in_doubt(shares: Matrix, known: Sequence[str]) -> bool:
    """Return whether the first reader is unsure of any token that may be hidden.

    Args:
        shares: Its own (`Tagger.shares`).
        known: The tokens' codes (`features.known_of`); signs, and what stays whatever it is, leave no doubt.
    """
    return any(
        SURELY_INSIDE < outside < SURELY_OUTSIDE and code[0] != "." and not stays(code)
        for outside, code in zip(shares[:, OUTSIDE].tolist(), known, strict=True)
    )
