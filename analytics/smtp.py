"""A mail handed to an SMTP server, step by step, so that it is known afterwards whether the server has it."""

from __future__ import annotations

import contextlib
import smtplib
from email.message import EmailMessage
from typing import Final

from analytics.mail_settings import Smtp, Tls

_SMTP_S: Final = 30.0
"""For connecting and for each answer of the server."""
_FINE: Final = range(200, 300)


class NotTaken(Exception):  # noqa: N818  # what it is
    """The SMTP server certainly did not take the letter; says at which step, and quotes nothing."""

    def __init__(self, step: str) -> None:
        """Keep the step: connect, tls, login, sender, recipient or text."""
        super().__init__(f"smtp: {step}")
        self.step = step


class Unsure(Exception):  # noqa: N818  # what it is
    """The connection broke while the server had the letter: it may have taken it."""


def deliver(message: EmailMessage, smtp: Smtp) -> None:
    """Hand a mail to the server. Blocks.

    Raises:
        NotTaken: It certainly has not.
        Unsure: It may have.
    """
    server = _connected(smtp)
    try:
        _introduce(server, message, smtp)
        _hand_over(server, message)
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


def _connected(smtp: Smtp) -> smtplib.SMTP:
    """Return a connection, encrypted as it must be."""
    try:
        if smtp.tls is Tls.WRAPPED:
            return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=_SMTP_S, context=smtp.context())
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=_SMTP_S)
    except (smtplib.SMTPException, OSError):
        raise NotTaken("connect") from None
    if smtp.tls is Tls.STARTTLS:
        try:
            server.starttls(context=smtp.context())
        except (smtplib.SMTPException, OSError):
            server.close()
            raise NotTaken("tls") from None
    return server


def _introduce(server: smtplib.SMTP, message: EmailMessage, smtp: Smtp) -> None:
    """Say who sends and who receives."""
    step = "login"
    try:
        server.ehlo_or_helo_if_needed()
        if smtp.user:
            server.login(smtp.user, smtp.password)
        step = "sender"
        if server.mail(message["From"])[0] not in _FINE:
            raise NotTaken(step)
        step = "recipient"
        if server.rcpt(message["To"])[0] not in _FINE:
            raise NotTaken(step)
    except (smtplib.SMTPException, OSError):
        raise NotTaken(step) from None


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        code, _ = server.data(message.as_bytes())
    except smtplib.SMTPDataError:  # it did not want to begin
        raise NotTaken("text") from None
    except (smtplib.SMTPException, OSError):
        raise Unsure from None
    if code not in _FINE:
        raise NotTaken("text")
