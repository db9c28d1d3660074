import datetime as dt
import re
import string
from html.parser import HTMLParser

import msgspec
import pytest

from gateway import pages, theme
from gateway.demo import demo_page
from gateway.static_files import FOLDER, static_files
from schemas.clinic import Phrases, Quotas, Text, Widget
from schemas.taxonomy import SPOKEN, Entity, Language
from tests.page_clinic import page_clinic

CLINIC = page_clinic()
CONVERSATION = FOLDER.parents[1] / "widget" / "src" / "conversation"
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
    now = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
    return [pages.embed_page(clinic, language, emergency_number="112"), demo_page(clinic, language, now=now)]


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
        assert loaded is None or loaded == "data:," or re.match(r"/(static|embed)/|/widget\.js$", loaded)


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


def test_the_page_knows_how_long_a_session_lasts_who_may_frame_it_and_how_the_clinic_is_reached():
    quotas = Quotas(idle_minutes=10, max_hours=2)
    config = config_of(both_pages(page_clinic(quotas=quotas))[0])
    assert (config["idle_s"], config["max_s"]) == (600, 7_200)
    assert config["parents"] == ["https://belle-rive.example"]
    assert config["name"] == "Clinique Belle Rive"
    assert [action["url"] for action in config["contact"]] == ["tel:+3225550100", "mailto:hello@belle-rive.example"]


def test_what_is_typed_goes_to_no_spelling_service_and_into_no_form_history():
    page = both_pages(page_clinic())[0]
    assert 'spellcheck="false"' in page[page.index("<textarea") : page.index("</textarea>")]
    assert 'autocomplete="off"' in page[page.index("<form") : page.index("<textarea")]


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
        assert [len(pages.texts()[language].days[names]) for names in ("names", "months")] == [7, 12]


def test_the_conversation_and_the_texts_agree_on_every_sentence():
    code = {path.name: path.read_text("utf-8") for path in CONVERSATION.rglob("*.ts")}
    names = set(re.findall(r'\| "(\w+)"', code.pop("config.ts").partition("type TextName")[2].partition(";")[0]))
    assert names == {key for key in pages.texts()[Language.EN].chat if not key.startswith("removed_")}
    used = set(re.findall(r"\w+", "".join(code.values())))
    assert names <= used


def test_every_placeholder_has_a_chip_in_the_visitors_language():
    chips = {key for key in pages.texts()[Language.EN].chat if key.startswith("removed_")}
    assert chips == {f"removed_{entity}" for entity in Entity}
    config = (CONVERSATION / "config.ts").read_text("utf-8")
    assert set(re.findall(r'"(\w+)"', config.partition("type Hidden")[2])) == set(Entity)


def test_no_sentence_is_left_over():
    code = "".join(path.read_text("utf-8") for path in [*FOLDER.glob("*.html"), FOLDER.with_suffix(".py")])
    for key in pages.texts()[Language.EN].page:
        assert f"page.{key}" in code or f'page["{key}"]' in code, key


def test_the_conversation_may_be_framed_by_the_clinics_sites_and_by_the_demo_alone():
    assert pages.embed_csp(["https://a.example", "https://b.example:8443"]) == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
        "frame-ancestors 'self' https://a.example https://b.example:8443"
    )


def test_the_stylesheets_use_colours_that_the_theme_defines():
    defined = set(re.findall(r"--([\w-]+):", theme.theme_css(Widget()))) | {"icon"}
    used = set(re.findall(r"var\(--([\w-]+)\)", static_files()["conversation.css"].body.decode()))
    assert used <= defined


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
    for text, ground in (("on-brand", "brand"), ("on-accent", "accent"), ("on-alarm", "alarm")):
        assert theme.contrast(colours[text], colours[ground]) >= 4.5
    assert f"color-scheme: {scheme};" in css


def test_an_accent_that_is_readable_already_is_left_as_it_is():
    assert "--accent: #0f766e;" in theme.theme_css(Widget(accent="#0f766e", scheme="light"))


def test_a_clinic_may_fix_the_scheme_or_leave_it_to_the_visitor():
    assert "@media (prefers-color-scheme: dark)" in theme.theme_css(Widget(scheme="auto"))
    assert "@media" not in theme.theme_css(Widget(scheme="light"))
    assert "@media" not in theme.theme_css(Widget(scheme="dark"))
