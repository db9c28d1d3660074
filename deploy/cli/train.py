"""`lethe train`: make the trained parts anew."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from deploy.up.plan import ROOT
from schemas.clinic_files import ClinicFiles
from schemas.taxonomy import SPOKEN, Language
from workers.router.model.classifier import MODEL as WEIGHTS
from workers.router.training.safety import main as train_safety
from workers.router.training.train import examples as router_examples
from workers.router.training.train import train as train_router
from workers.sanitiser.keep import keep_words
from workers.sanitiser.lexicon import DATA
from workers.sanitiser.rampart import Vocabulary, source
from workers.sanitiser.spelling import FILE, weights
from workers.sanitiser.tagger import MODEL
from workers.sanitiser.training.assemble import assemble
from workers.sanitiser.training.base import floats, plain
from workers.sanitiser.training.change import CHANGE, save
from workers.sanitiser.training.dataset import OWN, Example, examples
from workers.sanitiser.training.finetune import fine_tuned, lessons
from workers.sanitiser.training.spelling import trained
from workers.sanitiser.training.train import Fitted, fit

SEED: Final = 1
_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.group("train")
def command() -> None:
    """Make the trained parts anew."""


@command.command("sanitiser")
@click.option("--seed", default=SEED, show_default=True, help="Of every random choice.")
@click.option("--corpus", default=ROOT / "tests" / "corpus" / "pii", help="Folder of the marked messages (dev part).",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--questions", default=ROOT / "tests" / "corpus" / "router", help="Folder of harmless questions.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--clinics", default=ROOT / "deploy" / "clinics", help="Folder of the clinics that the corpus names.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--folder", default=DATA, help="Where the models go.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
def sanitiser(seed: int, corpus: Path, questions: Path, clinics: Path, folder: Path) -> None:
    """Train the sanitiser's two readers: minutes on two cores, the same files from the same seed.

    Needs what deploy/train.lock names, which is in no environment otherwise: install it with pip first.
    """
    if importlib.util.find_spec("jax") is None:
        raise click.UsageError("JAX: not found; pip install --no-deps --require-hashes -r deploy/train.lock")
    FILE.write_bytes(trained(seed))
    weights.cache_clear()
    files = ClinicFiles.load(clinics)
    staff = frozenset[str]().union(*(keep_words(files.get(name)).staff for name in files.ids()))
    made = list(examples([corpus], staff=staff, seed=seed, harmless=list(_questions(questions))))
    _say(fit(made, folder / MODEL.name), folder / MODEL.name)
    _reader(made, folder / CHANGE.name, seed=seed)


def _reader(made: Sequence[Example], path: Path, *, seed: int) -> None:
    """Fine-tune Rampart on `made`."""
    vocabulary, base = Vocabulary.load(), floats(plain(source()))
    given = lessons(made, vocabulary, seed=seed)
    save(fine_tuned(given, base, vocabulary, seed=seed), base, path)
    _say(Fitted(len(given), path.stat().st_size), path)


@command.command("router")
@click.option("--seed", default=SEED, show_default=True, help="Of every random choice.")
@click.option("--corpus", default=ROOT / "tests" / "corpus", help="Folder of the hand-written messages (dev part).",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--clinics", default=ROOT / "deploy" / "clinics", help="Folder of the clinics that the corpus names.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--model", default=WEIGHTS, help="Where the classifier's weights go.", type=_FILE)
def router(seed: int, corpus: Path, clinics: Path, model: Path) -> None:
    """Train the router's classifiers, of intents, of emergencies and of attacks: five minutes, the same from a seed."""
    examples = list(router_examples(corpus, clinics))
    click.echo(f"{len(examples)} examples, {train_router(examples, seed=seed).save(model)} bytes: {model}", err=True)
    usual = [*OWN.glob("*.txt"), *corpus.glob("pii/*/dev.txt"), *corpus.glob("routing/*/dev.jsonl")]
    train_safety(corpus, sorted(usual))


@command.command("rampart")
@click.argument("target", type=_FILE)
def rampart(target: Path) -> None:
    """Put the sanitiser's model together in TARGET (for LETHE_RAMPART): Rampart, fine-tuned, eight bits a channel."""
    target.parent.mkdir(parents=True, exist_ok=True)
    click.echo(f"{assemble(target)} bytes: {target}", err=True)


def _say(fitted: Fitted, path: Path) -> None:
    click.echo(f"{fitted.messages} messages, {fitted.model_bytes} bytes: {path}", err=True)


def _questions(folder: Path) -> Iterator[tuple[Language, str]]:
    """Yield the questions of the router's corpora: the first text of each row."""
    for language in SPOKEN:
        text = (folder / f"{language.value}.toml").read_text("utf-8")
        tables: dict[str, list[list[str] | str] | str] = tomllib.loads(text)
        for rows in tables.values():
            if not isinstance(rows, str):
                yield from ((language, row if isinstance(row, str) else row[0]) for row in rows)
