"""Holds a file's data to its Structs and reports everything that does not fit.

`msgspec.convert` stops at the first fault and quotes values; a clinic owner wants all faults at once. So each
single value is tried on its own, and the whole is converted only when all have passed.
"""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import re
import types
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin

import msgspec

from schemas.clinic_fields import Text
from schemas.clinic_lines import Path
from schemas.clinic_parts import Interval, Price

type Misfit = tuple[Path, str]
"""Where, and what was expected there."""

INTERVAL: Final = re.compile(r"((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9])")
MONEY: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{2})?")


def _interval(value: str) -> dict[str, str] | None:
    found = INTERVAL.fullmatch(value)
    return {"opens": f"{found.group(1)}:00", "closes": f"{found.group(2)}:00"} if found else None


_SHORT_FORMS: Final[Mapping[Any, Callable[[str], dict[str, str] | None]]] = {
    Text: lambda value: {"plain": value},
    Price: lambda value: {"fixed": value},
    Interval: _interval,
}
"""Tables that may be written as one string, and the table it stands for, or None where it stands for none."""

_EXPECTED: Final[Mapping[Any, str]] = {
    Text: 'text, or a table of texts such as { en = "…", fr = "…" }',
    Price: 'an amount such as "180.00", or a table such as { from = "180.00", to = "320.00" }',
    Interval: 'opening hours such as "09:00-12:30"',
    bool: "true or false",
    str: "text between quotes",
    int: "a whole number",
    dt.date: "a date without quotes, e.g. 2027-12-24",
    dt.time: "a time without quotes, e.g. 09:00:00",
}
"""What is expected of types that have no description of their own."""


def fitted(data: object, kind: Any, path: Path = ()) -> tuple[Any, list[Misfit]]:
    """Return `data` with its short forms written out, and all that does not fit `kind`.

    Args:
        data: What the TOML reader gave: tables, lists and single values.
        kind: A Struct, a tuple type ``tuple[X, ...]``, or the type of a single value, annotated or optional.
        path: Where `data` stands in the file.
    """
    inner, expected = unwrapped(kind)
    if inner in _SHORT_FORMS and isinstance(data, str) and (table := _SHORT_FORMS[inner](data)):
        written, misfits = _fitted_table({**table}, inner, path)
        return written, [(path, reason) for _, reason in misfits]  # its owner wrote no field of that table
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        if isinstance(data, dict):
            return _fitted_table(cast("dict[str, object]", data), inner, path)
        return data, [(path, f"expected {expected or 'a table'}")]
    if get_origin(inner) is tuple:
        if isinstance(data, list):
            return _fitted_list(cast("list[object]", data), get_args(inner)[0], path)
        return data, [(path, "expected a list between square brackets")]
    return data, [] if _fits(data, inner, kind) else [(path, f"expected {expected}")]


def field_path(path: Path) -> str:
    """Return `path` as owners read it: ``treatments[2].price.from``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _fitted_table(data: dict[str, object], kind: type[msgspec.Struct], path: Path) -> tuple[Any, list[Misfit]]:
    fields = fields_of(kind)
    misfits: list[Misfit] = [((*path, key), _unknown(key, fields)) for key in data if key not in fields]
    misfits += [
        ((*path, name), f"missing; expected {unwrapped(field.type)[1] or 'a table or list of tables'}")
        for name, field in fields.items()
        if field.required and name not in data
    ]
    written: dict[str, Any] = {}
    for name in data.keys() & fields.keys():
        written[name], found = fitted(data[name], fields[name].type, (*path, name))
        misfits += found
    return written, misfits


def _unknown(key: str, fields: Mapping[str, msgspec.structs.FieldInfo]) -> str:
    """Say what to do about a field that the table does not have: most are misspelt or stand under a wrong header."""
    near = difflib.get_close_matches(key, fields, n=1)
    advice = f'did you mean "{near[0]}"?' if near else "remove it, or put it under the [table] that it belongs to"
    return f"no such field; {advice}"


def _fitted_list(data: list[object], kind: Any, path: Path) -> tuple[Any, list[Misfit]]:
    items = [fitted(item, kind, (*path, position)) for position, item in enumerate(data)]
    return [written for written, _ in items], [misfit for _, found in items for misfit in found]


def _fits(data: object, inner: Any, kind: Any) -> bool:
    """Return whether a single value is of `kind`, by msgspec's own rules; a float never is."""
    if isinstance(data, float) or (inner is Decimal and not (isinstance(data, str) and MONEY.fullmatch(data))):
        return False
    try:
        msgspec.convert({"value": data}, _single(kind))
    except msgspec.ValidationError:
        return False
    return True


@functools.cache
def _single(kind: Any) -> type[msgspec.Struct]:
    """Return a Struct of one field: msgspec keeps what it learns about Structs, not about other types."""
    return msgspec.defstruct("Single", [("value", kind)])


@functools.cache
def fields_of(kind: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    """Return the fields of `kind` by their names in the file."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


@functools.cache
def unwrapped(kind: Any) -> tuple[Any, str]:
    """Return the type within annotations and ``| None``, and the sentence that says what is expected of it."""
    expected: str = ""
    while get_origin(kind) in (Annotated, Union, types.UnionType):
        if get_origin(kind) is Annotated:
            kind, *notes = get_args(kind)
            expected = expected or next((note.description for note in notes if note.description), "")
        else:
            kind = next(member for member in get_args(kind) if member is not types.NoneType)
    if not expected and (get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, Enum))):
        choices: list[object] = list(get_args(kind)) or [member.value for member in cast("type[Enum]", kind)]
        expected = "one of " + ", ".join(f'"{choice}"' for choice in choices)
    return cast("Any", kind), expected or _EXPECTED.get(kind, "")
