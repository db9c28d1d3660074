"""The bench itself runs, and leaves no gap in its tables. No time is asserted: machines differ."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from litestar.response import ServerSentEventMessage

from deploy.up.plan import ROOT
from tests.bench.echo_server import event_of
from tests.bench.http_load import events_of
from tests.bench.shapes import SHAPES
from tests.bench.systems import OURS, SYSTEMS, Measured
from tests.bench.turn import RATIOS, ratios


@pytest.mark.long
def test_a_tiny_bench_fills_both_tables(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    argv = ["-m", "tests.bench.turn", "--turns", "500", "--rounds", "1", "--at-once", "1,4", "--json", str(file)]
    ran = subprocess.run([sys.executable, *argv], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(file.read_text("utf-8"))
    cases = {(shape, at_once) for shape in SHAPES for at_once in (1, 4)}
    assert {(row["shape"], row["at_once"]) for row in report["ratios"]} == cases
    for row in report["ratios"]:
        assert set(row["ratios"]) == {compared.name for compared in RATIOS}
        assert all(value > 0 for value in row["ratios"].values())
    assert {(row["system"], row["shape"], row["at_once"]) for row in report["medians"]} == {
        (system, *case) for system in SYSTEMS for case in cases
    }
    assert len(report["events"]["streamed"]) > len(report["events"]["deterministic"]) > 1


def _measured(system: str, cpu_us: float) -> Measured:
    return Measured(
        system=system, shape="deterministic", at_once=1, turns_s=1, p50_ms=1, p99_ms=1, cpu_us=cpu_us, load_cpu_us=1
    )


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    """A minute in which everything took ten times as long does not show."""
    rounds = [(200, 100), (2000, 1000), (330, 110)]
    runs = [_measured(system, ours if system == OURS else theirs) for ours, theirs in rounds for system in SYSTEMS]
    (row,) = ratios(runs)
    assert row.rounds["CPU ÷ echo"] == [2, 2, 3]
    assert row.ratios["CPU ÷ echo"] == 2


@pytest.mark.parametrize("size", [64, 256, 1024])
def test_an_echoed_event_is_as_large_as_the_flush_it_stands_for(size: int) -> None:
    name, data = event_of(size, "done")
    assert len(ServerSentEventMessage(event=name, data=data).encode()) == size


def test_the_events_of_a_response_are_counted_with_their_padding_and_without_their_framing() -> None:
    assert events_of(b"HTTP/1.1 200 OK\r\n\r\nc\r\nevent: a\n: :\r\n8\r\nevent: b\r\n0\r\n\r\n") == [12, 8]
