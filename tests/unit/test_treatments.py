"""The table of treatments: complete, in four languages, and no word that means two of them."""

import operator
import re
import unicodedata
from collections import defaultdict
from typing import cast

import pytest

from schemas.taxonomy import SPOKEN, Language
from schemas.treatments import Treatment, display_name, is_topic, treatments

NAMED_OUTSIDE = """
    botulinum_toxin lip_filler dermal_filler tear_trough_filler nonsurgical_rhinoplasty collagen_stimulator
    skin_booster chemical_peel hydrafacial microneedling prp laser_hair_removal ipl_photorejuvenation
    fractional_laser tattoo_removal cryolipolysis hifu rf_microneedling radiofrequency thread_lift emsculpt
    hyperhidrosis_botox mesotherapy carbon_peel hyaluronidase acne_treatment pigment_laser vascular_laser
    electrolysis hair_transplant weight_loss_injections teeth_whitening permanent_makeup lash_extensions
    dermaplaning led_therapy lipolysis_injections endolift liposuction abdominoplasty blepharoplasty rhinoplasty
    facelift breast_augmentation breast_reduction
""".split()  # noqa: SIM905  # a list of 45 quoted words reads worse
"""Slugs that tools outside the repository use: never renamed."""

VISITORS_WORDS = {
    "botox": "botulinum_toxin",
    "rimpels inspuiten": "botulinum_toxin",
    "ride du lion": "botulinum_toxin",
    "lèvres": "lip_filler",
    "lippen opspuiten": "lip_filler",
    "cernes": "tear_trough_filler",
    "laserontharing": "laser_hair_removal",
    "épilation laser": "laser_hair_removal",
    "haare weglasern": "laser_hair_removal",
    "Fadenlifting": "thread_lift",
    "ozempic": "weight_loss_injections",
    "Abnehmspritze": "weight_loss_injections",
    "coolsculpting": "cryolipolysis",
    "Schlupflider": "blepharoplasty",
    "nose job": "rhinoplasty",
    "boob job": "breast_augmentation",
    "lippen laten doen": "lip_filler",
    "acide yaluronique": "dermal_filler",
    "enlever un tatouage": "tattoo_removal",
    "tattoo weglaseren": "tattoo_removal",
    "receding hairline": "hair_loss_treatment",
    "haare lasern": "laser_hair_removal",
    "abnehmpen": "weight_loss_injections",
    "blepheroplasty": "blepharoplasty",
    "fett absaugen lassen": "liposuction",
    "teeth whitning": "teeth_whitening",
}


def _plain(words: str) -> str:
    """Fold as a matcher may: case, accents and punctuation away."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip()


def _slugs_by_word() -> dict[str, set[str]]:
    slugs = defaultdict(set)
    for treatment in treatments().values():
        for word in (*treatment.brands, *(name for names in treatment.names.values() for name in names)):
            slugs[_plain(word)].add(treatment.slug)
    return slugs


@pytest.mark.parametrize("slug", NAMED_OUTSIDE)
def test_a_slug_that_others_use_exists(slug):
    assert treatments()[slug].slug == slug


def test_the_table_goes_beyond_what_clinics_offer():
    assert len(treatments()) >= 120


@pytest.mark.parametrize("language", SPOKEN)
def test_every_treatment_has_a_name_and_synonyms_in_each_language(language):
    poor = [slug for slug, treatment in treatments().items() if len(treatment.names[language]) < 3]

    assert poor == []


def test_no_word_stands_under_two_slugs():
    assert {word: slugs for word, slugs in _slugs_by_word().items() if len(slugs) > 1} == {}


def test_no_word_is_empty_or_padded():
    words = [
        name
        for treatment in treatments().values()
        for names in (*treatment.names.values(), treatment.brands)
        for name in names
    ]

    assert [word for word in words if not _plain(word) or word != " ".join(word.split())] == []


@pytest.mark.parametrize("word,slug", VISITORS_WORDS.items())
def test_a_visitors_word_is_known(word, slug):
    assert _slugs_by_word()[_plain(word)] == {slug}


@pytest.mark.parametrize("word", ["laser", "skin", "peau", "huid", "haut", "hair", "nose", "halo", "forma", "exceed"])
def test_ordinary_words_name_no_treatment(word):
    assert word not in _slugs_by_word()


def test_a_category_is_its_files_name():
    assert {treatment.category for treatment in treatments().values()} == {
        "injectables", "skin", "light", "body", "hair", "beauty", "dental", "surgery", "medical",
    }  # fmt: skip


def test_a_name_is_shown_in_the_visitors_language_or_english():
    shown = [display_name("laser_hair_removal", language) for language in (Language.NL, Language.OTHER)]

    assert shown == ["Laserontharing", "Laser hair removal"]


def test_an_unknown_treatment_has_no_name():
    with pytest.raises(KeyError):
        display_name("magic_peel", Language.EN)


@pytest.mark.parametrize(
    "value,known", [("hifu", True), ("clinic", True), ("none", True), ("", False), ("HIFU", False), ("botox", False)]
)
def test_topics_are_slugs_and_two_words_more(value, known):
    assert is_topic(value) is known


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        operator.setitem(cast("dict[str, Treatment]", treatments()), "magic_peel", treatments()["hifu"])
