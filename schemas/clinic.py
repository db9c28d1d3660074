"""A clinic as its file describes it: the facts from which visitors are answered.

One TOML file a clinic; `deploy/clinics/` holds two complete, commented ones, the reference of the format.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec

from schemas.clinic_checks import contradictions
from schemas.clinic_faults import ClinicFault, Fault
from schemas.clinic_fields import Currency, Email, HttpsUrl, Line, Origin, Part, Phone, Phrases, Spoken, Text
from schemas.clinic_lines import line_index, line_of, toml_or_fault
from schemas.clinic_parts import (
    Address,
    Cancellation,
    ClinicTreatment,
    Closure,
    ConsentRules,
    Consultation,
    Deposit,
    Faq,
    Hours,
    Interval,
    Payment,
    PaymentMethod,
    Practitioner,
    Price,
    Promotion,
    Quotas,
    Variant,
    Widget,
)
from schemas.clinic_shape import field_path, fitted
from schemas.taxonomy import Language

__all__ = [
    "Address",
    "Cancellation",
    "Clinic",
    "ClinicFault",
    "ClinicTreatment",
    "Closure",
    "ConsentRules",
    "Consultation",
    "Deposit",
    "Faq",
    "Fault",
    "Hours",
    "Interval",
    "Payment",
    "PaymentMethod",
    "Phrases",
    "Practitioner",
    "Price",
    "Promotion",
    "Quotas",
    "Text",
    "Variant",
    "Widget",
    "parse_clinic",
]


class Clinic(Part, frozen=True, kw_only=True):
    """Everything a clinic says about itself."""

    id: Annotated[
        str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,39}$", description="2 to 40 of a-z, 0-9 and -, a letter first")
    ]
    name: Line
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", description='a country\'s two letters, e.g. "BE"')]
    """ISO 3166-1 alpha-2: decides which emergency number visitors are given."""
    region: Annotated[
        str, msgspec.Meta(pattern="^[a-z0-9-]{1,20}$", description='1 to 20 of a-z, 0-9 and -, e.g. "eu"')
    ]
    """Where its chats are processed: a token of every CHAT subject."""
    languages: tuple[Spoken, ...]
    """Those it answers in; the first is its default."""
    address: Address
    phone: Phone
    email: Email
    website: HttpsUrl
    privacy_url: HttpsUrl | None = None
    """The clinic's own privacy statement."""
    time_zone: str
    """IANA, e.g. ``Europe/Brussels``."""
    booking_url: HttpsUrl | None = None
    currency: Currency = "EUR"
    hours: Hours
    closures: tuple[Closure, ...] = ()
    payment: Payment
    deposit: Deposit | None = None
    parking: Text | None = None
    transport: Text | None = None
    consultation: Consultation | None = None
    cancellation: Cancellation | None = None
    practitioners: tuple[Practitioner, ...] = ()
    treatments: tuple[ClinicTreatment, ...]
    promotions: tuple[Promotion, ...] = ()
    faqs: tuple[Faq, ...] = ()
    widget: Widget = Widget()
    allowed_origins: tuple[Origin, ...]
    """Sites that may embed the chat: exact scheme, host and port."""
    consent: ConsentRules = ConsentRules()
    quotas: Quotas = Quotas()

    @property
    def default_language(self) -> Language:
        """Return the language of visitors who speak none of the clinic's."""
        return self.languages[0]

    def answer_language(self, language: Language) -> Language:
        """Return `language` where the clinic answers in it, else its default."""
        return language if language in self.languages else self.default_language

    def say(self, text: Text, language: Language) -> str:
        """Return `text` in `language`, falling back as `Text.in_language` does."""
        return text.in_language(language, self.default_language)

    def treatment(self, slug: str) -> ClinicTreatment | None:
        """Return what the file says about `slug`, or None where it says nothing."""
        return next((treatment for treatment in self.treatments if treatment.slug == slug), None)

    def offers(self, slug: str) -> bool | None:
        """Return whether `slug` is offered; None where the file does not say."""
        treatment = self.treatment(slug)
        return None if treatment is None else treatment.offered

    def currency_of(self, treatment: ClinicTreatment) -> str:
        """Return the currency of `treatment`'s amounts."""
        return treatment.currency or self.currency

    def practitioners_for(self, slug: str) -> tuple[Practitioner, ...]:
        """Return those who give treatment `slug`, in the file's order."""
        return tuple(person for person in self.practitioners if slug in person.treatments)

    def closure_on(self, day: dt.date) -> Closure | None:
        """Return the first closure that covers `day` (a day of the clinic's own time zone)."""
        return next((closure for closure in self.closures if closure.covers(day)), None)

    def open_intervals(self, day: dt.date) -> tuple[Interval, ...]:
        """Return when the clinic is open on `day`, in order; () = closed. A closure goes before the weekly hours."""
        closure = self.closure_on(day)
        return self.hours.on(day.weekday()) if closure is None else closure.hours

    def promotions_on(self, day: dt.date) -> tuple[Promotion, ...]:
        """Return the promotions that hold on `day`."""
        return tuple(promotion for promotion in self.promotions if promotion.from_ <= day <= promotion.to)


def parse_clinic(text: str, *, file_id: str) -> Clinic:
    """Return the clinic that `text`, a TOML document, describes.

    Args:
        text: The file's content.
        file_id: The file's stem, which the clinic's `id` must equal.

    Raises:
        ClinicFault: With every fault: first of syntax; then of shape (fields and their values); then
            contradictions, looked for only in a file whose shape is right.
    """
    source = text.replace("\r\n", "\n")
    data, fault = toml_or_fault(source)
    if fault is not None:
        raise ClinicFault(file_id, [fault])
    written, wrong = fitted(data, Clinic)
    if not wrong:
        clinic = msgspec.convert(written, Clinic)
        wrong = list(contradictions(clinic, file_id=file_id))
        if not wrong:
            return clinic
    lines = line_index(source)
    raise ClinicFault(file_id, [Fault(line_of(lines, path), field_path(path), reason) for path, reason in wrong])
