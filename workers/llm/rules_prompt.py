"""The rule against giving the prompt away: its own words, or the turn's canary, plain or thinly disguised.

Compared are runs of letters and digits without anything between them, so that spacing, line ends, punctuation and
mark-up disguise nothing; each run also reversed, turned by thirteen letters, and decoded from base64 or hexadecimal.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import functools
import re
from collections.abc import Callable, Iterator
from typing import Final

from workers.llm.draft import Draft
from workers.llm.prompt import INSTRUCTIONS
from workers.llm.rules_phrases import speaks_of_prompt

RUN_WORDS: Final = 8
"""So many words of the prompt in a row are a quotation."""
RUN_CHARS: Final = 30
"""So many letters of it are one too, however they are parted; fewer, and an honest sentence might hold them."""
DECODED_CHARS: Final = 14
"""Enough where the text had to be decoded first: nobody writes base64 by chance."""
CANARY_CHARS: Final = 8
"""Of the canary's hexadecimal digits; fewer could be chance."""

_NO_LETTER: Final = re.compile(r"[^a-z0-9]+")
_WORD: Final = re.compile(r"[^\W_]+")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{20,}")
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2}){14,}")


def prompt_text(draft: Draft) -> bool:
    """Whether the sentence quotes the prompt or the canary, in any of those forms, or speaks about being told."""
    compact = _compact(draft.shown)
    # What is too short to be a quotation by itself may end one that began before.
    fresh = max(0, len(_compact(draft.shown[: draft.shown_start])) - RUN_CHARS + 1)
    forms = [compact[fresh:], compact[fresh:][::-1]]
    forms += [codecs.encode(form, "rot13") for form in forms]
    canary = draft.grounds.canary
    if any(_holds(form, _runs(RUN_CHARS), RUN_CHARS) or _holds_canary(form, canary) for form in forms):
        return True
    if _quotes_words(draft):
        return True
    decoded = [_compact(text) for text in _decoded(draft.shown)]
    if any(_holds(form, _runs(DECODED_CHARS), DECODED_CHARS) or _holds_canary(form, canary) for form in decoded):
        return True
    return speaks_of_prompt(draft)


def _quotes_words(draft: Draft) -> bool:
    """Whether a run of the prompt's words reaches into the sentence."""
    words = _WORD.findall(draft.shown.casefold())
    fresh = max(0, len(_WORD.findall(draft.shown[: draft.shown_start])) - RUN_WORDS + 1)
    runs = (tuple(words[start : start + RUN_WORDS]) for start in range(fresh, len(words) - RUN_WORDS + 1))
    return not _word_runs().isdisjoint(runs)


def _compact(text: str) -> str:
    """Return the letters and digits of `text`, in small letters."""
    return _NO_LETTER.sub("", text.casefold())


def _holds(form: str, runs: frozenset[str], length: int) -> bool:
    """Whether one of `runs`, each of `length`, stands in `form`."""
    return any(form[start : start + length] in runs for start in range(len(form) - length + 1))


def _holds_canary(form: str, canary: str) -> bool:
    """Whether a part of the canary stands in `form`."""
    parts = (canary[start : start + CANARY_CHARS] for start in range(len(canary) - CANARY_CHARS + 1))
    return any(part in form for part in parts)


def _decoded(text: str) -> Iterator[str]:
    """Yield what `text` may be in base64, at any of its four places, and in hexadecimal."""
    joined = re.sub(r"\s+", "", text)
    for run in _BASE64.findall(joined):
        for place in range(4):
            cut = run[place:].replace("-", "+").replace("_", "/")
            yield _bytes(base64.b64decode, cut[: len(cut) // 4 * 4])
    for run in _HEX.findall(joined):
        yield _bytes(bytes.fromhex, run)


def _bytes(decode: Callable[[str], bytes], text: str) -> str:
    """Return what `decode` makes of `text`, as latin-1; "" where it is none."""
    try:
        return decode(text).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""


@functools.cache
def _runs(length: int) -> frozenset[str]:
    """Return every run of `length` letters and digits of the instructions; what a turn fills in parts two of them."""
    compact = [_compact(part) for part in INSTRUCTIONS.split("{language}")]
    return frozenset(part[start : start + length] for part in compact for start in range(len(part) - length + 1))


@functools.cache
def _word_runs() -> frozenset[tuple[str, ...]]:
    """Return every run of `RUN_WORDS` words of the instructions."""
    parts = [_WORD.findall(part.casefold()) for part in INSTRUCTIONS.split("{language}")]
    return frozenset(
        tuple(part[start : start + RUN_WORDS]) for part in parts for start in range(len(part) - RUN_WORDS + 1)
    )
