"""The headline figures, each beside that of the compared span."""

from __future__ import annotations

from typing import Final, NamedTuple

from analytics.dashboard.formats import Words
from analytics.dashboard.shown import Telling
from analytics.figures import Breakdown
from analytics.release import Ending, How

PERCENT_MAX: Final = 999
"""A greater change says nothing that the two numbers do not."""


class Difference(NamedTuple):
    """How a figure differs from that of the compared span."""

    text: str
    spoken: str


class Tile(NamedTuple):
    """A headline figure."""

    key: str
    value: str
    """"" where nothing may be shown."""
    difference: Difference | None


def difference(now: int, before: int | None, words: Words, span: str) -> Difference | None:
    """Return how `now` differs from `before`, which was counted in `span`; None where that is not known."""
    if not before:
        return None
    percent = round(100 * (now - before) / before)
    if percent == 0:
        return Difference(words.signed_percent(0), words.texts.tile["same"].format(span=span))
    spoken = words.texts.tile["more" if percent > 0 else "less"].format(
        change=words.percent(abs(percent) / 100), span=span, before=words.number(before)
    )
    text = words.signed_percent(percent) if percent <= PERCENT_MAX else words.signed(now - before)
    return Difference(text, spoken)


def tiles(telling: Telling) -> list[Tile]:
    """Return the headline figures; those that a filter leaves without meaning are not among them."""
    shown, words, _ = telling
    filters = shown.asked.filters
    if shown.summary is None or shown.summary.total is None:
        return []
    found = _totals(telling)
    if not filters.named():
        found.append(_without_ai(shown.summary.by_how, words))
    if filters.ending:
        return found
    rows = {row.key: row for row in shown.summary.by_ending.rows}
    for ending in (Ending.HANDED_OVER, Ending.NOT_OFFERED, Ending.UNANSWERED):
        row = rows.get(ending)
        if row is None:
            found.append(Tile(ending.value, "" if shown.coverage.k else words.number(0), None))
        else:
            change = difference(row.turns, row.before, words, telling.span_before())
            found.append(Tile(ending.value, words.number(row.turns), change))
    return found


def _totals(telling: Telling) -> list[Tile]:
    shown, words, _ = telling
    total = shown.summary.total if shown.summary else None
    if total is None:
        return []
    span = telling.span_before()
    firsts_before = sum(point.firsts for point in shown.series[1]) if shown.series else None
    return [
        Tile("questions", words.number(total.turns), difference(total.turns, total.before, words, span)),
        Tile("conversations", words.number(total.firsts), difference(total.firsts, firsts_before, words, span)),
    ]


def _without_ai(by_how: Breakdown, words: Words) -> Tile:
    """Return the share answered without AI, of what was answered either way."""
    now = {row.key: row.turns for row in by_how.rows}
    before = {row.key: row.before for row in by_how.rows}
    share = _share(now.get(How.WITHOUT_AI), now.get(How.WITH_AI))
    share_before = _share(before.get(How.WITHOUT_AI), before.get(How.WITH_AI))
    if share is None:
        return Tile("without_ai", "", None)
    if share_before is None:
        return Tile("without_ai", words.percent(share), None)
    points = round(100 * share) - round(100 * share_before)
    text = words.texts.tile["points"].format(n=words.signed(points))
    spoken = words.texts.tile["before"].format(n=words.percent(share_before))
    return Tile("without_ai", words.percent(share), Difference(text, spoken))


def _share(part: int | None, other: int | None) -> float | None:
    return part / (part + other) if part is not None and other is not None and part + other else None
