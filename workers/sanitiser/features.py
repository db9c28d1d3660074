"""What the tagger sees of a message: its tokens, and for each token what it looks like, is known as and stands beside.

Training and analysis share this file, so that they cannot drift apart.
"""

from __future__ import annotations

import functools
import re
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
    return [Token(hit[0], hit.start(), hit.end(), fold(hit[0]) or hit[0]) for hit in _TOKEN.finditer(text)]


def known_of(tokens: Sequence[Token], *, hidden: frozenset[str] = frozenset()) -> list[str]:
    """Return for each token in which lists it stands, as one short code.

    First how common a word it is (1 to 5, c a compound, 0 none; 9 digits, . a sign), then G, h, g a first name, s a
    surname, p a particle, w a word of the trade; last t a town, $ a treatment or brand, * a famous person.

    Args:
        tokens: Of one message.
        hidden: Folded words whose entries in the name and town lists are not looked at (training: names of no list).
    """
    codes = [_code(token.folded, hidden) for token in tokens]
    table, heads = _phrases()
    words = [i for i, code in enumerate(codes) if code != "."]
    folded = [tokens[i].folded for i in words]
    at = 0
    while at < len(words):
        step = 1
        for length in range(min(heads.get(folded[at], 0), len(words) - at), 0, -1):
            first, last = words[at], words[at + length - 1]
            mark = table.get(" ".join(folded[at : at + length])) if last - first <= 2 * (length - 1) else None
            if mark is not None and not (mark == "t" and folded[at] in hidden):
                for i in range(first, last + 1):
                    codes[i] += mark
                step = length
                break
        at += step
    return codes


def features_of(tokens: Sequence[Token], known: Sequence[str]) -> list[list[str]]:
    """Return the features of each token: its form, shape and lists, those of its neighbours, and cues before it.

    Args:
        tokens: Of one message.
        known: Their codes (`known_of`).
    """
    shapes = [_shape(token.text) for token in tokens]
    casing = _casing("".join(token.text for token in tokens))
    classes = cue_classes()
    cues = [classes.get(token.folded) for token in tokens]
    count = sum(code[0] not in ".9" for code in known)
    size = next(name for most, name in _SIZES if count <= most)
    forms = ["0" * len(t.folded) if t.folded[0].isdigit() else t.folded for t in tokens]
    padded = ["<", "<", "<", *forms, ">", ">"]
    around = ["<", "<", *known, ">", ">"]
    rows: list[list[str]] = []
    for i, (form, shape, lists) in enumerate(zip(forms, shapes, known, strict=True)):
        third, second, left, _, right, after = padded[i : i + 6]
        before, near, _, beside, beyond = around[i : i + 5]
        row = [
            "b",
            "f=" + form,
            "s=" + shape,
            "k=" + lists,
            f"ks={lists}|{shape}|{casing}",
            f"m={size}|{lists}",
            "f-=" + left,
            f"kk-={near}|{lists}",
            f"f--={second}|{left}",
            "g--=" + second,
            f"k--={before}|{near}|{lists}",
            f"f---={third}|{second}|{left}",
            "f+=" + right,
            f"kk+={lists}|{beside}",
            f"f++={right}|{after}",
            "k++=" + beyond,
            f"f-+={left}|{right}",
        ]
        if lists[0] not in ".9":
            row += ("e3=" + form[-3:], "e2=" + form[-2:], "e4=" + form[-4:], "p3=" + form[:3], f"n={min(len(form), 9)}")
            if lists[0] in "045":
                likeness = name_likeness(form)
                row += (f"l={likeness}", f"ls={likeness}|{shape}|{casing}", f"lk={likeness}|{lists}")
            if cues[i]:
                row.append(f"c={cues[i]}")
            for distance in range(1, min(i, _LOOK_BACK) + 1):
                cue = cues[i - distance]
                if cue is not None:
                    row += (f"cue{min(distance, 3)}={cue}|{lists}", f"cue={cue}{distance}")
        if i:
            row.append(f"s-={shapes[i - 1]}|{shape}")
        if i + 1 < len(forms):
            row.append(f"s+={shape}|{shapes[i + 1]}")
        rows.append(row)
    return rows


_SIZES: Final = ((1, "1"), (2, "2"), (4, "4"), (9, "9"), (1 << 30, "long"))
"""Words in a message up to which it counts as that long."""


def _casing(text: str) -> str:
    """Return how the visitor uses capitals: l none at all, u nothing else, m both."""
    lower = text.lower()
    return "l" if text == lower else "u" if text == text.upper() else "m"


def _shape(text: str) -> str:
    first = text[0]
    if first.isdigit():
        return f"d{min(len(text), 6)}"
    if not first.isalpha():
        return "nl" if first == "\n" else first if first.isascii() else "sym"
    if len(text) == 1:
        return "X" if text.isupper() else "x"
    if text.islower():
        return "low"
    if text.isupper():
        return "UP"
    return "Cap" if first.isupper() and text[1:].islower() else "Mix"


def _code(word: str, hidden: frozenset[str]) -> str:
    if not word[0].isalpha():
        return "9" if word[0].isdigit() else "."
    given = given_names().get(word) or (given_names().get(word[:-1]) == "G" and word[-1] == "s" and "h") or ""
    band = bands().get(word, 0) or (bands().get(_REPEATED.sub(r"\1", word), 0) and RAREST)
    code = str(band or ("c" if not given and _compound(word) else 0))
    if word not in hidden:
        code += given + ("s" if word in surnames() else "")
    if word in PARTICLES:
        code += "p"
    return code + ("w" if word in trade_words() or word in common_words() or word in foreign_words() else "")


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
