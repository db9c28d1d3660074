"""Request bodies: read once, straight into their type.

Litestar's own way decodes a body into a dict first; msgspec keeps the keys of such dicts in a cache,
and a visitor's text would stand in one more place. Bodies are refused by field, never quoted.
"""

from __future__ import annotations

from typing import Any, cast

from litestar.dto import MsgspecDTO
from msgspec import Struct

from gateway.problems import Refused
from schemas.message import Malformed, json_decode
from schemas.public import ProblemCode


class Body[T: Struct](MsgspecDTO[T]):
    """`@post(dto=Body[TurnRequest], return_dto=None)`; the OpenAPI schema is the type's."""

    def decode_bytes(self, value: bytes) -> Any:
        """Return the body as its type.

        Raises:
            Refused: It is not declared as JSON, or is no valid body.
        """
        kind: str = cast("Any", self).asgi_connection.headers.get("content-type", "")
        if kind.partition(";")[0].strip().lower() != "application/json":
            raise Refused(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Content-Type: must be application/json")
        model: Any = self.model_type
        try:
            return json_decode(value, model)
        except Malformed as malformed:
            field = malformed.field
        raise Refused(ProblemCode.INVALID_REQUEST, f"invalid: {field or 'body'}")
