"""The trained weights and their use: a row of small integers a feature, a column a label.

Features are known by a 32-bit hash, so the file holds no word of any example. Arithmetic is numpy's, the order of
summation fixed: the same message gets the same scores in every process.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

MODEL: Final = Path(__file__).with_name("weights.npz")


class Classifier:
    """Logistic regression, one column a label; read-only, so safe to share."""

    def __init__(
        self,
        labels: Sequence[str],
        hashes: npt.NDArray[np.uint32],
        weights: npt.NDArray[np.int8],
        scale: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
    ) -> None:
        """Take the tables.

        Args:
            labels: Column names, n of them.
            hashes: Of the m features known, each once, ascending.
            weights: m × n; times `scale` (n) they are the coefficients.
            scale: A factor for each column.
            bias: The intercept of each column.

        Raises:
            ValueError: The shapes do not fit together, or the hashes do not ascend.
        """
        if weights.shape != (len(hashes), len(labels)) or {scale.shape, bias.shape} != {(len(labels),)}:
            raise ValueError(f"weights {weights.shape} for {len(hashes)} features and {len(labels)} labels")
        if not (hashes[1:] > hashes[:-1]).all():
            raise ValueError("the features' hashes do not ascend")
        self.labels = tuple(labels)
        self._tables = (hashes, weights, scale, bias)

    def scores(self, features: Sequence[str]) -> dict[str, float]:
        """Return the probability of each label for a message described by `features`."""
        _, weights, scale, bias = self._tables
        known, _ = self._rows(features)
        total = weights[known].sum(axis=0, dtype=np.int32) * scale / np.sqrt(max(len(features), 1)) + bias
        odds = 1.0 / (1.0 + np.exp(-np.clip(total.astype(np.float64), -50, 50)))
        return dict(zip(self.labels, odds.tolist(), strict=True))

    def reasons(self, features: Sequence[str], label: str, most: int) -> tuple[str, ...]:
        """Return up to `most` of `features` that speak for `label`, the strongest first."""
        column = self.labels.index(label)
        rows, at = self._rows(features)
        known = zip(self._tables[1][rows, column].tolist(), (features[i] for i in at), strict=True)
        return tuple(f for weight, f in sorted(known, key=lambda r: (-r[0], r[1]))[:most] if weight > 0)

    def _rows(self, features: Sequence[str]) -> tuple[npt.NDArray[np.intp], list[int]]:
        """Return the rows of the known ones of `features`, and where in `features` each of them stands."""
        hashes = self._tables[0]
        keys = np.array([key(f) for f in features], dtype=np.uint32)
        rows = np.minimum(np.searchsorted(hashes, keys), max(len(hashes) - 1, 0))
        at = np.flatnonzero(hashes[rows] == keys) if len(hashes) else np.zeros(0, dtype=np.intp)
        return rows[at], at.tolist()

    def save(self, file: Path) -> int:
        """Write the tables to `file`, byte for byte the same for the same tables; return the bytes."""
        hashes, weights, scale, bias = self._tables
        arrays: dict[str, Any] = {"hashes": hashes, "weights": weights, "scale": scale, "bias": bias}
        np.savez_compressed(file, labels=np.array(self.labels), **arrays)
        return file.stat().st_size

    @classmethod
    def load(cls, file: Path) -> Classifier:
        """Return the classifier written to `file`.

        Raises:
            OSError: No such file.
            ValueError: It holds other tables, or anything but numbers and labels.
        """
        with np.load(file, allow_pickle=False) as tables:
            labels = [str(label) for label in tables["labels"]]
            return cls(labels, tables["hashes"], tables["weights"], tables["scale"], tables["bias"])


def key(feature: str) -> int:
    """Return the hash under which `feature` is known: stable over processes and machines."""
    return zlib.crc32(feature.encode())


@functools.cache
def classifier() -> Classifier:
    """Return the shipped classifier, read once a process."""
    return Classifier.load(MODEL)
