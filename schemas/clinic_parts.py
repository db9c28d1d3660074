"""The parts of a clinic's file: what each table of the file may hold.

Every part is a frozen Struct that refuses fields it does not know, so that a misspelt key is a fault with a
line and not a fact that is silently missing. Short forms are understood (`schemas.clinic_shape`): a `Text`
or a `Price` may be a plain string, an `Interval` is ``"09:00-12:30"``.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from schemas.clinic_fields import (
    Colour,
    Currency,
    HttpsUrl,
    Line,
    Minutes,
    Money,
    Part,
    Percent,
    Phrases,
    Slug,
    Text,
)


class Address(Part, frozen=True, kw_only=True):
    """Where the clinic is."""

    street: Text
    """Street and number, e.g. ``{ fr = "Avenue Louise 1", nl = "Louizalaan 1" }``."""
    postcode: Line
    city: Text
    country: Text
    map_url: HttpsUrl | None = None


class Interval(Part, frozen=True, kw_only=True):
    """A stretch of opening hours, in the clinic's own time zone; written ``"09:00-12:30"``."""

    opens: dt.time
    closes: dt.time


class Hours(Part, frozen=True, kw_only=True):
    """Opening hours; a day that is not written is a day on which the clinic is closed."""

    monday: tuple[Interval, ...] = ()
    tuesday: tuple[Interval, ...] = ()
    wednesday: tuple[Interval, ...] = ()
    thursday: tuple[Interval, ...] = ()
    friday: tuple[Interval, ...] = ()
    saturday: tuple[Interval, ...] = ()
    sunday: tuple[Interval, ...] = ()

    def on(self, weekday: int) -> tuple[Interval, ...]:
        """Return the intervals of `weekday`, 0 = Monday, as `date.weekday` counts."""
        return getattr(self, WEEKDAYS[weekday])


WEEKDAYS = Hours.__struct_fields__


class Closure(Part, frozen=True, kw_only=True):
    """Days on which the weekly hours do not hold."""

    from_: dt.date = msgspec.field(name="from")
    to: dt.date
    """Last day, included."""
    text: Text
    hours: tuple[Interval, ...] = ()
    """Open at these hours instead, e.g. the morning of Christmas Eve; () = closed."""

    def covers(self, day: dt.date) -> bool:
        """Return whether `day` is one of these days."""
        return self.from_ <= day <= self.to


class PaymentMethod(StrEnum):
    """Ways to pay; their names in each language are `schemas.clinic_words.PAYMENT_NAMES`."""

    CASH = "cash"
    DEBIT_CARD = "debit_card"
    CREDIT_CARD = "credit_card"
    VISA = "visa"
    MASTERCARD = "mastercard"
    AMERICAN_EXPRESS = "american_express"
    BANCONTACT = "bancontact"
    IDEAL = "ideal"
    PAYCONIQ = "payconiq"
    GIROCARD = "girocard"
    PAYPAL = "paypal"
    APPLE_PAY = "apple_pay"
    GOOGLE_PAY = "google_pay"
    KLARNA = "klarna"
    BANK_TRANSFER = "bank_transfer"
    INSTALMENTS = "instalments"
    INSURANCE = "insurance"
    CHEQUE = "cheque"
    GIFT_VOUCHER = "gift_voucher"
    CRYPTO = "crypto"


class Payment(Part, frozen=True, kw_only=True):
    """How visitors may pay, and how not."""

    taken: tuple[PaymentMethod, ...]
    not_taken: tuple[PaymentMethod, ...] = ()
    notes: Text | None = None


class Deposit(Part, frozen=True, kw_only=True):
    """What is paid when booking: an amount or a share of the price, not both."""

    required: bool
    amount: Money | None = None
    percent: Percent | None = None
    text: Text | None = None


class Consultation(Part, frozen=True, kw_only=True):
    """The first appointment."""

    price: Money
    """``"0"``: free of charge."""
    duration_min: Minutes
    deducted: bool
    """Whether its price is taken off a treatment's price afterwards."""
    required: bool = True
    """Whether a first treatment needs one."""
    text: Text | None = None


class Cancellation(Part, frozen=True, kw_only=True):
    """Until when an appointment may be cancelled free of charge, and what it costs afterwards."""

    free_until_hours: Annotated[int, msgspec.Meta(ge=0, le=720, description="a whole number of hours from 0 to 720")]
    fee: Money | None = None
    fee_percent: Percent | None = None
    text: Text | None = None


class Practitioner(Part, frozen=True, kw_only=True):
    """Somebody who treats."""

    name: Line
    role: Text
    languages: tuple[
        Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$", description='a language\'s two letters, e.g. "es"')], ...
    ]
    """ISO 639-1; more than Lethe answers in. Names: `schemas.clinic_words.LANGUAGE_NAMES`."""
    treatments: tuple[Slug, ...] = ()


class Price(Part, frozen=True, kw_only=True):
    """`fixed` alone (a plain string in the file), or `from` with or without `to`."""

    fixed: Money | None = None
    from_: Money | None = msgspec.field(name="from", default=None)
    to: Money | None = None

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        """Return the amounts written, in the order fixed, from, to."""
        return tuple(amount for amount in (self.fixed, self.from_, self.to) if amount is not None)


class Variant(Part, frozen=True, kw_only=True):
    """One zone, size or package of a treatment, with its own price."""

    name: Text
    price: Price
    unit: Text | None = None
    duration_min: Minutes | None = None
    synonyms: Phrases = Phrases()


class Faq(Part, frozen=True, kw_only=True):
    """Questions as visitors ask them, and the clinic's own answer."""

    questions: Phrases
    answer: Text


class ClinicTreatment(Part, frozen=True, kw_only=True):
    """What this clinic says about one treatment of the table (`schemas.treatments`).

    The texts bear the names of the intents they answer.
    """

    slug: Slug
    offered: bool
    price: Price | None = None
    variants: tuple[Variant, ...] = ()
    currency: Currency | None = None
    """Left out: the clinic's (`Clinic.currency_of`)."""
    unit: Text | None = None
    """What the price is for: per session, per zone, per ml, per syringe…"""
    duration_min: Minutes | None = None
    """Minutes a session takes."""
    sessions: Text | None = None
    description: Text | None = None
    downtime: Text | None = None
    preparation: Text | None = None
    aftercare: Text | None = None
    pain: Text | None = None
    risks: Text | None = None
    results: Text | None = None
    candidacy: Text | None = None
    notes: Text | None = None
    alternatives: tuple[Slug, ...] = ()
    """Offered treatments to name when this one is asked for and not offered."""
    synonyms: Phrases = Phrases()
    """What this clinic's visitors call it, beside the table's names."""
    faqs: tuple[Faq, ...] = ()


class Promotion(Part, frozen=True, kw_only=True):
    """An offer that is true from one day to another."""

    from_: dt.date = msgspec.field(name="from")
    to: dt.date
    """Last day, included."""
    title: Text
    text: Text
    treatments: tuple[Slug, ...] = ()
    price: Price | None = None
    percent_off: Percent | None = None


class Widget(Part, frozen=True, kw_only=True):
    """How the chat looks on the clinic's pages and how it begins."""

    accent: Colour = "#0f766e"
    position: Literal["right", "left"] = "right"
    scheme: Literal["auto", "light", "dark"] = "auto"
    offset_px: Annotated[int, msgspec.Meta(ge=0, le=200, description="a whole number from 0 to 200")] = 20
    """Distance of the launcher from the page's edges."""
    title: Text | None = None
    greeting: Text | None = None
    suggestions: Phrases = Phrases()
    """Questions shown as buttons before the first message."""


class ConsentRules(Part, frozen=True, kw_only=True):
    """Whether visitors are asked before the first message. A changed text takes a new version."""

    required: bool = False
    version: Annotated[int, msgspec.Meta(ge=1, le=65_535, description="a whole number from 1 to 65535")] = 1
    text: Text | None = None


class Quotas(Part, frozen=True, kw_only=True):
    """Limits of a conversation and of a day; times go only downward from the defaults."""

    turns: Annotated[int, msgspec.Meta(ge=1, le=500, description="a whole number from 1 to 500")] = 60
    """Turns a session."""
    ai_calls: Annotated[int, msgspec.Meta(ge=0, le=500, description="a whole number from 0 to 500")] = 30
    """Calls of the AI provider a session; 0 = none."""
    in_flight: Annotated[int, msgspec.Meta(ge=1, le=10, description="a whole number from 1 to 10")] = 2
    """Turns a session at the same time."""
    idle_minutes: Annotated[int, msgspec.Meta(ge=1, le=15, description="a whole number from 1 to 15")] = 15
    max_hours: Annotated[int, msgspec.Meta(ge=1, le=8, description="a whole number from 1 to 8")] = 8
    ai_calls_per_day: Annotated[
        int, msgspec.Meta(ge=0, le=1_000_000, description="a whole number from 0 to 1000000")
    ] = 2_000
    """Calls of the AI provider for all visitors together, a day (UTC)."""
