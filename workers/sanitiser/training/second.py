"""Fit the second reader: a net on Rampart's states, then a field that has its odds among its features.

The net learns from messages as they were written: invented people and slips of the finger taught it nothing. The
field must not see the net surer than it is of strangers, so in training each message's odds come from a net that
learnt from other messages.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from workers.sanitiser.features import TEMPLATES, Columns, Token, features_of, known_of
from workers.sanitiser.rampart import Rampart
from workers.sanitiser.second_reader import FEATURES, Head, Values, net_columns
from workers.sanitiser.tagger import pycrfsuite
from workers.sanitiser.training.corpus import labelled, text_of
from workers.sanitiser.training.dataset import Example
from workers.sanitiser.training.head import Marked, classes, fit_head, stored
from workers.sanitiser.training.train import SETTINGS, Fitted

FOLDS: Final = 3
"""Nets beside the one that is kept, each fitted without one part of the messages."""
_THREADS: Final = 2
_AT_ONCE: Final = 256
"""Messages whose states are in memory at a time, beside those of the messages as written."""


class _Read(NamedTuple):
    """An example with what Rampart made of it."""

    example: Example
    tokens: list[Token]
    labels: list[str]
    states: Values


def fit_second(examples: Sequence[Example], rampart: Rampart, path: Path, *, head: Path, seed: int) -> Fitted:
    """Train on `examples`; write the field to `path` and the net to `head`, replacing each at once.

    Raises:
        OSError: One of them cannot be written.
    """
    written = list(_read((example for example in examples if example.written), rampart))
    heads = [_fitted(written, seed + fold, without=fold) for fold in range(FOLDS)]
    _save(_fitted(written, seed), head)
    others = _read((example for example in examples if not example.written), rampart)
    trainer: Any = pycrfsuite.Trainer(verbose=False)
    for each in itertools.chain(written, others):
        scores = heads[each.example.source % FOLDS].scores(each.states.astype(np.float32))
        trainer.append(_features(each, net_columns(scores)), each.labels)
    trainer.set_params(SETTINGS)
    unfinished = path.with_suffix(".part")
    trainer.train(str(unfinished))
    unfinished.replace(path)
    return Fitted(len(examples), path.stat().st_size + head.stat().st_size)


def _read(examples: Iterable[Example], rampart: Rampart) -> Iterator[_Read]:
    """Yield the examples that have tokens, each with its states."""

    def read(example: Example) -> _Read:
        tokens, labels = labelled(example.parts)
        spans = [(token.start, token.end) for token in tokens]
        states = rampart.states(text_of(example.parts), spans).astype(np.float16)
        return _Read(example, tokens, labels, states)

    with ThreadPoolExecutor(_THREADS) as pool:
        for some in itertools.batched(examples, _AT_ONCE):
            yield from (each for each in pool.map(read, some) if each.tokens)


def _fitted(written: Iterable[_Read], seed: int, *, without: int | None = None) -> Head:
    chosen = (each for each in written if each.example.source % FOLDS != without)
    return fit_head([Marked(each.states, classes(each.labels)) for each in chosen], seed=seed)


def _features(read: _Read, columns: Columns) -> list[list[str]]:
    """Return each token's features: the first reader's, then those of the net."""
    known = known_of(read.tokens, hidden=read.example.hidden)
    rows = features_of(read.tokens, known)
    columns = {**columns, "known": known}
    for prefix, names in FEATURES[len(TEMPLATES) :]:
        for row, values in zip(rows, zip(*[columns[name] for name in names], strict=True), strict=True):
            if all(values):
                row.append(prefix + "|".join(values))
    return rows


def _save(head: Head, path: Path) -> None:
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, **stored(head))
    unfinished.replace(path)
