"""How well Lethe answers, how often it calls the AI for that, and how fast the router is.

    python -m tests.bench.answers                                   # the document, some minutes
    python -m tests.bench.answers --json report.json --table docs/answers.md
    python -m tests.bench.answers --part dev --calls 0              # a quick look

On the blind test parts of the hand-written messages (`tests/corpus/README.md`), of which only rates are shown. The
calls are counted on development parts: those messages travel through a whole pipeline on this machine.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from pathlib import Path

import click
import msgspec

from tests.bench.answers_calls import calls
from tests.bench.answers_measured import quality, times
from tests.bench.answers_table import Report, document
from tests.corpus.cases import Part

_SEED = 20_261_122


@click.command()
@click.option("--part", type=click.Choice(["dev", "test"]), default="test", help="Of the hand-written messages.")
@click.option("--calls", "each", type=click.IntRange(min=0), default=40, help="Turns a way and language; 0 for none.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write every figure here.")
@click.option("--table", "table_file", type=click.Path(path_type=Path), help="Write the Markdown document here.")
def command(*, part: Part, each: int, json_file: Path | None, table_file: Path | None) -> None:
    """Measure the answers and print the document."""
    report = Report(
        part=part,
        day=dt.datetime.now(dt.UTC).date(),
        times=times(part),
        quality=quality(part),
        calls=asyncio.run(calls(each, seed=_SEED)) if each else [],
    )
    if json_file:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    shown = document(report)
    if table_file:
        table_file.write_text(shown, "utf-8")
    sys.stdout.write(shown)


if __name__ == "__main__":
    command()
