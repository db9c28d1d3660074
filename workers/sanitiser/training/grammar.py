"""Chat messages of a small grammar, one file a language in `grammar/`: what visitors type, with invented people."""
# ruff: noqa: PLR2004  # the share of each form reads best where it is drawn

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from schemas.taxonomy import Language
from schemas.treatments import treatments
from workers.sanitiser.lexicon import famous
from workers.sanitiser.training.augment import like
from workers.sanitiser.training.corpus import Part
from workers.sanitiser.training.people import Inventor

_FILES: Final = Path(__file__).with_name("grammar")
_CHOICE: Final = re.compile(r"\[([^\[\]]*)\]")
_SLOT: Final = re.compile(r"(?<![\w'’])(F|L|N|P|T|A|S|Z|t|celeb|m|d|b|x|p|n|€|day|time|tel|mail)(?![\w’]|'[^s])")
_WORDS: Final[dict[str, dict[str, str]]] = tomllib.loads(Path(__file__).with_name("slots.toml").read_text("utf-8"))
_NAMES, _PLACES, _OTHERS = frozenset("FLNP"), frozenset("TASZ"), frozenset({"t", "celeb"})
_PHONES: Final = ("04{:02} {:02} {:02} {:02}", "06{:02}{:02}{:02}{:02}", "0{:02}{:02}/{:02} {:02}")
_PRICES: Final = ("€{}", "{} euro", "{}€", "{},-", "{}")
_TIMES: Final = ("{}h", "{}:30", "{}u", "{} uhr", "{}pm", "{}h30")
_HOSTS: Final = ("gmail.com", "telenet.be", "gmx.de", "orange.fr")


def sentences(language: Language, inventor: Inventor) -> Iterator[list[Part]]:
    """Yield messages without end, each a list of marked and unmarked pieces."""
    lines = (_FILES / f"{language.value}.txt").read_text("utf-8").splitlines()
    rules = [line.replace("\\n", "\n") for line in lines if line and not line.startswith("#")]
    fill = _filler(language, inventor)
    while True:
        yield _expanded(inventor.random.choice(rules), fill, inventor)


def _expanded(rule: str, fill: Callable[[str], Part], inventor: Inventor) -> list[Part]:
    while _CHOICE.search(rule):
        rule = _CHOICE.sub(lambda hit: inventor.random.choice(hit[1].split("|")), rule)
    rule = rule.strip(" ,")
    parts: list[Part] = []
    done = 0
    for hit in _SLOT.finditer(rule):
        parts += (Part("", rule[done : hit.start()]), fill(hit[1]))
        done = hit.end()
    parts.append(Part("", rule[done:]))
    return [part for part in parts if part.text]


def _filler(language: Language, inventor: Inventor) -> Callable[[str], Part]:
    """Return what makes the text of a slot, marked as what it is."""
    makers = _people(language, inventor) | _things(language, inventor)
    r = inventor.random

    def fill(slot: str) -> Part:
        text = makers[slot]()
        if slot in _NAMES | _PLACES | _OTHERS:
            text = like("X" if r.random() < 0.5 else "x", text)
        kind = "name" if slot in _NAMES else "location" if slot in _PLACES else ""
        return Part(kind, text)

    return fill


def _people(language: Language, inventor: Inventor) -> dict[str, Callable[[], str]]:
    r = inventor.random
    return {
        "F": inventor.first,
        "L": lambda: inventor.last(language),
        "N": lambda: inventor.full(language),
        "P": lambda: inventor.first() if r.random() < 0.43 else inventor.full(language),
        "T": inventor.town,
        "A": lambda: inventor.address(language),
        "S": lambda: inventor.street(language),
        "Z": lambda: f"{inventor.postcode(language)}{f' {inventor.town()}' if r.random() < 0.7 else ''}",
    }


def _things(language: Language, inventor: Inventor) -> dict[str, Callable[[], str]]:
    r = inventor.random
    brands = sorted({brand for row in treatments().values() for brand in row.brands})
    named = sorted({name for row in treatments().values() for name in row.names[language]})
    stars = sorted(famous())
    words = {slot: row.get(language.value, row.get("all", "")).split("|") for slot, row in _WORDS.items()}
    makers: dict[str, Callable[[], str]] = {
        "t": inventor.town,
        "celeb": lambda: r.choice(stars),
        "b": lambda: r.choice(brands),
        "x": lambda: r.choice((*named, *brands, "botox", "filler", "laser", "peeling")),
        "n": lambda: str(r.randrange(2, 80)),
        "€": lambda: r.choice(_PRICES).format(r.randrange(4, 240) * 10),
        "time": lambda: r.choice(_TIMES).format(r.randrange(8, 19)),
        "tel": lambda: r.choice(_PHONES).format(*(r.randrange(10, 99) for _ in range(4))),
        "mail": lambda: f"{inventor.first()}.{inventor.coined()}@{r.choice(_HOSTS)}",
    }
    return makers | {slot: functools.partial(r.choice, row) for slot, row in words.items()}
