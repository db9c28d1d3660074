"""Hand-written chat messages with the personal data in them marked in place: from file to text and spans.

`pii/README.md` describes the format. What is read here was typed by nobody: all of it is invented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

from schemas.taxonomy import Entity, Language

PII: Final = Path(__file__).with_name("pii")
SPLIT: Final = " ||| "
"""Between the two messages of a pair."""
KEEP: Final = "keep"
MAX_CHARS: Final = 1_000
"""Code points of a message: what the gateway accepts."""
FIRST_CLINIC: Final = {
    Language.EN: "clinique-lumiere",
    Language.FR: "clinique-lumiere",
    Language.NL: "huidkliniek-noord",
    Language.DE: "huidkliniek-noord",
}
"""Whose site messages were typed on until a line of the file says it."""

type Part = Literal["dev", "test"]
_KINDS: Final = {**{entity.value: entity for entity in Entity}, KEEP: None}
_PIECES: Final = re.compile(r"\{([a-z_]+):([^{}]+)\}|([{}])")


class Mark(NamedTuple):
    """A marked part of a message, half-open, in code points of its clean text; `entity` None: it must survive."""

    entity: Entity | None
    start: int
    end: int


class Message(NamedTuple):
    """One message as typed, and what is marked in it."""

    text: str
    """Without mark-up; line breaks are line breaks."""
    marks: tuple[Mark, ...]
    """In order, without overlaps."""
    clinic: str
    persona: str
    line: int
    """Of the file, from 1."""

    @property
    def spans(self) -> tuple[Mark, ...]:
        """What is personal."""
        return tuple(mark for mark in self.marks if mark.entity is not None)

    @property
    def keeps(self) -> tuple[Mark, ...]:
        """What must survive."""
        return tuple(mark for mark in self.marks if mark.entity is None)


class Pair(NamedTuple):
    """Two messages of one visitor, one after the other."""

    first: Message
    second: Message


class CorpusFault(ValueError):  # noqa: N818  # the error's name is what is wrong
    """A corpus file cannot be read. Says file, line and what is wrong there, never the line itself."""


def messages(language: Language, part: Part, *, folder: Path = PII) -> list[Message]:
    """Return the single messages of one language.

    Raises:
        CorpusFault: The mark-up of a line is wrong.
        OSError: There is no such file.
    """
    return read_messages(folder / language / f"{part}.txt", clinic=FIRST_CLINIC[language])


def pairs(language: Language, part: Part, *, folder: Path = PII) -> list[Pair]:
    """Return the pairs of messages of one language; raises as `messages`."""
    return read_pairs(folder / language / f"{part}_pairs.txt", clinic=FIRST_CLINIC[language])


def read_messages(file: Path, *, clinic: str) -> list[Message]:
    """Return the messages of `file`, typed on the site of `clinic` until a line says otherwise.

    Raises:
        CorpusFault: All that is wrong in the file, by line.
        OSError: It cannot be read.
    """

    def one(line: str, number: int, where: tuple[str, str]) -> Message:
        if SPLIT.strip() in line:
            raise ValueError("a pair among single messages")
        return _message(line, number, where)

    return _read(file, clinic, one)


def read_pairs(file: Path, *, clinic: str) -> list[Pair]:
    """Return the pairs of `file`; as `read_messages`."""

    def one(line: str, number: int, where: tuple[str, str]) -> Pair:
        halves = line.split(SPLIT)
        if len(halves) != 2:
            raise ValueError(f"not two messages parted by one {SPLIT.strip()}")
        return Pair(_message(halves[0], number, where), _message(halves[1], number, where))

    return _read(file, clinic, one)


def marked(line: str) -> tuple[str, tuple[Mark, ...]]:
    r"""Return the clean text of a marked-up `line`, and its marks.

    Raises:
        ValueError: A brace without its partner, an unknown type, or an empty span. The text is not quoted.

    >>> marked(r"{name:sarah} here\nbotox?")
    ('sarah here\nbotox?', (Mark(entity=<Entity.NAME: 'name'>, start=0, end=5),))
    """
    pieces: list[str] = []
    marks: list[Mark] = []
    done = length = 0
    for hit in _PIECES.finditer(line):
        kind, inner = hit[1], _typed(hit[2] or "")
        if hit[3]:
            raise ValueError(f"a brace alone at column {hit.start() + 1}")
        if kind not in _KINDS:
            raise ValueError(f"an unknown type at column {hit.start() + 1}")
        if not inner.strip():
            raise ValueError(f"an empty span at column {hit.start() + 1}")
        before = _typed(line[done : hit.start()])
        start = length + len(before)
        length = start + len(inner)
        pieces += (before, inner)
        marks.append(Mark(_KINDS[kind], start, length))
        done = hit.end()
    pieces.append(_typed(line[done:]))
    return "".join(pieces), tuple(marks)


def _typed(text: str) -> str:
    return text.replace("\\n", "\n")


def _message(line: str, number: int, where: tuple[str, str]) -> Message:
    text, marks = marked(line.strip())
    if not 0 < len(text) <= MAX_CHARS:
        raise ValueError(f"not 1 to {MAX_CHARS} characters")
    return Message(text, marks, *where, number)


def _read[T](file: Path, clinic: str, one: Callable[[str, int, tuple[str, str]], T]) -> list[T]:
    read: list[T] = []
    faults: list[str] = []
    for number, line, where in _lines(file, clinic, faults):
        try:
            read.append(one(line, number, where))
        except ValueError as error:
            faults.append(f"{file}:{number}: {error}")
    if faults:
        raise CorpusFault("\n".join(faults))
    return read


def _lines(file: Path, clinic: str, faults: list[str]) -> Iterator[tuple[int, str, tuple[str, str]]]:
    """Yield each message line with its number, and the clinic and persona that hold for it."""
    said = {"clinic": clinic, "persona": ""}
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if line.startswith("@ "):
            key, sign, value = line[2:].partition("=")
            if sign and value and key in said and (key != "clinic" or value in FIRST_CLINIC.values()):
                said[key] = value
            else:
                faults.append(f"{file}:{number}: neither @ clinic= (a demo clinic) nor @ persona=")
        elif line.strip() and not line.startswith("#"):
            yield number, line, (said["clinic"], said["persona"])
