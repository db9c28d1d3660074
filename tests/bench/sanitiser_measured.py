"""The measurements of the sanitiser's bench: how well each system hides, and how fast."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from schemas.taxonomy import SPOKEN, Language
from tests.bench.sanitiser_process import Process
from tests.bench.sanitiser_systems import System
from tests.corpus.annotated import Message, Part, messages, pairs
from tests.corpus.measures import Rate, Score, rate

LENGTHS: Final = (10, 40, 120)
"""Words of the texts whose times are compared."""
_BLOCK: Final = 50
"""Messages that one system analyses before it is the next one's turn."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A rate with its 95 % Wilson interval."""

    of: str
    """What it is divided by: all, type, language, casing, harm, pairs."""
    part: str
    bad: int
    total: int
    share: float
    low: float
    high: float


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """CPU time of one system, in milliseconds a message."""

    messages_s: float
    """Messages of the corpus a second on one core."""
    p50_ms: dict[int, float]
    """By words of the text."""
    p99_ms: dict[int, float]


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one system."""

    hand_written: list[Row]
    generated: list[Row]
    times: Times
    process: Process


def quality(system: System, part: Part, *, most: int | None = None) -> list[Row]:
    """Return the rates of `system` on the hand-written corpora; `most` messages and pairs a language.

    Raises:
        CorpusFault: The mark-up of a message is wrong.
        OSError: A corpus is missing.
    """
    singles = Score()
    split: list[bool] = []
    tempting: list[bool] = []
    for language in SPOKEN:
        for message in messages(language, part)[:most]:
            singles.add(language, message, system.hidden(message.text, clinic=message.clinic))
        for pair in pairs(language, part)[:most]:
            both = system.pair(pair)
            halves = Score()
            leaked = [halves.add(language, half, gone).leaked for half, gone in zip(pair, both, strict=True)]
            if halves.spans:
                split.append(any(leaked))
            else:
                tempting.append(any(both))
    return [*_rows(singles), _row("pairs", "split", rate(split)), _row("pairs", "tempting", rate(tempting))]


def quality_generated(system: System, rows: Iterable[Message]) -> list[Row]:
    """Return the rates of `system` on generated English messages."""
    score = Score()
    for message in rows:
        score.add(Language.EN, message, system.hidden(message.text, clinic=message.clinic))
    return list(_rows(score))


def times(systems: Mapping[str, System], part: Part, *, texts: int, most: int | None = None) -> dict[str, Times]:
    """Return the times of `systems`, which take turns, so that a noisy second hits all of them.

    Args:
        systems: By name, loaded and warm.
        part: Whose messages they read.
        texts: Texts of each length of `LENGTHS`.
        most: Messages a language.
    """
    corpus = [message for language in SPOKEN for message in messages(language, part)[:most]]
    plain = _timed(systems, [(message.text, message.clinic) for message in corpus])
    by_length = {words: _timed(systems, _of_length(corpus, words, texts)) for words in LENGTHS}
    return {
        name: Times(
            messages_s=1e3 / statistics.fmean(plain[name]),
            p50_ms={words: _percentile(took[name], 50) for words, took in by_length.items()},
            p99_ms={words: _percentile(took[name], 99) for words, took in by_length.items()},
        )
        for name in systems
    }


def _timed(systems: Mapping[str, System], texts: Sequence[tuple[str, str]]) -> dict[str, list[float]]:
    """Return for each system the CPU milliseconds that each of `texts` took it."""
    took: dict[str, list[float]] = {name: [] for name in systems}
    for first in range(0, len(texts), _BLOCK):
        for name, system in systems.items():
            for text, clinic in texts[first : first + _BLOCK]:
                begun = time.process_time_ns()
                system.hidden(text, clinic=clinic)
                took[name].append((time.process_time_ns() - begun) / 1e6)
    return took


def _of_length(corpus: Sequence[Message], words: int, count: int) -> list[tuple[str, str]]:
    """Return `count` texts of so many words, of messages put together, with the clinic of the first."""
    texts: list[tuple[str, str]] = []
    step = max(1, len(corpus) // count)
    for first in range(0, step * count, step):
        text: list[str] = []
        at = first
        while len(text) < words:
            text += corpus[at % len(corpus)].text.split()
            at += 1
        texts.append((" ".join(text[:words]), corpus[first % len(corpus)].clinic))
    return texts


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _rows(score: Score) -> Iterator[Row]:
    yield from (_row(of, part, found) for of, part, found in score.leaks() if found.total)
    yield _row("harm", "keep-words", rate(lost for _, lost in score.kept))
    yield _row("harm", "harmless", rate(touched for _, touched in score.harmless))


def _row(of: str, part: str, found: Rate) -> Row:
    low, high = found.interval
    return Row(of=of, part=part, bad=found.bad, total=found.total, share=found.share, low=low, high=high)
