from decimal import Decimal

import pytest

from gateway import pages
from gateway.demo_facts import (
    Answered,
    Person,
    PriceGroup,
    answered_questions,
    first_appointment,
    format_amount,
    people,
    price_list,
)
from schemas.clinic import ClinicTreatment, Consultation, Faq, Phrases, Practitioner, Price, Text, Variant
from schemas.taxonomy import Language
from schemas.treatments import treatments
from tests.page_clinic import TREATMENTS, page_clinic

ENGLISH = pages.texts()[Language.EN]
FAQ = Faq(questions=Phrases(en=("May I fly?", "Flying?"), fr=("Puis-je voler ?",)), answer=Text(en="Wait.", fr="Non."))


def prices(*offered: ClinicTreatment) -> list[PriceGroup]:
    clinic = page_clinic(treatments=offered)
    return price_list(clinic, Language.EN, groups=ENGLISH.groups, money=ENGLISH.money, minutes="{count} min")


def variant(price: Price) -> Variant:
    return Variant(name=Text(plain="One"), price=price)


@pytest.mark.parametrize(
    "language, amount, currency, written",
    [
        ("en", "180.00", "EUR", "€180"),
        ("en", "1250.5", "GBP", "£1,250.50"),
        ("en", "95", "CHF", "CHF 95"),
        ("fr", "1250", "EUR", "1 250 €"),
        ("nl", "1250.50", "EUR", "€ 1.250,50"),
        ("de", "1250.50", "EUR", "1.250,50 €"),
        ("de", "0.00", "EUR", "kostenlos"),
    ],
)
def test_an_amount_is_written_as_its_language_does(language, amount, currency, written):
    money = pages.texts()[Language(language)].money
    assert format_amount(Decimal(amount), currency, money).replace("\xa0", " ").replace("\u202f", " ") == written


def test_the_price_list_shows_what_is_offered_and_priced_by_category():
    groups = prices(*TREATMENTS)
    assert [group.name for group in groups] == ["Injectables", "Skin care"]
    lines = [line for group in groups for line in group.lines]
    assert [line.price for line in lines] == ["€180 – €450", "from €290", "from €95.50"]
    assert (lines[0].description, lines[0].minutes) == ("Softens lines.", "30 min")
    assert (lines[1].description, lines[1].minutes, lines[1].variants) == ("", "", ())
    assert lines[2].variants == (("Light", "€95.50"), ("Deep", "from €1,250"))


@pytest.mark.parametrize(
    "variants, written",
    [
        ([Price(fixed=Decimal(90)), Price(from_=Decimal(50), to=Decimal(70))], "€50 – €90"),
        ([Price(fixed=Decimal(90)), Price(fixed=Decimal(90))], "€90"),
        ([Price(fixed=Decimal(90)), Price(from_=Decimal(200))], "from €90"),
    ],
    ids=["a range", "all the same", "one without an upper end: none is promised"],
)
def test_a_treatments_price_is_that_of_all_its_variants(variants, written):
    [group] = prices(ClinicTreatment(slug="lip_filler", offered=True, variants=tuple(map(variant, variants))))
    assert group.lines[0].price == written


def test_every_category_of_the_table_has_a_name():
    for own in pages.texts().values():
        assert set(own.groups) == {treatment.category for treatment in treatments().values()}


def test_a_person_is_shown_with_initials_and_the_languages_that_they_speak():
    one = Practitioner(name="Dr Ida von Holt", role=Text(en="Doctor", fr="Médecin"), languages=("fr", "qx", "es"))
    assert people(page_clinic(practitioners=(one,)), Language.FR) == [
        Person("Dr Ida von Holt", "vH", "Médecin", "français, espagnol")
    ]


def test_questions_are_the_clinics_and_those_of_what_it_offers_in_the_visitors_language():
    clinic = page_clinic(
        faqs=(FAQ, Faq(questions=Phrases(en=("Only here?",)), answer=Text(en="Yes."))),
        treatments=(
            ClinicTreatment(slug="lip_filler", offered=True, faqs=(FAQ,)),
            ClinicTreatment(slug="rhinoplasty", offered=False, faqs=(FAQ,)),
        ),
    )
    assert answered_questions(clinic, Language.FR) == [
        Answered("", "Puis-je voler ?", "Non."),
        Answered("Injection des lèvres", "Puis-je voler ?", "Non."),
    ]
    assert [found.question for found in answered_questions(clinic, Language.EN)] == [
        "May I fly?",
        "Only here?",
        "May I fly?",
    ]


@pytest.mark.parametrize(
    "consultation, written",
    [
        (None, ""),
        (Consultation(price=Decimal(60), duration_min=30, deducted=True), "€60, 30 min, deducted from your treatment"),
        (Consultation(price=Decimal(60), duration_min=30, deducted=False), "€60, 30 min"),
        (Consultation(price=Decimal(0), duration_min=20, deducted=True), "free, 20 min"),
    ],
    ids=["unsaid", "deducted", "not deducted", "free: nothing to deduct"],
)
def test_a_first_appointment_is_said_with_its_price(consultation, written):
    assert first_appointment(page_clinic(consultation=consultation), ENGLISH.demo, ENGLISH.money) == written
