"""Messages marked up in place, ``hi {name:ann}``, as tokens with labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from workers.sanitiser.features import Token, tokens_of
from workers.sanitiser.normalise import normalise

_MARK: Final = re.compile(
    r"\{(?P<kind>name|email|phone|location|id|iban|card|date_of_birth|handle|url|ip|keep):(?P<text>[^{}]*)\}"
)
_LETTER: Final = {"name": "N", "location": "L"}


class Part(NamedTuple):
    """A piece of a message: its text and what it is marked as ("" for what stands between marks)."""

    kind: str
    text: str


def parts_of(line: str) -> list[Part]:
    """Return the marked and unmarked pieces of one line of a corpus file."""
    line = line.replace("\\n", "\n")
    parts: list[Part] = []
    done = 0
    for mark in _MARK.finditer(line):
        parts += (Part("", line[done : mark.start()]), Part(mark["kind"], mark["text"]))
        done = mark.end()
    parts.append(Part("", line[done:]))
    return [part for part in parts if part.text]


def messages(lines: Iterable[str]) -> Iterator[list[Part]]:
    """Yield each message of a corpus file; remarks (`#`) and settings (`@ clinic=`, `@ persona=`) are none."""
    for raw in lines:
        line = raw.strip()
        if line and not line.startswith(("#", "@ ")):
            yield parts_of(line)


def text_of(parts: Sequence[Part]) -> str:
    """Return the normalised text of a message: the one in which its tokens (`labelled`) have their places."""
    return "".join(normalise(part.text).text for part in parts)


def labelled(parts: Sequence[Part]) -> tuple[list[Token], list[str]]:
    """Return the tokens of a message and the label of each."""
    text = ""
    marks: list[tuple[int, int, str]] = []
    for part in parts:
        piece = normalise(part.text).text
        if part.kind in _LETTER:
            marks.append((len(text), len(text) + len(piece), _LETTER[part.kind]))
        text += piece
    tokens = tokens_of(text)
    labels = ["O"] * len(tokens)
    for start, end, letter in marks:
        inside = [i for i, token in enumerate(tokens) if start <= token.start and token.end <= end]
        for i in inside:
            labels[i] = f"{'B' if i == inside[0] else 'I'}-{letter}"
    return tokens, labels
