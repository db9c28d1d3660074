"""How well the router answers the hand-written messages.

    python -m tests.corpus.answers --kind routing --part dev --language fr --errors
    python -m tests.corpus.answers --kind routing --part test

Decisions are made as in production; the corpora hold no personal data, so nothing is redacted before. `--errors` lists
what went wrong, of the dev part only: whoever has read a message of the test part can no longer be measured by it.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
import statistics
import sys
import time
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

import click

from deploy.up.plan import ROOT
from schemas.clinic import Clinic
from schemas.clinic_files import ClinicFiles
from schemas.taxonomy import SPOKEN, Language
from schemas.taxonomy import Path as Way
from tests.corpus.cases import Case, Kind, Part, cases
from tests.corpus.measures import Rate, rate
from workers.router.handler import Decision, decide

NOW: Final = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
"""A Tuesday, 11:00 in Brussels and Groningen: when every message of the corpora is sent."""
ASKS: Final = "asks"
LOOKS_ALIKE: Final = "looks_alike"
"""Beside a clinic's own questions: messages that ask one of them, and others in much the same words."""
_SEPARATOR: Final = re.compile(r"(?<=\d)[.,' \u00a0\u202f](?=\d{3}(?!\d))")
_CENTS: Final = re.compile(r"(?<=\d)[.,]00(?!\d)")
_END: Final = (r"(?!\w)", "")
"""What stands behind a fact: no further letter or digit; of a number's prefix ("+32"), anything."""
_MONEY: Final = re.compile(r"[€£$] ?(\d[\d.,]*)|(\d[\d.,]*) ?(?:€|EUR\b|euros?\b)")


class Judged(NamedTuple):
    """One case and what the router made of it."""

    language: Language
    case: Case
    made: Decision
    faults: tuple[str, ...]
    """Of: path, intent, topic, facts, price, faq."""
    took_us: float


def judge(kind: Kind, language: Language, part: Part, *, every: int = 1) -> Iterator[Judged]:
    """Yield every case of one file, or every second or third, decided and judged.

    Raises:
        OSError, CorpusFault: The file is missing or faulty.
    """
    for case in itertools.islice(cases(kind, language, part), 0, None, every):
        clinic = _clinics().get(case.clinic)
        if clinic is None:
            raise LookupError(case.clinic)
        hint = case.language if case.language in SPOKEN else Language.OTHER
        begun = time.perf_counter()
        made = decide(case.text, history=case.said, language=hint, clinic=clinic, now=NOW)
        took_us = (time.perf_counter() - begun) * 1e6
        yield Judged(language, case, made, tuple(_faults(case, made, clinic)), took_us)


def _faults(case: Case, made: Decision, clinic: Clinic) -> Iterator[str]:
    if made.path not in case.path:
        yield "path"
    if case.intent and made.intent not in case.intent:
        yield "intent"
    if case.topic and made.topic not in case.topic:
        yield "topic"
    if made.path is Way.DETERMINISTIC and made.answer is not None:
        if Way.DETERMINISTIC in case.path and not all(_holds(made.answer.text, fact) for fact in case.facts):
            yield "facts"
        if not amounts(made.answer.text) <= _allowed(case, clinic):
            yield "price"
    own = _by_faq(made, clinic)
    right = own and made.answer is not None and all(_holds(made.answer.text, fact) for fact in case.facts)
    if (case.kind == ASKS and not right) or (case.kind == LOOKS_ALIKE and own):
        yield "faq"


def _by_faq(made: Decision, clinic: Clinic) -> bool:
    """Return whether the answer is the clinic's own to one of its questions."""
    if made.answer is None:
        return False
    faqs = (*clinic.faqs, *(faq for treatment in clinic.treatments for faq in treatment.faqs))
    return made.answer.text.startswith(tuple(clinic.say(faq.answer, made.answer.language) for faq in faqs))


def _holds(answer: str, fact: str | tuple[str, ...]) -> bool:
    """Return whether `answer` holds the fact, or one of several, as a whole word or number."""
    plain = _plain(answer)
    options = (fact,) if isinstance(fact, str) else fact
    return any(re.search(rf"(?<!\w){re.escape(_plain(o))}{_END[o[:1] == '+']}", plain) for o in options)


def _plain(text: str) -> str:
    """Return `text` folded, its numbers without separators and empty cents."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _CENTS.sub("", _SEPARATOR.sub("", folded))


def amounts(text: str) -> set[str]:
    """Return the amounts of money in `text`, bare."""
    return {(a or b).rstrip(".,") for a, b in _MONEY.findall(_CENTS.sub("", _SEPARATOR.sub("", text)))}


def _allowed(case: Case, clinic: Clinic) -> set[str]:
    """Return the amounts that may be said: of the acceptable topics, and of the clinic as such."""
    slugs = [t.slug for t in clinic.treatments]
    about = [slug for slug in slugs if slug in case.topic or not case.topic or "clinic" in case.topic]
    return {number for slug in ("", *about) for number in _amounts_of(clinic.id, slug)}


@functools.cache
def _amounts_of(name: str, slug: str) -> frozenset[str]:
    """Return the amounts that a clinic's file says of a treatment; "": of the clinic as such."""
    clinic = _clinics().get(name)
    assert clinic
    of_clinic = [clinic.consultation, clinic.deposit, clinic.cancellation, clinic.payment, *clinic.promotions]
    parts = [t for t in clinic.treatments if t.slug == slug] if slug else of_clinic
    numbers = re.findall(r"\d+(?:[.,]\d+)?", _CENTS.sub("", _SEPARATOR.sub("", "\n".join(map(repr, parts)))))
    return frozenset(numbers) | {number.replace(".", ",") for number in numbers}


@functools.cache
def _clinics() -> ClinicFiles:
    return ClinicFiles.load(ROOT / "deploy" / "clinics")


def report(judged: list[Judged]) -> Iterator[str]:
    """Yield the lines of the aggregate report, with 95 % Wilson intervals; no text of any message."""
    for what in ("path", "intent", "topic"):
        yield _row(f"{what} right", rate(what not in one.faults for one in judged))
        for language in dict.fromkeys(one.language for one in judged):
            yield _row(f"  {language}", rate(what not in one.faults for one in judged if one.language is language))
    answered = [one for one in judged if one.made.path is Way.DETERMINISTIC and Way.DETERMINISTIC in one.case.path]
    yield _row("facts right, of answers without AI", rate("facts" not in one.faults for one in answered))
    yield _row("answers with another price", rate("price" in one.faults for one in judged if one.made.answer))
    for kind, what, bad in (
        (ASKS, "the clinic's question, its answer", False),
        (LOOKS_ALIKE, "look-alikes so answered", True),
    ):
        if of_kind := [one for one in judged if one.case.kind == kind]:
            yield _row(what, rate(("faq" in one.faults) is bad for one in of_kind))
    for way in Way:
        meant = [one for one in judged if one.case.path[0] is way]
        if meant:
            yield _row(f"meant {way}: so decided", rate(one.made.path is way for one in meant))
        wrong = [way not in one.case.path for one in judged if one.made.path is way]
        if wrong:
            yield _row(f"decided {way}: wrongly", rate(wrong))
    took = statistics.quantiles((one.took_us for one in judged), n=100)
    yield f"  us a decision: p50 {took[49]:.0f}, p99 {took[98]:.0f}"


def _row(what: str, found: Rate) -> str:
    low, high = found.interval
    return f"  {what:<42} {found.bad:>5} /{found.total:>5}  {found.share:7.2%}  ({low:.2%} - {high:.2%})"


def errors(judged: list[Judged]) -> Iterator[str]:
    """Yield what went wrong: expected, decided, and why."""
    for number, (language, case, made, faults, _) in enumerate(judged, 1):
        if faults:
            said = " ... ".join(line.text for line in case.history)
            yield f"\n{language}:{number} [{case.clinic}] {said and f'({said}) '}{case.text!r}"
            wanted = " ".join("|".join(values) for values in (case.path, case.intent, case.topic))
            yield f"    {' '.join(faults).upper()}: {wanted}"
            yield f"    made {made.path} {made.intent} {made.topic}; {'; '.join(made.evidence)}"
            if {"facts", "price"} & set(faults) and made.answer is not None:
                yield f"    facts {case.facts} in {made.answer.text!r}"


@click.command()
@click.option("--kind", type=click.Choice(["routing", "facts", "faqs", "emergency", "injection"]), required=True)
@click.option("--part", type=click.Choice(["dev", "test"]), required=True)
@click.option("--language", "chosen", type=click.Choice([k.value for k in SPOKEN]), multiple=True)
@click.option("--errors", "listed", is_flag=True, help="List what went wrong; the dev part only.")
def command(*, kind: Kind, part: Part, chosen: tuple[str, ...], listed: bool) -> None:
    """Measure the router on a part of the hand-written corpora."""
    if listed and part != "dev":
        raise click.UsageError("the test part is never printed: whoever reads it can no longer be measured by it")
    languages = [Language(name) for name in chosen] or SPOKEN
    judged = [one for language in languages for one in judge(kind, language, part)]
    lines = (*errors(judged), "") if listed else ()
    sys.stdout.writelines(f"{line}\n" for line in (*lines, *report(judged)))


if __name__ == "__main__":
    command()
