"""Which treatment is meant, and that what leaves a doubt about it is not answered from the file."""

import datetime as dt
from pathlib import Path

import pytest

from schemas.clinic import parse_clinic
from schemas.taxonomy import Language
from schemas.taxonomy import Path as Way
from schemas.turns import Said
from workers.router.handler import decide
from workers.router.meant import meant
from workers.router.reading import variants_named
from workers.router.treatment_match import index_of
from workers.router.words import words

FOLDER = Path(__file__).parents[2] / "deploy" / "clinics"
LUMIERE, NOORD = (
    parse_clinic((FOLDER / f"{name}.toml").read_text("utf-8"), file_id=name)
    for name in ("clinique-lumiere", "huidkliniek-noord")
)
TUESDAY = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)


def named(text, clinic=LUMIERE):
    message = index_of(clinic).split_compounds(words(text))
    return meant(index_of(clinic).find(message), clinic, message=message)


def made(text, language=Language.EN, clinic=LUMIERE, history=()):
    return decide(text, history=history, language=language, clinic=clinic, now=TUESDAY)


@pytest.mark.parametrize(
    "text,slug",
    [
        pytest.param("filler under my eyes", "tear_trough_filler", id="filler by where it is done"),
        pytest.param("botox sous les aisselles", "hyperhidrosis_botox", id="botox by where it is done"),
        pytest.param("not the lips, the cheeks, filler there", "dermal_filler", id="a part of the body that is denied"),
        pytest.param("botox, not filler", "botulinum_toxin", id="a treatment that is denied"),
        pytest.param("man boobs surgery", "gynecomastia", id="a name before words that stand apart"),
        pytest.param("laseren van een schimmelnagel", "nail_fungus_laser", id="how it is done"),
        pytest.param("microneedling met rf", "rf_microneedling", id="one made of two"),
    ],
)
def test_the_one_treatment_that_several_words_name(text, slug):
    assert named(text) == ((slug,), ())


def test_a_treatment_that_is_only_denied_is_in_doubt():
    assert named("no not the microneedling").doubts


def test_of_two_treatments_with_a_with_between_neither_is_certain():
    assert named("hydrafacial with dermaplaning").doubts
    assert not named("hydrafacial and dermaplaning").doubts


@pytest.mark.parametrize(
    "text,clinic",
    [
        pytest.param("price of botox for the neck", LUMIERE, id="a zone without a price"),
        pytest.param("how much is a unit of botox", LUMIERE, id="a measure without a price"),
        pytest.param("how much is laser on my back", NOORD, id="a part of the body without a price"),
    ],
)
def test_a_price_that_the_file_has_for_other_zones_only_is_left_to_the_model(text, clinic):
    assert made(text, clinic=clinic).path is Way.LLM


def test_a_zone_that_has_a_price_is_answered():
    assert made("what does masseter botox cost").path is Way.DETERMINISTIC


def test_a_word_of_other_treatments_makes_a_follow_up_uncertain():
    before = (Said(role="visitor", text="price of microneedling"), Said(role="assistant", text="€190"))
    assert made("and how much in total?", history=before).path is Way.DETERMINISTIC
    assert made("and how much is the one with threads?", history=before).topic != "microneedling"
    assert made("and how much is the needle one?", history=before).path is Way.LLM


def test_after_a_no_with_alternatives_the_next_price_is_not_that_of_what_is_not_offered():
    told = "We do not offer this: Liposuction. What we do offer in the same field: Cryolipolysis."
    before = (Said(role="visitor", text="liposuction?"), Said(role="assistant", text=told, topic="liposuction"))
    assert made("and how much is that", clinic=NOORD, history=before).path is Way.LLM


def test_the_days_of_one_person_are_left_to_the_model():
    assert made("is dr peeterman in on saturdays").path is Way.LLM


def test_a_question_with_a_number_and_no_treatment_gets_no_list_of_all_prices():
    assert made("i have 300 euro, how much are 3 areas").path is Way.LLM


@pytest.mark.parametrize(
    "text,slug,clinic,prices",
    [
        pytest.param("upper lip and underarms", "laser_hair_removal", LUMIERE, [40, 60], id="two zones"),
        pytest.param("face and neck", "hifu", NOORD, [650], id="the zone with more words"),
        pytest.param("20 cm", "tattoo_removal", NOORD, [], id="a size that no name has"),
    ],
)
def test_the_zones_that_a_message_names(text, slug, clinic, prices):
    found = variants_named(words(text), clinic.treatment(slug).variants)
    assert [variant.price.fixed for variant in found] == prices


@pytest.mark.parametrize(
    "text,language,slugs",
    [
        ("Prix botox, prix filler", Language.FR, ("botulinum_toxin", "dermal_filler")),
        ("Was kostet Botox, was kostet Filler?", Language.DE, ("botulinum_toxin", "dermal_filler")),
        ("hoeveel kost botox, hoeveel kost filler?", Language.NL, ("botulinum_toxin", "dermal_filler")),
        ("price hydrafacial, price filler", Language.EN, ("hydrafacial", "dermal_filler")),
        ("price hydrafacial, price laser", Language.EN, ("hydrafacial", "laser_hair_removal")),
        ("I don't want botox, how much is filler?", Language.EN, ("dermal_filler",)),
        ("i dont need the botox, how much is filler", Language.EN, ("dermal_filler",)),
    ],
)
def test_a_second_price_asked_is_answered_and_a_denied_one_is_not(text, language, slugs):
    prices = {"botulinum_toxin": "180", "dermal_filler": "350", "hydrafacial": "165", "laser_hair_removal": "60"}
    answer = made(text, language).answer
    assert answer is not None
    assert {slug for slug, price in prices.items() if price in answer.text} == set(slugs)


@pytest.mark.parametrize(
    "text,slug",
    [
        ("rosacea laser", "rosacea_treatment"),
        ("acne laser", "acne_treatment"),
        ("laser littekens", "scar_treatment"),
        ("laser cicatrices", "scar_treatment"),
    ],
)
def test_a_laser_beside_a_condition_is_for_that(text, slug):
    assert named(text) == ((slug,), ())


@pytest.mark.parametrize(
    "text,language",
    [
        ("price mole laser", Language.EN),
        ("price of laser for wrinkles", Language.EN),
        ("price laser for scars", Language.EN),
        ("preis laser gegen falten", Language.DE),
        ("prix laser pour les rides", Language.FR),
        ("microblading removal price", Language.EN),
        ("prix enlever microblading", Language.FR),
        ("permanente make-up verwijderen prijs", Language.NL),
        ("price half legs laser", Language.EN),
        ("price lower legs laser hair removal", Language.EN),
        ("prix épilation laser demi-jambes", Language.FR),
        ("prijs laserontharing halve benen", Language.NL),
        ("prijs pakket 6 behandelingen oksels laser", Language.NL),
        ("prix forfait 6 séances épilation laser aisselles", Language.FR),
        ("package of six sessions hydrafacial price", Language.EN),
    ],
)
def test_a_price_for_what_the_file_may_not_mean_is_left_to_the_model(text, language):
    assert made(text, language).path is Way.LLM


@pytest.mark.parametrize(
    "text", ["tattoo removal price", "price laser underarms", "price half a ml in my lips", "price full legs laser"]
)
def test_a_price_for_what_the_file_does_mean_is_answered(text):
    assert made(text).path is Way.DETERMINISTIC


@pytest.mark.parametrize(
    "text,prices",
    [
        pytest.param("0.7 ml", [], id="an amount between"),
        pytest.param("1.5 ml", [], id="an amount above"),
        pytest.param("0,5 ml", [220], id="half"),
        pytest.param("0.5ml", [220], id="half in one word"),
        pytest.param("1ml", [350], id="one in one word"),
    ],
)
def test_a_decimal_amount_is_compared_whole(text, prices):
    entry = LUMIERE.treatment("lip_filler")
    assert entry is not None
    found = variants_named(words(text), entry.variants)
    assert [variant.price.fixed for variant in found] == prices
