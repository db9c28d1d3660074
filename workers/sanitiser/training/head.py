"""Fit the net between Rampart's states and the second reader: by Adam, with dropout, the same from the same seed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.sanitiser.second_reader import NAME, OUTSIDE, PLACE, REACH, Head, Values

EPOCHS: Final = 6
BATCH: Final = 400
"""Tokens after which the weights move, at least; whole messages."""
INNER: Final = 128
MIDDLE: Final = 64
"""Values that a token's states become, and those of the tokens around it."""
RATE: Final = 2e-3
"""Of the first step; it falls to nought in equal steps."""
DECAY: Final = 1e-2
BLANKED: Final = 0.1
DROPPED: Final = 0.2
"""Shares of the states, and of the values between the layers, that a step does not see."""
_LEAST_SPREAD: Final = 1e-2
_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8
"""Adam's."""


class Marked(NamedTuple):
    """A message: the states of its tokens, and what each is (`OUTSIDE`, `NAME`, `PLACE`)."""

    states: Values
    labels: NDArray[np.intp]


class _Batch(NamedTuple):
    states: Values
    labels: NDArray[np.intp]
    places: NDArray[np.intp]
    """Of each token in a row of all, with `REACH` blanks before, between and after the messages."""


def classes(labels: Sequence[str]) -> NDArray[np.intp]:
    """Return the class of each of the tagger's labels ("B-N", "O")."""
    return np.array([{"N": NAME, "L": PLACE}.get(label[-1], OUTSIDE) for label in labels], dtype=np.intp)


def fit_head(messages: Sequence[Marked], *, seed: int) -> Head:
    """Return the net fitted to `messages`, of which none is empty."""
    random = np.random.default_rng(seed)
    mean, spread = _moments(messages)
    head = _begun(len(mean), random)
    moved = _Adam(head)
    steps = [batch for _ in range(EPOCHS) for batch in _drawn(messages, random)]
    for done, chosen in enumerate(steps):
        batch = _batch(chosen)
        states = (batch.states - mean) / spread * _seen(batch.states.shape, BLANKED, random)
        moved.step(head, _gradients(head, batch._replace(states=states), random), RATE * (1 - done / len(steps)))
    inner = head.inner / spread[:, None]
    return head._replace(inner=inner, inner_bias=head.inner_bias - mean @ inner)


def stored(head: Head) -> dict[str, Any]:
    """Return what of `head` goes to its file: half precision is enough."""
    return {name: values.astype(np.float16) for name, values in zip(head._fields, head, strict=True)}


def _moments(messages: Sequence[Marked]) -> tuple[Values, Values]:
    total = sum(len(message.states) for message in messages)
    width = messages[0].states.shape[1]
    mean, square = np.zeros(width), np.zeros(width)
    for message in messages:
        states = message.states.astype(np.float64)
        mean += states.sum(axis=0) / total
        square += (states * states).sum(axis=0) / total
    return mean.astype(np.float32), (np.sqrt(square - mean * mean) + _LEAST_SPREAD).astype(np.float32)


def _begun(width: int, random: np.random.Generator) -> Head:
    def layer(rows: int, columns: int, scale: float) -> tuple[Values, Values]:
        weights = random.standard_normal((rows, columns), dtype=np.float32) * np.float32(scale / np.sqrt(rows))
        return weights, np.zeros(columns, dtype=np.float32)

    inner, middle = layer(width, INNER, np.sqrt(2)), layer((1 + 2 * REACH) * INNER, MIDDLE, np.sqrt(2))
    return Head(*inner, *middle, *layer(MIDDLE, 3, 0.5))


def _drawn(messages: Sequence[Marked], random: np.random.Generator) -> Iterator[list[Marked]]:
    """Yield `messages` in a random order, some at a time."""
    some: list[Marked] = []
    size = 0
    order: list[int] = random.permutation(len(messages)).tolist()
    for i in order:
        some.append(messages[i])
        size += len(messages[i].labels)
        if size >= BATCH:
            yield some
            some, size = [], 0
    if some:
        yield some


def _batch(messages: Sequence[Marked]) -> _Batch:
    labels = [message.labels for message in messages]
    starts = itertools.accumulate((len(each) + REACH for each in labels), initial=REACH)
    places = [start + np.arange(len(each)) for start, each in zip(starts, labels, strict=False)]
    states = np.concatenate([message.states for message in messages]).astype(np.float32)
    return _Batch(states, np.concatenate(labels), np.concatenate(places))


def _seen(shape: tuple[int, ...], dropped: float, random: np.random.Generator) -> Values:
    """Return nought for a share of `dropped`, for the rest what makes up for it."""
    return (random.random(shape, dtype=np.float32) >= dropped).astype(np.float32) / np.float32(1 - dropped)


def _gradients(head: Head, batch: _Batch, random: np.random.Generator) -> Head:
    """Return how the loss (cross-entropy a token) grows with each weight."""
    places, count = batch.places, len(batch.labels)
    first = batch.states @ head.inner + head.inner_bias
    first_seen = _seen(first.shape, DROPPED, random) * (first > 0)
    padded = np.zeros((int(places[-1]) + REACH + 1, INNER), dtype=np.float32)
    padded[places] = first * first_seen
    shifts = range(-REACH, REACH + 1)
    around = np.concatenate([padded[places + shift] for shift in shifts], axis=1)
    second = around @ head.middle + head.middle_bias
    second_seen = _seen(second.shape, DROPPED, random) * (second > 0)
    fewer = second * second_seen
    wrong = _probabilities(fewer @ head.outer + head.outer_bias)
    wrong[np.arange(count), batch.labels] -= 1
    wrong /= count
    to_second = wrong @ head.outer.T * second_seen
    to_around = to_second @ head.middle.T
    back = np.zeros_like(padded)
    for i, shift in enumerate(shifts):
        back[places + shift] += to_around[:, i * INNER : (i + 1) * INNER]
    to_first = back[places] * first_seen
    return Head(
        batch.states.T @ to_first, to_first.sum(axis=0),
        around.T @ to_second, to_second.sum(axis=0),
        fewer.T @ wrong, wrong.sum(axis=0),
    )  # fmt: skip


def _probabilities(scores: Values) -> Values:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


class _Adam:
    """Adam with decoupled decay of the matrices; moves the weights in place."""

    def __init__(self, head: Head) -> None:
        self._means = [np.zeros_like(values) for values in head]
        self._squares = [np.zeros_like(values) for values in head]
        self._done = 0

    def step(self, head: Head, gradients: Head, rate: float) -> None:
        self._done += 1
        for weights, slope, mean, square in zip(head, gradients, self._means, self._squares, strict=True):
            np.add(mean, (1 - _FIRST) * (slope - mean), out=mean)
            np.add(square, (1 - _SECOND) * (slope * slope - square), out=square)
            step = mean / (1 - _FIRST**self._done) / (np.sqrt(square / (1 - _SECOND**self._done)) + _TINY)
            decay = DECAY if weights.ndim > 1 else 0.0
            np.subtract(weights, rate * (step + decay * weights), out=weights)
