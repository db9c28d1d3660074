"""What the demo page says about a clinic: its prices, its people and its answers, from the clinic's file alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from schemas.clinic import Clinic, ClinicTreatment, Faq, Practitioner, Price
from schemas.clinic_words import LANGUAGE_NAMES
from schemas.taxonomy import Language
from schemas.treatments import display_name, treatments

_SYMBOLS: Final = {"EUR": "€", "GBP": "£", "USD": "$"}
"""Other currencies are written by their three letters."""


class PriceLine(msgspec.Struct, frozen=True):
    """One treatment of the price list, ready to show."""

    name: str
    price: str
    """Of all its variants together, e.g. ``€180 – €340``."""
    minutes: str
    unit: str
    """What the price is for; "" where the variants say so, or nobody does."""
    description: str
    variants: tuple[tuple[str, str], ...]
    """Name and price of each, in the file's order."""


class PriceGroup(msgspec.Struct, frozen=True):
    """The treatments of one category, ready to show."""

    name: str
    lines: list[PriceLine]


class Person(msgspec.Struct, frozen=True):
    """A practitioner, ready to show."""

    name: str
    initials: str
    role: str
    languages: str


class Answered(msgspec.Struct, frozen=True):
    """A question with the clinic's own answer; `about` is the treatment it is about, "" = the clinic."""

    about: str
    question: str
    answer: str


def price_list(
    clinic: Clinic, language: Language, *, groups: Mapping[str, str], money: Mapping[str, str], minutes: str
) -> list[PriceGroup]:
    """Return what is offered and priced, by category, categories and treatments in the order of the clinic's file.

    Args:
        clinic: Whose file is read.
        language: One of the clinic's.
        groups: The name of each category of the table of treatments.
        money: How amounts are written: the `money` table of `texts.toml`.
        minutes: A duration with ``{count}`` in it.
    """
    listed: dict[str, list[PriceLine]] = {}
    for treatment in clinic.treatments:
        span = _span(treatment)
        if treatment.offered and span is not None:
            line = _line(clinic, treatment, span, language, money=money, minutes=minutes)
            listed.setdefault(treatments()[treatment.slug].category, []).append(line)
    return [PriceGroup(groups[category], lines) for category, lines in listed.items()]


def people(clinic: Clinic, language: Language) -> list[Person]:
    """Return those who treat, in the order of the clinic's file."""
    return [_person(clinic, one, language) for one in clinic.practitioners]


def first_appointment(clinic: Clinic, words: Mapping[str, str], money: Mapping[str, str]) -> str:
    """Return what a first appointment costs and lasts, e.g. ``€60, 30 min, deducted from your treatment``; "" = unsaid.

    Args:
        clinic: Whose file is read.
        words: A language's `demo` table of `texts.toml`.
        money: Its `money` table.
    """
    first = clinic.consultation
    if first is None:
        return ""
    parts = [format_amount(first.price, clinic.currency, money), words["minutes"].format(count=first.duration_min)]
    if first.deducted and first.price:
        parts.append(words["deducted"])
    return ", ".join(parts)


def answered_questions(clinic: Clinic, language: Language) -> list[Answered]:
    """Return the clinic's questions and answers, then those of what it offers, that are asked in `language`."""
    found = _faqs(clinic, language, clinic.faqs, "")
    for treatment in clinic.treatments:
        if treatment.offered:
            found += _faqs(clinic, language, treatment.faqs, display_name(treatment.slug, language))
    return found


def format_amount(amount: Decimal, currency: str, money: Mapping[str, str]) -> str:
    """Return `amount` as its language writes it, e.g. ``1.250,50 €``; whole amounts have no decimals, 0 is a word."""
    if not amount:
        return money["free"]
    whole = amount == amount.to_integral_value()
    english = f"{amount:,.0f}" if whole else f"{amount:,.2f}"
    digits = english.translate(str.maketrans({",": money["thousands"], ".": money["decimal"]}))
    symbol = _SYMBOLS.get(currency)
    return money["letters" if symbol is None else "amount"].format(amount=digits, symbol=symbol or currency)


def _line(
    clinic: Clinic,
    treatment: ClinicTreatment,
    span: Price,
    language: Language,
    *,
    money: Mapping[str, str],
    minutes: str,
) -> PriceLine:
    currency = clinic.currency_of(treatment)
    return PriceLine(
        name=display_name(treatment.slug, language),
        price=_price(span, currency, money),
        minutes=minutes.format(count=treatment.duration_min) if treatment.duration_min else "",
        unit=clinic.say(treatment.unit, language) if treatment.unit and not treatment.variants else "",
        description=clinic.say(treatment.description, language) if treatment.description else "",
        variants=tuple(
            (clinic.say(variant.name, language), _price(variant.price, currency, money))
            for variant in treatment.variants
        ),
    )


def _person(clinic: Clinic, one: Practitioner, language: Language) -> Person:
    spoken = (LANGUAGE_NAMES[code].in_language(language, language) for code in one.languages if code in LANGUAGE_NAMES)
    return Person(
        name=one.name,
        initials="".join(word[0] for word in one.name.split()[-2:]),
        role=clinic.say(one.role, language),
        languages=", ".join(spoken),
    )


def _faqs(clinic: Clinic, language: Language, faqs: tuple[Faq, ...], about: str) -> list[Answered]:
    """Return each entry by the first way of asking it; those that nobody asks in `language` are left out."""
    return [
        Answered(about, questions[0], clinic.say(faq.answer, language))
        for faq in faqs
        if (questions := faq.questions.in_language(language))
    ]


def _span(treatment: ClinicTreatment) -> Price | None:
    """Return the treatment's price, over all its variants; None where the file has none."""
    if treatment.price is not None or not treatment.variants:
        return treatment.price
    amounts = [amount for variant in treatment.variants for amount in variant.price.amounts]
    has_end = all(variant.price.fixed is not None or variant.price.to is not None for variant in treatment.variants)
    return Price(from_=min(amounts), to=max(amounts) if has_end else None)


def _price(price: Price, currency: str, money: Mapping[str, str]) -> str:
    """Write a price: one amount, "from" an amount, or a range."""
    amounts = [format_amount(amount, currency, money) for amount in price.amounts]
    if len(set(amounts)) > 1:
        return money["range"].format(low=amounts[0], high=amounts[-1])
    return amounts[0] if price.fixed is not None or price.to is not None else money["from"].format(amount=amounts[0])
