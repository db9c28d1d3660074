"""What one system takes of a process of its own: `python -m tests.bench.sanitiser_process NAME` prints it as JSON.

Imports of presidio and spaCy come first and are timed apart; memory is read after some hundred messages.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

import msgspec

MESSAGES: Final = 300
"""Analysed before memory is read: the first ones build tables."""


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """A system in a process of its own."""

    imports_s: float
    """Importing presidio and spaCy."""
    imports_mb: float
    """Resident memory after that."""
    load_s: float
    """Everything further until the first answer."""
    rss_mb: float
    """Resident memory at the end."""


def measure(name: str) -> Process:
    """Load the system `name` in this process, which must be new, and let it work."""
    begun = time.perf_counter()
    import presidio_analyzer  # noqa: F401, PLC0415  # timed
    import spacy  # noqa: F401, PLC0415

    imports_s, imports_mb = time.perf_counter() - begun, _rss_mb()
    begun = time.perf_counter()
    from tests.bench.sanitiser_systems import SYSTEMS  # noqa: PLC0415

    system = SYSTEMS[name]()
    load_s = time.perf_counter() - begun
    from schemas.taxonomy import SPOKEN  # noqa: PLC0415  # no part of the load
    from tests.corpus.annotated import messages  # noqa: PLC0415

    for language in SPOKEN:
        for message in messages(language, "dev")[: MESSAGES // len(SPOKEN)]:
            system.hidden(message.text, clinic=message.clinic)
    return Process(imports_s=imports_s, imports_mb=imports_mb, load_s=load_s, rss_mb=_rss_mb())


def _rss_mb() -> float:
    """Return the resident memory of this process in megabytes (10⁶ bytes)."""
    status = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measure(sys.argv[1])))
