"""The weekly letter as it is written, and where it may be sent."""

import datetime as dt
import re
import string
from html.parser import HTMLParser

import pytest

from analytics.asked import Span
from analytics.figures import Breakdown, Coverage, Heat, HeatRun, Row
from analytics.mail_settings import Smtp, Tls, parse_smtp, read_mail
from analytics.outbox import compose
from analytics.spikes import Kind, Notice, What
from analytics.weekly import Listed, Report, _last_stretch, last_week
from analytics.weekly_letter import texts, write
from schemas.env import SettingsFault
from schemas.taxonomy import SPOKEN, Language, Source

MONDAY, SUNDAY = dt.date(2026, 11, 9), dt.date(2026, 11, 15)
WEEK, MONTH = Span(MONDAY, SUNDAY), Span(dt.date(2026, 10, 19), SUNDAY)
OCTOBER = dt.date(2026, 10, 5)
SUMMER = Span(dt.date(2026, 7, 13), dt.date(2026, 10, 4))


def row(key: str, turns: int, before: int | None = None, since: dt.date = MONDAY) -> Row:
    return Row(key, turns, turns, since, before)


REPORT = Report(
    clinic="lumiere",
    source=Source.VISITOR,
    week=WEEK,
    month=MONTH,
    coverage=Coverage(SUNDAY, dt.date(2025, 10, 18), 5, "Europe/Brussels"),
    total=row("total", 443, 397),
    month_total=row("total", 1_579, 1_500),
    treatments=Listed(Breakdown((row("lip_filler", 77, 28), row("prp", 20), row("hifu", 12, since=OCTOBER)), 53), WEEK),
    not_offered=Listed(Breakdown((row("endolift", 23, since=MONTH.first),), 0), MONTH),
    unanswered=Listed(Breakdown((row("clinic", 13, since=SUMMER.first),), 4), SUMMER),
    heat=Heat((HeatRun(1, 0, 12, 60), HeatRun(2, 12, 15, 47), HeatRun(7, 0, 24, 31)), Span(OCTOBER, SUNDAY)),
    notices=(Notice(Kind.SPIKE, What.TOPIC, "lip_filler", 77, 28, MONDAY, SUNDAY),),
    left_out_percent=4,
)
EMPTY = REPORT._replace(
    total=None,
    month_total=None,
    treatments=Listed(Breakdown((), 0), WEEK),
    not_offered=Listed(Breakdown((), 0), MONTH),
    unanswered=Listed(Breakdown((), 9), MONTH),
    heat=None,
    notices=(),
    left_out_percent=0,
)
ENGLISH = """\
Clinique Lumière
Your week, 9 Nov – 15 Nov 2026

443 QUESTIONS
12% more than the week before (397)
1,579 questions in the 4 weeks to 15 Nov

OUT OF THE ORDINARY
* Lip filler: 77 questions, usually about 28.

MOST ASKED ABOUT
This week · with the difference to the week before
    77  Lip filler (+49)
    20  PRP (platelet-rich plasma)
    12  HIFU (focused ultrasound) (since 5 Oct)
Not shown: 53 questions, too few on one subject.

ASKED FOR BUT NOT OFFERED
19 Oct – 15 Nov · worth a line on your price list, or on your website?
    23  Endolift

UNANSWERED
13 Jul – 4 Oct · a sentence in your clinic’s file would answer these
    13  The clinic itself
Not shown: 4 questions, too few on one subject.

WHEN THEY ASK
5 Oct – 15 Nov · the busiest hours
    47  Tuesday 12:00–15:00
    60  Monday 0:00–12:00
    31  Sunday, all day

Open the dashboard:
https://figures.example/clinics/lumiere?from=2026-11-09&to=2026-11-15&lang=en

--
4% of all questions looked automated. They are not counted.
Every figure has at least 5 conversations behind it. No text, no name
and no address of a visitor is kept.
Sent on Mondays to the address in your clinic’s file.
"""


def letter(report: Report = REPORT, **changes):
    asked = {"name": "Clinique Lumière", "language": Language.EN, "dashboard_url": "https://figures.example"}
    return write(report, **(asked | changes))


def test_the_letter_in_english():
    written = letter()
    assert written.text == ENGLISH
    assert written.subject == "Clinique Lumière: 443 questions · 9 Nov – 15 Nov · Lip filler stands out"
    assert (written.clinic, written.week) == ("lumiere", "2026-W46")


class _Shown(HTMLParser):
    """The text of a page, and what its tags refer to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags, self.addresses, self._hidden = [], set(), [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in {"href", "src", "background", "action"}]
        self._hidden += tag in {"style", "title"}

    def handle_endtag(self, tag):
        self._hidden -= tag in {"style", "title"}

    def handle_data(self, data):
        self.words += [] if self._hidden else data.split()


@pytest.mark.parametrize("language", SPOKEN)
def test_html_and_text_tell_the_same(language):
    written = letter(language=language)
    shown = _Shown(written.html).words
    for number in ("443", "77", "12", "23", "13", "47", "60", "31", "53"):
        assert number in shown, number
        assert re.search(rf"\b{number}\b", written.text), number
    assert f'<html lang="{language.value}">' in written.html


def test_opening_the_letter_asks_nobody_for_anything():
    written = letter()
    page = _Shown(written.html)
    assert page.addresses == ["https://figures.example/clinics/lumiere?from=2026-11-09&to=2026-11-15&lang=en"]
    assert not page.tags & {"img", "link", "script", "iframe", "video", "svg", "form", "object"}
    assert not re.search(r"url\(|@import|@font-face", written.html)


def test_without_a_dashboard_there_is_no_link():
    written = letter(dashboard_url="")
    assert _Shown(written.html).addresses == []
    assert "http" not in written.text


def test_what_a_clinic_is_called_is_text():
    written = letter(name="<b>Dr. O'Neill & Co</b>")
    assert "<b>" not in written.html
    assert written.text.startswith("<b>Dr. O'Neill & Co</b>\n")


@pytest.mark.parametrize(
    "changes,says",
    [
        ({"total": row("total", 300, 400)}, "25% less than the week before (400)"),
        ({"total": row("total", 400, 400)}, "As many as the week before"),
        ({"total": row("total", 9)}, "The week before had too few to show."),
        ({"total": row("total", 9, 9, since=OCTOBER)}, "\nsince 5 Oct\n"),
        ({"total": None}, "Too few questions this week to show."),
        ({"unanswered": Listed(Breakdown((), 9), MONTH)}, "these\nNothing, or too few to show.\n"),
        ({"treatments": Listed(Breakdown((row("prp", 9, 5),), 0), MONTH)}, "19 Oct – 15 Nov\n     9  PRP"),
        ({"source": Source.SEED}, "Invented figures"),
        ({"source": Source.DEMO}, "Asked on the demo page"),
    ],
    ids=[
        "less",
        "as many",
        "nothing before",
        "gathered for longer",
        "too few",
        "nothing of a kind",
        "a list of longer",
        "seed",
        "demo",
    ],
)
def test_other_weeks(changes, says):
    assert says in letter(REPORT._replace(**changes)).text


def test_only_visitors_letters_come_on_mondays():
    assert "Mondays" not in letter(REPORT._replace(source=Source.SEED)).text


NOTICES = [
    *((Kind.SPIKE, what, usual) for what in (What.TOPIC, What.NOT_OFFERED) for usual in (28, None)),
    (Kind.DROP, What.TOPIC, 150),
    (Kind.SPIKE, What.TOTAL, 28),
    (Kind.DROP, What.TOTAL, 150),
]


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("kind,what,usual", NOTICES)
def test_every_notice_has_its_sentence(language, kind, what, usual):
    topic = "" if what is What.TOTAL else "hifu"
    notice = Notice(kind, what, topic, 77, usual, MONDAY, SUNDAY)
    written = letter(REPORT._replace(notices=(notice,)), language=language)
    said = written.text.split(texts()[language].notices.upper())[1].split("*")[1].split("\n\n")[0]
    assert "77" in said
    assert (str(usual) in said) == (usual is not None)


@pytest.mark.parametrize("language", SPOKEN)
def test_a_clinic_without_figures_gets_a_short_letter(language):
    written = letter(EMPTY, language=language)
    assert EMPTY.is_empty
    assert texts()[language].quiet in written.text
    assert "443" not in written.html


def test_every_language_fills_in_the_same():
    def fields(sentence: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    def sentences(language: Language) -> dict[str, str]:
        own = texts()[language]
        flat = {name: getattr(own, name) for name in own.__struct_fields__ if name != "notice"}
        return flat | own.notice

    english = {name: fields(sentence) for name, sentence in sentences(Language.EN).items()}
    for language in SPOKEN:
        assert {name: fields(sentence) for name, sentence in sentences(language).items()} == english
    assert set(texts()) == set(SPOKEN)


@pytest.mark.parametrize(
    "closed,monday",
    [("2026-11-15", "2026-11-09"), ("2026-11-21", "2026-11-09"), ("2026-11-22", "2026-11-16")],
    ids=["a Sunday", "the Saturday after", "the Sunday after"],
)
def test_a_week_is_told_once_its_sunday_is_closed(closed, monday):
    first = dt.date.fromisoformat(monday)
    assert last_week(dt.date.fromisoformat(closed)) == Span(first, first + dt.timedelta(days=6))


@pytest.mark.parametrize(
    "sunday,days,first",
    [
        ("2026-11-01", 28, "2026-10-05"),
        ("2026-11-15", 28, "2026-10-05"),
        ("2026-11-29", 28, "2026-11-02"),
        ("2026-11-15", 84, "2026-07-13"),
        ("2026-12-27", 84, "2026-10-05"),
    ],
)
def test_longer_lists_are_of_whole_stretches(sunday, days, first):
    span = _last_stretch(dt.date.fromisoformat(sunday), days)
    assert span == Span(dt.date.fromisoformat(first), dt.date.fromisoformat(first) + dt.timedelta(days=days - 1))


def test_the_mail_has_both_forms_and_any_server_takes_it():
    now = dt.datetime(2026, 11, 16, 7, tzinfo=dt.UTC)
    mail = compose(letter(), sender="figures@host.example", to="info@lumiere.example", now=now)
    raw = mail.as_bytes()
    assert all(byte < 128 for byte in raw)
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    plain = mail.get_body(("plain",))
    assert plain
    assert plain.get_content() == ENGLISH
    assert (mail["From"], mail["To"]) == ("figures@host.example", "info@lumiere.example")
    assert mail["Date"] == "Mon, 16 Nov 2026 07:00:00 +0000"
    assert mail["Message-ID"].endswith("@host.example>")


def test_a_name_cannot_add_a_header():
    now = dt.datetime(2026, 11, 16, 7, tzinfo=dt.UTC)
    with pytest.raises(ValueError, match="Header"):
        compose(letter(name="A\r\nBcc: all@example.com"), sender="a@b.example", to="c@d.example", now=now)


SECRET = "s3cret"  # noqa: S105  # to be looked for
SERVERS = {
    "smtps": ("smtps://u:p%40ss@mail.example", Smtp("mail.example", 465, Tls.WRAPPED, "u", "p@ss")),
    "starttls": ("smtp://u:p@mail.example:25", Smtp("mail.example", 25, Tls.STARTTLS, "u", "p")),
    "its usual port": ("smtp://mail.example", Smtp("mail.example", 587, Tls.STARTTLS, "", "")),
    "loopback": ("smtp://127.0.0.1:2525", Smtp("127.0.0.1", 2525, Tls.NONE, "", "")),
    "loopback by name": ("smtp://localhost:25/", Smtp("localhost", 25, Tls.NONE, "", "")),
    "loopback, encrypted": ("smtps://[::1]", Smtp("::1", 465, Tls.WRAPPED, "", "")),
}


@pytest.mark.parametrize("url,server", SERVERS.values(), ids=SERVERS.keys())
def test_a_servers_address_is_read(url, server):
    assert parse_smtp(url) == server


@pytest.mark.parametrize(
    "url",
    [
        f"http://u:{SECRET}@mail.example",
        f"u:{SECRET}@mail.example",
        f"smtps://u:{SECRET}@",
        f"smtps://u:{SECRET}@mail.example:port",
        f"smtps://u:{SECRET}@mail.example:99999",
        f"smtp://u:{SECRET}@mail.example/?starttls=no",
        f"smtp://u:{SECRET}@[mail.example",
        f"smtp://u:{SECRET}%C3%A4@mail.example",
    ],
    ids=["scheme", "no scheme", "no host", "no port", "port too large", "options", "bracket", "a letter like ä"],
)
def test_a_wrong_address_is_refused_and_not_quoted(url):
    with pytest.raises(SettingsFault, match="LETHE_SMTP_URL") as fault:
        parse_smtp(url)
    assert SECRET not in str(fault.value)
    assert fault.value.__suppress_context__ or fault.value.__context__ is None


def settings(**changes) -> dict[str, str]:
    return {"outbox": "", "smtp_url": "", "sender": "", "to": "", "dashboard_url": ""} | changes


def test_without_an_outbox_no_letters_are_written():
    assert read_mail(**settings()) is None


def test_an_outbox_alone_needs_nothing_else():
    mail = read_mail(**settings(outbox="letters"))
    assert mail
    assert (mail.smtp, mail.to) == (None, "")


@pytest.mark.parametrize(
    "changes,variable",
    [
        ({"smtp_url": "smtp://localhost", "sender": "a@b.example"}, "LETHE_MAIL_OUTBOX"),
        ({"smtp_url": "smtp://localhost", "outbox": "letters"}, "LETHE_MAIL_FROM"),
        ({"outbox": "letters", "sender": "Lethe <a@b.example>"}, "LETHE_MAIL_FROM"),
        ({"outbox": "letters", "to": "a@b.example, c@d.example"}, "LETHE_MAIL_TO"),
        ({"outbox": "letters", "to": "a@b.example\nBcc: c@d.example"}, "LETHE_MAIL_TO"),
    ],
    ids=["a server without an outbox", "no sender", "a sender with a name", "two recipients", "a second header"],
)
def test_settings_that_cannot_be_used_name_their_variable(changes, variable):
    with pytest.raises(SettingsFault, match=variable):
        read_mail(**settings(**changes))


def test_a_password_is_in_no_repr():
    assert SECRET not in repr(parse_smtp(f"smtps://u:{SECRET}@mail.example"))
