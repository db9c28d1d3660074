"""The tagger: a conditional random field over the tokens of a chat message (`crf`), trained by `training`.

It gives each token a probability of belonging to a name and to a place. Microseconds a token, keeps nothing.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pycrfsuite as _pycrfsuite  # pyright: ignore[reportMissingTypeStubs]

from workers.sanitiser import crf
from workers.sanitiser.features import TEMPLATES, Columns, Template, Token, columns_of, known_of
from workers.sanitiser.lexicon import DATA

pycrfsuite: Any = _pycrfsuite
"""CRFsuite, without types: for training alone."""

MODEL: Final = DATA / "tagger.crfsuite"
NAME: Final = ("B-N", "I-N")
PLACE: Final = ("B-L", "I-L")
OUTSIDE: Final = "O"
SURELY_OUTSIDE: Final = 0.98
"""Probability of no name and no place from which nothing more is asked."""
LEAST_OF_WORDS: Final = 0.6
"""Probability below which a word that a dictionary has, and no list of names, is none."""
_NOTHING: Final = 0
"""The row of what weighs nothing."""
_VALUE: Final = re.compile(r"(\||[^|]++)(?:\||$)")
"""One value in a feature: a bar is a value only alone, as a token."""


class Odds(NamedTuple):
    """Probabilities that a token is part of a name, of a place."""

    name: float
    place: float


_NEITHER: Final = Odds(0.0, 0.0)


class Tagger:
    """The loaded model: tables that nothing is ever added to, so safe to share between threads."""

    def __init__(self, model: crf.Model, templates: Sequence[Template] = TEMPLATES) -> None:
        tables = _tables(model.attributes, templates)
        self._tables = [(tables[prefix].get, names) for prefix, names in templates if prefix in tables]
        self._weights = np.vstack([np.zeros(len(model.labels)), model.weights])
        self._chain = crf.Chain(model.transitions)
        groups = ((OUTSIDE,), NAME, PLACE)
        self._groups = np.array([[label in group for group in groups] for label in model.labels], dtype=float)

    @classmethod
    def load(cls, path: Path = MODEL, templates: Sequence[Template] = TEMPLATES) -> Tagger:
        """Read the model from its file; `templates` are the features on which it was trained.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It is no model.
        """
        if not path.is_file():
            raise FileNotFoundError(f"{path.name}: there is no trained tagger; make one with `lethe train sanitiser`")
        return cls(crf.read(path), templates)

    def odds(self, tokens: Sequence[Token]) -> list[Odds]:
        """Return what each token is likely to be."""
        if not tokens:
            return []
        known = known_of(tokens)
        return settled(self.shares(columns_of(tokens, known), len(tokens)), known)

    def shares(self, columns: Columns, count: int) -> crf.Matrix:
        """Return for each of `count` tokens (one at least) how likely it is outside, part of a name, of a place.

        Args:
            columns: Values of the model's features: `features.columns_of`, and whatever its templates have besides.
            count: Tokens.
        """
        return self._chain.marginals(self._scores(columns, count)) @ self._groups

    def probabilities(self, tokens: Sequence[Token], known: Sequence[str]) -> crf.Matrix:
        """Return each label's probability for each of `tokens` (one at least), of which `known` is the code."""
        return self._chain.marginals(self._scores(columns_of(tokens, known), len(tokens)))

    def _scores(self, columns: Columns, count: int) -> crf.Matrix:
        """Return what the features of each of `count` tokens weigh together, for each label.

        A feature is looked up by the values that it is made of, and never written out: that took most of the time.
        """
        found = [
            map(row_of, columns[names[0]], repeat(_NOTHING))
            if len(names) == 1
            else map(row_of, zip(*[columns[name] for name in names], strict=True), repeat(_NOTHING))
            for row_of, names in self._tables
            if names[0] in columns
        ]
        rows = np.fromiter(chain.from_iterable(found), dtype=np.intp, count=len(found) * count)
        return self._weights.take(rows, axis=0).reshape(len(found), count, -1).sum(axis=0)


def settled(shares: crf.Matrix, known: Sequence[str]) -> list[Odds]:
    """Return what the tokens with the codes `known` are likely to be, the lists having the last word."""
    outside, name, place = shares.T.tolist()
    return list(map(_odds, outside, name, place, known))


def _odds(outside: float, name: float, place: float, code: str) -> Odds:
    if outside >= SURELY_OUTSIDE or stays(code):
        return _NEITHER
    word = code[0] in _WORDS and not _NAMES.intersection(code)
    return _NEITHER if word and max(name, place) < LEAST_OF_WORDS else Odds(name, place)


def _tables(attributes: Sequence[str], templates: Sequence[Template]) -> dict[str, dict[str | tuple[str, ...], int]]:
    """Return the row of each feature's weights by its prefix, then by its values; they begin after `_NOTHING`."""
    single = {prefix for prefix, names in templates if len(names) == 1}
    tables: dict[str, dict[str | tuple[str, ...], int]] = {}
    for row, feature in enumerate(attributes, _NOTHING + 1):
        name, sign, written = feature.partition("=")
        if not sign:  # the one that every token has
            name, written = "", name
        prefix = name + sign
        values = sys.intern(written) if prefix in single else tuple(map(sys.intern, _VALUE.findall(written)))
        tables.setdefault(prefix, {})[values] = row
    return tables


def stays(code: str) -> bool:
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
