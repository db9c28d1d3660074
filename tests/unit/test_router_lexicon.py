"""What adding an intent or a language must bring along; a missing row fails by name."""

import string
import tomllib

import msgspec
import pytest

from schemas.emergency import emergency_number
from schemas.taxonomy import SPOKEN, Intent, Language
from workers.router import lexicon as lexicon_module
from workers.router.answers import ANSWERS
from workers.router.asked import FOR_THE_MODEL
from workers.router.emergency import POINTING, Kind, helpline_for
from workers.router.lexicon import lexicon, names
from workers.router.wording import FOLDER, wording
from workers.router.words import words

HEARD_ELSEWHERE = {Intent.EMERGENCY, Intent.INJECTION}
"""Intents with lists of their own."""


def sentences(language):
    file = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return {
        f"{table}.{key}": {field for _, field, _, _ in string.Formatter().parse(text) if field}
        for table in ("say", "emergency", "actions")
        for key, text in file[table].items()
    }


@pytest.mark.parametrize("language", SPOKEN)
def test_every_intent_can_be_heard_in_every_language(language):
    book = lexicon(language).intents
    heard = {label for entries in book._index.values() for _, label, _ in entries}
    assert heard == set(Intent) - HEARD_ELSEWHERE


def test_every_intent_has_one_fate():
    assert ANSWERS.keys() | FOR_THE_MODEL | HEARD_ELSEWHERE == set(Intent)
    assert not ANSWERS.keys() & (FOR_THE_MODEL | HEARD_ELSEWHERE)


@pytest.mark.parametrize("language", SPOKEN)
def test_every_language_has_the_same_sentences_with_the_same_fields(language):
    assert sentences(language) == sentences(Language.EN)


@pytest.mark.parametrize("language", SPOKEN)
def test_every_language_has_the_same_cues_and_days(language):
    ours, english = lexicon(language), lexicon(Language.EN)
    for book in ("cues", "when"):
        labels = [
            {label for entries in getattr(lex, book)._index.values() for _, label, _ in entries}
            for lex in (ours, english)
        ]
        assert labels[0] == labels[1]


@pytest.mark.parametrize("language", SPOKEN)
def test_shorthand_is_spelled_as_the_lexicon_compares(language):
    assert all(words(short) == (short,) for short in lexicon(language).spellings)


@pytest.mark.parametrize("language", SPOKEN)
def test_every_kind_of_emergency_has_its_sentence(language):
    assert set(Kind) <= wording(language).emergency.keys()
    assert {Kind.SELF_HARM} | {kind for kind, _ in POINTING} == set(Kind)


@pytest.mark.parametrize(
    "country,number",
    [
        ("BE", "112"),
        ("NL", "112"),
        ("FR", "112"),
        ("DE", "112"),
        ("LU", "112"),
        ("GB", "999"),
        ("CH", "144"),
        ("US", "911"),
    ],
)
def test_emergency_numbers_are_those_of_the_clinics_country(country, number):
    assert emergency_number(country) == number


def test_an_unlisted_country_gets_112_and_no_invented_helpline():
    assert emergency_number("PT") == "112"
    assert helpline_for("PT", Language.EN) is None
    assert "1813" in (helpline_for("BE", Language.NL) or "")


def test_generic_names_point_at_treatments_of_the_table():
    from schemas.treatments import treatments  # noqa: PLC0415  # only here

    slugs = {slug for row in names().generic.values() for slug in row} | names().misspelt.keys()
    assert slugs <= treatments().keys()


def test_a_lexicon_with_an_unknown_intent_is_refused(tmp_path, monkeypatch):
    text = (lexicon_module.FOLDER / "en.toml").read_text("utf-8").replace("[intents.price]", "[intents.prize]")
    (tmp_path / "en.toml").write_text(text, "utf-8")
    monkeypatch.setattr(lexicon_module, "FOLDER", tmp_path)
    with pytest.raises(msgspec.ValidationError):
        lexicon.__wrapped__(Language.EN)


def test_a_language_without_a_lexicon_is_refused():
    with pytest.raises(KeyError):
        lexicon(Language.OTHER)
    with pytest.raises(KeyError):
        wording(Language.OTHER)
