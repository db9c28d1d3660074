"""How likely a message is an emergency or an attack: weights over words, their pairs and pieces, and concepts.

The weights are a file each (`model/emergency.npz`, `model/attack.npz`), made by `workers.router.training.safety`; what
a message looks like to them is decided here, for training and for visitors alike.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from workers.router.concepts import Found, Section, concepts
from workers.router.model.classifier import Classifier
from workers.router.words import Words, pieces, words

FOLDER: Final = Path(__file__).with_name("model")
REACH: Final = 5
"""Words between two concepts that still belong together."""
NEGATIONS: Final = frozenset(
    words("no not without never pas sans aucun aucune ni geen zonder nooit niet kein keine keinen ohne nie nicht")
)
NEGATED_WITHIN: Final = 2
PIECES: Final = (4, 5)
"""Lengths of the pieces of a word, its edges marked: what an ending or a slip leaves alone."""
LENGTHS: Final = (2, 4, 7, 12, 20, 35)
"""Upper edges of the classes of a message's length, in words."""
WINDOW: Final = 24
"""Words that are judged together: more would drown what one sentence says."""
STEP: Final = 12
SEVERAL: Final = 3
"""Sentences from which each is judged alone too: greeting and thanks would drown the one between."""

_SENTENCE_END: Final = re.compile(r"(?<!\.)\.(?=\s)|[!?;\n]")


def describe(section: Section, text: str, *, tricks: Sequence[str] = ()) -> list[str]:
    """Return the features of `text`, each once, sorted.

    Args:
        section: Whose concepts are looked for.
        text: A message or a part of it.
        tricks: Names of disguises that were taken off it.
    """
    book = concepts(section)
    message = book.mend(words(text))
    found = book.find(message)
    features = {
        *(f"w {word}" for word in message),
        *(f"p {first} {second}" for first, second in pairwise(("^", *message, "$"))),
        *(f"c {piece}" for word in message for piece in pieces(word, PIECES)),
        *_of_concepts(message, found),
        *(f"trick {trick}" for trick in tricks),
    }
    if "?" in text:
        features.add("question")
    features.add(f"length {sum(len(message) > edge for edge in LENGTHS)}")
    return sorted(features)


def parts(text: str) -> tuple[str, ...]:
    """Return `text` as a whole where it is short, and in pieces that are judged alone where it is long."""
    said = text.split()
    if len(said) <= WINDOW:
        return (text,)
    windows = (" ".join(said[i : i + WINDOW]) for i in range(0, len(said) - STEP, STEP))
    return tuple(dict.fromkeys((text, *windows, *_telling(_sentences(text)))))


def _sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of `text`, without their end."""
    return tuple(piece.strip() for piece in _SENTENCE_END.split(text) if piece.strip())


def _telling(sentences: Sequence[str]) -> list[str]:
    """Return those of `sentences` that are long enough to be judged."""
    return [sentence for sentence in sentences if len(sentence.split()) > LENGTHS[0]]


def odds(section: Section, text: str, *, tricks: Sequence[str] = ()) -> dict[str, float]:
    """Return the probability of each label for `text`: the highest of its parts.

    Of several short sentences each may be an emergency; suicide only the whole may tell: alone, "I hope you are well"
    resembles a farewell.
    """
    judge = model(section)
    scores = [judge.scores(describe(section, part, tricks=tricks)) for part in parts(text)]
    likely = {label: max(score[label] for score in scores) for label in judge.labels}
    sentences = _sentences(text) if section == "emergency" else ()
    for sentence in _telling(sentences) if len(sentences) >= SEVERAL else ():
        likely[section] = max(likely[section], judge.scores(describe(section, sentence, tricks=tricks))[section])
    return likely


def heard(section: Section, text: str) -> frozenset[str]:
    """Return the concepts of `section` in `text`."""
    book = concepts(section)
    return frozenset(found.concept for found in book.find(book.mend(words(text))))


@functools.cache
def model(section: Section) -> Classifier:
    """Return the shipped weights of `section`, read once a process.

    Raises:
        OSError: There are none.
    """
    return Classifier.load(FOLDER / f"{section}.npz")


def _of_concepts(message: Words, found: Sequence[Found]) -> Iterator[str]:
    """Yield the concepts, those denied, their pairs, and which stand close together in which order."""
    names = sorted({one.concept for one in found})
    yield from (f"k {name}" for name in names)
    yield from (f"b {a} {b}" for i, a in enumerate(names) for b in names[i + 1 :])
    for one in found:
        if NEGATIONS.intersection(message[max(0, one.start - NEGATED_WITHIN) : one.start]):
            yield f"n {one.concept}"
        for other in found:
            if one.end <= other.start <= one.end + REACH and one.concept != other.concept:
                yield f"q {one.concept} {other.concept}"
