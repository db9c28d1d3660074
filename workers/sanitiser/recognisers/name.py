"""Names of people: after a cue, a title or at the foot of a message. What has no cue is left to `tagged`.

Casing is no evidence by itself in chat, but where a visitor does use capitals they tell where a name ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import all_first_names, word_set
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
)
_PRESENTED: Final = re.compile(
    r"(?<![\w'])(?:"
    r"(?P<tells>i'm|i am|ik ben|'k ben|kben|je suis|j'suis|chuis"
    r"|(?:hey|hi|hello|hallo|hoi|dag|salut|bonjour|bonsoir|coucou|guten tag|moin|servus)[ ,!]{1,3}"
    r"(?:it's|its|this is|c'est|met|ici|hier ist|hier))"
    r"|im|this is|its|here is|it's|hier is|dit is|met|c'est|ici"
    r"|ich bin(?: die| der)?|bin(?: die| der)?|hier (?:ist|spricht|schreibt)|das ist(?: die| der)?)"
    r"[ ]{1,2}(?=[^\W\d_]|')",
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
)
_TITLE: Final = re.compile(
    r"(?<![\w'])(?P<title>mme|madame|mevr|mevrouw|mw|mr|mrs|ms|miss|monsieur|mlle|mademoiselle|dhr|meneer|mijnheer"
    r"|de heer|herrn?|frau|dr|"
    r"drs|docteur|dokter|doctor|doktor|prof|professeur|professor|sir|madam)\.?[ ]{1,2}(?=[^\W\d_]|')",
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
)
_END: Final = re.compile(r"[\s.!,;xX)❤:-]{0,12}(?:$|\n|[\[+0-9(@])")
_LAST_LINE: Final = re.compile(r"\n[ ]{0,4}[-~–]?[ ]{0,2}(?=[^\W\d_][^\n]{0,60}\s{0,20}\Z)")
SHORTEST: Final = 2
"""Letters in the first word of a name: "x" is a kiss."""
_LONGEST: Final = 6
"""Words in one name, particles included."""


def find(message: Glance) -> Iterator[Match]:
    """Yield every name in a message that a cue gives away."""
    text, low, said = message.text, message.low, message.said
    cues: list[tuple[_Follow, re.Match[str]]] = []
    if any(part in low for part in _INTRODUCING):
        cues += [(_introduced, cue) for cue in _INTRODUCED.finditer(low)]
    capitals = text != low
    for needed, expression, follow, plain in _CUES:
        if not needed.isdisjoint(said) and (plain or capitals or not said.isdisjoint(all_first_names())):
            cues += [(follow, cue) for cue in expression.finditer(low)]
    if "\n" in said:
        cues += [(_last_line, cue) for cue in _LAST_LINE.finditer(text)]
    words = words_of(text) if cues else []
    for follow, cue in cues:
        i = first_from(words, cue.end())
        if i < len(words):
            yield from follow(text, words, i, cue)


def _introduced(text: str, words: Sequence[Word], i: int, _: re.Match[str]) -> Iterator[Match]:
    first = _past_particles(words, i)
    if first < len(words) and (not words[first].common or words[first].maybe_first_name):
        yield from whole_name(text, words, i, CUED)


def _presented(text: str, words: Sequence[Word], i: int, cue: re.Match[str]) -> Iterator[Match]:
    """After "I'm", which stands before much else: the word itself must look like a name."""
    if _is_presented(words[i], capitals_tell=cue["tells"] is not None):
        yield from whole_name(text, words, i, CUED if words[i].maybe_first_name else SHAPE)


def _related(text: str, words: Sequence[Word], i: int, _: re.Match[str]) -> Iterator[Match]:
    """After "my daughter": as after "I'm"."""
    if _is_presented(words[i], capitals_tell=True):
        yield from whole_name(text, words, i, SHAPE)


def _titled(text: str, words: Sequence[Word], i: int, cue: re.Match[str]) -> Iterator[Match]:
    first = _past_particles(words, i)
    sure = cue["title"] in _SHORT_TITLES
    named = first < len(words) and words[first].may_be_name
    if named and (sure or words[first].capital or words[first].maybe_first_name):
        yield from whole_name(text, words, i, SHAPE)


def _closed(text: str, words: Sequence[Word], i: int, cue: re.Match[str]) -> Iterator[Match]:
    """After a closing formula."""
    weak = cue["weak"] is not None
    if words[i].may_be_name and (not weak or words[i].capital or words[i].maybe_first_name):
        yield from _at_the_end(text, words, i, LIKELY if weak else CUED)


def _last_line(text: str, words: Sequence[Word], i: int, _: re.Match[str]) -> Iterator[Match]:
    """Alone on the last line."""
    if words[i].may_be_name and (words[i].maybe_first_name or words[i].capital):
        yield from _at_the_end(text, words, i, SHAPE)


type _Follow = Callable[[str, Sequence[Word], int, re.Match[str]], Iterator[Match]]

_INTRODUCING: Final = ("nam", "naam", "nom", "call", "sign", "appelle", "moi", "heet", "heiß", "heisse", "noem", "nenn")
"""Parts of words of which `_INTRODUCED` needs one."""
_CUES: Final[tuple[tuple[frozenset[str], re.Pattern[str], _Follow, bool], ...]] = (
    (word_set("i ben kben suis chuis it its this c met ici hier im here dit bin das"), _PRESENTED, _presented, False),
    (
        word_set(
            "daughter son husband wife friend boyfriend girlfriend sister brother mother father mom mum dad aunt niece "
            "colleague fille fils mari femme copine copain ami amie soeur sour soeeur frere mere pere tante dochter "
            "zoon man vrouw vriendin vriend zus broer moeder vader mama papa nicht tochter sohn mann frau freundin "
            "freund schwester bruder mutter vater"
        ),
        _RELATED,
        _related,
        False,
    ),
    (
        word_set(
            "mme madame mevr mevrouw mw mr mrs ms miss monsieur mlle mademoiselle dhr meneer mijnheer heer herr herrn "
            "frau dr drs docteur dokter doctor doktor prof professeur professor sir madam"
        ),
        _TITLE,
        _titled,
        True,
    ),
    (
        word_set(
            "regards sincerely yours wishes cheers cordialement bien salutations bisous bises journee soiree groet "
            "groeten groetjes grtjs grtz mvg g grussen gruessen grusse gruesse mfg lg vg thanks thank thx merci "
            "bedankt dank dankje danku danke bye ciao x xx xxx"
        ),
        _CLOSING,
        _closed,
        True,
    ),
)
"""What gives a name away: words (folded) of which the expression needs one, the expression, what is read after it, and
whether that may be a name without a capital that is in no list.
"""


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
