import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from schemas.clinic import parse_clinic
from schemas.taxonomy import Intent, Language
from schemas.taxonomy import Path as Way
from schemas.turns import Said
from workers.router.dates import Stretch, stretches
from workers.router.handler import decide
from workers.router.lexicon import languages_named
from workers.router.lines import route_line
from workers.router.meant import slugs_of
from workers.router.minors import notice
from workers.router.model.classifier import Classifier, key
from workers.router.together import named_together
from workers.router.topics import chosen
from workers.router.training.fit import Described, fit
from workers.router.treatment_match import index_of
from workers.router.words import words

ROOT = Path(__file__).parents[2]
LUMIERE, NOORD = (
    parse_clinic((ROOT / f"deploy/clinics/{name}.toml").read_text("utf-8"), file_id=name)
    for name in ("clinique-lumiere", "huidkliniek-noord")
)
TUESDAY = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
"""11:00 in Brussels and Groningen."""


def answer(text, language, clinic=LUMIERE):
    made = decide(text, history=(), language=language, clinic=clinic, now=TUESDAY)
    assert made.path is Way.DETERMINISTIC, made.evidence
    assert made.answer is not None
    return made.answer.text


@pytest.mark.parametrize(
    "text,days",
    [
        pytest.param("open on 24 december?", ["2026-12-24"], id="day and month"),
        pytest.param("december 24th", ["2026-12-24"], id="month and day"),
        pytest.param("le 1er janvier", ["2027-01-01"], id="next year"),
        pytest.param("boxing day", ["2026-12-26"], id="holiday"),
        pytest.param("ostermontag", ["2027-03-29"], id="moved with Easter"),
        pytest.param("may i come by", [], id="no month without a day"),
        pytest.param("31 februari", [], id="no such day"),
    ],
)
def test_the_days_that_a_message_names(text, days):
    found = stretches(words(text), TUESDAY.date())
    assert [day.isoformat() for stretch in found for day in stretch.days()] == days


@pytest.mark.parametrize(
    "text,first,last",
    [
        pytest.param("etes vous ouverts en août", "2027-08-01", "2027-08-31", id="next year's"),
        pytest.param("gesloten in december?", "2026-12-01", "2026-12-31", id="a month that crosses no year"),
        pytest.param("noch termine im november", "2026-11-24", "2026-11-30", id="what is left of this one"),
        pytest.param("zijn jullie open deze zomer", "2027-07-01", "2027-08-31", id="a season"),
        pytest.param("closed at the end of august", "2027-08-01", "2027-08-31", id="the end of a month"),
    ],
)
def test_a_month_or_season_is_one_long_stretch(text, first, last):
    (found,) = stretches(words(text), TUESDAY.date())
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_a_season_or_holiday_that_has_begun_is_this_ones():
    july, christmas = dt.date(2026, 7, 15), dt.date(2026, 12, 25)
    assert stretches(words("open this summer?"), july) == (Stretch(july, dt.date(2026, 8, 31)),)
    assert stretches(words("open met kerst?"), christmas) == (Stretch(christmas, dt.date(2026, 12, 26)),)


@pytest.mark.parametrize(
    "text",
    [
        "vos horaires ont été changés ?",
        "de sept heures à midi",
        "ouvert du mar au sam",
        "open late? may i come",
        "An en Jan",
    ],
)
def test_other_words_are_no_month(text):
    assert stretches(words(text), TUESDAY.date()) == ()


def test_a_day_of_a_month_is_not_the_month():
    assert [s.first for s in stretches(words("closed from december 24?"), TUESDAY.date())] == [dt.date(2026, 12, 24)]


@pytest.mark.parametrize(
    "text,topics",
    [
        pytest.param(
            "how much is botox, filler or laser",
            ("botulinum_toxin", "dermal_filler", "laser_hair_removal"),
            id="a list",
        ),
        pytest.param("lipfiller en laserontharing, prijs?", ("lip_filler", "laser_hair_removal"), id="both by name"),
        pytest.param("botox and do you also do laser", ("botulinum_toxin", "laser_hair_removal"), id="two questions"),
        pytest.param("laser for toenail fungus", ("nail_fungus_laser",), id="what the laser is for"),
        pytest.param("le laser vaginal", ("intimate_rejuvenation",), id="which laser it is"),
    ],
)
def test_what_is_asked_about_beside_another_treatment(text, topics):
    message = index_of(NOORD).split_compounds(words(text))
    assert set(slugs_of(index_of(NOORD).find(message), NOORD, message=message)) >= set(topics)
    assert len(slugs_of(index_of(NOORD).find(message), NOORD, message=message)) == len(topics)


def test_the_first_time_is_no_choice_between_treatments():
    said = Said(role="assistant", text="Perhaps cryolipolysis or fat-dissolving injections are something for you.")
    assert chosen(words("does it hurt the first time"), (said,), NOORD) == ()
    assert chosen(words("what does the first one cost"), (said,), NOORD) == ("cryolipolysis",)


@pytest.mark.parametrize(
    "text,slugs",
    [
        pytest.param("can you laser my tattoo off", "tattoo_removal", id="apart, in English"),
        pytest.param("wat kost draden in de wang", "thread_lift", id="one word"),
        pytest.param("mes fils viennent avec moi", "", id="sons are no threads"),
        pytest.param("botox tegen zweet onder de oksels", "hyperhidrosis_botox", id="botox against sweat"),
        pytest.param("i like my morning coffee", "", id="nothing"),
    ],
)
def test_words_that_name_a_treatment_together(text, slugs):
    assert " ".join(one.slug for one in named_together(words(text))) == slugs


def test_languages_are_named_in_any_form():
    assert languages_named(words("habla español or polonaise?")) == ("es", "pl")


@pytest.mark.parametrize(
    "text,language,clinic,fact",
    [
        pytest.param("botox hurt?", Language.EN, LUMIERE, "slight pinch", id="pain, as the file says"),
        pytest.param("quels sont les risques du botox", Language.FR, LUMIERE, "+3220000123", id="risks, with a person"),
        pytest.param("prijs botox voorhoofd en kraaienpootjes", Language.NL, LUMIERE, "€ 270", id="two zones"),
        pytest.param("hydrafacial price", Language.EN, LUMIERE, "€135", id="the promotion that holds"),
        pytest.param("does someone speak polish?", Language.EN, NOORD, "Silke Brandmoor", id="who speaks it"),
        pytest.param("spricht jemand türkisch?", Language.DE, NOORD, "niemand Türkisch", id="nobody speaks it"),
        pytest.param("welche sprachen spricht frau wierdsma", Language.DE, NOORD, "Friesisch", id="one person's"),
        pytest.param("open on christmas day?", Language.EN, LUMIERE, "closed", id="a holiday"),
        pytest.param("vous fermez en janvier ?", Language.FR, LUMIERE, "4 janvier", id="a month's closures"),
        pytest.param("donnerstagabend offen?", Language.DE, LUMIERE, "20:00", id="day and time of day in one word"),
        pytest.param("do you do stop smoking with laser?", Language.EN, NOORD, "do not offer", id="by laser"),
        pytest.param("what does skin analysis cost", Language.EN, LUMIERE, "free of charge", id="nothing to pay"),
    ],
)
def test_the_answer_holds_what_was_asked(text, language, clinic, fact):
    assert fact in answer(text, language, clinic)


def test_a_detail_that_the_file_lacks_is_not_made_up():
    made = decide("does hydrafacial hurt?", history=(), language=Language.EN, clinic=LUMIERE, now=TUESDAY)
    assert (made.path, made.intent, made.topic, made.answer) == (Way.LLM, Intent.PAIN, "hydrafacial", None)


def test_a_short_message_is_about_what_was_just_spoken_of():
    history = (Said(role="visitor", text="price of lip filler 1 ml?"), Said(role="assistant", text="€350."))
    made = decide("does it hurt tho", history=history, language=Language.EN, clinic=LUMIERE, now=TUESDAY)
    assert (made.path, made.intent, made.topic) == (Way.DETERMINISTIC, Intent.PAIN, "lip_filler")


@pytest.mark.parametrize(
    "before,answered,text,topic,fact",
    [
        pytest.param(
            "do you do liposuction",
            "We do not offer liposuction. Perhaps cryolipolysis or fat-dissolving injections are something for you.",
            "what does the second one cost",
            "lipolysis_injections",
            "225",
            id="the second of those offered",
        ),
        pytest.param(
            "lip filler price", "€299 for 1 ml.", "and to undo it, how much?", "hyaluronidase", "150", id="undoing it"
        ),
        pytest.param("lip flip price", "A lip flip is €125.", "how long does it take", "botulinum_toxin", "15 minutes",
                     id="as long as the variant takes"),
    ],
)  # fmt: skip
def test_a_follow_up_means_what_was_said_before(before, answered, text, topic, fact):
    history = (Said(role="visitor", text=before), Said(role="assistant", text=answered))
    made = decide(text, history=history, language=Language.EN, clinic=NOORD, now=TUESDAY)
    assert (made.path, made.topic) == (Way.DETERMINISTIC, topic), made.evidence
    assert made.answer is not None
    assert fact in made.answer.text


@pytest.mark.parametrize("text", ["im 15, can i get lip filler", "my son is 14, would botox or filler suit him better"])
def test_a_minor_is_told_so_whoever_answers(text):
    made = decide(text, history=(), language=Language.EN, clinic=LUMIERE, now=TUESDAY)
    assert made.notice == notice(Language.EN, phone=LUMIERE.phone)
    assert made.answer is None or made.answer.text.endswith(made.notice)


def test_an_explained_line_tells_the_probabilities_and_what_spoke_for_them():
    line = route_line("how much is botox", history=(), language=Language.EN, clinic=LUMIERE, now=TUESDAY, explain=True)
    assert any(one.startswith("intent price 0.") or one == "intent price 1.00" for one in line["evidence"])
    assert any(one.startswith("plain ") for one in line["evidence"])
    assert any(one.startswith("for price: ") for one in line["evidence"])


def examples():
    return [
        Described([f"w {word}", "question"], {"price": word in ("cost", "price"), "plain": True})
        for word in ("cost", "price", "hour", "street") * 3
    ] + [Described(["w poem"], {"price": False, "plain": False})] * 3


def test_the_same_examples_give_the_same_classifier(tmp_path):
    first, second = (fit(examples(), seed=1) for _ in range(2))
    for name, made in (("a.npz", first), ("b.npz", second)):
        made.save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    again = Classifier.load(tmp_path / "a.npz")
    assert again.scores(["w cost"]) == first.scores(["w cost"])
    assert again.scores(["w cost", "question"])["price"] > 0.5 > again.scores(["w street", "question"])["price"]
    assert again.reasons(["w cost", "w street"], "price", 3) == ("w cost",)


def test_tables_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="1 features and 2 labels"):
        Classifier(
            ["a", "b"],
            np.array([key("x")], dtype=np.uint32),
            np.zeros((1, 1), dtype=np.int8),
            np.ones(2, dtype=np.float32),
            np.zeros(2, dtype=np.float32),
        )
