"""Where weekly letters go, read from settings; a fault names its variable and never its value."""

from __future__ import annotations

import ipaddress
import re
import ssl
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from schemas.env import SettingsFault

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_PORTS: Final = {"smtps": 465, "smtp": 587}
_OUTBOX_ONLY: Final = "lethe@localhost"
"""The sender of letters that lie in a folder."""


class Tls(StrEnum):
    """How a connection is encrypted."""

    WRAPPED = "wrapped"
    STARTTLS = "starttls"
    NONE = "none"
    """On loopback alone."""


class Smtp(NamedTuple):
    """A server that takes mails."""

    host: str
    port: int
    tls: Tls
    user: str
    """"" where none is asked for."""
    password: str
    authorities: str = ""
    """File of the certificates that are trusted; "": the system's."""

    def __repr__(self) -> str:
        """Return the type's name only: it holds a password."""
        return "<Smtp>"

    def context(self) -> ssl.SSLContext:
        """Return what checks the server's certificate and name."""
        return ssl.create_default_context(cafile=self.authorities or None)


class Mail(NamedTuple):
    """Where letters go."""

    outbox: Path
    """Folder of letters, and of what has been sent."""
    smtp: Smtp | None
    """None: letters stay in the folder."""
    sender: str
    to: str
    """The recipient of every letter; "": each clinic's own address."""
    dashboard_url: str
    """What letters link to, without a path; "" makes no link."""


def read_mail(*, outbox: str, smtp_url: str, sender: str, to: str, dashboard_url: str) -> Mail | None:
    """Return where letters go; None where no outbox is set, so that none are written.

    Args:
        outbox: `LETHE_MAIL_OUTBOX`.
        smtp_url: `LETHE_SMTP_URL`: ``smtps://user:password@host:port``, or ``smtp://…`` with STARTTLS.
        sender: `LETHE_MAIL_FROM`.
        to: `LETHE_MAIL_TO`.
        dashboard_url: Where browsers find the dashboard.

    Raises:
        SettingsFault: One of them cannot be used.
    """
    for variable, value in (("LETHE_MAIL_FROM", sender), ("LETHE_MAIL_TO", to)):
        if value and not _ADDRESS.fullmatch(value):
            raise SettingsFault(f"{variable}: one plain address, e.g. figures@example.com")
    if not outbox:
        if smtp_url:
            raise SettingsFault("LETHE_MAIL_OUTBOX: must be set with LETHE_SMTP_URL; it remembers what has been sent")
        return None
    if smtp_url and not sender:
        raise SettingsFault("LETHE_MAIL_FROM: must be set with LETHE_SMTP_URL")
    smtp = parse_smtp(smtp_url) if smtp_url else None
    return Mail(Path(outbox), smtp, sender or _OUTBOX_ONLY, to, dashboard_url)


def parse_smtp(url: str) -> Smtp:
    """Return the server at `url`.

    Raises:
        SettingsFault: It is no such address.
    """
    wrong = SettingsFault("LETHE_SMTP_URL: smtps://USER:PASSWORD@HOST:PORT or smtp://…, special characters as %XX")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise wrong
    tls = Tls.WRAPPED if parts.scheme == "smtps" else Tls.NONE if _is_loopback(parts.hostname) else Tls.STARTTLS
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise SettingsFault("LETHE_SMTP_URL: user and password must be ASCII")
    return Smtp(parts.hostname, port or _PORTS[parts.scheme], tls, user, password)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
