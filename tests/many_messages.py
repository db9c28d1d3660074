"""A sanitiser's engine that reads very many messages, each once: run as a process of its own.

`python -m tests.many_messages EARLY ALL` writes "EARLY" and, later, "ALL" when so many messages are read, and waits for
a line each time; then it keeps messages, which is the leak that a test must see, writes "KEPT", and waits again.
"""

from __future__ import annotations

import sys

from deploy.weights import weights
from schemas.raw import RawTurn
from schemas.taxonomy import Language
from workers.sanitiser.engine import Engine
from workers.sanitiser.handler import sanitise
from workers.sanitiser.keep import keep_words

CANARIES = 50
"""The first messages hold one each."""
KEPT, KEPT_CHARS = 1_500, 8_000
"""Messages that are kept at the end, and to how many characters each is padded."""
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in ("a", "e", "i", "o", "u", "ee", "oo")]
_LINES = (
    "hi im {name}",
    "{number} pls",
    "what does {word} cost",
    "{name} here, {word}?",
    "mail {word}@{word}.be",
    "j'habite à {name}",
    "ik ben {name}, {number}",
    "ist {word} gut?",
)


_SPREAD = 7_654_321
"""Shares no divisor with what it is reduced by, so that neighbours are far apart and none comes twice."""


def canary(number: int) -> str:
    """Return a name that nobody has, made here so that no program text and no other process holds it."""
    return "Zq" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:03d}") + "vx"


def message(number: int) -> str:
    """Return message `number`: a name, a number or a word that no other of a million messages has."""
    line = _LINES[number % len(_LINES)].format(
        name=_word(number).capitalize(), word=_word(number), number=f"04{number * _SPREAD % 10**8:08d}"
    )
    return f"my name is {canary(number)}, {line}" if number < CANARIES else line


def _word(number: int) -> str:
    """Return a word of four syllables, a different one for each number."""
    rest = number * _SPREAD % len(_SYLLABLES) ** 4
    syllables: list[str] = []
    for _ in range(4):
        rest, syllable = divmod(rest, len(_SYLLABLES))
        syllables.append(_SYLLABLES[syllable])
    return "".join(syllables)


class Reader:
    """One engine, as the worker has it."""

    def __init__(self) -> None:
        self._engine, self._keep = Engine.load(weights()), keep_words(None)

    def read(self, text: str) -> str:
        """Return `text` as the worker hands it on."""
        turn = RawTurn(
            turn_id="t", clinic="c", language=Language.EN, text=text, history=(), reply_key=bytes(32), budget_ms=1
        )
        return sanitise(turn, engine=self._engine, keep=self._keep)[1].text


def main(early: int, total: int) -> None:
    """Read `total` messages; stop after `early` of them, at the end, and when some have been kept."""
    reader = Reader()
    for number in range(total):
        clean = reader.read(message(number))
        if number < CANARIES and canary(number) in clean:
            sys.exit("a canary was not hidden")
        if number + 1 in {early, total}:
            _stop("EARLY" if number + 1 == early else "ALL")
    kept = [message(number).ljust(KEPT_CHARS) for number in range(KEPT)]
    _stop("KEPT")
    kept.clear()


def _stop(said: str) -> None:
    print(said, flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
