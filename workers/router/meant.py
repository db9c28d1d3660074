"""Which treatments a message means, of all that its words may name, and whether that is certain.

A price given for the wrong treatment is the worst answer there is, and the language model is told the same facts: so
whatever leaves a doubt about what is meant goes on to it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import Final, NamedTuple

from schemas.clinic import Clinic
from schemas.taxonomy import SPOKEN
from schemas.treatments import treatments
from workers.router.lexicon import kinds, lexicon, names, zones
from workers.router.reading import variant_titles, variant_words
from workers.router.treatment_match import Mention
from workers.router.words import words

IMPLIES: Final[Mapping[str, frozenset[str]]] = {
    "hyaluronidase": frozenset({"lip_filler", "dermal_filler", "tear_trough_filler"}),
    "lip_filler": frozenset({"dermal_filler"}),
    "tear_trough_filler": frozenset({"dermal_filler"}),
    "nonsurgical_rhinoplasty": frozenset({"dermal_filler"}),
    "hyperhidrosis_botox": frozenset({"botulinum_toxin"}),
    "rf_microneedling": frozenset({"microneedling", "radiofrequency"}),
    "tattoo_removal": frozenset({"laser_hair_removal", "fractional_laser", "pigment_laser", "vascular_laser"}),
    "electrolysis": frozenset({"laser_hair_removal"}),
    "laser_hair_removal": frozenset({"lip_filler"}),
    "lipolysis_injections": frozenset({"dermal_filler"}),
    "sclerotherapy": frozenset({"dermal_filler", "vascular_laser"}),
    "permanent_makeup": frozenset({"lip_filler"}),
}
"""Where the first is named, a single word that alone would name another belongs to it ("lips" and "filler")."""
CONDITIONS: Final = frozenset({"acne_treatment", "rosacea_treatment", "scar_treatment", "facial"})
"""Named by one word beside a treatment, these tell what it is for."""
AND_OR: Final = frozenset(words("and or also plus a the et ou aussi du la le l des en of ook und oder auch sowie"))
BY: Final = frozenset(words("with mit met mee avec"))
"""Words between two names of which one says how the other is done: which of the two is asked for, they leave open."""
DENYING: Final = frozenset(
    words("without not dont no sans pas zonder niet geen ipv ohne nicht kein keine keinen statt anstatt")
)
WANTING: Final = frozenset(words("want need wish"))
"""Verbs that may stand between such a word and the name: "I don't want botox"."""
LINKING: Final = frozenset(words("the a any de d du des le la les l het der die das den dem with avec met mit of van"))
"""Words that may stand between such a word and the name: "not the botox", "pas de botox"."""
HOW_WITHIN: Final = 3
"""Words between two names within which "laser" says how the other is done."""
LASER: Final = ("laser", "gelasert")
"""Beginnings of the words that say how something is done; "filler" and "peel" say what."""
ASKING: Final = frozenset(
    words("price prices cost costs how much what prix tarif combien coute coutent quel prijs prijzen kost kosten "
          "hoeveel wat preis preise kostet wieviel viel was")
)  # fmt: skip
"""Words between two names that ask about the second on its own: "botox, how much is laser?"."""
PURPOSES: Final = CONDITIONS - {"facial"}
"""What a laser named right beside them treats: an "acne laser"; a "facial laser" may be for hair."""
REMOVING: Final = frozenset(
    words("remove removal removing enlever enlevement retirer effacer verwijderen verwijdering weghalen entfernen "
          "entfernung wegmachen")
)  # fmt: skip
REMOVED_OTHERWISE: Final = frozenset({"permanent_makeup", "microblading"})
"""Treatments whose price is not that of undoing them."""
PARTLY: Final = frozenset(words("half halves lower demi demie halve halbe halben"))
OWN: Final = frozenset(words("my mes mijn meine meiner meinen"))
PACKAGES: Final = frozenset(
    words("package packages bundle forfait forfaits pakket pakketten abonnement abonnementen paket pakete abo")
)
"""Of half a part of the body or of several sessions, the file has a price only where a variant says so."""
MEASURES: Final = frozenset(words("unit units unite unites eenheid eenheden einheit einheiten"))
"""What a price may be for, beside a part of the body."""
ANYWHERE: Final = frozenset(words("skin peau huid haut"))
"""What every treatment is done on chooses none."""
SHORT_NAME: Final = 2
"""Words of a name up to which each of them is telling: of "red light therapy", "red" is not."""


class Meant(NamedTuple):
    """The treatments meant, in the message's order, and what is uncertain about them."""

    slugs: tuple[str, ...]
    doubts: tuple[str, ...]
    """Why another treatment may be meant; () where none may."""


def meant(mentions: Sequence[Mention], clinic: Clinic, *, message: Sequence[str]) -> Meant:
    """Return the treatments that a message with `mentions` means."""
    slugs = slugs_of(mentions, clinic, message=message)
    return Meant(slugs, (*_doubts(mentions, message), *_purposes(mentions, slugs, message)))


def slugs_of(mentions: Sequence[Mention], clinic: Clinic, *, message: Sequence[str]) -> tuple[str, ...]:
    """Return the treatments meant; of a word with several meanings the first that the clinic offers.

    Such a word ("laser") says nothing more where another names one of its meanings, nor where it says how another is
    done ("stop smoking by laser", "laser for nail fungus"). What is denied is not meant, if anything else is.
    """
    slugs = dict.fromkeys(
        next((slug for slug in m.slugs if clinic.offers(slug)), m.slugs[0]) for m in _wanted(mentions, message)
    )
    return moved(message, tuple(slugs))


def _wanted(mentions: Sequence[Mention], message: Sequence[str]) -> list[Mention]:
    """Return those of `mentions` that are meant."""
    wanted = _one_a_word([m for m in mentions if not _denied(m, message)] or mentions)
    implied = frozenset[str]().union(*(IMPLIES.get(m.slugs[0], frozenset()) for m in wanted))
    if {m.slugs[0] for m in wanted if len(m.slugs) == 1} - CONDITIONS:
        implied |= CONDITIONS
    kept = [m for m in wanted if m.slugs[0] not in implied or m.end - m.start > 1 or _joined(m, wanted, message)]
    sure = {mention.slugs[0] for mention in kept if len(mention.slugs) == 1}
    return [m for m in kept if len(m.slugs) == 1 or (sure.isdisjoint(m.slugs) and not _says_how(m, kept, message))]


def moved(message: Sequence[str], slugs: tuple[str, ...]) -> tuple[str, ...]:
    """Return `slugs`, or the treatment of its family that is done where `message` says: a filler "under the eyes"."""
    if len(slugs) != 1:
        return slugs
    family = next((places for places in _families() if slugs[0] in places), dict[str, frozenset[str]]())
    wanted = {word for i, word in enumerate(message) if not _denied_at(i, message)}
    said = [slug for slug, places in family.items() if not places.isdisjoint(wanted)]
    return slugs if slugs[0] in said or len(said) != 1 else tuple(said)


@functools.cache
def _families() -> tuple[Mapping[str, frozenset[str]], ...]:
    """Return, for each family of treatments, the words for where each is done."""
    return tuple(
        {slug: frozenset(words(places)) for slug, places in family.items()} for family in names().families.values()
    )


def _one_a_word(mentions: Sequence[Mention]) -> list[Mention]:
    """Return `mentions` without the less telling of two that share a word.

    A name of several words tells more than words that stand apart, but where what these name includes the other.
    """
    apart = [one for one in mentions if one.apart]
    rivals = [(one, other) for one in apart for other in mentions if not other.apart and one.apart & other.at]
    less = [other if other.slugs[0] in IMPLIES.get(one.slugs[0], ()) else one for one, other in rivals]
    return [mention for mention in mentions if mention not in less]


def _denied(one: Mention, message: Sequence[str]) -> bool:
    """Return whether a "not" or "without" stands just before a treatment's name."""
    return _denied_at(one.start, message)


def _denied_at(position: int, message: Sequence[str]) -> bool:
    """Return whether a "not" stands before the word at `position`, with "want" and an article between at most."""
    before = position - 1
    for between in (LINKING, WANTING):
        if before > 0 and message[before] in between:
            before -= 1
    return before >= 0 and (message[before] in DENYING or tuple(message[before - 1 : before + 1]) == ("don", "t"))


def _says_how(one: Mention, mentions: Sequence[Mention], message: Sequence[str]) -> bool:
    """Return whether `one` only says how a named treatment is done: by its name, or as a laser close to it."""
    named = [other for other in mentions if len(other.slugs) == 1]
    by_name = _by_name(message[one.start])
    return any(other.slugs[0] in by_name or _laser_for(one, other, message) for other in named)


def _laser_for(one: Mention, other: Mention, message: Sequence[str]) -> bool:
    """Return whether `one` is a laser for `other`: no "and" and no question joins the two, nor mere chance."""
    gap = message[min(one.end, other.end) : max(one.start, other.start)]
    if not message[one.start].startswith(LASER) or len(gap) > HOW_WITHIN:
        return False
    return (AND_OR | ASKING).isdisjoint(gap) and (bool(gap) or other.slugs[0] in PURPOSES)


@functools.cache
def _names_with() -> Mapping[str, frozenset[str]]:
    """Return, for each word of several meanings, the treatments in one of whose names it stands."""
    named = {
        slug: "\n".join(n for spoken in t.names.values() for n in spoken).casefold() for slug, t in treatments().items()
    }
    return {word: frozenset(slug for slug, text in named.items() if word in text) for word in names().generic}


def _by_name(word: str) -> frozenset[str]:
    """Return the treatments whose names say `word`, one of several meanings, themselves."""
    return _names_with().get(word, frozenset())


def _joined(one: Mention, mentions: Sequence[Mention], message: Sequence[str]) -> bool:
    """Return whether "and" or "or" stands between `one` and another treatment's name: both are asked about."""
    gaps = (message[min(one.end, other.end) : max(one.start, other.start)] for other in mentions)
    return any(gap and AND_OR.issuperset(gap) for gap in gaps)


def _doubts(mentions: Sequence[Mention], message: Sequence[str]) -> Iterator[str]:
    """Yield what is uncertain about the treatments that a message names."""
    if mentions and all(_denied(mention, message) for mention in mentions):
        yield "denied"
    for one, other in pairwise(mention for mention in mentions if len(mention.slugs) == 1):
        gap = message[one.end : other.start]
        if gap and one.slugs != other.slugs and BY.issuperset(gap):
            yield f"{one.slugs[0]} by {other.slugs[0]}"


def _purposes(mentions: Sequence[Mention], slugs: Sequence[str], message: Sequence[str]) -> Iterator[str]:
    """Yield what may be another treatment than named: a laser "for wrinkles", microblading that is to be removed."""
    lasers = (m for m in _wanted(mentions, message) if len(m.slugs) > 1 and message[m.start].startswith(LASER))
    if any(lasers):
        yield from (f"laser for {word!r}" for word in message if kinds().get(word) == "concern")
    named = {i for mention in mentions for i in mention.at}
    if not REMOVED_OTHERWISE.isdisjoint(slugs):
        yield from (f"{w!r} of it" for i, w in enumerate(message) if w in REMOVING and i not in named)


def doubts_of_given(
    message: Sequence[str], given: Sequence[str], clinic: Clinic, *, instead: Sequence[str]
) -> tuple[str, ...]:
    """Return what is uncertain about a treatment that only the conversation gives, for a message that names none.

    A word that stands in the names of others may choose another ("and the one with needles?"), and after "we do not
    offer that, but…" the next question is about what was named `instead`.
    """
    own = variant_words(v for slug in given if (entry := clinic.treatment(slug)) for v in entry.variants)
    absent = (f"{slug} is not offered" for slug in given if instead and not clinic.offers(slug))
    others = (
        word for word in message if own.isdisjoint(zones().get(word, frozenset({word}))) and _of_others(word, given)
    )
    return (*absent, *(f"{word!r} is of another" for word in others))


def unpriced(said: Sequence[str], slugs: Sequence[str], clinic: Clinic) -> Iterator[str]:
    """Yield the parts of the body and the measures among `said` by which the file has no price of `slugs`.

    Where a treatment is priced by zone, another zone's price is none; and botox by the session has none by the unit.
    """
    entries = [entry for slug in slugs if (entry := clinic.treatment(slug)) is not None and entry.variants]
    known = variant_words(variant for entry in entries for variant in entry.variants)
    for word in said if entries else ():
        same = zones().get(word, frozenset({word}))
        own = not known.isdisjoint(same) or not _in_names().get(word, frozenset()).isdisjoint(slugs)
        if (kinds().get(word) == "area" or word in MEASURES) and not own:
            yield f"no price by {word!r}"


def unpriced_amounts(message: Sequence[str], slugs: Sequence[str], clinic: Clinic) -> Iterator[str]:
    """Yield the words of `message` for a part or a package of which the file has no price."""
    entries = filter(None, map(clinic.treatment, slugs))
    known = frozenset(chain.from_iterable(variant_titles(variant) for entry in entries for variant in entry.variants))
    for i, word in enumerate(message):
        if word not in known and (word in PACKAGES or (word in PARTLY and _of_the_body(message[i + 1 :]))):
            yield f"no price by {word!r}"


def _of_the_body(after: Sequence[str]) -> bool:
    """Return whether the words `after` one begin with a part of the body: "half the legs", not "half a ml"."""
    first = next((word for word in after if word not in LINKING | OWN), "")
    return kinds().get(first) == "area"


def _of_others(word: str, given: Sequence[str]) -> bool:
    """Return whether `word` stands in names of treatments, or is a part of the body, but of none of `given`."""
    if word in ANYWHERE:
        return False
    slugs = _in_names().get(word, frozenset[str]())
    return (bool(slugs) or kinds().get(word) == "area") and slugs.isdisjoint(given)


@functools.cache
def _in_names() -> Mapping[str, frozenset[str]]:
    """Return the treatments in whose names each word stands that no lexicon has, or that is a part of the body."""
    usual = frozenset[str]().union(*(lexicon(language).vocabulary for language in SPOKEN))
    found: dict[str, set[str]] = {}
    for slug, treatment in treatments().items():
        for name in map(words, chain(treatment.brands, *treatment.names.values())):
            for word in name:
                telling = len(name) <= SHORT_NAME and word.isalpha() and word not in usual
                if telling or kinds().get(word) == "area":
                    found.setdefault(word, set()).add(slug)
    return {word: frozenset(slugs) for word, slugs in found.items()}
