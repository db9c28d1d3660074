"""Blocks of days on a chart, and runs of hours in a table."""

import datetime as dt
import json

from analytics.asked import Span
from analytics.dashboard.chart import Series, chart
from analytics.dashboard.formats import Words
from analytics.dashboard.heat import busiest, heat_table
from analytics.figures import HeatRun, Point
from schemas.taxonomy import Language

EN = Words(Language.EN)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


MONTH = Span(day("10-25"), day("11-21"))
POINTS = [Point(day("11-20"), day("11-20"), 8, 7), Point(day("11-21"), day("11-21"), 5, 5)]


def drawn(points: list[Point], span: Span = MONTH, before: Series | None = None, **options) -> dict:
    return json.loads(chart(Series(points, span), before, EN, **options).config)


def test_a_day_of_its_own_is_a_bar_of_its_own():
    found = drawn(POINTS)
    assert (found["first"], found["step"], len(found["now"]["heights"])) == ("2026-10-25", 1, 28)
    assert found["now"]["heights"][-3:] == [None, 8.0, 5.0]
    assert found["now"]["labels"][-3:] == [
        "Thu 19 Nov: too few to show",
        "Fri 20 Nov: 8 questions",
        "Sat 21 Nov: 5 questions",
    ]


def test_days_that_waited_for_their_week_share_its_sum_and_leave_the_others_alone():
    found = drawn([Point(day("11-09"), day("11-15"), 12, 9), Point(day("11-11"), day("11-11"), 6, 6)])["now"]
    assert found["heights"][15:22] == [2.0, 2.0, 6.0, 2.0, 2.0, 2.0, 2.0]
    assert found["labels"][15] == "9 Nov – 15 Nov: 12 questions on these days together"


def test_a_sum_whose_days_all_have_bars_is_laid_on_top_of_them():
    days = [Point(day(f"11-{n:02}"), day(f"11-{n:02}"), 6, 6) for n in range(9, 16)]
    found = drawn([*days, Point(day("11-09"), day("11-15"), 7, 5)])["now"]
    assert found["heights"][15:22] == [7.0] * 7
    assert found["labels"][15] == "Mon 9 Nov: 7 questions"


def test_only_the_part_of_a_block_that_lies_in_the_span_is_drawn():
    assert drawn([Point(day("10-19"), day("10-25"), 14, 9)])["now"]["heights"][:2] == [2.0, None]


def test_long_spans_are_drawn_by_weeks_that_begin_on_monday():
    found = drawn(POINTS, Span(dt.date(2025, 11, 22), day("11-21")))
    assert (found["first"], found["step"], len(found["now"]["heights"])) == ("2025-11-17", 7, 53)
    assert found["now"]["heights"][-1] == 13.0
    assert found["now"]["labels"][-1] == "16 Nov – 21 Nov: 13 questions"


def test_the_compared_span_is_drawn_day_above_day():
    before = Series([Point(day("09-27"), day("09-27"), 7, 6)], Span(day("09-27"), day("10-24")))
    assert drawn(POINTS, before=before)["before"]["heights"] == [7.0, *[None] * 27]
    shorter = before._replace(span=Span(day("09-27"), day("10-23")))
    assert drawn(POINTS, before=shorter)["before"]["heights"] == [7.0, *[None] * 27]
    assert drawn(POINTS)["before"] is None


def test_what_no_visitor_is_behind_has_days_of_zero():
    assert drawn(POINTS, absent=0.0)["now"]["heights"][-3:] == [0.0, 8.0, 5.0]


def test_the_table_beside_the_chart_holds_each_block_as_it_was_published():
    found = chart(Series([POINTS[0], Point(day("11-02"), day("11-08"), 12, 9)], MONTH), None, EN)
    assert found.rows == [("2 Nov – 8 Nov", "12", "9"), ("Fri 20 Nov", "8", "7")]


def test_runs_of_hours_span_columns_and_every_row_is_as_wide_as_the_head():
    runs = [HeatRun(1, 0, 9, 9), HeatRun(1, 9, 12, 30), HeatRun(1, 12, 24, 12), HeatRun(3, 10, 11, 5)]
    table = heat_table(runs, EN)
    assert [column.text for column in table.columns] == ["0", "9", "10", "11", "12"]
    assert [sum(cell.columns for cell in cells) for _, _, cells in table.rows] == [5] * 7
    monday, tuesday, wednesday = (cells for _, _, cells in table.rows[:3])
    assert [(cell.columns, cell.text, cell.level) for cell in monday] == [(1, "9", 1), (3, "30", 5), (1, "12", 1)]
    assert [(cell.columns, cell.text, cell.level) for cell in tuesday] == [(5, "–", 0)]
    assert [cell.text for cell in wednesday] == ["–", "5", "–"]
    assert monday[1].spoken == "Monday 9:00–12:00: 30 questions"
    assert tuesday[0].spoken == "Tuesday, all day: too few to show"


def test_the_busiest_hours_are_those_with_most_questions_an_hour():
    long = [HeatRun(1, 0, 12, 100), HeatRun(2, 12, 15, 60), HeatRun(3, 0, 24, 90)]
    assert busiest(long)[0] == HeatRun(2, 12, 15, 60)


def test_neighbouring_hours_are_one_time_at_the_phone():
    hours = [HeatRun(1, hour, hour + 1, turns) for hour, turns in enumerate((9, 9, 9, 50, 40, 45, 9, 9))]
    assert busiest(hours)[0] == HeatRun(1, 3, 6, 135)
    times = [(run.hour, run.until) for run in busiest(hours)]
    assert all(one == other or one[1] <= other[0] or other[1] <= one[0] for one in times for other in times)


def test_a_lone_hour_is_better_than_nothing():
    assert busiest([HeatRun(5, 9, 10, 7)]) == [HeatRun(5, 9, 10, 7)]
