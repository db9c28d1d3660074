"""The clinic's figures as lines for a model: names, prices, hours, contact. Labels are English, values as written.

What is told of them is chosen beforehand (`selection`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from schemas.clinic import Clinic, ClinicTreatment, Interval, Price, Variant
from schemas.clinic_parts import WEEKDAYS, Promotion
from schemas.taxonomy import Intent, Language
from schemas.treatments import display_name, treatments
from workers.llm.selection import ALL, Selection


def clinic_lines(clinic: Clinic, language: Language, *, today: dt.date, chosen: Selection = ALL) -> Iterator[str]:
    """Yield the chosen facts of the clinic as a whole; promotions and closures as of `today` (the clinic's own day)."""
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
    if chosen.tells(Intent.HOURS):
        yield from _hour_lines(clinic, language, today)
    yield from _money_lines(clinic, chosen)
    if chosen.tells(Intent.PRACTITIONER):
        yield from _practitioner_lines(clinic, language)
    for promotion in clinic.promotions_on(today):
        if chosen.tells(Intent.PROMOTIONS) or not chosen.slugs.isdisjoint(promotion.treatments):
            yield _promotion_line(clinic, promotion, language)


def treatment_lines(clinic: Clinic, language: Language, *, chosen: Selection) -> Iterator[str]:
    """Yield a line on each chosen treatment, and the names of the others, offered and not."""
    others: dict[bool, list[str]] = {True: [], False: []}
    for treatment in clinic.treatments:
        if treatment.slug in chosen.slugs:
            yield f"treatment {treatment_line(clinic, treatment, language)}"
        else:
            others[treatment.offered].append(_name(treatment.slug, language))
    if others[True]:
        yield f"further treatments offered here (names only): {', '.join(others[True])}"
    if others[False]:
        yield f"treatments not offered here: {', '.join(others[False])}"


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


def _hour_lines(clinic: Clinic, language: Language, today: dt.date) -> Iterator[str]:
    """Yield the week's opening hours, and what holds instead on days to come."""
    for index, day in enumerate(WEEKDAYS):
        yield f"opening hours {day}: {_intervals(clinic.hours.on(index))}"
    for closure in clinic.closures:
        if closure.to >= today:
            text = clinic.say(closure.text, language)
            yield f"instead, {closure.from_} to {closure.to}: {_intervals(closure.hours)} ({text})"


def _practitioner_lines(clinic: Clinic, language: Language) -> Iterator[str]:
    """Yield who treats, in which languages, and what they give."""
    for person in clinic.practitioners:
        given = ", ".join(_name(slug, language) for slug in person.treatments)
        role = clinic.say(person.role, language)
        yield f"practitioner: {person.name}, {role}; speaks {', '.join(person.languages)}; gives {given or '-'}"


def _promotion_line(clinic: Clinic, promotion: Promotion, language: Language) -> str:
    """Return a promotion's last day, texts and price."""
    title, text = clinic.say(promotion.title, language), clinic.say(promotion.text, language)
    price = f"; price {_price(promotion.price, clinic.currency)}" if promotion.price else ""
    share = f"; {promotion.percent_off} % off" if promotion.percent_off else ""
    return f"promotion until {promotion.to}: {title}: {text}{price}{share}"


def _money_lines(clinic: Clinic, chosen: Selection) -> Iterator[str]:
    """Yield what is chosen of payment, deposit, consultation and cancellation."""
    if chosen.tells(Intent.PAYMENT):
        yield from _payment_lines(clinic)
    if (first := clinic.consultation) is not None and chosen.tells(Intent.CONSULTATION):
        need = "required before a first treatment" if first.required else "optional"
        off = "; its price is taken off the treatment's" if first.deducted else ""
        yield f"consultation: {first.price:f} {clinic.currency}, {first.duration_min} minutes, {need}{off}"
    if (rule := clinic.cancellation) is not None and chosen.tells(Intent.CANCELLATION):
        fee = f", then {rule.fee:f} {clinic.currency}" if rule.fee is not None else ""
        share = f", then {rule.fee_percent} % of the price" if rule.fee_percent else ""
        yield f"cancellation: free until {rule.free_until_hours} hours before{fee}{share}"


def _payment_lines(clinic: Clinic) -> Iterator[str]:
    """Yield the ways to pay and the deposit."""
    yield f"payment taken: {_methods(clinic.payment.taken)}"
    if clinic.payment.not_taken:
        yield f"payment not taken: {_methods(clinic.payment.not_taken)}"
    if (deposit := clinic.deposit) is not None:
        share = f", {deposit.percent} %" if deposit.percent else ""
        amount = f", {deposit.amount:f} {clinic.currency}" if deposit.amount is not None else ""
        yield f"deposit: {'required' if deposit.required else 'none'}{amount}{share}"


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
