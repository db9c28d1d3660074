"""Cuts a text that arrives in pieces into sentences: the units in which a model's answer is judged and released.

Where a unit ends depends on the text alone, never on how it was cut on its way: a decision looks at the characters up
to the next sentence's first and at no more, and waits until that one is there.
"""

from __future__ import annotations

import re
from typing import Final

MAX_HELD_CHARS: Final = 400
"""The longest unit, in code points; a sentence beyond it is cut at its last blank."""

_END: Final = re.compile(r"(?P<stop>[.!?…]+)[\"'»”’)\]]*[^\S\n]+(?=(?P<next>\S))|\n")
_LAST_WORD: Final = re.compile(r"(?:^|[\s(«“„‘\"])([^\s(«“„‘\"]*)\Z")
_ORDINAL: Final = re.compile(r"[0-9]{1,2}")

# Without their last full stop. They stand before a name or a number, so that a capital or a digit ends no sentence.
_ABBREVIATIONS: Final = frozenset(
    [
        "dr",
        "drs",
        "prof",
        "ing",
        "ir",
        "mr",
        "mrs",
        "ms",
        "mme",
        "mlle",
        "me",
        "st",
        "ste",
        "approx",
        "no",
        "nos",
        "nr",
        "nrs",
        "vs",
        "incl",
        "excl",
        "min",
        "max",
        "mind",
        "tel",
        "tél",
        "av",
        "bd",
        "bvd",
        "str",
        "ch",
        "ca",
        "bzw",
        "ggf",
        "evtl",
        "inkl",
        "exkl",
        "zzgl",
        "sog",
        "vgl",
        "bijv",
        "bv",
        "vb",
        "resp",
        "mevr",
        "dhr",
        "o.a",
        "o.l.v",
        "t.e.m",
        "t/m",
        "p.ex",
        "ex",
        "env",
        "p.m",
        "a.m",
        "e.g",
        "i.e",
        "z.b",
        "d.h",
        "u.a",
        "v.a",
    ]
)


class Sentences:
    """The units of one text, in order. Feed it to the end, then take the rest."""

    def __init__(self) -> None:
        """Start with nothing held."""
        self._held = ""

    def feed(self, piece: str) -> list[str]:
        """Return the units that `piece` completes; at most `MAX_HELD_CHARS` are held afterwards."""
        self._held += piece
        units: list[str] = []
        while end := _unit_end(self._held):
            units.append(self._held[:end])
            self._held = self._held[end:]
        return units

    def rest(self) -> str:
        """Return and forget what is held: the last unit, at the end of the text."""
        rest, self._held = self._held, ""
        return rest


def _unit_end(text: str) -> int:
    """Return where the first unit of `text` ends; 0 where that cannot be known yet."""
    for match in _END.finditer(text, 0, MAX_HELD_CHARS):
        if match["stop"] is None or _ends(text[: match.end("stop")], match["stop"], match["next"]):
            return match.end()
    if len(text) < MAX_HELD_CHARS:
        return 0
    blank = max(text.rfind(" ", 0, MAX_HELD_CHARS), text.rfind("\t", 0, MAX_HELD_CHARS))
    return blank + 1 if blank > 0 else MAX_HELD_CHARS


def _ends(said: str, stop: str, following: str) -> bool:
    """Whether the stop at the end of `said` ends a sentence; `following` is the next character that is no blank."""
    if stop != ".":
        return not following.islower()
    match = _LAST_WORD.search(said[:-1])
    word = match[1].casefold() if match else ""
    shortened = word in _ABBREVIATIONS or (len(word.rpartition(".")[2]) == 1 and word[-1].isalpha())
    return not (following.islower() or shortened or _ORDINAL.fullmatch(word))
