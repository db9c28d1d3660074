"""`lethe route`: what the router makes of JSON Lines; sanitiser and router in process."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from deploy.cli.lines import CLINIC, CLINICS, each_line, fault, known, load
from deploy.weights import weights
from schemas.clinic import Clinic
from schemas.clinic_files import ClinicFiles
from schemas.taxonomy import Language
from schemas.turns import Said


@click.command("route")
@CLINIC
@CLINICS
@click.option("--explain", is_flag=True, help="Add what decided: phrases, cues, treatments.")
def command(clinic: str | None, clinics: Path, explain: bool) -> None:  # noqa: FBT001  # a flag
    """Read JSON Lines ({"text", "history"?, "clinic"?}) from stdin; write them with path, intent, topic and answer.

    The text is sanitised first; the history ({"role": "user" or "assistant", "text"} each) is taken as sanitised.
    `answer` is "" where the path is llm. A bad line becomes {"error": {"line", "field"}}, and the exit code is 1.
    """
    files = load(clinics, clinic)
    decide = _decider(explain=explain)

    def work(line: bytes, number: int) -> bytes:
        try:
            return _routed(line, files, clinic, decide)
        except _Fault as wrong:
            field = wrong.field
        return fault(number, field)

    sys.exit(each_line(work))


class _Fault(Exception):  # noqa: N818  # which of our fields is wrong
    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


type _Decide = Callable[[str, tuple[Said, ...], Clinic], dict[str, Any]]


def _routed(line: bytes, files: ClinicFiles, default: str | None, decide: _Decide) -> bytes:
    try:
        fields: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _Fault("") from None
    text = fields.get("text")
    if not isinstance(text, str):
        raise _Fault("text")
    try:
        history = tuple(_said(line) for line in msgspec.convert(fields.get("history") or [], list[dict[str, Any]]))
    except msgspec.ValidationError:
        raise _Fault("history") from None
    try:
        chosen = known(files, str(fields.get("clinic") or default))
    except KeyError:
        raise _Fault("clinic") from None
    return msgspec.json.encode({**fields, **decide(text, history, chosen)})


def _said(line: dict[str, Any]) -> Said:
    """Return a line of the history; "user", as chat completions say, is the visitor.

    Raises:
        msgspec.ValidationError: It is none.
    """
    return msgspec.convert(line | {"role": "visitor"} if line.get("role") == "user" else line, Said)


def _decider(*, explain: bool) -> _Decide:
    """Load sanitiser and router; return what they make of a message together."""
    from workers.router.lines import route_line  # noqa: PLC0415  # loads tables: not before they are needed
    from workers.sanitiser.engine import Engine  # noqa: PLC0415
    from workers.sanitiser.keep import KeepWords, keep_words  # noqa: PLC0415
    from workers.sanitiser.language import hear  # noqa: PLC0415
    from workers.sanitiser.redact import redact  # noqa: PLC0415

    engine = Engine.load(weights())
    kept: dict[str, KeepWords] = {}

    def decide(text: str, history: tuple[Said, ...], clinic: Clinic) -> dict[str, Any]:
        language: Language = hear(text, hint=clinic.default_language)
        keep = kept.setdefault(clinic.id, keep_words(clinic))
        clean = redact(text, engine.analyse(text, language=language, keep=keep))
        now = dt.datetime.now(dt.UTC)
        return route_line(clean, history=history, language=language, clinic=clinic, now=now, explain=explain)

    return decide
