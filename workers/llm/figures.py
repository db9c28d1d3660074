"""The clinic's figures as lines for a model: names, prices, hours, contact. Labels are English, values as written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from schemas.clinic import Clinic, ClinicTreatment, Interval, Price, Variant
from schemas.clinic_parts import WEEKDAYS
from schemas.taxonomy import Language
from schemas.treatments import display_name, treatments


def clinic_lines(clinic: Clinic, language: Language, *, today: dt.date) -> Iterator[str]:
    """Yield the facts of the clinic as a whole; promotions and closures as of `today` (the clinic's own day)."""
    address = clinic.address
    yield f"name: {clinic.name}"
    parts = (address.street, address.city, address.country)
    street, city, country = (clinic.say(part, language) for part in parts)
    yield f"address: {street}, {address.postcode} {city}, {country}"
    yield f"phone: {clinic.phone}"
    yield f"e-mail: {clinic.email}"
    if clinic.booking_url:
        yield f"online booking: {clinic.booking_url}"
    yield f"today: {today.isoformat()}, {WEEKDAYS[today.weekday()]}"
    for index, day in enumerate(WEEKDAYS):
        yield f"opening hours {day}: {_intervals(clinic.hours.on(index))}"
    for closure in clinic.closures:
        if closure.to >= today:
            text = clinic.say(closure.text, language)
            yield f"instead, {closure.from_} to {closure.to}: {_intervals(closure.hours)} ({text})"
    yield from _money_lines(clinic)
    for person in clinic.practitioners:
        given = ", ".join(_name(slug, language) for slug in person.treatments)
        role = clinic.say(person.role, language)
        yield f"practitioner: {person.name}, {role}; speaks {', '.join(person.languages)}; gives {given or '-'}"
    for promotion in clinic.promotions_on(today):
        title, text = clinic.say(promotion.title, language), clinic.say(promotion.text, language)
        price = f"; price {_price(promotion.price, clinic.currency)}" if promotion.price else ""
        share = f"; {promotion.percent_off} % off" if promotion.percent_off else ""
        yield f"promotion until {promotion.to}: {title}: {text}{price}{share}"


def treatment_line(clinic: Clinic, treatment: ClinicTreatment, language: Language) -> str:
    """Return one line on `treatment`: name, whether it is offered, prices, minutes."""
    name = _name(treatment.slug, language)
    if not treatment.offered:
        other = ", ".join(_name(slug, language) for slug in treatment.alternatives)
        return f"{name}: not offered here" + (f"; alternatives offered: {other}" if other else "")
    currency = clinic.currency_of(treatment)
    unit = f" {clinic.say(treatment.unit, language)}" if treatment.unit else ""
    facts = [f"price {_price(treatment.price, currency)}{unit}"] if treatment.price else []
    facts += [_variant(clinic, variant, currency, language) for variant in treatment.variants]
    facts += [f"{treatment.duration_min} minutes a session"] if treatment.duration_min else []
    return f"{name}: {'; '.join(facts) or 'offered, price on request'}"


def _money_lines(clinic: Clinic) -> Iterator[str]:
    """Yield payment, deposit, consultation and cancellation."""
    yield f"payment taken: {_methods(clinic.payment.taken)}"
    if clinic.payment.not_taken:
        yield f"payment not taken: {_methods(clinic.payment.not_taken)}"
    if (deposit := clinic.deposit) is not None:
        share = f", {deposit.percent} %" if deposit.percent else ""
        amount = f", {deposit.amount:f} {clinic.currency}" if deposit.amount is not None else ""
        yield f"deposit: {'required' if deposit.required else 'none'}{amount}{share}"
    if (first := clinic.consultation) is not None:
        need = "required before a first treatment" if first.required else "optional"
        off = "; its price is taken off the treatment's" if first.deducted else ""
        yield f"consultation: {first.price:f} {clinic.currency}, {first.duration_min} minutes, {need}{off}"
    if (rule := clinic.cancellation) is not None:
        fee = f", then {rule.fee:f} {clinic.currency}" if rule.fee is not None else ""
        share = f", then {rule.fee_percent} % of the price" if rule.fee_percent else ""
        yield f"cancellation: free until {rule.free_until_hours} hours before{fee}{share}"


def _variant(clinic: Clinic, variant: Variant, currency: str, language: Language) -> str:
    """Return a variant's name, price and minutes."""
    unit = f" {clinic.say(variant.unit, language)}" if variant.unit else ""
    minutes = f", {variant.duration_min} minutes" if variant.duration_min else ""
    return f"{clinic.say(variant.name, language)} {_price(variant.price, currency)}{unit}{minutes}"


def _price(price: Price, currency: str) -> str:
    """Return a price, e.g. ``from 180 to 250 EUR``."""
    if price.fixed is not None:
        return f"{price.fixed:f} {currency}"
    to = f" to {price.to:f}" if price.to is not None else ""
    return f"from {price.from_:f}{to} {currency}"


def _methods(methods: tuple[str, ...]) -> str:
    """Return ways to pay as words."""
    return ", ".join(method.replace("_", " ") for method in methods)


def _intervals(intervals: tuple[Interval, ...]) -> str:
    """Return opening hours, e.g. ``09:00-12:30, 13:30-18:00``."""
    return ", ".join(f"{part.opens:%H:%M}-{part.closes:%H:%M}" for part in intervals) or "closed"


def _name(slug: str, language: Language) -> str:
    """Return a treatment's name; a slug that the table lacks stands for itself."""
    return display_name(slug, language) if slug in treatments() else slug
