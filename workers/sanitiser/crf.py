"""A linear-chain conditional random field: CRFsuite's model files, and the probability of each label at each token.

CRFsuite trains it. It is evaluated here because what costs time there is not the field: it is a string for every
feature of every token, copied into C++ and looked up by its bytes. Nothing of a message is kept.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

type Matrix = NDArray[np.float64]
"""Tokens × labels, where nothing else is said."""

_HEADER: Final = struct.Struct("<4sI4sIIIIIIIII")
"""Magic, bytes, type, version, then counts (features, labels, attributes) and offsets (features, labels, attributes
and two indices over the features)."""
_MAGIC: Final = (b"lCRF", b"FOMC", 100)
_CHUNK: Final = struct.Struct("<4sII")
"""Name, bytes, count."""
_FEATURE: Final = np.dtype([("kind", "<u4"), ("source", "<u4"), ("label", "<u4"), ("weight", "<f8")])
"""Of what kind, from what (an attribute, or a label), to which label."""
_OF_STATE, _OF_TRANSITION = 0, 1
_DATABASE: Final = struct.Struct("<4sIIIII")
"""CQDB, a table of strings: name, bytes, flag, byte order, then count and offset of its index by number."""
_STRING: Final = struct.Struct("<II")
"""Number and bytes of a string, its closing nought included."""
_RESCALED: Final = 8
"""Tokens after which probabilities are brought back to the order of 1."""


class Model(NamedTuple):
    """What was trained."""

    labels: tuple[str, ...]
    attributes: list[str]
    """Features, as `features.features_of` writes them."""
    weights: Matrix
    """Attributes × labels."""
    transitions: Matrix
    """From each label × to each label."""


def read(path: Path) -> Model:
    """Read a model that CRFsuite wrote.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no such model.
    """
    data = path.read_bytes()
    try:
        return _model(data)
    except (struct.error, IndexError, ValueError):
        raise ValueError(f"{path.name} is no model of CRFsuite, or a broken one") from None


def _model(data: bytes) -> Model:
    header = _HEADER.unpack_from(data)
    if (header[0], header[2], header[3]) != _MAGIC:
        raise ValueError("another format")
    features_at, labels_at, attributes_at = header[7:10]
    labels, attributes = _strings(data, labels_at), _strings(data, attributes_at)
    count = _CHUNK.unpack_from(data, features_at)[2]
    rows = np.frombuffer(data, _FEATURE, count, features_at + _CHUNK.size)
    return Model(
        tuple(labels),
        attributes,
        _matrix(rows[rows["kind"] == _OF_STATE], len(attributes), len(labels)),
        _matrix(rows[rows["kind"] == _OF_TRANSITION], len(labels), len(labels)),
    )


def _matrix(rows: Any, sources: int, labels: int) -> Matrix:
    """Return the weights in `rows` (`_FEATURE`) by source and label, nought where there is none."""
    matrix = np.zeros((sources, labels))
    matrix[rows["source"], rows["label"]] = rows["weight"]
    return matrix


def _strings(data: bytes, at: int) -> list[str]:
    """Return the strings of the table at `at` in the order of their numbers."""
    count, index = _DATABASE.unpack_from(data, at)[4:]
    strings: list[str] = []
    for (offset,) in struct.iter_unpack("<I", data[at + index : at + index + 4 * count]):
        start = at + offset + _STRING.size
        size = _STRING.unpack_from(data, at + offset)[1]
        strings.append(data[start : start + size - 1].decode())
    return strings


class Chain:
    """The transitions of a model, made ready. Keeps nothing."""

    def __init__(self, transitions: Matrix) -> None:
        step = np.exp(transitions - transitions.max())
        nothing = np.zeros_like(step)
        self._step = np.block([[step, nothing], [nothing, step.T]])
        """Forward in one half, backward in the other: numpy's calls cost more than what they do here."""

    def marginals(self, scores: Matrix) -> Matrix:
        """Return each label's probability at each token (they sum to 1), by the forward-backward algorithm.

        Args:
            scores: What each token's features weigh for each label; one token at least.
        """
        labels = scores.shape[1]
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        both = np.concatenate((odds, odds[::-1]), axis=1)
        reached = both.copy()
        rows = list(reached)
        for i, step in enumerate(list(self._step * both[1:, None, :]), 1):
            row = rows[i]
            rows[i - 1].dot(step, row)
            if not i % _RESCALED:  # or the products of a long message would run out of exponents
                row[:labels] /= row[:labels].max()
                row[labels:] /= row[labels:].max()
        joint = reached[:, :labels] * reached[::-1, labels:] / odds
        return joint / joint.sum(axis=1, keepdims=True)
