"""Which of a clinic's facts a prompt tells."""

import datetime as dt

import pytest

from schemas.clinic import parse_clinic
from schemas.taxonomy import Intent, Language
from schemas.turns import Said
from tests.llm_clinic import FILE, clinic, turn
from workers.llm.figures import clinic_lines
from workers.llm.selection import FULL_MAX, NEEDED_FOR, OPEN, selected
from workers.llm.texts import section_words

BOTOX, LIPS, LIPO = "botulinum_toxin", "lip_filler", "liposuction"
MONDAY = dt.date(2026, 11, 23)
PROMOTION = """
[[promotions]]
from = 2026-11-01
to = 2026-11-30
title = { plain = "Autumn" }
text = { plain = "Less." }
treatments = ["botulinum_toxin"]
"""


def clinic_of(text):
    return parse_clinic(text, file_id="test-clinic")


def chosen(text, *, place=None, language=Language.EN, **fields):
    return selected(turn(text, language=language, **fields), place or clinic(), language)


@pytest.mark.parametrize(
    "text,fields,full",
    [
        pytest.param("does it hurt?", {"topic": BOTOX}, (BOTOX,), id="the turn's topic"),
        pytest.param("does it hurt?", {"topic": "facelift"}, (), id="a topic that the clinic does not list"),
        pytest.param("does it hurt?", {"topic": "clinic"}, (), id="the clinic itself"),
        pytest.param("botox or my lips, what lasts longer?", {"topic": BOTOX}, (BOTOX, LIPS), id="another beside it"),
        pytest.param("injections in the lip?", {}, (LIPS,), id="a name in another order"),
        pytest.param("Dysport", {}, (BOTOX,), id="a brand"),
        pytest.param("do you like my car?", {}, (), id="none"),
        pytest.param("is lipo possible?", {"topic": LIPO}, (LIPO,), id="one that is not offered"),
    ],
)
def test_treatments_that_are_spoken_of_are_told_in_full(text, fields, full):
    assert chosen(text, **fields).full == full


@pytest.mark.parametrize(
    "language,text", [(Language.FR, "les lèvres"), (Language.NL, "mijn lippen"), (Language.DE, "meine Lippen")]
)
def test_a_name_is_known_in_each_language(language, text):
    assert LIPS in chosen(text, language=language).full


@pytest.mark.parametrize(
    "history,full",
    [
        pytest.param([("visitor", "tell me about botox", "none")], (BOTOX,), id="named by the visitor"),
        pytest.param([("assistant", "It costs 463 EUR.", LIPS)], (LIPS,), id="what an answer was about"),
        pytest.param([("assistant", "We offer botox and lip filler.", "clinic")], (), id="listed in an answer"),
        pytest.param(
            [("visitor", "botox?", "none"), ("visitor", "or lip filler?", "none")], (LIPS, BOTOX), id="the newest first"
        ),
    ],
)
def test_the_conversation_counts_too(history, full):
    said = tuple(Said(role=role, text=text, topic=topic) for role, text, topic in history)
    assert chosen("and does it hurt?", history=said).full == full


def test_instead_of_what_is_not_offered_its_alternatives_are_told():
    text = FILE.replace("offered = false", 'offered = false\nalternatives = ["lip_filler"]')
    assert chosen("?", topic=LIPO, place=clinic_of(text)).full == (LIPO, LIPS)


def test_a_list_of_names_is_told_in_full_only_at_its_beginning():
    slugs = ["hydrafacial", "microneedling", "chemical_peel", "led_therapy"]
    rows = "".join(f'\n[[treatments]]\nslug = "{slug}"\noffered = true\n' for slug in slugs)
    place = clinic_of(FILE.replace("\n[[faqs]]", f"{rows}\n[[faqs]]", 1))
    found = chosen("hydrafacial, microneedling, chemical peel, led therapy or botox?", topic=LIPS, place=place)
    assert found.full[0] == LIPS
    assert (len(found.full), len(found.figures)) == (FULL_MAX, 2)
    assert found.slugs == {LIPS, BOTOX, *slugs}


@pytest.mark.parametrize(
    "text,fields,told",
    [
        pytest.param("what is your cheapest treatment?", {}, 3, id="prices of nothing in particular"),
        pytest.param("compare them", {"intent": Intent.COMPARISON}, 3, id="a comparison of nothing in particular"),
        pytest.param("what does botox cost?", {"intent": Intent.PRICE}, 1, id="a price of one"),
        pytest.param("what do you suggest?", {"intent": Intent.OFFER}, 0, id="a suggestion"),
    ],
)
def test_every_price_is_told_where_prices_are_asked_and_no_treatment_is_named(text, fields, told):
    assert len(chosen(text, **fields).slugs) == told


@pytest.mark.parametrize(
    "text,intent,matter,tells",
    [
        pytest.param("can I swim?", Intent.AFTERCARE, Intent.HOURS, False, id="hours, for aftercare"),
        pytest.param(
            "can I swim? are you open on sunday?", Intent.AFTERCARE, Intent.HOURS, True, id="hours, asked beside"
        ),
        pytest.param("when may I come?", Intent.BOOKING, Intent.HOURS, True, id="hours, for a booking"),
        pytest.param("is it safe?", Intent.RISKS, Intent.PAYMENT, False, id="payment, for risks"),
        pytest.param("is it safe? can I pay by card?", Intent.RISKS, Intent.PAYMENT, True, id="payment, asked beside"),
        pytest.param("what does it cost?", Intent.PRICE, Intent.PROMOTIONS, True, id="promotions, for a price"),
        pytest.param("hm", Intent.OTHER, Intent.HOURS, True, id="all, where nobody knows"),
        pytest.param("is it safe?", Intent.RISKS, Intent.OTHER, True, id="the clinic's questions and answers, always"),
    ],
)
def test_matters_of_the_clinic_are_told_where_they_fit(text, intent, matter, tells):
    assert chosen(text, intent=intent).tells(matter) is tells


def test_every_intent_is_open_or_says_what_it_needs():
    """An intent that is new to the vocabulary must be thought of here."""
    told = {need for needs in NEEDED_FOR.values() for need in needs} | NEEDED_FOR.keys()
    texts = {Intent.DURATION, Intent.AFTERCARE, Intent.PREPARATION, Intent.DOWNTIME, Intent.PAIN, Intent.RESULTS}
    assert told | texts | OPEN | {Intent.COMPARISON} == set(Intent)
    assert not OPEN & told


@pytest.mark.parametrize("language", [Language.EN, Language.FR, Language.NL, Language.DE])
@pytest.mark.parametrize("matter", [*NEEDED_FOR, Intent.PRICE])
def test_every_matter_has_words_by_which_it_is_noticed(matter, language):
    assert section_words(matter, language) != section_words(Intent.OTHER, language)


def test_a_promotion_on_the_treatment_is_told_whatever_is_asked():
    """Otherwise a price in an answer would be a wrong one."""
    place = clinic_of(FILE + PROMOTION)
    lines = {}
    for topic in (BOTOX, LIPS):
        asked = chosen("?", topic=topic, intent=Intent.PAIN, place=place)
        lines[topic] = "\n".join(clinic_lines(place, Language.EN, today=MONDAY, chosen=asked))
    assert "Autumn" in lines[BOTOX]
    assert "Autumn" not in lines[LIPS]
