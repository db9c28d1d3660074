"""Where somebody lives: streets with a number, postcodes with a town, and what follows "I live in".

A town or a street alone may be a question about the clinic; a cue or a number makes it the visitor's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import bands, common_words, fold, lowered, places, towns, word_set
from workers.sanitiser.recognisers.digits import is_amount
from workers.sanitiser.recognisers.match import CUED, LIKELY, SHAPE, Match
from workers.sanitiser.recognisers.words import Word, first_from, touches, words_of

_NUMBER_SIGN: Final = r"(?:n[°ro]\.?|nr\.?|nummer|num[ée]ro|no\.?|#)"
_BOX: Final = (
    r"(?:,?[ ]?(?:bus|bte|bo[iî]te|b(?=\d)|apt\.?|app\.?|/|-(?=\d)|kamer|chambre|zimmer|room|hut|cabine|stiege|t[üu]r)"
    r"[ ]?[0-9a-z]{1,4}(?![\w]))"
)
_NO: Final = rf"(?:,?[ ]{{0,2}}{_NUMBER_SIGN}?[ ]{{0,2}}[0-9]{{1,4}}[ ]?(?:[a-z](?![\w'])|bis|ter)?{_BOX}?(?![\w]))"
"""A house number with its box."""
_HOUSE: Final = re.compile(_NO)
_PART: Final = r"[^\W\d_]{1,30}(?:['’-][^\W\d_]{1,30}){0,4}"
_GERMANIC_PREFIX: Final = (
    r"(?:grote|kleine|oude|nieuwe|lange|korte|sint|st\.?|koning|koningin|prins|prinses|alte|neue|große|am|an der)"
)
_GERMANIC_KIND: Final = (
    r"(?:straat|str\.|straße|strasse|steenweg|stwg|laan|dreef|lei|kaai|kade|gracht|singel|plein|markt|dijk|steeg|weg|baan"
    r"|pad|allee|gasse|platz|damm|ufer|chaussee|stra(?=[ ][0-9]))"
)
_GERMANIC_PARTS: Final = (
    *("str", "weg", "stwg", "laan", "dreef", "lei", "kaai", "kade", "gracht", "singel", "plein", "markt", "dijk"),
    *("steeg", "baan", "pad", "allee", "gasse", "platz", "damm", "ufer", "chaussee"),
)
"""Of which every such kind holds one."""
_FRENCH_KIND: Final = (
    r"(?:rue|avenue|av\.?|boulevard|bd\.?|bld\.?|chauss[ée]e|chee|place|impasse|all[ée]e|quai|chemin|route|rte|square"
    r"|clos|cours|passage|dr[èe]ve|sentier|faubourg|montagne|esplanade|r[ée]sidence)(?![^\W\d_])"
)
_ENGLISH_KIND: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|close|court|crescent|square|terrace|gardens|grove|hill|mews|boulevard"
    r"|blvd|parkway|highway|way|place|walk|row)"
)
_STREETS: Final = tuple(
    re.compile(rf"(?<![\w]){expression}")
    for expression in (
        # Dutch and German: the kind of street ends the word.
        (
            rf"(?:{_GERMANIC_PREFIX}[ -](?:[^\W\d_]{{2,30}}-?)?|[^\W\d_]{{2,30}}(?:-[^\W\d_]{{1,30}}){{0,4}}?-?)"
            rf"{_GERMANIC_KIND}[ ]?{_NO}"
        ),
        # French: number, kind, name; or kind, name, number.
        (
            rf"[0-9]{{1,4}}[ ]?(?:bis|ter|[a-d](?![\w]))?,?[ ]{{1,2}}{_FRENCH_KIND}"
            rf"(?:[ ](?:de la|de l'|du|des|de|d'|la|le|les|aux?|sainte?))?[ ']?(?P<tail>{_PART}(?:[ ]{_PART}){{0,4}})"
        ),
        rf"{_FRENCH_KIND}[ ](?P<middle>{_PART}(?:[ ]{_PART}){{0,5}}?){_NO}",
        # English: number, name, kind.
        (
            rf"(?:(?:flat|apartment|apt\.?|unit)[ ]?[0-9]{{1,4}}[a-z]?,?[ ])?[0-9]{{1,5}}[a-z]?,?[ ]"
            rf"(?P<middle>{_PART}(?:[ ]{_PART}){{0,3}}?)[ ]{_ENGLISH_KIND}(?![\w])"
        ),
    )
)
_TOWN_AFTER: Final = re.compile(rf",?[ ]{{1,2}}(?:in |te |à |a )?(?P<town>{_PART})")
_POST_TOWN: Final = re.compile(
    rf"(?<![\w.,€$£+-])(?P<land>(?:b|l|ch|d|f|nl|be|lu|de"
    rf"|fr)[ ]?-[ ]?)?(?P<code>[0-9]{{4,5}})[ ]{{1,2}}(?P<town>{_PART})",
)
_DUTCH: Final = re.compile(
    rf"(?<![\w.,€$£+-])[1-9][0-9]{{3}}[ ]?(?P<letters>[a-z]{{2}})(?![\w])(?:,?[ ]{{1,2}}(?P<town>{_PART}))?",
)
_BRITISH: Final = re.compile(r"(?<![\w])[a-z]{1,2}[0-9][a-z0-9]?[ ]?[0-9][abd-hjlnp-uw-z]{2}(?![\w])")
_AMERICAN: Final = re.compile(
    r"(?<![\w])(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]"
    r"|UT|V[AT]|W[AIVY])"
    r",?[ ][0-9]{5}(?:-[0-9]{4})?(?![\w])"
)
_CODE_CUED: Final = re.compile(
    r"\b(?:code postal|cp|post ?code|plz|postleitzahl|zip(?: ?code)?)\b[\s:]{0,3}(?:is|est"
    r"|ist)?[ ]{0,2}(?P<value>[0-9]{4,5}(?:[ ]?[a-z]{2}(?![\w]))?)(?![\w])",
)
_FEWEST_DIGITS: Final = 4
"""Of a postcode, but for British ones."""
_UNITS: Final = word_set(
    "meter meters metres metern m mètres shots schuss nm mg ml cc mm cm kg eu hz mj kj nd ui iu st pm am ca"
)

_LIVES: Final = re.compile(
    r"(?<![\w'])(?:"
    r"(?:i(?: currently)? live|i'm living|i am living|living|i reside|i stay|i'm based|i am based|based|i'm coming"
    r"|we live|my address is|i'm from|i am from|i come from)"
    r"[ ](?:(?:in|at|near|on|close to|from|around|outside)[ ](?:the )?)?"
    r"|(?:j'habite|j habite|jhabite|je vis|nous habitons|on habite|j'hab|habitant|je r[ée]side|domicili[ée]e?"
    r"|je loge|mon adresse (?:est|c'est|:)|je viens)[ ]"
    r"(?:(?:à|a|au|aux|en|dans|sur|près d[eu'](?: la)?|pres de|du côté de|de|d'|chez|vers)[ ]?(?:la |le |les |l')?)?"
    r"|(?:ik (?:woon|leef|verblijf)|k?woon|wonende|we wonen|wij wonen|woonachtig|gedomicilieerd|mijn adres is"
    r"|ik kom uit|kom uit|ik ben van|afkomstig (?:uit|van))[ ]"
    r"(?:(?:in|te|bij|op|aan|vlakbij|nabij|rond|dichtbij|naast|regio|uit|van)[ ](?:de |het )?)?(?:regio )?"
    r"|(?:ich (?:wohne|lebe)|wohne?|wohnhaft|wir wohnen|meine adresse (?:ist|lautet)|ich komme|komme|ich bin)[ ]"
    r"(?:in|bei|nahe|an|am|auf|aus|im|nähe|direkt in)[ ](?:der |dem )?"
    r")(?=[^\W_])",
)
_FROM: Final = re.compile(rf"(?<![\w])(?:from|uit|aus|afkomstig van)[ ]{{1,2}}(?P<town>{_PART})")
"""Where somebody comes from: a listed town only, and the clinic's own may be the clinic's."""
_HOME_WORDS: Final = word_set(
    "live living reside stay based coming address from come habite jhabite vis habitons hab habitant domicilie "
    "domiciliee loge adresse viens woon kwoon leef verblijf wonende wonen woonachtig gedomicilieerd adres kom ben "
    "afkomstig wohn wohne wohnen lebe wohnhaft komme bin"
)
"""Words (folded) of which `_LIVES` needs one."""
_FROM_WORDS: Final = word_set("from uit aus afkomstig")
"""The same of `_FROM`."""
_WEAK_CUES: Final = re.compile(r"(?:je viens|i stay|i'm coming|based|ik ben van|ich bin|komme|ich komme|living)")
"""Said of much besides homes ("je viens de voir"): a capital or a known town must follow."""
_STAYS: Final = word_set(
    "belgium belgique belgie belgien netherlands nederland france frankrijk frankreich germany allemagne "
    "duitsland deutschland luxembourg uk usa england switzerland suisse schweiz zwitserland europe europa abroad "
    "buitenland etranger ausland"
)
"""A whole country tells nothing of anybody."""
_LONGEST: Final = 4
_EVERYDAY: Final = 3
"""Band up to which a word is an everyday one (`lexicon.bands`)."""


def find(message: Glance) -> Iterator[Match]:
    """Yield every address, or part of one, in a message."""
    text, low = message.text, message.low
    if message.digits:
        yield from _streets(text, low)
        yield from _postcodes(message)
    if not _HOME_WORDS.isdisjoint(message.said):
        yield from _homes(text, low)
    for hit in () if _FROM_WORDS.isdisjoint(message.said) else _FROM.finditer(low):
        if _is_listed(hit["town"]):
            yield Match(Entity.LOCATION, hit.start("town"), hit.end("town"), LIKELY)


def _streets(text: str, low: str) -> Iterator[Match]:
    streets = _STREETS if any(part in low for part in _GERMANIC_PARTS) else _STREETS[1:]
    for expression in streets:
        for hit in expression.finditer(low):
            groups = {name: text[slice(*hit.span(name))] for name in hit.re.groupindex}
            if groups.get("middle") and not _may_be_street(groups["middle"].split()):
                continue
            end = hit.start("tail") + _name_length(groups["tail"]) if groups.get("tail") else hit.end()
            if end > hit.start() and not is_amount(text, hit.start(), end):
                yield Match(Entity.LOCATION, hit.start(), _with_town(low, end), SHAPE)


def _may_be_street(words: Sequence[str]) -> bool:
    """Return whether `words` name a street: one at least is more than a link, none goes on with a sentence."""
    ordinary = common_words() - _LINKS
    if fold(words[0]) in _NO_STREET:
        return False
    names = any(fold(word) not in _LINKS or word[0].isupper() for word in words)
    return names and not any(fold(word) in ordinary and not word[0].isupper() for word in words)


def _with_town(low: str, end: int) -> int:
    """Return the end of the town that follows a street, else `end`."""
    town = _TOWN_AFTER.match(low, end)
    return town.end() if town and _is_listed(town["town"]) else end


_NO_STREET: Final = word_set("a au aux chez depuis jusque vers pour le")
"""After "place", "cours", "passage": the sentence goes on ("de passage à Lille le 6")."""
_LINKS: Final = word_set(
    "de la le les du des d' van der den het ter ten aux au a saint sainte sint st grand grande haut bas beau "
    "belle long longue vieux vieille petit petite neuve high church park new old north south east west king queen "
    "mill green station main school"
)
"""Common words that stand inside names of streets."""


def _name_length(tail: str) -> int:
    """Return how many characters of `tail` name the street: up to the first word of the sentence that goes on."""
    length = 0
    for word in re.finditer(r"[^ ]+", tail):
        if fold(word[0]) in common_words() - _LINKS:
            break
        length = word.end()
    return length


def _postcodes(message: Glance) -> Iterator[Match]:
    text, low = message.text, message.low
    if message.mixed:
        for hit in _BRITISH.finditer(low):
            yield Match(Entity.LOCATION, hit.start(), hit.end(), SHAPE)
    if message.digits < _FEWEST_DIGITS:
        return
    for hit in _POST_TOWN.finditer(low):
        town = text[slice(*hit.span("town"))]
        if _is_town(hit["code"], town, marked=hit["land"] is not None) and not is_amount(
            text, hit.start("code"), hit.end("code")
        ):
            yield Match(Entity.LOCATION, hit.start(), hit.end(), SHAPE)
    for hit in _DUTCH.finditer(low):
        letters = text[slice(*hit.span("letters"))]
        if hit["letters"] not in _UNITS and (letters.isupper() or hit["letters"] not in common_words()):
            town = text[slice(*hit.span("town"))]
            named = hit["town"] is not None and (_is_listed(town) or _named(town))
            yield Match(Entity.LOCATION, hit.start(), hit.end() if named else hit.end("letters"), SHAPE)
    for hit in _AMERICAN.finditer(text) if text != low else ():
        yield Match(Entity.LOCATION, hit.start(), hit.end(), SHAPE)
    for hit in _CODE_CUED.finditer(low):
        yield Match(Entity.LOCATION, hit.start("value"), hit.end("value"), CUED)


def _is_town(code: str, town: str, *, marked: bool) -> bool:
    """Return whether a number and a word are a postcode and a town: listed, or a name after no year."""
    year = code.startswith(("19", "20")) and len(code) == 4  # noqa: PLR2004  # digits of a year
    return marked or _is_listed(town) or (_named(town) and not year and fold(town) not in _UNITS)


def _is_listed(town: str) -> bool:
    """Return whether `town` is a town, and no everyday word besides ("Halle", "Lage")."""
    word = fold(town)
    return word in places() or (word in towns() and not 0 < bands().get(word, 0) <= _EVERYDAY)


def _named(word: str) -> bool:
    return word[0].isupper() and fold(word) not in common_words()


def _homes(text: str, low: str) -> Iterator[Match]:
    cues = list(_LIVES.finditer(low))
    words = words_of(text) if cues else []
    for cue in cues:
        i = first_from(words, cue.end())
        if i >= len(words) or words[i].start != cue.end() or words[i].folded in _STAYS:
            continue
        weak = _WEAK_CUES.match(cue[0]) is not None
        if _is_listed(words[i].folded) or (not words[i].common and (words[i].capital or not weak)):
            yield Match(Entity.LOCATION, words[i].start, _home_end(text, words, i), CUED)


def _home_end(text: str, words: Sequence[Word], i: int) -> int:
    """Return where a place that starts with word `i` ends: further capitals, and a house number."""
    end = i
    while end + 1 < len(words) and end - i < _LONGEST and touches(text, words[end], words[end + 1]):
        word = words[end + 1]
        if word.common or not (word.capital or (end == i and not words[i].capital and words[i].particle)):
            break
        end += 1
    number = _HOUSE.match(lowered(text), words[end].end)
    return number.end() if number and not is_amount(text, words[end].end, number.end()) else words[end].end
