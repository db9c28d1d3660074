"""The list of the launcher's releases, as the gateway reads it."""

import datetime as dt
import json
import shutil

import pytest

from gateway.releases import FOLDER, LIST, integrity, read_releases
from gateway.static_files import BUILT


@pytest.fixture
def built(tmp_path):
    shutil.copy(BUILT / LIST, tmp_path)
    shutil.copytree(BUILT / FOLDER, tmp_path / FOLDER)
    return tmp_path


def listed(built):
    return json.loads((built / LIST).read_text())


def test_the_newest_is_the_first_of_the_list(built):
    (built / FOLDER / "widget.0123456789abcdef.js").write_bytes(b"old")
    old = {"file": "widget.0123456789abcdef.js", "integrity": integrity(b"old"), "released": "2026-01-31"}
    (built / LIST).write_text(json.dumps([*listed(built), old]))
    releases = read_releases(built)
    assert [release.file for release in releases] == [entry["file"] for entry in listed(built)]
    (*_, last) = releases
    assert last.released == dt.date(2026, 1, 31)
    assert releases[last] == b"old"


def test_a_file_that_was_changed_is_not_served(built):
    file = listed(built)[0]["file"]
    (built / FOLDER / file).write_bytes(b"something else")
    with pytest.raises(ValueError, match=rf"{file}: not what its integrity"):
        read_releases(built)


@pytest.mark.parametrize("text", ["", "{}", '[{"file": "../secret"}]', '[{"file": 1}]', "[1]"])
def test_a_malformed_list_is_named(built, text):
    (built / LIST).write_text(text)
    with pytest.raises(ValueError, match=rf"^{LIST}: malformed$"):
        read_releases(built)


def test_an_empty_list_says_what_to_run(built):
    (built / LIST).write_text("[]")
    with pytest.raises(ValueError, match="npm run build"):
        read_releases(built)
