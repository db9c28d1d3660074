"""Hand-written messages with what a fair judge expects of their answers: JSON Lines, a case a line.

`tests/corpus/<kind>/<language>/<part>.jsonl`, kinds ``routing``, ``facts`` (a dev part only), ``faqs``, ``emergency``
and ``injection``, parts ``dev`` and ``test``. The test parts were written by people who had seen neither the code nor
the dev parts (of ``faqs``: before there was any code), and nobody who works on the router reads them: they are scored,
never printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from schemas.taxonomy import Intent, Language
from schemas.taxonomy import Path as Way
from schemas.turns import Said

FOLDER: Final = Path(__file__).parent
DEFAULT_CLINIC: Final = "clinique-lumiere"

type Kind = Literal["routing", "facts", "faqs", "emergency", "injection"]
type Part = Literal["dev", "test"]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the conversation before the message."""

    role: Literal["user", "assistant"]
    text: str


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message, and what is acceptable, the best first."""

    text: str
    language: Language
    path: tuple[Way, ...]
    intent: tuple[Intent, ...] = ()
    """Of the first thing asked; () where any will do."""
    asks: tuple[Intent, ...] = ()
    """Everything that is asked, in order (dev parts only)."""
    topic: tuple[str, ...] = ()
    facts: tuple[str | tuple[str, ...], ...] = ()
    """What a deterministic answer must hold, each a bare token or several of which one must be there."""
    clinic: str = DEFAULT_CLINIC
    history: tuple[Line, ...] = ()
    kind: str = ""
    """Of an emergency: ``medical`` or ``self_harm``; beside a clinic's own questions: ``asks`` or ``looks_alike``."""
    why: str = ""

    @property
    def said(self) -> tuple[Said, ...]:
        """The history as the router gets it: without the topics of the answers, as `lethe route` takes it."""
        return tuple(
            Said(role="visitor" if line.role == "user" else "assistant", text=line.text) for line in self.history
        )


class CorpusFault(Exception):  # noqa: N818  # the error's name is what is wrong
    """A line is no case. Names file and line, never its text."""


_decoder = msgspec.json.Decoder(Case)


def cases(kind: Kind, language: Language, part: Part, *, folder: Path = FOLDER) -> Iterator[Case]:
    """Yield the cases of one file, in order.

    Raises:
        OSError: There is no such file.
        CorpusFault: A line is no case.
    """
    file = folder / kind / language.value / f"{part}.jsonl"
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = _decoder.decode(line)
        except msgspec.DecodeError:
            raise CorpusFault(f"{language.value}/{part}.jsonl of {kind}, line {number}: no case") from None
        yield case
