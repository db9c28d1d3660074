"""A clinic's file: what it says, once it is read."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from schemas.clinic import Clinic, Interval, Text, parse_clinic
from schemas.taxonomy import Language
from tests.small_clinic import GOOD


@pytest.fixture(name="clinic")
def _clinic() -> Clinic:
    return parse_clinic(GOOD, file_id="zonnehof")


def test_money_is_decimal_and_keeps_its_cents(clinic):
    toxin, peel = clinic.treatment("botulinum_toxin"), clinic.treatment("chemical_peel")

    assert toxin.variants[1].price.amounts == (Decimal("320.00"), Decimal("400.50"))
    assert peel.price.fixed == Decimal(95)
    assert all(isinstance(amount, Decimal) for variant in toxin.variants for amount in variant.price.amounts)


def test_a_treatment_is_offered_refused_or_unmentioned(clinic):
    assert [clinic.offers(slug) for slug in ("chemical_peel", "facelift", "hifu")] == [True, False, None]
    assert clinic.treatment("hifu") is None


def test_a_treatments_currency_goes_before_the_clinics(clinic):
    assert clinic.currency_of(clinic.treatment("botulinum_toxin")) == "CHF"
    assert clinic.currency_of(clinic.treatment("chemical_peel")) == "EUR"


def test_practitioners_are_found_by_treatment(clinic):
    assert [person.name for person in clinic.practitioners_for("botulinum_toxin")] == ["Dr Lore Zandpoort"]
    assert clinic.practitioners_for("chemical_peel") == ()


@pytest.mark.parametrize(
    "day,opens",
    [
        pytest.param(dt.date(2026, 11, 23), [9, 13], id="a Monday"),
        pytest.param(dt.date(2026, 11, 24), [], id="a Tuesday, which is not written"),
        pytest.param(dt.date(2026, 12, 24), [9], id="a Thursday that is open by exception"),
        pytest.param(dt.date(2026, 12, 25), [], id="the first day of a closure, a Friday"),
        pytest.param(dt.date(2026, 12, 28), [], id="a Monday within a closure"),
        pytest.param(dt.date(2027, 1, 1), [], id="a Friday near its end"),
        pytest.param(dt.date(2027, 1, 4), [9, 13], id="the Monday after"),
    ],
)
def test_open_intervals_honour_closures(clinic, day, opens):
    assert [interval.opens.hour for interval in clinic.open_intervals(day)] == opens


def test_an_interval_keeps_its_minutes(clinic):
    assert clinic.hours.monday[0] == Interval(opens=dt.time(9), closes=dt.time(12, 30))


def test_promotions_hold_from_their_first_day_to_their_last(clinic):
    days = [dt.date(2026, 10, 31), dt.date(2026, 11, 1), dt.date(2026, 11, 30), dt.date(2026, 12, 1)]

    assert [len(clinic.promotions_on(day)) for day in days] == [0, 1, 1, 0]


@pytest.mark.parametrize(
    "text,language,said",
    [
        pytest.param(Text(fr="oui", nl="ja"), Language.FR, "oui", id="its own language"),
        pytest.param(Text(fr="oui", nl="ja"), Language.DE, "ja", id="falls back to the first language"),
        pytest.param(Text(plain="ok", nl="ja"), Language.DE, "ok", id="plain goes before another language"),
        pytest.param(Text(plain="ok", nl="ja"), Language.NL, "ja", id="its own language goes before plain"),
        pytest.param(Text(nl="ja"), Language.OTHER, "ja", id="a language that is not Lethe's"),
    ],
)
def test_a_text_is_said_in_the_nearest_language(clinic, text, language, said):
    assert clinic.say(text, language) == said


def test_an_answer_is_given_in_a_language_of_the_clinic(clinic):
    answered = [clinic.answer_language(language) for language in (Language.FR, Language.EN, Language.OTHER)]

    assert answered == [Language.FR, Language.NL, Language.NL]


def test_quotas_have_the_defaults_of_the_house(clinic):
    quotas = clinic.quotas

    assert (quotas.turns, quotas.ai_calls, quotas.in_flight, quotas.max_hours) == (60, 30, 2, 8)
    assert quotas.idle_minutes == 10


def test_a_clinic_cannot_be_changed(clinic):
    with pytest.raises(AttributeError):
        clinic.name = "Maanhof"
    assert msgspec.structs.replace(clinic, name="Maanhof").name == "Maanhof"
