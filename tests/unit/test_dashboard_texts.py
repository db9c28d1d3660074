import re
import string
import tomllib
from itertools import chain
from pathlib import Path

import msgspec
import pytest

from analytics import dashboard
from analytics.asked import Compare
from analytics.dashboard.asked import RANGES
from analytics.dashboard.shown import PANELS
from analytics.dashboard.texts import FILE, NAMES, pick_language, texts
from analytics.release import Ending, How
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, SPOKEN, Intent, Language, Source

HOME = Path(dashboard.__file__).parent
NO_BREAK = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"


def sentences(language: Language) -> dict[str, str]:
    """Return every sentence by its place, lists item by item."""
    found = {}
    for group, entries in msgspec.to_builtins(texts()[language]).items():
        for key, said in entries.items():
            items = {key: said} if isinstance(said, str) else {f"{key}.{n}": item for n, item in enumerate(said)}
            found |= {f"{group}.{place}": text for place, text in items.items()}
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


EVERY = [pytest.param(language, id=language.value) for language in SPOKEN]


def test_every_spoken_language_has_texts_and_a_name():
    assert set(texts()) == set(SPOKEN)
    assert list(NAMES) == [language.value for language in SPOKEN]


@pytest.mark.parametrize("language", EVERY)
def test_no_language_lacks_a_sentence(language):
    assert sentences(language).keys() == sentences(Language.EN).keys()
    assert [
        place for place, text in sentences(language).items() if not text.strip() and place != "form.thousands"
    ] == []


@pytest.mark.parametrize("language", EVERY)
def test_a_sentence_is_filled_in_with_the_same_in_every_language(language):
    english = sentences(Language.EN)
    assert [place for place, text in sentences(language).items() if fields(text) != fields(english[place])] == []


@pytest.mark.parametrize("language", EVERY)
def test_apostrophes_and_quotation_marks_are_typographic(language):
    assert [place for place, text in sentences(language).items() if re.search(r"['\"`]|\.\.\.|--", text)] == []


def test_french_marks_do_not_begin_a_line():
    loose = [
        text for text in sentences(Language.FR).values() if re.search(rf"[^{NO_BREAK}\d][;:?!»%](?=[ \W]|$)", text)
    ]
    assert loose == []


@pytest.mark.parametrize("language", EVERY)
def test_every_member_of_the_vocabularies_has_a_name(language):
    own = texts()[language]
    assert set(own.intent) == set(Intent)
    assert set(own.ending) == set(Ending)
    assert set(own.how) == set(How)
    assert set(own.language) == set(Language)
    assert set(own.source) == set(Source)
    assert set(own.mark) == set(Source) - {Source.VISITOR}
    assert set(own.topic) == {CLINIC_TOPIC, NO_TOPIC}
    assert set(own.about) == {*PANELS, "series", "hours"}
    assert set(own.panel) == {*own.about, "summary"}
    assert own.page.keys() >= {*RANGES, "today", *Compare}
    assert set(own.why) == own.tile.keys() - {"what", "too_few", "before", "more", "less", "same", "points"}
    assert [len(names) for names in (own.form.weekdays, own.form.weekdays_short, own.form.months)] == [7, 7, 12]


def test_no_sentence_is_left_over():
    """Each is named in a template or a module; those named by a vocabulary are held to it above."""
    source = "".join(path.read_text("utf-8") for path in chain(HOME.glob("*.py"), HOME.glob("templates/*.html")))
    by_vocabulary = {"source", "mark", "topic", "ending", "how", "language", "intent", "about", "why", "panel"}
    built = {"state.empty_text", "state.empty_filtered_text", "state.waiting", "state.waiting_text", "state.nothing"}
    built |= {"state.nothing_text", *(f"state.{kind}_text" for kind in ("away", "bad", "unknown", "often"))}
    built |= {f"count.question_{form}" for form in ("one", "many")} | {"insight.advertise_why", "insight.add_why"}
    named = {f"page.{name}" for name in (*RANGES, "today", *Compare)} | {
        f"tile.{key}" for key in texts()[Language.EN].why
    }
    unused = [
        f"{group}.{key}"
        for group, entries in tomllib.loads(FILE.read_text("utf-8"))["en"].items()
        for key in entries
        if group not in by_vocabulary and f"{group}.{key}" not in built | named and not re.search(rf"\b{key}\b", source)
    ]
    assert unused == []


@pytest.mark.parametrize(
    "wished, accepted, language",
    [
        pytest.param("", "", "en", id="nothing-known"),
        pytest.param("nl", "fr", "nl", id="the-address-decides"),
        pytest.param("", "fr-BE,fr;q=0.9,en;q=0.8", "fr", id="the-browsers-first"),
        pytest.param("", "it, sv;q=0.9, de-CH;q=0.5", "de", id="the-first-that-we-speak"),
        pytest.param("xx", "nl", "nl", id="an-unknown-wish-has-no-say"),
        pytest.param("<script>", "*", "en", id="nonsense"),
    ],
)
def test_a_page_speaks_what_its_reader_prefers(wished, accepted, language):
    assert pick_language(wished, accepted) is Language(language)
