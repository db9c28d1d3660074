"""What commands ask the analytics process to do, over its loopback port, with the operator's token."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
import httpx

from deploy.up.plan import ROOT

URL: Final = "http://127.0.0.1:8001"
DATA: Final = ROOT / ".lethe"
_LIMIT_S: Final = 900
"""Synthetic events of a large clinic take minutes."""


def post(url: str, data: Path, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Post `body` as JSON and return what is answered.

    Args:
        url: The analytics process, without a path.
        data: The folder of `lethe up`, which holds the token.
        path: What is asked for.
        body: What is sent.

    Raises:
        click.ClickException: The process is not there, or refuses.
    """
    try:
        token = (data / "keys" / "analytics.token").read_text("ascii").strip()
    except OSError:
        raise click.ClickException("--data: holds no token; is `lethe up` running with this folder?") from None
    try:
        response = httpx.post(
            url.rstrip("/") + path,
            json=dict(body),
            headers={"authorization": f"Bearer {token}"},
            timeout=_LIMIT_S,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        raise click.ClickException(f"analytics: {type(error).__name__}; is `lethe up` running?") from None
    if response.is_error:
        raise click.ClickException(_refusal(response))
    return response.json()


def _refusal(response: httpx.Response) -> str:
    try:
        problem: dict[str, Any] = response.json()
    except ValueError:
        problem = {}
    return f"analytics: {problem.get('detail') or problem.get('code') or response.status_code}"
