"""E-mail addresses: written, broken by spaces, or spelled out ("jan punt peeters apenstaartje gmail com")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

_WRITTEN: Final = re.compile(
    r"(?<![\w.+%-])[\w+%-][\w.+%'-]*+@[^\W\d_][\w-]{0,62}(?:\.[\w-]{2,62}){0,4}", re.IGNORECASE
)
"""A domain without a dot counts too: "emma@gmail" is as personal."""
_BROKEN: Final = re.compile(
    r"(?<![\w.+%-])[\w+%-][\w.+%'-]*+[ ]{0,2}@[ ]{0,2}[^\W\d_][\w-]{0,62}[ ]{0,2}\.[ ]{0,2}[a-z]{2,24}(?![\w])",
    re.IGNORECASE,
)

_TLD: Final = r"(?:com|be|nl|fr|de|lu|ch|at|eu|net|org|info|io|me|co[ .]?uk|uk|es|it|pt|us)"
_PROVIDER: Final = (
    r"(?:gmail|g ?mail|googlemail|hotmail|outlook|yahoo|icloud|live|msn|telenet|skynet|proximus|scarlet|voo|orange"
    r"|free|sfr|"
    r"wanadoo|laposte|gmx|web|t-online|freenet|posteo|ziggo|kpnmail|kpn|planet|xs4all|hetnet|proton|protonmail|aol|"
    r"bluewin|sunrise|btinternet|virginmedia|sky|mac|me)"
)
_DOT: Final = r"(?:\s{0,2}[(\[{<]\s?(?:dot|punt|point|punkt|\.)\s?[)\]}>]\s{0,2}|\s(?:dot|punt|point|punkt)\s|\s?\.\s?)"
_IN_LOCAL: Final = (
    r"(?:\s{0,2}[(\[{<]\s?(?:dot|punt|point|punkt|\.)\s?[)\]}>]\s{0,2}"
    r"|\s(?:dot|punt|point|punkt|underscore|laag streepje|streepje|tiret bas|tiret|unterstrich|bindestrich|minus"
    r"|moins|min)\s)"
)
_AT: Final = (
    r"(?:\s{0,2}[(\[{<]\s?(?:at|@|arobase|arobas|apenstaart(?:je)?|klammeraffe|ät)\s?[)\]}>]\s{0,2}"
    r"|\s(?:apenstaart(?:je)?|apestaart(?:je)?|arr?obase?|arobaze|at[ -]?zeichen|klammeraffe|at[ -]?sign)\s)"
)
_LOCAL: Final = rf"(?<![\w.+%-])[\w.+%'-]{{1,64}}(?:{_IN_LOCAL}[\w.+%'-]{{1,64}}){{0,4}}"
_DOMAIN: Final = (
    rf"(?:[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,3}}{_DOT}{_TLD}\b|{_PROVIDER}(?:(?:{_DOT}|\s){_TLD}\b)?"
    rf"|[\w-]{{2,63}}\s{_TLD}\b|[\w-]{{2,63}})"
)
_SPELLED: Final = re.compile(rf"{_LOCAL}{_AT}{_DOMAIN}", re.IGNORECASE)
_PLAIN_AT: Final = re.compile(
    rf"{_LOCAL}\s(?:at|ät|bei|chez|@)\s(?:{_PROVIDER}(?:{_DOT}|\s){_TLD}\b|[\w-]{{2,63}}(?:\s(?:dot|punt|point"
    rf"|punkt)\s){_TLD}\b)",
    re.IGNORECASE,
)
"""A bare "at" is a word: it counts only before a known provider or a spelled dot."""
_UNMISTAKABLE: Final = r"(?:g ?mail|googlemail|hotmail|outlook|yahoo|icloud|telenet|skynet|proximus|gmx|protonmail)"
DOMAIN: Final = re.compile(
    rf"[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,3}}\.[a-z]{{2,24}}\b|{_PROVIDER}(?:{_DOT}|\s){_TLD}\b|{_UNMISTAKABLE}\b",
    re.IGNORECASE,
)
"""What may follow the sign, when it stands at the end of the message before."""
LOCAL_PART: Final = re.compile(
    r"(?<![\w.+%'\]-])(?:\[[a-z ]{2,20} hidden\]|[\w.+%'-])++(?P<at>[ ]?@)?\s{0,3}\Z", re.IGNORECASE
)
"""The beginning of an address at the end of a message; parts of it may be placeholders already."""


def find(text: str) -> Iterator[Match]:
    """Yield every e-mail address in `text`."""
    for expression, score in ((_WRITTEN, SHAPE), (_BROKEN, SHAPE), (_SPELLED, CUED), (_PLAIN_AT, CUED)):
        if expression is _SPELLED or expression is _PLAIN_AT or "@" in text:
            for hit in expression.finditer(text):
                yield Match(Entity.EMAIL, hit.start(), hit.end(), score)
