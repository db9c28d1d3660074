"""Numbers of things, not of people: batches, articles, vouchers, shades, devices. What a recogniser took them for goes.

The word beside the number decides. A whole telephone number stays hidden after the weaker ones: "voucher 0478 12 …"
may be the number of whoever bought it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import lowered
from workers.sanitiser.recognisers.digits import before, digits_of
from workers.sanitiser.recognisers.match import Match

_ALWAYS: Final = (
    r"(?<!\bur )(?<!\byour )(?<!\bthe )(?<!\bparking )(?<!\bcar )lots?|batch(?:es)?|chargen?|ch\.?-?b|series?|s[ée]rie"
    r"|serial|art(?:ikel|icle|\.)?|sku|pzn|cnk|ean|gtin|isbn|upc|barcode|streepjescode|code[ -]?barres?|strichcode"
    r"|shades?|teintes?|tints?|kleur(?:en)?|farb(?:e|en|ton)|t[oö]n(?:e|ung)?|nuances?|colou?rs?|couleurs?"
    r"|mod[eè]ll?(?:e|s)?|ger[äa]t|apparaat|appareil|device|firmware|versie|version|spf|lsf|factor|faktor|facteur"
    r"|(?:product|produit|produkt|artikel|article)(?:nummer|nr|code)?"
)
_MOSTLY: Final = (
    r"gutschein|voucher|cadeaubon|waardebon|bon d'achat|bon|ch[eè]que[ -]cadeau|carte[ -]cadeau|gift ?card|geschenk"
    r"(?:karte|bon)|coupon|kortings?code|promo ?code|rabattcode|bo[iî]te|doos(?:je)?|box|packung|schachtel|vial"
    r"|flacon|flesje|fl[äa]schchen|ampou?ll?e|spuit(?:je)?|syringe|seringue|spritze"
)
_NUMBER: Final = r"(?:-?(?:nummers?|numbers?|num[ée]ros?|num|nr|no)\.?|n°|code|ref|réf)"
_LINK: Final = (
    rf"(?P<link>(?:[\s:.,#°=('\"/-]{{1,3}}|{_NUMBER}|\b(?:is|est|ist|was|de|van|von|du|la|le|het|die|der|das|the|of|zegt|says|dit)\b"
    r"|(?<!\w)[a-z]{0,3}\d[\w]{0,7}(?=[ /.-])|(?<![^\W\d_])[a-z]{1,3}(?=[ /.-]?(?:\d|$))){0,10}+)$"
)
_BEFORE: Final = re.compile(rf"(?<![\w-])(?:(?P<always>{_ALWAYS})|(?:{_MOSTLY})){_NUMBER}?(?!\w)(?=\W){_LINK}")
_FACTOR: Final = re.compile(r"(?:spf|lsf|lot|ref|sku)(?!\w)")
_SHADE: Final = re.compile(r"[ ,.]{1,3}(?:shades?|teintes?|kleur(?:en)?|farbt[oö]ne?|tints?|nuances?)(?!\w)")
_PACK_AFTER: Final = re.compile(
    r"[ ,.]{1,3}(?:(?:is|was|est|ist|staat|stands?|steht|c'est)[ ])?(?:written |marqu[ée] |imprim[ée] )?"
    r"(?:on|op|sur|auf)[ ](?:the|het|de|la|le|l'|der|dem|my|mijn|ma|mon|meiner?)[ ']?"
    r"(?:vial|box|label|sticker|pack|packaging|tube|bottle|doos(?:je)?|verpakking|etiket|flesje|bo[iî]te|flacon"
    r"|[ée]tiquette|emballage|nuancier|packung|schachtel|etikett|verpackung|tube?)",
)
_REFERENCE: Final = re.compile(r"(?<!\w)(?:ref|r[ée]f|referentie|r[ée]f[ée]rence|referenz)[ .:#]{0,3}$")
_COSMETIC: Final = re.compile(
    r"\b(?:spf|lsf|cr[eè]mes?|creams?|cremes?|s[eé]rums?|lotion|gel|sunscreen|zonnecr[eè]me|sonnencreme|cicaplast)\b",
)
_NEAR: Final = 80
"""Characters around a reference in which the product stands that it is of."""
_TELEPHONE: Final = 9
"""Digits from which a number that begins with a nought or a plus is for calling."""
_OF_PEOPLE: Final = frozenset({Entity.PHONE, Entity.ID})
_CODES: Final = re.compile(r"(?<!\w)(?:ean|gtin|upc|isbn|barcode|streepjescode|code[ -]?barres?)(?!\w)")
"""Numbers as long as a payment card's."""


def without(find: Callable[[Glance], Iterable[Match]]) -> Callable[[Glance], Iterator[Match]]:
    """Return `find` without the numbers that are of things."""

    def found(message: Glance) -> Iterator[Match]:
        text = message.text
        return (m for m in find(message) if not (_may_be(m, text) and is_goods(text, m.start, m.end)))

    return found


def _may_be(match: Match, text: str) -> bool:
    code = match.entity is Entity.CARD and _CODES.search(lowered(before(text, match.start))) is not None
    return code or match.entity in _OF_PEOPLE


def is_goods(text: str, start: int, end: int) -> bool:
    """Return whether what stands beside `start` to `end` says that it is the number of a thing."""
    digits = digits_of(text[start:end])
    telephone = len(digits) >= _TELEPHONE and (digits[0] == "0" or text[start] == "+")
    low = lowered(text)
    lead = before(low, start)
    named = _BEFORE.search(lead)
    if named and not (telephone and (named["always"] is None or digits_of(named["link"]))):
        return True
    if (
        _FACTOR.match(low, start)
        or _SHADE.search(low, start, end)
        or _SHADE.match(low, end)
        or (not telephone and _PACK_AFTER.match(low, end))
    ):
        return True
    referred = _REFERENCE.search(lead) is not None and not telephone
    return referred and _COSMETIC.search(low, max(0, start - _NEAR), end + _NEAR) is not None
