"""Names on social networks: @handle, what has the form of one, or what stands beside "insta", "snap" and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import common_words, fold, word_set
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

_SIGNED: Final = re.compile(r"(?<![\w@.+%-])@[ ]?(?P<value>[^\W_][\w.-]{1,40}|[^\W\d][\w.-]{1,40})")
_UNDERSCORED: Final = re.compile(
    r"(?<![\w@./+-])(?=\w{0,40}?[^\W\d_])(?:[^\W_][\w.-]{0,40}?_[\w.-]{0,40}\w|_{1,3}[^\W_][\w.-]{1,40}"
    r"|[^\W_]{3,40}_{1,3}(?!\w))(?![\w@])"
)
"""An underscore inside: nobody types one in prose."""
_TAGGED: Final = re.compile(r"(?<![\w@./+-])[^\W\d_][\w.]{1,31}#\d{4}(?!\w)")
_DOTTED: Final = re.compile(r"(?<![\w@./+-])[^\W\d_][\w-]{0,30}(?:\.[\w-]{1,30}){1,4}(?![\w@]|\.\w)")
_MADE_UP: Final = re.compile(r"(?<![\w@./+-])[^\W\d_]{4,30}\d{2,6}[^\W\d_]{0,8}(?![\w@-]|\.\w)")
"""Dots, or digits at the end: a handle where a network is spoken of."""

_PLAIN_NETWORK: Final = (
    r"(?:insta\w{0,4}|ig|fb|facebook|messenger|snap(?:chat)?|tik ?tok|telegram|tg|twitter|bluesky|mastodon"
    r"|linkedin|discord|skype"
    r"|pinterest|youtube|yt|twitch|the gram|reddit|wechat|weixin|whatsapp|viber|onlyfans|vinted|bereal|xing"
    r"|spotify|strava)"
)
_NETWORK: Final = rf"(?:{_PLAIN_NETWORK}|gram|sc|tt|x|signal|threads|steam|kik|line)"
_OWN: Final = (
    r"(?:handle|username|user ?name|gebruikersnaam|benutzername|nutzername|nom d'utilisateur|pseudo(?:nyme)?"
    r"|nickname|nick|screen ?name"
    r"|con[ -]?name|con[ -]?naam|cosplay ?name|artiestennaam|künstlername|gamertag|alias|@)"
)
_NEAR: Final = re.compile(
    rf"(?<!\w)(?:{_PLAIN_NETWORK}|{_OWN}|follow|volg|suis|suivez|dm|pm|profil\w?|collabs?"
    rf"|account|compte|konto)(?!\w)|@\w",
)
_LINK: Final = (
    r"(?:name|handle|account|profil[e]?|compte|pseudo|naam|username|user|konto|nick|id|is|was|est|c'?est|c|ist"
    r"|heet|heißt|lautet|als|as"
    r"|under|sous|onder|unter|of me|me|moi|mij|my|mijn|mon|mein|van me|van mij|de moi|von mir|follow|volg|at|by"
    r"|add|heiße ich|heisse ich|bin ich|heet ik|ben ik|je suis|i am|i'm|im|ik ben|ich bin|=)"
)
_CUED: Final = re.compile(
    rf"(?<!\w)(?P<cue>{_NETWORK}|(?P<own>{_OWN}))(?!\w)(?P<tied>(?:[\s:=>,(\"'-]{{1,3}}{_LINK}"
    rf"(?!\w))*+[\s:=>(\"'-]{{1,4}})"
    rf"(?!{_NETWORK}(?!\w))(?P<value>@?[^\W_][\w.-]{{2,40}})",
)
_CUE_AFTER: Final = re.compile(
    r"(?<![\w@./+-])(?P<value>[^\W\d_][\w.-]{2,40})[ ](?:is |ist |est |= )?(?:(?:on|op|sur|bei|auf|via|mein|mijn"
    r"|mon|my)[ ](?:the |de |mn |men )?"
    rf"|\()(?:{_NETWORK})(?!\w)",
)
_NETWORK_WORDS: Final = word_set(
    "@ ig fb facebook messenger snap snapchat tik tiktok telegram tg twitter bluesky mastodon linkedin discord skype "
    "pinterest youtube yt twitch gram reddit wechat weixin whatsapp viber onlyfans vinted bereal xing spotify strava "
    "sc tt x signal threads steam kik line handle username user gebruikersnaam benutzername nutzername utilisateur "
    "pseudo pseudonyme nickname nick screen screenname con conname connaam cosplay cosplayname artiestennaam "
    "kunstlername gamertag alias follow volg suis suivez dm pm collab collabs account compte konto"
)
_NETWORK_PARTS: Final = ("insta", "profil")
"""Words (folded) and parts of words without one of which no network is spoken of."""
_COUNT: Final = re.compile(r"[\d.,]+[a-z]{0,2}")
""""42k followers", "x 275"."""
_SHORTEST: Final = 3
_PLAIN_WORD: Final = 7
"""Letters from which a word that no list knows is taken for a handle beside a network's name."""
_NO_HANDLES: Final = word_set("x line sc tt signal gram threads steam")
"""Networks whose names are words: only a made-up name counts beside them."""


def find(message: Glance) -> Iterator[Match]:
    """Yield every handle in a message."""
    text, low = message.text, message.low
    yield from _formed(text)
    if _NETWORK_WORDS.isdisjoint(message.said) and not any(part in low for part in _NETWORK_PARTS):
        return
    near = _NEAR.search(low) is not None
    for expression in (_DOTTED, _MADE_UP) if near else ():
        for hit in expression.finditer(text):
            if _is_name(hit[0]):
                yield _match(hit.start(), hit[0], hit.start(), SHAPE)
    yield from _named(text, low)


def _formed(text: str) -> Iterator[Match]:
    """Yield what nothing but a handle looks like, whatever stands beside it."""
    for hit in _SIGNED.finditer(text) if "@" in text else ():
        if hit.start("value") == hit.start() + 1 or _is_unknown(hit["value"]):
            score = CUED if _looks_made_up(hit["value"]) else SHAPE
            yield _match(hit.start(), hit["value"], hit.start("value"), score)
    if "_" in text:
        for hit in _UNDERSCORED.finditer(text):
            yield _match(hit.start(), hit[0], hit.start(), CUED)
    for hit in _TAGGED.finditer(text) if "#" in text else ():
        yield Match(Entity.HANDLE, hit.start(), hit.end(), SHAPE)


def _named(text: str, low: str) -> Iterator[Match]:
    """Yield what stands beside a network's name."""
    for hit in _CUED.finditer(low):
        if _is_handle(hit["value"], tied=":" in hit["tied"] or len(hit["tied"]) > len(" : "), hit=hit, text=text):
            yield _match(hit.start("value"), hit["value"], hit.start("value"), CUED)
    for hit in _CUE_AFTER.finditer(low):
        if (_looks_made_up(hit["value"]) and not _COUNT.fullmatch(hit["value"])) or (
            hit.start() == 0 and _is_unknown(hit["value"])
        ):
            yield _match(hit.start(), hit["value"], hit.start(), CUED)


def _match(start: int, value: str, value_start: int, score: float) -> Match:
    """Return the match without the punctuation that ends a sentence."""
    return Match(Entity.HANDLE, start, value_start + len(value.rstrip(".-")), score)


def _is_handle(value: str, *, tied: bool, hit: re.Match[str], text: str) -> bool:
    """Return whether what follows a network's name is somebody's name on it."""
    if value.startswith("@") or _looks_made_up(value):
        return not _COUNT.fullmatch(value)
    if fold(hit["cue"]) in _NO_HANDLES:
        return False
    ends = text[hit.end("value") : hit.end("value") + 1] in {"", ",", ".", ";", "\n", ")", "!"}
    own = hit["own"] is not None and len(value) >= _PLAIN_WORD // 2 + 1
    return (own or tied or (ends and len(value) >= _PLAIN_WORD)) and fold(value) not in common_words()


def _is_unknown(value: str) -> bool:
    return len(value) >= _PLAIN_WORD and fold(value) not in common_words()


def _looks_made_up(value: str) -> bool:
    inner = value.strip("@.-")
    return "_" in inner or "." in inner or any(c.isdigit() for c in inner)


def _is_name(value: str) -> bool:
    """Return whether a dotted or numbered word is a name rather than two words without a blank ("ok.merci")."""
    parts = [part for part in re.split(r"[.\d]+", value) if part]
    return len("".join(parts)) > _SHORTEST and (
        len(parts) == 1 or not all(fold(part) in common_words() for part in parts)
    )
