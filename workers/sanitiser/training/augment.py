"""New messages from marked ones: other people, other places, other fingers."""
# ruff: noqa: PLR2004, SIM905  # the share of each form reads best where it is drawn; short lists, as one string

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from schemas.taxonomy import Language
from workers.sanitiser.features import tokens_of
from workers.sanitiser.lexicon import cue_classes, fold, given_names, surnames
from workers.sanitiser.training.corpus import Part
from workers.sanitiser.training.people import Inventor

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def renamed(parts: Sequence[Part], language: Language, inventor: Inventor) -> list[Part]:
    """Return `parts` with every name and place replaced by an invented one of its kind, written the same way."""
    made: list[Part] = []
    before = ""
    for part in parts:
        if part.kind == "name":
            made.append(Part("name", like(part.text, _other_name(part.text, before, language, inventor))))
        elif part.kind == "location":
            made.append(Part("location", like(part.text, _other_place(part.text, language, inventor))))
        else:
            made.append(part)
        before = part.text
    return made


def _other_name(name: str, before: str, language: Language, inventor: Inventor) -> str:
    words = [token.folded for token in tokens_of(name) if token.text[0].isalpha()]
    if len(words) > 1:
        return inventor.full(language) if "-" not in name or " " in name else f"{inventor.first()}-{inventor.first()}"
    said = [token.folded for token in tokens_of(before) if token.text != "."]
    titled = bool(said) and cue_classes().get(said[-1]) == "title"
    only = words[0] if words else ""
    if titled or (only in surnames() and only not in given_names()):
        return inventor.last(language)
    return inventor.first()


def _other_place(place: str, language: Language, inventor: Inventor) -> str:
    digits = sum(c.isdigit() for c in place)
    letters = sum(c.isalpha() for c in place)
    if not digits:
        return inventor.town()
    if not letters:
        return inventor.postcode(language)
    if digits >= 4 and letters < 16 and place[:4].isdigit():
        return f"{inventor.postcode(language)} {inventor.town()}"
    return inventor.address(language)


def like(model: str, text: str) -> str:
    """Return folded or mixed `text` in the casing of `model`."""
    if model.isupper() and len(model) > 1:
        return text.upper()
    if any(c.isupper() for c in model):
        return "".join(c.upper() if i == 0 or not text[i - 1].isalpha() else c for i, c in enumerate(text))
    return text.lower()


def retyped(parts: Sequence[Part], inventor: Inventor) -> list[Part]:
    """Return `parts` as somebody else would have typed them: without capitals, accents, with slips of the finger."""
    r = inventor.random
    lower, plain, loud = r.random() < 0.35, r.random() < 0.25, r.random() < 0.03
    slips = r.choice((0.0, 0.0, 0.01, 0.03))
    bare = r.random() < 0.15
    made: list[Part] = []
    for kind, original in parts:
        text = original.lower() if lower else original.upper() if loud else original
        if plain:
            text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        if slips:
            text = _slipped(text, slips, inventor)
        if bare:
            text = text.replace(",", "").replace("'", r.choice(("", " ", "'")))
        made.append(Part(kind, text))
    return [part for part in made if part.text]


def _slipped(text: str, rate: float, inventor: Inventor) -> str:
    r = inventor.random
    out: list[str] = []
    for c in text:
        if c.isalpha() and r.random() < rate:
            out.append(r.choice(("", c + c, r.choice(_LETTERS), c.lower())))
        else:
            out.append(c)
    return "".join(out)


def lists_forgotten(parts: Sequence[Part], share: float, inventor: Inventor) -> frozenset[str]:
    """Return words of the names and places in `parts` that the tagger shall not find in its lists this time."""
    words = {
        fold(token.text)
        for part in parts
        if part.kind in {"name", "location"}
        for token in tokens_of(part.text)
        if token.text[0].isalpha()
    }
    return frozenset(word for word in sorted(words) if inventor.random.random() < share)


def introduced(parts: Sequence[Part], language: Language, inventor: Inventor) -> list[Part]:
    """Return `parts` with a person put in where one may stand: at the start, at the end, after "my sister", "Dr"."""
    r = inventor.random
    name = inventor.first() if r.random() < 0.55 else inventor.full(language)
    shown = Part("name", like("X" if r.random() < 0.4 else "x", name))
    for at, part in enumerate(parts):
        if part.kind:
            continue
        tokens = tokens_of(part.text)
        places = [
            i
            for i, token in enumerate(tokens)
            if cue_classes().get(token.folded) == "kin" and i + 1 < len(tokens) and tokens[i + 1].text[0].isalpha()
        ]
        if places and r.random() < 0.7:
            cut = tokens[r.choice(places)].end
            before, after = part.text[:cut] + " ", part.text[cut:]
            return [*parts[:at], Part("", before), shown, Part("", after), *parts[at + 1 :]]
    if r.random() < 0.5:
        opening = r.choice(_OPENINGS)
        head = parts[0]._replace(text=" " + parts[0].text) if parts else Part("", "")
        return [Part("", opening), shown, Part("", r.choice(_AFTER)), head, *parts[1:]]
    return [*parts, Part("", r.choice(_ENDS)), shown, Part("", r.choice(("", "", ".", " x", "!", " 🙏", " 😊")))]


_OPENINGS: Final = "|||hi |hoi |hallo, |Bonjour, |moin |its |c |met |hier |ici |dag, |re, ".split("|")
_AFTER: Final = " hier,| here,| ici,|,|.| again.| nochmal,| weer,| encore,|:| -|\n|?| 👋".split("|")
_ENDS: Final = (
    "\n|\n| |, |. | - |. gr | lg |. merci, |. thanks | mvg |\ngroetjes |\nLG |\nbises, | x |. x |. bisous |\n\n"
).split("|")
