"""`lethe sanitise`: replace personal data in JSON Lines by placeholders, in process."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import click

from deploy.cli.lines import CLINIC, CLINICS, each_line, known, load
from deploy.weights import weights
from schemas.taxonomy import SPOKEN, Language


@click.command("sanitise")
@CLINIC
@CLINICS
@click.option("--language", type=click.Choice([language.value for language in SPOKEN]), default="en", help="A hint.")
@click.option("--profile", type=click.Choice(["eu", "us"]), envvar="LETHE_SANITISER_PROFILE",
              help="Of all lines; by default as the country of the clinic says.")  # fmt: skip
def command(clinic: str | None, clinics: Path, language: str, profile: str | None) -> None:
    """Read JSON Lines ({"text": …}) from stdin; write them with personal data replaced.

    Each line gains `language` and `findings` (entity, start, end in code points of the input). A line
    may give `language` and `clinic` itself; other keys pass through. A bad line becomes
    {"error": {"line", "field"}} in its place, work goes on, and the exit code is 1.
    """
    from workers.sanitiser.engine import Engine  # noqa: PLC0415  # loads models: not before it is needed
    from workers.sanitiser.keep import KeepWords, keep_words  # noqa: PLC0415
    from workers.sanitiser.lines import sanitise_line  # noqa: PLC0415
    from workers.sanitiser.profile import Profile  # noqa: PLC0415

    files = load(clinics, clinic)
    everywhere = Profile(profile) if profile else None

    @functools.cache
    def kept(name: str | None) -> KeepWords:
        chosen = name or clinic
        return keep_words(known(files, chosen) if chosen else None, everywhere=everywhere)

    engine = Engine.load(weights())

    def work(line: bytes, number: int) -> bytes:
        return sanitise_line(line, number=number, engine=engine, clinics_keep=kept, language=Language(language))

    sys.exit(each_line(work))
