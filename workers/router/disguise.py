"""What a message says under its disguises: look-alike letters, codes, text spelled out, reversed or wrapped in mark-up.

Every reading that differs from the plain one is judged as if the visitor had typed it. Pure; what can not be undone
into known words is left alone, so that a voucher code stays a voucher code.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote

from workers.router.words import words

ALIKE: Final = str.maketrans(
    "аеорсухіјѕһԁԛԝѵкмтнвАВЕКМНОРСТХІЈЅУαοερτικνυηωχΑΒΕΗΙΚΜΝΟΡΤΥΧɑɡıℓ",
    "aeopcyxijshdqwvkmthbABEKMHOPCTXIJSYaoeptiknunwxABEHIKMNOPTYXagil",
)
"""Cyrillic, Greek and other letters, and the Latin ones for which they pass."""
LEET: Final = str.maketrans("013457@$!|", "oieastasil")
MIN_SPELLED: Final = 5
"""Single letters in a row that are a word spelled out."""
LONGEST: Final = 16
"""Letters of the longest word that is looked for in a run of them."""
KNOWN_SHARE: Final = 0.5
"""Share of known words from which a reading is language."""
MIN_WORDS: Final = 3
"""Words of a message that may be written backwards or shifted."""
MAX_CHARS: Final = 2_000
"""Of a message, up to which codes in it are undone."""

_INVISIBLE: Final = frozenset({"Cf", "Mn", "Me"})
_CODE: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX: Final = re.compile(r"(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[\s:,]{0,2}){8,}")
_BITS: Final = re.compile(r"(?:[01]{8}\s?){4,}")
_ESCAPES: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_LEETED: Final = re.compile(r"(?<!\w)(?=\w*[^\W\d])[\w@$!|]*[013457@$!|][\w@$!|]*", re.UNICODE)
_SPELLED: Final = re.compile(rf"(?<!\w)(?:[^\W\d_][\s._*\-]{{1,4}}){{{MIN_SPELLED - 1},}}[^\W\d_](?!\w)")
_MARKS: Final = re.compile(
    r"</?\s*\|?\s*(?:system|sys|user|assistant|admin|inst|im_start|im_end|prompt|instructions?|developer|override)\b[^>]{0,40}>"
    r"|\[/?(?:inst|system|sys|admin|developer|assistant|override)[^\]]{0,30}\]"
    r"|^\s*(?:#{2,}|={3,}|-{3,}|\*{3,})\s*\w|(?:#{3,}|\"\"\"|```|<<<|>>>|\{\{)"
    r"|(?:^|\n)\s*(?:system|syst[eè]me?|systeem|assistant|assistent|user|utilisateur|gebruiker|nutzer|human|bot|admin|developer)\s*:",
    re.IGNORECASE,
)


class View(NamedTuple):
    """One reading of a message, and the disguise that was taken off for it ("" = none)."""

    text: str
    disguise: str

    def __repr__(self) -> str:
        """Return the type's name only: chat text must not end in logs."""
        return "<View>"


def views(text: str, *, known: Collection[str]) -> tuple[View, ...]:
    """Return the readings of `text`, the plain one first.

    Args:
        text: The clean message.
        known: Folded words of the languages spoken here, by which a decoded text shows itself as language.
    """
    bare = _bare(text)
    found = {bare: "letters" if _changed(text, bare) else ""}
    for disguise, uncover in _DISGUISES:
        for reading in uncover(bare, known):
            found.setdefault(reading, disguise)
    return tuple(View(reading, disguise) for reading, disguise in found.items())


def marked_up(text: str) -> bool:
    """Return whether `text` holds tags or labels that imitate the frame of a conversation."""
    return _MARKS.search(text) is not None


def _bare(text: str) -> str:
    """Return `text` without invisible characters, its look-alike letters made Latin."""
    plain = html.unescape(_ESCAPES.sub(lambda found: chr(int(found[1], 16)), text))
    composed = unicodedata.normalize("NFC", plain)
    visible = "".join(c for c in composed if unicodedata.category(c) not in _INVISIBLE)
    return unicodedata.normalize("NFKC", visible).translate(ALIKE)


def _changed(text: str, bare: str) -> bool:
    """Return whether other words stand in `bare` than a reader without tools would find in `text`."""
    return words(text) != words(bare)


def _leet(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield `text` with the digits in its words read as letters, where that makes known words."""
    plain = _LEETED.sub(lambda found: found[0].casefold().translate(LEET), text)
    if plain != text and sum(word in known for word in words(plain)) > sum(word in known for word in words(text)):
        yield plain


def _spelled(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield `text` with words that are spelled out letter by letter joined."""
    plain = _SPELLED.sub(lambda found: f" {_joined(found[0], known)} ", text)
    if plain != text:
        yield plain


def _joined(spelled: str, known: Collection[str]) -> str:
    """Return the words of a run of single letters; wider gaps stand between words, known words show themselves."""
    runs = [re.sub(r"[\W_]", "", run).casefold() for run in re.split(r"\s{2,}", spelled)]
    return " ".join(runs) if len(runs) > 1 else _cut(runs[0], known)


def _cut(letters: str, known: Collection[str]) -> str:
    """Return `letters` cut into the fewest known words, other letters counting dear."""
    best: list[tuple[float, str]] = [(0.0, "")]
    for end in range(1, len(letters) + 1):
        ways = [(best[end - 1][0] + 2.0, best[end - 1][1] + letters[end - 1])]
        starts = (start for start in range(max(0, end - LONGEST), end - 1) if letters[start:end] in known)
        ways += [(best[start][0] + 1.0, f"{best[start][1]} {letters[start:end]} ") for start in starts]
        best.append(min(ways))
    return best[-1][1]


def _backwards(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield `text` read backwards, as a whole and word by word, where that is language and `text` is not."""
    if not _language(text, known):
        yield from (t for t in (text[::-1], " ".join(w[::-1] for w in text.split())) if _language(t, known))


def _shifted(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield `text` with its letters shifted by thirteen, where that is language and `text` is not."""
    if not _language(text, known) and _language(shifted := codecs.encode(text, "rot13"), known):
        yield shifted


def _coded(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield what long runs of base64, hexadecimal digits or bits in `text` say."""
    if len(text) > MAX_CHARS:
        return
    for pattern, decode in _CODES:
        for run in pattern.findall(text):
            said = decode(run)
            if said and _language(said, known, least=1):
                yield said
    if (unquoted := unquote(text)) != text:
        yield unquoted


def _base64(run: str) -> str:
    """Return the text that `run` encodes, "" for none."""
    digits = run.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _hex(run: str) -> str:
    """Return the text whose bytes `run` lists in hexadecimal, "" for none."""
    digits = re.sub(r"0x|\\x|[^0-9a-fA-F]", "", run)
    try:
        return bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _bits(run: str) -> str:
    """Return the text whose bits `run` lists, "" for none."""
    digits = re.sub(r"\s", "", run)
    eights = (digits[i : i + 8] for i in range(0, len(digits) // 8 * 8, 8))
    try:
        return bytes(int(eight, 2) for eight in eights).decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _language(text: str, known: Collection[str], *, least: int = MIN_WORDS) -> bool:
    """Return whether `text` is made of known words, `least` of them and most of all."""
    said = words(text)
    hits = sum(word in known for word in said)
    return hits >= least and hits >= KNOWN_SHARE * len(said)


_CODES: Final[tuple[tuple[re.Pattern[str], Callable[[str], str]], ...]] = (
    (_CODE, _base64),
    (_HEX, _hex),
    (_BITS, _bits),
)
_DISGUISES: Final[tuple[tuple[str, Callable[[str, Collection[str]], Iterator[str]]], ...]] = (
    ("digits for letters", _leet),
    ("spelled out", _spelled),
    ("backwards", _backwards),
    ("shifted letters", _shifted),
    ("code", _coded),
)
