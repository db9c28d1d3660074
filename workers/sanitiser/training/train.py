"""Fit the tagger: minutes on two cores, the same file from the same seed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

from workers.sanitiser.features import features_of, known_of
from workers.sanitiser.tagger import pycrfsuite
from workers.sanitiser.training.corpus import labelled
from workers.sanitiser.training.dataset import Example

SETTINGS: Final = {
    "c1": 0.35,  # pulls most weights to nought: a model of under a megabyte, no worse on strangers' messages
    "c2": 0.1,
    "max_iterations": 110,
    "feature.possible_transitions": True,
    "feature.minfreq": 2,
}


class Fitted(NamedTuple):
    """What was done."""

    messages: int
    model_bytes: int


def fit(examples: Iterable[Example], path: Path) -> Fitted:
    """Train on `examples` and write the model to `path`, replacing it at once.

    Raises:
        OSError: `path` cannot be written.
    """
    trainer: Any = pycrfsuite.Trainer(verbose=False)
    count = 0
    for example in examples:
        tokens, labels = labelled(example.parts)
        if tokens:
            trainer.append(features_of(tokens, known_of(tokens, hidden=example.hidden)), labels)
            count += 1
    trainer.set_params(SETTINGS)
    unfinished = path.with_suffix(".part")
    trainer.train(str(unfinished))
    unfinished.replace(path)
    return Fitted(count, path.stat().st_size)
