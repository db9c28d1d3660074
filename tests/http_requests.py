"""Requests to a running gateway, and its refusals as the interface promises them."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.deployment import Deployment

JSON = {"content-type": "application/json"}
NEVER = "Vandenbroucke"
"""Stands in bad requests and must not come back."""


def post(deployment: Deployment, path: str, body: Any, headers: dict[str, str] = JSON) -> httpx.Response:
    """Send `body`: bytes as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with deployment.client() as client:
        return client.post(path, content=content, headers=headers)


def assert_problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Hold a refusal to the shape that the interface promises; return it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "code", "detail"} <= problem.keys()
    assert (problem["status"], problem["code"]) == (status, code)
    assert NEVER not in response.text
    return problem
