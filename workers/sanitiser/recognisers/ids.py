"""Numbers that a state, an insurer or a clinic gave to a person: BE, NL, FR, DE, LU, GB, CH, US."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.recognisers.digits import is_amount
from workers.sanitiser.recognisers.match import CUED, LIKELY, SHAPE, Match

_SHAPES: Final = tuple(
    re.compile(rf"(?<![\w.+])(?:{shape})(?![\w])", re.IGNORECASE)
    for shape in (
        r"[0-9]{2}[. /-][0-9]{2}[. /-][0-9]{2}[ .-]{1,3}[0-9]{3}[. -]{0,2}[0-9]{2}",  # BE national register
        r"[0-9]{6}[ -][0-9]{3}[ .-]?[0-9]{2}",  # the same, shorter
        r"[0-9]{3}-[0-9]{7}-[0-9]{2}",  # BE identity card
        r"[12][ .]?[0-9]{2}[ .]?[01][0-9][ .]?[0-9][0-9AB][ .]?[0-9]{3}[ .]?[0-9]{3}(?:[ .]?[0-9]{2})?",  # FR NIR
        r"756[. ]?[0-9]{4}[. ]?[0-9]{4}[. ]?[0-9]{2}",  # CH AHV
        r"[0-9]{3}-[0-9]{2}-[0-9]{4}",  # US social security
        r"[A-CEGHJ-PR-TW-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]",  # GB national insurance
        r"[0-9]{3} [0-9]{3} [0-9]{4}",  # GB NHS
        r"(?:19|20)[0-9]{2} ?[01][0-9] ?[0-3][0-9] ?[0-9]{3} ?[0-9]{2}",  # LU matricule
        r"[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}",  # DE pension insurance
        r"[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}",  # DE tax
        r"[A-Z]{1,3}-?[0-9]{6,10}[A-Z]?",  # passports and cards
        r"[CFGHJK][CFGHJKLMNPRTVWXYZ0-9]{2,7}[0-9][CFGHJKLMNPRTVWXYZ0-9]{0,6}[0-9](?<=[A-Z0-9]{9})",  # DE identity card
        r"[12]-[A-Z]{3}-[0-9]{3}|[A-Z]{2}-[0-9]{3}-[A-Z]{2}",  # BE and FR number plates
    )
)
_RUN: Final = re.compile(r"(?<![\w.,+€$£-])[0-9]{7,20}(?![\w]|[.,][0-9])")
_CUED: Final = re.compile(
    r"\b(?:bsn|burgerservicenummer|rijksregister(?:nummer|nr)?|registre national|rrn|nrn|niss|insz|ssn"
    r"|social security(?: number)?|"
    r"national insurance(?: number)?|nino|nhs(?: number)?|passport|paspoort(?:nummer)?|passeport"
    r"|reisepass(?:nummer)?|"
    r"(?:personal)?ausweis(?:nummer)?|identiteitskaart(?:nummer)?|id[ -]?(?:kaart|card|number|nummer|nr)"
    r"|carte d'identit[ée]|"
    r"s[ée]curit[ée] sociale|num[ée]ro de s[ée]cu|n° ?s[ée]cu|nir|carte vitale|mutuelle|mutualiteit|ziekenfonds|"
    r"(?:kranken)?versicher(?:ung|ten)s?nummer|versichertennummer|ahv(?:-nummer)?|sozialversicherungsnummer"
    r"|steuer-?(?:id|nummer)|"
    r"matricule|rijbewijs(?:nummer)?|permis de conduire|driving licence|driver'?s licen[sc]e"
    r"|f[üu]hrerschein(?:nummer)?|"
    r"dossier(?:nummer)?|patient(?:en|nt)?[ -]?(?:nummer|number|id|nr)|klantnummer|kundennummer|customer number"
    r"|polis(?:nummer)?|"
    r"policy number|num[ée]ro de (?:dossier|patient|client)|nummerplaat|kennzeichen|plaque|btw|tva|vat|ust-?id)\b"
    r"[\s:.#n°-]{0,5}(?:nummer|number|num[ée]ro|nr|no|is|est|ist)?[\s:.#°-]{0,4}"
    r"(?P<value>[A-Z]{0,3}[ -]?[0-9](?:[ .\-/]?[A-Z]{0,3}[0-9]){3,20}[A-Z]{0,2})(?![\w])",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Match]:
    """Yield every such number in `text`; a bare run of seven digits or more is somebody's, whoever gave it."""
    for shape in _SHAPES:
        for hit in shape.finditer(text):
            yield Match(Entity.ID, hit.start(), hit.end(), SHAPE)
    for hit in _RUN.finditer(text):
        if not is_amount(text, hit.start(), hit.end()):
            yield Match(Entity.ID, hit.start(), hit.end(), LIKELY)
    for hit in _CUED.finditer(text):
        yield Match(Entity.ID, hit.start("value"), hit.end("value"), CUED)
