"""What a turn costs the gateway, as ratios to named baselines of the same run.

``python -m tests.bench.turn [--turns N] [--rounds N] [--at-once 1,32,256] [--json FILE] [--profile]``

Figures of one machine mean little elsewhere, and noise moves them; a ratio of two systems that took turns
minutes apart on the same cores holds. README.md beside this file says what is compared and how to read it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tests.bench.shapes import SHAPES
from tests.bench.systems import ECHO, ECHO_HYGIENE, OURS, RAW, SYSTEMS, Bench, Measured, running

AT_ONCE: Final = (1, 32, 256)
TOP: Final = 25
"""Functions that each list of a profile names."""


class Compared(NamedTuple):
    """One ratio: the gateway's figure through a baseline's."""

    name: str
    field: str
    baseline: str


RATIOS: Final = (
    Compared("CPU ÷ echo", "cpu_us", ECHO),
    Compared("CPU ÷ echo+alloc", "cpu_us", ECHO_HYGIENE),
    Compared("CPU ÷ raw", "cpu_us", RAW),
    Compared("turns/s ÷ echo", "turns_s", ECHO),
    Compared("turns/s ÷ echo+alloc", "turns_s", ECHO_HYGIENE),
    Compared("turns/s ÷ raw", "turns_s", RAW),
)


class Ratio(msgspec.Struct, kw_only=True):
    """One row of the ratio table: medians over the rounds of each round's own ratio."""

    shape: str
    at_once: int
    ratios: dict[str, float]
    rounds: dict[str, list[float]]
    """Each round's, so that the spread is seen."""


class Report(msgspec.Struct, kw_only=True):
    """A whole run."""

    cores: int
    machine: str
    rounds: int
    turns: int
    exchanges: int
    """Exchanges that each session held."""
    systems: dict[str, str]
    events: dict[str, list[int]]
    """Bytes of each event of a turn, by shape."""
    ratios: list[Ratio]
    medians: list[Measured]
    runs: list[Measured]


class Plan(NamedTuple):
    """How much is measured."""

    turns: int
    rounds: int
    at_once: Sequence[int]
    exchanges: int

    def turns_of(self, shape: str) -> int:
        """Return the turns of one run of `shape`: at least 10."""
        return max(int(self.turns * SHAPES[shape].share), 10)


async def run(folder: Path, plan: Plan) -> Report:
    """Measure every system in turn, round after round."""
    async with running(folder) as bench:
        runs = [each async for each in _rounds(bench, plan)]
        return Report(
            cores=os.cpu_count() or 0,
            machine=f"{platform.machine()}, Python {platform.python_version()}",
            rounds=plan.rounds,
            turns=plan.turns,
            exchanges=plan.exchanges,
            systems=SYSTEMS,
            events={name: wire.events for name, wire in bench.wire.items()},
            ratios=ratios(runs),
            medians=list(medians(runs)),
            runs=runs,
        )


async def _rounds(bench: Bench, plan: Plan):
    for number in range(plan.rounds):
        await bench.open_sessions(2 * plan.turns * len(plan.at_once), exchanges=plan.exchanges)
        if number == 0:
            await bench.count_bytes()
            await bench.start_baselines()
        for shape in SHAPES:
            for at_once in plan.at_once:
                for name in bench.systems:
                    yield await bench.measure(name, shape, at_once=at_once, turns=plan.turns_of(shape))


def _of(runs: Iterable[Measured], system: str, shape: str, at_once: int) -> list[Measured]:
    return [run for run in runs if (run.system, run.shape, run.at_once) == (system, shape, at_once)]


def _cases(runs: Iterable[Measured]) -> list[tuple[str, int]]:
    return list(dict.fromkeys((run.shape, run.at_once) for run in runs))


def ratios(runs: Sequence[Measured]) -> list[Ratio]:
    """Return the ratio table of all rounds."""
    table: list[Ratio] = []
    for shape, at_once in _cases(runs):
        ours = _of(runs, OURS, shape, at_once)
        each = {
            name: [
                getattr(our, field) / getattr(their, field)
                for our, their in zip(ours, _of(runs, baseline, shape, at_once), strict=True)
            ]
            for name, field, baseline in RATIOS
        }
        middle = {name: statistics.median(values) for name, values in each.items()}
        table.append(Ratio(shape=shape, at_once=at_once, ratios=middle, rounds=each))
    return table


def medians(runs: Sequence[Measured]) -> Iterable[Measured]:
    """Yield each system's medians over the rounds."""
    figures = ("turns_s", "p50_ms", "p99_ms", "cpu_us", "load_cpu_us")
    for shape, at_once in _cases(runs):
        for system in SYSTEMS:
            mine = _of(runs, system, shape, at_once)
            values = {name: statistics.median(getattr(run, name) for run in mine) for name in figures}
            yield Measured(system=system, shape=shape, at_once=at_once, **values)


def tables(report: Report) -> str:
    """Return both tables as text."""
    names = [compared.name for compared in RATIOS]
    head = f"{'turn':<14}{'at once':>8}" + "".join(f"{name:>22}" for name in names)
    lines = [
        head,
        *(f"{r.shape:<14}{r.at_once:>8}" + "".join(f"{r.ratios[n]:>22.2f}" for n in names) for r in report.ratios),
    ]
    head = (
        f"{'turn':<14}{'at once':>8}  {'system':<28}{'turns/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}{'load µs':>9}"
    )
    lines += ["", head]
    lines += [
        f"{m.shape:<14}{m.at_once:>8}  {m.system:<28}{m.turns_s:>9.0f}{m.p50_ms:>9.2f}{m.p99_ms:>9.2f}"
        f"{m.cpu_us:>9.0f}{m.load_cpu_us:>9.0f}"
        for m in report.medians
    ]
    return "\n".join(lines)


async def profile(folder: Path, plan: Plan) -> str:
    """Return where the gateway spends its own time in deterministic turns, 32 at once."""
    file = folder / "gateway.profile"
    async with running(folder, profile=file) as bench:
        await bench.open_sessions(2 * plan.turns, exchanges=plan.exchanges)
        await bench.count_bytes()
        await bench.start_baselines()
        await bench.measure(OURS, "deterministic", at_once=32, turns=plan.turns // 10)
        os.kill(bench.gateway_pid, signal.SIGUSR1)
        await bench.measure(OURS, "deterministic", at_once=32, turns=plan.turns)
        os.kill(bench.gateway_pid, signal.SIGUSR1)
    return _shares(file)  # written by the gateway's signal handler, before the gateway drained


def _shares(file: Path) -> str:
    """Return the `TOP` functions by own share of CPU time, then by share with all that they called."""
    samples: dict[str, dict[str, int]] = json.loads(file.read_text("utf-8"))
    own, below = samples["own"], samples["below"]
    total = sum(own.values())
    lines: list[str] = []
    for ranked, by in ((own, "own"), (below, "own and called")):
        top = sorted(ranked.items(), key=lambda item: -item[1])[:TOP]
        lines += ["", f"{'own %':>7}{'all %':>7}  by {by} ({total} samples)"]
        lines += [f"{own.get(name, 0) / total:>7.1%}{below[name] / total:>7.1%}  {name}" for name, _ in top]
    return "\n".join(lines)


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description="What a turn costs the gateway, against named baselines.")
    parser.add_argument("--turns", type=int, default=3000, help="a run of each system")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", default=",".join(map(str, AT_ONCE)))
    parser.add_argument("--exchanges", type=int, default=0, help="exchanges that each session already holds, 0 to 4")
    parser.add_argument("--json", type=Path, help="also write the whole report to this file")
    parser.add_argument("--profile", action="store_true", help="instead: where the gateway's CPU time goes")
    options = parser.parse_args()
    at_once = tuple(int(number) for number in options.at_once.split(","))
    plan = Plan(options.turns, options.rounds, at_once, options.exchanges)
    with tempfile.TemporaryDirectory(prefix="lethe-bench-") as folder:
        if options.profile:
            print(asyncio.run(profile(Path(folder), plan)))
            return
        report = asyncio.run(run(Path(folder), plan))
    print(tables(report))
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)))


if __name__ == "__main__":
    main()
