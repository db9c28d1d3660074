"""Pages, health, the OpenAPI description and metrics, and the headers of everything that is sent."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.taxonomy import Intent
from tests.cluster import Cluster
from tests.deployment import Deployment

CLINIC = "clinique-lumiere"
ORIGINS = {
    "https://www.clinique-lumiere.example",
    "https://clinique-lumiere.example",
    "https://test.clinique-lumiere.example:8443",
}
ROUTES = {"/v1/sessions", "/v1/sessions/resume", "/v1/turns", "/v1/widget-release.json"}


def get(running: Deployment, path: str, **options: Any) -> httpx.Response:
    with running.client() as client:
        return client.get(path, **options)


def policy(response: httpx.Response) -> dict[str, list[str]]:
    """Return the Content-Security-Policy by directive."""
    parts = [part.split() for part in response.headers["content-security-policy"].split(";")]
    return {name: sources for name, *sources in parts}


def linked(html: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/(?:static|embed)[^"]+)"', html)


def test_the_conversation_page_may_be_framed_by_its_clinic_alone(running: Deployment) -> None:
    page = get(running, f"/embed/{CLINIC}")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "x-frame-options" not in page.headers
    frame = set(policy(page)["frame-ancestors"])
    assert frame == ORIGINS | {"'self'", f"http://127.0.0.1:{running.port}", f"http://localhost:{running.port}"}
    assert page.headers["cross-origin-embedder-policy"] == "require-corp"  # or pages that isolate themselves cannot


def test_the_conversation_page_runs_nothing_but_its_own_scripts(running: Deployment) -> None:
    page = get(running, f"/embed/{CLINIC}")
    rules = policy(page)
    assert rules["default-src"] == ["'none'"]
    assert rules["require-trusted-types-for"] == ["'script'"]
    assert "trusted-types" in rules
    for directive in ("script-src", "style-src", "connect-src"):
        assert rules[directive] == ["'self'"]
    assert "<script>" not in page.text
    assert "style=" not in page.text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)


@pytest.mark.parametrize(
    "asked, shown",
    [({"lang": "nl"}, "nl"), ({}, "fr"), ({"lang": "de"}, "fr"), ({"lang": "<b>"}, "fr")],
    ids=["spoken", "not said", "not spoken", "nonsense"],
)
def test_the_conversation_page_speaks_the_visitors_language(running: Deployment, asked: Any, shown: str) -> None:
    page = get(running, f"/embed/{CLINIC}", params=asked)
    assert f'<html lang="{shown}">' in page.text
    assert "<b>" not in page.text


@pytest.mark.parametrize("page", ["embed", "demo"])
def test_what_a_page_links_to_is_there_and_may_be_kept(running: Deployment, page: str) -> None:
    links = linked(get(running, f"/{page}/{CLINIC}").text)
    static = [link for link in links if link.startswith("/static/")]
    assert len(static) >= 2
    for link in links:
        file = get(running, link)
        assert file.status_code == 200
        assert file.headers["x-content-type-options"] == "nosniff"
        assert ("immutable" in file.headers["cache-control"]) is (link in static)


def test_a_page_of_another_version_gets_a_script_that_nobody_keeps(running: Deployment) -> None:
    """Two versions serve side by side while a new one is rolled out: either may be asked for the other's files."""
    link = next(link for link in linked(get(running, f"/embed/{CLINIC}").text) if link.endswith(".js"))
    _, _, digest, name = link.split("/")
    other = get(running, f"/static/{'0' * len(digest)}/{name}")
    assert other.content == get(running, link).content
    assert other.headers["cache-control"] == "no-store"


def test_no_other_file_is_served(running: Deployment) -> None:
    link = next(link for link in linked(get(running, f"/embed/{CLINIC}").text) if link.endswith(".js"))
    _, _, digest, _ = link.split("/")
    for path in (f"/static/{digest}/nothing.js", f"/static/{digest}/..%2f..%2fsettings.py"):
        answer = get(running, path)
        assert answer.status_code == 404
        assert "immutable" not in answer.headers.get("cache-control", "")


def test_the_demo_page_shows_the_clinic_and_its_chat(running: Deployment) -> None:
    page = get(running, f"/demo/{CLINIC}")
    assert page.status_code == 200
    assert "Clinique Lumière" in page.text
    assert f'<script src="/widget.js" data-clinic="{CLINIC}"' in page.text


def test_the_demo_page_is_never_kept_since_it_says_whether_the_clinic_is_open(running: Deployment) -> None:
    page = get(running, f"/demo/{CLINIC}")
    assert re.search(r'class="status( open)?">(Ouvert|Fermé)', page.text)
    assert page.headers["cache-control"] == "no-store"


async def test_where_demo_is_off_there_is_no_demo_page(tmp_path: Path) -> None:
    async with Cluster(tmp_path, env={"LETHE_DEMO": "0"}) as cluster:
        await cluster.start_all("gateway")
        async with cluster.client() as client:
            demo, embed = await client.get(f"/demo/{CLINIC}"), await client.get(f"/embed/{CLINIC}")
            ready = await client.get("/readyz")
            cluster.kill("nats")
            deadline = time.monotonic() + 5
            while (gone := await client.get("/readyz")).status_code == 200:
                assert time.monotonic() < deadline
            alive = await client.get("/livez")
    assert demo.status_code == 404
    assert embed.status_code == 200
    assert (ready.status_code, gone.status_code, alive.status_code) == (200, 503, 200)


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health_is_said(running: Deployment, path: str) -> None:
    answer = get(running, path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


def test_openapi_lists_every_route_with_what_it_takes(running: Deployment) -> None:
    described = get(running, "/schema/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert set(described["paths"]) == ROUTES
    wanted = {"/v1/sessions": {"clinic"}, "/v1/sessions/resume": {"session"}, "/v1/turns": {"session", "message"}}
    for path, fields in wanted.items():
        schema = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        named = described["components"]["schemas"][schema["$ref"].rsplit("/", maxsplit=1)[-1]]
        assert fields == set(named["required"])


def test_openapi_describes_streams_and_refusals_as_they_are(running: Deployment) -> None:
    described = get(running, "/schema/openapi.json").json()["paths"]["/v1/turns"]["post"]["responses"]
    assert list(described["200"]["content"]) == ["text/event-stream"]
    assert {"400", "401", "403", "413", "415", "429", "503"} <= described.keys()
    assert list(described["400"]["content"]) == ["application/problem+json"]


def test_the_schema_page_needs_nobody_else(running: Deployment) -> None:
    assert not re.findall(r"https://(?!spec\.openapis)[a-z0-9.-]+", get(running, "/schema").text)


@pytest.mark.parametrize("path", ["/", "/nothing", "/v1/nothing", f"/embed/{CLINIC}/nothing", "/embed/nobody"])
def test_what_is_not_there_is_a_problem(running: Deployment, path: str) -> None:
    answer = get(running, path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_an_unknown_path_is_not_quoted(running: Deployment) -> None:
    assert "Vandenbroucke" not in get(running, "/Vandenbroucke?q=Vandenbroucke").text


@pytest.mark.parametrize("method, path", [("GET", "/v1/turns"), ("PUT", "/v1/sessions"), ("DELETE", "/livez")])
def test_another_method_is_a_problem(running: Deployment, method: str, path: str) -> None:
    with running.client() as client:
        answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


def test_another_methods_refusal_names_the_right_one(running: Deployment) -> None:
    assert "POST" in get(running, "/v1/turns").headers["allow"]


@pytest.mark.parametrize("path", ["/livez", "/readyz", f"/embed/{CLINIC}"])
def test_head_is_get_without_a_body(running: Deployment, path: str) -> None:
    with running.client() as client:
        answer = client.head(path)
    assert answer.status_code == 200
    assert answer.content == b""


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", f"/embed/{CLINIC}"),
        ("GET", f"/demo/{CLINIC}"),
        ("GET", f"/embed/{CLINIC}/theme.css"),
        ("GET", "/embed/nobody"),
        ("GET", "/livez"),
        ("GET", "/readyz"),
        ("GET", "/schema/openapi.json"),
        ("POST", "/v1/sessions"),
        ("POST", "/v1/turns"),
        ("OPTIONS", "/v1/turns"),
        pytest.param("GET", "/nothing"),
        pytest.param("GET", "/v1/turns"),
    ],
)
def test_every_response_has_the_headers_of_caution(running: Deployment, method: str, path: str) -> None:
    with running.client() as client:
        answer = client.request(method, path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] in {"no-referrer", "same-origin", "strict-origin"}
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors" in answer.headers["content-security-policy"]
    assert "permissions-policy" in answer.headers
    assert "cache-control" in answer.headers
    assert not {"set-cookie", "server", "x-powered-by"} & {name.lower() for name in answer.headers}


def test_a_page_may_read_why_a_path_is_unknown(running: Deployment) -> None:
    origin = min(ORIGINS)
    answer = get(running, "/v1/nothing", headers={"origin": origin})
    assert answer.headers["access-control-allow-origin"] == origin


def test_readiness_is_declared_as_what_it_is(running: Deployment) -> None:
    answer = get(running, "/readyz")
    assert answer.headers["content-type"].startswith("text/plain") or json.loads(answer.text)


def test_a_static_file_names_its_charset_once(running: Deployment) -> None:
    for link in linked(get(running, f"/embed/{CLINIC}").text):
        assert get(running, link).headers["content-type"].count("charset") == 1


def test_metrics_name_no_clinic_topic_or_intent(running: Deployment) -> None:
    assert running.ask(running.open_session(CLINIC), "combien coûte le botox ?")[-1][0] == "done"
    address = running.said["metrics"]
    assert address == f"http://127.0.0.1:{running.port + 2}/metrics"
    text = httpx.get(address).text
    assert 'lethe_turns_total{end="done"}' in text
    labels = {name for line in text.splitlines() if not line.startswith("#") for name in re.findall(r"(\w+)=\"", line)}
    assert not labels & {"clinic", "topic", "intent", "language", "origin", "address"}
    values = set(re.findall(r'="([^"]*)"', text))
    spoken = {intent.value for intent in Intent} - {"other", "emergency"}  # a path's name too
    assert not values & (spoken | set(running.clinics) | {"botulinum_toxin"})


def test_metrics_are_not_served_to_visitors(running: Deployment) -> None:
    assert get(running, "/metrics").status_code == 404


def test_no_log_says_who_asked_or_what(running: Deployment) -> None:
    canary = "Qvextharlo"
    origin = min(ORIGINS)
    with running.client(headers={"origin": origin, "user-agent": canary, "x-forwarded-for": "203.0.113.77"}) as client:
        session = client.post("/v1/sessions", json={"clinic": CLINIC}).json()["session"]
        client.post("/v1/turns", json={"session": session, "message": f"{canary}, combien coûte le botox ?"})
        client.get(f"/embed/{canary}")
        client.post("/v1/sessions", json={canary: canary})
    logs = {path.name: path.read_text() for path in (running.data / "logs").glob("*.log")}
    assert len(logs) >= 6
    for name, text in logs.items():
        assert not [word for word in (canary, origin, "203.0.113.77", "POST /", "GET /") if word in text], name
    assert "127.0.0.1" not in logs["gateway-1.log"]
