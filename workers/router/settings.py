"""The router's settings."""

from __future__ import annotations

from pathlib import Path

from workers.runtime.settings import WorkerSettings


class RouterSettings(WorkerSettings, frozen=True, kw_only=True):
    """Read once, from `LETHE_*`."""

    edge_key_sanitiser_router: Path
    """Key file of the edge from the sanitiser."""
    edge_key_router_llm: Path
    """Key file of the edge to the LLM worker."""
