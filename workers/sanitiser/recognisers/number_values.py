"""Numbers below a hundred in words: what they are worth, and which of them a misspelt word was meant to be.

`number_words` counts the digits that one dials for a word; a date needs the number itself.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from workers.sanitiser.lexicon import bands, fold

_ONES: Final = (
    "zero null nul zéro|one un une een ein eins eine|two deux twee zwei zwo|three trois drie drei|four quatre vier"
    "|five cinq vijf fünf fuenf|six zes sechs|seven sept zeven sieben|eight huit acht|nine neuf negen neun"
    "|ten dix tien zehn|eleven onze elf|twelve douze twaalf zwölf zwoelf|thirteen treize dertien dreizehn"
    "|fourteen quatorze veertien vierzehn|fifteen quinze vijftien fünfzehn fuenfzehn|sixteen seize zestien sechzehn"
    "|seventeen zeventien siebzehn|eighteen achttien achtzehn|nineteen negentien neunzehn"
)
_TENS: Final = (
    "twenty vingt vingts twintig zwanzig|thirty trente dertig dreißig dreissig|forty fourty quarante veertig vierzig"
    "|fifty cinquante vijftig fünfzig fuenfzig|sixty soixante zestig sechzig|seventy septante zeventig siebzig"
    "|eighty huitante octante quatrevingt tachtig achtzig|ninety nonante negentig neunzig"
)
_DUTCH_GERMAN: Final = (
    ("een twee drie vier vijf zes zeven acht negen", "en", "twintig dertig veertig vijftig zestig zeventig tachtig"),
    ("een twee drie vier vijf zes zeven acht negen", "en", "negentig"),
    (
        "ein zwei drei vier fünf sechs sieben acht neun",
        "und",
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig",
    ),
    ("ein zwei drei vier fünf sechs sieben acht neun", "und", "neunzig"),
)
_ENGLISH_FRENCH: Final = (
    ("twenty thirty forty fifty sixty seventy eighty ninety", "one two three four five six seven eight nine"),
    ("trente quarante cinquante soixante septante nonante", "etun deux trois quatre cinq six sept huit neuf"),
)
"""Written together without a hyphen."""
_ORDINALS: Final = (
    "first premier eerste erste|second tweede zweite|third derde dritte|fourth vierde vierte|fifth vijfde fünfte"
    "|sixth zesde sechste|seventh zevende siebte siebente|eighth achtste achte|ninth negende neunte"
    "|tenth tiende zehnte|eleventh elfde elfte|twelfth twaalfde zwölfte zwoelfte|thirteenth dertiende dreizehnte"
    "|fourteenth veertiende vierzehnte|fifteenth vijftiende fünfzehnte|sixteenth zestiende sechzehnte"
    "|seventeenth zeventiende siebzehnte|eighteenth achttiende achtzehnte|nineteenth negentiende neunzehnte"
    "|twentieth twintigste zwanzigste"
)
_LAST_DAY: Final = 31
_SAID: Final = {"ate": "eight", "fore": "four", "fower": "four", "tree": "three", "won": "one", "too": "two"}
"""Words that sound like a number, inside one."""
_SHORTEST_SLIP: Final = 3
"""Letters of a word that may be a misspelt number."""
_COMMON_BAND: Final = 3
"""Words up to this band (`lexicon.bands`) are no slips of the finger."""


def _rows(table: str, first: int, step: int = 1) -> Iterator[tuple[str, int]]:
    for i, row in enumerate(table.split("|")):
        yield from ((fold(word), first + i * step) for word in row.split())


@functools.cache
def cardinals() -> Mapping[str, int]:
    """Return 0 to 99 by word (folded), as far as one word says them."""
    values = dict(_rows(_ONES, 0)) | dict(_rows(_TENS, 20, 10))
    for ones, link, tens in _DUTCH_GERMAN:
        for i, one in enumerate(map(fold, ones.split()), 1):
            values |= {f"{one}{link}{ten}": values[ten] + i for ten in map(fold, tens.split())}
    for tens, ones in _ENGLISH_FRENCH:
        for ten in tens.split():
            values |= {f"{ten}{one}": values[ten] + i for i, one in enumerate(ones.split(), 1)}
    return MappingProxyType(values)


@functools.cache
def ordinals() -> Mapping[str, int]:
    """Return 1 to 31 by ordinal number (folded), with every German ending."""
    values = dict(_rows(_ORDINALS, 1))
    for word, value in cardinals().items():
        if len("twintig") < len(word) and values["twintigste"] < value <= _LAST_DAY:
            values[f"{word}ste"] = value
    values |= {"thirtieth": 30, "dertigste": 30, "dreissigste": 30, "thirth": 3, "thrid": 3}
    german = {word: value for word, value in values.items() if word.endswith("te")}
    return MappingProxyType(values | {f"{word}{end}": value for word, value in german.items() for end in "nrsm"})


def slip(word: str) -> str:
    """Return the number word that `word` (folded) was meant to be; "" where it is another word, or none is near.

    A letter too many, too few, another or in the wrong place: ask only beside other numbers.
    """
    if word in _SAID:
        return _SAID[word]
    if len(word) < _SHORTEST_SLIP or bands().get(word, _COMMON_BAND + 1) <= _COMMON_BAND:
        return ""
    near = _near()
    return next((near[part] for part in (word, *_shortened(word)) if part in near), "")


@functools.cache
def _near() -> Mapping[str, str]:
    """Return number words by themselves, and the longer ones by themselves without any one letter."""
    words = (*ordinals(), *cardinals())
    shortened = {part: word for word in words if len(word) > _SHORTEST_SLIP for part in _shortened(word)}
    return MappingProxyType(shortened | {word: word for word in words})


def _shortened(word: str) -> Iterator[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))
