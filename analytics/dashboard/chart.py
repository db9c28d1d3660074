"""The time series as a chart draws it: blocks laid on days.

A block of one day is that day's bar. A block of several days holds those of them that had too few
conversations for a figure of their own: its questions are drawn as their average over the days of
its time that no shorter block covers, so that areas stay true.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from analytics.asked import Span
from analytics.dashboard.formats import Words
from analytics.figures import Point

DAYS_MAX: Final = 100
"""Longer spans are drawn by weeks."""
_DAY: Final = dt.timedelta(days=1)
_WEEK: Final = 7


class Bars(NamedTuple):
    """One series of a chart, bar by bar."""

    heights: list[float | None]
    """Questions; None where nothing may be shown."""
    labels: list[str]
    """What a bar means, in words."""


class Chart(NamedTuple):
    """What the template and the script need."""

    config: str
    """JSON: names, first day, days a bar, heights and labels of both series."""
    by_week: bool
    rows: list[tuple[str, str, str]]
    """The table beside it, block by block: days, questions, conversations."""
    rows_before: list[tuple[str, str, str]]


class Series(NamedTuple):
    """The blocks of a span of time."""

    points: Sequence[Point]
    """In any order."""
    span: Span


def chart(now: Series, before: Series | None, words: Words, *, absent: float | None = None) -> Chart:
    """Return the chart of one series, or of two whose first days are drawn above each other.

    Args:
        now: What is shown.
        before: What it is compared with.
        words: The page's language.
        absent: How many questions a day without a block had: 0, or None where that may not be known.
    """
    step = _WEEK if _length(now.span) > DAYS_MAX else 1
    table = words.texts.table
    shown = bars(now, step, words, absent=absent)
    then = bars(before, step, words, absent=absent) if before else None
    config = {
        "first": _first(now.span, step).isoformat(),
        "step": step,
        "names": [table["this_period"], words.span(before.span) if before else ""],
        "now": shown._asdict(),
        "before": _fitted(then, len(shown.heights))._asdict() if then else None,
        "months": words.texts.form.months,
        "day": words.texts.form.day,
    }
    rows_before = _rows(before.points, words) if before else []
    return Chart(msgspec.json.encode(config).decode(), step == _WEEK, _rows(now.points, words), rows_before)


def bars(series: Series, step: int, words: Words, *, absent: float | None = None) -> Bars:
    """Return a series' bars: a day each, or with `step` 7 a week each, the first and last perhaps in part."""
    span = series.span
    daily, blocks = _laid_on_days(series.points)
    first = _first(span, step)
    heights: list[float | None] = []
    labels: list[str] = []
    while first <= span.last:
        days = [day for n in range(step) if span.first <= (day := first + n * _DAY) <= span.last]
        known = [daily[day] for day in days if day in daily]
        height = round(sum(known), 1) if known else absent
        heights.append(height)
        labels.append(_label(days, height, blocks, words))
        first += step * _DAY
    return Bars(heights, labels)


def _laid_on_days(points: Sequence[Point]) -> tuple[dict[dt.date, float], dict[dt.date, list[Point]]]:
    """Return questions by day, and the blocks that each day's are of."""
    daily: dict[dt.date, float] = {}
    blocks: dict[dt.date, list[Point]] = {}
    for point in sorted(points, key=lambda point: (point.day - point.since, point.day)):
        whole = [point.since + n * _DAY for n in range((point.day - point.since).days + 1)]
        days = [day for day in whole if day not in daily] or whole
        for day in days:
            daily[day] = daily.get(day, 0) + point.turns / len(days)
            blocks.setdefault(day, []).append(point)
    return daily, blocks


def _label(days: list[dt.date], height: float | None, blocks: dict[dt.date, list[Point]], words: Words) -> str:
    table = words.texts.table
    when = words.weekday_day(days[0]) if len(days) == 1 else words.span(Span(days[0], days[-1]), year=False)
    if height is None:
        return f"{when}: {table['withheld']}"
    found = blocks.get(days[0], []) if len(days) == 1 else []
    if len(found) == 1 and found[0].since != found[0].day:
        when = words.span(Span(found[0].since, found[0].day), year=False)
        return f"{when}: {table['together'].format(count=words.count(found[0].turns, 'question'))}"
    return f"{when}: {words.count(round(height), 'question')}"


def _fitted(bars: Bars, length: int) -> Bars:
    """Return `bars` cut or filled up to `length`: years and months differ in length."""
    missing = max(0, length - len(bars.heights))
    return Bars(bars.heights[:length] + [None] * missing, bars.labels[:length] + [""] * missing)


def _rows(points: Sequence[Point], words: Words) -> list[tuple[str, str, str]]:
    return [
        (
            words.weekday_day(point.day)
            if point.since == point.day
            else words.span(Span(point.since, point.day), year=False),
            words.number(point.turns),
            words.number(point.firsts),
        )
        for point in sorted(points, key=lambda point: (point.day, point.since))
    ]


def _first(span: Span, step: int) -> dt.date:
    """Return the day on which the first bar begins; that of weeks on a Monday."""
    return span.first - (span.first.isoweekday() - 1) * _DAY if step == _WEEK else span.first


def _length(span: Span) -> int:
    return (span.last - span.first).days + 1
