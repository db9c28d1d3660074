"""JSON Lines in, JSON Lines out: the body of `lethe sanitise`. Pure: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from schemas.taxonomy import Language
from workers.sanitiser.engine import Engine, SanitiserFailed
from workers.sanitiser.keep import KeepWords
from workers.sanitiser.language import hear
from workers.sanitiser.redact import redact

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
"""Keys that are not ours pass through as the bytes they were."""


class _Fault(Exception):  # noqa: N818  # internal: which of our fields is wrong
    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


def sanitise_line(
    line: bytes,
    *,
    number: int,
    engine: Engine,
    clinics_keep: Callable[[str | None], KeepWords],
    language: Language,
) -> bytes:
    r"""Return the output line for input `line`, without a line break: the same object, its `text` clean.

    Added are `language` (as heard) and `findings` (`{"entity", "start", "end"}`, code points of the input).
    A line that cannot be read, or whose analysis fails, becomes ``{"error": {"line": number, "field": …}}`` with the
    name of our field at fault ("" = the line as a whole) and nothing of its content.

    Args:
        line: A JSON object with `text`; optionally `language` (a hint) and `clinic` (an id).
        number: Of the line, from 1.
        engine: The analysis.
        clinics_keep: The words to keep for a clinic's id (None: no clinic).
            Raises KeyError for a clinic that does not exist.
        language: The hint where the line has none.
    """
    try:
        return _clean_line(line, engine, clinics_keep, language)
    except _Fault as fault:
        field = fault.field
    return msgspec.json.encode({"error": {"line": number, "field": field}})


def _clean_line(
    line: bytes, engine: Engine, clinics_keep: Callable[[str | None], KeepWords], language: Language
) -> bytes:
    fields = _decoded(line, _OBJECT, "")
    text = _field(fields, "text", msgspec.json.Decoder(str), None)
    hint = _field(fields, "language", msgspec.json.Decoder(Language), language)
    clinic = _field(fields, "clinic", msgspec.json.Decoder(str | None), "") or None
    try:
        keep = clinics_keep(clinic)
    except KeyError:
        raise _Fault("clinic") from None
    heard = hear(text, hint=hint)
    try:
        found = engine.analyse(text, language=heard, keep=keep)
    except SanitiserFailed:
        raise _Fault("text") from None
    findings = [{"entity": finding.entity, "start": finding.start, "end": finding.end} for finding in found]
    return msgspec.json.encode({**fields, "text": redact(text, found), "language": heard, "findings": findings})


def _field[T](fields: dict[str, msgspec.Raw], name: str, decoder: msgspec.json.Decoder[T], default: T | None) -> T:
    """Return our field `name`; `default` where it is absent, a fault where there is no default either."""
    if name in fields:
        return _decoded(bytes(fields[name]), decoder, name)
    if default is None:
        raise _Fault(name)
    return default


def _decoded[T](data: bytes, decoder: msgspec.json.Decoder[T], field: str) -> T:
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    raise _Fault(field)
