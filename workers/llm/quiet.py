"""The one place that silences the AI client's libraries: their debug lines may quote requests, so prompts."""

from __future__ import annotations

import logging
from typing import Final

SILENCED: Final = ("openai", "httpx", "httpx2", "httpcore", "httpcore2", "aiohttp", "bm25s")
"""Logger trees that never reach a handler, at any level of ours and whatever `OPENAI_LOG` says."""


def silence_clients() -> None:
    """Cut the trees of `SILENCED` off from every handler, parents and children alike.

    A disabled logger alone would not do: its children hand their records straight to the root's handlers.
    """
    for name in SILENCED:
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        logger.disabled = True
