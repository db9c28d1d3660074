"""E-mail addresses: written, broken by blanks or a comma, or spelled out ("jan apenstaartje gmail punt com")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import common_words, fold, word_set
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

_WRITTEN: Final = re.compile(
    r"(?<![\w.+%-])[\w+%-][\w.+%'-]{0,100}+@(?=[\w.-]*[^\W\d_]|\d{1,3}\.\d)\w[\w-]{0,62}(?:\.{1,2}[\w-]{1,62}){0,5}"
    r"(?:,[ ]?(?:com|be|nl|fr|de|lu|ch|at|eu|net|org|uk|co[.,]uk)(?![\w.]))?",
)
"""A domain without a dot counts too: "emma@gmail" is as personal; a comma passes for the dot before an ending."""

_TLD: Final = (
    r"(?:com?[ .]uk|com?|c ?o ?m|be|b e|nl|n l|fr|f r|de|d e|lu|l u|ch|c h|at|eu|net|org|info|io|me|uk|es|it|pt"
    r"|pl|us|ie|se|no|dk"
    r"|fi|cz|ro|hu|gr|tr|ru|ua|ca|au|in|ng|za|ma|brussels|vlaanderen|gent|amsterdam|paris|berlin|swiss|frl"
    r"|example|dev|app|ai|biz"
    r"|email|online)"
)
_PROVIDER: Final = (
    r"(?:gmail|g ?mail|googlemail|hotmail|hot mail|outlook|yahoo|ymail|icloud|live|msn|telenet|skynet|proximus"
    r"|scarlet|voo"
    r"|orange|free|sfr|bbox|wanadoo|laposte|la poste|gmx|web|t-online|t online|freenet|posteo|mailbox|ziggo"
    r"|kpnmail|kpn|planet"
    r"|xs4all|hetnet|casema|chello|home|proton|protonmail|proton mail|pm|tutanota|fastmail|aol|bluewin|sunrise"
    r"|hispeed|btinternet"
    r"|bt internet|virginmedia|sky|talktalk|mac|me|pandora|belgacom|tele2|libero|sapo|wp|onet|seznam|comcast"
    r"|verizon|pt|online)"
)
_UNMISTAKABLE: Final = r"(?:g ?mail|googlemail|hotmail|outlook|yahoo|icloud|telenet|skynet|proximus|gmx|protonmail)"
_DOT_WORD: Final = r"(?:dot|d0t|punt|point|punkt|pünktchen|puntje|punto|ponto|kropka)"
_IN_BRACKETS: Final = r"\s{{0,2}}[(\[{{<*_]{{1,2}}\s?(?:{})\s?[)\]}}>*_]{{1,2}}\s{{0,2}}"
_DOT: Final = (
    rf"(?:{_IN_BRACKETS.format(_DOT_WORD + '|[.]')}|\s{{1,2}}{_DOT_WORD}\s{{1,2}}|[.,]|\s[.,]\s?"
    rf"|[.,]\s(?=(?:com|nl|fr|net|org|eu|uk)(?!\w)))"
)
_JOINT: Final = (
    r"(?:underscore|under score|laag streepje|lage streep|liggend streepje|streepje|koppelteken|tiret du bas"
    r"|tiret bas|tiret"
    r"|trait d'union|sous-tiret|souligné|unterstrich|bindestrich|minus|moins|min|dash|hyphen|plus|strich)"
)
_IN_LOCAL: Final = (
    rf"(?:{_IN_BRACKETS.format(f'{_DOT_WORD}|{_JOINT}|[.]')}|\s{{1,2}}(?:{_DOT_WORD}|{_JOINT})\s{{1,2}}|[ ][._-][ ])"
)
_SIGN: Final = (
    r"(?:apenstaart(?:je)?|apestaart(?:je)?|aapenstaartje|a(?:r)?r?obas(?:e|es)?|arobaze|aro?bace"
    r"|[aà] commercial|a rond"
    r"|at[ -]?zeichen|klammeraffe|affenschwanz|at[ -]?sign|at[ -]?teken|chiocciola|affe|snabel-?a|malpa|małpa"
    r"|zavinac|kukac|kwek)"
)
_AT: Final = rf"(?:{_IN_BRACKETS.format(f'at|ät|a|chez|bei|@|{_SIGN}')}|\s{{1,2}}{_SIGN}\s{{1,2}})"
_LOCAL: Final = rf"(?<![\w.+%-])[\w.+%'-]{{1,64}}(?:{_IN_LOCAL}[\w.+%'-]{{1,64}}){{0,4}}"
_NAMED: Final = rf"[\w-]{{1,63}}+(?:{_DOT}[\w-]{{1,63}}+){{0,3}}{_DOT}{_TLD}(?!\w)"
_JOINED: Final = (
    rf"[\w-]{{1,63}}+(?:{_DOT}[\w-]{{1,63}}+){{0,2}}(?:\s{{1,2}}{_JOINT}\s{{1,2}}[\w-]{{1,63}}+){{1,3}}"
    rf"(?:{_DOT}[\w-]{{1,63}}+){{0,2}}{_DOT}{_TLD}(?!\w)"
)
"""A domain with its hyphen in words ("de koekfabriek streepje nl punt be")."""
_DOMAIN: Final = (
    rf"(?:{_JOINED}|{_NAMED}|{_PROVIDER}(?:(?:{_DOT}|\s){_TLD}(?!\w)|\s?[(\[]\s?{_TLD}\s?[)\]])?(?!\w)"
    rf"|[\w-]{{2,63}}\s{_TLD}(?!\w)|[\w-]{{2,63}}\s?[(\[]\s?{_TLD}\s?[)\]]|[\w-]{{2,63}})"
)
_SPELLED: Final = re.compile(rf"{_LOCAL}{_AT}{_DOMAIN}")
_SPELLED_SIGN: Final = re.compile(rf"[(\[{{<*_]{{1,2}}\s?[aä@bckmzà]|{_SIGN}")
"""Without which nothing is spelled: looked for first, as a local part may begin at every word."""
_AFTER_LOCAL: Final = (
    rf"\s(?:at|ät|a|à|bei|chez|@)\s(?:{_JOINED}|{_PROVIDER}(?:{_DOT}|\s){_TLD}(?!\w)|[\w-]{{2,63}}"
    rf"(?:\s{_DOT_WORD}\s[\w-]{{2,63}})?"
    rf"\s{_DOT_WORD}\s{_TLD}(?!\w)|(?P<bare>{_UNMISTAKABLE})(?!\w))"
)
_PLAIN_AT: Final = re.compile(rf"{_LOCAL}{_AFTER_LOCAL}")
"""A bare "at" is a word: it counts only before a known provider or a spelled dot."""
_PLAIN_AT_ALONE: Final = re.compile(_AFTER_LOCAL)
_DOTTED_AT: Final = re.compile(
    rf"(?<![\w.+%-])(?:[^\W_]|[+%-]){{1,40}}+(?:[._](?:[^\W_]|[+%-]){{1,40}}+){{1,4}}+\s(?:at|ät|bei|chez"
    rf"|a)\s[\w-]{{1,63}}\.{_TLD}(?!\w)"
    rf"|(?<![\w.+%-])[\w+%.]{{1,40}}-at-[\w]{{1,40}}(?:-dot-|\.){_TLD}(?!\w)",
)
"""Nor can it be a word between "emma.jansen" and a written domain."""
_DOTTED_AT_ALONE: Final = re.compile(r"\s(?:at|ät|bei|chez|a)\s[\w-]{1,63}\.|-at-")
_HALF_SPELLED: Final = re.compile(
    rf"(?<![\w.+%-])[\w+%-][\w.+%'-]{{0,100}}+[ ]?@[ ]?(?:{_JOINED}|(?:[\w-]{{1,63}}"
    rf"\s{{0,2}}[(\[]?{_DOT_WORD}[)\]]?\s{{0,2}}|{_PROVIDER}\s){_TLD}(?!\w))",
)
_BROKEN: Final = re.compile(
    rf"(?<![\w.+%-])[\w+%-][\w.+%'-]{{0,100}}+(?:[ ]{{1,2}}[._-]{{1,2}}[ ]{{0,2}}[\w.+%'-]{{1,64}}){{0,4}}"
    rf"(?:[ ]{{1,2}}@[ ]{{1,2}}|@[ ]{{1,2}}|[ ]{{0,2}}@(?=[^\s@]{{1,63}}[ ]?[.,]))"
    rf"(?:{_NAMED}|{_PROVIDER}(?!\w))",
)
_SLIPPED: Final = re.compile(
    rf"(?<![\w.+%-])[\w+%-]{{1,64}}[._-][ ]{{1,2}}[\w.+%'-]{{1,64}}[ ]{{1,2}}@[ ]{{0,2}}[\w-]{{1,63}}"
    rf"(?:\.[\w-]{{1,63}}){{0,3}}"
    rf"\.{_TLD}(?!\w)",
)
"""A keyboard put a blank after the full stop inside: "wencke. oltmanns @web.de"."""
_LETTERS: Final = re.compile(
    rf"(?<![^\s(:,;<])(?:(?:[\w.+-][ ]{{1,2}}){{3,40}}+@[ ]{{0,2}}{_NAMED}"
    r"|(?:(?:[\w.+-][ ]{1,2}){3,40}+|[\w.+%-]{1,64}+[ ]{0,2})@[ ]{0,2}"
    r"(?:[\w-][ ]{1,2}){1,40}+\.(?:[ ]{1,2}[\w-]){2,6}(?!\w)"
    r"(?:[ ]{1,2}\.(?:[ ]{1,2}[\w-]){2,6}(?!\w))?)",
)
"""Every letter by itself: "J O O P 6 3 @ x s 4 a l l . n l"."""
_NETWORK: Final = re.compile(
    r"(?:^|\W)(?:insta\w{0,4}|ig|tiktok|tik tok|snap\w{0,4}|fb|facebook|twitter|telegram|handle|account"
    r"|profil\w?|op|on|sur|auf)"
    r"[ :=]{0,3}$",
)
_PARTS_BEFORE: Final = re.compile(r"(?<![\w.,:;!?@'-])[^\W\d_]{2,20}(?: [^\W\d_]{2,20})? $")
_PART_CHARS: Final = 44
_NO_LOCAL: Final = word_set(
    "mail email e-mail adres adresse address contact to naar à an on op sur auf me mij moi us is am im suis ben "
    "bin insta ig "
    "tiktok snap fb account handle profile de van and und et en or of oder i follow volg suivez rep voor pour "
    "für with met avec"
)
DOMAIN: Final = re.compile(
    rf"{_NAMED}|[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,3}}\.[a-z]{{2,24}}\b|{_PROVIDER}(?:{_DOT}|\s){_TLD}(?!\w)"
    rf"|{_UNMISTAKABLE}\b",
    re.IGNORECASE,
)
"""What may follow the sign, when it stands at the end of the message before."""
SIGN_FIRST: Final = re.compile(
    rf"(?:[\w']{{1,12}}\s){{0,3}}?(?P<sign>@|{_IN_BRACKETS.format(f'at|ät|@|{_SIGN}')}|(?P<word>{_SIGN})\s|(?:at"
    rf"|ät)\s)\s{{0,2}}",
    re.IGNORECASE,
)
"""The sign in any spelling, near the beginning of what follows."""
LOCAL_PART: Final = re.compile(
    rf"(?<![\w.+%'\]-])(?P<local>(?:\[[a-z ]{{2,20}} hidden\]|[\w.+%'-])++)"
    rf"(?:(?P<at>[ ]?@|{_AT})(?:\s{{1,2}}[^\W\d]{{1,12}}){{0,3}})?\s{{0,3}}\Z",
    re.IGNORECASE,
)
"""The beginning of an address at the end of a message; parts of it may be placeholders already."""


_BESIDE_A_SIGN: Final = (_BROKEN, _SLIPPED, _HALF_SPELLED)
_DICTATED: Final = ((_SPELLED_SIGN, _SPELLED), (_PLAIN_AT_ALONE, _PLAIN_AT), (_DOTTED_AT_ALONE, _DOTTED_AT))
"""What an address must hold, and the address."""
_AT_WORDS: Final = word_set(
    "@ at a bei chez apenstaart apenstaartje apestaart apestaartje aapenstaartje aobas aobase aobases arobas "
    "arobase arobases arrobas arrobase arrobases arobaze arobace arbace atzeichen klammeraffe affenschwanz atsign "
    "atteken chiocciola affe snabel snabela malpa zavinac kukac kwek"
)
"""Words (folded) for the sign, of which every address that is dictated has one."""


def find(message: Glance) -> Iterator[Match]:
    """Yield every e-mail address in a message."""
    text, low = message.text, message.low
    if "@" in message.said:
        for hit in _WRITTEN.finditer(low):
            yield Match(Entity.EMAIL, hit.start(), hit.end(), SHAPE)
        for hit in _LETTERS.finditer(low):
            yield Match(Entity.EMAIL, hit.start(), hit.end(), CUED)
        for expression in _BESIDE_A_SIGN:
            for hit in expression.finditer(low):
                if _is_address(text, low, hit):
                    yield Match(Entity.EMAIL, hit.start(), hit.end(), SHAPE)
    for part, expression in () if _AT_WORDS.isdisjoint(message.said) else _DICTATED:
        for hit in expression.finditer(low) if part.search(low) else ():
            first = _first_word(text[hit.start() : hit.end()])
            plain = expression is _PLAIN_AT and hit["bare"] and fold(first) in common_words()
            if first not in _NO_LOCAL and not plain:
                dictated = expression is not _DOTTED_AT and first.isalnum()
                start = _first_part(text, hit.start()) if dictated else hit.start()
                yield Match(Entity.EMAIL, start, hit.end(), CUED)


def _is_address(text: str, low: str, hit: re.Match[str]) -> bool:
    """Return whether what stands before a sign with a blank beside it is an address's beginning, not a word."""
    handle_follows = " @" in hit[0] and "@ " not in hit[0]
    named = handle_follows and _NETWORK.search(low, max(0, hit.start() - 20), hit.start())
    return not named and not (handle_follows and _first_word(text[hit.start() : hit.end()]) in _NO_LOCAL)


def _first_part(text: str, start: int) -> int:
    """Return where a spelled address begins that is dictated with blanks ("emma jansen at gmail dot com")."""
    while (
        start > 1
        and text[start - 1] == " "
        and text[start - 2].isalnum()
        and not text[max(0, start - 3) : start - 2].strip()
    ):
        start -= 2  # letter by letter
    lead = _PARTS_BEFORE.search(text, max(0, start - _PART_CHARS), start)
    for word in reversed(lead[0].split() if lead else []):
        if fold(word) in common_words() or word.casefold() in _NO_LOCAL:
            break
        start -= len(word) + 1
    return start


def _first_word(address: str) -> str:
    return re.split(r"[\s@(\[{<*]", address, maxsplit=1)[0].casefold()
