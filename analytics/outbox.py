"""Weekly letters on their way: into a folder, and from there by SMTP where a server is set.

The folder is needed in either case: it remembers what has been sent. A letter is written as
``<clinic>-<week>.html``, ``.txt`` and ``.eml``, each at once or not at all; what follows decides
whether it is sent, and never twice:

1.  Where a server is set, ``<clinic>-<week>.sent`` is made, which only one can do, and says ``sending``.
2.  The letter is handed to the server.
3.  The file says ``sent``.

Where the server certainly did not take it (no connection, refused), the file is removed and the next
look tries again. Where that is not certain (killed or cut off between 1 and 3) the file stays as it
is: the letter is not sent again by itself, and the log says so.

A letter goes out from Monday morning, the clinic's time, and is given up on Thursday: old news.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import secrets
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from analytics.figures import Figures
from analytics.mail_settings import Mail, Smtp
from analytics.smtp import NotTaken, Unsure, deliver
from analytics.store import Store, StoreFault
from analytics.weekly import NothingClosed, last_week, report
from analytics.weekly_letter import Letter, write
from schemas.clinic import Clinic
from schemas.taxonomy import Source

LOOK_EVERY_S: Final = 600.0
"""How often it is looked for weeks that closed."""
MORNING: Final = dt.time(7)
LAST_DAY: Final = dt.timedelta(days=3)
"""After the Sunday: Wednesday."""
_SENDING: Final = b"sending\n"
_SENT: Final = b"sent\n"
_POLICY: Final = SMTP.clone(cte_type="7bit")
"""Any server takes it, and a text's lines end as mail's do."""

_log: Any = structlog.get_logger()


async def run(
    figures: Figures,
    store: Store,
    mail: Mail,
    *,
    clinics: Callable[[], Iterable[Clinic]],
    stop: asyncio.Event,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> None:
    """Send what is due until `stop` is set. No fault of a mail ends it, as figures are served beside it.

    Args:
        figures: What letters tell.
        store: Of the same figures.
        mail: Where letters go.
        clinics: Returns the clinics there are now.
        stop: Set it to end; a letter under way is finished.
        now: The time, aware.
    """
    for file in mail.outbox.glob("*.sent"):
        if file.read_bytes() != _SENT:
            _log.error("mail_uncertain", clinic=file.stem)
    while not stop.is_set():
        for clinic in tuple(clinics()):
            try:
                await send_due(figures, store, mail, clinic=clinic, now=now())
            except StoreFault as fault:
                _log.warning("mail_postponed", clinic=clinic.id, code=str(fault.code))
            except Exception as error:  # noqa: BLE001  # a letter's fault must not take the figures away
                _log.error("mail_failed", clinic=clinic.id, exc_info=error)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_EVERY_S)


async def send_due(figures: Figures, store: Store, mail: Mail, *, clinic: Clinic, now: dt.datetime) -> bool:
    """Send the letter about a clinic's last week if it is time and it was not sent; return whether it was.

    Raises:
        StoreFault: The database failed.
        OSError: The folder cannot be written.
    """
    coverage = await figures.coverage(clinic.id, Source.VISITOR)
    if coverage.closed is None:
        return False
    week = last_week(coverage.closed)
    at = now.astimezone(ZoneInfo(clinic.time_zone))
    is_time = at.time() >= MORNING and dt.timedelta() < at.date() - week.last <= LAST_DAY
    if not is_time or _marker(mail, clinic.id, _iso(week.last)).exists():
        return False
    try:
        told = await report(figures, store, clinic=clinic.id, source=Source.VISITOR)
    except NothingClosed:
        return False
    if told.is_empty:
        return False
    letter = write(told, name=clinic.name, language=clinic.default_language, dashboard_url=mail.dashboard_url)
    return await send_once(letter, mail, to=clinic.email, now=now)


async def send_once(letter: Letter, mail: Mail, *, to: str, now: dt.datetime) -> bool:
    """Write a letter and send it unless it was sent before; return whether it was now.

    Args:
        letter: What is sent.
        mail: Where it goes.
        to: The recipient, where `mail` names none.
        now: For its date, aware.

    Raises:
        OSError: The folder cannot be written.
    """
    message = compose(letter, sender=mail.sender, to=mail.to or to, now=now)
    marker = _marker(mail, letter.clinic, letter.week)
    if marker.exists():
        return False
    await asyncio.to_thread(_put, letter, message, mail.outbox)
    if mail.smtp and not await _send(message, mail.smtp, marker, clinic=letter.clinic):
        return False
    await asyncio.to_thread(_write, marker, _SENT)
    _log.info("mail_sent", clinic=letter.clinic)
    return True


async def _send(message: EmailMessage, smtp: Smtp, marker: Path, *, clinic: str) -> bool:
    """Send a mail, with the marker beside it; return whether the server has it for certain."""
    if not await asyncio.to_thread(_claim, marker):
        return False
    try:
        await asyncio.to_thread(deliver, message, smtp)
    except NotTaken as refused:
        await asyncio.to_thread(marker.unlink)
        _log.warning("mail_not_taken", clinic=clinic, stage=refused.step)
        return False
    except Unsure:
        _log.error("mail_uncertain", clinic=clinic)
        return False
    return True


def compose(letter: Letter, *, sender: str, to: str, now: dt.datetime) -> EmailMessage:
    """Return the letter as a mail: plain text with an HTML twin.

    Args:
        letter: Its parts.
        sender: Who it is from, an address.
        to: Who it is for, an address.
        now: Its date, aware.
    """
    message = EmailMessage(_POLICY)
    message["From"], message["To"], message["Subject"] = sender, to, letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"  # out-of-office replies stay away
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def put(letter: Letter, mail: Mail, *, to: str, now: dt.datetime) -> list[Path]:
    """Write a letter into the folder, whether or not it was sent, and return the files.

    Raises:
        OSError: The folder cannot be written.
    """
    return _put(letter, compose(letter, sender=mail.sender, to=mail.to or to, now=now), mail.outbox)


def _put(letter: Letter, message: EmailMessage, folder: Path) -> list[Path]:
    stem = f"{letter.clinic}-{letter.week}"
    parts = {"html": letter.html.encode(), "txt": letter.text.encode(), "eml": message.as_bytes()}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = [folder / f"{stem}.{form}" for form in parts]
    for file, content in zip(files, parts.values(), strict=True):
        _write(file, content)
    return files


def _write(file: Path, content: bytes) -> None:
    """Write a file at once or not at all, also if the machine stops."""
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with fresh.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)


def _claim(marker: Path) -> bool:
    """Make the marker; False: there is one."""
    marker.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with marker.open("xb") as stream:
            stream.write(_SENDING)
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError:
        return False
    return True


def _marker(mail: Mail, clinic: str, week: str) -> Path:
    return mail.outbox / f"{clinic}-{week}.sent"


def _iso(sunday: dt.date) -> str:
    year, week, _ = sunday.isocalendar()
    return f"{year}-W{week:02}"
