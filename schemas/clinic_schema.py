"""The JSON Schema of a clinic's file, for editors: they complete and explain fields and underline faults.

Made from the very types that read the file (`schemas.clinic`), walked as `schemas.clinic_shape` walks them:
single values by msgspec's own schema of their type, tables and their short forms here. It is never stricter
than the check, and cannot say what spans tables (that a practitioner's treatment is offered, that an id is
the file's name): the check goes on saying that.

No keyword stands beside a `$ref`: readers of older drafts, which many editors are, would not see it.
"""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import itertools
import types
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal, Union, cast, get_args, get_origin

import msgspec

from schemas.clinic import Clinic
from schemas.clinic_countries import COUNTRIES
from schemas.clinic_fields import Part, Prose, Text
from schemas.clinic_parts import (
    Cancellation,
    ClinicTreatment,
    ConsentRules,
    Deposit,
    Interval,
    Payment,
    Practitioner,
    Price,
    Promotion,
)
from schemas.clinic_shape import INTERVAL, MONEY, fields_of, unwrapped
from schemas.clinic_words import LANGUAGE_NAMES
from schemas.taxonomy import SPOKEN
from schemas.treatments import treatments

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

type Schema = dict[str, Any]


_PRICE: Final[Schema] = {"required": ["price"]}
_VARIANTS: Final[Schema] = {"required": ["variants"], "properties": {"variants": {"minItems": 1}}}
_NOT_OFFERED: Final[Schema] = {"properties": {"offered": {"enum": [False]}}}
_RULES: Final[Mapping[type[Part], Schema]] = {
    Text: {"minProperties": 1},
    Deposit: {"not": {"required": ["amount", "percent"]}},
    Cancellation: {"not": {"required": ["fee", "fee_percent"]}},
    Price: {
        "oneOf": [
            {"required": ["fixed"], "not": {"anyOf": [{"required": ["from"]}, {"required": ["to"]}]}},
            {"required": ["from"], "not": {"required": ["fixed"]}},
        ]
    },
    ClinicTreatment: {
        "not": {"anyOf": [{"allOf": [_PRICE, _VARIANTS]}, {"allOf": [_NOT_OFFERED, {"anyOf": [_PRICE, _VARIANTS]}]}]}
    },
    Promotion: {"not": {"required": ["price", "percent_off"]}},
    ConsentRules: {
        "anyOf": [{"required": ["text"]}, {"properties": {"required": {"enum": [False]}}}],
    },
}
"""What the fields of one table say about each other."""

_LISTS: Final[Mapping[tuple[type[Part], str], Schema]] = {
    (Clinic, "languages"): {"minItems": 1, "uniqueItems": True},
    (Clinic, "allowed_origins"): {"uniqueItems": True},
    (Payment, "taken"): {"uniqueItems": True},
    (Practitioner, "languages"): {"uniqueItems": True},
}
"""What is asked of a list as a whole."""

_SLUG_REF: Final[Schema] = {"$ref": "#/$defs/Slug"}
_CLOSED: Final[Mapping[tuple[type[Part], str], Schema]] = {
    (Clinic, "languages"): {"enum": [language.value for language in SPOKEN]},
    (Clinic, "country"): {"type": "string", "enum": sorted(COUNTRIES)},
    (Practitioner, "languages"): {"enum": sorted(LANGUAGE_NAMES)},
    (Practitioner, "treatments"): _SLUG_REF,
    (ClinicTreatment, "slug"): _SLUG_REF,
    (ClinicTreatment, "alternatives"): _SLUG_REF,
    (Promotion, "treatments"): _SLUG_REF,
}
"""Values (or a list's items) out of vocabularies that the types do not name."""

_WRITTEN: Final[Mapping[Any, Schema]] = {
    Decimal: {"type": "string", "pattern": f"^{MONEY.pattern}$"},
    dt.date: {"type": "string", "format": "date"},
    dt.time: {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]"},  # the format "time" asks for an offset
}
"""Single values that stand in the file otherwise than msgspec would say."""

_SHORT_FORMS: Final[Mapping[type[Part], Schema]] = {
    Text: {key: value for key, value in msgspec.json.schema(Prose).items() if key != "description"},
    Price: _WRITTEN[Decimal],
    Interval: {"type": "string", "pattern": f"^{INTERVAL.pattern}$"},
}
"""The string that may stand for a table (`schemas.clinic_shape`)."""


def clinic_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a clinic's file, ready for `json.dumps`."""
    defs: dict[str, Schema] = {
        "Slug": {"description": "A treatment of the table of treatments.", "enum": sorted(treatments())}
    }
    root = _table(Clinic, defs)
    return {"$schema": DIALECT, "title": "A clinic's file", **root, "$defs": dict(sorted(defs.items()))}


def _table(kind: type[Part], defs: dict[str, Schema]) -> Schema:
    """Return the schema of a table; those of the tables within are added to `defs`."""
    notes = field_notes(kind)
    fields = fields_of(kind)
    return {
        "description": _one_line(inspect.getdoc(kind) or ""),
        "type": "object",
        "properties": {name: _field(kind, field, notes.get(name, ""), defs) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
        "additionalProperties": False,
        **_RULES.get(kind, {}),
    }


def _field(owner: type[Part], field: msgspec.structs.FieldInfo, note: str, defs: dict[str, Schema]) -> Schema:
    """Return the schema of a field, explained by its docstring, its owner's sentence and its default."""
    name = field.encode_name
    closed = _CLOSED.get((owner, name))
    inner, expected = unwrapped(field.type)
    if get_origin(inner) is tuple:
        item = get_args(inner)[0]
        items = closed or _explained(_value(item, defs), unwrapped(item)[1])
        made: Schema = {"type": "array", "items": items, **_LISTS.get((owner, name), {})}
    else:
        made = closed or _value(field.type, defs)
    if isinstance(field.default, bool | int | str):
        made = {**made, "default": field.default}
    return _explained(made, expected, note=note)


def _value(kind: Any, defs: dict[str, Schema]) -> Schema:
    """Return the schema of a single value, or a reference to that of a table."""
    inner, expected = unwrapped(kind)
    if isinstance(inner, type) and issubclass(inner, Part):
        name = inner.__name__
        if name not in defs:
            table = _table(inner, defs)
            short = _SHORT_FORMS.get(inner)
            about = f"{table['description']} Expected: {expected}."
            defs[name] = {"description": about, "anyOf": [short, table]} if short else table
        return {"$ref": f"#/$defs/{name}"}
    if get_origin(inner) is Literal:
        return {"enum": list(get_args(inner))}
    if isinstance(inner, type) and issubclass(inner, Enum):
        return {"enum": [cast("object", member.value) for member in inner]}
    made = _WRITTEN.get(inner) or msgspec.json.schema(_without_none(kind))
    return {key: value for key, value in made.items() if key != "description"}


def _without_none(kind: Any) -> Any:
    """Return `kind` without ``| None``: TOML has no null."""
    members = [member for member in get_args(kind) if member is not types.NoneType]
    return members[0] if get_origin(kind) in (Union, types.UnionType) else kind


def _explained(schema: Schema, expected: str, *, note: str = "") -> Schema:
    """Return `schema` with a description; a table says itself what is expected of it."""
    refers = "$ref" in schema
    sentences = [note, f"Expected: {expected}." if expected and not refers else ""]
    text = " ".join(sentence for sentence in sentences if sentence)
    return {"description": text, **({"anyOf": [schema]} if refers else schema)} if text else schema


def field_notes(kind: type[Part]) -> Mapping[str, str]:
    """Return the docstrings that stand under the fields of `kind`, by the fields' names in the file."""
    body = cast("ast.ClassDef", ast.parse(inspect.getsource(kind)).body[0]).body
    written = {field.name: field.encode_name for field in msgspec.structs.fields(kind)}
    notes: dict[str, str] = {}
    for statement, below in itertools.pairwise(body):
        match statement, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                notes[written[name]] = _one_line(text)
            case _:
                continue
    return notes


def _one_line(text: str) -> str:
    """Return a docstring on one line, without the marks of its markup."""
    return " ".join(text.replace("``", "").replace("`", "").split())
