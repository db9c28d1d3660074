"""What every worker is told."""

from __future__ import annotations

from pathlib import Path

from schemas.bus import BusSettings


class WorkerSettings(BusSettings, frozen=True, kw_only=True):
    """Read once, from `LETHE_*`."""

    clinics: Path
    """Folder of clinic files."""
    capacity: int = 64
    """Turns held at once; a full worker leaves its queue."""
    drain_s: int = 25
    """How long held turns may go on after SIGTERM."""
