"""How much the sanitiser hides of the hand-written corpora, and what it hides that it should not.

    python -m tests.corpus.score --part dev --language fr --errors
    python -m tests.corpus.score --part test

Messages go through the engine as in production: the clinic's own words kept, the language heard with the clinic's
first language as the hint; the second message of a pair with the first, redacted, as its history. `--errors` lists
what went wrong, of the dev part only: whoever has read a message of the test part can no longer be measured by it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from schemas.taxonomy import SPOKEN, Entity, Language
from tests.corpus.annotated import PII, CorpusFault, Message, Pair, Part, messages, pairs
from tests.corpus.measures import Hidden, Judged, Rate, Score, rate
from tests.corpus.ours import Ours
from workers.sanitiser.redact import redact


class Mishap(NamedTuple):
    """A message of the dev part that did not come out as marked."""

    language: Language
    message: Message
    redacted: str
    judged: Judged
    beside: str = ""


class Scored(NamedTuple):
    """A part of the corpora, measured."""

    singles: Score
    halves: Score
    """Each message of a pair, after both turns."""
    split: list[bool]
    """For each pair with personal data: whether any of it is left in either half."""
    tempting: list[bool]
    """For each pair without: whether anything was hidden."""
    took_ms: list[float]
    """Each single message: hearing the language, analysis and redaction."""
    mishaps: list[Mishap]


def score(
    ours: Ours, part: Part, languages: Iterable[Language], *, only: Entity | None = None, folder: Path = PII
) -> Scored:
    """Return how the engine fares on a part of the corpora in `folder`; `only` counts the leaks of one type.

    Raises:
        CorpusFault: The mark-up of a message is wrong.
        OSError: A corpus is missing.
    """
    scored = Scored(Score(), Score(), [], [], [], [])
    for language in languages:
        for message in messages(language, part, folder=folder):
            _single(scored, ours, language, message, only=only)
        for pair in pairs(language, part, folder=folder):
            _pair(scored, ours, language, pair, only=only)
    return scored


def _single(scored: Scored, ours: Ours, language: Language, message: Message, *, only: Entity | None) -> None:
    begun = time.perf_counter()
    found = ours.analyse(message.text, clinic=message.clinic)
    redacted = redact(message.text, found)
    scored.took_ms.append((time.perf_counter() - begun) * 1e3)
    judged = scored.singles.add(language, message, [(f.start, f.end) for f in found], only=only)
    scored.mishaps.extend(_mishap(language, message, redacted, judged, only=only))


def _pair(scored: Scored, ours: Ours, language: Language, pair: Pair, *, only: Entity | None) -> None:
    both = ours.pair(pair)
    seen = [scored.halves.add(language, half, gone, only=only) for half, gone in zip(pair, both, strict=True)]
    personal = [mark.entity for half in pair for mark in half.spans]
    if not personal:
        scored.tempting.append(any(both))
    elif only is None or only in personal:
        scored.split.append(any(only in {None, mark.entity} for judged in seen for mark in judged.leaked))
    for i, half in enumerate(pair):
        beside = f"{'before' if i else 'then'}: {pair[1 - i].text}"
        shown = _shown(half.text, both[i])
        scored.mishaps.extend(_mishap(language, half, shown, seen[i], only=only, beside=beside))


def _mishap(
    language: Language, message: Message, redacted: str, judged: Judged, *, only: Entity | None, beside: str = ""
) -> Iterator[Mishap]:
    leaked = tuple(mark for mark in judged.leaked if only in {None, mark.entity})
    if leaked or (only is None and (judged.lost or judged.beyond)):
        yield Mishap(language, message, redacted, judged._replace(leaked=leaked), beside)


def _shown(text: str, hidden: Hidden) -> str:
    for start, end in sorted(hidden, reverse=True):
        text = f"{text[:start]}[…]{text[end:]}"
    return text


def report(scored: Scored) -> Iterator[str]:
    """Yield the lines of the aggregate report: rates with 95 % Wilson intervals, no text of any message."""
    yield "personal spans with an identifying character left"
    yield from (_row(f"{part}", found) for _, part, found in scored.singles.leaks() if found.total)
    yield "over-redaction"
    yield from _harm(scored.singles)
    yield "pairs"
    yield _row("pairs with any split data left", rate(scored.split))
    yield from (_row(f"halves: {part}", found) for _, part, found in scored.halves.leaks() if found.total)
    yield _row("tempting pairs touched", rate(scored.tempting))
    yield _row("keep-words lost", rate(lost for _, lost in scored.halves.kept))
    hundredths = statistics.quantiles(scored.took_ms, n=100)
    yield (
        f"ms/message: mean {statistics.fmean(scored.took_ms):.2f}, p50 {hundredths[49]:.2f}, p99 {hundredths[98]:.2f}, "
        f"max {max(scored.took_ms):.2f}"
    )


def _harm(singles: Score) -> Iterator[str]:
    yield _row("keep-words lost", rate(lost for _, lost in singles.kept))
    yield _row("harmless messages touched", rate(touched for _, touched in singles.harmless))
    for language in dict.fromkeys(language for language, _ in singles.harmless):
        yield _row(f"  keep-words lost, {language}", rate(lost for k, lost in singles.kept if k is language))
        yield _row(f"  harmless touched, {language}", rate(bad for k, bad in singles.harmless if k is language))
    yield _row("other messages: more than the marked went", rate(singles.beyond))


def _row(what: str, found: Rate) -> str:
    low, high = found.interval
    shares = f"{found.share:7.2%}  ({low:.2%} - {high:.2%})"
    return f"  {what:<42} {found.bad:>5} /{found.total:>5}  {shares}"


def errors(mishaps: Iterable[Mishap]) -> Iterator[str]:
    """Yield each mishap: where, what leaked, what was lost, what else went, and the message before and after."""
    for language, message, redacted, judged, beside in mishaps:
        text = message.text
        yield f"\n{language}:{message.line} [{message.clinic}]  {text!r}"
        yield f"    -> {redacted!r}"
        if beside:
            yield f"    {beside!r}"
        for mark in judged.leaked:
            yield f"    LEAKED {mark.entity}: {text[mark.start : mark.end]!r}"
        for mark in judged.lost:
            yield f"    LOST {text[mark.start : mark.end]!r}"
        if judged.beyond:
            yield f"    BEYOND {' '.join(judged.beyond)!r}"


@click.command()
@click.option("--part", type=click.Choice(["dev", "test"]), required=True)
@click.option(
    "--language", "chosen", type=click.Choice([k.value for k in SPOKEN]), multiple=True, help="All by default."
)
@click.option("--type", "only", type=click.Choice([e.value for e in Entity]), help="Count the leaks of one type.")
@click.option("--errors", "listed", is_flag=True, help="List what went wrong; the dev part only.")
def command(*, part: Part, chosen: tuple[str, ...], only: str | None, listed: bool) -> None:
    """Measure the sanitiser on a part of the hand-written corpora."""
    if listed and part != "dev":
        raise click.UsageError("the test part is never printed: whoever reads it can no longer be measured by it")
    languages = [Language(name) for name in chosen] or SPOKEN
    try:
        scored = score(Ours(), part, languages, only=Entity(only) if only else None)
    except (CorpusFault, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from None
    lines = (*errors(scored.mishaps), "") if listed else ()
    sys.stdout.writelines(f"{line}\n" for line in (*lines, *report(scored)))


if __name__ == "__main__":
    command()
