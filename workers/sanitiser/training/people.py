"""Invented people and places, as they are typed: drawn from the lists by a seeded generator."""
# ruff: noqa: PLR2004  # the share of each form reads best where it is drawn

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import Final

from schemas.taxonomy import Language
from workers.sanitiser.lexicon import given_names, surnames, towns

_TABLES: Final = tomllib.loads(Path(__file__).with_name("streets.toml").read_text("utf-8"))
_PARTICLES: Final[dict[str, list[str]]] = {k: row.split("|") for k, row in _TABLES.pop("particles").items()}
_PARTS: Final[dict[str, list[str]]] = {k: row.split("|") for k, row in _TABLES.items()}
_GLUED: Final = frozenset({"mc", "mac"})
_BRITISH_AREAS: Final = ("sw", "n", "e", "ec", "m", "ls", "bs", "eh", "g", "dn", "cb", "ox")
_BRITISH_LETTERS: Final = "abdefghjlnpqrstuw"
_INITIALS: Final = "abcdefghjklmnprstw"


class Inventor:
    """Draws names, towns and addresses; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  # reproducible training data, no secret
        given = given_names()
        self._known, self._given = sorted(name for name in given if given[name] != "g"), sorted(given)
        self._family, self._towns = sorted(surnames()), sorted(towns())

    def first(self) -> str:
        """Return a first name, folded; now and then one of no list, or a double one."""
        r = self.random
        if r.random() < 0.06:
            return self.coined()
        name = r.choice(self._known if r.random() < 0.7 else self._given)
        return f"{name}-{r.choice(self._known)}" if r.random() < 0.06 else name

    def last(self, language: Language) -> str:
        """Return a surname, folded, some with particles, hyphens, or made up."""
        r = self.random
        name = self.coined() + self._part("endings") if r.random() < 0.12 else r.choice(self._family)
        if r.random() < 0.22:
            particle = r.choice(_PARTICLES[language.value])
            glued = particle.endswith("'") or particle in _GLUED or r.random() < 0.25
            name = f"{particle}{'' if glued else ' '}{name}"
        return f"{name}{r.choice('-- ')}{r.choice(self._family)}" if r.random() < 0.1 else name

    def full(self, language: Language) -> str:
        """Return a first name and a surname, as people write them: initials, order and all."""
        r, first, last = self.random, self.first(), self.last(language)
        forms = {
            f"{first} {last}": 66,
            f"{last} {first}": 8,
            f"{first[0]}{r.choice(('.', '. ', ' '))}{last}": 6,
            f"{first} {last[0]}{r.choice(('', '.'))}": 6,
            f"{first} {self.first()} {last}": 6,
            f"{last} {first[0]}.": 3,
            f"{first} {r.choice(_INITIALS)}. {last}": 5,
        }
        return r.choices(list(forms), list(forms.values()))[0]

    def coined(self) -> str:
        """Return a name that no list holds."""
        r = self.random
        syllables = range(r.choice((1, 2, 2, 2, 3)))
        made = (self._part("onsets") + r.choice("aeiou") + (self._part("codas") if i else "") for i in syllables)
        return "".join(made) + r.choice(("", "a", "e", "i", "o", "en", "n", "k"))

    def town(self) -> str:
        """Return a town, folded; now and then misspelt."""
        town = self.random.choice(self._towns)
        if self.random.random() < 0.5:
            town = town.replace(" ", "-")
        return self.misspelt(town) if self.random.random() < 0.08 else town

    def misspelt(self, word: str) -> str:
        """Return `word` with one letter doubled, dropped, swapped or changed."""
        r = self.random
        if len(word) < 4:
            return word
        i = r.randrange(1, len(word) - 1)
        slips = (
            word[:i] + word[i] + word[i:],
            word[:i] + word[i + 1 :],
            word[:i] + word[i + 1] + word[i] + word[i + 2 :],
            word[:i] + r.choice("aeiourstn") + word[i + 1 :],
        )
        return r.choice(slips)

    def street(self, language: Language) -> str:
        """Return a street without its number."""
        r = self.random
        if language is Language.FR:
            of = self._part("of_fr")
            name = r.choice((*_PARTS["names_fr"], self.last(language), self.full(language), self.town()))
            return f"{self._part('kinds_fr')} {of}{'' if not of or of.endswith(("'", '-')) else ' '}{name}"
        if language is Language.EN:
            return f"{r.choice((*_PARTS['names_en'], self.last(language)))} {self._part('kinds_en')}"
        head, tail = self._part(f"heads_{language.value}"), self._part(f"tails_{language.value}")
        if r.random() < 0.3:
            return f"{self.last(language)}{r.choice(('', '-', ' '))}{tail}"
        if r.random() < 0.15:
            return f"{self._part(f'before_{language.value}')} {head}{r.choice(('', tail))}"
        return head + tail

    def postcode(self, language: Language) -> str:
        """Return a postcode of one of the language's countries."""
        r = self.random
        short, long = str(r.randrange(1000, 9999)), f"{r.randrange(1000, 99999):05}"
        letters = "".join(r.choice(_BRITISH_LETTERS) for _ in range(2))
        forms = {
            Language.FR: (short, long, f"L-{short}"),
            Language.NL: (short, short + letters, f"{short} {letters}"),
            Language.DE: (short, long, f"D-{long}"),
        }
        british = f"{r.choice(_BRITISH_AREAS)}{r.randrange(1, 20)} {r.randrange(1, 9)}{letters}"
        return r.choice(forms.get(language, (short, british)))

    def address(self, language: Language) -> str:
        """Return a street with its number, most with box, postcode or town, in the order of the language."""
        r, line = self.random, self._line(language)
        roll = r.random()
        if roll < 0.3:
            return line
        place = f"{self.postcode(language)} {self.town()}" if roll < 0.6 else self.town()
        if r.random() < 0.15:
            return f"{place}{r.choice((', ', ' '))}{line}"
        word = {Language.FR: " à ", Language.EN: ", "}.get(language, " in ")
        return f"{line}{r.choice((', ', ', ', ' ', ' - ', word))}{place}"

    def _line(self, language: Language) -> str:
        r, street, box = self.random, self.street(language), self._part("boxes")
        number = f"{r.randrange(1, 400)}{r.choice(('', '', '', '', 'a', 'b', ' bis', ' ter'))}"
        if language is Language.EN:
            return f"{r.choice(('', '', '', 'flat 3, ', 'apt 12, ', 'flat 2b '))}{number} {street}"
        if language is Language.FR and r.random() < 0.55:
            return f"{number}{r.choice((' ', ' ', ', '))}{street}{box}"
        return f"{street} {r.choice(('', '', '', '', 'nr ', 'n° '))}{number}{box}"

    def _part(self, name: str) -> str:
        return self.random.choice(_PARTS[name])
