"""Personal data out of a text that comes in pieces (an answer that streams), whatever the pieces.

The text is cut into units at places that depend on it alone: after a sentence or a line, once a unit holds
`LEAST_CHARS`; after the last blank within `MOST_CHARS` where no sentence ends. Every unit is read twice by the engine,
together with the unit before it and together with the one after it, and what either reading finds is hidden. So
whatever is no longer than `LEAST_CHARS` stands whole in one reading, wherever a cut or a piece ends; a text of one unit
is hidden exactly as the engine's analysis of it says; and a unit is shown when the next one has ended, since nothing
after that can change it: fewer than twice `MOST_CHARS` are ever held back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from schemas.taxonomy import Entity, Language
from workers.sanitiser.engine import Engine, SanitiserFailed
from workers.sanitiser.keep import KeepWords
from workers.sanitiser.redact import PLACEHOLDER, Finding, redact

LEAST_CHARS: Final = 80
"""Code points of a unit before a sentence may end it: as long as an address, or a number in words, may be."""
MOST_CHARS: Final = 400
"""Code points of the longest unit."""

_SENTENCE_END: Final = re.compile(r"[.!?…][\"'”’»)\]]{0,3}\s|[\n\r\u2028\u2029]")
_OPENED: Final = re.compile(r"\[[a-z ]{0,21}\Z")
"""What may be the beginning of a placeholder, which no cut may part."""
_REST_OF_WORD: Final = re.compile(r"[^\s\[]+")


class Guard:
    """One text that comes in pieces. After a failure, and after `close`, it gives nothing more."""

    def __init__(self, engine: Engine, *, language: Language, keep: KeepWords) -> None:
        """Begin a text.

        Args:
            engine: The analysis.
            language: Of the text.
            keep: The clinic's own words, which stay.
        """
        self._engine = engine
        self._language = language
        self._keep = keep
        self._open = True
        self._tail = ""
        """What is not a whole unit yet."""
        self._held = ""
        """The last whole unit: read together with the one before it, not yet with the next."""
        self._found: Sequence[Finding] = ()
        """What that reading found in it, in its own offsets."""
        self._running: Entity | None = None
        """What the last unit shown ended with, where that reached its end."""

    def feed(self, piece: str) -> str:
        """Take the next piece of the text; return what may be shown now, "" where that is nothing yet.

        Raises:
            SanitiserFailed: An analysis failed, now or before, or the text was closed; nothing more is shown.
        """
        return self._guarded(piece, last=False)

    def close(self) -> str:
        """End the text; return the rest of it.

        Raises:
            SanitiserFailed: As `feed`.
        """
        return self._guarded("", last=True)

    def _guarded(self, piece: str, *, last: bool) -> str:
        was_open, self._open = self._open, False  # until this piece is through
        if was_open:
            try:
                shown = self._advanced(piece, last=last)
            except Exception:  # noqa: BLE001, S110  # fail closed: raised below, where no frame of the cause is attached
                pass
            else:
                self._open = not last
                return shown
        self._tail, self._held, self._found = "", "", ()
        raise SanitiserFailed

    def _advanced(self, piece: str, *, last: bool) -> str:
        units, self._tail = cut(self._tail + piece)
        if last and self._tail:
            units.append(self._tail)
        shown = [self._next(unit) for unit in units]
        if last:
            shown.append(self._shown(self._held, self._found))
            self._tail, self._held, self._found = "", "", ()
        return "".join(shown)

    def _next(self, unit: str) -> str:
        """Read `unit` together with the one that is held; return that one redacted, and hold this one."""
        held, seam = self._held, len(self._held)
        found = self._engine.analyse(held + unit, language=self._language, keep=self._keep)
        left = [Finding(entity, start, min(end, seam)) for entity, start, end in found if start < seam]
        right = [Finding(entity, max(start - seam, 0), end - seam) for entity, start, end in found if end > seam]
        whole = merged([*self._found, *left])
        self._held, self._found = unit, merged([*_rest(held, whole, unit), *right])
        return self._shown(held, whole)

    def _shown(self, unit: str, found: Sequence[Finding]) -> str:
        """Return `unit` redacted; what goes on from the unit before has its placeholder there already."""
        if not unit:
            return ""
        goes_on = bool(found) and found[0].start == 0 and found[0].entity is self._running
        begin = found[0].end if goes_on else 0
        self._running = found[-1].entity if found and found[-1].end == len(unit) else None
        return redact(unit[begin:], [Finding(entity, a - begin, b - begin) for entity, a, b in found[goes_on:]])


def cut(text: str) -> tuple[list[str], str]:
    """Return the whole units at the beginning of `text`, and what remains. A cut depends on what is before it only.

    >>> cut("x" * 90 + ". And so")[1]
    'And so'
    """
    units: list[str] = []
    start = 0
    while end := _end(text, start):
        units.append(text[start:end])
        start = end
    return units, text[start:]


def _end(text: str, start: int) -> int:
    """Return where the unit that begins at `start` ends; 0 where `text` does not tell yet."""
    sentence = _SENTENCE_END.search(text, start + LEAST_CHARS, start + MOST_CHARS)
    if sentence:
        return sentence.end()
    if len(text) < start + MOST_CHARS:
        return 0
    head = PLACEHOLDER.sub(lambda hit: "x" * len(hit[0]), text[start : start + MOST_CHARS])
    opened = _OPENED.search(head, LEAST_CHARS)
    head = head[: opened.start()] if opened else head
    blanks = (i + 1 for i in range(len(head) - 1, LEAST_CHARS - 1, -1) if head[i].isspace())
    return start + next(blanks, len(head))


def _rest(held: str, found: Sequence[Finding], unit: str) -> list[Finding]:
    """Return the word with which `unit` goes on where it was cut inside a finding: a web address of three units."""
    word = _REST_OF_WORD.match(unit)
    if word is None or not found or found[-1].end < len(held) or held[-1].isspace():
        return []
    return [Finding(found[-1].entity, 0, word.end())]


def merged(found: Iterable[Finding]) -> Sequence[Finding]:
    """Return the findings of two readings as one sequence, sorted; where they overlap, the longer says what it is."""
    spans: list[Finding] = []
    for span in sorted(found, key=lambda f: (f.start, -f.end)):
        last = spans[-1] if spans else None
        if last is None or span.start >= last.end:
            spans.append(span)
            continue
        longer = max(last, span, key=lambda f: f.end - f.start)
        spans[-1] = Finding(longer.entity, last.start, max(last.end, span.end))
    return spans
