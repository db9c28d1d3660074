"""The lists of figures below the headline, and what each withholds."""

from __future__ import annotations

from typing import Final, NamedTuple

from analytics.asked import Span
from analytics.dashboard.heat import HeatTable, heat_table
from analytics.dashboard.links import FILTERS
from analytics.dashboard.shown import PANELS, PanelKind, Shown, Telling
from analytics.dashboard.tiles import Difference, difference
from analytics.figures import Breakdown

SHOWN_ROWS: Final = 8
"""Of a panel; the rest is behind "show all"."""


class Line(NamedTuple):
    """One row of a panel."""

    name: str
    link: str
    """Sets or removes the filter; "" where there is none."""
    current: bool
    """Whether the filter is set to it."""
    turns: str
    share: str
    width: str
    """Of the bar, as a share of the longest one, e.g. ``62.5%``."""
    difference: Difference | None


class Panel(NamedTuple):
    """A list of figures."""

    key: str
    lines: list[Line]
    more: list[Line]
    """Behind "show all"."""
    days: str
    """Since when and until when its figures were gathered."""
    notes: list[str]
    """What is withheld, or why there is nothing."""


class HeatPanel(NamedTuple):
    """When visitors ask."""

    table: HeatTable | None
    days: str
    notes: list[str]


def panel(key: str, telling: Telling) -> Panel:
    """Return the panel `key` of `PANELS`."""
    shown, words, _ = telling
    breakdown, kind = shown.panels[key], PANELS[key]
    if breakdown is None:
        return Panel(key, [], [], "", [words.texts.state["two_filters" if kind.by in FILTERS else "no_filter"]])
    lines = _lines(breakdown, kind, telling)
    days = words.span(_gathered(breakdown, shown), year=False)
    return Panel(key, lines[:SHOWN_ROWS], lines[SHOWN_ROWS:], days, _notes(breakdown, kind, telling))


def heat_panel(telling: Telling) -> HeatPanel:
    """Return weekdays by hours, or why they are not shown."""
    shown, words, _ = telling
    state = words.texts.state
    if shown.asked.filters.named():
        return HeatPanel(None, "", [state["no_filter"]])
    if shown.heat is None:
        return HeatPanel(None, "", [state["hours_wait" if shown.coverage.k else "panel_empty"]])
    nothing = "–" if shown.coverage.k else words.number(0)
    notes = [words.texts.table["spread"]] if shown.heat.spread else []
    return HeatPanel(
        heat_table(shown.heat.runs, words, nothing=nothing), words.span(shown.heat.span, year=False), notes
    )


def _gathered(breakdown: Breakdown, shown: Shown) -> Span:
    """Return the days that a panel's figures are of: since before the span where some waited, since the first ever."""
    first, last = shown.asked.span
    since = min((first, *(row.since for row in breakdown.rows)))
    return Span(min(max(since, shown.coverage.first or since), last), last)


def _notes(breakdown: Breakdown, kind: PanelKind, telling: Telling) -> list[str]:
    shown, words, _ = telling
    notes: list[str] = []
    if kind.ending and shown.asked.filters.ending not in ("", kind.ending):
        other = words.name("ending", shown.asked.filters.ending)
        notes.append(words.texts.state["own_ending"].format(name=other))
    if not breakdown.rows:
        notes.append(words.texts.state["panel_empty"])
    if breakdown.not_shown:
        sentence = words.texts.table["not_shown" if shown.coverage.k else "not_shown_live"]
        notes.append(sentence.format(count=words.count(breakdown.not_shown, "question"), k=shown.coverage.k))
    return notes


def _lines(breakdown: Breakdown, kind: PanelKind, telling: Telling) -> list[Line]:
    shown, words, links = telling
    longest = max((row.turns for row in breakdown.rows), default=1)
    whole = sum(row.turns for row in breakdown.rows) + breakdown.not_shown
    chosen = getattr(shown.asked.filters, kind.by, "")
    return [
        Line(
            name=words.name(kind.by, row.key),
            link=links.view(**{kind.by: "" if row.key == chosen else row.key}) if kind.by in FILTERS else "",
            current=row.key == chosen,
            turns=words.number(row.turns),
            share=words.percent(row.turns / whole),
            width=f"{100 * row.turns / longest:.1f}%",
            difference=difference(row.turns, row.before, words, telling.span_before()),
        )
        for row in breakdown.rows
    ]
