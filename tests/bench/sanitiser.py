"""The sanitiser against stock Presidio: one process, one core, one run.

    python -m tests.bench.sanitiser                                   # the table, some minutes
    python -m tests.bench.sanitiser --json report.json --table table.md

On the blind, hand-written test parts of `tests/corpus/pii/`, of which only rates are shown, and apart from them on
generated messages out of our domain. Times are CPU times: what a neighbour takes of the core does not show; each system
has one thread, as in the containers. Memory and load time are each system's in a process of its own.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import click
import msgspec

from deploy.up.plan import ROOT
from tests.bench.sanitiser_generated import generated
from tests.bench.sanitiser_measured import Measured, quality, quality_generated, times
from tests.bench.sanitiser_process import Process
from tests.bench.sanitiser_systems import SYSTEMS
from tests.bench.sanitiser_table import table
from tests.corpus.annotated import Part

_SEED = 20_261_122


@click.command()
@click.option("--part", type=click.Choice(["dev", "test"]), default="test", help="Of the hand-written corpora.")
@click.option("--most", type=int, default=None, help="Messages a language; all by default.")
@click.option("--texts", type=int, default=200, help="Texts of each length that are timed.")
@click.option("--rounds", type=int, default=2, help="Times that each template is filled.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write every figure here.")
@click.option("--table", "table_file", type=click.Path(path_type=Path), help="Write the Markdown table here.")
def command(
    *, part: Part, most: int | None, texts: int, rounds: int, json_file: Path | None, table_file: Path | None
) -> None:
    """Measure all systems and print the table."""
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)  # it warns of every language that it leaves out
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    measured = measure(part, most=most, texts=texts, rounds=rounds)
    if json_file:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(measured)) + b"\n")
    shown = table(measured)
    if table_file:
        table_file.write_text(shown, "utf-8")
    sys.stdout.write(shown)


def measure(part: Part, *, most: int | None, texts: int, rounds: int) -> dict[str, Measured]:
    """Return what is known of every system, by name."""
    processes = {name: _alone(name) for name in SYSTEMS}
    systems = {name: load() for name, load in SYSTEMS.items()}
    hand_written = {name: quality(system, part, most=most) for name, system in systems.items()}
    rows = generated(rounds=rounds, seed=_SEED)[:most]
    out_of_domain = {name: quality_generated(system, rows) for name, system in systems.items()}
    took = times(systems, part, texts=texts, most=most)  # last: every system is warm
    return {
        name: Measured(
            hand_written=hand_written[name],
            generated=out_of_domain[name],
            times=took[name],
            process=processes[name],
        )
        for name in systems
    }


def _alone(name: str) -> Process:
    """Measure the system `name` in a process of its own, on the same core."""
    argv = (sys.executable, "-m", "tests.bench.sanitiser_process", name)
    ran = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return msgspec.json.decode(ran.stdout, type=Process)


if __name__ == "__main__":
    if os.environ.get("OMP_NUM_THREADS") != "1":  # read when numpy is loaded: too late to set it here
        again = [sys.executable, "-m", "tests.bench.sanitiser", *sys.argv[1:]]
        os.execve(again[0], again, os.environ | {"OMP_NUM_THREADS": "1"})  # noqa: S606  # itself
    command()
