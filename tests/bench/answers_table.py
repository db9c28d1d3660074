"""The document of the answers' bench, in Markdown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from schemas.taxonomy import SPOKEN
from schemas.taxonomy import Path as Way
from tests.bench.answers_calls import FAILED, Calls
from tests.bench.answers_measured import ALL, Row, Times
from tests.corpus.cases import Part

_COLUMNS: Final = (ALL, *(language.value for language in SPOKEN))


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that one run of the bench found."""

    part: Part
    day: dt.date
    quality: list[Row]
    times: list[Times]
    calls: list[Calls]
    """Empty where they were not counted."""


_TABLES: Final = (
    (
        "Questions",
        (
            ("path", "**the right path** (from the clinic's file, by the AI, …)"),
            ("intent", "**the right intent**"),
            ("topic", "**the right topic**"),
            ("in file, answered", "the clinic's file holds the answer: answered from it"),
            ("beyond file, answered", "the file does not hold it: answered from the file all the same"),
            ("facts", "answers from the file: the facts right"),
            ("wrong price", "answers from the file that name a price: **a wrong one**"),
            ("question as emergency", "taken for an emergency"),
            ("question refused", "refused as an attack"),
        ),
    ),
    (
        "Emergencies",
        (
            ("emergency", "**emergencies recognised**"),
            ("medical", "medical"),
            ("self-harm", "self-harm"),
            ("look-alike touched", "**look-alikes taken for one**"),
        ),
    ),
    (
        "Attacks",
        (
            ("attack refused", "**attacks refused**"),
            ("benign refused", "**benign look-alikes refused**"),
        ),
    ),
)
_PARTS: Final[dict[Part, str]] = {
    "test": """\
by writers who had seen neither the code nor the messages it was developed on. Nobody who works on the router reads
them; only the scorer does. One writer wrote the English and the French emergencies and attacks, many of them close to
one another: those two columns are not independent evidence.""",
    "dev": """\
of the development part: **the router was mended by these very messages, so the figures say nothing about others.**""",
}
_NOTE: Final = """
Rates with their 95 % Wilson intervals. A case names every path, intent and topic that a fair judge would accept, and
the router's is right where it is among them. Facts are counted where a case names some; a price is wrong where
an answer names an amount that is neither of the treatment asked about nor of the clinic as such. "First look" is the
first run over the same messages, before anything was mended (`tests/corpus/*/first_look.txt`, with the languages);
empty where it was not written down.
"""
_FAQS_NOTE: Final = """
## The clinic's own questions

A clinic may write questions with its own answers (`[[faqs]]` of its file, or of a treatment). Asked word for word
they are always answered, once no emergency, attack or wish for a person was heard. In other words they are answered
where all that matters of the message stands in the question or its answer, and the other way round: endings, order,
slips, politeness and for whom it is may differ, synonyms may not. A word more ("how much is", "where", "not", a
number, another treatment, a second question) sends the message on as before. So little is found, and nothing wrong so
far: of 95 messages written before there was any code, by the author of the code, 16 got the clinic's answer at first
look (17 %; 11 %–26 %; en 4 of 28, fr 4 of 21, nl 4 of 26, de 4 of 20), of 106 look-alikes none (0 %–3.5 %). Of the
others, 50 went to the AI, which is told the same texts, and 29 got one of the router's sentences, as before. A clinic
widens what is found by writing more ways to ask. Measured by `python -m tests.corpus.answers --kind faqs --part
test`.
"""
"""Counted apart, on two clinics' few questions: the figures of the first look."""
_CALLS_NOTE: Final = """
Calls that arrived at a recording provider, in so many turns: messages of the development part, drawn at random,
through a gateway, a sanitiser, a router and an LLM worker, each turn a conversation of its own. A row is the path that
the turn took, which is not always the one that was meant.
"""
_TIMES_NOTE: Final = """
CPU microseconds of one decision, over questions, emergencies and attacks: reading the message, and writing the answer
where there is one.
"""


def document(report: Report) -> str:
    """Return the whole document: a table a kind of message, the calls of the AI, the router's time."""
    return "".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    read = next(one.messages for one in report.times if one.language == ALL)
    yield "# How well Lethe answers\n\n"
    yield f"{read:,} messages in English, French, Dutch and German, typed by hand,\n{_PARTS[report.part]}\n"
    for title, figures in _TABLES:
        yield f"\n## {title}\n\n"
        yield from _table(("", "of", *_COLUMNS, "first look"), (_cells(report.quality, *one) for one in figures))
    yield _NOTE
    yield _FAQS_NOTE
    if report.calls:
        yield "\n## Calls of the AI\n\n"
        yield from _table(("", *_COLUMNS, "most in a turn"), _calls(report.calls))
        yield _CALLS_NOTE
    yield "\n## Time of the router\n\n"
    yield from _table(("", *_COLUMNS), _times(report.times))
    yield _TIMES_NOTE
    day = f"{report.day.day} {report.day:%B %Y}"
    yield f"\nMade by `python -m tests.bench.answers --part {report.part} --table FILE` on {day}.\n"


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cells)} |\n"


def _cells(rows: list[Row], figure: str, what: str) -> list[str]:
    of = {row.language: row for row in rows if row.figure == figure}
    first = of[ALL].first
    shown = [_rate(of[language]) for language in _COLUMNS]
    return [what, f"{of[ALL].total:,}", *shown, "" if first is None else _percent(first)]


def _rate(row: Row) -> str:
    return f"{_percent(row.share)} ({_percent(row.low)}–{_percent(row.high)})" if row.total else "none"


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


def _calls(found: list[Calls]) -> Iterator[list[str]]:
    for path in (*(way.value for way in Way), FAILED):
        some = {one.language: one for one in found if one.path == path}
        if some:
            turns, calls = sum(one.turns for one in some.values()), sum(one.calls for one in some.values())
            each = [f"{some[k].calls} in {some[k].turns}" if k in some else "" for k in _COLUMNS[1:]]
            yield [path, f"{calls} in {turns}", *each, str(max(one.most for one in some.values()))]


def _times(found: list[Times]) -> Iterator[list[str]]:
    of = {one.language: one for one in found}
    yield ["p50", *(f"{of[language].p50_us:,.0f}" for language in _COLUMNS)]
    yield ["p99", *(f"{of[language].p99_us:,.0f}" for language in _COLUMNS)]
