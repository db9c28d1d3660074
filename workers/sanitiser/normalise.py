"""Bring a message into the one form that the recognisers read, remembering where each character came from.

Compatibility forms are folded (NFKC: full-width letters, ligatures, styled alphabets), digits of every script become
0 to 9, typographic quotes and dashes become ASCII ones, letters of other scripts that look Latin become Latin inside
a word that is Latin otherwise, and what cannot be seen (zero-width, format, fillers, variation selectors, keycap
frames, strokes through a letter, broken UTF-16 halves) goes: none of them may hide a number from a recogniser.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from itertools import chain
from typing import Final, NamedTuple

_PLAIN: Final = str.maketrans(
    dict.fromkeys("‘’‚‛′`´ʼ", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−⁃﹘", "-")
    | dict.fromkeys("⁄∕⧸", "/")
    | dict.fromkeys("․·・•∙", ".")
    | dict.fromkeys("\t", " ")
    | dict.fromkeys("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n")
    | dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
)
_ASCII_SPACE: Final = str.maketrans({c: _PLAIN[ord(c)] for c in "\t\r\v\f\x1c\x1d\x1e"})
_UNSEEN_KINDS: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Me"})
"""Unicode categories that leave no mark of their own."""
_UNSEEN: Final = frozenset(map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, *range(0xFE00, 0xFE10))))
"""Characters of other categories that cannot be seen either: fillers, joiners, variation selectors."""
_ACCENT: Final = "Mn"
MAX_CLUSTER: Final = 16
"""Code points that are normalised together; a longer pile of combining marks is cut."""

_LATIN_LIKE: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһӏ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυ" + "օѕɡıɑ",
    "ABESIJKMHOPCTYXaesijopcyxdhl" + "ABEZHIKMNOPTYXavopu" + "osgia",
)
"""Cyrillic, Greek, Armenian and phonetic letters by the Latin letter that they are taken for."""
_LOOKALIKE: Final = re.compile(f"[{''.join(map(chr, _LATIN_LIKE))}]")
_WORD: Final = re.compile(r"\S+")
_LATIN: Final = re.compile(r"[0-9A-Za-z@]")


class Normalised(NamedTuple):
    """A message in normal form and the way back.

    `starts[i]` and `ends[i]` are the half-open code-point offsets, in the original, of what became character i.
    """

    text: str
    starts: array[int] | range
    ends: array[int] | range

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that `start` to `end` (non-empty) of `text` came from."""
        return self.starts[start], self.ends[end - 1]


def normalise(original: str) -> Normalised:
    """Return `original` in normal form. Never fails, whatever the code points; linear in their number."""
    if original.isascii() and (original.isprintable() or not _controls(original)):
        return Normalised(original.translate(_ASCII_SPACE), range(len(original)), range(1, len(original) + 1))
    end = _run_end(original, 0)
    if end == len(original):
        text = _latinised(original.translate(_ONE_TO_ONE))
        return Normalised(text, range(len(original)), range(1, len(original) + 1))
    pieces: list[str] = []
    starts, ends = array("I"), array("I")
    start = 0
    while start < len(original):
        pieces.append(original[start:end].translate(_ONE_TO_ONE))
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))
        if end < len(original):
            start, end = end, _cluster_end(original, end)
            piece = _fold(original[start:end])
            pieces.append(piece)
            starts.extend([start] * len(piece))
            ends.extend([end] * len(piece))
        start, end = end, _run_end(original, end)
    return Normalised(_latinised("".join(pieces)), starts, ends)


def _run_end(text: str, start: int) -> int:
    """Return the end of the characters from `start` on that become one each, whatever stands beside them."""
    run = _RUN.match(text, start)
    end = run.end() if run else start
    return end - 1 if start < end < len(text) and unicodedata.combining(text[end]) else end


def _controls(text: str) -> bool:
    """Return whether `text` holds a control character that is no white space."""
    return any(not (c.isprintable() or c.isspace()) for c in text)


def _cluster_end(text: str, start: int) -> int:
    """Return the end of the character at `start` with the marks that combine with it."""
    end = start + 1
    while end < len(text) and end - start < MAX_CLUSTER and unicodedata.combining(text[end]):
        end += 1
    return end


def _fold(cluster: str) -> str:
    """Return the normal form of one character with its marks; "" where nothing can be seen."""
    if cluster.isascii() and cluster.isprintable():
        return cluster
    folded = unicodedata.normalize("NFKC", cluster).translate(_PLAIN)
    bare = "".join(_digit(c) for c in folded if not _is_unseen(c))
    if len(bare) > 1 and _is_latin(bare[0]):  # a stroke through a letter or a digit; accents have composed by now
        return bare[0] + "".join(c for c in bare[1:] if unicodedata.category(c) != _ACCENT)
    return bare


def _is_unseen(c: str) -> bool:
    return c in _UNSEEN or (c != "\n" and unicodedata.category(c) in _UNSEEN_KINDS)


def _is_latin(c: str) -> bool:
    return c.isascii() or unicodedata.name(c, "").startswith("LATIN")


def _digit(c: str) -> str:
    """Return `c`, as 0 to 9 where it is a digit of another script, in a circle, or raised."""
    value = None if c.isascii() else unicodedata.digit(c, None)
    return c if value is None else str(value)


def _latinised(text: str) -> str:
    """Return `text` with Latin lookalikes made Latin in words that hold a Latin letter, a digit or an @."""
    if not _LOOKALIKE.search(text):
        return text
    return _WORD.sub(lambda word: word[0].translate(_LATIN_LIKE) if _LATIN.search(word[0]) else word[0], text)


_USUAL: Final = (range(0x20, 0x250), range(0x2010, 0x2060), range(0x20A0, 0x20C0), range(0x2600, 0x27C0))
_USUAL_EMOJI: Final = range(0x1F300, 0x1FB00)
"""Where the characters stand that chat is made of."""
_ONE_TO_ONE: Final = {
    ord(c): folded
    for c in map(chr, chain(*_USUAL, _USUAL_EMOJI, map(ord, "\t\n\r\v\f\x1c\x1d\x1e")))
    if not unicodedata.combining(c) and len(folded := _fold(c)) == 1
}
"""Usual characters that become one character, by what that is: stretches of them need no look at each."""
_RUN: Final = re.compile(f"[{re.escape(''.join(map(chr, _ONE_TO_ONE)))}]*+")
