"""From figures to what a clinic's page shows: pure, so that it can be read and tested without a database.

A page is sections, each of them named tuples of texts, numbers as written, and addresses; templates
decide nothing but markup.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from analytics.asked import Asked, Compare
from analytics.dashboard.asked import LIVE, RANGES
from analytics.dashboard.chart import Chart, Series, chart
from analytics.dashboard.formats import Words
from analytics.dashboard.insights import Insight, insights
from analytics.dashboard.links import FILTERS, Links
from analytics.dashboard.panels import HeatPanel, Panel, heat_panel, panel
from analytics.dashboard.shown import PANELS, Shown, Telling
from analytics.dashboard.tiles import Tile, tiles

_WEEK: Final = 7


class Choice(NamedTuple):
    """One of several views to choose from."""

    name: str
    link: str
    current: bool


class Download(NamedTuple):
    """One panel's figures as files."""

    name: str
    csv: str
    json: str
    parquet: str


class View(NamedTuple):
    """A clinic's page."""

    state: str
    """``full``, or why there are no figures: ``nothing``, ``waiting``, ``empty``, ``empty_filtered``,
    ``two_filters``."""
    monday: str
    """When the week under way will be closed."""
    days: str
    days_before: str
    """The compared span; "" where nothing is compared."""
    incomparable: str
    """Since when is counted, where that is later than what was to be compared."""
    ranges: list[Choice]
    compares: list[Choice]
    chips: list[Choice]
    """Filters; each link removes its own."""
    insights: list[Insight]
    tiles: list[Tile]
    left_out: str
    """Share of turns that looked automated; "" where there are none."""
    chart: Chart | None
    panels: dict[str, Panel]
    heat: HeatPanel
    downloads: list[Download]


def comparable(asked: Asked, first: dt.date | None) -> Asked:
    """Return `asked`, compared with nothing where the days to compare with were not all counted.

    Three months beside the two weeks since the assistant was set up would look like a triumph.

    Args:
        asked: What the request asks for.
        first: Since when is counted; None: nothing yet.
    """
    compared = asked.compared()
    if compared and (first is None or compared.first < first):
        return asked._replace(compare=Compare.NONE)
    return asked


def view(shown: Shown, words: Words, links: Links, *, asked: Asked, named_range: str) -> View:
    """Return the page that shows `shown`.

    Args:
        shown: What the figures answered to `comparable`.
        words: The page's language.
        links: From the view that was asked for.
        asked: What the request asks for.
        named_range: From `range_of`.
    """
    telling = Telling(shown, words, links)
    compared, closed = shown.asked.compared(), shown.coverage.closed
    dropped = asked.compare is not shown.asked.compare
    # Of the turns with one topic nobody knows which share looked automated.
    left_out = shown.summary.left_out_percent if shown.summary and not asked.filters.named() else 0
    return View(
        state=_state(shown),
        monday=words.day(next_monday(closed)) if closed else "",
        days=words.span(shown.asked.span),
        days_before=words.span(compared) if compared else "",
        incomparable=words.day(shown.coverage.first) if dropped and shown.coverage.first else "",
        ranges=_ranges(asked, words, links, named_range),
        compares=[
            Choice(words.texts.page[other], links.view(compare=other.value), other is asked.compare)
            for other in Compare
        ],
        chips=_chips(asked, words, links),
        insights=insights(telling),
        tiles=tiles(telling),
        left_out=words.percent(left_out / 100) if left_out else "",
        chart=_chart(shown, words),
        panels={key: panel(key, telling) for key in PANELS},
        heat=heat_panel(telling),
        downloads=_downloads(telling),
    )


def next_monday(closed: dt.date) -> dt.date:
    """Return when the week under way the day after `closed` will be closed: the Monday after that day."""
    under_way = closed + dt.timedelta(days=1)
    return under_way + dt.timedelta(days=_WEEK + 1 - under_way.isoweekday())


def _state(shown: Shown) -> str:
    if shown.coverage.first is None:
        return "nothing"
    if shown.summary is None:
        return "two_filters"
    if shown.summary.total:
        return "full"
    if shown.asked.filters.named():
        return "empty_filtered"
    covers_all = shown.asked.span.first <= shown.coverage.first
    return "waiting" if covers_all and shown.coverage.k else "empty"


def _ranges(asked: Asked, words: Words, links: Links, named_range: str) -> list[Choice]:
    names = ("today", *RANGES) if asked.source in LIVE else RANGES
    return [Choice(words.texts.page[name], links.days(name), name == named_range) for name in names]


def _chips(asked: Asked, words: Words, links: Links) -> list[Choice]:
    return [
        Choice(words.name(field, value), links.view(**{field: ""}), current=True)
        for field in FILTERS
        if (value := getattr(asked.filters, field))
    ]


def _downloads(telling: Telling) -> list[Download]:
    """Return the files of what is shown, each with the filters that its panel follows."""
    shown, words, links = telling
    panels: dict[str, dict[str, str]] = {"summary": {}, "series": {}} if shown.summary else {}
    for key, breakdown in shown.panels.items():
        if breakdown and breakdown.rows:
            own = PANELS[key]
            panels[key] = {own.by: "", "ending": ""} if own.ending else {own.by: ""}
    if shown.heat:
        panels["hours"] = {}
    return [
        Download(
            words.texts.panel[key],
            *(links.export(form, key, **changes) for form in ("csv", "json", "parquet")),
        )
        for key, changes in panels.items()
    ]


def _chart(shown: Shown, words: Words) -> Chart | None:
    if shown.series is None or not shown.series[0]:
        return None
    now, before = shown.series
    compared = shown.asked.compared()
    compared_series = Series(before, compared) if compared and before else None
    absent = None if shown.coverage.k else 0.0
    return chart(Series(now, shown.asked.span), compared_series, words, absent=absent)
