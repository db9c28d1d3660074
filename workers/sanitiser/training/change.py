"""What fine-tuning changed of Rampart's weights, as it is kept: differences in four bits, a scale a column.

A tenth of the weights' size in floats. The differences are small: what four bits lose of them is less than what eight
bits lose of the weights themselves when the model is put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from workers.sanitiser.training.base import Matrix

CHANGE: Final = Path(__file__).parents[1] / "data" / "reader.npz"
STEPS: Final = 7
"""Steps on either side of nought."""


def save(moved: Mapping[str, Matrix], base: Mapping[str, Matrix], path: Path) -> None:
    """Write to `path`, replacing it at once, how the weights in `moved` differ from `base`; new ones as they are.

    Raises:
        OSError: It cannot be written.
    """
    kept: dict[str, Any] = {}
    for name, values in moved.items():
        if name not in base or values.ndim == 1:
            kept[name] = values.astype(np.float16)
            continue
        scales = np.abs(values - base[name]).max(axis=0) / STEPS
        kept[f"{name}{_SCALES}"] = scales.astype(np.float16)
        steps = np.rint((values - base[name]) / np.maximum(kept[f"{name}{_SCALES}"].astype(np.float32), _LEAST))
        kept[f"{name}{_STEPS}"] = _packed(np.clip(steps, -STEPS, STEPS).astype(np.int8))
    unfinished = path.with_suffix(".part.npz")
    np.savez_compressed(unfinished, allow_pickle=False, **kept)
    unfinished.replace(path)


def changed(base: Mapping[str, Matrix], path: Path = CHANGE) -> dict[str, Matrix]:
    """Return the weights that fine-tuning moved, by name.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no such file, or belongs to other weights.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path.name}: there is no fine-tuned reader; make one with `lethe train sanitiser`")
    with np.load(path, allow_pickle=False) as stored:
        kept = {name: stored[name] for name in stored.files}
    made: dict[str, Matrix] = {}
    for name, values in kept.items():
        if name.endswith(_SCALES):
            matrix = name.removesuffix(_SCALES)
            if matrix not in base:
                raise ValueError(f"{path.name}: belongs to other weights")
            steps = _unpacked(kept[f"{matrix}{_STEPS}"], base[matrix].shape[1])
            made[matrix] = base[matrix] + steps.astype(np.float32) * values.astype(np.float32)
        elif not name.endswith(_STEPS):
            made[name] = values.astype(np.float32)
    return made


_SCALES, _STEPS = ".scales", ".steps"
_LEAST: Final = 1e-12


def _packed(steps: Any) -> Any:
    """Return `steps` (an even number of columns) two a byte, the left one in the lower half."""
    raised = (steps + STEPS).astype(np.uint8)
    return raised[:, 0::2] | raised[:, 1::2] << 4


def _unpacked(bytes_: Any, columns: int) -> Any:
    steps = np.empty((len(bytes_), columns), dtype=np.int8)
    steps[:, 0::2], steps[:, 1::2] = bytes_ & 0x0F, bytes_ >> 4
    return steps - STEPS
