"""The tagger: a conditional random field over the tokens of a chat message (python-crfsuite), trained by `training`.

It gives each token a probability of belonging to a name and to a place. Microseconds a token, keeps nothing.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import pycrfsuite as _pycrfsuite  # pyright: ignore[reportMissingTypeStubs]

from workers.sanitiser.features import Token, features_of, known_of
from workers.sanitiser.lexicon import DATA

pycrfsuite: Any = _pycrfsuite
"""Without types: everything that it returns is converted where it is read."""

MODEL: Final = DATA / "tagger.crfsuite"
NAME: Final = ("B-N", "I-N")
PLACE: Final = ("B-L", "I-L")
OUTSIDE: Final = "O"
SURELY_OUTSIDE: Final = 0.98
"""Probability of no name and no place from which nothing more is asked."""
LEAST_OF_WORDS: Final = 0.6
"""Probability below which a word that a dictionary has, and no list of names, is none."""
_NOTHING: Final = [["b"]]
"""A sequence of one token that says nothing."""


class Odds(NamedTuple):
    """Probabilities that a token is part of a name, of a place."""

    name: float
    place: float


_NEITHER: Final = Odds(0.0, 0.0)


class Tagger:
    """The loaded model. Safe to share: one message at a time."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._one_at_a_time = threading.Lock()

    @classmethod
    def load(cls, path: Path = MODEL) -> Tagger:
        """Read the model from its file.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It is no model.
        """
        if not path.is_file():
            raise FileNotFoundError(f"{path.name}: there is no trained tagger; make one with `lethe train sanitiser`")
        model = pycrfsuite.Tagger()
        model.open(str(path))
        return cls(model)

    def odds(self, tokens: Sequence[Token]) -> list[Odds]:
        """Return what each token is likely to be."""
        if not tokens:
            return []
        known = known_of(tokens)
        rows = features_of(tokens, known)
        with self._one_at_a_time:
            try:
                self._model.set(rows)
                return [self._odds(i, code) for i, code in enumerate(known)]
            finally:
                # The library keeps the features of the last message until it is given others.
                self._model.set(_NOTHING)

    def _odds(self, i: int, code: str) -> Odds:
        if _stays(code) or self._model.marginal(OUTSIDE, i) >= SURELY_OUTSIDE:
            return _NEITHER
        name, place = (sum(float(self._model.marginal(label, i)) for label in labels) for labels in (NAME, PLACE))
        word = code[0] in _WORDS and not _NAMES.intersection(code)
        return _NEITHER if word and max(name, place) < LEAST_OF_WORDS else Odds(name, place)


def _stays(code: str) -> bool:
    """Return whether a token is no visitor's, whatever stands around it.

    That is a famous person's name, a treatment's or brand's, and a word of the trade that is in no list of names.
    """
    return code[-1] == "*" or (code[-1] == "$" and "G" not in code) or ("w" in code and not _NAMES.intersection(code))


_NAMES: Final = frozenset("Ghgst")
"""Marks of the lists of names and towns in a token's code."""
_WORDS: Final = frozenset("12345")
"""Marks of the bands of common words."""


@functools.cache
def tagger() -> Tagger:
    """Return the committed model, read once a process.

    Raises:
        FileNotFoundError: As `Tagger.load`.
    """
    return Tagger.load()
