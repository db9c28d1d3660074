"""What `npm run build` left in `widget/dist/`: small, dated, and what it says it is."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.releases import FOLDER, LIST, read_releases
from gateway.static_files import BUILT

LAUNCHER_BYTES_MAX = 4_096
CONVERSATION_BYTES_MAX = 14_336


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def test_the_launcher_is_no_larger_than_promised():
    newest, *_ = read_releases()
    assert packed(BUILT / FOLDER / newest.file) <= LAUNCHER_BYTES_MAX


def test_the_conversation_with_its_styles_is_no_larger_than_promised():
    assert packed(BUILT / "conversation.js") + packed(BUILT / "conversation.css") <= CONVERSATION_BYTES_MAX


def test_the_newest_release_has_a_date():
    newest, *_ = read_releases()
    assert newest.released is not None, "the launcher was changed; once it is done: cd widget && npm run release"


def test_dates_go_back_from_the_newest_and_only_that_may_lack_one():
    dates = [release.released for release in read_releases()][1:]
    assert None not in dates
    assert dates == sorted((date for date in dates if date), reverse=True)


def test_every_release_is_listed_and_every_listed_one_is_there():
    assert {release.file for release in read_releases()} == {path.name for path in (BUILT / FOLDER).iterdir()}


def test_the_list_is_written_as_a_build_writes_it():
    text = (BUILT / LIST).read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=2) + "\n"


@pytest.mark.parametrize("path", ["conversation.js", *(f"{FOLDER}/{release.file}" for release in read_releases())])
def test_a_built_script_makes_no_markup_of_text_and_runs_none(path: str):
    script = (BUILT / path).read_text("utf-8")
    sinks = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc")
    assert [sink for sink in sinks if sink in script] == []


def test_the_launcher_stores_nothing_and_asks_for_nothing():
    newest, script = next(iter(read_releases().items()))
    words: Any = ("localStorage", "sessionStorage", "indexedDB", "cookie", "fetch(", "XMLHttpRequest", "sendBeacon")
    assert [word for word in (*words, "preconnect", "import(") if word in script.decode()] == [], newest.file
