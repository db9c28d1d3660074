"""Anonymous events: one a turn, closed vocabularies and small numbers, never text or identifiers."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from schemas.message import Message
from schemas.taxonomy import Consent, Intent, Language, Outcome, Path, Source

SCHEMA_VERSION: Final = 1

Clinic = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
"""A clinic's id, as its file is named."""
Topic = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
"""A treatment's slug, `clinic` or `none`; the gateway holds it to the table before publication."""


class TurnFact(Message, frozen=True, kw_only=True):
    """What is kept of a turn."""

    version: Annotated[int, msgspec.Meta(ge=1, le=255)] = SCHEMA_VERSION
    clinic: Clinic
    hour: Annotated[int, msgspec.Meta(ge=0, multiple_of=3600)]
    """Unix seconds (UTC), cut to the hour."""
    language: Language
    topic: Topic
    intent: Intent
    path: Path
    outcome: Outcome
    offered: bool | None
    redactions: Annotated[int, msgspec.Meta(ge=0, lt=1 << 11)]
    """Bit set of the kinds hidden (`taxonomy.redaction_bits`)."""
    latency: Annotated[int, msgspec.Meta(ge=0, le=9)]
    """Bucket (`taxonomy.latency_bucket`)."""
    source: Source
    suspect: bool
    first: bool
    """This session's first turn on this topic and intent."""


class ConsentFact(Message, frozen=True, kw_only=True):
    """A choice made where the clinic asks for consent."""

    version: Annotated[int, msgspec.Meta(ge=1, le=255)] = SCHEMA_VERSION
    clinic: Clinic
    day: Annotated[int, msgspec.Meta(ge=0, multiple_of=86_400)]
    """Unix seconds (UTC), cut to the day."""
    consent_version: Annotated[int, msgspec.Meta(ge=0, le=65_535)]
    choice: Consent
