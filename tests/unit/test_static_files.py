"""Static files: addressed by their content, compressed once, served as the client can read them."""

import gzip
import re
from types import SimpleNamespace
from typing import Any

import pytest

from gateway import static_files
from gateway.static_files import StaticFile, served, takes_gzip

FILE = StaticFile.of(b"body { color: red }" * 99, "text/css")


def asked(**headers: str) -> Any:
    return SimpleNamespace(headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_static_address_changes_with_any_static_file(monkeypatch):
    before = static_files.static_url("demo.css")
    changed = static_files.static_files() | {"demo.js": StaticFile.of(b"// new", "text/javascript")}
    monkeypatch.setattr(static_files, "static_files", lambda: changed)
    static_files.static_hash.cache_clear()
    try:
        assert static_files.static_url("demo.css") != before
    finally:
        static_files.static_hash.cache_clear()


@pytest.mark.parametrize("name", ["", "nothing.js", "texts.toml", "embed.html", "releases.json", "/etc/hosts"])
def test_nothing_but_scripts_and_stylesheets_has_an_address(name):
    with pytest.raises(KeyError):
        static_files.static_url(name)


def test_the_built_conversation_is_served():
    assert {"conversation.js", "conversation.css"} <= static_files.static_files().keys()


def test_every_script_that_a_script_imports_is_served():
    files = static_files.static_files()
    for file in files.values():
        for imported in re.findall(rb'from ?"\./([\w.]+)"', file.body):
            assert files[imported.decode()].media_type == "text/javascript"


@pytest.mark.parametrize(
    "accepted, taken",
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("GZIP", True),
        ("gzip ; q=1", True),
        ("", False),
        ("br", False),
        ("x-gzipped", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
    ],
)
def test_gzip_is_sent_to_those_alone_who_take_it(accepted, taken):
    assert takes_gzip(accepted) is taken
    response = served(FILE, asked(accept_encoding=accepted), {})
    assert (response.headers.get("content-encoding") == "gzip") is taken
    assert (gzip.decompress(response.content) if taken else response.content) == FILE.body


def test_compressing_the_same_twice_gives_the_same_bytes():
    assert StaticFile.of(FILE.body, "text/css") == FILE
    assert len(FILE.gzipped) < len(FILE.body)


def test_who_has_it_already_is_told_so_with_what_a_cache_needs():
    response = served(FILE, asked(if_none_match=f'"other", {FILE.etag}'), {"cache-control": "public"})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers == {"cache-control": "public", "etag": FILE.etag, "vary": "accept-encoding"}


def test_who_has_another_one_is_sent_this_one():
    assert served(FILE, asked(if_none_match='W/"0123456789abcdef"'), {}).content == FILE.body
