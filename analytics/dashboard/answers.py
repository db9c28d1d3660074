"""What the query API answers, as structs: `analytics.dashboard.described` makes its description from them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from analytics.asked import Compare
from analytics.release import Ending, How
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Intent, Language, Source
from schemas.treatments import treatments

type Turns = Annotated[int, Meta(ge=0, description="Questions asked.")]
type Firsts = Annotated[
    int, Meta(ge=0, description="Conversations, approximately: one counts once for each topic and intent.")
]
type Since = Annotated[
    dt.date, Meta(description="First day of what was gathered; before `from` where it waited to be shown.")
]
type Before = Annotated[
    int | None, Meta(description="Turns in the compared span; null: not compared, or not to be shown.")
]


class Coverage(Struct, frozen=True):
    """What the clinic's figures cover."""

    closed: Annotated[dt.date | None, Meta(description="Last day that is counted; null: none yet.")]
    first: Annotated[dt.date | None, Meta(description="First day that is counted; null: none yet.")]
    k: Annotated[int, Meta(ge=0, description="Fewest conversations behind a figure; 0 where no visitor is behind any.")]
    timezone: Annotated[str, Meta(description="Whose days they are, IANA.")]
    epsilon: Annotated[float, Meta(ge=0, description="Budget of noise a turn; 0: figures are exact.")]


class Filters(Struct, frozen=True):
    """Only turns that ended so, about this, wanting that; "" is all."""

    ending: str
    topic: str
    intent: str


class Days(Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """Days, both included."""

    first: dt.date
    last: dt.date


class Answer(Struct, frozen=True, kw_only=True):
    """What every answer says beside its figures."""

    clinic: str
    source: Annotated[Source, Meta(description="Whose turns: visitors', or of whom else.")]
    first: dt.date = msgspec.field(name="from")
    last: dt.date = msgspec.field(name="to")
    compare: Compare
    compared: Annotated[Days | None, Meta(description="The span that `before` is of.")]
    filters: Filters
    coverage: Coverage
    k: Annotated[int, Meta(ge=0, description="Fewest conversations behind a figure.")]
    since: Annotated[dt.date | None, Meta(description="First day that is counted at all; null: none yet.")]


class Row(Struct, frozen=True):
    """One figure."""

    key: str
    turns: Turns
    firsts: Firsts
    since: Since
    before: Before


def _one_of(description: str, *members: str) -> Meta:
    return Meta(description=description, extra_json_schema={"enum": list(members)})


class TopicRow(Row, frozen=True, rename={"key": "topic"}):
    """Turns about one topic."""

    key: Annotated[str, _one_of("A treatment, the clinic itself, or none.", *treatments(), CLINIC_TOPIC, NO_TOPIC)]


class IntentRow(Row, frozen=True, rename={"key": "intent"}):
    """Turns that wanted one thing."""

    key: Annotated[str, _one_of("What was wanted.", *Intent)]


class EndingRow(Row, frozen=True, rename={"key": "ending"}):
    """Turns that ended one way."""

    key: Annotated[str, _one_of("How it ended.", *Ending)]


class HowRow(Row, frozen=True, rename={"key": "how"}):
    """Turns answered one way."""

    key: Annotated[str, _one_of("With or without a language model.", *How)]


class LanguageRow(Row, frozen=True, rename={"key": "language"}):
    """Turns in one language."""

    key: Annotated[str, _one_of("The visitor's.", *Language)]


class TotalRow(Row, frozen=True, rename={"key": "figure"}):
    """All turns."""

    key: Annotated[str, _one_of("All of them.", "total")]


class Withheld(Struct, frozen=True):
    """What the rows leave out of their total."""

    turns: Annotated[int, Meta(ge=0, description="Turns of too small groups, or that still wait for their week.")]


class Part[R](Struct, frozen=True):
    """Figures by one property, most turns first."""

    rows: tuple[R, ...]
    withheld: Withheld


class Breakdown[R](Answer, frozen=True, kw_only=True):
    """Figures by one property, most turns first."""

    rows: tuple[R, ...]
    withheld: Withheld


class Topics(Breakdown[TopicRow], frozen=True, kw_only=True):
    """Turns by topic."""

    left_out_percent: Annotated[int, Meta(ge=0, le=100, description="Share of turns that looked automated.")]


class Summary(Answer, frozen=True, kw_only=True):
    """The figures at the top."""

    total: Annotated[TotalRow | None, Meta(description="null: nothing to show.")]
    endings: Part[EndingRow]
    how: Part[HowRow]
    left_out_percent: Annotated[int, Meta(ge=0, le=100, description="Share of turns that looked automated.")]


class Point(Struct, frozen=True):
    """Turns of some days, gathered together because they were few."""

    since: dt.date
    day: Annotated[dt.date, Meta(description="The last of them, on which they count.")]
    turns: Turns
    firsts: Firsts


class Series(Answer, frozen=True, kw_only=True):
    """Turns over time."""

    points: tuple[Point, ...]
    points_compared: tuple[Point, ...]


class Run(Struct, frozen=True):
    """Turns of some hours of a weekday, in the clinic's own time."""

    weekday: Annotated[int, Meta(ge=1, le=7, description="1 is Monday.")]
    hour: Annotated[int, Meta(ge=0, le=23)]
    until: Annotated[int, Meta(ge=1, le=24, description="Exclusive.")]
    turns: Turns


class Hours(Answer, frozen=True, kw_only=True):
    """When turns came."""

    runs: tuple[Run, ...]
    span: Annotated[Days | None, Meta(description="The whole 4 weeks that they are of; null: none yet.")]
    spread: Annotated[bool, Meta(description="Whether turns of joined hours were spread evenly over them.")]


class Panels(Struct, frozen=True, kw_only=True):
    """Every panel that can be asked with the same filters; the others are absent."""

    summary: Summary | UnsetType = UNSET
    series: Series | UnsetType = UNSET
    topics: Topics | UnsetType = UNSET
    intents: Breakdown[IntentRow] | UnsetType = UNSET
    endings: Breakdown[EndingRow] | UnsetType = UNSET
    how: Breakdown[HowRow] | UnsetType = UNSET
    languages: Breakdown[LanguageRow] | UnsetType = UNSET
    hours: Hours | UnsetType = UNSET
    not_offered: Breakdown[TopicRow] | UnsetType = UNSET
    unanswered: Breakdown[TopicRow] | UnsetType = UNSET


class Everything(Answer, frozen=True, kw_only=True):
    """All panels of a page."""

    panels: Panels
