"""What a request asks for, read from its query: the same for pages, API and exports.

- ``range`` one of `RANGES`, or ``custom`` with ``from`` and ``to`` (YYYY-MM-DD, both included, the clinic's days)
- ``compare`` none, previous, year
- ``source`` a `schemas.taxonomy.Source`
- ``ending``, ``topic``, ``intent`` filters; several combine

A parameter that is empty counts as absent, since a plain form sends its empty fields. Whether a
combination of filters can be answered is for `analytics.figures` to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from analytics.asked import LONGEST_DAYS, Asked, Compare, Filters, Span
from analytics.figures import Coverage
from analytics.release import RELEASED_SOURCES, Ending
from schemas.taxonomy import Intent, Source
from schemas.treatments import is_topic

RANGES: Final = ("7d", "28d", "91d", "12m")
"""Ranges that end on the last day there is; ``today`` exists for live sources only."""
LIVE: Final = frozenset(Source) - frozenset(RELEASED_SOURCES)
"""Sources that hold no visitors: shown as they are, today included."""
_DEFAULT_RANGE: Final = "28d"
_DEFAULT_DAYS: Final = 28


class BadParameter(ValueError):  # noqa: N818  # it is answered as a refusal
    """A parameter that cannot be used; says which, never what was sent."""

    def __init__(self, field: str) -> None:
        """Keep the parameter's name."""
        super().__init__(f"{field}: cannot be used")
        self.field = field


def read_source(query: Mapping[str, str]) -> Source:
    """Return the source that `query` asks for; visitors where it names none.

    Raises:
        BadParameter: No such source.
    """
    return _member(Source, query, "source", Source.VISITOR)


def today_of(coverage: Coverage, source: Source, *, now: dt.datetime) -> dt.date:
    """Return the day that counts as today: of live sources the clinic's, of others the day after the last closed one.

    Where closing lags behind, ranges end with what is closed: a range that ends with days without figures, compared
    with a whole one, would look like a loss of visitors.

    Args:
        coverage: Of the clinic and `source`.
        source: Whose figures are asked for.
        now: Aware.
    """
    today = now.astimezone(ZoneInfo(coverage.timezone)).date()
    if source in LIVE or coverage.closed is None:
        return today
    return min(today, coverage.closed + dt.timedelta(days=1))


def range_of(query: Mapping[str, str]) -> str:
    """Return the range's name: one of `RANGES`, ``today`` or ``custom``.

    Raises:
        BadParameter: There is no such range, or a named one comes with days of its own.
    """
    named, has_days = query.get("range", ""), bool(query.get("from") or query.get("to"))
    if named not in ("", "today", "custom", *RANGES) or (has_days and named not in ("", "custom")):
        raise BadParameter("range")
    return named or ("custom" if has_days else _DEFAULT_RANGE)


def read_asked(clinic: str, query: Mapping[str, str], *, today: dt.date) -> Asked:
    """Return what `query` asks about `clinic`.

    Args:
        clinic: Whose figures; not checked here.
        query: Parameters by name; those of no meaning here are left alone.
        today: From `today_of`. Days that are not over are left out of a range, of live sources after today.

    Raises:
        BadParameter: One of them cannot be used.
    """
    source = read_source(query)
    return Asked(
        clinic=clinic,
        source=source,
        span=_span(query, today=today, live=source in LIVE),
        compare=_member(Compare, query, "compare", Compare.PREVIOUS),
        filters=_filters(query),
    )


def _span(query: Mapping[str, str], *, today: dt.date, live: bool) -> Span:
    last = today if live else today - dt.timedelta(days=1)
    match range_of(query):
        case "custom":
            return _custom(query, today=today, latest=last)
        case "today":
            if not live:
                raise BadParameter("range")
            return Span(today, today)
        case "12m":
            return Span(_year_before(last) + dt.timedelta(days=1), last)
        case days:
            return Span(last - dt.timedelta(days=int(days.removesuffix("d")) - 1), last)


def _custom(query: Mapping[str, str], *, today: dt.date, latest: dt.date) -> Span:
    oldest = today - dt.timedelta(days=LONGEST_DAYS)
    first, last = _day(query, "from", oldest=oldest), _day(query, "to", oldest=oldest)
    if first is None and last is None:
        raise BadParameter("from")  # range=custom alone
    if first and last and first > last:
        raise BadParameter("from")
    until = min(last or latest, latest)
    since = first or until - dt.timedelta(days=_DEFAULT_DAYS - 1)
    if since > until:
        raise BadParameter("from")  # of the days asked for none is over
    return Span(since, until)


def _day(query: Mapping[str, str], field: str, *, oldest: dt.date) -> dt.date | None:
    text = query.get(field, "")
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadParameter(field) from None
    # fromisoformat reads weeks and days without hyphens too; one way to write a day is enough.
    if day.isoformat() != text or day < oldest:
        raise BadParameter(field)
    return day


def _year_before(day: dt.date) -> dt.date:
    """Return the same day of the year before; 28 February for the 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _filters(query: Mapping[str, str]) -> Filters:
    topic = query.get("topic", "")
    if topic and not is_topic(topic):
        raise BadParameter("topic")
    return Filters(ending=_word(Ending, query, "ending"), topic=topic, intent=_word(Intent, query, "intent"))


def _word(vocabulary: type[Ending | Intent], query: Mapping[str, str], field: str) -> str:
    return _member(vocabulary, query, field, None) or ""


def _member[E: StrEnum, D](vocabulary: type[E], query: Mapping[str, str], field: str, default: D) -> E | D:
    """Return the member of `vocabulary` that `field` names, or `default`.

    Raises:
        BadParameter: There is no such member.
    """
    text = query.get(field, "")
    if not text:
        return default
    try:
        return vocabulary(text)
    except ValueError:
        raise BadParameter(field) from None
