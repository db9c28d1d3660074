"""Days and months of the calendar in every written form: digits, month names, words; weekdays and years alone stay.

What a clinic's own calendar is asked about stays too ("are you open on 24 December?"), unless the clause speaks of a
person as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import fold, word_set
from workers.sanitiser.recognisers import worded_date
from workers.sanitiser.recognisers.digits import is_counted

_FREE: Final = r"(?<![\w.,€$£+/-])"
_DONE: Final = r"(?!\w|[./-]\d)"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_YEAR: Final = r"(?:(?:19|20)\d\d)"


def _both_orders(sign: str) -> str:
    return rf"(?:{_DAY}{sign}{_MONTH}|{_MONTH}{sign}{_DAY})"


_IN_DIGITS: Final = tuple(
    re.compile(f"{_FREE}(?:{expression}){_DONE}")
    for expression in (
        *(rf"{_both_orders(sign)}{sign}'?(?:{_YEAR}|\d\d)" for sign in ("/", "-", r"\.")),
        *(rf"{_both_orders(sign)}{sign}{_YEAR}" for sign in (" ", r"[ ]?[./,|-][ ]?")),
        rf"{_YEAR}(?P<s>[./ -]){_MONTH}(?P=s){_DAY}",
        rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|[12]\d|3[01]){_YEAR}",
        rf"{_MONTH}[ ]?[/.-][ ]?{_YEAR}|{_YEAR}[/-](?:0[1-9]|1[0-2])",
    )
)
_SLASHED: Final = re.compile(rf"{_FREE}(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}}){_DONE}")
_FRACTIONS: Final = frozenset({2, 3, 4, 5, 8, 10})
"""What "1/2" or "9/10" is a part of: a date after a cue only."""
_ROUND_THE_CLOCK: Final = (24, 7)
_ON: Final = (
    r"(?<!\w)(?:on|since|dated?|by|until|till|before|after|from|the|was|le|du|au|depuis|avant|après|dès|op|sinds|vanaf|tot"
    r"|datum|am|vom|zum|seit|ab|bis|den|dem)[ :]{1,2}"
)
_ON_A_DAY: Final = re.compile(_ON + r"$", re.IGNORECASE)
_POINTED: Final = re.compile(
    rf"{_ON}(?P<date>{_DAY}\.{_MONTH}\.|{_DAY}\.(?:0[1-9]|1[0-2])|{_DAY}-{_MONTH}|{_MONTH}-{_DAY}){_DONE}",
    re.IGNORECASE,
)
_DAY_ALONE: Final = re.compile(
    r"(?<!\w)(?:(?:on|by|until|till|before|after|from|since|of|for|booked|is|was|[a-z]{3,6}day)[ ]the[ ]"
    r"(?P<en>[0-3]?\d(?:st|nd|rd|th))"
    r"|(?:le|du|au|depuis le|avant le|dès le)[ ](?P<fr>1er|[12]?\d|3[01])"
    r"|(?:op|tegen|vanaf|sinds|tot|voor)[ ](?:de[ ])?(?P<nl>[0-3]?\d(?:ste|de|e))"
    r"|(?:am|vom|zum|seit dem|bis zum|ab dem)[ ](?P<de>[0-3]?\d\.))"
    r"(?=\s{0,2}(?:$|[,;:?!)]|\.(?:\s|$)|(?:at|or|and|this|next|if|please|works?|around|on|i|i'm|we|is|isn't|was|would"
    r"|can|can't|in the|à|a|vers|ou|et|si|svp|je|de ce mois|om|rond|of|en|als|aub|ik|kan|lukt|gaat|um|gegen|oder|und"
    r"|wenn|bitte|ich|wir|kann|geht|dieses)(?!\w)))",
    re.IGNORECASE,
)

_SURE: Final = word_set(
    "january february april june july august september october november december janvier fevrier avril juin juillet "
    "aout septembre octobre novembre decembre januari februari maart mei juni juli augustus oktober januar janner "
    "februar marz maerz dezember"
)
"""Months (folded) that are no other word."""
_UNSURE: Final = word_set(
    "may march mars mai jan feb febr mar mrt apr jun jul aug sep oct okt nov dec dez janv fevr avr juil"
)
"""The others: after a word that a month follows."""
_MODAL: Final = frozenset({"may", "march"})
_WRITTEN_SO: Final = frozenset({"May", "March", "Mai"})
"""Months by their capital, inside a sentence."""
_INSIDE: Final = re.compile(r"[a-zà-ÿ,)] $")
_MONTH_CUE: Final = re.compile(
    r"(?<!\w)(?:in|since|last|next|until|till|by|before|after|from|during|early|mid|late|end of|start of|beginning of"
    r"|month of|of|en|depuis|fin|début|mi|avant|après|jusqu'en|jusqu'à|d'ici|mois de|dès|sinds|vanaf|vorige|volgende"
    r"|eind|begin|midden|half|tot|voor|na|im|seit|ab|bis|ende|anfang|mitte|vor|nach|letzten|nächsten|monat)[ -]{1,2}$",
    re.IGNORECASE,
)
_VERB: Final = re.compile(
    r"\s(?:i|we|you|he|she|it|they|be|not|have|also|need|want|cause|help|take|get|require|still|well|or may not)(?!\w)",
    re.IGNORECASE,
)
"""After "may" that is no month."""
_WORD: Final = re.compile(r"[^\W\d_]{3,12}")
_SEASON: Final = re.compile(
    r"(?<!\w)(?:spring|summer|autumn|fall|winter|christmas|xmas|easter|thanksgiving|halloween|printemps|été|automne|hiver"
    r"|noël|pâques|lente|zomer|herfst|kerst(?:mis)?|pasen|frühling|frühjahr|sommer|herbst|weihnachten|ostern)"
    rf"[ ](?:of |de |van |in )?'?{_YEAR}(?!\w)",
    re.IGNORECASE,
)

_AGENDA: Final = re.compile(
    r"(?<!\w)(?:open(?:ed|ing)?|clos(?:ed?|ing)|(?:public )?holidays?|hours|promo\w{0,7}|offers?|discounts?|sales?"
    r"|deals?|valid|prices?|ouverte?s?|fermée?s?|ouvrez|fermez|horaires?|offres?|remises?|soldes?|tarifs?|férié|valables?"
    r"|geopend|gesloten|dicht|feestdag(?:en)?|openingsuren|acties?|aanbieding(?:en)?|kortingen?|prijzen|geldig|offen"
    r"|geöffnet|geschlossen|feiertage?|öffnungszeiten|angebote?|aktion(?:en)?|rabatte?|preise|gültig)(?!\w)",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(
    r"(?<!\w)(?:i(?! (?:guess|think|suppose|assume|wonder|see|saw|read))"
    r"|i'm|i've|i'd|im|me|my|mine|we|our|us|she|he|her|his|je|j'ai|j'avais|mon|ma|mes|moi|nous|notre|elle|il"
    r"|ik|mijn|mij|we|wij|ons|onze|zij|haar|hij|ich|mein\w{0,2}|mir|mich|wir|uns(?:er)?|treatment|session|born|dob"
    r"|appointment|rendez-vous|rdv|afspraak|termin|séance|behandlung|behandeling|had|got|did|done"
    r"|booked|seen|last|surgery|wedding|fait|eu|passé|gehad|gedaan|geboekt|vorige|gehabt|gemacht|gebucht|war|letzte\w?"
    r"|since|depuis|sinds|seit)(?!\w)",
    re.IGNORECASE,
)
_BREAK: Final = re.compile(r"[!?\n,;()]|(?<=[^\W\d_]{2})\.\s")
_NEAR: Final = 40
"""Characters on either side in which the clause says what the date is of."""


def find(message: Glance) -> Iterator[tuple[int, int]]:
    """Yield the dates in a message that are finer than a year, as start and end; some of them may overlap."""
    for start, end in _all(message):
        if not _of_the_clinic(message.text, start, end):
            yield start, end


def _all(message: Glance) -> Iterator[tuple[int, int]]:
    text = message.text
    for expression in (*_IN_DIGITS, _SEASON):
        for hit in expression.finditer(text):
            yield hit.span()
    for hit in _SLASHED.finditer(text):
        if _is_day(text, hit):
            yield hit.span()
    for expression in (_POINTED, _DAY_ALONE):
        for hit in expression.finditer(text):
            start, end = hit.span(hit.lastgroup or 0)
            if not is_counted(text, start, end):
                yield start, end
    yield from _with_month(message)
    yield from _month_alone(text)


def _is_day(text: str, hit: re.Match[str]) -> bool:
    """Return whether "3/14" is a day: the one number fits a month, the other a day, and neither counts anything."""
    first, second = int(hit["first"]), int(hit["second"])
    fits = 0 < min(first, second) <= 12 and max(first, second) <= 31  # noqa: PLR2004  # months, days
    if not fits or (first, second) == _ROUND_THE_CLOCK or is_counted(text, *hit.span()):
        return False
    fraction = second in _FRACTIONS and first <= second and "0" not in {hit["first"][0], hit["second"][0]}
    return not fraction or _ON_A_DAY.search(text, max(0, hit.start() - 16), hit.start()) is not None


def _with_month(message: Glance) -> Iterator[tuple[int, int]]:
    """Yield dates whose month is in words, with a day or a year."""
    text = message.text
    for start, end, year in worded_date.find(text, worded_date.words_in(message)):
        words = {fold(hit[0]) for hit in _WORD.finditer(text, start, end)}
        spelled = not words.isdisjoint(worded_date.MONTHS)
        if not (spelled or len(year) == len("2024")):
            continue  # "subjectief 10-15"
        digits = any(c.isdigit() for c in text[start:end])
        unsure = not year and not words.isdisjoint(_MODAL)
        if unsure and (_VERB.match(text, end) or not (digits or "of" in text[start:end].split())):
            continue  # "one may ask", "zone 2 may be"
        if year or not (text[end - 1].isdigit() and is_counted(text, start, end)):  # "march 2 sessions"
            yield start, end


def _month_alone(text: str) -> Iterator[tuple[int, int]]:
    for hit in _WORD.finditer(text):
        word = fold(hit[0])
        cued = word in _UNSURE and _MONTH_CUE.search(text, max(0, hit.start() - 16), hit.start())
        cued = cued or (hit[0] in _WRITTEN_SO and _INSIDE.search(text, max(0, hit.start() - 2), hit.start()))
        if word in _SURE or (cued and not (word in _MODAL and _VERB.match(text, hit.end()))):
            yield hit.span()


def _of_the_clinic(text: str, start: int, end: int) -> bool:
    """Return whether the clause around a date asks for the clinic's own calendar, and speaks of nobody."""
    left = text[max(0, start - _NEAR) : start]
    last = max((hit.end() for hit in _BREAK.finditer(left)), default=0)
    following = _BREAK.search(text, end, end + _NEAR)
    clause = left[last:] + " " + text[end : following.start() if following else end + _NEAR]
    return _AGENDA.search(clause) is not None and _PERSON.search(clause) is None
