"""Training the judgement of emergencies and attacks; needs scikit-learn, a development package.

It learns from hand-written cases (`emergency/<language>/dev.jsonl`, `injection/<language>/dev.jsonl`, and the router's
older tables in `router/`), from messages written for training alone (`examples/safety`), and from files of ordinary
messages, one a line, that are neither.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from schemas.taxonomy import SPOKEN
from workers.router.concepts import Section, known_words
from workers.router.disguise import marked_up, views
from workers.router.safety_model import FOLDER, describe, parts
from workers.router.training.dataset import EXAMPLES, NEXT_MESSAGE
from workers.router.training.fit import Described, fit

LABELS: Final[Mapping[Section, tuple[str, ...]]] = {"emergency": ("emergency", "self_harm"), "attack": ("attack",)}
STRENGTH: Final = 8.0
"""Inverse of the regularisation."""
MUST_WEIGHT: Final = 4.0
"""Of the cases that a test holds one by one, beside a message of which a test holds the rate."""
TELLING: Final = 0.5
"""How much more telling features weigh (`fit`); chosen with the strength on messages of writers unseen in training."""
SEED: Final = 1
SHORT_CHARS: Final = 60
"""Of the ordinary questions beside which an emergency or attack may stand."""
LEFT_OUT: Final = 0.2
"""Share of words left out of a copy."""
SLIPS: Final = 0.5
KEEP_WORDS: Final = 5
"""Words of a message, and letters of a word, below which nothing is left out."""
TOLD: Final = EXAMPLES / "safety"
_HARMLESS: Final[Mapping[Section, frozenset[str]]] = {"emergency": frozenset(), "attack": frozenset()}
MARKS: Final[Mapping[str, Mapping[Section, frozenset[str]]]] = {
    "E": {"emergency": frozenset({"emergency"})},
    "S": {"emergency": frozenset({"emergency", "self_harm"})},
    "A": {"attack": frozenset({"attack"})},
    "L": _HARMLESS,
    "B": _HARMLESS,
}
"""What a line of `TOLD` teaches each section, by its mark; a section that is not there learns nothing from it."""
_MARK: Final = re.compile(r"\{[a-z_]+:([^{}]*)\}")


class Example(NamedTuple):
    """A message with its labels."""

    text: str
    labels: frozenset[str]
    weight: float = 1.0

    def __repr__(self) -> str:
        """Return the type's name only: messages are not for logs."""
        return "<Example>"


def cases(corpus: Path, section: Section) -> Iterator[Example]:
    """Yield the hand-written cases of `section`; what is harmless in the other section is so here too.

    Raises:
        OSError: A file is missing.
        ValueError: A line is no case.
    """
    for kind in ("emergency", "injection"):
        own = (kind == "emergency") is (section == "emergency")
        for language in SPOKEN:
            lines = (corpus / kind / language.value / "dev.jsonl").read_text("utf-8").splitlines()
            for line in lines:
                case = json.loads(line)
                if own or case["path"][0] not in ("emergency", "refuse"):
                    yield _case(case, section)
    for language in SPOKEN:
        yield from _rows(corpus / "router" / f"{language.value}.toml", section)


def told(section: Section) -> Iterator[Example]:
    """Yield the messages written for training alone; `examples/safety/README.md` says what each mark means.

    Raises:
        OSError: A file cannot be read.
        ValueError: A line has no known mark; names file and line, never its text.
    """
    for file in sorted(TOLD.glob("*.txt")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            mark, found, text = line.partition(": ")
            if not found or mark not in MARKS:
                raise ValueError(f"{file.name}, line {number}: no such mark")
            labels = MARKS[mark].get(section)
            if labels is not None:
                yield Example(text.replace(NEXT_MESSAGE, "\n"), labels)


def _case(case: dict[str, Any], section: Section) -> Example:
    true = case["path"][0] in ("emergency", "refuse")
    said = [line["text"] for line in case.get("history", ()) if line["role"] == "user"] if true else []
    labels = _labels(section, case.get("kind", "")) if true else frozenset[str]()
    return Example("\n".join((*said, case["text"])), labels)


def _labels(section: Section, kind: str) -> frozenset[str]:
    if section == "attack":
        return frozenset({"attack"})
    return frozenset({"emergency", "self_harm"} if kind == "self_harm" else {"emergency"})


def _rows(file: Path, section: Section) -> Iterator[Example]:
    """Yield the router's older tables: one row a case."""
    tables: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    for name, rows in tables.items():
        if isinstance(rows, str):
            continue
        for row in rows:
            cells: list[str] = [row] if isinstance(row, str) else row
            text, *rest = cells
            true = name == ("emergencies" if section == "emergency" else "attacks")
            if true or name not in ("emergencies", "attacks", "follow_ups"):
                labels = _labels(section, rest[0] if rest else "") if true else frozenset[str]()
                yield Example(text, labels, MUST_WEIGHT)


def ordinary(file: Path) -> Iterator[Example]:
    """Yield the ordinary messages of a file: lines of text (marks of personal data opened), or of JSON with a text."""
    for line in file.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith(("#", "@")):
            continue
        if file.suffix == ".jsonl":
            case = json.loads(line)
            if case["path"][0] not in ("emergency", "refuse"):
                yield Example(case["text"], frozenset())
        else:
            yield Example(_MARK.sub(r"\1", line), frozenset())


def questions() -> Iterator[Example]:
    """Yield the questions typed for training the router: none is an emergency or an attack."""
    for file in sorted((EXAMPLES / "questions").glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            yield Example(line.partition(": ")[2].replace(NEXT_MESSAGE, "\n"), frozenset())


def varied(examples: Sequence[Example], usual: Sequence[Example], *, seed: int) -> Iterator[Example]:
    """Yield copies of the hand-written `examples`: beside an ordinary question, with words left out, with slips."""
    chance = random.Random(seed)  # noqa: S311  # varies examples, guards nothing
    short = [one.text for one in usual if len(one.text) <= SHORT_CHARS]
    for example in examples:
        beside = [example.text, chance.choice(short)]
        chance.shuffle(beside)
        yield example._replace(text=" ".join(beside), weight=example.weight / 2)
        said = example.text.split(" ")
        if len(said) >= KEEP_WORDS:
            kept = [word for word in said if chance.random() > LEFT_OUT]
            yield example._replace(text=" ".join(kept), weight=example.weight / 2)
        yield example._replace(text=" ".join(_slip(word, chance) for word in said), weight=example.weight / 2)


def _slip(word: str, chance: random.Random) -> str:
    """Return `word`, now and then with a letter left out or two of them changed round."""
    if len(word) < KEEP_WORDS or chance.random() > SLIPS:
        return word
    i = chance.randrange(1, len(word) - 1)
    return word[:i] + (word[i + 1 :] if chance.random() < SLIPS else word[i + 1] + word[i] + word[i + 2 :])


def described(section: Section, example: Example) -> list[list[str]]:
    """Return the descriptions under which `example` is learned: as typed, and under its disguises."""
    if section == "emergency":
        return [describe(section, text) for text in ((example.text,) if example.labels else parts(example.text))]
    tricks = ["frame"] if marked_up(example.text) else []
    seen = views(example.text, known=known_words())
    return [
        describe(section, text, tricks=[*tricks, *([view.disguise] if view.disguise else [])])
        for view in (seen if not example.labels or len(seen) == 1 else seen[1:])
        for text in ((view.text,) if example.labels else parts(view.text))
    ]


def in_doubt(corpus: Path) -> frozenset[str]:
    """Return the ordinary messages that are an emergency, or may be one: not taught as harmless."""
    lines = (corpus / "emergency" / "among_ordinary.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def main(corpus: Path, harmless: Sequence[Path]) -> None:
    """Write both files of weights beside the other models, from `corpus` and files of `harmless` messages."""
    doubtful = in_doubt(corpus)
    usual = [one for file in harmless for one in ordinary(file) if one.text not in doubtful]
    usual += questions()
    for section in LABELS:
        by_hand = [*cases(corpus, section), *told(section)]
        examples = [*by_hand, *varied(by_hand, usual, seed=SEED), *usual]
        rows = [
            Described(features, {label: label in e.labels for label in LABELS[section]}, e.weight)
            for e in examples
            for features in described(section, e)
        ]
        made = fit(rows, seed=SEED, strength=STRENGTH, telling_weigh_more=TELLING)
        size = made.save(FOLDER / f"{section}.npz")
        sys.stderr.write(f"{section}: {len(examples)} messages, {size} bytes\n")
