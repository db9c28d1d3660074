"""Fine-tune Rampart's lower layers to tell names and places in chat: by AdamW, on messages as token classes.

Each word is judged by its first piece. At work the reader sees a few words around a doubtful one, seldom a whole
message, and sometimes prose: so it learns from windows, messages and messages in a row alike.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.sanitiser.rampart import Vocabulary, places
from workers.sanitiser.training.base import EMBEDDINGS, OUT, Matrix, is_moved
from workers.sanitiser.training.corpus import labelled, text_of
from workers.sanitiser.training.dataset import Example
from workers.sanitiser.training.encoder import jax, scores

NAME, PLACE = 1, 2
"""Classes; nought is neither."""
UNJUDGED: Final = -1
"""Of pieces that begin no word."""
EPOCHS: Final = 1
BATCH: Final = 768
"""Pieces after which the weights move."""
RATE: Final = 3e-4
"""Of AdamW once warm; it falls to nought in equal steps."""
QUICKER: Final = 20
"""How many times as fast the output layer learns, which begins from nothing."""
WARM: Final = 0.05
"""Share of the steps in which the rate rises from nought."""
DECAY: Final = 0.01
STEEPEST: Final = 1.0
"""Norm to which gradients are cut."""
VERSIONS: Final = 0.4
"""Share of the versions of messages with other people, and of the grammar's, that it learns from."""
CUT: Final = 0.3
"""Share of the messages of which a window is seen."""
JOINED: Final = 0.02
"""Share of the messages that are seen with others behind them."""
LENGTHS: Final = (12, 16, 24, 32, 48, 64, 96)
"""Lengths to which messages are filled up; longer ones are cut."""

type Numbers = NDArray[np.int32]


class Lesson(NamedTuple):
    """A message as the model reads it, without the marks of its begin and end."""

    pieces: Numbers
    classes: Numbers
    """Of each piece, or `UNJUDGED`."""


def optax() -> Any:
    """Return Optax; imported late, as JAX is."""
    return importlib.import_module("optax")


def lessons(examples: Iterable[Example], vocabulary: Vocabulary, *, seed: int) -> list[Lesson]:
    """Return what is learnt from `examples`: from all as they were written, and from a share of their versions."""
    random = np.random.default_rng(seed)
    chosen = (example for example in examples if example.written or random.random() < VERSIONS)
    return [lesson for example in chosen if len((lesson := _lesson(example, vocabulary)).pieces)]


def fine_tuned(
    given: Sequence[Lesson], base: Mapping[str, Matrix], vocabulary: Vocabulary, *, seed: int
) -> dict[str, Matrix]:
    """Return the weights that moved (`encoder.is_moved`), by name; the same from the same seed on the same processor.

    Args:
        given: What to learn from.
        base: Rampart's weights (`base.floats`).
        vocabulary: Rampart's.
        seed: Of every random choice.
    """
    random = np.random.default_rng(seed)
    moved = {
        name: jax().numpy.asarray(values)
        for name, values in (*base.items(), *_begun(base, random).items())
        if is_moved(name)
    }
    still = {name: jax().numpy.asarray(base[name]) for name in EMBEDDINGS}
    count = EPOCHS * sum(1 for _ in _batches(given, vocabulary, np.random.default_rng(seed)))
    steps = _optimiser(moved, count)
    state = steps.init(moved)

    @jax().jit
    def step(moved: Any, state: Any, ids: Any, classes: Any, key: Any) -> Any:
        slopes = jax().grad(_loss)(moved, still, ids, classes, key)
        changes, state = steps.update(slopes, state, moved)
        return optax().apply_updates(moved, changes), state

    key = jax().random.key(seed)
    for _ in range(EPOCHS):
        for ids, classes in _batches(given, vocabulary, random):
            key, own = jax().random.split(key)
            moved, state = step(moved, state, ids, classes, own)
    return {name: np.asarray(values) for name, values in moved.items()}


def _lesson(example: Example, vocabulary: Vocabulary) -> Lesson:
    tokens, labels = labelled(example.parts)
    pieces = vocabulary.pieces(text_of(example.parts))
    classes = np.full(len(pieces.ids), UNJUDGED, dtype=np.int32)
    ranges = places(pieces, [(token.start, token.end) for token in tokens])
    for (first, last), label in zip(ranges, labels, strict=True):
        if first < last:
            classes[first] = {"N": NAME, "L": PLACE}.get(label[-1], 0)
    return Lesson(np.array(pieces.ids, dtype=np.int32), classes)


def _begun(base: Mapping[str, Matrix], random: np.random.Generator) -> dict[str, Matrix]:
    width = base[EMBEDDINGS[0]].shape[1]
    weights = random.standard_normal((width, 1 + PLACE), dtype=np.float32) / np.float32(width)
    return {f"{OUT}.weight": weights, f"{OUT}.bias": np.zeros(1 + PLACE, dtype=np.float32)}


def _optimiser(moved: Mapping[str, Any], steps: int) -> Any:
    warm = max(1, int(WARM * steps))

    def rate(times: float) -> Any:
        rising = optax().linear_schedule(0, times * RATE, warm)
        return optax().join_schedules([rising, optax().linear_schedule(times * RATE, 0, steps - warm)], [warm])

    kinds = {name: "out" if name.startswith(OUT) else "layers" for name in moved}

    def decays(given: Mapping[str, Any]) -> dict[str, bool]:
        return {name: moved[name].ndim > 1 for name in given}

    layers = optax().adamw(rate(1), weight_decay=DECAY, mask=decays)
    return optax().chain(
        optax().clip_by_global_norm(STEEPEST),
        optax().partition({"layers": layers, "out": optax().adam(rate(QUICKER))}, kinds),
    )


def _loss(moved: Any, still: Any, ids: Any, classes: Any, key: Any) -> Any:
    """Return the mean cross-entropy of the words judged."""
    judged = classes >= 0
    right = jax().numpy.take_along_axis(scores(moved, still, ids, key), jax().numpy.maximum(classes, 0)[..., None], -1)[
        ..., 0
    ]
    return -(right * judged).sum() / jax().numpy.maximum(judged.sum(), 1)


def _batches(
    given: Sequence[Lesson], vocabulary: Vocabulary, random: np.random.Generator
) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield all of `given` in a random order as message × piece numbers and classes, those of like length together."""
    waiting: dict[int, list[Lesson]] = {}
    order: list[int] = random.permutation(len(given)).tolist()
    for i in order:
        seen = _seen(given[i], given, random)
        length = next(length for length in LENGTHS if len(seen.pieces) + 2 <= length)
        batch = waiting.setdefault(length, [])
        batch.append(seen)
        if len(batch) == BATCH // length:
            yield _filled(waiting.pop(length), length, vocabulary)
    for length, batch in waiting.items():
        yield _filled(batch, length, vocabulary)


def _seen(lesson: Lesson, others: Sequence[Lesson], random: np.random.Generator) -> Lesson:
    """Return what is seen of `lesson` this time: all, a window, or others behind it."""
    most = LENGTHS[-1] - 2
    kind = random.random()
    if kind < JOINED:
        more: list[int] = random.integers(0, len(others), size=4).tolist()
        row = [lesson, *(others[i] for i in more)]
        lesson = Lesson(np.concatenate([one.pieces for one in row]), np.concatenate([one.classes for one in row]))
    elif kind < JOINED + CUT:
        most = min(most, int(random.integers(6, 24)))
    count = len(lesson.pieces)
    start = int(random.integers(0, count - most + 1)) if count > most else 0
    return Lesson(lesson.pieces[start : start + most], lesson.classes[start : start + most])


def _filled(batch: Sequence[Lesson], length: int, vocabulary: Vocabulary) -> tuple[Numbers, Numbers]:
    """Return `batch` as arrays of always the same number of messages: each new shape would be compiled anew."""
    ids = np.zeros((BATCH // length, length), dtype=np.int32)
    classes = np.full_like(ids, UNJUDGED)
    for row, lesson in enumerate(batch):
        end = 1 + len(lesson.pieces)
        ids[row, 0], ids[row, end] = vocabulary.opening, vocabulary.closing
        ids[row, 1:end], classes[row, 1:end] = lesson.pieces, lesson.classes
    return ids, classes
