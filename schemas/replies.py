"""Reply frames: what every stage sends straight back to the gateway, numbered and sealed.

Each stage numbers its own frames from 0. In the order of travel::

    sanitiser  Accepted  Cleaned                    (the turn has gone on to the router)
    router     Accepted  Delta* Answered            or  Accepted Routed (gone on to the LLM worker)
    llm        Accepted  Delta* [Restart Delta*] Answered
    any        Busy      instead of Accepted: full
    any        Failed    last
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from schemas.message import Message
from schemas.taxonomy import Entity, ErrorCode, Intent, Language, Outcome, Path


class Stage(StrEnum):
    """The three kinds of worker on a turn's way, in its order; also their NATS user and queue group."""

    SANITISER = "sanitiser"
    ROUTER = "router"
    LLM = "llm"


class Action(Message, frozen=True, kw_only=True):
    """A button under an answer."""

    kind: Literal["book", "call", "map", "email", "human", "link"]
    label: str
    url: str
    """https, tel or mailto."""


class SourceRef(Message, frozen=True, kw_only=True):
    """Where an answer's facts stand."""

    title: str
    url: str | None = None


class Accepted(Message, frozen=True, kw_only=True, tag="accepted"):
    """This worker holds the turn from now on."""

    worker: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
    """The worker's id, as in its `probe.<role>.<id>` subject: of no other form, since the gateway publishes there."""


class Busy(Message, frozen=True, kw_only=True, tag="busy"):
    """The worker was full; it does not hold the turn."""


class Cleaned(Message, frozen=True, kw_only=True, tag="cleaned"):
    """The sanitiser's clean text, for the session's history; the turn has been handed to the router."""

    text: str
    language: Language
    count: int
    """Spans hidden in this message."""
    entities: tuple[Entity, ...]
    """Distinct kinds hidden."""
    previous: str | None = None
    """The visitor's previous message, rewritten, when data was found across the seam."""


class Routed(Message, frozen=True, kw_only=True, tag="routed"):
    """The router has handed the turn to the LLM worker."""

    intent: Intent
    topic: str


class Delta(Message, frozen=True, kw_only=True, tag="delta"):
    """A piece of the answer."""

    text: str


class Restart(Message, frozen=True, kw_only=True, tag="restart"):
    """The answer so far is void; it begins anew."""


class Answered(Message, frozen=True, kw_only=True, tag="answered"):
    """The answer is complete. Last frame."""

    path: Path
    intent: Intent
    topic: str
    outcome: Outcome
    language: Language
    offered: bool | None = None
    """Whether the clinic offers the treatment that was asked for; None where none was."""
    actions: tuple[Action, ...] = ()
    sources: tuple[SourceRef, ...] = ()


class Failed(Message, frozen=True, kw_only=True, tag="failed"):
    """The stage gave up. Last frame; the text for the visitor is the gateway's."""

    code: ErrorCode


type Body = Accepted | Busy | Cleaned | Routed | Delta | Restart | Answered | Failed


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """One reply on the wire: who, which in order, what."""

    stage: Stage
    seq: int
    body: Accepted | Busy | Cleaned | Routed | Delta | Restart | Answered | Failed

    def __repr__(self) -> str:
        """Return the type's name only."""
        return "<Frame>"


FINAL = (Answered, Failed)
