"""Rules for personal data, links and mark-up: of every shape of address only the clinic's own may go out.

No dictionary of names and no language model here: whatever looks like an address and does not stand in the clinic's
file is held.
"""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from workers.llm.draft import PHONE, Draft
from workers.llm.folding import folded, plain
from workers.llm.numerals import numbers
from workers.llm.published import Published
from workers.llm.quantity_words import Kind

PHONE_DIGITS: Final = 7
"""So many digits, however they are parted, are a number of somebody's."""
UNBROKEN_CHARS: Final = 60
"""No word of a visitor's language is as long; encoded text is."""
SPELT: Final = 5
"""So many number words in a row are a number spelt out."""

_EMAIL: Final = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_AT: Final = re.compile(r"\S ?@|@ ?\w")
_IBAN: Final = re.compile(r"(?<![a-z0-9])[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,4})?(?![a-z0-9])")
_NUMERIC_HOST: Final = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9])")
_MARKUP: Final = re.compile(
    r"<\s*[a-z/!?]|!\[|\]\(|\]\[|&#x?[0-9a-f]+;|&(?:lt|gt|quot|amp);|(?:javascript|vbscript)\s*:|data\s*:\s*[a-z]+/|```"
)
_UNBROKEN: Final = re.compile(rf"\S{{{UNBROKEN_CHARS},}}")


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `addresses.toml`."""

    endings: tuple[str, ...]
    at: tuple[str, ...]
    dot: tuple[str, ...]
    spoken_endings: tuple[str, ...]
    networks: tuple[str, ...]
    titles: tuple[str, ...]
    articles: tuple[str, ...]
    mail_providers: tuple[str, ...]


class _Own(msgspec.Struct, frozen=True):
    """The addresses that stand in a clinic's file, folded."""

    emails: frozenset[str]
    links: frozenset[str]
    phones: frozenset[str]
    ibans: frozenset[str]
    names: frozenset[str]


def personal_data(draft: Draft) -> bool:
    """Whether the sentence holds an address, a number or a titled name that is not the clinic's."""
    own = _own(draft.grounds.published)
    return (
        _foreign_email(draft, own)
        or _foreign_number(draft, own)
        or _spelt_number(draft)
        or _foreign_name(draft, own)
        or _reaches(_patterns().network, draft)
    )


def foreign_link(draft: Draft) -> bool:
    """Whether the sentence holds a link or a host name that is not the clinic's."""
    own = _own(draft.grounds.published)
    text = _without(_EMAIL, draft.text, lambda email: email in own.emails)
    text = _without(_patterns().link, text, lambda link: _link(link) in own.links)
    shapes = (_patterns().link, _NUMERIC_HOST, _patterns().spoken_host)
    return any(match.end() > draft.start for shape in shapes for match in shape.finditer(text))


def markup(draft: Draft) -> bool:
    """Whether the sentence holds mark-up, or a run of characters that is no word."""
    if _reaches(_MARKUP, draft):
        return True
    links = _own(draft.grounds.published).links
    runs = (match for match in _UNBROKEN.finditer(draft.text) if match.end() > draft.start)
    return any(_link(match[0]) not in links for match in runs)


def _foreign_email(draft: Draft, own: _Own) -> bool:
    """Whether there is an e-mail address, plain or obfuscated, or a handle, that is not the clinic's."""
    text = _without(_EMAIL, draft.text, lambda email: email.strip(".-") in own.emails)
    return any(match.end() > draft.start for match in _AT.finditer(text)) or _reaches(_patterns().spoken_email, draft)


def _foreign_number(draft: Draft, own: _Own) -> bool:
    """Whether there is a run of digits as long as a telephone number that is none of the clinic's, or an IBAN."""
    read = [(q.start, q.end) for q in draft.quantities if q.kind in (Kind.DATE, Kind.CLOCK, Kind.MONEY)]
    for match in PHONE.finditer(draft.text):
        if match.end() <= draft.start:
            continue
        places = [match.start() + index for index, char in enumerate(match[0]) if char.isdigit()]
        loose = sum(not any(start <= place < end for start, end in read) for place in places)
        if loose >= PHONE_DIGITS and not _is_own_phone(match[0], own):
            return True
    found = (match[0] for match in _IBAN.finditer(draft.text) if match.end() > draft.start)
    return any(sum(map(str.isdigit, iban)) >= PHONE_DIGITS and _bare(iban) not in own.ibans for iban in found)


def _is_own_phone(written: str, own: _Own) -> bool:
    """Whether a number is one of the clinic's, in its international or its national form."""
    digits = re.sub(r"\D", "", re.sub(r"\(0\)", "", written)).lstrip("0")
    return any(phone.endswith(digits) and len(digits) >= len(phone) - 3 for phone in own.phones)


def _spelt_number(draft: Draft) -> bool:
    """Whether number words follow one another as in a telephone number that is read out."""
    words = [number for number in numbers(draft.text, draft.grounds.language) if number.word and not number.article]
    run = 1
    for one, other in itertools.pairwise(words):
        run = run + 1 if draft.text[one.end : other.start].strip(" ,.-") == "" else 1
        if run >= SPELT and other.end > draft.start:
            return True
    return False


def _foreign_name(draft: Draft, own: _Own) -> bool:
    """Whether a title stands before a name that the clinic's file does not know."""
    for match in _patterns().titled.finditer(draft.shown):
        before = folded(match["before"] or "")
        known = any(word in own.names for word in re.findall(r"\w+", folded(match["name"])))
        if match.end() > draft.shown_start and not known and before not in _patterns().articles:
            return True
    return False


def _without(pattern: re.Pattern[str], text: str, is_own: Callable[[str], bool]) -> str:
    """Return `text` with every own find of `pattern` blotted out, at its full length."""
    return pattern.sub(lambda match: ("x " * len(match[0]))[: len(match[0])] if is_own(match[0]) else match[0], text)


def _reaches(pattern: re.Pattern[str], draft: Draft) -> bool:
    """Whether `pattern` is found in the sentence itself."""
    return any(match.end() > draft.start for match in pattern.finditer(draft.text))


def _link(written: str) -> str:
    """Return a link without its scheme, its `www` and the punctuation behind it."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", written).rstrip(".,;:!?)\"'/")


def _bare(written: str) -> str:
    """Return letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", written)


_kept: weakref.WeakKeyDictionary[Published, _Own] = weakref.WeakKeyDictionary()


def _own(published: Published) -> _Own:
    """Return the addresses of a clinic, collected once for each version of its file."""
    if published not in _kept:
        _kept[published] = _collected(published)
    return _kept[published]


def _collected(published: Published) -> _Own:
    """Return the addresses that stand in the fields and in the texts of a clinic's file."""
    clinic, words = published.clinic, published.words
    urls = [clinic.website, clinic.booking_url, clinic.privacy_url, clinic.address.map_url, *clinic.allowed_origins]
    links = {_link(url.lower()) for url in urls if url}
    links |= {_link(match[0]) for match in _patterns().link.finditer(words)}
    named = " ".join((clinic.name, *(person.name for person in clinic.practitioners)))
    return _Own(
        emails=frozenset({clinic.email.lower(), *_EMAIL.findall(words)}),
        links=frozenset(links | {_link(clinic.website.lower()).partition("/")[0]}),
        phones=frozenset(
            {clinic.phone[1:], *(re.sub(r"\D", "", number).lstrip("0") for number in PHONE.findall(words))}
        ),
        ibans=frozenset(_bare(match[0]) for match in _IBAN.finditer(words)),
        names=frozenset(re.findall(r"\w+", f"{folded(plain(named))} {words}")),
    )


class _Patterns(msgspec.Struct, frozen=True):
    """The table as patterns."""

    link: re.Pattern[str]
    spoken_email: re.Pattern[str]
    spoken_host: re.Pattern[str]
    network: re.Pattern[str]
    titled: re.Pattern[str]
    articles: frozenset[str]


@functools.cache
def _patterns() -> _Patterns:
    """Return the patterns, made once a process."""
    file = Path(__file__).with_name("addresses.toml")
    table = msgspec.convert(tomllib.loads(file.read_text("utf-8")), _Table)
    endings, at, dot, spoken = (
        "|".join(sorted(words, key=len, reverse=True))
        for words in (table.endings, table.at, table.dot, table.spoken_endings)
    )
    return _Patterns(
        link=re.compile(
            rf"(?:[a-z][a-z0-9+.-]*://|www\.)\S+"
            rf"|(?<![a-z0-9@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{endings})(?![a-z0-9-])(?:[:/?#]\S*)?"
        ),
        spoken_email=re.compile(
            rf"[(\[{{<]\s*(?:{at})\s*[)\]}}>].{{1,60}}?(?:[(\[{{<]\s*(?:{dot}|\.)\s*[)\]}}>]|\.|\b(?:{dot})\b)\s*[a-z]{{2}}"
            rf"|\b[a-z0-9._-]+ (?:{at}) [a-z0-9-]+ (?:{dot}) (?:{spoken})\b"
            rf"|\b[a-z0-9._-]+ (?:{at}) (?:{'|'.join(table.mail_providers)})\b"
            rf"|\b[a-z0-9._-]+ (?:arobase|apenstaartje?|klammeraffe) [a-z0-9-]+"
        ),
        spoken_host=re.compile(
            rf"(?:\b(?:www|http|https|hxxps?)\b|[(\[{{]\s*(?:{dot}|\.)\s*[)\]}}]\s*(?:{spoken})\b"
            rf"|\b[a-z0-9-]+ (?:dot|punkt|punt) (?:{spoken})\b|\b[a-z0-9-]+ point (?:com|net|org|info|eu)\b)"
        ),
        network=re.compile(rf"\b(?:{'|'.join(table.networks)})\s*[:=]\s*\S"),
        titled=re.compile(
            rf"(?:(?P<before>\w+)\s+)?\b(?:{'|'.join(table.titles)}|M(?=\.\s))\.?\s+"
            r"(?P<name>[A-ZÀ-ÖØ-Þ][\w'-]+(?:\s+[A-ZÀ-ÖØ-Þ][\w'-]+)?)"
        ),
        articles=frozenset(table.articles),
    )
