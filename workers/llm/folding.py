"""Texts as the rules for outgoing answers read them: one spelling of every sign, and a folded form for words."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—−⁃", "-"),
        **dict.fromkeys("’‘‛ʼ´`", "'"),
        **dict.fromkeys("“”„«»‟", '"'),
        "\u2028": "\n",
        "\u2029": "\n",
        "⁄": "/",
        "∕": "/",
        "․": ".",
        "。": ".",
        **dict.fromkeys("⋅・·•∙｡", "."),
    }
)
_BLANKS: Final = re.compile(r"[^\S\n]+")


def plain(text: str) -> str:
    """Return `text` with compatible signs made equal (full-width digits, dashes, quotes, kinds of blanks).

    For judging only; what goes out is what the model wrote.
    """
    shown = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return _BLANKS.sub(" ", shown.translate(_SIGNS))


def folded(text: str) -> str:
    """Return `text`, already plain, in small letters and without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
