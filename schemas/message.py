"""The base of every message, and the one way to read one: without ever quoting its content."""

from __future__ import annotations

import re
from typing import Any

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message that crosses a process boundary; its repr says its type and nothing else."""

    def __repr__(self) -> str:
        """Return the type's name: a repr ends in logs and tracebacks, content must not."""
        return f"<{type(self).__name__}>"

    def __rich_repr__(self) -> list[Any]:
        """Return nothing, so that rich shows no field either."""
        return []


class Malformed(ValueError):  # noqa: N818  # the error's name is what the message is
    """Bytes that are no valid message of the expected type. Names a field of ours, never a value.

    Attributes:
        field: Dotted path of the fault among known field names, or "" when the whole is unreadable.
    """

    def __init__(self, field: str = "") -> None:
        """Keep the field's path only."""
        super().__init__(f"malformed: {field or 'body'}")
        self.field = field


_AT = re.compile(r" - at `\$([\w.\[\]]*)`$")
_MISSING = re.compile(r"missing required field `(\w+)`")


def json_decode[T](data: bytes, kind: type[T]) -> T:
    """Decode JSON into `kind`.

    Raises:
        Malformed: Not JSON, or not of that shape. The cause is dropped: msgspec quotes values.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        field = field_of(error)
    raise Malformed(field)


def msgpack_decode[T](data: bytes, decoder: msgspec.msgpack.Decoder[T]) -> T:
    """Decode msgpack by `decoder`.

    Raises:
        Malformed: As for `json_decode`.
    """
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        field = field_of(error)
    raise Malformed(field)


def field_of(error: Exception) -> str:
    """Return the path of the fault; unknown field names are the sender's text and are left out."""
    if not isinstance(error, msgspec.ValidationError):
        return ""
    text = str(error)
    at = _AT.search(text)
    path = at.group(1).lstrip(".") if at else ""
    missing = _MISSING.search(text)
    return f"{path}.{missing.group(1)}".lstrip(".") if missing else path
