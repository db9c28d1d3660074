"""What the tagger sees of a message: its tokens, and for each token what it looks like, is known as and stands beside.

Training and analysis share this file, so that they cannot drift apart.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from schemas.taxonomy import SPOKEN
from schemas.treatments import treatments
from workers.sanitiser.lexicon import (
    PARTICLES,
    bands,
    common_words,
    cue_classes,
    famous,
    fold,
    foreign_words,
    given_names,
    lowered,
    surnames,
    towns,
    trade_words,
)
from workers.sanitiser.spelling import name_likeness

_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+|\n|[^\w\s]|_")
_REPEATED: Final = re.compile(r"(.)\1{2,}")
_HALF: Final = 4
"""Least letters in each half of a compound."""
_LOOK_BACK: Final = 4
"""Tokens before a token in which a cue is looked for."""
RAREST: Final = 4
"""Band of a word with letters held down ("hellooo")."""


class Token(NamedTuple):
    """A word, a run of digits, a line break or a sign; half-open offsets."""

    text: str
    start: int
    end: int
    folded: str
    """Lower case without accents."""


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of normalised `text` in order; hyphens and apostrophes are tokens of their own."""
    return [
        Token(hit[0], *hit.span(), low if low.isascii() else fold(low) or hit[0])
        for hit, low in zip(_TOKEN.finditer(text), _TOKEN.findall(lowered(text)), strict=True)
    ]


def known_of(tokens: Sequence[Token], *, hidden: frozenset[str] = frozenset()) -> list[str]:
    """Return for each token in which lists it stands, as one short code.

    First how common a word it is (1 to 5, c a compound, 0 none; 9 digits, . a sign), then G, h, g a first name, s a
    surname, p a particle, w a word of the trade; last t a town, $ a treatment or brand, * a famous person.

    Args:
        tokens: Of one message.
        hidden: Folded words whose entries in the name and town lists are not looked at (training: names of no list).
    """
    lists = _lists()
    codes = [_code(token.folded, hidden, lists) for token in tokens]
    table, heads = _phrases()
    words = [i for i, code in enumerate(codes) if code != "."]
    folded = [tokens[i].folded for i in words]
    at = 0
    while at < len(words):
        step = 1
        longest = heads.get(folded[at], 0)
        for length in range(min(longest, len(words) - at), 0, -1) if longest else ():
            first, last = words[at], words[at + length - 1]
            mark = table.get(" ".join(folded[at : at + length])) if last - first <= 2 * (length - 1) else None
            if mark is not None and not (mark == "t" and folded[at] in hidden):
                for i in range(first, last + 1):
                    codes[i] += mark
                step = length
                break
        at += step
    return codes


class Template(NamedTuple):
    """A feature: `prefix` and the values of `columns` (`columns_of`), a bar between them; none where one is empty."""

    prefix: str
    columns: tuple[str, ...]


def _template(row: str) -> Template:
    prefix, *columns = row.split()
    return Template(prefix.strip("'"), tuple(columns))


TEMPLATES: Final = tuple(
    map(
        _template,
        (
            "'' always",
            "f= form",
            "s= shape",
            "k= known",
            "ks= known shape casing",
            "m= size known",
            "f-= form-1",
            "kk-= known-1 known",
            "f--= form-2 form-1",
            "g--= form-2",
            "k--= known-2 known-1 known",
            "f---= form-3 form-2 form-1",
            "f+= form+1",
            "kk+= known known+1",
            "f++= form+1 form+2",
            "k++= known+2",
            "f-+= form-1 form+1",
            "e3= end3",
            "e2= end2",
            "e4= end4",
            "p3= beginning",
            "n= length",
            "l= likeness",
            "ls= likeness shape casing",
            "lk= likeness known",
            "c= cue",
            "cue1= cue-1 known",
            "cue= at-1",
            "cue2= cue-2 known",
            "cue= at-2",
            "cue3= cue-3 known",
            "cue= at-3",
            "cue3= cue-4 known",
            "cue= at-4",
            "s-= shape-1 shape",
            "s+= shape shape+1",
        ),
    )
)
"""Every feature, in the order in which training met them."""
type Columns = Mapping[str, Sequence[str]]


def columns_of(tokens: Sequence[Token], known: Sequence[str]) -> Columns:
    """Return what features are made of: by name, a value for each token, "" where it has none; no cues, no such column.

    Args:
        tokens: Of one message.
        known: Their codes (`known_of`).
    """
    count = len(tokens)
    words = [token.folded if code[0] not in ".9" else "" for token, code in zip(tokens, known, strict=True)]
    size = sum(map(bool, words))
    shapes = [_shape(token.text) for token in tokens]
    forms = ["0" * len(t.folded) if t.folded[0].isdigit() else t.folded for t in tokens]
    padded = ["<", "<", "<", *forms, ">", ">"]
    around = ["<", "<", *known, ">", ">"]
    return {
        "always": ["b"] * count,
        "casing": [_casing("".join([token.text for token in tokens]))] * count,
        "size": [next(name for most, name in _SIZES if size <= most)] * count,
        "shape": shapes,
        "shape-1": ["", *shapes][:count],
        "shape+1": [*shapes, ""][1:],
        "form": forms,
        "form-3": padded[:count],
        "form-2": padded[1 : count + 1],
        "form-1": padded[2 : count + 2],
        "form+1": padded[4 : count + 4],
        "form+2": padded[5:],
        "known": known,
        "known-2": around[:count],
        "known-1": around[1 : count + 1],
        "known+1": around[3 : count + 3],
        "known+2": around[4:],
        "end2": [word[-2:] for word in words],
        "end3": [word[-3:] for word in words],
        "end4": [word[-4:] for word in words],
        "beginning": [word[:3] for word in words],
        "length": [_LENGTHS[len(word)] if len(word) < len(_LENGTHS) else _LENGTHS[-1] for word in words],
        "likeness": [
            str(name_likeness(word)) if code[0] in "045" else "" for word, code in zip(words, known, strict=True)
        ],
        **_cues(tokens, words),
    }


def _cues(tokens: Sequence[Token], words: Sequence[str]) -> Columns:
    """Return each word's class as a cue, and the classes of the cues up to `_LOOK_BACK` tokens before it.

    A column without any value is left out: most of them, in most messages.
    """
    classes = cue_classes()
    count = len(tokens)
    columns: defaultdict[str, list[str]] = defaultdict(lambda: [""] * count)
    for i, token in enumerate(tokens):
        cue = classes.get(token.folded)
        if cue is None:
            continue
        if words[i]:
            columns["cue"][i] = cue
        for back, (before, at) in enumerate(zip(_CUES_BEFORE, _CUES_AT, strict=True), 1):
            if i + back < count and words[i + back]:
                columns[before][i + back] = cue
                columns[at][i + back] = f"{cue}{back}"
    return columns


_LENGTHS: Final = ("", *"123456789")
"""A word's length as it is written in a feature; the last stands for all beyond."""
_CUES_BEFORE: Final = tuple(f"cue-{back}" for back in range(1, _LOOK_BACK + 1))
_CUES_AT: Final = tuple(f"at-{back}" for back in range(1, _LOOK_BACK + 1))


def features_of(tokens: Sequence[Token], known: Sequence[str]) -> list[list[str]]:
    """Return the features of each token: its form, shape and lists, those of its neighbours, and cues before it.

    Args:
        tokens: Of one message.
        known: Their codes (`known_of`).
    """
    columns = columns_of(tokens, known)
    rows: list[list[str]] = [[] for _ in tokens]
    for prefix, names in TEMPLATES:
        if names[0] not in columns:
            continue
        for row, values in zip(rows, zip(*[columns[name] for name in names], strict=True), strict=True):
            if all(values):
                row.append(prefix + "|".join(values))
    return rows


_SIZES: Final = ((1, "1"), (2, "2"), (4, "4"), (9, "9"), (1 << 30, "long"))
"""Words in a message up to which it counts as that long."""


def _casing(text: str) -> str:
    """Return how the visitor uses capitals: l none at all, u nothing else, m both."""
    lower = text.lower()
    return "l" if text == lower else "u" if text == text.upper() else "m"


def _shape(text: str) -> str:
    first = text[0]
    if len(text) > 1 and text.islower() and first.isalpha():  # most words
        return "low"
    if first.isdigit():
        return f"d{min(len(text), 6)}"
    if not first.isalpha():
        return "nl" if first == "\n" else first if first.isascii() else "sym"
    if len(text) == 1:
        return "X" if text.isupper() else "x"
    if text.isupper():
        return "UP"
    return "Cap" if first.isupper() and text[1:].islower() else "Mix"


class _Lists(NamedTuple):
    """The lists in which every word is looked up."""

    bands: Mapping[str, int]
    given: Mapping[str, str]
    surnames: frozenset[str]
    harmless: frozenset[str]
    """Words of the trade, of chat, and of other languages."""


@functools.cache
def _lists() -> _Lists:
    return _Lists(bands(), given_names(), surnames(), trade_words() | common_words() | foreign_words())


def _code(word: str, hidden: frozenset[str], lists: _Lists) -> str:
    if not word[0].isalpha():
        return "9" if word[0].isdigit() else "."
    given = lists.given.get(word) or (word[-1] == "s" and lists.given.get(word[:-1]) == "G" and "h") or ""
    band = lists.bands.get(word, 0) or (lists.bands.get(_REPEATED.sub(r"\1", word), 0) and RAREST)
    code = str(band or ("c" if not given and _compound(word) else 0))
    if word not in hidden:
        code += given + ("s" if word in lists.surnames else "")
    if word in PARTICLES:
        code += "p"
    return code + "w" if word in lists.harmless else code


def _compound(word: str) -> bool:
    """Return whether `word` is two common words in one ("zonnevlekken", "Handrücken")."""
    known = bands()
    halves = ((word[:cut], word[cut:]) for cut in range(_HALF, len(word) - _HALF + 1))
    return any(right in known and (left in known or left.removesuffix("s") in known) for left, right in halves)


@functools.cache
def _phrases() -> tuple[Mapping[str, str], Mapping[str, int]]:
    """Return the phrases that are marked (words joined by a blank), and the longest by its first word, in words."""
    rows = treatments().values()
    names = {name for row in rows for language in SPOKEN for name in row.names[language]}
    names |= {brand for row in rows for brand in row.brands}
    table = dict.fromkeys(towns(), "t")
    table |= dict.fromkeys((" ".join(fold(hit) for hit in re.findall(r"[^\W\d_]+|\d+", name)) for name in names), "$")
    table |= dict.fromkeys(famous(), "*")
    heads: dict[str, int] = {}
    for phrase in table:
        first, *rest = phrase.split(" ")
        heads[first] = max(heads.get(first, 0), 1 + len(rest))
    return MappingProxyType(table), MappingProxyType(heads)
