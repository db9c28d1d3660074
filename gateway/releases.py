"""The launcher's releases, as `npm run build` leaves them in `widget/dist/`: a file a release, named by its content."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Final

import msgspec

from gateway.static_files import BUILT
from schemas.public import WidgetRelease

LIST: Final = "releases.json"
FOLDER: Final = "releases"


def read_releases(built: Path = BUILT) -> dict[WidgetRelease, bytes]:
    """Return each release with its script, the newest first.

    Raises:
        OSError: The list or a listed file cannot be read.
        ValueError: The list is malformed or empty, or a file is not what its integrity says: browsers would refuse it.
    """
    try:
        listed = msgspec.json.decode((built / LIST).read_bytes(), type=tuple[WidgetRelease, ...])
    except msgspec.DecodeError:
        raise ValueError(f"{LIST}: malformed") from None
    if not listed:
        raise ValueError(f"{LIST}: lists nothing; run npm run build in widget/")
    scripts = {release: (built / FOLDER / release.file).read_bytes() for release in listed}
    for release, script in scripts.items():
        if integrity(script) != release.integrity:
            raise ValueError(f"{release.file}: not what its integrity in {LIST} says")
    return scripts


def integrity(script: bytes) -> str:
    """Return what a script tag's `integrity` says of `script`."""
    return "sha384-" + base64.b64encode(hashlib.sha384(script).digest()).decode()
