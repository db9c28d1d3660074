"""From examples to the classifier: describe each message as the router would, then fit.

What a visitor's last line asked is itself a judgement of the classifier's, so the fit is done twice: first without
the lines before, then with what the first one makes of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from schemas.clinic_files import ClinicFiles
from schemas.taxonomy import SPOKEN, Intent, Language
from workers.router.model.classifier import Classifier
from workers.router.model.features import features
from workers.router.reading import Reading
from workers.router.topics import spoken_of
from workers.router.training.dataset import (
    Clinics,
    Example,
    own_questions,
    phrases,
    rows,
    short_questions,
    told,
    written,
)
from workers.router.training.fit import Described, columns_of, fit
from workers.router.understand import asked_before, best_reading

SEED: Final = 1
"""Of what is put into the examples' marks."""
JOINED_WORDS: Final = 10
"""Words of an example up to which it is joined to another."""
JOINED_SHARE: Final = 4
"""One in so many examples is."""
JOINED_WEIGHT: Final = 0.4
JOINTS: Final = {
    Language.EN: (" and ", ", ", " + ", "? ", ". also "),
    Language.FR: (" et ", ", ", " + ", " ? ", ". et aussi "),
    Language.NL: (" en ", ", ", " + ", "? ", ". en ook "),
    Language.DE: (" und ", ", ", " + ", "? ", ". und auch "),
    Language.OTHER: (", ",),
}
"""What stands between two questions."""
DEFAULT_CLINIC: Final = "clinique-lumiere"
"""The clinic on which examples that belong to none are read."""


def examples(corpus: Path, clinics: Path) -> Iterator[Example]:
    """Yield every example of the repository.

    Args:
        corpus: The folder of the corpora, of which only development parts are read.
        clinics: The folder of the clinics that they name.
    """
    files = ClinicFiles.load(clinics)
    known: Clinics = {name: clinic for name in files.ids() if (clinic := files.get(name)) is not None}
    for language in SPOKEN:
        yield from written(corpus / "routing" / language.value / "dev.jsonl", known)
        yield from rows(corpus / "router" / f"{language.value}.toml", language, known)
    yield from told(known[DEFAULT_CLINIC])
    yield from general(known)


def general(clinics: Clinics) -> Iterator[Example]:
    """Yield the examples that are nobody's messages: phrases, short questions, the clinics' own."""
    yield from phrases(clinics[DEFAULT_CLINIC])
    yield from short_questions(clinics[DEFAULT_CLINIC], seed=SEED)
    for clinic in clinics.values():
        yield from own_questions(clinic)


def joined(examples: Sequence[Example], *, seed: int) -> Iterator[Example]:
    """Yield messages that ask two things: two examples of one language and clinic, one behind the other."""
    chance = random.Random(seed)  # noqa: S311  # reproducible examples, no secret
    by_kind: dict[tuple[str, str], list[Example]] = {}
    for example in examples:
        if not example.history and len(example.text.split()) <= JOINED_WORDS and Intent.SMALLTALK not in example.asks:
            by_kind.setdefault((example.language, example.clinic.id), []).append(example)
    for group in by_kind.values():
        for first in chance.sample(group, len(group) // JOINED_SHARE):
            second = chance.choice(group)
            mark = chance.choice(JOINTS[first.language])
            plain = first.plain and second.plain
            yield first._replace(
                text=f"{first.text}{mark}{second.text}",
                asks=first.asks | second.asks,
                plain=plain,
                about=None,
                weight=JOINED_WEIGHT,
            )


def train(examples: Sequence[Example], *, seed: int) -> Classifier:
    """Return the classifier of `examples`; the same one for the same examples and seed."""
    examples = [*examples, *joined(examples, seed=seed)]
    readings = [best_reading(e.text, e.language, e.clinic) for e in examples]
    first = fit([_described(e, r, None) for e, r in zip(examples, readings, strict=True)], seed=seed)
    return fit([_described(e, r, first) for e, r in zip(examples, readings, strict=True)], seed=seed)


def _described(example: Example, reading: Reading, first: Classifier | None) -> Described:
    """Return the description of an example, its history judged by `first`."""
    history, clinic = example.history, example.clinic
    before = asked_before(history, reading.language, clinic, first) if first is not None else ()
    described = features(reading, before=before, spoken_of=bool(spoken_of(history, clinic)))
    columns = dict(columns_of(example.asks, plain=example.plain, about=example.about))
    return Described(described, columns, example.weight)
