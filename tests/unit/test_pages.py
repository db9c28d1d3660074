import re
import string
from decimal import Decimal
from html.parser import HTMLParser

import msgspec
import pytest

from gateway import pages, theme
from gateway.demo_facts import format_amount, opening_week, price_list
from schemas.clinic import Phrases, Text, Widget
from schemas.taxonomy import SPOKEN, Language
from tests.page_clinic import page_clinic

CLINIC = page_clinic()
ACCENTS = ["#000000", "#ffffff", "#ffff00", "#777777", "#0f766e", "#ffe4e6", "#1e3a8a", "#ff0000"]


class Markup(HTMLParser):
    """Collects the start tags of a page and the text inside its scripts and styles."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self._raw = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._raw = tag in {"script", "style"}

    def handle_endtag(self, tag):  # noqa: ARG002  # the base class's signature
        self._raw = False

    def handle_data(self, data):
        self.inline += data.strip() if self._raw else ""


def both_pages(clinic=CLINIC, language=Language.EN) -> list[str]:
    return [pages.embed_page(clinic, language, emergency_number="112"), pages.demo_page(clinic, language)]


def config_of(page: str) -> dict:
    return next(msgspec.json.decode(config) for _, attrs in Markup(page).tags if (config := attrs.get("data-config")))


@pytest.mark.parametrize("page", both_pages(), ids=["embed", "demo"])
def test_a_page_holds_nothing_that_its_policy_would_block(page):
    markup = Markup(page)
    assert markup.inline == ""
    for tag, attrs in markup.tags:
        assert tag != "style"
        assert not [name for name in attrs if name == "style" or name.startswith("on")]
        loaded = attrs.get("src") or (attrs.get("href") if tag == "link" else None)
        assert loaded is None or loaded == "data:," or re.match(r"/(static|embed)/", loaded)


@pytest.mark.parametrize(
    "page", both_pages(page_clinic(name="</title><script>alert(1)</script>\"'")), ids=["embed", "demo"]
)
def test_a_clinics_words_never_become_markup(page):
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    "asked, shown",
    [("fr", "fr"), ("en", "en"), ("nl", "en"), ("other", "en")],
    ids=["its own", "its first", "not its", "unknown"],
)
def test_a_page_is_in_a_language_that_the_clinic_answers_in(asked, shown):
    embed, demo = both_pages(language=Language(asked))
    assert f'<html lang="{shown}">' in embed
    assert f'<html lang="{shown}">' in demo
    assert config_of(embed)["language"] == shown
    assert config_of(embed)["texts"] == pages.texts()[Language(shown)].chat


def test_the_page_knows_the_emergency_number_and_the_longest_message():
    config = config_of(both_pages()[0])
    assert config["emergency"] == {"kind": "emergency", "label": "Emergency: 112", "url": "tel:112"}
    assert config["limit"] == 1_000


def test_a_clinic_of_one_language_offers_no_choice():
    assert "<nav" not in both_pages(page_clinic(languages=(Language.EN,)))[0]


def test_the_conversation_begins_with_the_clinics_own_words():
    widget = Widget(
        title=Text(plain="Ask Belle"), greeting=Text(en="Hi.", fr="Salut."), suggestions=Phrases(fr=("Où êtes-vous ?",))
    )
    begun = pages.welcome(page_clinic(widget=widget), Language.FR)
    assert (begun.title, begun.greeting, begun.suggestions) == ("Ask Belle", "Salut.", ("Où êtes-vous ?",))


def test_suggestions_name_a_treatment_that_is_offered():
    assert pages.welcome(CLINIC, Language.EN).suggestions[0] == "Do you offer HydraFacial and what does it cost?"
    assert len(pages.welcome(page_clinic(treatments=()), Language.EN).suggestions) == 2


def test_every_language_has_the_same_sentences_with_the_same_gaps():
    def gaps(language):
        groups = msgspec.to_builtins(pages.texts()[language])
        return {
            (group, key): sorted(
                name for _, name, _, _ in string.Formatter().parse(str(text)) if name and group != "days"
            )
            for group, sentences in groups.items()
            for key, text in sentences.items()
        }

    assert set(pages.texts()) == set(SPOKEN)
    for language in SPOKEN:
        assert gaps(language) == gaps(Language.EN)
        assert len(pages.texts()[language].days["names"]) == 7


def test_the_scripts_and_the_texts_agree_on_every_sentence():
    scripts = "".join(file.body.decode() for name, file in pages.static_files().items() if name.endswith(".js"))
    assert set(re.findall(r"texts\.(\w+)", scripts)) == set(pages.texts()[Language.EN].chat)


@pytest.mark.parametrize("group", ["page", "demo"])
def test_no_sentence_is_left_over(group):
    code = "".join(path.read_text("utf-8") for path in [*pages.FOLDER.glob("*.html"), pages.FOLDER.with_suffix(".py")])
    for key in getattr(pages.texts()[Language.EN], group):
        assert f"{group}.{key}" in code or f'{group}["{key}"]' in code, key


def test_the_conversation_may_be_framed_by_the_clinics_sites_and_by_the_demo_alone():
    assert pages.embed_csp(["https://a.example", "https://b.example:8443"]) == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
        "frame-ancestors 'self' https://a.example https://b.example:8443"
    )


def test_the_demo_page_frames_us_and_calls_nobody():
    policy = pages.demo_csp()
    assert "frame-src 'self'" in policy
    assert "connect-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_static_address_changes_with_any_static_file(monkeypatch):
    before = pages.static_url("chat.js")
    changed = pages.static_files() | {"sse.js": pages.StaticFile(b"// new", "text/javascript")}
    monkeypatch.setattr(pages, "static_files", lambda: changed)
    pages.static_hash.cache_clear()
    try:
        assert pages.static_url("chat.js") != before
    finally:
        pages.static_hash.cache_clear()


@pytest.mark.parametrize("name", ["", "nothing.js", "texts.toml", "embed.html", "../pages.py", "/etc/hosts"])
def test_nothing_but_scripts_and_stylesheets_is_served(name):
    with pytest.raises(KeyError):
        pages.static_file(name)


def test_every_script_that_a_script_imports_is_served():
    for file in pages.static_files().values():
        for imported in re.findall(rb'from "\./([\w.]+)"', file.body):
            assert pages.static_file(imported.decode()).media_type.startswith("text/javascript")


def test_the_stylesheets_use_colours_that_the_theme_defines():
    defined = set(re.findall(r"--([\w-]+):", theme.theme_css(Widget()))) | {"inset"}
    for name in ("chat.css", "demo.css"):
        assert set(re.findall(r"var\(--([\w-]+)\)", pages.static_file(name).body.decode())) <= defined


@pytest.mark.parametrize(
    "one, other, ratio",
    [
        ("#000000", "#ffffff", 21),
        ("#777777", "#ffffff", 4.478),
        ("#0f766e", "#0f766e", 1),
        ("#ff0000", "#ffffff", 3.998),
    ],
)
def test_contrast_is_that_of_the_wcag(one, other, ratio):
    assert theme.contrast(one, other) == theme.contrast(other, one) == pytest.approx(ratio, abs=0.001)


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_accent_is_readable_wherever_it_is_shown(accent, scheme):
    css = theme.theme_css(Widget(accent=accent, scheme=scheme))
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))
    for surface in ("page", "surface", "raised"):
        for text in ("text", "soft", "danger", "accent"):
            assert theme.contrast(colours[text], colours[surface]) >= 4.5
        assert theme.contrast(colours["edge"], colours[surface]) >= 3
    for text, ground in (("on-brand", "brand"), ("on-accent", "accent")):
        assert theme.contrast(colours[text], colours[ground]) >= 4.5
    assert f"color-scheme: {scheme};" in css


def test_an_accent_that_is_readable_already_is_left_as_it_is():
    assert "--accent: #0f766e;" in theme.theme_css(Widget(accent="#0f766e", scheme="light"))


def test_a_clinic_may_fix_the_scheme_or_leave_it_to_the_visitor():
    assert "@media (prefers-color-scheme: dark)" in theme.theme_css(Widget(scheme="auto"))
    assert "@media" not in theme.theme_css(Widget(scheme="light"))
    assert "@media" not in theme.theme_css(Widget(scheme="dark"))


@pytest.mark.parametrize(
    "language, amount, currency, written",
    [
        ("en", "180.00", "EUR", "€180"),
        ("en", "1250.5", "GBP", "£1,250.50"),
        ("en", "95", "CHF", "CHF 95"),
        ("fr", "1250", "EUR", "1 250 €"),
        ("nl", "1250.50", "EUR", "€ 1.250,50"),
        ("de", "1250.50", "EUR", "1.250,50 €"),
    ],
)
def test_an_amount_is_written_as_its_language_does(language, amount, currency, written):
    money = pages.texts()[Language(language)].money
    assert format_amount(Decimal(amount), currency, money).replace("\xa0", " ").replace("\u202f", " ") == written


def test_the_price_list_shows_what_is_offered_and_priced():
    money = pages.texts()[Language.EN].money
    lines = price_list(CLINIC, Language.EN, money=money, minutes="{count} min")
    assert [line.price for line in lines] == ["€180 to €450", "from €290", "€95.50 to €1,250"]
    assert (lines[0].description, lines[0].minutes) == ("Softens lines.", "30 min")
    assert (lines[1].description, lines[1].minutes) == ("", "")


def test_the_week_shows_every_interval_and_the_days_without_any():
    assert opening_week(CLINIC, ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"])[::5] == [
        ("Mo", "09:00–12:30, 13:30–18:00"),
        ("Sa", "09:00–12:30"),
    ]
    assert opening_week(CLINIC, ["Mo", "Tu"])[1] == ("Tu", "")


def test_the_demo_page_asks_a_question_with_a_name_and_a_number_in_it():
    assert "0470 12 34 56" in both_pages()[1]
