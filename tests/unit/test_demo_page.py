import datetime as dt
import gzip
import itertools
import re

import pytest

from gateway import pages, theme
from gateway.demo import demo_csp, demo_page
from gateway.static_files import FOLDER, static_files
from schemas.clinic import Promotion, Text, Widget, parse_clinic
from schemas.taxonomy import Language
from tests.deployment import ROOT
from tests.page_clinic import page_clinic

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
OFFER = Promotion(from_=dt.date(2026, 11, 24), to=dt.date(2026, 11, 30), title=Text(plain="Glow"), text=Text(plain="!"))
SHIPPED = [
    parse_clinic(path.read_text("utf-8"), file_id=path.stem) for path in (ROOT / "deploy/clinics").glob("*.toml")
]


def stylesheets() -> bytes:
    return b"".join(file.body for name, file in static_files().items() if re.fullmatch(r"demo.*\.css", name))


def page(now: dt.datetime = NOW, **changes) -> str:
    return demo_page(page_clinic(**changes), Language.EN, now=now)


def test_the_chat_is_put_on_the_page_as_any_clinic_would():
    [tag] = re.findall(r'<script src="/widget\.js"[^>]*>', page(widget=Widget(accent="#123456", position="left")))
    said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
    assert said == {
        "src": "/widget.js",
        "data-clinic": "belle-rive",
        "data-language": "en",
        "data-accent": "#123456",
        "data-position": "left",
        "data-scheme": "auto",
        "data-offset": "20",
        "data-phone": "+3225550100",
        "referrerpolicy": "no-referrer",
    }
    assert " async " in tag


def test_the_page_frames_us_and_calls_nobody():
    policy = dict(part.split(" ", 1) for part in demo_csp().split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "frame-src": "'self'",
        "connect-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def test_a_question_to_try_has_a_name_and_a_number_in_it():
    assert "0470 12 34 56" in page()


def test_an_offer_is_shown_while_it_holds():
    assert "Glow" not in page(promotions=(OFFER,))
    assert "Glow" in page(NOW + dt.timedelta(days=1), promotions=(OFFER,))
    assert "Glow" not in page(NOW + dt.timedelta(days=8), promotions=(OFFER,))


def test_a_clinic_that_says_little_has_a_page_without_empty_parts():
    bare = page()
    assert "Open now, until 12:30" in bare
    for part in ("<dd></dd>", "<ul></ul>", "Frequent questions", "The team", "Deposit", "None"):
        assert part not in bare


def test_headings_are_in_order():
    for clinic in SHIPPED:
        levels = [int(level) for level in re.findall(r"<h([1-6])", demo_page(clinic, Language.EN, now=NOW))]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_sentence_is_there_and_none_is_left_over():
    template = (FOLDER / "demo.html").read_text("utf-8")
    code = "".join(path.read_text("utf-8") for path in FOLDER.parent.glob("demo*.py"))
    tried = re.findall(r'trial\("(\w+)"\)', template)
    used = {*re.findall(r"demo\.(?!css|js)(\w+)", template), *re.findall(r'words\["(\w+)"\]', code)}
    used |= {f"{what}_{name}" for what in ("try", "ask") for name in tried}
    assert used == set(pages.texts()[Language.EN].demo)


def test_the_stylesheets_use_colours_that_they_or_the_theme_define():
    css = stylesheets().decode()
    defined = set(re.findall(r"--([\w-]+):", theme.theme_css(Widget()) + css))
    assert set(re.findall(r"var\(--([\w-]+)\)", css)) <= defined


@pytest.mark.parametrize("clinic", SHIPPED, ids=lambda clinic: clinic.id)
def test_the_page_is_small(clinic):
    assert len(gzip.compress(stylesheets())) <= 5_000
    for language in clinic.languages:
        assert len(gzip.compress(demo_page(clinic, language, now=NOW).encode())) <= 12_000
