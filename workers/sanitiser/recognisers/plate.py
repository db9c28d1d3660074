"""Number plates: behind a word for them, or of a plate's shape where a vehicle is spoken of.

The shapes that nothing else has are found without either (`identifiers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.lexicon import common_words, fold, word_set
from workers.sanitiser.recognisers.digits import is_amount
from workers.sanitiser.recognisers.identifiers import PLATE, PLATE_CUE
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

_LINK: Final = (
    r"(?:[ :=,.?!()#\"-]{1,3}|(?:c'est|c est|is|est|ist|lautet|luidt|reads|nr|no|nummer|number|num[ée]ro|de|du|van|von"
    r"|of|vom|the|la|le|het|der|die|das|ma|mon|my|mijn|m'n|mein|meine[sm]?|notre|our|onze|unser|auto|car|voiture|wagen"
    r"|moto|motor|scooter|camionette|busje)(?!\w)){1,12}"
)
_CUED: Final = re.compile(rf"(?<!\w){PLATE_CUE}(?!\w){_LINK}(?<![^\W_])(?P<value>{PLATE})(?!\w)")
_CUE_PARTS: Final = ("pla", "kenteken", "immat", "kennz", "nummernschild", "reg")
"""Parts of words of which `PLATE_CUE` needs one."""
_VEHICLE: Final = re.compile(
    r"(?<!\w)(?:\w{0,12}park(?:ed|ing|eer\w{0,4}|plat?z|plaats|platz|haus|s)?|parke?|garée?s?|stationn\w{2,6}|car|cars|auto"
    r"|auto's|wagen|voiture|bagnole|caisse|van|vans|bus(?:je)?|camion(?:n?ette)?|bestelwagen|vrachtwagen|truck|lorry|lkw"
    r"|trekker|transporter|moto(?:r|rbike|rrad|fiets|cyclette)?|moped|mofa|mobylette|brommer|bromfiets|scooter|roller"
    r"|bike|vespa|taxi|ambulance|aanhanger|anh[äa]nger|remorque|trailer|caravan|camper|wohnmobil|mobilhome|driveway|oprit"
    r"|einfahrt|garage|stellplatz|towed|getakeld|abgeschleppt|fourri[èe]re|clio|golf|polo|fiesta|corsa|audi|bmw|tesla"
    r"|volvo|peugeot|renault|citro[ëe]n|opel|skoda|toyota|mercedes|mini|fiat|volkswagen|vw|plate|plaque|kenteken\w{0,6}"
    r"|nummerplaat|kennz\w{0,8}|\w{0,20}kennz(?:eichen)?|nummernschild|licen[cs]e)(?!\w)",
)
_SHAPE: Final = re.compile(
    r"(?<![\w€$£+./-])(?:"
    r"[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,3}[ -]?\d{1,4}[EH]?"  # DE, and motorcycles of BE
    r"|\d{2,3}[ -][A-Z]{2,3}(?:[ -](?:\d{1,3}|[A-Z]{1,2}))?"  # NL, mopeds of DE
    r"|[1-9][ -]?[A-Z]{3}[ -]?\d{3}|[A-Z]{3}[ -]\d{3}|[A-Z]{2}[ -]?\d{2,3}[ -]?[A-Z]{1,3}|[A-Z]{2}[ -]?\d{4}"
    r"|\d{3}[ -][A-Z]{3}|[A-Z]-\d{3}-[A-Z]{2}"
    r")(?![\w€$£%]|[./-]\d)"
)
_TIED: Final = re.compile(
    r"(?<![\w€$£+./-])(?=[\d-]{0,3}[a-z-])(?=[a-z-]{0,9}\d)[a-z0-9]{1,3}-[a-z0-9]{2,3}(?:-[a-z0-9]{1,3})(?![\w€$£%]|[./-]\d)"
)
"""In small letters, with both hyphens."""
_NO_PLATE: Final = word_set(
    "spf lsf ipl prp bmi rdv tva btw pdo pcl bbl nr no eur chf usd gbp uhr uur max min ml mg kg cm nm"
)


_LETTERS: Final = 2
"""Letters up to which a word may be a plate's, though it is one ("AB 1234")."""


def find(text: str, low: str) -> Iterator[Match]:
    """Yield number plates; `text` holds a digit, `low` is the same in lower case."""
    for hit in _CUED.finditer(low) if any(part in low for part in _CUE_PARTS) else ():
        words = [word for word in hit["value"].split() if word.isalpha()]
        if not words or not all(fold(word) in common_words() or is_amount(word, 0, 0) for word in words):
            yield Match(Entity.ID, *hit.span("value"), CUED)
    shapes = [] if text == low else list(_SHAPE.finditer(text))
    if text.count("-") > 1:
        shapes.extend(_TIED.finditer(text))
    if not shapes or text.isupper() or not _VEHICLE.search(low):
        return
    for hit in shapes:
        words = re.findall(r"[^\W\d_]+", hit[0].casefold())
        if not any(word in _NO_PLATE for word in words) and not all(
            len(w) > _LETTERS and w in common_words() for w in words
        ):
            yield Match(Entity.ID, hit.start(), hit.end(), SHAPE)
