"""The weekly letter written: a report's figures in a clinic's language, as HTML and as plain text.

Pure but for reading its files, once a process. The HTML needs nothing from anywhere: no image, no
font, no script; opening it tells nobody.
"""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import jinja2
import msgspec

from analytics.asked import Span
from analytics.dashboard.formats import Words
from analytics.dashboard.heat import busiest
from analytics.figures import Breakdown, Heat, Row
from analytics.spikes import Notice, What
from analytics.weekly import Listed, Report
from schemas.taxonomy import Language, Source

LINES_SHOWN: Final = 5
_HERE: Final = Path(__file__).parent
_WEEK: Final = dt.timedelta(days=7)
_BAR: Final = 100
"""Width of the longest bar, in percent."""
_MARKED: Final = (Source.SEED, Source.DEMO)


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sentences of one language."""

    subject: str
    subject_notice: str
    subject_quiet: str
    preheader: str
    heading: str
    more: str
    less: str
    same: str
    since: str
    unknown: str
    quiet: str
    month: str
    notices: str
    treatments: str
    treatments_why: str
    not_offered: str
    not_offered_why: str
    unanswered: str
    unanswered_why: str
    this_week: str
    hours: str
    hours_why: str
    nothing: str
    withheld: str
    left_out: str
    open: str
    rule: str
    why: str
    seed: str
    demo: str
    notice: dict[str, str]


class Letter(NamedTuple):
    """One mail, ready to send."""

    clinic: str
    week: str
    """ISO, e.g. ``2026-W46``."""
    subject: str
    text: str
    html: str


class _Line(NamedTuple):
    """A row of a list."""

    name: str
    number: str
    change: str
    """E.g. ``+12``; "" where it is not known or not told."""
    bar: int
    """1 to `_BAR`; 0: none."""
    since: str = ""
    """E.g. ``since 28 Sep`` where it was gathered for longer than the list says."""


class _Section(NamedTuple):
    heading: str
    why: str
    lines: list[_Line]
    note: str = ""


@functools.cache
def texts() -> dict[Language, Texts]:
    """Return the sentences of every language, read once a process.

    Raises:
        msgspec.ValidationError: The file lacks a sentence or has one too many (a fault of the repository).
    """
    return msgspec.convert(tomllib.loads((_HERE / "weekly_texts.toml").read_text("utf-8")), dict[Language, Texts])


def write(report: Report, *, name: str, language: Language, dashboard_url: str = "") -> Letter:
    """Return the letter that tells `report`.

    Args:
        report: A week's figures.
        name: The clinic's.
        language: One of `schemas.taxonomy.SPOKEN`.
        dashboard_url: Where browsers find the dashboard, without a path; "" makes no link.
    """
    words, own = Words(language), texts()[language]
    values: dict[str, Any] = {
        "t": own,
        "language": language.value,
        "name": name,
        "subject": _subject(report, name, words, own),
        "span": words.span(report.week),
        "mark": getattr(own, report.source.value) if report.source in _MARKED else "",
        "questions": words.count(report.total.turns, "question") if report.total else "",
        "change": _change(report, words, own),
        "month": _month(report, words, own),
        "notices": [_notice(notice, words, own) for notice in report.notices],
        "sections": _sections(report, words, own),
        "notes": _notes(report, words, own),
        "link": _link(report, dashboard_url, language),
    }
    year, week, _ = report.week.last.isocalendar()
    html, text = (_environment().get_template(f"weekly.{form}").render(values) for form in ("html", "txt"))
    return Letter(report.clinic, f"{year}-W{week:02}", values["subject"], text, html)


def _subject(report: Report, name: str, words: Words, own: Texts) -> str:
    span = words.span(report.week, year=False)
    if report.total is None:
        return own.subject_quiet.format(clinic=name, span=span)
    topic = next((words.topic(notice.topic) for notice in report.notices if notice.topic), "")
    pattern = own.subject_notice if topic else own.subject
    questions = words.count(report.total.turns, "question")
    return pattern.format(clinic=name, questions=questions, span=span, topic=topic)


def _change(report: Report, words: Words, own: Texts) -> str:
    total = report.total
    if total is None:
        return own.quiet
    if total.since < report.week.first:
        return _since(total, words, own)
    if total.before is None:
        return own.unknown
    pattern = own.more if total.turns > total.before else own.less if total.turns < total.before else own.same
    share = abs(total.turns - total.before) / total.before
    return pattern.format(percent=words.percent(share), before=words.number(total.before))


def _month(report: Report, words: Words, own: Texts) -> str:
    if report.month_total is None:
        return ""
    questions = words.count(report.month_total.turns, "question")
    return own.month.format(questions=questions, day=words.day(report.month.last, year=False))


def _notice(notice: Notice, words: Words, own: Texts) -> str:
    key = f"{notice.kind}_{notice.what}" + ("_new" if notice.usual is None and notice.what is not What.TOTAL else "")
    return own.notice[key].format(
        topic=words.topic(notice.topic) if notice.topic else "",
        turns=words.count(notice.turns, "question"),
        usual=words.number(notice.usual or 0),
    )


def _sections(report: Report, words: Words, own: Texts) -> list[_Section]:
    """Return the lists in the order in which they are read."""
    difference = own.treatments_why if report.treatments.span == report.week else ""
    lists = [
        _section(own.treatments, difference, report.treatments, words, own),
        _section(own.not_offered, own.not_offered_why, report.not_offered, words, own),
        _section(own.unanswered, own.unanswered_why, report.unanswered, words, own),
    ]
    if report.heat and report.heat.runs:
        why = f"{words.span(report.heat.span, year=False)} · {own.hours_why}"
        lists.append(_Section(own.hours, why, _hours(report.heat, words)))
    return lists


def _section(heading: str, why: str, listed: Listed, words: Words, own: Texts) -> _Section:
    """Return a list with its days, and how much of them is not in it."""
    found, span = listed
    is_week = span.last - span.first < _WEEK
    days = own.this_week if is_week else words.span(span, year=False)
    hidden = words.count(found.not_shown, "question") if found.rows and found.not_shown else ""
    note = own.withheld.format(questions=hidden) if hidden else ""
    return _Section(heading, f"{days} · {why}" if why else days, _lines(found, span, words, own), note)


def _lines(found: Breakdown, span: Span, words: Words, own: Texts) -> list[_Line]:
    """Return the first rows of what was found of `span`; of a week with the change to the week before."""
    is_week = span.last - span.first < _WEEK
    rows = found.rows[:LINES_SHOWN]
    return [
        _Line(
            name=words.topic(row.key),
            number=words.number(row.turns),
            change=_difference(row, words) if is_week and row.since >= span.first else "",
            bar=max(1, round(_BAR * row.turns / rows[0].turns)),
            since=_since(row, words, own) if row.since < span.first else "",
        )
        for row in rows
    ]


def _since(row: Row, words: Words, own: Texts) -> str:
    return own.since.format(day=words.day(row.since, year=False))


def _difference(row: Row, words: Words) -> str:
    return words.signed(row.turns - row.before) if row.before is not None else ""


def _hours(heat: Heat, words: Words) -> list[_Line]:
    """Return the busiest stretches; without bars, as they are of different lengths."""
    return [_Line(words.when(*run[:3]), words.number(run.turns), "", 0) for run in busiest(heat.runs)]


def _notes(report: Report, words: Words, own: Texts) -> list[str]:
    """Return the small print: what is not counted and why."""
    notes: list[str] = []
    if report.left_out_percent:
        notes.append(own.left_out.format(percent=words.percent(report.left_out_percent / 100)))
    notes.append(own.rule.format(k=report.coverage.k))
    return [*notes, own.why] if report.source is Source.VISITOR else notes


def _link(report: Report, dashboard_url: str, language: Language) -> str:
    """Return where the week's figures are; "" without a dashboard."""
    if not dashboard_url:
        return ""
    week = {"from": report.week.first.isoformat(), "to": report.week.last.isoformat()}
    source = {} if report.source is Source.VISITOR else {"source": report.source.value}
    query = urlencode({**week, **source, "lang": language.value})
    return f"{dashboard_url.rstrip('/')}/clinics/{report.clinic}?{query}"


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "mail"),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
