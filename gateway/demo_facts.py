"""What the demo page says about a clinic: its price list and its week, from the clinic's file alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from schemas.clinic import Clinic, ClinicTreatment, Interval, Price
from schemas.taxonomy import Language
from schemas.treatments import display_name

SHOWN_TREATMENTS: Final = 9
"""Enough to look like a price list, few enough to read."""

_SYMBOLS: Final = {"EUR": "€", "GBP": "£", "USD": "$"}
"""Other currencies are written by their three letters."""


class PriceLine(msgspec.Struct, frozen=True):
    """One treatment of the price list, ready to show."""

    name: str
    price: str
    description: str
    minutes: str


def price_list(clinic: Clinic, language: Language, *, money: Mapping[str, str], minutes: str) -> list[PriceLine]:
    """Return the first treatments that are offered and priced, at most `SHOWN_TREATMENTS`.

    Args:
        clinic: Whose file is read.
        language: One of the clinic's.
        money: How amounts are written: `amount`, `letters`, `from`, `range`, `decimal`, `thousands` of `texts.toml`.
        minutes: A duration with ``{count}`` in it.
    """
    priced = [(treatment, price) for treatment in clinic.treatments if (price := _span(treatment)) is not None]
    return [
        PriceLine(
            name=display_name(treatment.slug, language),
            price=_price(price, clinic.currency_of(treatment), money),
            description=clinic.say(treatment.description, language) if treatment.description else "",
            minutes=minutes.format(count=treatment.duration_min) if treatment.duration_min else "",
        )
        for treatment, price in priced[:SHOWN_TREATMENTS]
    ]


def opening_week(clinic: Clinic, day_names: Sequence[str]) -> list[tuple[str, str]]:
    """Return each day's name with its hours, e.g. ``("Monday", "09:00–12:30, 13:30–18:00")``; "" = closed."""
    return [(name, ", ".join(map(_hours, clinic.hours.on(day)))) for day, name in enumerate(day_names)]


def format_amount(amount: Decimal, currency: str, money: Mapping[str, str]) -> str:
    """Return `amount` as its language writes it, e.g. ``1.250,50 €``; whole amounts have no decimals."""
    whole = amount == amount.to_integral_value()
    english = f"{amount:,.0f}" if whole else f"{amount:,.2f}"
    digits = english.translate(str.maketrans({",": money["thousands"], ".": money["decimal"]}))
    symbol = _SYMBOLS.get(currency)
    return money["letters" if symbol is None else "amount"].format(amount=digits, symbol=symbol or currency)


def _span(treatment: ClinicTreatment) -> Price | None:
    """Return the treatment's price, over all its variants; None where it is not offered or has no price."""
    if not treatment.offered:
        return None
    if treatment.price is not None:
        return treatment.price
    amounts = [amount for variant in treatment.variants for amount in variant.price.amounts]
    return Price(from_=min(amounts), to=max(amounts)) if amounts else None


def _price(price: Price, currency: str, money: Mapping[str, str]) -> str:
    """Write a price: one amount, "from" an amount, or a range."""
    amounts = [format_amount(amount, currency, money) for amount in price.amounts]
    if len(set(amounts)) > 1:
        return money["range"].format(low=amounts[0], high=amounts[-1])
    return amounts[0] if price.fixed is not None or price.to is not None else money["from"].format(amount=amounts[0])


def _hours(interval: Interval) -> str:
    """Write an interval with an en dash."""
    return f"{interval.opens:%H:%M}–{interval.closes:%H:%M}"
