"""Sentences about treatments: offered or not, what they cost, how long they take, what the file tells of them."""

from __future__ import annotations

from typing import Final

from schemas.actions import actions
from schemas.clinic import ClinicTreatment
from schemas.taxonomy import Intent, Outcome
from schemas.treatments import display_name, treatments
from workers.router.answer_details import DETAILS, detail
from workers.router.answer_price import lowest_line, prices
from workers.router.context import Context, Paragraph
from workers.router.reading import variants_named

TREATMENTS_MAX: Final = 4
"""Treatments answered in one message."""
LISTED_MAX: Final = 12
"""Treatments named in a list; the others are counted."""
NEAR_MAX: Final = 3
"""Offered treatments named where one is not offered."""


def treatment(ctx: Context) -> Paragraph:
    """Answer what is asked about treatments, or list them all; no text where the file lacks what is asked."""
    if not ctx.asked.treatments:
        return _overview(ctx)
    slugs = ctx.asked.treatments[:TREATMENTS_MAX]
    lines = [_about(ctx, slug) for slug in slugs]
    if not all(lines):
        return Paragraph("")
    offered = [bool(ctx.clinic.offers(slug)) for slug in slugs]
    outcome = Outcome.ANSWERED if any(offered) else Outcome.NOT_OFFERED
    buttons = actions(ctx.clinic, ctx.language, "book") or actions(ctx.clinic, ctx.language, "call")
    return Paragraph("\n\n".join(lines), buttons, outcome, offered[0])


def name_of(ctx: Context, slug: str) -> str:
    """Return the treatment's name as shown."""
    return display_name(slug, ctx.language)


def _about(ctx: Context, slug: str) -> str:
    """Return what was asked about one treatment; "" where the file lacks one of the texts asked for."""
    entry = ctx.clinic.treatment(slug)
    if entry is None or not entry.offered:
        return _not_offered(ctx, slug, entry)
    details = [detail(ctx, entry, intent) for intent in ctx.asked.intents if intent in DETAILS]
    if not all(details):
        return ""
    parts: list[str] = []
    if ctx.wants(Intent.OFFER):
        parts.append(
            " ".join(filter(None, (ctx.say("offer_yes", treatment=name_of(ctx, slug)), ctx.aside(entry.description))))
        )
    if ctx.wants(Intent.PRICE) or ctx.wants(Intent.OFFER):
        parts.append(prices(ctx, entry))
    if ctx.wants(Intent.DURATION):
        parts.append(_duration(ctx, entry))
    return "\n".join(filter(None, (*parts, *details)))


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


def _duration(ctx: Context, entry: ClinicTreatment) -> str:
    """Return how long a session takes, that of the zone asked for, and how many are usual, as far as the file says."""
    said = variants_named(ctx.asked.message, entry.variants) or variants_named(ctx.asked.before, entry.variants)
    named = [v for v in said if v.duration_min]
    took = named[0].duration_min if len(named) == 1 else entry.duration_min
    minutes = ctx.say("duration", treatment=name_of(ctx, entry.slug), minutes=took) if took else ""
    return " ".join(filter(None, (minutes, ctx.text(entry.sessions))))


def _overview(ctx: Context) -> Paragraph:
    """Return the treatments offered, with their lowest prices where prices were asked."""
    offered = [entry for entry in ctx.clinic.treatments if entry.offered]
    shown = offered[:LISTED_MAX]
    more = ctx.say("offer_more", count=len(offered) - len(shown)) if len(offered) > len(shown) else ""
    if ctx.wants(Intent.PRICE):
        lines = [ctx.say("price_list"), *filter(None, (lowest_line(ctx, entry) for entry in shown))]
        text = "\n".join([*lines, *([f"• {more}"] if more else [])])
    else:
        names = ", ".join(name_of(ctx, entry.slug) for entry in shown)
        text = " ".join(filter(None, (ctx.say("offer_list", list=names), more)))
    return Paragraph(text, actions(ctx.clinic, ctx.language, "book"))
