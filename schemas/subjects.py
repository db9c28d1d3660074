"""Every NATS subject, once: who publishes it, who reads it, what it carries.

Read from top to bottom it is the way of a turn. The broker's configuration (`deploy.nats`) is
generated from this table, and a test walks every user over every subject on a running server.

Placeholders in a pattern: `{region}` the residency region, `{gateway}` one gateway's id, `{worker}`
one worker's id, `{token}` 22 base64url characters, new for every attempt at a turn.
"""

from __future__ import annotations

import re
import secrets
from enum import StrEnum
from typing import Final, NamedTuple

from schemas.replies import Stage


class Role(StrEnum):
    """NATS users; one word names folder, queue group, compose service and log `service`."""

    GATEWAY = "gateway"
    SANITISER = "sanitiser"
    ROUTER = "router"
    LLM = "llm"
    ANALYTICS = "analytics"
    OPERATOR = "operator"
    """The operator's own user: server statistics in the system account, no chat."""


class Account(StrEnum):
    """NATS accounts: nothing crosses between them but what is exported by name."""

    CHAT = "CHAT"
    """Core NATS only: JetStream is disabled, so nothing can be stored."""
    FACTS = "FACTS"
    """JetStream: anonymous events."""
    SYS = "SYS"


WORKERS: Final = (Role.SANITISER, Role.ROUTER, Role.LLM)


class Subject(NamedTuple):
    """One row: a subject and its edge."""

    pattern: str
    message: str
    """The message's class name; the raw turn's module may not be imported here."""
    publisher: Role | None
    """None: any worker, by `allow_responses` only."""
    consumer: Role | None
    """None: the broker's own store (JetStream)."""
    queue: bool = False
    """Shared among the consumer's instances; the queue group is the consumer's name."""
    account: Account = Account.CHAT


SUBJECTS: Final = (
    Subject("turn.received.{region}", "RawTurn", Role.GATEWAY, Role.SANITISER, queue=True),
    Subject("turn.sanitised.{region}", "CleanTurn", Role.SANITISER, Role.ROUTER, queue=True),
    Subject("turn.routed.{region}", "RoutedTurn", Role.ROUTER, Role.LLM, queue=True),
    Subject("reply.{gateway}.{token}", "Frame", None, Role.GATEWAY),
    *(Subject("ctl.cancel.{gateway}", "Cancel", Role.GATEWAY, worker) for worker in WORKERS),
    *(Subject(f"probe.{worker}.{{worker}}", "(empty)", Role.GATEWAY, worker) for worker in WORKERS),
    Subject("fact.turn", "TurnFact", Role.GATEWAY, None, account=Account.FACTS),
    Subject("fact.consent", "ConsentFact", Role.GATEWAY, None, account=Account.FACTS),
)

CONNECTION_LOST: Final = "$SYS.ACCOUNT.CHAT.DISCONNECT"
"""The broker's own advisory that a client of CHAT is gone; imported into CHAT for gateways."""

FACT_STREAM: Final = "FACTS"
FACT_SUBJECTS: Final = "fact.>"

_NEXT: Final = {Stage.SANITISER: "turn.received", Stage.ROUTER: "turn.sanitised", Stage.LLM: "turn.routed"}
_REPLY: Final = re.compile(r"reply\.[a-z0-9-]{1,40}\.[A-Za-z0-9_-]{22}")
GATEWAY_ID: Final = re.compile(r"^[a-z0-9-]{1,40}$")
REGION: Final = re.compile(r"^[a-z0-9-]{1,20}$")


def inbound(stage: Stage, region: str) -> str:
    """Return the subject on which `stage` receives turns of `region`."""
    return f"{_NEXT[stage]}.{region}"


def new_token() -> str:
    """Return 128 random bits as 22 base64url characters."""
    return secrets.token_urlsafe(16)


def reply_subject(gateway: str, token: str) -> str:
    """Return where the frames of one attempt go."""
    return f"reply.{gateway}.{token}"


def is_reply(subject: str) -> bool:
    """Whether `subject` is one that a worker may answer on."""
    return _REPLY.fullmatch(subject) is not None


def cancel_subject(gateway: str) -> str:
    """Return the subject on which `gateway` withdraws turns."""
    return f"ctl.cancel.{gateway}"


def probe_subject(role: Stage | Role, worker: str) -> str:
    """Return the subject on which one worker says that it lives; "*" as `worker` for all."""
    return f"probe.{role.value}.{worker}"


def connection_name(role: Stage | Role, instance: str) -> str:
    """Return the NATS connection name, by which advisories tell who is gone."""
    return f"{role.value}.{instance}"


def inbox_prefix(role: Role, instance: str = "") -> str:
    """Return the inbox prefix of one user, so that no user can read another's replies."""
    return f"_INBOX_{role.value}_{instance}" if instance else f"_INBOX_{role.value}"
