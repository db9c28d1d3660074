"""Key material: made fresh, kept in files of mode 0600, a file a purpose.

::

    keys/nats/<user>.seed             nkey seeds: gateway-<id>, sanitiser, router, llm, analytics, operator
    keys/edges/<edge>.key             gateway-sanitiser, sanitiser-router, router-llm
    keys/session.key                  sealed sessions
    keys/analytics.token              bearer token of the loopback query API
    keys/nats.conf                    the broker's configuration, generated

A container is given the files of its own role only. Rotation puts a new key first and drops all
but the newest two, so that what was sealed a moment ago still opens.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, Final

import nkeys  # type: ignore[import-untyped]

from deploy.nats.config import User
from schemas.sealing import EDGES, new_key_line
from schemas.subjects import WORKERS, Role

_nkeys: Any = nkeys  # the package has no types
KEPT: Final = 2
"""Keys of one file that still open after a rotation."""
_SINGLE: Final = (*WORKERS, Role.ANALYTICS, Role.OPERATOR)


def new_keys(folder: Path, *, gateways: tuple[str, ...] = ("gw1",)) -> None:
    """Write fresh keys of every kind into `folder`; existing ones are replaced.

    Raises:
        OSError: The folder cannot be written.
    """
    for name in ("nats", "edges"):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for stale in (folder / "nats").glob("*.seed"):
        stale.unlink()  # a gateway that is no more would keep its user
    names = [f"{Role.GATEWAY.value}-{gateway}" for gateway in gateways] + [role.value for role in _SINGLE]
    for name in names:
        _write(folder / "nats" / f"{name}.seed", _new_seed())
    for edge in EDGES:
        _write(edge_file(folder, edge), new_key_line())
    _write(session_file(folder), new_key_line())
    _write(folder / "analytics.token", secrets.token_urlsafe(32))


def rotate(folder: Path) -> list[Path]:
    """Put a new key first in the session's and every edge's file; return the files.

    Raises:
        OSError: A file cannot be read or written.
    """
    files = [session_file(folder), *(edge_file(folder, edge) for edge in EDGES)]
    for file in files:
        lines = [line for line in file.read_text("ascii").splitlines(keepends=True) if line.strip()]
        _write(file, "".join([new_key_line(), *lines][:KEPT]))
    return files


def seed_file(folder: Path, role: Role, instance: str = "") -> Path:
    """Return where the nkey seed of a user lies; `instance` is a gateway's id."""
    return folder / "nats" / f"{role.value}{f'-{instance}' if instance else ''}.seed"


def edge_file(folder: Path, edge: str) -> Path:
    """Return where the keys of an edge lie."""
    return folder / "edges" / f"{edge}.key"


def session_file(folder: Path) -> Path:
    """Return where the session keys lie."""
    return folder / "session.key"


def users(folder: Path) -> list[User]:
    """Return the NATS users whose seeds lie in `folder`, by public key.

    Raises:
        OSError: The folder cannot be read.
    """
    found: list[User] = []
    for file in sorted((folder / "nats").glob("*.seed")):
        role, _, instance = file.stem.partition("-")
        public = _nkeys.from_seed(bytearray(file.read_bytes())).public_key.decode()
        found.append(User(Role(role), instance, public))
    return found


def _new_seed() -> str:
    return _nkeys.encode_seed(os.urandom(32), _nkeys.PREFIX_BYTE_USER).decode()


def _write(file: Path, text: str) -> None:
    """Replace `file` at once, readable by its owner only, who stays the same."""
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(text)
    if file.exists() and os.geteuid() == 0:
        owner = file.stat()
        os.chown(fresh, owner.st_uid, owner.st_gid)
    fresh.replace(file)
