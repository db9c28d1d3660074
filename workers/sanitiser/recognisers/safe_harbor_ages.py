"""Ages over 89, in digits and in words of four languages: the number alone, where it is somebody's age.

What sets a limit ("for people over 90?") or lasts ("100 years of experience") is nobody's age.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from workers.sanitiser.recognisers.digits import before, is_counted

_EN: Final = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_FR: Final = r"(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf)"
_NL: Final = r"(?:een|één|twee|drie|vier|vijf|zes|zeven|acht|negen)"
_DE: Final = r"(?:eins?|zwei|drei|vier|f(?:ü|ue)nf|sechs|sieben|acht|neun)"
_NUMBER: Final = (
    r"(?<![\w€$£+/.-])(?P<age>9[0-9]|1[0-2][0-9]"
    rf"|ninety(?:[ -]?{_EN})?|(?:an? |one )?hundred(?:(?: and)? (?:{_EN}|ten|eleven|twelve))?"
    r"|quatre[ -]?vingts?[ -](?:dix(?:[ -](?:sept|huit|neuf))?|onze|douze|treize|quatorze|quinze|seize)"
    rf"|nonante(?:[ -](?:et[ -])?{_FR})?|cent(?:[ -]{_FR})?"
    rf"|(?:{_NL}[eë]n)?negentig|honderd(?:(?:en)?{_NL})?"
    rf"|(?:{_DE}und)?neunzig|(?:ein)?hundert(?:(?:und)?{_DE})?)"
)
_OLD: Final = re.compile(
    rf"{_NUMBER}(?:[ -]{{0,2}}(?:years?|yrs?|yr|ye?a?r'?s?)[ -]?(?:old|of age|young)|[ -]?y\.?/?o\b|[ ]?y/o|[ ]?yrs\b"
    r"|[ ]?ans?\b|[ -]?(?:jaar|jarige?n?|jr|j)\b|[ -]?(?:jahren?|jährige?[nrms]?)\b)",
    re.IGNORECASE,
)
_KIN: Final = (
    r"(?:mother|mom|mum|mommy|father|dad|gran(?:dmother|dma|dfather|dpa|ny|dad|d?mom)?|nan(?:a|ny)?|husband|wife|aunt"
    r"|auntie|uncle|sister|brother|patient|neighbou?r|client|mère|maman|père|papa|grand-mère|grand-père|mamie|papy|mémé"
    r"|mari|femme|tante|oncle|voisine?|moeder|mama|ma|vader|pa|oma|opa|bomma|bompa|omi|opi|man|vrouw|nonkel|oom|zus"
    r"|broer|buurvrouw|mutter|vater|grossmutter|großmutter|grossvater|großvater|mann|frau|onkel|schwester|bruder)"
)
_CUED: Final = re.compile(
    r"(?<![\w'])(?:i[' ]?a?m|i'll be|i will be|(?:she|he)(?:'s| is| was|'ll be| will be| turns| just turned)"
    rf"|{_KIN}(?:'s| is| was| turns| turned| wordt| werd| wird| wurde| ist| war| est| a| aura)|{_KIN}[ ,(]{{1,2}}"
    r"|aged|age|aged? of|age:|âgée? de|age is|turn(?:s|ed|ing)|j'ai|j'aurai|elle a|il a|ik ben|ik word|(?:ze|zij|hij) "
    r"(?:is|wordt)|leeftijd:?|oud:|ich bin|ich werde|(?:sie|er) (?:ist|wird)|alter:?|bin|im)"
    r"(?:[ ,]{1,2}(?:now|almost|nearly|already|only|about|soon|nu|al|bijna|net|pas|maintenant|presque|bientôt|déjà"
    r"|jetzt|fast|schon|bald|gerade|like)){0,2}"
    rf"[ ]?{_NUMBER}(?![\w%°€$£]|[.,:/-][0-9])",
    re.IGNORECASE,
)
_NO_AGE_AFTER: Final = re.compile(
    r"[ -]{0,2}(?:kilos?|lbs?|km|miles?|mètres?|meters?|metres?|per ?cent|pro[zc]ent|pour ?cent|sure|certain|degr|grad"
    r"|dollars?|bucks|k\b|th\b|sur\b|out of\b|von\b|op\b|x\b|questions?|fragen|vragen|words?|followers?|mil\b|thousand"
    r"|tausend|duizend|mille|million|[0-9])",
    re.IGNORECASE,
)
_LASTS: Final = re.compile(
    r"[ ]{1,2}(?:ago|geleden|d'exp|de garantie|garantie|experience|erfahrung|ervaring|of experience|warranty|later"
    r"|plus tard)",
    re.IGNORECASE,
)
_LIMIT: Final = re.compile(
    r"(?:\b(?:for|since|over|above|under|below|(?:older|younger|more|less) than|up to|until|to|between|within|past"
    r"|depuis|il y a|pendant|plus de|moins de|jusqu'à|dès|à partir de|entre|pour|sinds|al|(?:ouder|jonger|meer|minder) "
    r"dan|boven|onder|tot|vanaf|voor|seit|vor|(?:älter|jünger|mehr|weniger) als|über|unter|bis|ab|zwischen)"
    r"(?: the age of| de| à)?|[<>+≥≤])[ ]{0,2}$",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ages over 89 in `text` as start and end of their number."""
    for hit in _OLD.finditer(text):
        if not (_LIMIT.search(before(text, hit.start("age"))) or _LASTS.match(text, hit.end())):
            yield hit.span("age")
    for hit in _CUED.finditer(text):
        start, end = hit.span("age")
        counted = is_counted(text, start, end) or _NO_AGE_AFTER.match(text, end)
        if not (counted or _LIMIT.search(before(text, start))):
            yield start, end
