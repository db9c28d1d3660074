"""Names of people: after a cue, a title or at the foot of a message. What has no cue is left to `tagged`.

Casing is no evidence by itself in chat, but where a visitor does use capitals they tell where a name ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.lexicon import word_set
from workers.sanitiser.recognisers.match import CUED, LIKELY, SHAPE, Match
from workers.sanitiser.recognisers.words import Word, first_from, touches, words_of

_INTRODUCED: Final = re.compile(
    r"(?<![\w'])(?:"
    r"(?:my|the|his|her) (?:full |first |last )?name(?: is|'s|s|:)|name's|(?:i am|i'm) called|(?:call|named?) me"
    r"|they call me"
    r"|(?:full |first |last |sur)?name ?:|signed[:,]?"
    r"|(?:je )?m'appelle|je m appelle|jm'?appelle|je me nomme|on m'appelle|s'appelle|(?:mon|son"
    r"|le) (?:pr[ée])?nom (?:est|c'est|:)"
    r"|moi,? c'est|moi c est|nom ?:|pr[ée]nom ?:|nom de famille ?:?|au nom d(?:e |')"
    r"|(?:ik|'k) heet|kheet|heet ik|hij heet|zij heet|ze heet|(?:mijn|m'n|zijn|haar|de) (?:voor|achter"
    r"|familie)?naam(?: is|:)|naam ?:|voornaam ?:?"
    r"|(?:achter|familie)naam ?:?|op (?:de )?naam(?: van)?|noem me(?: maar)?|men noemt me"
    r"|ich hei(?:ß|ss)e|hei(?:ß|ss)e ich|(?:mein|der|ihr|sein) (?:voll(?:er|ständiger) )?(?:vor|nach)?name (?:ist"
    r"|lautet|:)|vorname ?:?|nachname ?:?"
    r"|auf den namen|nennen? (?:sie )?mich"
    r")[ ]{0,2}[:,-]?[ ]{0,2}(?=[^\W\d_]|')",
    re.IGNORECASE,
)
_PRESENTED: Final = re.compile(
    r"(?<![\w'])(?:"
    r"(?P<tells>i'm|i am|ik ben|'k ben|kben|je suis|j'suis|chuis"
    r"|(?:hey|hi|hello|hallo|hoi|dag|salut|bonjour|bonsoir|coucou|guten tag|moin|servus)[ ,!]{1,3}"
    r"(?:it's|its|this is|c'est|met|ici|hier ist|hier))"
    r"|im|this is|its|here is|it's|hier is|dit is|met|c'est|ici"
    r"|ich bin(?: die| der)?|bin(?: die| der)?|hier (?:ist|spricht|schreibt)|das ist(?: die| der)?)"
    r"[ ]{1,2}(?=[^\W\d_]|')",
    re.IGNORECASE,
)
"""After what `tells`, a capital is evidence; not in German ("im" is "in dem"), nor after "c'est" or "met"."""
_RELATED: Final = re.compile(
    r"(?<![\w'])(?:(?:my|mijn|m'n|ma|mon|meine?[rmn]?) (?:best |beste |beau-|belle-)?(?:daughter|son|husband|wife"
    r"|friend|boyfriend|"
    r"girlfriend|sister|brother|mother|father|mom|mum|dad|aunt|niece|colleague|fille|fils|mari|femme|copine|copain"
    r"|ami|amie|"
    r"s[oœ]e?ur|fr[èe]re|m[èe]re|p[èe]re|tante|dochter|zoon|man|vrouw|vriendin|vriend|zus|broer|moeder|vader|mama"
    r"|papa|nicht|"
    r"tochter|sohn|mann|frau|freundin|freund|schwester|bruder|mutter|vater))[ ]{1,2}(?=[^\W\d_])",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(
    r"(?<![\w'])(?P<title>mme|madame|mevr|mevrouw|mw|mr|mrs|ms|miss|monsieur|mlle|mademoiselle|dhr|meneer|mijnheer"
    r"|de heer|herrn?|frau|dr|"
    r"drs|docteur|dokter|doctor|doktor|prof|professeur|professor|sir|madam)\.?[ ]{1,2}(?=[^\W\d_]|')",
    re.IGNORECASE,
)
_SHORT_TITLES: Final = word_set("mme mevr mw mr mrs ms mlle dhr dr drs prof")
"""Abbreviations that stand before nothing but a name, whatever its casing."""
_CLOSING: Final = re.compile(
    r"(?<![\w'])(?P<words>(?:kind|best|warm)(?:est)? regards|regards|sincerely|yours(?: truly| sincerely)?"
    r"|best wishes|cheers"
    r"|cordialement|bien (?:à|a) vous|bien cordialement|salutations|bisous|bises|belle journée|bonne journ[ée]e"
    r"|bonne soir[ée]e"
    r"|(?:met )?(?:vriendelijke|hartelijke|lieve) groet(?:en|jes)?|groet(?:en|jes)?|grtjs|grtz|mvg|m\.v\.g\.?"
    r"|(?:mit )?(?:freundlichen|besten|herzlichen|lieben) gr(?:ü|ue)(?:ß|ss)en|(?:viele|liebe|beste"
    r"|freundliche) gr(?:ü|ue)(?:ß|ss)e|mfg|lg|vg"
    r"|(?P<weak>thanks(?: a lot| so much)?|thank you|thx|merci(?: beaucoup| bien)?(?: d'avance)?|bedankt"
    r"|dank ?(?:je|u)(?: wel)?|alvast bedankt"
    r"|danke(?: schön)?|vielen dank|bye|ciao|x{1,3}))"
    r"[\s,.!:;-]{1,6}(?=[^\W\d_])",
    re.IGNORECASE,
)
_END: Final = re.compile(r"[\s.!,;xX)❤:-]{0,12}(?:$|\n|[\[+0-9(@])")
_LAST_LINE: Final = re.compile(r"\n[ ]{0,4}[-~–]?[ ]{0,2}(?=[^\W\d_][^\n]{0,60}\s{0,20}\Z)")
SHORTEST: Final = 2
"""Letters in the first word of a name: "x" is a kiss."""
_LONGEST: Final = 6
"""Words in one name, particles included."""


def find(text: str) -> Iterator[Match]:
    """Yield every name in `text` that a cue gives away."""
    words = words_of(text)
    yield from _cued(text, words)
    yield from _signed(text, words)


def _cued(text: str, words: Sequence[Word]) -> Iterator[Match]:
    for cue in _INTRODUCED.finditer(text):
        i = _past_particles(words, first_from(words, cue.end()))
        if i < len(words) and (not words[i].common or words[i].maybe_first_name):
            yield from whole_name(text, words, first_from(words, cue.end()), CUED)
    yield from _presented(text, words)
    yield from _titled(text, words)


def _presented(text: str, words: Sequence[Word]) -> Iterator[Match]:
    """After "I'm" or "my daughter", which stand before much else: the word itself must look like a name."""
    for cue in _PRESENTED.finditer(text):
        i = first_from(words, cue.end())
        if i < len(words) and _is_presented(words[i], capitals_tell=cue["tells"] is not None):
            yield from whole_name(text, words, i, CUED if words[i].maybe_first_name else SHAPE)
    for cue in _RELATED.finditer(text):
        i = first_from(words, cue.end())
        if i < len(words) and _is_presented(words[i], capitals_tell=True):
            yield from whole_name(text, words, i, SHAPE)


def _titled(text: str, words: Sequence[Word]) -> Iterator[Match]:
    for cue in _TITLE.finditer(text):
        start = first_from(words, cue.end())
        i = _past_particles(words, start)
        sure = cue["title"].casefold() in _SHORT_TITLES
        if i < len(words) and words[i].may_be_name and (sure or words[i].capital or words[i].maybe_first_name):
            yield from whole_name(text, words, start, SHAPE)


def _signed(text: str, words: Sequence[Word]) -> Iterator[Match]:
    """A name after a closing formula, or alone on the last line."""
    for cue in _CLOSING.finditer(text):
        i = first_from(words, cue.end())
        weak = cue["weak"] is not None
        if i < len(words) and words[i].may_be_name and (not weak or words[i].capital or words[i].maybe_first_name):
            yield from _at_the_end(text, words, i, LIKELY if weak else CUED)
    for cue in _LAST_LINE.finditer(text):
        i = first_from(words, cue.end())
        if i < len(words) and words[i].may_be_name and (words[i].maybe_first_name or words[i].capital):
            yield from _at_the_end(text, words, i, SHAPE)


def _at_the_end(text: str, words: Sequence[Word], i: int, score: float) -> Iterator[Match]:
    for match in whole_name(text, words, i, score):
        if _END.match(text, match.end):
            yield match


def _is_presented(word: Word, *, capitals_tell: bool) -> bool:
    if word.maybe_first_name:
        return word.capital or not word.common
    return word.capital and capitals_tell and not word.common


def _past_particles(words: Sequence[Word], i: int) -> int:
    """Return the index of the first word from `i` on that is no particle ("De Smet")."""
    while i < len(words) and words[i].particle:
        i += 1
    return i


def whole_name(
    text: str, words: Sequence[Word], i: int, score: float, *, uncapitalised: bool = True
) -> Iterator[Match]:
    """Yield the name that starts with word `i`.

    What follows belongs to it while it touches, is no common word, and has a capital or is joined by a particle;
    where the visitor writes without capitals, one further word (unless `uncapitalised` is False).
    """
    end = first = _past_particles(words, i)
    if first >= len(words) or len(words[first].folded) < SHORTEST:
        return
    while end + 1 < len(words) and end - i < _LONGEST:
        part = _past_particles(words, end + 1)
        if part >= len(words) or not all(touches(text, words[j], words[j + 1]) for j in range(end, part)):
            break
        sure = words[part].capital or part > end + 1
        loose = uncapitalised and end == first and not words[first].capital
        if words[part].common or not (sure or loose):
            break
        end = part
    yield Match(Entity.NAME, words[i].start, words[end].end, score)
