"""The LLM worker's settings."""

from __future__ import annotations

from pathlib import Path

from workers.llm.provider import Dialect
from workers.runtime.settings import WorkerSettings


class LlmSettings(WorkerSettings, frozen=True, kw_only=True):
    """Read once, from `LETHE_*`; without a base URL or key there is no provider."""

    edge_key_router_llm: Path
    """Key file of the edge from the router."""
    llm_base_url: str = ""
    """Any OpenAI-compatible endpoint, e.g. ``https://api.openai.com/v1``."""
    llm_api_key: str = ""
    llm_model: str = "gpt-4o-mini"
    llm_dialect: Dialect = "openai"
    """``compatible`` for servers that refuse OpenAI's own parameters (`store`, `max_completion_tokens`)."""
