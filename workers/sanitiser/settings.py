"""The sanitiser's settings."""

from __future__ import annotations

from pathlib import Path

from workers.runtime.settings import WorkerSettings
from workers.sanitiser.profile import Profile


class SanitiserSettings(WorkerSettings, frozen=True, kw_only=True):
    """Read once, from `LETHE_*`."""

    edge_key_gateway_sanitiser: Path
    """Key file of the edge from the gateway."""
    edge_key_sanitiser_router: Path
    """Key file of the edge to the router."""
    rampart: Path
    """The model's file, as `lethe train rampart` writes it."""
    sanitiser_profile: Profile | None = None
    """The profile of all clinics, `eu` or `us`; each clinic's country decides where it is unset."""
