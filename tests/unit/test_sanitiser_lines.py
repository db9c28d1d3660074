"""JSON Lines in, JSON Lines out."""

from __future__ import annotations

import json
from unittest.mock import patch

import pytest

from deploy.weights import weights
from schemas.taxonomy import Language
from workers.sanitiser import presidio
from workers.sanitiser.engine import Engine
from workers.sanitiser.keep import KeepWords, keep_words
from workers.sanitiser.lines import sanitise_line


def clinics_keep(clinic: str | None) -> KeepWords:
    return {None: keep_words(None), "known": keep_words(None)}[clinic]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(weights())


def out(engine: Engine, line: bytes) -> dict[str, object]:
    written = sanitise_line(line, number=7, engine=engine, clinics_keep=clinics_keep, language=Language.EN)
    assert b"\n" not in written
    return json.loads(written)


def test_a_line_comes_back_clean_with_offsets_in_the_input(engine: Engine):
    text = "😀 my name is priya"
    line = json.dumps({"text": text, "id": 12345678901234567890123, "more": {"a": [1.50]}}).encode()
    written = out(engine, line)
    assert written == {
        "text": "😀 my name is [name hidden]",
        "id": 12345678901234567890123,
        "more": {"a": [1.5]},
        "language": "en",
        "findings": [{"entity": "name", "start": 13, "end": 18}],
    }


def test_the_language_is_heard_and_the_lines_own_hint_goes_before(engine: Engine):
    assert out(engine, b'{"text": "doet u botox en wat kost dat"}')["language"] == "nl"
    assert out(engine, b'{"text": "ok", "language": "de", "clinic": "known"}')["language"] == "de"


def test_there_is_no_limit_on_length(engine: Engine):
    text = "how much is botox? " * 300 + "my name is priya"
    written = out(engine, json.dumps({"text": text}).encode())
    assert written["text"] == text.replace("priya", "[name hidden]")


@pytest.mark.parametrize(
    "line, field",
    [
        pytest.param(b"Canary", "", id="not JSON"),
        pytest.param(b'["Canary"]', "", id="no object"),
        pytest.param(b"", "", id="empty"),
        pytest.param(b'{"text": "Canary \xff"}', "text", id="not UTF-8"),
        pytest.param(b'{"text": "\\ud800 Canary"}', "", id="half a surrogate pair"),
        pytest.param(b'{"Canary": 1}', "text", id="no text"),
        pytest.param(b'{"text": ["Canary"]}', "text", id="text of another type"),
        pytest.param(b'{"text": "Canary", "language": "Canary"}', "language", id="unknown language"),
        pytest.param(b'{"text": "Canary", "clinic": "Canary"}', "clinic", id="unknown clinic"),
        pytest.param(b'{"text": "Canary", "clinic": 3}', "clinic", id="clinic of another type"),
    ],
)
def test_a_bad_line_names_its_field_and_nothing_of_its_content(engine: Engine, line: bytes, field: str):
    assert out(engine, line) == {"error": {"line": 7, "field": field}}


def test_a_failed_analysis_never_echoes_the_text(engine: Engine):
    with patch.object(presidio, "matches", side_effect=RuntimeError("Canary")):
        assert out(engine, b'{"text": "Canary"}') == {"error": {"line": 7, "field": "text"}}
