"""Settings from the environment: one frozen struct a process, read once in `main`.

`LETHE_<NAME>` gives a value, `LETHE_<NAME>_FILE` the path of a file that holds it (secrets).
An empty variable counts as unset, so that compose files can pass `${X:-}`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The base of every role's settings; its repr shows no value, since some are secrets."""

    def __repr__(self) -> str:
        """Return the type's name only."""
        return f"<{type(self).__name__}>"

    def __rich_repr__(self) -> list[Any]:
        """Return nothing."""
        return []


class SettingsFault(Exception):  # noqa: N818  # what it is
    """A setting is missing or wrong. Names the variable, never its value."""


def load[T: Settings](kind: type[T], environ: Mapping[str, str] = os.environ) -> T:
    """Read `kind` from `environ`.

    Raises:
        SettingsFault: A variable is missing, unreadable or of the wrong form.
    """
    values = {
        field.name: value for field in msgspec.structs.fields(kind) if (value := _value(field, environ)) is not None
    }
    try:
        return msgspec.convert(values, kind, strict=False, str_keys=True, dec_hook=_path)
    except msgspec.ValidationError as error:
        reason = str(error)
    raise SettingsFault(_explain(reason, kind))


def _path(kind: type[Any], text: Any) -> Any:
    """Make the one type that msgspec does not: a path."""
    if kind is Path and isinstance(text, str):
        return Path(text)
    raise NotImplementedError


def _value(field: msgspec.structs.FieldInfo, environ: Mapping[str, str]) -> Any:
    """Return the text given for `field`, as a list where the field is a tuple; None where unset."""
    name = f"LETHE_{field.name.upper()}"
    text = environ.get(name) or None
    if text is None and (path := environ.get(f"{name}_FILE")):
        try:
            text = Path(path).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            raise SettingsFault(f"{name}_FILE: the file it names cannot be read") from None
    if text is not None and getattr(field.type, "__origin__", None) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _explain(reason: str, kind: type[Settings]) -> str:
    """Return a sentence that names the variable; the reason's own words quote no value of ours."""
    for field in msgspec.structs.fields(kind):
        variable = f"LETHE_{field.name.upper()}"
        if re.search(rf"`\$\.{field.name}[`.\[]", reason):
            return f"{variable}: wrong form{_expected(field)}"
        if f"missing required field `{field.name}`" in reason:
            return f"{variable}: must be set"
    return "settings are invalid"


def _expected(field: msgspec.structs.FieldInfo) -> str:
    """Return what a value of `field` looks like, from its type: msgspec's own words may quote what was given."""
    kind = field.type
    choices = getattr(getattr(kind, "__value__", kind), "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return f" (one of {', '.join(choices)})"
    names = {int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}
    return f" ({names[kind]})" if kind in names else ""
