"""Which pages may talk to the gateway: exact scheme, host and port."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cluster import Cluster
from tests.deployment import Deployment

CLINIC = "clinique-lumiere"
LISTED = "https://www.clinique-lumiere.example"
FOREIGN = "https://www.huidkliniek-noord.example"
"""Listed by the other demo clinic."""
PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}

OPEN_TO = [
    LISTED,
    "https://clinique-lumiere.example",
    "https://test.clinique-lumiere.example:8443",
    "http://127.0.0.1:{port}",
    "http://localhost:{port}",
]
CLOSED_TO = {
    "http://www.clinique-lumiere.example": "another scheme",
    "https://www.clinique-lumiere.example:8443": "another port",
    "https://test.clinique-lumiere.example": "the port left out",
    "https://www.clinique-lumiere.example:443": "the default port written",
    "https://www.clinique-lumiere.example.evil.example": "the name as a prefix",
    "https://evil-clinique-lumiere.example": "the name as a suffix",
    "https://a.www.clinique-lumiere.example": "a subdomain",
    "https://WWW.clinique-lumiere.example": "capitals, which no browser sends",
    "https://www.clinique-lumiere.example/": "a slash",
    "https://www.clinique-lumiere.example https://evil.example": "two",
    "https://127.0.0.1:{port}": "our own, but https",
    "http://127.0.0.1:1": "our own host, another port",
    "http://127.0.0.1": "our own host, no port",
    "http://evil.example": "somebody else",
    "null": "a sandboxed frame or a file",
    "": "empty",
}


def every_route(running: Deployment, origin: str | None) -> dict[str, httpx.Response]:
    """Ask each route that a page calls, as a page at `origin` would."""
    headers = {} if origin is None else {"origin": origin.format(port=running.port)}
    session = running.open_session(CLINIC)
    bodies: dict[str, Any] = {
        "/v1/sessions": {"clinic": CLINIC},
        "/v1/sessions/resume": {"session": session},
        "/v1/turns": {"session": session, "message": "how much is botox?"},
    }
    with running.client(headers=headers) as client:
        return {path: client.post(path, json=body) for path, body in bodies.items()}


def preflight(running: Deployment, origin: str, path: str = "/v1/turns") -> httpx.Response:
    with running.client() as client:
        return client.options(path, headers=PREFLIGHT | {"origin": origin.format(port=running.port)})


@pytest.mark.parametrize("origin", OPEN_TO)
def test_a_registered_page_may_use_every_route(running: Deployment, origin: str) -> None:
    answers = every_route(running, origin)
    assert [answer.status_code for answer in answers.values()] == [201, 200, 200]
    for answer in answers.values():
        assert answer.headers["access-control-allow-origin"] == origin.format(port=running.port)
        assert "origin" in answer.headers["vary"].lower()
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", CLOSED_TO, ids=CLOSED_TO.values())
def test_any_other_page_may_use_none(running: Deployment, origin: str) -> None:
    for answer in every_route(running, origin).values():
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "origin_not_allowed"
        assert "evil" not in answer.text
        assert "access-control-allow-origin" not in answer.headers


def test_a_page_of_another_clinic_is_refused_in_words_that_it_may_read(running: Deployment) -> None:
    for answer in every_route(running, FOREIGN).values():
        assert answer.status_code == 403
        assert answer.json()["code"] == "origin_not_allowed"
        assert answer.headers["access-control-allow-origin"] == FOREIGN


def test_a_page_of_another_clinic_does_not_learn_what_a_token_holds(running: Deployment) -> None:
    end = running.ask(running.open_session(CLINIC), "combien coûte le botox ?")[-1][1]
    with running.client(headers={"origin": FOREIGN}) as client:
        answer = client.post("/v1/sessions/resume", json={"session": end["session"]})
    assert answer.status_code == 403
    assert "botox" not in answer.text


def test_no_origin_is_accepted_where_lethe_up_listens(running: Deployment) -> None:
    answers = every_route(running, None)
    assert [answer.status_code for answer in answers.values()] == [201, 200, 200]
    assert not [answer for answer in answers.values() if "access-control-allow-origin" in answer.headers]


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/resume", "/v1/turns"])
@pytest.mark.parametrize("origin", [*OPEN_TO, FOREIGN])
def test_a_preflight_of_a_registered_page_is_answered(running: Deployment, path: str, origin: str) -> None:
    answer = preflight(running, origin, path)
    assert answer.status_code in {200, 204}
    assert answer.content == b""
    assert answer.headers["access-control-allow-origin"] == origin.format(port=running.port)
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "content-type" in answer.headers["access-control-allow-headers"].lower()
    assert "origin" in answer.headers["vary"].lower()
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", CLOSED_TO, ids=CLOSED_TO.values())
def test_a_preflight_of_any_other_page_is_not(running: Deployment, origin: str) -> None:
    answer = preflight(running, origin)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_name_that_points_at_us_is_not_ours(running: Deployment) -> None:
    """DNS rebinding: the browser takes evil.example for the page's own origin and sends it as both."""
    headers = {"origin": "http://evil.example", "host": "evil.example"}
    with running.client(headers=headers) as client:
        assert client.post("/v1/sessions", json={"clinic": CLINIC}).status_code == 403


async def test_elsewhere_a_missing_origin_is_refused(tmp_path: Path) -> None:
    """A gateway as containers run it: without the permission, and without loopback among the origins."""
    env = {"LETHE_ALLOW_NO_ORIGIN": "", "LETHE_OWN_ORIGINS": ""}
    async with Cluster(tmp_path, env=env) as cluster:
        await cluster.start_all("gateway")
        port = cluster.machine.port
        async with cluster.client() as client:

            async def opened(origin: str | None) -> httpx.Response:
                headers = {} if origin is None else {"origin": origin}
                return await client.post("/v1/sessions", json={"clinic": CLINIC}, headers=headers)

            missing, listed = await opened(None), await opened(LISTED)
            unlisted = await opened(f"http://127.0.0.1:{port}")
            turn = {"session": listed.json()["session"], "message": "hello"}
            no_origin = await client.post("/v1/turns", json=turn)
            resume = await client.post("/v1/sessions/resume", json={"session": turn["session"]})
    assert listed.status_code == 201
    for answer in (missing, unlisted, no_origin, resume):
        assert answer.status_code == 403
        assert answer.json()["code"] == "origin_not_allowed"
