"""Scripts and stylesheets, read and compressed once a process: our pages' own, and the conversation built in `widget/`.

Every body is the same for everybody, so that its compressed size tells nothing of a visitor. Answers to visitors are
never compressed.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Response

FOLDER: Final = Path(__file__).with_name("pages")
BUILT: Final = Path(__file__).parents[1] / "widget" / "dist"
"""What `npm run build` leaves in `widget/`."""

_MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css"}
_GZIP_LEVEL: Final = 9


class StaticFile(msgspec.Struct, frozen=True):
    """A public body, ready to serve."""

    body: bytes
    media_type: str
    gzipped: bytes
    etag: str
    """Weak: one for both encodings."""

    @classmethod
    def of(cls, body: bytes, media_type: str) -> StaticFile:
        """Return `body` with what is derived from it; the same bytes give the same file."""
        digest = hashlib.sha256(body).hexdigest()
        return cls(body, media_type, gzip.compress(body, _GZIP_LEVEL, mtime=0), f'W/"{digest[:16]}"')


@functools.cache
def static_files() -> dict[str, StaticFile]:
    """Return the scripts and stylesheets by name, read once a process."""
    own = sorted(path for path in FOLDER.iterdir() if path.suffix in _MEDIA_TYPES)
    built = sorted(BUILT.glob("conversation.*"))
    return {path.name: StaticFile.of(path.read_bytes(), _MEDIA_TYPES[path.suffix]) for path in (*own, *built)}


@functools.cache
def static_hash() -> str:
    """Return 16 hex digits over all static files: one for all, since a script may import its neighbours by name."""
    digest = hashlib.sha256()
    for name, file in static_files().items():
        digest.update(b"%s\0%d\0%s" % (name.encode(), len(file.body), file.body))
    return digest.hexdigest()[:16]


def static_url(name: str) -> str:
    """Return the address of static file `name`; it may be cached for ever.

    Raises:
        KeyError: There is none of that name.
    """
    if name not in static_files():
        raise KeyError(name)
    return f"/static/{static_hash()}/{name}"


def served(file: StaticFile, request: Request[Any, Any, Any], headers: dict[str, str]) -> Response[bytes]:
    """Return `file` as the request's client can read it, or that what it holds is still right.

    Args:
        file: What to serve.
        request: Whose Accept-Encoding and If-None-Match are read.
        headers: Of the response, `cache-control` among them.
    """
    headers = headers | {"etag": file.etag, "vary": "accept-encoding"}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    if not takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(file.body, media_type=file.media_type, headers=headers)
    return Response(file.gzipped, media_type=file.media_type, headers=headers | {"content-encoding": "gzip"})


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding of `accepted` names gzip and does not weigh it nothing."""
    for part in accepted.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return weight.strip("0.") != "" or weight == ""
    return False
