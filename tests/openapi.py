"""Answers of the query API held to its own description."""

from __future__ import annotations

from typing import Any

import msgspec

from analytics.dashboard.described import description
from tests.json_schema import is_valid


def check(value: Any, schema: dict[str, Any]) -> None:
    """Hold `value` to a schema of the description, and to nothing beyond it."""
    document = description()["components"]["schemas"]
    root = {"$defs": {name: closed(part) for name, part in document.items()}}
    assert is_valid(value, closed(schema), root), value


def closed(schema: dict[str, Any]) -> Any:
    """Return the schema as the reader of the clinic file's reads it, with no other properties than the named ones."""
    text = msgspec.json.encode(schema).decode().replace("#/components/schemas/", "#/$defs/")
    return _closed(msgspec.json.decode(text))


def _closed(part: Any) -> Any:
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return {"$ref": part["$ref"]}
    held = {name: _closed(one) for name, one in part.items() if name != "default"}
    return held | ({"additionalProperties": False} if "properties" in part else {})
