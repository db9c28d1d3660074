"""Sentences about the clinic itself: where, how to reach, book and pay, who treats, what it promises."""

from __future__ import annotations

from typing import Final

from schemas.actions import actions
from schemas.clinic import PaymentMethod, Practitioner
from schemas.clinic_words import LANGUAGE_NAMES, PAYMENT_NAMES
from schemas.replies import Action
from schemas.taxonomy import Outcome
from workers.router.answer_treatment import TREATMENTS_MAX, name_of
from workers.router.context import Context, Paragraph
from workers.router.lexicon import all_words, languages_named
from workers.router.words import words

NAME_MIN_CHARS: Final = 4
"""Shorter words of a practitioner's name are titles and particles."""


def location(ctx: Context) -> Paragraph:
    """Answer where the clinic is and how to come by public transport; that nothing is known of that only if asked."""
    unknown = ctx.say("transport_unknown") if "transport" in ctx.asked.cues else ""
    parts = (ctx.say("location", address=_address_line(ctx)), ctx.text(ctx.clinic.transport) or unknown)
    return Paragraph(" ".join(filter(None, parts)), actions(ctx.clinic, ctx.language, "map"))


def parking(ctx: Context) -> Paragraph:
    """Answer where to park."""
    text = ctx.text(ctx.clinic.parking) or ctx.say("parking_unknown")
    return Paragraph(text, actions(ctx.clinic, ctx.language, "map"))


def booking(ctx: Context) -> Paragraph:
    """Answer how to book; the chat itself books nothing."""
    online = actions(ctx.clinic, ctx.language, "book")
    how = ctx.say("booking_online" if online else "booking_phone", url=ctx.clinic.booking_url)
    text = " ".join(filter(None, (how, _deposit(ctx) if "deposit" in ctx.asked.cues else "")))
    return Paragraph(text, online + actions(ctx.clinic, ctx.language, "call"))


def contact(ctx: Context) -> Paragraph:
    """Answer how to reach the clinic."""
    return Paragraph(ctx.say("contact"), _reach(ctx))


def payment(ctx: Context) -> Paragraph:
    """Answer how visitors may pay and how not, and what is due when booking."""
    pay = ctx.clinic.payment
    taken, refused = (_methods(ctx, methods) for methods in (pay.taken, pay.not_taken))
    parts = [ctx.say("payment_taken", list=ctx.wording.any_of(taken)) if taken else ""]
    parts.append(ctx.say("payment_not_taken", list=ctx.wording.any_of(refused)) if refused else "")
    parts.extend((ctx.text(pay.notes), _deposit(ctx)))
    return Paragraph(" ".join(filter(None, parts)))


def practitioner(ctx: Context) -> Paragraph:
    """Answer who treats: those who give the treatments asked about, else the whole team."""
    if slugs := ctx.asked.treatments[:TREATMENTS_MAX]:
        return Paragraph("\n\n".join(_who_gives(ctx, slug) for slug in slugs))
    rows = _team(ctx)
    return Paragraph("\n".join([ctx.say("practitioners"), *rows]) if rows else ctx.say("team_unknown"))


def _who_gives(ctx: Context, slug: str) -> str:
    """Return who gives a treatment."""
    named = name_of(ctx, slug)
    rows = [_person(ctx, person) for person in ctx.clinic.practitioners_for(slug)]
    head = ctx.say("practitioners_for", treatment=named)
    return "\n".join([head, *rows]) if rows else ctx.say("practitioner_unknown", treatment=named)


def _team(ctx: Context) -> list[str]:
    """Return everybody who treats, a line each."""
    return [_person(ctx, person) for person in ctx.clinic.practitioners]


def languages(ctx: Context) -> Paragraph:
    """Answer what the person asked about speaks, or who speaks the languages asked about; else who speaks which."""
    said = frozenset(ctx.asked.message)
    if people := [person for person in ctx.clinic.practitioners if not said.isdisjoint(_names(person))]:
        return Paragraph("\n".join(_person(ctx, person) for person in people))
    codes = dict.fromkeys(code for person in ctx.clinic.practitioners for code in person.languages)
    names = [_language(ctx, code) for code in (codes or dict.fromkeys(ctx.clinic.languages))]
    asked = [_spoken_by(ctx, code) for code in languages_named(ctx.asked.message)]
    spoken = ctx.say("languages", list=ctx.wording.all_of(names))
    return Paragraph(" ".join((*asked, spoken)) if asked else "\n".join((spoken, *_team(ctx))))


def _names(person: Practitioner) -> frozenset[str]:
    """Return the names by which a practitioner is asked for, without titles."""
    return frozenset(word for word in words(person.name) if len(word) >= NAME_MIN_CHARS) - all_words()


def _spoken_by(ctx: Context, code: str) -> str:
    """Return who of the team speaks a language."""
    people = [person.name for person in ctx.clinic.practitioners if code in person.languages]
    key = "language_with" if people else "language_none"
    return ctx.say(key, language=_language(ctx, code), list=ctx.wording.any_of(people))


def consultation(ctx: Context) -> Paragraph:
    """Answer what a first appointment costs and is."""
    first = ctx.clinic.consultation
    if first is None:
        return Paragraph(ctx.say("consultation_unknown"), actions(ctx.clinic, ctx.language, "call"))
    price = ctx.wording.money(first.price, ctx.clinic.currency)
    key = "consultation_price" if first.price else "consultation_free"
    parts = [ctx.say(key, price=price, minutes=first.duration_min)]
    if first.price and first.deducted:
        parts.append(ctx.say("consultation_deducted"))
    return Paragraph(" ".join(filter(None, (*parts, ctx.text(first.text)))), actions(ctx.clinic, ctx.language, "book"))


def cancellation(ctx: Context) -> Paragraph:
    """Answer until when an appointment may be cancelled, and how."""
    rule = ctx.clinic.cancellation
    parts: list[str] = []
    if rule is not None and rule.text is not None:
        parts.append(ctx.text(rule.text))
    elif rule is not None:
        parts.append(ctx.say("cancellation_free", hours=rule.free_until_hours))
        fee = ctx.wording.money(rule.fee, ctx.clinic.currency) if rule.fee is not None else None
        fee = f"{rule.fee_percent} %" if fee is None and rule.fee_percent is not None else fee
        parts.append(ctx.say("cancellation_fee", fee=fee) if fee else "")
    parts.append(ctx.say("cancellation_how"))
    return Paragraph(" ".join(filter(None, parts)), _reach(ctx))


def promotions(ctx: Context) -> Paragraph:
    """Answer which offers hold today; where treatments are asked about that have none, that first."""
    current = ctx.clinic.promotions_on(ctx.now.date())
    if not current:
        return Paragraph(ctx.say("promotions_none"))
    without = [slug for slug in ctx.asked.treatments if not any(slug in p.treatments for p in current)]
    rows = [
        ctx.say("promotion_item", title=ctx.text(p.title), text=ctx.text(p.text), date=ctx.wording.date(p.to))
        for p in current
    ]
    none = [ctx.say("promotions_none_for", treatment=name_of(ctx, slug)) for slug in without]
    return Paragraph("\n".join([*none, ctx.say("promotions"), *rows]))


def privacy(ctx: Context) -> Paragraph:
    """Answer what becomes of the conversation."""
    url = ctx.clinic.privacy_url
    parts = (ctx.say("privacy"), ctx.say("privacy_link", url=url) if url else "")
    return Paragraph(" ".join(filter(None, parts)))


def smalltalk(ctx: Context) -> Paragraph:
    """Answer a greeting, thanks or a farewell."""
    cues = ctx.asked.cues
    key = "thanks" if "thanks" in cues else "farewell" if "farewell" in cues else "greeting"
    return Paragraph(ctx.say(key))


def human_handover(ctx: Context) -> Paragraph:
    """Hand over to the clinic's people."""
    key = "robot" if "robot" in ctx.asked.cues else "handover"
    return Paragraph(ctx.say(key), _reach(ctx), Outcome.HANDED_OVER)


def complaint(ctx: Context) -> Paragraph:
    """Hand a complaint over to the clinic's people."""
    return Paragraph(ctx.say("complaint"), _reach(ctx), Outcome.HANDED_OVER)


def _reach(ctx: Context) -> tuple[Action, ...]:
    """Return the buttons to call and to write."""
    return actions(ctx.clinic, ctx.language, "call", "email")


def _methods(ctx: Context, methods: tuple[PaymentMethod, ...]) -> list[str]:
    """Return the names of ways to pay."""
    return [ctx.text(PAYMENT_NAMES[method]) for method in methods]


def _deposit(ctx: Context) -> str:
    """Return what is due when booking; "" where the file does not say."""
    deposit = ctx.clinic.deposit
    if deposit is None:
        return ""
    if deposit.text is not None:
        return ctx.text(deposit.text)
    if not deposit.required:
        return ctx.say("deposit_none")
    if deposit.amount is not None:
        return ctx.say("deposit_amount", amount=ctx.wording.money(deposit.amount, ctx.clinic.currency))
    return ctx.say("deposit_percent", percent=deposit.percent) if deposit.percent else ctx.say("deposit_some")


def _person(ctx: Context, person: Practitioner) -> str:
    """Return one practitioner as a line."""
    spoken = ", ".join(_language(ctx, code) for code in person.languages)
    return ctx.say("practitioner", name=person.name, role=ctx.text(person.role), languages=spoken)


def _language(ctx: Context, code: str) -> str:
    """Return a language's name; its letters where the table has none."""
    name = LANGUAGE_NAMES.get(code)
    return code.upper() if name is None else ctx.text(name)


def _address_line(ctx: Context) -> str:
    """Return the clinic's address on one line, its names in the visitor's language where the file has them."""
    where = ctx.clinic.address
    street, city, country = (ctx.clinic.say(text, ctx.language) for text in (where.street, where.city, where.country))
    return f"{street}, {where.postcode} {city}, {country}"
