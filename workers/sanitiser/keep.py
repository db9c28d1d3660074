"""Words that are the clinic's own, not the visitor's: they stay, unless the visitor says that they are theirs too.

A match that a cue gave away ("I live in …", "my name is …") is never released.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from schemas.clinic import Clinic, Text
from schemas.taxonomy import SPOKEN, Entity
from schemas.treatments import treatments
from workers.sanitiser.lexicon import famous, fold, given_names, surnames, trade_words, word_set
from workers.sanitiser.profile import Profile, profile_of
from workers.sanitiser.recognisers.digits import digits_of
from workers.sanitiser.recognisers.match import CUED, Match
from workers.sanitiser.spans import trimmed, uncovered

_WORD: Final = re.compile(r"[^\W_]+")
_TITLES: Final = word_set("dr drs doctor dokter docteur doktor prof mme mevr mw mr mrs ms dhr frau herr nurse")
_WORDS_OF_THE_TRADE: Final = 5
"""Letters from which a single word out of a treatment's name is kept by itself ("hyaluronique")."""
_ILLNESSES: Final = word_set(
    "hashimoto parkinson raynaud sjogren doppler fitzpatrick iban lips roche garnier rossmann loreal soprano candela"
)
"""Words of the trade that are also surnames, and are the former in chat."""
_SHORTEST_KEPT: Final = 4
"""Letters of a single word of the trade that goes from a longer match ("Anna BHA" stays one)."""
_WIDEST_GAP: Final = 4
"""Characters between two parts of one address."""
_LAST_DIGITS: Final = 8
"""Digits by which two spellings of one telephone number are known as the same."""
_NUMBERS: Final = frozenset({Entity.PHONE, Entity.ID})
_WORDED: Final = frozenset({Entity.NAME, Entity.LOCATION, Entity.HANDLE})

type _Phrase = tuple[str, ...]


class KeepWords(NamedTuple):
    """What stays in messages to one clinic. Built once a clinic by `keep_words`; knows nothing of visitors."""

    phrases: dict[str, tuple[_Phrase, ...]]
    """Folded words by the first of them, longest first."""
    staff: frozenset[str]
    """Folded words of the names of those who work here."""
    addresses: tuple[str, ...]
    """Folded words joined by blanks: street, postcode, town, in each language."""
    phones: frozenset[str]
    """Last digits."""
    emails: frozenset[str]
    hosts: frozenset[str]
    profile: Profile
    """What goes besides what always does."""

    def released(self, matches: Iterable[Match], text: str) -> list[Match]:
        """Return `matches` in normalised `text` without what is the clinic's own."""
        found = list(matches)
        places = [m for m in found if m.entity is Entity.LOCATION and not self._owns(m, text)]
        left: list[Match] = []
        kept: list[tuple[int, int]] | None = None
        for match in found:
            if match.score >= CUED and match.entity in _WORDED:
                left.append(match)
            elif match.entity is Entity.LOCATION and _adjoins(match, places):
                left.append(match)  # the clinic's town in the visitor's address
            elif not self._owns(match, text):
                if match.entity not in _WORDED:
                    left.append(match)
                    continue
                kept = list(self._kept(text)) if kept is None else kept
                rest = list(trimmed(uncovered(match.start, match.end, kept), text))
                whole = match.entity is Entity.LOCATION and rest
                left += [match] if whole else [match._replace(start=start, end=end) for start, end in rest]
        return left

    def _owns(self, match: Match, text: str) -> bool:
        """Return whether a match is a number, address or name of the clinic's."""
        part = text[match.start : match.end]
        if match.entity in _NUMBERS:
            digits = digits_of(part)
            return len(digits) >= _LAST_DIGITS and digits[-_LAST_DIGITS:] in self.phones
        if match.entity is Entity.EMAIL:
            return fold(part) in self.emails
        if match.entity is Entity.URL:
            return _host(part) in self.hosts
        if match.entity is Entity.LOCATION:
            return any(_contains(address, _joined(part)) for address in self.addresses)
        return match.entity is Entity.NAME and self.staff.issuperset(_words(part))

    def _kept(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the spans of `text` that are phrases to keep, the longest at each place."""
        words = [(fold(hit[0]), hit.start(), hit.end()) for hit in _WORD.finditer(text)]
        folded = [word[0] for word in words]
        i = 0
        while i < len(words):
            lengths = (len(p) for p in self.phrases.get(folded[i], ()) if tuple(folded[i : i + len(p)]) == p)
            length = next(lengths, 0)
            if length > 1 or (length and len(folded[i]) >= _SHORTEST_KEPT):
                yield words[i][1], words[i + length - 1][2]
            i += max(1, length)


def keep_words(clinic: Clinic | None, *, everywhere: Profile | None = None) -> KeepWords:
    """Return what stays in messages to `clinic`; None: the treatments' names alone. Takes milliseconds: keep it.

    Args:
        clinic: As its file says.
        everywhere: The profile of all clinics; None: each clinic's country says it.
    """
    profile = profile_of(clinic, everywhere=everywhere)
    if clinic is None:
        return KeepWords(_by_first_word(_trade()), frozenset(), (), frozenset(), frozenset(), frozenset(), profile)
    own = {_words(clinic.name)}
    own |= {_words(text) for item in clinic.treatments for text in _treatment_texts(clinic, item.slug)}
    return KeepWords(
        phrases=_by_first_word(_trade() | own),
        staff=frozenset(word for person in clinic.practitioners for word in _name_of(person.name)),
        addresses=tuple(_addresses(clinic)),
        phones=frozenset({digits_of(clinic.phone)[-_LAST_DIGITS:]}),
        emails=frozenset({fold(clinic.email)}),
        hosts=frozenset({_host(url) for url in (clinic.website, clinic.booking_url, clinic.privacy_url) if url}),
        profile=profile,
    )


@functools.cache
def _trade() -> frozenset[_Phrase]:
    """Return treatments, brands and famous people, the words of the trade, and the longer ones of treatments' names."""
    phrases: set[_Phrase] = set()
    for treatment in treatments().values():
        names = {_words(name) for language in SPOKEN for name in treatment.names[language]}
        phrases |= names | {_words(brand) for brand in treatment.brands}
        phrases |= {
            (word,) for name in names for word in name if len(word) >= _WORDS_OF_THE_TRADE and not _is_name(word)
        }
    phrases |= {_words(name) for name in famous()}
    phrases |= {(word,) for word in trade_words() if not _is_name(word)}
    return frozenset(phrases)


def _is_name(word: str) -> bool:
    return word not in _ILLNESSES and (word in given_names() or word in surnames())


def _by_first_word(phrases: Iterable[_Phrase]) -> dict[str, tuple[_Phrase, ...]]:
    table: dict[str, list[_Phrase]] = {}
    for phrase in phrases:
        if phrase:
            table.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(sorted(rows, key=lambda row: (-len(row), row))) for first, rows in table.items()}


def _treatment_texts(clinic: Clinic, slug: str) -> Iterator[str]:
    """Yield what a clinic's file calls a treatment: its own synonyms and the names of its variants."""
    item = clinic.treatment(slug)
    if item is not None:
        for language in SPOKEN:
            yield from item.synonyms.in_language(language)
        for variant in item.variants:
            yield from _texts(variant.name)


def _addresses(clinic: Clinic) -> Iterator[str]:
    place = clinic.address
    for street in _texts(place.street):
        for city in _texts(place.city):
            yield _joined(f"{street} {place.postcode} {city}")


def _name_of(name: str) -> _Phrase:
    """Return a listed name without its titles ("Dr Marie Dupont" → marie, dupont)."""
    return tuple(word for word in _words(name) if word not in _TITLES)


def _texts(text: Text) -> set[str]:
    own = (text.plain, *(text.own(language) for language in SPOKEN))
    return {value for value in own if value}


def _words(text: str) -> _Phrase:
    return tuple(fold(hit[0]) for hit in _WORD.finditer(text))


def _adjoins(match: Match, places: Iterable[Match]) -> bool:
    """Return whether `match` stands beside or inside one of the visitor's `places`."""
    return any(
        match.start <= other.end + _WIDEST_GAP and other.start <= match.end + _WIDEST_GAP and other is not match
        for other in places
    )


def _joined(text: str) -> str:
    return " ".join(_words(text))


def _contains(address: str, part: str) -> bool:
    """Return whether the words `part` stand together in `address`."""
    return bool(part) and f" {part} " in f" {address} "


def _host(url: str) -> str:
    """Return the host of a web address as visitors write it: without scheme, www and path."""
    bare = url.casefold().partition("://")[2] or url.casefold()
    return bare.removeprefix("www.").partition("/")[0]
