"""A reader of JSON Schema, as far as the clinic file's schema goes; a keyword that it does not know is an error.

No dependency of ours validates JSON Schema. Compared by hand with a full reader, under two drafts, and with a
TOML editor: all agreed on every case.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

ANNOTATIONS = {"$schema", "$defs", "title", "description", "default"}
TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "integer": int}
TYPES |= {"number": float, "null": type(None)}


def as_json(value: Any) -> Any:
    """Return what a TOML editor hands to its schema reader: dates and times are strings there."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def is_valid(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Return whether `value` satisfies `schema`, whose references are found in `root`."""
    if "$ref" in schema:
        assert len(schema) == 1, "a keyword beside $ref is not seen by every reader"
        return is_valid(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    return all(_holds(value, word, said, schema, root) for word, said in schema.items() if word not in ANNOTATIONS)


def _holds(value: Any, word: str, said: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:  # noqa: C901, PLR0911, PLR0912  # one branch a keyword
    match word:
        case "type":
            return isinstance(value, TYPES[said]) and not (said == "integer" and isinstance(value, bool))
        case "enum":
            return any(value == choice and type(value) is type(choice) for choice in said)
        case "not":
            return not is_valid(value, said, root)
        case "anyOf":
            return any(is_valid(value, one, root) for one in said)
        case "allOf":
            return all(is_valid(value, one, root) for one in said)
        case "oneOf":
            return sum(is_valid(value, one, root) for one in said) == 1
        case "properties":
            return not isinstance(value, dict) or all(
                is_valid(value[name], one, root) for name, one in said.items() if name in value
            )
        case "required":
            return not isinstance(value, dict) or said == [name for name in said if name in value]
        case "additionalProperties":
            assert said is False
            return not isinstance(value, dict) or value.keys() <= schema["properties"].keys()
        case "minProperties":
            return not isinstance(value, dict) or len(value) >= said
        case "items":
            return not isinstance(value, list) or all(is_valid(item, said, root) for item in value)
        case "minItems":
            return not isinstance(value, list) or len(value) >= said
        case "uniqueItems":
            return not isinstance(value, list) or len({str(item) for item in value}) == len(value)
        case "pattern":
            return not isinstance(value, str) or re.search(said, value) is not None
        case "minLength":
            return not isinstance(value, str) or len(value) >= said
        case "maxLength":
            return not isinstance(value, str) or len(value) <= said
        case "minimum":
            return not isinstance(value, int | float) or value >= said
        case "maximum":
            return not isinstance(value, int | float) or value <= said
        case "format":
            return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
        case _:
            raise NotImplementedError(word)
