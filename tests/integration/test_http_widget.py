"""The launcher as clinics' pages fetch it: the newest, a pinned release, the list of releases; and how files travel."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from typing import Any

import httpx
import pytest

from tests.deployment import Deployment

CLINIC = "clinique-lumiere"
REGISTERED = "https://www.clinique-lumiere.example"
LIST = "/v1/widget-release.json"


def get(running: Deployment, path: str, **headers: str) -> httpx.Response:
    """Ask without what the client would add; a header's name is written with underscores."""
    with running.client() as client:
        named = {"accept-encoding": "identity"} | {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(path, headers=named)


@pytest.fixture
def pinned(running: Deployment) -> str:
    return f"/{get(running, LIST).json()['file']}"


def test_the_newest_release_is_served_under_a_name_that_does_not_change(running: Deployment, pinned: str) -> None:
    newest = get(running, "/widget.js")
    assert newest.content == get(running, pinned).content
    assert newest.headers["content-type"] == "text/javascript; charset=utf-8"
    assert newest.headers["cache-control"] == "public, max-age=300, no-transform"


def test_a_release_is_kept_for_ever_under_its_contents_name(running: Deployment, pinned: str) -> None:
    release = get(running, pinned)
    assert pinned == f"/widget.{hashlib.sha256(release.content).hexdigest()[:16]}.js"
    assert release.headers["cache-control"] == "public, max-age=31536000, immutable, no-transform"


def test_every_listed_release_is_what_its_integrity_says(running: Deployment) -> None:
    listed = get(running, LIST).json()
    assert {name: listed[name] for name in ("file", "integrity", "released")} == listed["releases"][0]
    for release in listed["releases"]:
        digest = hashlib.sha384(get(running, f"/{release['file']}").content).digest()
        assert release["integrity"] == "sha384-" + base64.b64encode(digest).decode()


@pytest.mark.parametrize("path", ["/widget.0123456789abcdef.js", "/widget..js", "/widget.map", "/releases.json"])
def test_an_unknown_release_is_not_found(running: Deployment, path: str) -> None:
    answer = get(running, path)
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("origin", ["", REGISTERED, "https://stranger.example"], ids=["none", "registered", "stranger"])
def test_any_page_may_check_integrity_and_caches_keep_one_copy_for_all(
    running: Deployment, pinned: str, origin: str
) -> None:
    for path in ("/widget.js", pinned, LIST):
        answer = get(running, path, **({"origin": origin} if origin else {}))
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert answer.headers.get_list("vary") == ["accept-encoding"]
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"


def static_links(running: Deployment) -> list[str]:
    return re.findall(r'(?:src|href)="(/static/[^"]+)"', get(running, f"/embed/{CLINIC}").text)


def test_scripts_and_styles_travel_compressed_where_that_is_understood(running: Deployment, pinned: str) -> None:
    for path in ("/widget.js", pinned, *static_links(running)):
        plain, packed = get(running, path), get(running, path, accept_encoding="br, gzip")
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == plain.content  # the client unpacks
        assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 9, mtime=0))
        assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"


def test_what_visitors_are_answered_is_not_compressed(running: Deployment) -> None:
    for path in (f"/embed/{CLINIC}", "/readyz"):
        assert "content-encoding" not in get(running, path, accept_encoding="gzip").headers


@pytest.mark.parametrize("path", ["/widget.js", LIST])
def test_a_cache_that_asks_again_is_told_in_a_word_that_nothing_changed(running: Deployment, path: str) -> None:
    first = get(running, path)
    again = get(running, path, if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    kept = ("etag", "vary", "cache-control", "access-control-allow-origin")
    assert {name: again.headers[name] for name in kept} == {name: first.headers[name] for name in kept}
    assert get(running, path, if_none_match='"another"').status_code == 200


def test_head_says_how_long_the_launcher_is(running: Deployment, pinned: str) -> None:
    for path in ("/widget.js", pinned, LIST):
        with running.client() as client:
            answer = client.head(path, headers={"accept-encoding": "identity"})
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) == len(get(running, path).content)


def test_openapi_says_what_the_list_of_releases_holds(running: Deployment) -> None:
    described: Any = get(running, "/schema/openapi.json").json()
    answers = described["paths"][LIST]["get"]["responses"]
    schema = answers["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    listed = get(running, LIST).json()
    assert set(described["components"]["schemas"][schema]["properties"]) == set(listed)
