"""The closed vocabularies: what a turn may be about, how it may end, what may be counted.

Analytics, log lines and metrics may hold members of these and numbers, nothing else.
A topic is a treatment's slug (`schemas.treatments`), `clinic`, or `none`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """Languages that Lethe answers in; `OTHER` is answered in the clinic's first language."""

    EN = "en"
    FR = "fr"
    NL = "nl"
    DE = "de"
    OTHER = "other"


SPOKEN: Final = (Language.EN, Language.FR, Language.NL, Language.DE)
"""The languages with texts of their own, in the order in which lists show them."""


class Intent(StrEnum):
    """What the visitor wants to know or to happen."""

    OFFER = "offer"
    PRICE = "price"
    HOURS = "hours"
    LOCATION = "location"
    BOOKING = "booking"
    CONTACT = "contact"
    PAYMENT = "payment"
    PRACTITIONER = "practitioner"
    DURATION = "duration"
    AFTERCARE = "aftercare"
    PREPARATION = "preparation"
    DOWNTIME = "downtime"
    PAIN = "pain"
    RISKS = "risks"
    RESULTS = "results"
    CANDIDACY = "candidacy"
    COMPARISON = "comparison"
    CONSULTATION = "consultation"
    PROMOTIONS = "promotions"
    CANCELLATION = "cancellation"
    LANGUAGE = "language"
    PARKING = "parking"
    SMALLTALK = "smalltalk"
    COMPLAINT = "complaint"
    PRIVACY = "privacy"
    HUMAN_HANDOVER = "human_handover"
    MEDICAL_ADVICE = "medical_advice"
    EMERGENCY = "emergency"
    INJECTION = "injection"
    OTHER = "other"


class Path(StrEnum):
    """Which part answered. `FALLBACK`: the LLM worker, without a model."""

    DETERMINISTIC = "deterministic"
    LLM = "llm"
    REFUSE = "refuse"
    EMERGENCY = "emergency"
    FALLBACK = "fallback"


class Outcome(StrEnum):
    """How a turn ended, for the clinic's figures."""

    ANSWERED = "answered"
    NOT_OFFERED = "not_offered"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    EMERGENCY = "emergency"
    FALLBACK = "fallback"
    FAILED = "failed"
    ABANDONED = "abandoned"


class Source(StrEnum):
    """Where a turn came from: figures for clinics count visitors."""

    VISITOR = "visitor"
    DEMO = "demo"
    CLI = "cli"
    VERIFY = "verify"
    LOAD = "load"
    SEED = "seed"


class Entity(StrEnum):
    """Kinds of personal data that the sanitiser hides. The order is the bit order in events."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    LOCATION = "location"
    ID = "id"
    IBAN = "iban"
    CARD = "card"
    DATE_OF_BIRTH = "date_of_birth"
    HANDLE = "handle"
    URL = "url"
    IP = "ip"


PLACEHOLDERS: Final[dict[Entity, str]] = {e: f"[{e.value.replace('_', ' ')} hidden]" for e in Entity}
"""What stands in place of hidden data, e.g. ``[date of birth hidden]``."""


_BIT: Final = {entity: 1 << i for i, entity in enumerate(Entity)}


def redaction_bits(entities: Iterable[Entity]) -> int:
    """Return the bit set of `entities` (each once): bit i for the i-th member of `Entity`."""
    return sum(map(_BIT.__getitem__, entities))


class Consent(StrEnum):
    """A visitor's choice where the clinic asks for consent first."""

    GIVEN = "given"
    REFUSED = "refused"


class ErrorCode(StrEnum):
    """How a turn may fail once its stream has begun (`event: error`)."""

    OVERLOADED = "overloaded"
    SANITISER_FAILED = "sanitiser_failed"
    PROVIDER_FAILED = "provider_failed"
    DEADLINE_EXCEEDED = "deadline_exceeded"
    INTERRUPTED = "interrupted"
    DRAINING = "draining"
    INTERNAL = "internal"


LATENCY_EDGES_MS: Final = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000)
"""Upper edges, exclusive, of the latency buckets 0 to 8; bucket 9 is everything above."""


def latency_bucket(elapsed_ms: float) -> int:
    """Return the index of the bucket that holds `elapsed_ms`, 0 to 9."""
    return bisect_right(LATENCY_EDGES_MS, elapsed_ms)


CLINIC_TOPIC: Final = "clinic"
NO_TOPIC: Final = "none"
