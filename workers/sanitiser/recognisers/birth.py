"""Words around dates of birth: what announces one, whose it is, and what else happened on a day long ago.

All expressions read text in lower case (`lexicon.lowered`).
"""

from __future__ import annotations

import re
from typing import Final

from workers.sanitiser.lexicon import word_set

_BIRTH: Final = (
    r"born|d\.?o\.?b\.?|y\.?o\.?b\.?|(?:date |year |place and date )?(?:of )?birth(?:date|day|days|year)?"
    r"|bi?r?th? ?date|burth?day|b-?day|née?s?"
    r"|n[ée]\(e\)|nee?(?= (?:le|en|a|à) )|d\.?d\.?n\.?"
    r"|(?:date |ann[ée]e )?(?:de )?naissance|anniv(?:ersaire)?|gebo(?:ren?|ortedatum|orte ?datum|ortejaar|ortedag)|geb"
    r"(?:\.?dat(?:um)?)?|gebrt|gebor|geborn"
    r"|geb\.? ?datum|gbd|verjaar(?:dag|t|d)?|jarr?ig|bouwjaar|lichting|jaargang|geburts?(?:datum|tag|jahr|tags)|gebdat"
    r"|jahrgang|jg|baujahr"
    r"|bj|aangebore|nascid[ao]|nacid[ao]|nat[ao]|urodzon[ay]|do[gğ]um"
)
_SELF: Final = (
    r"(?:(?:i'?m|i am|we'?re|we are|(?:ik|wij?|'?k|hij|zij|ze) (?:ben|zijn|is)|k?ben|kzijn|(?:je|j') ?suis|[jc]h?suis"
    r"|suis|nous sommes|on est|viens|(?:il|elle) (?:est|vient)|c'est une?|(?:ich|wir|er|sie) (?:bin|sind|ist)|bin"
    r"|(?:he|she)(?:'?s| is))"
)
_OF: Final = (
    r"(?:(?:een|un|une|ein|from|van|de|d'|aus|vom|von|of|du|uit|den|der)[ ]?){1,2}"
    r"(?:(?:'t|het|the|l'|das|dem)?[ ]?(?:jaar|year|an|ann[ée]e|jahr|bouwjaar|jahrgang)[ ])?"
)
KIN: Final = (
    r"(?:daughter|son|little (?:girl|boy|man)|kiddo|meid|puce|loulou|spruit|m[äa]uschen|spatz|kid|child"
    r"|children|bab(?:y|ies)|twins?|toddler|newborn|(?:young|old|eld)est|little one|mum|mom"
    r"|mother|dad|father|husband|wife|partner|sister|brother|gran|grandma|grandad|granny|grandson|granddaughter|nan"
    r"|niece|nephew|fianc[ée]e?|boyfriend|girlfriend"
    r"|fille|fils|enfants?|b[ée]b[ée]s?|jumeaux|jumelles?|petite?|gamine?|gosse|a[iî]n[ée]e?|cadet(?:te)?|mari|femme"
    r"|m[èe]re|p[èe]re|maman|papa|s(?:oe|œ)ur|fr[èe]re|ni[èe]ce|neveu|copain|copine|mamie|papy|conjointe?"
    r"|[ée]pou(?:x|se)"
    r"|dochter(?:tje|ke)?s?|zoon(?:tje|ke)?|zonen|kind(?:je|eren|jes|er)?|baby'?tje|tweeling|jongste|oudste|middelste"
    r"|kleintje|meisje|jongen|ventje|man|vrouw|moeder|vader|mama|zus(?:je)?|broer(?:tje)?|oma|opa|nicht(?:je)?"
    r"|neef(?:je)?|vriend(?:in)?|echtgenote?|schoon(?:moeder|vader|zus|broer)|ma|pa|bomma|bompa"
    r"|t[öo]chter|sohn|s[öo]hne|zwillinge?|kleine[rns]?|j[üu]ngste[rns]?|[äa]lteste[rns]?|m[äa]dchen|junge|mann|frau"
    r"|mutter|vater|mutti|vati|schwester|bruder|nichte|neffe|enkel(?:in)?|freund(?:in)?|gro(?:ß|ss)e[rns]?)"
)
_CAME: Final = (
    r"(?:came|arrived|kwam|kam|gekomen|gekommen|geboren|born|arriv[ée]e?|n[ée]e?|here since|er sinds|da seit)"
    r"(?:[ ](?:on|op|am|le|den|the))?"
)

CUE: Final = re.compile(rf"(?:(?<!\w)(?:{_BIRTH})(?!\w)|°)[^\d\n]{{0,26}}$")
"""Before a date: somebody's birth."""
OF_A_THING: Final = re.compile(
    r"(?<!\w)(?:toestel\w{0,4}|apparat\w{0,2}|apparaat|lasers?|machines?|ger[äa]te?s?|devices?|appareils?"
    r"|implant\w{0,6}"
    r"|auto|wagen|car|voiture|huis|haus|house|maison)(?!\w)",
)
"""What has a year of its own ("het bouwjaar van het toestel")."""
CUE_TURNING: Final = re.compile(
    r"(?<!\w)(?:turn(?:ing|s)?|wordt?|werden?|wird|aurai?s?|f[êe]terai?|f[êe]te)[ ]\d\d(?:[ ](?:ans|jaar|jahre"
    r"|years old))?"
    r"(?:[ ](?:on|op|le|am|den|the)){0,2}[ ]$",
)
"""Before a day and a month: a birthday to come ("I turn 40 on")."""
YEAR_IN_WORDS: Final = re.compile(
    r"(?<!\w)(?:yob|bj|jg|geb|year of birth|birth ?year|born|class of|n[ée]e?s?|gebore?n?|geboortejaar|bouwjaar"
    r"|jaargang"
    r"|lichting|jahrgang|baujahr|geburtsjahr)[ :=(.,]{1,3}(?:(?:in|en|de|of|van|het|jaar|the|im|is|est|ist)[ ])"
    r"{0,2}'?$",
)
"""Before a year in words, of two digits."""
CUE_AFTER: Final = re.compile(
    r"[ ,(=:-]{1,3}(?:(?:is|est|ist|was|c'est|as|als)[ ])?(?:(?:my|mijn|mon|ma|mein|his|her|zijn|haar|sein|ihr"
    r"|the|de|la)[ ])?"
    r"(?:birth ?da(?:y|te)|dob|b-?day|born|verjaardag|geboortedatum|geboren|jarig|geburtstag|geburtsdatum|anniversaire"
    r"|date de naissance|née?)(?!\w)",
)
CUE_OF: Final = re.compile(rf"(?<!\w)(?:{_SELF}|(?:{KIN})(?:[ ](?:il|elle))?[ ](?:is|est|ist|vient))[ ]){_OF}'?$")
"""Before a year, or a date with one: "I am from", "je suis du", "ons ma is van den"."""
CUE_KIN: Final = re.compile(
    rf"(?<!\w){KIN}(?:[ ,(:=-]{{1,3}}(?:'?s|is|est|ist|was|c'est|il|elle|er|sie|hij|zij|ze|he|she|lui|van|de|du|vom|von"
    rf"|from|den|der|die|le|b\.|geb\.|°|{_CAME})(?!\w)){{0,4}}(?:,[ ][^\W\d_]{{2,12}})?[ ,(:=-]{{1,3}}$",
)
"""Before a date with a year: one's child, parent or partner, and no more than a few small words."""
CAME: Final = re.compile(rf"(?<!\w)(?:{KIN})[ ](?:(?:is|est|ist|was|has|a|hat|heeft)[ ])?{_CAME}[ ]$")
"""The same with the birth itself: any year will do."""

OF_WORDS: Final = word_set("van de d aus vom von of du uit den from")
"""Words that `CUE_OF` needs, folded."""
YEAR_WORDS: Final = word_set(
    "yob y bj jg geb birth year birthyear born class promo promotion classe millesime cuvee ne nee nes nees "
    "annee gebore geboren geboortejaar bouwjaar jaargang lichting jahrgang baujahr geburtsjahr abi baby kid child er "
    "erin"
)
"""Words that `YEAR` and `YEAR_BEFORE` need, folded."""
YEAR: Final = re.compile(
    r"(?<!\w)(?:(?:y\.?o\.?b|bj|jg|geb)(?:\.|(?!\w))|(?:year of birth|birth ?year|born|class of|promo"
    r"(?:tion)?|classe|mill[ée]sime|cuv[ée]e|n[ée]es?|n[ée]|ann[ée]e|gebore?n?|geboortejaar|bouwjaar|jaargang"
    r"|lichting|jahrgang"
    r"|baujahr|geburtsjahr|abi)(?!\w))"
    r"[ :=(.,]{0,3}(?:(?:in|en|de|of|du|van|van 't|het|jaar|the|im|is|est|ist)[ ]){0,2}'?"
    r"(?P<year>(?:19[2-9]|20[01])\d|\d\d)(?!\w|[.,/:-]?\d|[./-]'\d)",
)
"""A year behind a word of birth: of two digits as well."""
YEAR_BEFORE: Final = re.compile(
    r"(?<![\w./-])(?:(?P<year>'?(?:19)?[3-9]\ds?|'?0\d|200\d)(?:'?er)?[ -](?:baby|kid|child|jahrgang|jg|baujahr"
    r"|bouwjaar"
    r"|lichting|jaargang|vintage)(?! ?(?:botox|tox|filler|laser|lips?|lippen|l[èe]vres?))(?!\w)"
    r"|(?<=ben een )'?(?P<er>\d\d)'?er(?!\w)|(?:(?<=bin )|(?<=bin ein )|(?<=bin eine )|(?<=bin n ))'?"
    r"(?P<de>\d\d)er(?:in)?(?=\s{0,2}(?:$|[.,;!?)]|und|also|baujahr|jahrgang)))",
)
"""A year before such a word: "an 86 baby", "34er Jahrgang"."""
ALSO: Final = re.compile(
    rf"[ ,;]{{1,3}}(?:(?:en|et|und|and|&|he|she|hij|zij|ze|il|elle|er|sie|ich|ik|i|moi|lui|(?:my|mijn|m'n|mon|ma|mein"
    rf"|meine|de|the|la|der|die)|{KIN}|is|est|ist|van|de|du|vom|from)[ ]){{1,4}}"
    r"(?P<date>(?:0?[1-9]|1[0-2])[./-](?:19\d\d|20[01]\d|'\d\d)|(?:19[2-9]|20[01])\d|'\d\d)(?!\w|[.,/:-]\d)",
)
"""Behind a date of birth: somebody else's."""
AGE: Final = re.compile(
    r"(?<!\w)(?:i'?m|i am|ben|[jg]'?ai|ai|bin|he'?s|she'?s|is|aged?|turn(?:ing|s|ed)|leeftijd|[âa]ge|alter|wordt?|werde"
    r"|wird|ist|a|nearly|bijna|presque|fast|almost)[ :]{1,2}(?P<before>[1-9]\d)(?![\d.,:/%x-]?\d|%|[ ]?"
    r"(?:€|ml|kg|cm|mm|mg))"
    r"|(?<![\w.,/-])(?P<after>[1-9]\d)[ -]?(?:ans|jaar|jr|j|jahre|years?|yrs?|yo|y/o|y\.o)(?!\w)",
)
"""How old somebody is."""
OF_AGE: Final = re.compile(
    r"(?<!\w)(?:age|old|born|leeftijd|oud|geboren|geboortejaar|[âa]ge|ans|n[ée]e?|alter|alt|jahrgang)(?!\w)",
)
SOMETHING_ELSE: Final = re.compile(
    r"\b(?:law|act|loi|wet|decreet|kb|gesetz|verordnung|d[ée]cret|arr[êe]t[ée]|directive|richtlijn|richtlinie"
    r"|since|depuis|sinds"
    r"|seit|op[ée]r(?:ated|ation|atie|[ée]e?)|geopereerd|operiert|surgery|invoice|facture|factuur|rechnung"
    r"|treated|treatment"
    r"|session|s[ée]ance|sitzung|appointment|afspraak|rendez-vous|rdv|termin|last|dernier|laatste|letzte|opened"
    r"|recept|ordonnance|prescription|rezept|verwijzing|referral|rapport|verslag|report|befund|attest|certificat"
    r"|lettre|letter|brief|uitslag|r[ée]sultats?|results?"
    r"|stopped|gestopt"
    r"|scars?|litteken|cicatrices?|narben?|tattoo|tatoeage|tatouage|accident|ongeval|ongeluk|unfall|burn|brandwonde?"
    r"|br[ûu]lure|verbrennung|keizersnede|c[ée]sarienne|kaiserschnitt|c-section|fracture|breuk|bruch|photos?|fotos?"
    r"|foto's|pictures?|pics?|bilder?|biopsie|biopsy|mri|irm|scan|vaccin\w{0,7}|impfung|tetanus|exp(?:iry"
    r"|ir[ée]s?|ires)?"
    r"|p[ée]rim[ée]e?s?|valable|valid|geldig|g[üu]ltig|haltbar|thd|tht|dlc|lot|batch|charge|versie|version"
    r"|protoco[lo]l?"
    r"|bought|gekocht|achet[ée]e?|gekauft|married|getrouwd|verheiratet|mari[ée]s?)"
    r"(?!\w)[^\d\n]{0,14}$",
)
"""Before a date of long ago: no birth."""
PAPERS: Final = re.compile(r"\b(?:ausweis|pass|passport|paspoort|passeport|id|kaart|card|carte|papiere?n?|papers)\b")
"""What has its holder's year of birth on it."""
