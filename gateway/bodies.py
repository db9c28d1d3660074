"""Request bodies: read once, straight into their type.

Litestar's own way decodes a body into a dict first; msgspec keeps the keys of such dicts in a cache,
and a visitor's text would stand in one more place. Bodies are refused by field, never quoted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from litestar.dto import MsgspecDTO
from litestar.types import Receive
from msgspec import Struct

from gateway.problems import Refused
from schemas.message import Malformed, json_decode
from schemas.public import BODY_BYTES_MAX, ProblemCode


class Body[T: Struct](MsgspecDTO[T]):
    """`@post(dto=Body[TurnRequest], return_dto=None)`; the OpenAPI schema is the type's."""

    def decode_bytes(self, value: bytes) -> Any:
        """Return the body as its type.

        Raises:
            Refused: It is not declared as JSON, or is no valid body.
        """
        kind: str = cast("Any", self).asgi_connection.headers.get("content-type", "")
        model: Any = self.model_type
        return decoded(value, model, content_type=kind)


def decoded[T](body: bytes, kind: type[T], *, content_type: str) -> T:
    """Return `body` as `kind`.

    Raises:
        Refused: It is not declared as JSON, or is no valid body.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Content-Type: must be application/json")
    try:
        return json_decode(body, kind)
    except Malformed as malformed:
        field = malformed.field
    raise Refused(ProblemCode.INVALID_REQUEST, f"invalid: {field or 'body'}")


async def received(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
    """Return the body of a request to an ASGI handler.

    Raises:
        Refused: Longer than `BODY_BYTES_MAX`, as declared or as it comes, or broken off.
    """
    declared = headers.get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > BODY_BYTES_MAX:
        raise Refused(ProblemCode.MESSAGE_TOO_LONG)
    body = b""
    while True:
        message: Any = await receive()
        if message["type"] != "http.request":
            raise Refused(ProblemCode.INVALID_REQUEST, "invalid: body")
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            raise Refused(ProblemCode.MESSAGE_TOO_LONG)
        if not message.get("more_body", False):
            return body
