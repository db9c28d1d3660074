"""Sentences about treatments: offered or not, what they cost, how long a session takes. No figure of our own."""

from __future__ import annotations

from typing import Final

from schemas.actions import actions
from schemas.clinic import ClinicTreatment, Price, Text, Variant
from schemas.taxonomy import Intent, Outcome
from schemas.treatments import display_name, treatments
from workers.router.context import Context, Paragraph
from workers.router.reading import variants_named

TREATMENTS_MAX: Final = 4
"""Treatments answered in one message."""
LISTED_MAX: Final = 12
"""Treatments named in a list; the others are counted."""
NEAR_MAX: Final = 3
"""Offered treatments named where one is not offered."""


def treatment(ctx: Context) -> Paragraph:
    """Answer offer, price and duration of the treatments asked about, or list them all."""
    if not ctx.asked.treatments:
        return _overview(ctx)
    slugs = ctx.asked.treatments[:TREATMENTS_MAX]
    lines = [_about(ctx, slug) for slug in slugs]
    offered = [bool(ctx.clinic.offers(slug)) for slug in slugs]
    outcome = Outcome.ANSWERED if any(offered) else Outcome.NOT_OFFERED
    buttons = actions(ctx.clinic, ctx.language, "book") or actions(ctx.clinic, ctx.language, "call")
    return Paragraph("\n\n".join(lines), buttons, outcome, offered[0])


def name_of(ctx: Context, slug: str) -> str:
    """Return the treatment's name as shown."""
    return display_name(slug, ctx.language)


def _about(ctx: Context, slug: str) -> str:
    """Return what was asked about one treatment."""
    entry = ctx.clinic.treatment(slug)
    if entry is None or not entry.offered:
        return _not_offered(ctx, slug, entry)
    parts: list[str] = []
    if ctx.wants(Intent.OFFER):
        parts.append(
            " ".join(filter(None, (ctx.say("offer_yes", treatment=name_of(ctx, slug)), ctx.aside(entry.description))))
        )
    if ctx.wants(Intent.PRICE) or ctx.wants(Intent.OFFER):
        parts.append(_prices(ctx, entry))
    if ctx.wants(Intent.DURATION):
        parts.append(_duration(ctx, entry))
    return "\n".join(filter(None, parts))


def _not_offered(ctx: Context, slug: str, entry: ClinicTreatment | None) -> str:
    """Return that `slug` is not offered, the clinic's note, and what comes nearest."""
    near = entry.alternatives if entry is not None and entry.alternatives else _same_category(ctx, slug)
    lines = [ctx.say("offer_no", treatment=name_of(ctx, slug)), ctx.text(entry.notes if entry is not None else None)]
    if near:
        lines.append(ctx.say("offer_near", list=ctx.wording.all_of([name_of(ctx, s) for s in near[:NEAR_MAX]])))
    return " ".join(filter(None, lines))


def _same_category(ctx: Context, slug: str) -> tuple[str, ...]:
    """Return the offered treatments of the category of `slug`, in the file's order."""
    category = treatments()[slug].category
    return tuple(t.slug for t in ctx.clinic.treatments if t.offered and treatments()[t.slug].category == category)


def _prices(ctx: Context, entry: ClinicTreatment) -> str:
    """Return the prices of `entry`: its own, those of the zones asked for, else all; or that none is listed."""
    name = name_of(ctx, entry.slug)
    rows = variants_named(ctx.asked.variants, entry.variants) or entry.variants
    lines = [_price_line(ctx, entry, variant) for variant in rows]
    if entry.price is not None and rows == entry.variants:
        price = _with_unit(ctx, _price(ctx, entry, entry.price), entry.unit)
        lines.insert(0, ctx.say("price_of", treatment=name, price=price))
    elif lines:
        lines.insert(0, ctx.say("price_head", treatment=", ".join(filter(None, (name, ctx.text(entry.unit))))))
    return "\n".join(lines) if lines else ctx.say("price_unknown", treatment=name)


def _price_line(ctx: Context, entry: ClinicTreatment, variant: Variant) -> str:
    """Return one zone or size with its price."""
    price = _with_unit(ctx, _price(ctx, entry, variant.price), variant.unit)
    return ctx.say("price_item", name=ctx.text(variant.name), price=price)


def _price(ctx: Context, entry: ClinicTreatment, price: Price) -> str:
    """Return a price as written in the file: fixed, from, or from-to."""
    currency = ctx.clinic.currency_of(entry)
    if price.fixed is not None:
        return ctx.say("price_fixed", amount=ctx.wording.money(price.fixed, currency))
    low = ctx.wording.money(price.from_, currency) if price.from_ is not None else ""
    if price.to is None:
        return ctx.say("price_from", low=low)
    return ctx.say("price_range", low=low, high=ctx.wording.money(price.to, currency))


def _with_unit(ctx: Context, text: str, unit: Text | None) -> str:
    """Return `text` followed by its unit."""
    return " ".join(filter(None, (text, ctx.text(unit))))


def _duration(ctx: Context, entry: ClinicTreatment) -> str:
    """Return how long a session takes and how many are usual, as far as the file says."""
    name = name_of(ctx, entry.slug)
    minutes = ctx.say("duration", treatment=name, minutes=entry.duration_min) if entry.duration_min else ""
    return " ".join(filter(None, (minutes, ctx.text(entry.sessions))))


def _overview(ctx: Context) -> Paragraph:
    """Return the treatments offered, with their lowest prices where prices were asked."""
    offered = [entry for entry in ctx.clinic.treatments if entry.offered]
    shown = offered[:LISTED_MAX]
    more = ctx.say("offer_more", count=len(offered) - len(shown)) if len(offered) > len(shown) else ""
    if ctx.wants(Intent.PRICE):
        lines = [ctx.say("price_list"), *(_lowest_line(ctx, entry) for entry in shown if _amounts(entry))]
        text = "\n".join([*lines, *([f"• {more}"] if more else [])])
    else:
        names = ", ".join(name_of(ctx, entry.slug) for entry in shown)
        text = " ".join(filter(None, (ctx.say("offer_list", list=names), more)))
    return Paragraph(text, actions(ctx.clinic, ctx.language, "book"))


def _amounts(entry: ClinicTreatment) -> list[Price]:
    """Return every price of `entry`."""
    return [*([entry.price] if entry.price is not None else []), *(variant.price for variant in entry.variants)]


def _lowest_line(ctx: Context, entry: ClinicTreatment) -> str:
    """Return a treatment with its price, or with "from" its lowest where there are several."""
    prices = _amounts(entry)
    if len(prices) == 1:
        price = _price(ctx, entry, prices[0])
    else:
        lowest = min(amount for p in prices for amount in p.amounts)
        price = ctx.say("price_from", low=ctx.wording.money(lowest, ctx.clinic.currency_of(entry)))
    return ctx.say("price_item", name=name_of(ctx, entry.slug), price=price)
