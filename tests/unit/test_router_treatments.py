import pytest

from schemas.treatments import treatments
from workers.router.treatment_match import TreatmentIndex, sound
from workers.router.words import words

INDEX = [(name, slug) for slug, t in treatments().items() for names in t.names.values() for name in names]


@pytest.fixture(scope="module")
def index():
    return TreatmentIndex([*INDEX, *((brand, slug) for slug, t in treatments().items() for brand in t.brands)])


@pytest.mark.parametrize(
    "text,slugs",
    [
        pytest.param("bottox", "botulinum_toxin", id="doubled letter"),
        pytest.param("botoks", "botulinum_toxin", id="as it sounds"),
        pytest.param("lip filer", "lip_filler", id="letter left out"),
        pytest.param("lips fillers", "lip_filler", id="plural of both words"),
        pytest.param("lazer hair removal", "laser_hair_removal", id="z for s"),
        pytest.param("hydra facial", "hydrafacial", id="one word written as two"),
        pytest.param("lipfiller en botox", "lip_filler botulinum_toxin", id="two treatments, by position"),
        pytest.param("botox axilles", "botulinum_toxin", id="unknown word beside"),
        pytest.param("underarm botox", "hyperhidrosis_botox", id="longest match wins"),
        pytest.param("cryolipolyse", "cryolipolysis", id="name in another language"),
        pytest.param("kryolipolise", "cryolipolysis", id="long word with a slip"),
        pytest.param("augenringe", "tear_trough_filler", id="synonym in German"),
        pytest.param("traenenrinne", "tear_trough_filler", id="umlaut as digraph"),
        pytest.param("profhilo", "skin_booster", id="brand"),
        pytest.param("filter", "", id="ordinary word one slip from filler"),
        pytest.param("i will pay later", "", id="ordinary word one slip from laser"),
        pytest.param("mes fils", "", id="sons are no threads"),
        pytest.param("boots and bottles", "", id="ordinary words near botox"),
        pytest.param("can he sit on my lap", "", id="short words are read letter by letter"),
        pytest.param("schwarze figur profil visite", "", id="common words that sound like a name"),
    ],
)
def test_a_treatment_is_found_in_what_visitors_type(index, text, slugs):
    assert " ".join(slug for mention in index.find(words(text)) for slug in mention.slugs[:1]) == slugs


def test_every_name_of_the_table_finds_its_treatment(index):
    missed = [(name, slug) for name, slug in INDEX if not any(slug in m.slugs for m in index.find(words(name)))]
    assert missed == []


def test_a_clinics_own_word_is_found_only_with_it():
    text = words("the fresh look treatment")
    assert TreatmentIndex([("the fresh look treatment", "botulinum_toxin")]).find(text)[0].slugs == ("botulinum_toxin",)
    assert TreatmentIndex(INDEX).find(text) == ()


def test_a_word_of_several_treatments_lists_them_all():
    found = TreatmentIndex([("laser", "laser_hair_removal"), ("laser", "vascular_laser")]).find(("laser",))
    assert set(found[0].slugs) == {"laser_hair_removal", "vascular_laser"}


def test_compounds_are_split_at_a_treatments_name(index):
    assert index.split_compounds(words("wat kost botoxbehandeling")) == ("wat", "kost", "botox", "behandeling")
    assert index.split_compounds(("huidbehandeling",)) == ("huidbehandeling",)


def test_a_sound_key_keeps_different_words_apart():
    assert sound("filler") == sound("filers")
    assert sound("laser") != sound("later")
