"""Clinics' access tokens: made by ``lethe clinic token``, kept in one file as hashes, read here.

A token is 256 random bits behind ``lethe_``, so that scanners for leaked secrets know it. It is
shown once. The file keeps its SHA-256, which is enough for a random number of that length, its
clinic, its days, and a number by which people speak of it.

The file is replaced at once, never written in place; who serves figures looks at each request
whether it is another one, so that a token and its revocation count from then on. A file that cannot
be read opens nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

PREFIX: Final = "lethe_"
LONGEST_DAYS: Final = 366
CLINIC_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")
"""What a clinic's id looks like (`schemas.clinic`)."""
_UNREADABLE: Final[tuple[int, ...]] = (-1,)
"""The version of a file that could not be read: no file's, so that it is tried again."""

_log: Any = structlog.get_logger()


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One token as the file keeps it."""

    number: int
    """Six digits that name it; no secret."""
    sha256: str
    """Of the whole token, in hexadecimal digits."""
    clinic: str
    created: dt.datetime
    """Aware, like the other two."""
    expires: dt.datetime
    revoked: dt.datetime | None = None

    def __repr__(self) -> str:
        """Return its number only."""
        return f"<Token {self.number}>"

    def state(self, now: dt.datetime) -> str:
        """Return ``valid``, ``expired`` or ``revoked``."""
        if self.revoked:
            return "revoked"
        return "valid" if now < self.expires else "expired"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tokens: tuple[Token, ...] = ()
    version: int = 1


class TokensUnreadable(Exception):  # noqa: N818  # what they are
    """The file of tokens cannot be read, or is none. Says so and quotes nothing."""


class NoSuchToken(Exception):  # noqa: N818  # what is missing
    """No token, or more than one, is meant."""


def digest(token: str) -> str:
    """Return the SHA-256 of `token`, in hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def read(file: Path) -> tuple[Token, ...]:
    """Return the tokens of `file`, the oldest first; none where it does not exist.

    Raises:
        TokensUnreadable: It cannot be read, or holds something else.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=_File).tokens
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise TokensUnreadable from None


def make(file: Path, clinic: str, *, days: int, now: dt.datetime) -> tuple[str, Token]:
    """Add a token of `clinic` to `file` and return it with what is kept of it; nobody can read it again.

    Args:
        file: Made, with its folder, where there is none.
        clinic: Its id.
        days: How long it is valid, 1 to `LONGEST_DAYS`.
        now: Aware.

    Raises:
        TokensUnreadable: The file cannot be read.
        OSError: It cannot be written.
        ValueError: `clinic` is no clinic's id, or `days` out of bounds.
    """
    if not CLINIC_ID.fullmatch(clinic) or not 1 <= days <= LONGEST_DAYS:
        raise ValueError("clinic or days")
    secret = PREFIX + secrets.token_urlsafe(32)
    with _alone(file):
        known = read(file)
        taken = {token.number for token in known}
        number = next(number for number in iter(_random_number, None) if number not in taken)
        created = now.astimezone(dt.UTC).replace(microsecond=0)
        token = Token(number, digest(secret), clinic, created, created + dt.timedelta(days=days))
        _write(file, (*known, token))
    return secret, token


def revoke(file: Path, named: str, *, clinic: str = "", now: dt.datetime) -> Token:
    """Revoke a token and return it; one that had been revoked stays as it was.

    Args:
        file: Of the tokens.
        named: Its number, or enough of the number's beginning, or a whole token as somebody found it.
        clinic: Only among this clinic's tokens; "" among all.
        now: Aware.

    Raises:
        NoSuchToken: None is meant, or several.
        TokensUnreadable: The file cannot be read.
        OSError: It cannot be written.
    """
    with _alone(file):
        known = read(file)
        token = _meant([token for token in known if clinic in {"", token.clinic}], named)
        if token.revoked:
            return token
        revoked = msgspec.structs.replace(token, revoked=now.astimezone(dt.UTC).replace(microsecond=0))
        _write(file, tuple(revoked if other is token else other for other in known))
    return revoked


def _random_number() -> int:
    """Return six digits; random, so that they tell nothing about how many there are."""
    return 100_000 + secrets.randbelow(900_000)


def _meant(tokens: Sequence[Token], named: str) -> Token:
    hashed = digest(named) if named.startswith(PREFIX) else ""
    found = [token for token in tokens if hashed == token.sha256 or named == str(token.number)]
    found = found or [token for token in tokens if named.isdigit() and str(token.number).startswith(named)]
    if len(found) != 1:
        raise NoSuchToken
    return found[0]


@contextlib.contextmanager
def _alone(file: Path) -> Generator[None]:
    """Keep other writers out; the folder is locked, since the file itself is replaced."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(file: Path, tokens: tuple[Token, ...]) -> None:
    """Replace `file` at once, readable by its owner only, who stays the same; at first the folder's."""
    fresh = file.with_name(f"{file.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(_File(tokens)), indent=1) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    if os.geteuid() == 0:
        owner = (file if file.exists() else file.parent).stat()
        os.chown(fresh, owner.st_uid, owner.st_gid)
    fresh.replace(file)


class ClinicTokens:
    """The file of tokens as whoever serves figures sees it."""

    def __init__(
        self,
        file: Path | None,
        *,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Read `file`; None: there are no tokens.

        Raises:
            TokensUnreadable: It cannot be read.
        """
        self._file, self._now = file, now
        self._version: tuple[int, ...] = _version(file)
        self._tokens = read(file) if file else ()

    def clinic_of(self, hashed: str) -> str | None:
        """Return whose token has the SHA-256 `hashed`, while it is valid; None: nobody's."""
        self._look_again()
        found = None
        for token in self._tokens:  # to the end: how long it takes tells nothing
            if hmac.compare_digest(token.sha256, hashed):
                found = token
        return found.clinic if found and found.state(self._now()) == "valid" else None

    def _look_again(self) -> None:
        """Read the file when it is another than the one that was read."""
        if self._file is None:
            return
        version = _version(self._file)
        if version == self._version:
            return
        try:
            self._tokens, self._version = read(self._file), version
        except TokensUnreadable:
            if self._version != _UNREADABLE:
                _log.error("clinic_tokens_unreadable")
            self._tokens, self._version = (), _UNREADABLE


def _version(file: Path | None) -> tuple[int, ...]:
    """Return what tells one version of the file from another."""
    try:
        found = file.stat() if file else None
    except OSError:
        found = None
    return (found.st_mtime_ns, found.st_ino, found.st_size) if found else ()
