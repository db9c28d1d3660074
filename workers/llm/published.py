"""What a clinic has published: every figure of its file, by the subject beside which it stands.

A figure is kept by its meaning (`quantities`), so that "€ 1.200,-" and "twelve hundred euros" are one. Read a subject
at a time, when first needed; promotions and closures hold by the day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, cast

import msgspec

from schemas.clinic import Clinic, ClinicTreatment, Closure, Interval, Phrases, Price, Promotion, Text
from schemas.clinic_fields import Part
from schemas.emergency import emergency_number
from schemas.taxonomy import SPOKEN, Language
from workers.llm.passages import TREATMENT_TEXTS
from workers.llm.quantities import amount, quantities, readable
from workers.llm.quantity_words import FREE
from workers.llm.subjects import CANCELLATION, CLINIC, CONSULTATION, DEPOSIT, PARKING, PAYMENT, PROMOTION, Subjects
from workers.llm.terms import terms

_EUROPEAN_EMERGENCY: Final = "112"


SHARED_TERMS: Final = 2
"""A sentence that shares so many terms with a text of the clinic's, or half of its own, speaks of the same."""


class _Told(msgspec.Struct, frozen=True):
    """A general text of the clinic, in all its languages: its figures and its terms."""

    meanings: frozenset[str]
    terms: frozenset[str]


class Published:
    """One clinic's figures. Made anew when its file has changed."""

    def __init__(self, clinic: Clinic) -> None:
        """Collect the names of `clinic`'s subjects and read the figures of the clinic itself."""
        self.clinic = clinic
        self.words = "\n".join(readable(text) for text in _texts(clinic))
        """All texts of the clinic, folded, for a look whether it says something itself."""
        self.subjects = Subjects(clinic)
        self._told = tuple(_Told(frozenset(_said(text)), _all_terms(text)) for text in _general_texts(clinic))
        self._standing: dict[str, frozenset[str]] = {CLINIC: frozenset(_clinic(clinic))}
        self._today = dt.date.min
        self._on_the_day: dict[str, frozenset[str]] = {}

    def meanings(self, subject: str, today: dt.date) -> frozenset[str]:
        """Return the meanings of all figures that the file gives for `subject`, as of `today`."""
        if today != self._today:
            self._today, self._on_the_day = today, {}
        if subject not in self._on_the_day:
            if subject not in self._standing:
                self._standing[subject] = frozenset(self._read(subject))
            self._on_the_day[subject] = self._standing[subject] | frozenset(self._of_the_day(subject, today))
        return self._on_the_day[subject]

    def tells(self, meanings: set[str], sentence: str, language: Language) -> bool:
        """Whether a general text of the clinic gives one of `meanings`, and `sentence` speaks of what that text does.

        "Gift vouchers are valid for a year" allows no "the effect lasts a year".
        """
        telling = [told for told in self._told if meanings & told.meanings]
        said = _terms(sentence, language) if telling else frozenset[str]()
        return any(2 * len(said & told.terms) >= min(len(said), 2 * SHARED_TERMS) for told in telling) and bool(said)

    def _read(self, subject: str) -> Iterator[str]:
        """Yield what holds on any day."""
        clinic = self.clinic
        if (treatment := clinic.treatment(subject)) is not None:
            yield from _treatment(treatment, clinic.currency_of(treatment))
        elif subject == CONSULTATION and (first := clinic.consultation):
            yield from _price(Price(fixed=first.price), clinic.currency)
            yield f"{first.duration_min} minutes"
            yield from _said(first.text)
        elif subject == DEPOSIT and (deposit := clinic.deposit):
            yield from _charge(deposit.amount, deposit.percent, clinic.currency)
            yield from _said(deposit.text)
        elif subject == CANCELLATION and (rule := clinic.cancellation):
            yield from _charge(rule.fee, rule.fee_percent, clinic.currency)
            yield f"{rule.free_until_hours * 60} minutes"
            yield from _said(rule.text)
        elif subject == PARKING:
            yield from _said(clinic.parking)
        elif subject == PAYMENT:
            yield from _said(clinic.payment.notes)

    def _of_the_day(self, subject: str, today: dt.date) -> Iterator[str]:
        """Yield what holds on `today` alone."""
        if subject == CLINIC:
            for shift in (-1, 0, 1):
                yield from _day(today + dt.timedelta(days=shift))
            yield str(today.year)
            for closure in self.clinic.closures:
                if closure.to >= today:
                    yield from _closure(closure)
        for promotion in self.clinic.promotions_on(today):
            if subject in (promotion.treatments or (PROMOTION,)):
                yield from _promotion(promotion, self.clinic.currency)
            elif subject == PROMOTION:  # what it costs stands beside the treatments
                yield from (*_day(promotion.from_), *_day(promotion.to))


def _treatment(treatment: ClinicTreatment, currency: str) -> Iterator[str]:
    """Yield the figures beside one treatment."""
    if treatment.price:
        yield from _price(treatment.price, currency)
    for minutes in (treatment.duration_min, *(variant.duration_min for variant in treatment.variants)):
        if minutes:
            yield f"{minutes} minutes"
            yield f"{minutes}"
    for variant in treatment.variants:
        yield from _price(variant.price, currency)
        yield from _said(variant.name)
        yield from _said(variant.unit)
    yield from _said(treatment.unit)
    for field in TREATMENT_TEXTS:
        yield from _said(getattr(treatment, field))
    for faq in treatment.faqs:
        yield from _said(faq.answer)


def _clinic(clinic: Clinic) -> Iterator[str]:
    """Yield the figures of the clinic as a whole."""
    for day in clinic.hours.__struct_fields__:
        yield from _intervals(getattr(clinic.hours, day))
    address = clinic.address
    for text in (address.street, address.city, address.country, clinic.widget.greeting):
        yield from _said(text)
    for written in (address.postcode, clinic.name, *(person.name for person in clinic.practitioners)):
        yield from _meanings(written, Language.OTHER)
    for person in clinic.practitioners:
        yield from _said(person.role)
    yield emergency_number(clinic.country)
    yield _EUROPEAN_EMERGENCY


def _general_texts(clinic: Clinic) -> Iterator[Text]:
    """Yield the texts that belong to no treatment and to none of the subjects."""
    yield from (text for text in (clinic.transport, *(faq.answer for faq in clinic.faqs)) if text is not None)


def _all_terms(text: Text) -> frozenset[str]:
    """Return the terms of `text` in all its languages."""
    written = [(text.own(language) or text.plain or "", language) for language in SPOKEN]
    return frozenset(term for said, language in written for term in _terms(readable(said), language))


def _terms(text: str, language: Language) -> frozenset[str]:
    """Return the terms of `text`, in `readable` form, its figures apart; of `OTHER` as in any language."""
    for quantity in reversed(quantities(text, language)):
        text = f"{text[: quantity.start]} {text[quantity.end :]}"
    spoken = SPOKEN if language is Language.OTHER else (language,)
    return frozenset(term for one in spoken for term in terms(text, one))


def _promotion(promotion: Promotion, currency: str) -> Iterator[str]:
    """Yield the figures of a promotion that holds."""
    yield from _day(promotion.from_)
    yield from _day(promotion.to)
    if promotion.price:
        yield from _price(promotion.price, currency)
    if promotion.percent_off:
        yield f"{promotion.percent_off} percent"
    yield from _said(promotion.title)
    yield from _said(promotion.text)


def _closure(closure: Closure) -> Iterator[str]:
    """Yield the days and times of a closure."""
    yield from _day(closure.from_)
    yield from _day(closure.to)
    yield from _intervals(closure.hours)
    yield from _said(closure.text)


def _charge(money: Decimal | None, percent: int | None, currency: str) -> Iterator[str]:
    """Yield an amount or a share."""
    if money is not None:
        yield amount(money, currency)
    if percent is not None:
        yield f"{percent} percent"


def _price(price: Price, currency: str) -> Iterator[str]:
    """Yield the amounts of a price, and the bare numbers that they are."""
    if not any(price.amounts):
        yield FREE
    for value in price.amounts:
        yield amount(value, currency)
        yield amount(value, "").strip()


def _intervals(intervals: tuple[Interval, ...]) -> Iterator[str]:
    """Yield the times at which something opens or closes."""
    for interval in intervals:
        yield f"{interval.opens:%H:%M}"
        yield f"{interval.closes:%H:%M}"


def _day(day: dt.date) -> Iterator[str]:
    """Yield the ways in which a date may be said."""
    yield f"{day:%m-%d}"
    yield f"{day:%Y-%m-%d}"


def _said(text: Text | None) -> Iterator[str]:
    """Yield the figures in a text, in each of its languages."""
    if text is None:
        return
    if text.plain:
        yield from _meanings(text.plain, Language.OTHER)
    for language in SPOKEN:
        if own := text.own(language):
            yield from _meanings(own, language)


def _meanings(text: str, language: Language) -> Iterator[str]:
    """Yield the meanings of the numbers in `text`, and each number bare."""
    for quantity in quantities(readable(text), language):
        yield quantity.meaning
        yield from quantity.other
        yield amount(quantity.value, "").strip()


def _texts(part: object) -> Iterator[str]:
    """Yield every text in `part` of a clinic's file, in all its languages."""
    if isinstance(part, Text):
        yield from (text for text in (*(part.own(language) for language in SPOKEN), part.plain) if text)
    elif isinstance(part, Part) and not isinstance(part, Phrases):
        for name in part.__struct_fields__:
            yield from _texts(getattr(part, name))
    elif isinstance(part, tuple):
        for item in cast("tuple[object, ...]", part):
            yield from _texts(item)
