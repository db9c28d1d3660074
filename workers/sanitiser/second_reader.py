"""The second reader: asked where the tagger is unsure, since what it goes by costs milliseconds.

It reads the words around a doubtful one (`windows`), and is a tagger too. Besides the features of the first it has what
a small net (`Head`) makes of the states in which Rampart, a language model, leaves each token: it knows names that no
list has, and words that only look like them.
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
from workers.sanitiser.rampart import Labelled, Pieces, Rampart, means, places
from workers.sanitiser.tagger import Odds, Tagger, settled, stays
from workers.sanitiser.windows import windows

MODEL: Final = DATA / "second.crfsuite"
HEAD: Final = DATA / "head.npz"
REACH: Final = 2
"""Tokens on either side of a token that the net looks at."""
OUTSIDE, NAME, PLACE = 0, 1, 2
"""What the net tells apart."""
DOUBT: Final = (0.05, 0.8)
"""Probabilities of no name and no place between which the first reader is not believed."""
DOUBT_IN_PROSE: Final = (0.02, 0.95)
"""The same in prose: it knows chat."""
SAFER: Final = 2
"""How many times likelier a doubtful token is taken to be a name or a place where the model could not read it too."""
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


def net_columns(scores: Values) -> dict[str, list[str]]:
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


class Judged(NamedTuple):
    """What both readers together make of a message."""

    odds: list[Odds]
    """Of each token."""
    labelled: list[Labelled]
    """The model's own labels of words that it read; none in chat."""


class _Message(NamedTuple):
    text: str
    tokens: Sequence[Token]
    columns: Columns


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

    def read(self, text: str, tokens: Sequence[Token], *, prose: bool = False) -> Judged:
        """Return what each of the tokens of normalised `text` is likely to be; of `prose`, the model's labels too."""
        if not tokens:
            return Judged([], [])
        known = known_of(tokens)
        message = _Message(text, tokens, columns_of(tokens, known))
        shares = self._first.shares(message.columns, len(tokens))
        doubts = doubtful(shares, known, DOUBT_IN_PROSE if prose else DOUBT)
        labelled = self._ask(message, shares, doubts, prose=prose) if doubts else []
        return Judged(settled(shares, known), labelled)

    def _ask(self, message: _Message, shares: Matrix, doubts: Sequence[int], *, prose: bool) -> list[Labelled]:
        """Write the second reader's judgement of what stands around `doubts` into `shares`; return the labels."""
        pieces = self._model.pieces(message.text)
        ranges = places(pieces, [(token.start, token.end) for token in message.tokens])
        unread = set(doubts)
        labelled: list[Labelled] = []
        for start, end in windows(doubts, len(ranges), lambda start, end: ranges[end - 1][1] - ranges[start][0]):
            unread.difference_update(range(start, end))
            first, last = ranges[start][0], ranges[end - 1][1]
            if first == last:  # the model knows none of these signs
                continue
            reading = self._model.read(Pieces(pieces.ids[first:last], pieces.offsets[first:last]))
            states = means(reading, [(one - first, other - first) for one, other in ranges[start:end]])
            shares[start:end] = self._judged(message.columns, start, end, states)
            labelled += self._model.label(message.text, reading) if prose else ()
        left = sorted(unread)
        shares[left, NAME:] = np.minimum(SAFER * shares[left, NAME:], 1)
        return labelled

    def _judged(self, columns: Columns, start: int, end: int, states: Values) -> Matrix:
        """Return the second reader's shares of the tokens from `start` to `end`, which the model left in `states`."""
        seen: dict[str, Sequence[str]] = {name: values[start:end] for name, values in columns.items()}
        return self._second.shares(seen | net_columns(self._head.scores(states)), end - start)


def doubtful(shares: Matrix, known: Sequence[str], between: tuple[float, float]) -> list[int]:
    """Return of which tokens that may be hidden the first reader is unsure, the most doubtful first.

    Args:
        shares: Its own (`Tagger.shares`).
        known: The tokens' codes (`features.known_of`); signs, and what stays whatever it is, leave no doubt.
        between: As `DOUBT`.
    """
    least, most = between
    outside: list[float] = shares[:, OUTSIDE].tolist()
    unsure = [
        i
        for i, (share, code) in enumerate(zip(outside, known, strict=True))
        if least < share < most and code[0] != "." and not stays(code)
    ]
    return sorted(unsure, key=lambda i: abs(outside[i] - 0.5))
