"""Numbers in words, by language: how many digits one dials or writes for each of them."""

from __future__ import annotations

import re
from typing import Final

from workers.sanitiser.lexicon import fold, word_set

_ONES: Final = {
    "en": "zero oh o nought naught nil one two three four five six seven eight nine",
    "fr": "zero un une deux trois quatre cinq six sept huit neuf",
    "nl": "nul een ene één twee drie vier vijf zes zeven acht negen",
    "de": "null eins ein eine zwei zwo drei vier fünf fuenf sechs sieben acht neun",
    "lb": "eent zwee zwou dräi véier fënnef sechs siwen aacht néng",
    "gsw": "eis zwöi drü vieri füf foif sächs sibe achti nün nüün",
    "fy": "nul ien twa trije fjouwer fiif seis sân acht njoggen",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "it": "zero uno tre quattro cinque sette otto nove",
    "pt": "zero dois duas três quatro cinco seis sete oito nove",
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "tr": "sıfır bir iki üç dört beş altı yedi sekiz dokuz",
    "typed": "seven zeven zevn achte negn veir vijv nuul nol ziro fower fore fiv niner katre",
}
_TEENS: Final = {
    "en": "ten eleven twelve thirteen fourteen forteen fifteen sixteen seventeen eighteen nineteen",
    "fr": "dix onze douze treize quatorze quinze seize",
    "nl": "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
    "de": "zehn elf zwölf zwoelf dreizehn vierzehn fünfzehn fuenfzehn sechzehn siebzehn achtzehn neunzehn",
}
_TENS: Final = {
    "en": "twenty thirty forty fourty fifty sixty seventy eighty ninety",
    "fr": "vingt vingts trente quarante cinquante soixante septante huitante octante nonante",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "de": "zwanzig dreißig dreissig vierzig fünfzig fuenfzig sechzig siebzig achtzig neunzig",
}
ARTICLES: Final = word_set("un une een ein eine one uno eis")
"""Number words that begin a sentence's next thing as well."""
LINKS: Final = word_set(
    "et and und en e y plus double dubbel doppel doppelt triple tripel cent hundred honderd hundert"
)
"""Words inside a spoken number that are no digit themselves."""
ORDINALS: Final = word_set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth premier "
    "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende "
    "vijftiende zestiende zeventiende achttiende negentiende twintigste dertigste "
    "erste ersten zweite zweiten dritte dritten vierte vierten funfte funften sechste sechsten siebte siebten achte "
    "achten neunte neunten zehnte zehnten elfte elften zwolfte zwolften dreizehnte dreizehnten vierzehnten funfzehnten "
    "sechzehnten siebzehnten achtzehnten neunzehnten zwanzigsten dreissigsten"
)
THOUSANDS: Final = word_set("mille mil thousand duizend tausend")


def _folded(rows: dict[str, str]) -> frozenset[str]:
    return frozenset(fold(word) for row in rows.values() for word in row.split())


_ONE_DIGIT: Final = _folded(_ONES)
_TWO_DIGITS: Final = _folded(_TEENS) | _folded(_TENS)
_LONGEST_ONE: Final = max(map(len, _ONE_DIGIT))
_LONGEST_WORD: Final = 60
"""Letters of the longest word that is taken apart."""
NOUGHTS: Final = word_set("zero oh nought naught nul null o cero nuul nol ziro sifir")
"""How a telephone number begins that is spoken."""

_BELOW_TEN: Final = "|".join(sorted(map(fold, f"{_ONES['nl']} {_ONES['de']}".split()), key=len, reverse=True))
_TENFOLD: Final = "|".join(sorted(map(fold, f"{_TENS['nl']} {_TENS['de']}".split())))
_BELOW_TWENTY: Final = "|".join(sorted(map(fold, f"{_TEENS['nl']} {_TEENS['de']}".split()), key=len, reverse=True))
_JOINED: Final = re.compile(rf"(?:{_BELOW_TEN})(?:en|und|n)(?:{_TENFOLD})")
"""Dutch and German put the ones before the tens: "vierendertig", "sechsundfünfzig"."""
_YEAR: Final = re.compile(
    rf"(?:(?:{_BELOW_TWENTY})(?:hundert|honderd)|zweitausend|tweeduizend|tausend)(?:und|en)?"
    rf"(?:{_JOINED.pattern}|{_BELOW_TWENTY}|{_TENFOLD}|{_BELOW_TEN})?"
)
"""A year in one word: "neunzehnhundertvierundfünfzig"."""


_BEGINNING: Final = 3
_BEGINNINGS: Final = frozenset(
    word[:_BEGINNING] for word in (*_ONE_DIGIT, *_TWO_DIGITS, *NOUGHTS, "zweitausend", "tweeduizend", "tausend")
)
"""How every number begins that is in one word: nearly all words are known by it to be none."""
_SHORT: Final = tuple(word for word in _BEGINNINGS if len(word) < _BEGINNING)


def may_be_number(word: str) -> bool:
    """Return whether `word` (folded) begins as a number does; most words do not."""
    return word[:_BEGINNING] in _BEGINNINGS or word.startswith(_SHORT)


def digits_in(word: str) -> int:
    """Return how many digits stand for `word` (folded): 1, 2 or 4; 0 = it is no number."""
    if not may_be_number(word):
        return 0
    if word in _ONE_DIGIT:
        return 1
    if word in _TWO_DIGITS or _JOINED.fullmatch(word):
        return 2
    return 4 if _YEAR.fullmatch(word) else 0


def dialled(word: str) -> str:
    """Return what `word` (folded) stands for when a number is dictated: a digit, ``x`` for one that matters not.

    Words written together are taken apart ("nulvier" is two); "" = it is no number.
    """
    if not may_be_number(word):
        return ""
    if word in NOUGHTS:
        return "0"
    count = digits_in(word)
    if count:
        return "x" * count
    parts = ""
    while len(word) <= _LONGEST_WORD and word:
        part = next((word[:n] for n in range(_LONGEST_ONE, 1, -1) if word[:n] in _ONE_DIGIT), "")
        if not part:
            return ""
        parts += "0" if part in NOUGHTS else "x"
        word = word[len(part) :]
    return parts if not word else ""
