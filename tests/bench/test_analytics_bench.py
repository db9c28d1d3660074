"""The bench of figures runs and leaves no gap. No time is asserted: machines differ."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.up.plan import ROOT

QUESTIONS = {"topic", "intent", "ending", "language", "how", "not_offered", "series", "hours", "summary"}


@pytest.mark.long
def test_a_tiny_bench_asks_every_question_of_both_stores(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    argv = ["-m", "tests.bench.analytics", "--events", "20000", "--json", str(file)]
    ran = subprocess.run([sys.executable, *argv], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    for report in json.loads(file.read_text("utf-8")):
        assert report["events"] >= 20_000
        assert report["blocks"] > 0
        assert report["inserts"]["rows_s"] > 0
        assert set(report["questions"]) == QUESTIONS
        for row in report["questions"].values():
            assert row["published"]["p95_ms"] >= row["published"]["p50_ms"] > 0
