"""What a clinic's owner should know first: what to advertise, what to add, when to be at the phone."""

from __future__ import annotations

from typing import Final, NamedTuple

from analytics.dashboard.heat import busiest
from analytics.dashboard.shown import Telling
from analytics.figures import Breakdown, Heat, Row
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC

_WEEK_DAYS: Final = 7


class Insight(NamedTuple):
    """One thing to know."""

    key: str
    answer: str
    detail: str
    link: str


def insights(telling: Telling) -> list[Insight]:
    """Return what the figures say, at most one of each kind; none with a filter, which asks for something else."""
    shown, words, links = telling
    if shown.asked.filters.named():
        return []
    topics, missing = shown.panels.get("topics"), shown.panels.get("not_offered")
    found: list[Insight] = []
    for key, row in (("advertise", most_asked_of_offered(topics, missing)), ("add", _first(_treatments(missing)))):
        if row:
            detail = words.texts.insight[f"{key}_why"].format(count=words.count(row.turns, "question"))
            found.append(Insight(key, words.topic(row.key), detail, links.view(topic=row.key)))
    if shown.heat and shown.heat.runs:
        found.append(_busiest(shown.heat, telling))
    return found


def most_asked_of_offered(topics: Breakdown | None, missing: Breakdown | None) -> Row | None:
    """Return the treatment most asked about, of those that are offered.

    Whether one is offered is not among the figures: it is not where half of its questions were told so.
    """
    not_offered = {row.key: row.turns for row in _treatments(missing)}
    return _first([row for row in _treatments(topics) if 2 * not_offered.get(row.key, 0) < row.turns])


def _busiest(heat: Heat, telling: Telling) -> Insight:
    words = telling.words
    run = busiest(heat.runs)[0]
    weeks = max(1, ((heat.span.last - heat.span.first).days + 1) // _WEEK_DAYS)
    detail = words.texts.insight["phone_why"].format(
        count=words.count(run.turns, "question"), weeks=words.number(weeks)
    )
    return Insight("phone", words.when(run.weekday, run.hour, run.until), detail, "#hours")


def _treatments(breakdown: Breakdown | None) -> list[Row]:
    return [row for row in breakdown.rows if row.key not in (CLINIC_TOPIC, NO_TOPIC)] if breakdown else []


def _first(rows: list[Row]) -> Row | None:
    return rows[0] if rows else None
