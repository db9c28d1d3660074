import datetime as dt

import pytest

from analytics.asked import Compare, Filters, Span
from analytics.dashboard.asked import BadParameter, range_of, read_asked, today_of
from analytics.figures import Coverage
from schemas.taxonomy import Source

TODAY = dt.date(2028, 3, 1)  # a leap year: 12 months before 29 February
NOON = dt.datetime(2028, 3, 1, 12, tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def asked(**query: str):
    return read_asked("lumiere", {name.rstrip("_"): value for name, value in query.items()}, today=TODAY)


@pytest.mark.parametrize(
    "query, first, last",
    [
        pytest.param({}, "2028-02-02", "2028-02-29", id="28-days-that-end-yesterday"),
        pytest.param({"range": "7d"}, "2028-02-23", "2028-02-29", id="a-week"),
        pytest.param({"range": "91d"}, "2027-12-01", "2028-02-29", id="13-weeks"),
        pytest.param({"range": "12m"}, "2027-03-01", "2028-02-29", id="a-year-that-ends-on-29-february"),
        pytest.param({"from_": "2028-02-01", "to": "2028-02-10"}, "2028-02-01", "2028-02-10", id="own-days"),
        pytest.param(
            {"range": "custom", "from_": "2028-02-01", "to": "2028-02-01"}, "2028-02-01", "2028-02-01", id="one-day"
        ),
        pytest.param({"from_": "2028-02-20"}, "2028-02-20", "2028-02-29", id="since-a-day"),
        pytest.param({"to": "2028-02-28"}, "2028-02-01", "2028-02-28", id="28-days-up-to-a-day"),
        pytest.param(
            {"from_": "2028-02-28", "to": "2028-03-09"}, "2028-02-28", "2028-02-29", id="not-beyond-yesterday"
        ),
        pytest.param({"from_": "", "to": "", "range": ""}, "2028-02-02", "2028-02-29", id="empty-fields-are-absent"),
        pytest.param({"source": "cli"}, "2028-02-03", "2028-03-01", id="live-sources-with-today"),
        pytest.param({"source": "cli", "range": "today"}, "2028-03-01", "2028-03-01", id="today-of-a-live-source"),
    ],
)
def test_the_days_are_those_asked_for_as_far_as_they_are_over(query, first, last):
    assert asked(**query).span == Span(day(first), day(last))


@pytest.mark.parametrize(
    "query, field",
    [
        pytest.param({"range": "30d"}, "range", id="no-such-range"),
        pytest.param({"range": "today"}, "range", id="today-is-not-over"),
        pytest.param({"range": "7d", "from_": "2028-02-01"}, "range", id="a-range-and-days-contradict"),
        pytest.param({"range": "custom"}, "from", id="own-days-without-days"),
        pytest.param({"from_": "2028-02-10", "to": "2028-02-01"}, "from", id="backwards"),
        pytest.param({"from_": "2028-03-01"}, "from", id="nothing-of-it-is-over"),
        pytest.param({"from_": "2028-02-30"}, "from", id="no-such-day"),
        pytest.param({"from_": "20280201"}, "from", id="another-way-to-write-a-day"),
        pytest.param({"to": "2028-W01-1"}, "to", id="a-week"),
        pytest.param({"to": "0001-01-01"}, "to", id="before-all-calendars"),
        pytest.param({"from_": "2025-12-01", "to": "2028-01-01"}, "from", id="longer-ago-than-anything-is-kept"),
        pytest.param({"compare": "next"}, "compare", id="no-such-comparison"),
        pytest.param({"source": "press"}, "source", id="no-such-source"),
        pytest.param({"ending": "rest"}, "ending", id="what-was-folded-away-is-no-filter"),
        pytest.param({"topic": "x' OR 1=1"}, "topic", id="not-in-the-table-of-treatments"),
        pytest.param({"intent": "all"}, "intent", id="no-intent"),
    ],
)
def test_a_refusal_names_the_parameter_and_never_what_was_sent(query, field):
    with pytest.raises(BadParameter) as refusal:
        asked(**query)
    assert refusal.value.field == field
    assert str(refusal.value) == f"{field}: cannot be used"


def test_everything_else_has_a_plain_default():
    assert asked()[3:] == (Compare.PREVIOUS, Filters())
    assert asked().source is Source.VISITOR


def test_filters_combine():
    found = asked(ending="not_offered", topic="lip_filler", intent="price", compare="none")
    assert found.filters == Filters("not_offered", "lip_filler", "price")
    assert found.compare is Compare.NONE


@pytest.mark.parametrize(
    "query, name",
    [({}, "28d"), ({"range": "12m"}, "12m"), ({"from": "2028-02-01"}, "custom"), ({"from": ""}, "28d")],
)
def test_a_range_is_named(query, name):
    assert range_of(query) == name


@pytest.mark.parametrize(
    "source, closed, zone, today",
    [
        pytest.param(Source.VISITOR, "2028-02-28", "UTC", "2028-02-29", id="closing-lags-so-ranges-end-earlier"),
        pytest.param(Source.VISITOR, "2028-02-29", "UTC", "2028-03-01", id="closing-is-up-to-date"),
        pytest.param(Source.VISITOR, "2028-03-04", "UTC", "2028-03-01", id="never-after-the-clock"),
        pytest.param(Source.CLI, "2028-02-28", "UTC", "2028-03-01", id="live-sources-are-never-closed"),
        pytest.param(Source.VISITOR, None, "Pacific/Kiritimati", "2028-03-02", id="the-clinics-own-day"),
    ],
)
def test_today_is_the_day_after_the_last_closed_one(source, closed, zone, today):
    coverage = Coverage(closed and day(closed), None, 5, zone)
    assert today_of(coverage, source, now=NOON) == day(today)
