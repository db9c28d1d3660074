"""What a clinic's page is made from: what its panels ask, and what the figures answered."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from analytics.asked import Asked
from analytics.dashboard.formats import Words
from analytics.dashboard.links import FILTERS, Links
from analytics.figures import Breakdown, Coverage, Heat, Point, Summary
from analytics.release import Ending


class PanelKind(NamedTuple):
    """A list of figures by one property."""

    by: str
    ending: str = ""
    """The ending that it is about, whatever the filters."""

    def asks(self, asked: Asked) -> Asked:
        """Return what this panel asks: of its own property all stays in the list, so that one can choose another."""
        filters = asked.filters._replace(**{self.by: ""}) if self.by in FILTERS else asked.filters
        return asked._replace(filters=filters._replace(ending=self.ending) if self.ending else filters)


PANELS: Final[Mapping[str, PanelKind]] = MappingProxyType(
    {
        "not_offered": PanelKind("topic", ending=Ending.NOT_OFFERED),
        "topics": PanelKind("topic"),
        "intents": PanelKind("intent"),
        "unanswered": PanelKind("topic", ending=Ending.UNANSWERED),
        "endings": PanelKind("ending"),
        "how": PanelKind("how"),
        "languages": PanelKind("language"),
    }
)


class Shown(NamedTuple):
    """What the figures answered; None where they are not split by so many properties."""

    asked: Asked
    coverage: Coverage
    summary: Summary | None
    series: tuple[tuple[Point, ...], tuple[Point, ...]] | None
    panels: Mapping[str, Breakdown | None]
    """By the names of `PANELS`."""
    heat: Heat | None
    """None with a filter too."""


class Telling(NamedTuple):
    """What is told, in which words, with which links."""

    shown: Shown
    words: Words
    links: Links

    def span_before(self) -> str:
        """Return the compared days as written; "" where nothing is compared."""
        compared = self.shown.asked.compared()
        return self.words.span(compared, year=False) if compared else ""
