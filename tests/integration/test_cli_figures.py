"""`lethe clinic token` and `lethe analytics`, as their users meet them."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet
import pytest

from tests.deployment import Deployment, called, lethe

CLINIC, OTHER = "clinique-lumiere", "huidkliniek-noord"
TOKEN = re.compile(r"lethe_[A-Za-z0-9_-]{43}\n")


def token(folder: Path, *words: str) -> Any:
    return called("clinic", "token", *words, "--data", str(folder))


def test_a_token_is_printed_once_and_alone(tmp_path: Path) -> None:
    done = lethe("clinic", "token", CLINIC, "--days", "7", "--data", str(tmp_path))
    assert done.returncode == 0
    assert TOKEN.fullmatch(done.stdout)
    assert re.search(rf"token \d{{6}} of {CLINIC}: valid, until \d{{4}}-\d\d-\d\d", done.stderr)
    secret = done.stdout.strip()
    assert secret not in done.stderr
    file = tmp_path / "keys" / "clinic-tokens.json"
    assert secret not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_tokens_are_listed_without_anything_that_opens(tmp_path: Path) -> None:
    secrets = [token(tmp_path, clinic).stdout.strip() for clinic in (CLINIC, OTHER)]
    number = re.search(r"token (\d{6})", token(tmp_path, CLINIC).stderr)
    assert number
    assert token(tmp_path, CLINIC, "--revoke", number[1]).returncode == 0
    lines = [line.split("\t") for line in token(tmp_path, "--list").stdout.splitlines()]
    assert [(line[1], line[4]) for line in lines] == [(CLINIC, "valid"), (OTHER, "valid"), (CLINIC, "revoked")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for line in lines for day in line[2:4])
    kept = (tmp_path / "keys" / "clinic-tokens.json").read_text()
    hashes = re.findall(r"[0-9a-f]{64}", kept)
    assert len(hashes) == 3
    said = token(tmp_path, "--list").stdout + token(tmp_path, CLINIC, "--list").stdout
    assert not [secret for secret in (*secrets, *hashes) if secret in said]
    assert OTHER not in token(tmp_path, CLINIC, "--list").stdout


@pytest.mark.parametrize("named", ["1", "anna", "lethe_anna"])
def test_a_token_that_is_not_there_is_not_revoked(tmp_path: Path, named: str) -> None:
    done = token(tmp_path, CLINIC, "--revoke", named)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--revoke" in done.stderr
    assert "anna" not in done.stderr


def test_a_file_that_holds_no_tokens_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "clinic-tokens.json"
    file.parent.mkdir()
    file.write_text("anna")
    for words in ((CLINIC,), ("--list",), ("--revoke", "1")):
        done = token(tmp_path, *words)
        assert (done.returncode, done.stdout) == (1, "")
        assert "cannot be read" in done.stderr
        assert "Traceback" not in done.stderr
    assert file.read_text() == "anna"


def test_a_clinics_token_opens_its_figures_where_lethe_up_runs(running: Deployment, tmp_path: Path) -> None:
    secret = token(running.data, CLINIC).stdout
    file = tmp_path / "token"
    file.write_text(secret)
    own = analytics(running, "topics", CLINIC, "--token-file", str(file), "--json")
    assert json.loads(own.stdout)["clinic"] == CLINIC
    other = analytics(running, "topics", OTHER, "--token-file", str(file))
    assert (other.returncode, other.stdout) == (1, "")
    assert "clinic" in other.stderr
    assert token(running.data, CLINIC, "--revoke", secret.strip()).returncode == 0
    with httpx.Client(base_url=running.said["dashboard"], trust_env=False) as client:
        _refused_within_a_second(client, secret.strip())


def _refused_within_a_second(client: httpx.Client, secret: str) -> None:
    for _ in range(1_000):
        reply = client.get(f"/api/clinics/{CLINIC}/nothing", headers={"authorization": f"Bearer {secret}"})
        if reply.status_code == 401:
            return
    raise AssertionError("it still opens")


def analytics(running: Deployment, *words: str) -> Any:
    return called("analytics", *words, "--url", running.said["dashboard"], "--data", str(running.data))


@pytest.fixture(scope="module")
def seeded(running: Deployment) -> Deployment:
    """Some months of invented figures, unless another test has made them."""
    done = analytics(running, "seed", CLINIC, "--days", "100")
    assert done.returncode == 0 or "synthetic" in done.stderr
    return running


def test_topics_are_printed_a_line_each_and_explained_on_stderr(seeded: Deployment) -> None:
    done = analytics(seeded, "topics", CLINIC, "--source", "seed")
    assert done.returncode == 0
    assert all(re.fullmatch(r" *[0-9]+  [a-z_]+", line) for line in done.stdout.splitlines())
    assert len(done.stdout.splitlines()) > 3
    assert "seed turns from" in done.stderr
    assert "groups under 5 conversations are withheld" in done.stderr


def test_topics_as_json_keep_the_keys_that_programs_read(seeded: Deployment) -> None:
    answer = json.loads(analytics(seeded, "topics", CLINIC, "--source", "seed", "--json").stdout)
    keys = {"clinic", "source", "from", "to", "k", "rows", "withheld", "left_out_percent", "since"}
    assert keys <= answer.keys()
    assert answer["withheld"].keys() == {"turns"}
    assert all({"topic", "turns", "firsts"} <= row.keys() for row in answer["rows"])


def test_an_export_honours_what_is_asked_for(seeded: Deployment, tmp_path: Path) -> None:
    asked = ("--source", "seed", "--panel", "intents", "--ending", "answered", "--range", "91d")
    shown = analytics(seeded, "export", CLINIC, *asked)
    lines = list(csv.DictReader(io.StringIO(shown.stdout)))
    assert [*lines[0]] == ["intent", "turns", "firsts", "since", "before"]
    whole = json.loads(analytics(seeded, "export", CLINIC, *asked, "--format", "json").stdout)
    assert whole["filters"]["ending"] == "answered"
    assert [(row["intent"], str(row["turns"])) for row in whole["rows"]] == [
        (line["intent"], line["turns"]) for line in lines if line["intent"] != "withheld"
    ]
    file = tmp_path / "figures.parquet"
    done = analytics(seeded, "export", CLINIC, *asked, "--format", "parquet", "--output", str(file))
    assert (done.returncode, done.stdout) == (0, "")
    assert [str(turns) for turns in pyarrow.parquet.read_table(file)["turns"].to_pylist()] == [
        line["turns"] for line in lines
    ]


@pytest.mark.parametrize(
    "words, said",
    [
        (("topics", CLINIC, "--from", "anna"), "from: cannot be used"),
        (("topics", CLINIC, "--ending", "answered", "--intent", "price"), "at most two dimensions"),
        (("export", CLINIC, "--panel", "anna"), "panel: one of summary"),
        (("export", CLINIC, "--panel", "all"), "panel: one of summary"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_refusal_names_the_parameter_and_is_1(running: Deployment, words: tuple[str, ...], said: str) -> None:
    done = analytics(running, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "anna" not in done.stderr


def test_it_says_when_nobody_is_there(tmp_path: Path) -> None:
    assert "--data: holds no token" in called("analytics", "topics", CLINIC, "--data", str(tmp_path)).stderr
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "analytics.token").write_text("x")
    for url in ("http://127.0.0.1:1", "nowhere"):
        done = called("analytics", "topics", CLINIC, "--data", str(tmp_path), "--url", url)
        assert (done.returncode, done.stdout) == (1, "")
        assert "lethe up" in done.stderr
        assert "Traceback" not in done.stderr
