"""Sentences about prices: as the clinic's file has them, with the promotion that holds today. No figure of our own."""

from __future__ import annotations

from schemas.clinic import ClinicTreatment, Price, Text, Variant
from schemas.treatments import display_name
from workers.router.context import Context
from workers.router.reading import variants_named


def prices(ctx: Context, entry: ClinicTreatment) -> str:
    """Return the prices of `entry`: its own, those of the zones asked for, else all; or that none is listed."""
    name = display_name(entry.slug, ctx.language)
    rows = _rows(ctx, entry)
    lines = [_line(ctx, entry, variant) for variant in rows]
    if entry.price is not None and len(rows) == len(entry.variants):
        price = _with_unit(ctx, written(ctx, entry, entry.price), entry.unit)
        lines.insert(0, ctx.say("price_of", treatment=name, price=price))
    elif lines:
        lines.insert(0, ctx.say("price_head", treatment=", ".join(filter(None, (name, ctx.text(entry.unit))))))
    if not lines:
        return ctx.say("price_unknown", treatment=name)
    return "\n".join(filter(None, (*lines, *promotions_of(ctx, entry.slug), ctx.aside(entry.notes))))


def promotions_of(ctx: Context, slug: str) -> list[str]:
    """Return what is offered today on treatment `slug`, as the clinic wrote it."""
    held = [p for p in ctx.clinic.promotions_on(ctx.now.date()) if slug in p.treatments]
    return list(filter(None, (ctx.aside(promotion.text) for promotion in held)))


def written(ctx: Context, entry: ClinicTreatment, price: Price) -> str:
    """Return a price as written in the file: fixed, from, or from-to; nothing is "free of charge"."""
    currency = ctx.clinic.currency_of(entry)
    if price.fixed is not None:
        key = "price_fixed" if price.fixed else "price_free"
        return ctx.say(key, amount=ctx.wording.money(price.fixed, currency))
    low = ctx.wording.money(price.from_, currency) if price.from_ is not None else ""
    if price.to is None:
        return ctx.say("price_from", low=low)
    return ctx.say("price_range", low=low, high=ctx.wording.money(price.to, currency))


def lowest_line(ctx: Context, entry: ClinicTreatment) -> str:
    """Return a treatment with its price, or with "from" its lowest where there are several; "" where it has none."""
    listed = [*([entry.price] if entry.price is not None else []), *(variant.price for variant in entry.variants)]
    if not listed:
        return ""
    if len(listed) == 1:
        price = written(ctx, entry, listed[0])
    else:
        lowest = min(amount for p in listed for amount in p.amounts)
        price = ctx.say("price_from", low=ctx.wording.money(lowest, ctx.clinic.currency_of(entry)))
    return ctx.say("price_item", name=display_name(entry.slug, ctx.language), price=price)


def _rows(ctx: Context, entry: ClinicTreatment) -> tuple[Variant, ...]:
    """Return the zones or sizes to show: those asked for; where the message adds or denies, the others after them."""
    named = variants_named(ctx.asked.message, entry.variants)
    if named and ctx.asked.cues.isdisjoint(("adding", "negation")):
        return named
    return (*named, *(variant for variant in entry.variants if variant not in named))


def _line(ctx: Context, entry: ClinicTreatment, variant: Variant) -> str:
    """Return one zone or size with its price."""
    price = _with_unit(ctx, written(ctx, entry, variant.price), variant.unit)
    return ctx.say("price_item", name=ctx.text(variant.name), price=price)


def _with_unit(ctx: Context, text: str, unit: Text | None) -> str:
    """Return `text` followed by its unit."""
    return " ".join(filter(None, (text, ctx.text(unit))))
