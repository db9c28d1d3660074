"""Rules for numbers: each must stand in the clinic's file beside what the sentence speaks of."""

from __future__ import annotations

import itertools
import re
from typing import Final

from workers.llm.draft import Draft
from workers.llm.quantities import MOST_COUNTED, Quantity
from workers.llm.quantity_words import FREE, Kind
from workers.llm.subjects import CLINIC, PROMOTION, THIS, Mention, links

_LINK_CHARS: Final = 48
_STOPS_LINK: Final = re.compile(r"[,.;:!?\n]")
_WORDS: Final = re.compile(r"[a-z]+")


def unpublished_price(draft: Draft) -> bool:
    """Whether the sentence names an amount of money that the file does not give for its subject."""
    return any(q.kind is Kind.MONEY and not _stands(draft, q) for q in draft.quantities)


def unpublished_figure(draft: Draft) -> bool:
    """Whether it names a duration, a share, a number of sessions or a larger number that the file does not give."""
    kinds = (Kind.DURATION, Kind.PERCENT, Kind.SESSION)
    return any(
        (q.kind in kinds or (q.kind is Kind.BARE and q.value > MOST_COUNTED)) and not _stands(draft, q)
        for q in draft.quantities
    )


def unpublished_dose(draft: Draft) -> bool:
    """Whether it names a quantity of a substance, or how often to take one, that the file does not give."""
    return any(q.kind in (Kind.DOSE, Kind.FREQUENCY) and not _stands(draft, q) for q in draft.quantities)


def _stands(draft: Draft, quantity: Quantity) -> bool:
    """Whether the file gives `quantity` for the clinic, for what leads to it, or for what it is tied to."""
    grounds = draft.grounds
    wanted = _priced(draft, quantity) if quantity.meaning.endswith(" ?") else quantity
    leading = _led_by if quantity.kind is Kind.MONEY else _named_before
    tied = _tied_to(draft, quantity)
    led = not tied or quantity.meaning == FREE or any(mention.end <= quantity.start for mention in draft.mentions)
    if grounds.published.tells({wanted.meaning, *wanted.other}, draft.text[draft.start :], grounds.language):
        return True
    return any(
        grounds.may_say(wanted, subjects)
        for subjects in (frozenset({CLINIC}), tied, leading(draft, quantity) if led else tied)
    )


def _priced(draft: Draft, quantity: Quantity) -> Quantity:
    """Return an amount without a currency as one in the clinic's own."""
    amount = quantity.meaning.removesuffix("?") + draft.grounds.published.clinic.currency
    return Quantity(quantity.kind, amount, quantity.start, quantity.end, value=quantity.value)


def _led_by(draft: Draft, quantity: Quantity) -> frozenset[str]:
    """Return what `quantity` belongs to by what stands before it in the sentence, else in the answer, else in the turn.

    A matter of the clinic that leads (the deposit, say) also holds where a treatment stands between it and the number.
    """
    before = [mention for mention in draft.mentions if mention.end <= quantity.start]
    matters = frozenset(m.subject for m in before if not m.is_treatment and m.subject != THIS)
    last = _last_group(draft, before)
    if not last:
        return matters | draft.named | draft.grounds.focus
    if last == frozenset({THIS}):
        treatments = _last_group(draft, [mention for mention in before if mention.is_treatment])
        return matters | (treatments or draft.named | draft.grounds.focus)
    return last if last <= matters else last | matters


def _named_before(draft: Draft, quantity: Quantity) -> frozenset[str]:
    """Return everything that a figure which is no amount may belong to: all that is named before it in the sentence.

    Where no treatment is, also what the answer or the turn is about: "the consultation, then 20 minutes a session".
    """
    before = frozenset(mention.subject for mention in draft.mentions if mention.end <= quantity.start)
    if any(not subject.startswith("@") for subject in before):
        return before
    return before | draft.named | draft.grounds.focus


def _last_group(draft: Draft, mentions: list[Mention]) -> frozenset[str]:
    """Return the subjects of the last mention, and of those listed with it: "laser hair removal and electrolysis"."""
    group: set[str] = set()
    start = -1
    for mention in reversed(mentions):
        if start >= 0 and not _LISTED.fullmatch(draft.text[mention.end : start]):
            break
        group.add(mention.subject)
        start = mention.start
    return frozenset(group)


_LISTED: Final = re.compile(
    r"[^a-z0-9.;:!?]{0,3}(?:and|or|et|ou|en|of|und|oder|/|,|the|la|le|l'|de|die|der|het)?[^a-z0-9.;:!?]{0,3}"
)


def _tied_to(draft: Draft, quantity: Quantity) -> frozenset[str]:
    """Return what stands right behind `quantity` and owns it: "€60 for the consultation", "15 % off hair removal"."""
    behind = [m for m in draft.mentions if m.start >= quantity.end and m.subject not in (THIS, PROMOTION)]
    if not behind:
        return frozenset()
    gap = draft.text[quantity.end : behind[0].start]
    link, stops = links()
    words = set(_WORDS.findall(gap))
    near = len(gap) <= 3  # noqa: PLR2004  # "50 € d'acompte", "€50 deposit"
    tied = near or (len(gap) <= _LINK_CHARS and bool(words & link) and not words & stops)
    if not tied or _STOPS_LINK.search(gap):
        return frozenset()
    group = {behind[0].subject}
    for one, other in itertools.pairwise(behind):
        if not _LISTED.fullmatch(draft.text[one.end : other.start]):
            break
        group.add(other.subject)
    return frozenset(group)
