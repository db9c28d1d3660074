"""Templates and static files: read once a process; pages hold no inline script and no inline style."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec

from analytics.dashboard.formats import Words
from analytics.dashboard.texts import NAMES

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"
_MEDIA_TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}


class StaticFile(msgspec.Struct, frozen=True):
    """A script, a stylesheet or an icon, ready to serve."""

    body: bytes
    media_type: str


@functools.cache
def static_files() -> dict[str, StaticFile]:
    """Return the static files by name, read once a process."""
    found = sorted(path for path in STATIC.iterdir() if path.suffix in _MEDIA_TYPES)
    return {path.name: StaticFile(path.read_bytes(), _MEDIA_TYPES[path.suffix]) for path in found}


@functools.cache
def static_hash() -> str:
    """Return 16 hex digits over all static files."""
    digest = hashlib.sha256()
    for name, file in static_files().items():
        digest.update(b"%s\0%d\0%s" % (name.encode(), len(file.body), file.body))
    return digest.hexdigest()[:16]


def static_url(name: str) -> str:
    """Return the address of static file `name`, which may be cached for ever.

    Raises:
        KeyError: There is none of that name.
    """
    if name not in static_files():
        raise KeyError(name)
    return f"/static/{static_hash()}/{name}"


def page(template: str, words: Words, **values: Any) -> str:
    """Return `template` filled with `values`; everything put into it is escaped, and an unknown name is an error."""
    return (
        _environment()
        .get_template(template)
        .render(values, t=words.texts, words=words, language=words.language.value, names=NAMES, static_url=static_url)
    )


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
