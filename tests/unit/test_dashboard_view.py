"""What a page says, from figures made by hand."""

import datetime as dt
from urllib.parse import parse_qsl, urlsplit

import pytest

from analytics.asked import Compare, Span
from analytics.dashboard.asked import read_asked
from analytics.dashboard.formats import Words
from analytics.dashboard.links import Links
from analytics.dashboard.panels import SHOWN_ROWS
from analytics.dashboard.shown import PANELS, Shown
from analytics.dashboard.tiles import difference
from analytics.dashboard.view import View, comparable, next_monday, view
from analytics.figures import Breakdown, Coverage, Heat, HeatRun, Point, Row, Summary
from schemas.taxonomy import Language

TODAY = dt.date(2026, 11, 22)  # a Sunday
SINCE = dt.date(2025, 10, 18)
COVERAGE = Coverage(TODAY - dt.timedelta(days=1), SINCE, 5, "Europe/Brussels")
LIVE = Coverage(TODAY, SINCE, 0, "UTC")
EN, FR, NL, DE = (Words(language) for language in (Language.EN, Language.FR, Language.NL, Language.DE))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def rows(*figures: tuple, not_shown: int = 0) -> Breakdown:
    """Each figure is a key, its turns, and its turns in the compared span."""
    since = day("10-25")
    return Breakdown(tuple(Row(key, turns, turns, since, before) for key, turns, before in figures), not_shown)


NOTHING = Breakdown((), 0)
SUMMARY = Summary(
    total=Row("total", 1_234, 900, day("10-25"), 1_000),
    by_ending=rows(("answered", 900, 800), ("handed_over", 40, None), ("unanswered", 60, 50), ("not_offered", 120, 60)),
    by_how=rows(("without_ai", 750, 600), ("with_ai", 150, 200)),
    left_out_percent=2,
)
FULL = {
    "not_offered": rows(("skin_booster", 37, 37), ("fat_freezing", 12, None), not_shown=9),
    "topics": rows(("clinic", 700, 600), ("botulinum_toxin", 500, 550), ("skin_booster", 37, 37)),
    "intents": rows(("price", 450, 450), ("booking", 300, 200)),
    "unanswered": rows(("lip_filler", 29, 20)),
    "endings": SUMMARY.by_ending,
    "how": SUMMARY.by_how,
    "languages": rows(("fr", 800, 700), ("nl", 434, 300)),
}
HEAT = Heat((HeatRun(1, 0, 12, 60), HeatRun(1, 12, 15, 90), HeatRun(1, 15, 24, 40)), Span(day("10-05"), day("11-01")))
POINTS = (Point(day("11-20"), day("11-20"), 8, 7), Point(day("11-21"), day("11-21"), 5, 5))


def shown(query: dict[str, str] | None = None, **changes) -> Shown:
    asked = comparable(read_asked("lumiere", query or {}, today=TODAY), COVERAGE.first)
    full = Shown(asked, COVERAGE, SUMMARY, (POINTS, ()), FULL, HEAT)
    return full._replace(**changes)


def seen(query: dict[str, str] | None = None, words: Words = EN, **changes) -> View:
    query = query or {}
    asked = read_asked("lumiere", query, today=TODAY)
    return view(shown(query, **changes), words, Links("lumiere", query), asked=asked, named_range="28d")


def tile(page: View, key: str):
    return next(found for found in page.tiles if found.key == key)


@pytest.mark.parametrize(
    "words, written",
    [
        (EN, "1,234,567 · 12% · +12% · 24 Dec 2025 – 20 Jan 2026 · Monday 12:00–15:00"),
        (FR, "1_234_567 · 12~% · +12~% · 24 déc. 2025 – 20 janv. 2026 · Lundi 12~h–15~h"),
        (NL, "1.234.567 · 12% · +12% · 24 dec 2025 – 20 jan 2026 · Maandag 12.00–15.00 uur"),
        (DE, "1.234.567 · 12~% · +12~% · 24. Dez. 2025 – 20. Jan. 2026 · Montag 12–15 Uhr"),
    ],
    ids=["en", "fr", "nl", "de"],
)
def test_each_language_writes_numbers_and_times_its_own_way(words, written):
    """In the table ~ is a space that no line breaks at, _ a narrow one."""
    span = Span(dt.date(2025, 12, 24), dt.date(2026, 1, 20))
    number, percent, change = words.number(1_234_567), words.percent(0.123), words.signed_percent(12)
    found = " · ".join((number, percent, change, words.span(span, year=False), words.when(1, 12, 15)))
    assert found == written.replace("~", "\N{NO-BREAK SPACE}").replace("_", "\N{NARROW NO-BREAK SPACE}")


def test_small_and_special_numbers_are_written_so_that_they_are_not_misread():
    assert EN.percent(0.001) == "<1%"
    assert EN.percent(0) == "0%"
    assert [EN.signed(n) for n in (-3, 0, 3)] == ["−3", "±0", "+3"]
    assert [EN.count(n, "question") for n in (0, 1, 2)] == ["0 questions", "1 question", "2 questions"]
    assert FR.count(0, "question") == "0 question"
    assert EN.when(7, 0, 24) == "Sunday, all day"


def test_topics_are_named_in_the_pages_language_and_unknown_ones_as_they_are():
    assert FR.topic("none") == "Aucun soin nommé"
    assert DE.topic("lip_filler") == "Lippenunterspritzung"
    assert EN.topic("left_the_table") == "left the table"


@pytest.mark.parametrize(
    "now, before, text, spoken",
    [
        (38, 30, "+27%", "27% more than last week: 30"),
        (30, 38, "−21%", "21% less than last week: 38"),
        (30, 30, "±0%", "as many as last week"),
        (1_001, 1_000, "±0%", "as many as last week"),
        pytest.param(5_000, 5, "+4,995", "99,900% more than last week: 5", id="a-percentage-would-say-nothing"),
    ],
)
def test_a_figure_is_told_beside_that_of_the_compared_span(now, before, text, spoken):
    assert difference(now, before, EN, "last week") == (text, spoken)


@pytest.mark.parametrize("before", [None, 0])
def test_nothing_is_compared_with_what_is_not_known(before):
    assert difference(38, before, EN, "last week") is None


def test_the_owner_reads_first_what_to_advertise_what_to_add_and_when_to_be_at_the_phone():
    found = [(insight.key, insight.answer, insight.detail) for insight in seen().insights]
    assert found == [
        (
            "advertise",
            "Botulinum toxin (anti-wrinkle injections)",
            "most asked about of what you offer: 500 questions",
        ),
        ("add", "Skin booster", "asked for but not offered: 37 questions"),
        ("phone", "Monday 12:00–15:00", "busiest hours: 90 questions in 4 weeks"),
    ]


def test_what_most_were_told_is_not_offered_is_nothing_to_advertise():
    panels = FULL | {"topics": rows(("skin_booster", 60, 1), ("lip_filler", 50, 1))}
    assert seen(panels=panels).insights[0].answer == EN.topic("lip_filler")


def test_without_figures_there_is_no_advice():
    assert seen(panels=dict.fromkeys(PANELS, NOTHING), heat=None).insights == []


def test_headline_figures_stand_beside_the_compared_ones():
    page = seen(series=(POINTS, (Point(day("10-01"), day("10-01"), 700, 600),)))
    assert [(found.key, found.value, found.difference and found.difference.text) for found in page.tiles] == [
        ("questions", "1,234", "+23%"),
        ("conversations", "900", "+50%"),
        ("without_ai", "83%", "+8 pt"),
        ("handed_over", "40", None),
        ("not_offered", "120", "+100%"),
        ("unanswered", "60", "+20%"),
    ]


def test_a_headline_figure_that_may_not_be_shown_is_not_called_zero():
    summary = SUMMARY._replace(by_ending=NOTHING, by_how=rows(("with_ai", 9, 9)))
    page = seen(summary=summary)
    assert [tile(page, key).value for key in ("without_ai", "handed_over", "unanswered")] == ["", "", ""]
    live = seen({"source": "cli"}, summary=summary, coverage=LIVE)
    assert tile(live, "handed_over").value == "0"


def test_with_a_filter_only_figures_that_mean_something_remain():
    keys = [found.key for found in seen({"topic": "lip_filler"}).tiles]
    assert keys == ["questions", "conversations", "handed_over", "not_offered", "unanswered"]
    assert [found.key for found in seen({"ending": "unanswered"}).tiles] == ["questions", "conversations"]
    assert seen({"topic": "lip_filler"}).insights == []
    assert seen({"topic": "lip_filler"}).left_out == ""
    assert seen().left_out == "2%"


def test_a_row_sets_its_filter_and_the_row_of_the_filter_removes_it():
    lines = seen({"topic": "skin_booster", "lang": "en"}).panels["topics"].lines
    assert [(line.current, line.link) for line in lines] == [
        (False, "/clinics/lumiere?topic=clinic&lang=en"),
        (False, "/clinics/lumiere?topic=botulinum_toxin&lang=en"),
        (True, "/clinics/lumiere?lang=en"),
    ]
    assert all(line.link == "" for line in seen().panels["languages"].lines)


def test_a_row_says_its_share_of_all_and_its_bar_of_the_longest():
    first, second = seen().panels["not_offered"].lines
    assert (first.share, first.width) == ("64%", "100.0%")
    assert (second.share, second.width) == ("21%", "32.4%")


def test_long_lists_are_cut_and_nothing_is_lost():
    topics = rows(*[(f"treatment_{n}", 99 - n, None) for n in range(SHOWN_ROWS + 3)])
    panel = seen(panels=FULL | {"topics": topics}).panels["topics"]
    assert (len(panel.lines), len(panel.more)) == (SHOWN_ROWS, 3)


@pytest.mark.parametrize(
    "words, note",
    [
        (EN, "9 questions not shown here: fewer than 5 conversations each, or waiting for their week to close."),
        (DE, "Hier nicht gezeigt: 9 Fragen, weniger als je 5 Gespräche, oder sie warten auf das Ende ihrer Woche."),
    ],
)
def test_every_panel_says_what_it_withholds(words, note):
    assert seen(words=words).panels["not_offered"].notes == [note]


def test_a_panel_says_since_when_its_figures_were_gathered():
    waited = Breakdown((Row("price", 9, 9, day("10-05"), None),), 0)
    panels = FULL | {"intents": waited}
    assert seen(panels=panels).panels["intents"].days == "5 Oct – 21 Nov"
    young = COVERAGE._replace(first=day("11-10"))
    assert seen(panels=panels, coverage=young).panels["intents"].days == "10 Nov – 21 Nov"


def test_what_a_filter_cannot_reach_says_why():
    page = seen(
        {"topic": "lip_filler", "intent": "price"}, panels=dict.fromkeys(PANELS) | {"topics": FULL["topics"]}, heat=None
    )
    assert "all questions together" in page.panels["languages"].notes[0]
    assert "all questions together" in page.heat.notes[0]
    assert "two properties at most" in page.panels["unanswered"].notes[0]


def test_lists_of_one_ending_say_that_they_do_not_follow_another():
    notes = seen({"ending": "handed_over"}).panels["unanswered"].notes
    assert notes == ["This list keeps its own ending and does not follow the filter “Handed over”."]
    assert seen({"ending": "unanswered"}).panels["unanswered"].notes == []


@pytest.mark.parametrize(
    "query, changes, state",
    [
        pytest.param({}, {}, "full", id="figures"),
        pytest.param({}, {"coverage": Coverage(None, None, 5, "UTC")}, "nothing", id="never-asked"),
        pytest.param({"range": "12m"}, {"summary": SUMMARY._replace(total=None)}, "empty", id="not-in-these-days"),
        pytest.param(
            {},
            {"summary": SUMMARY._replace(total=None), "coverage": COVERAGE._replace(first=day("11-20"))},
            "waiting",
            id="counted-and-too-few-yet",
        ),
        pytest.param(
            {"topic": "lip_filler"}, {"summary": SUMMARY._replace(total=None)}, "empty_filtered", id="none-of-these"
        ),
        pytest.param({"topic": "lip_filler"}, {"summary": None}, "two_filters", id="too-many-filters"),
    ],
)
def test_a_page_without_figures_knows_why(query, changes, state):
    assert seen(query, **changes).state == state


@pytest.mark.parametrize(
    "closed, monday",
    [
        ("11-18", "11-23"),
        pytest.param("11-21", "11-23", id="sunday-is-under-way"),
        pytest.param("11-22", "11-30", id="the-week-has-just-been-closed"),
    ],
)
def test_the_week_under_way_is_closed_on_the_monday_after_it(closed, monday):
    assert next_monday(day(closed)) == day(monday)


def test_days_before_counting_began_are_no_comparison():
    page = seen({"range": "12m"})
    assert (page.days_before, page.incomparable) == ("", "18 Oct 2025")
    assert [choice.current for choice in page.compares] == [False, True, False]
    assert seen().days_before == "27 Sep – 24 Oct 2026"
    asked = read_asked("lumiere", {"compare": "year"}, today=TODAY)
    assert comparable(asked, SINCE).compare is Compare.YEAR
    assert comparable(asked, None).compare is Compare.NONE


def test_filters_are_chips_that_remove_their_own():
    query = {"ending": "not_offered", "topic": "lip_filler", "range": "7d"}
    assert [(chip.name, chip.link) for chip in seen(query).chips] == [
        ("Not offered", "/clinics/lumiere?range=7d&topic=lip_filler"),
        ("Lip filler", "/clinics/lumiere?range=7d&ending=not_offered"),
    ]


def test_links_change_one_thing_and_keep_the_rest():
    query = {
        "range": "custom",
        "from": "2026-11-01",
        "to": "2026-11-09",
        "source": "seed",
        "topic": "lip_filler",
        "lang": "xx",
        "other": "x",
    }
    links = Links("lumiere", query)
    kept = {"from": "2026-11-01", "to": "2026-11-09", "source": "seed", "topic": "lip_filler"}
    assert dict(parse_qsl(urlsplit(links.view()).query)) == kept
    assert links.days("7d") == "/clinics/lumiere?range=7d&source=seed&topic=lip_filler"
    assert links.days("28d") == "/clinics/lumiere?source=seed&topic=lip_filler"
    assert dict(parse_qsl(urlsplit(links.unfiltered()).query)) == {k: kept[k] for k in ("from", "to", "source")}
    assert links.kept_by_form() == [("source", "seed"), ("topic", "lip_filler")]
    assert Links("lumiere", {"lang": "fr"}).start() == "/?lang=fr"


def test_downloads_carry_the_filters_that_their_panel_follows():
    page = seen({"ending": "not_offered", "topic": "lip_filler", "lang": "de", "compare": "none"})
    files = {download.name: download.csv for download in page.downloads}
    assert files["Asked about"] == ("/api/clinics/lumiere/export.csv?panel=topics&compare=none&ending=not_offered")
    assert files["Unanswered"] == "/api/clinics/lumiere/export.csv?panel=unanswered&compare=none"
    assert files["Questions over time"].endswith("panel=series&compare=none&ending=not_offered&topic=lip_filler")
