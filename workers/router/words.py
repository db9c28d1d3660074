"""Text made comparable: lower case, no accents, no punctuation, the chat's shorthand written out.

Everything that the router compares, phrases of the lexicon as well as messages, goes through `words`,
so both sides are folded alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

type Words = tuple[str, ...]

LETTERS: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
"""Letters that Unicode does not decompose."""
DIGRAPHS: Final[Mapping[str, str]] = {"ä": "ae", "ö": "oe", "ü": "ue"}
"""How a keyboard without umlauts writes them."""

PLAIN: Final[Mapping[str, str]] = {"ä": "a", "ö": "o", "ü": "u"}
"""What is left of an umlaut when accents are folded."""

_PLACEHOLDER = re.compile(r"\[[a-z ]{2,20} hidden\]", re.IGNORECASE)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_TOKEN = re.compile(r"[^\W_]+")


def words(text: str) -> Words:
    """Return the comparable words of `text`; placeholders of hidden data are left out.

    >>> words("C'est combien l'Épilation ??")
    ('c', 'est', 'combien', 'l', 'epilation')
    """
    plain = _PLACEHOLDER.sub(" ", text.casefold()).translate(LETTERS)
    decomposed = unicodedata.normalize("NFKD", plain)
    folded = "".join(c for c in decomposed if not unicodedata.combining(c))
    return tuple(_tokens(_STRETCHED.sub(r"\1", folded)))


def words_but_introductions(text: str, introductions: Collection[str]) -> Words:
    """Return the words of `text` without those that only lead to a placeholder of hidden data.

    >>> words_but_introductions("hi, mail [email hidden], how much?", {"mail"})
    ('hi', 'how', 'much')
    """
    *before, last = _PLACEHOLDER.split(text)
    kept: list[str] = []
    for piece in before:
        said = list(words(piece))
        while said and said[-1] in introductions:
            said.pop()
        kept += said
    return (*kept, *words(last))


def digraph_forms(text: str) -> dict[str, str]:
    """Return, for each word of `text` with an umlaut, its spelling with a digraph and its folded one.

    >>> digraph_forms("geöffnet für")
    {'geoeffnet': 'geoffnet', 'fuer': 'fur'}
    """
    forms: dict[str, str] = {}
    for word in _tokens(text.casefold()):
        spelled = "".join(DIGRAPHS.get(c, c) for c in word)
        if spelled != word:
            forms["".join(words(spelled))] = "".join(words(word))
    return forms


def write_out(message: Sequence[str], spellings: Mapping[str, Words]) -> Words:
    """Return `message` with each shorthand of `spellings` replaced by its full words.

    A shorthand that is followed by the rest of its own full form stays: "c est" is not "c est est".
    """
    out: list[str] = []
    for i, word in enumerate(message):
        full = spellings.get(word, (word,))
        rest = tuple(message[i + 1 : i + len(full)])
        out.extend((word,) if len(full) > 1 and full[0] == word and full[1:] == rest else full)
    return tuple(out)


def without_digraphs(word: str) -> str:
    """Return `word` with ae, oe and ue as the plain letters that remain of umlauts: "oeffnen" is "offnen"."""
    for letter, digraph in DIGRAPHS.items():
        word = word.replace(digraph, PLAIN[letter])
    return word


def pieces(word: str, lengths: Sequence[int]) -> Iterator[str]:
    """Yield the pieces of `word` of the given lengths, its edges marked.

    >>> list(pieces("lip", [4]))
    ['_lip', 'lip_']
    """
    marked = f"_{word}_"
    return (marked[i : i + n] for n in lengths for i in range(len(marked) - n + 1))


def _tokens(text: str) -> list[str]:
    """Return the runs of letters and digits in `text`."""
    return [str(found.group()) for found in _TOKEN.finditer(text)]
