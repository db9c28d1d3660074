"""The sanitiser's bench runs and leaves no gap in its table. No time and no rate is asserted but what must hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.up.plan import ROOT
from schemas.taxonomy import Entity
from tests.bench.sanitiser_generated import generated, templates
from tests.bench.sanitiser_measured import LENGTHS
from tests.bench.sanitiser_systems import OURS, STOCK, SYSTEMS


@pytest.mark.long
def test_a_tiny_bench_fills_the_table(tmp_path: Path) -> None:
    report_file, table_file = tmp_path / "report.json", tmp_path / "table.md"
    argv = ["-m", "tests.bench.sanitiser", "--part", "dev", "--most", "30", "--texts", "5", "--rounds", "1"]
    argv += ["--json", str(report_file), "--table", str(table_file)]
    ran = subprocess.run([sys.executable, *argv], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(report_file.read_text("utf-8"))
    assert set(report) == set(SYSTEMS)
    for found in report.values():
        assert set(found["times"]["p99_ms"]) == {str(words) for words in LENGTHS}
        assert found["times"]["messages_s"] > 0
        assert found["process"]["rss_mb"] > found["process"]["imports_mb"]
    leaked = {
        name: next(row["share"] for row in found["hand_written"] if row["part"] == "all")
        for name, found in report.items()
    }
    assert leaked[OURS] < leaked[STOCK]
    lines = [line for line in table_file.read_text("utf-8").splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in lines}) == 1
    assert ran.stdout == table_file.read_text("utf-8")


def test_generated_messages_are_the_same_for_the_same_seed() -> None:
    made = generated(rounds=1, seed=5)
    assert made == generated(rounds=1, seed=5)
    assert made != generated(rounds=1, seed=6)
    assert 0.7 * len(list(templates())) < len(made)


def test_generated_marks_hold_the_values_that_were_filled_in() -> None:
    for message in generated(rounds=1, seed=5):
        assert "{{" not in message.text
        for mark in message.marks:
            value = message.text[mark.start : mark.end]
            assert value == value.strip()
            if mark.entity is Entity.EMAIL:
                assert "@" in value
            if mark.entity is Entity.CARD:
                assert value.isdigit()
