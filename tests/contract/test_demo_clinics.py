"""The demo clinics are the reference of the format: whole, in all their languages, and using every field."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from schemas import clinic_shape
from schemas.clinic import Clinic, Phrases, Text
from schemas.clinic_checks import _parts
from schemas.clinic_fields import Part
from schemas.clinic_files import ClinicFiles
from schemas.clinic_parts import PaymentMethod
from schemas.clinic_words import PAYMENT_NAMES
from schemas.taxonomy import SPOKEN

FOLDER = Path(__file__).parents[2] / "deploy" / "clinics"
IDS = ("clinique-lumiere", "huidkliniek-noord")
SAME_EVERYWHERE = {"name", "street", "postcode"}
"""Facts that may stand in one language only."""


@pytest.fixture(name="clinic", params=IDS)
def _clinic(request: pytest.FixtureRequest) -> Clinic:
    clinic = ClinicFiles.load(FOLDER).get(request.param)
    assert clinic is not None
    return clinic


def _written(data, kind):
    """Yield (Struct, field) for every field that the file itself writes."""
    inner, _ = clinic_shape.unwrapped(kind)
    if isinstance(data, list):
        for item in data:
            yield from _written(item, inner.__args__[0])
    elif isinstance(data, dict):
        for field in msgspec.structs.fields(inner):
            if field.encode_name in data:
                yield inner.__name__, field.encode_name
                yield from _written(data[field.encode_name], field.type)


def _declared(kind):
    """Yield (Struct, field) for every field of `kind` and of the parts within."""
    inner, _ = clinic_shape.unwrapped(kind)
    if isinstance(inner, type) and issubclass(inner, Part):
        for field in msgspec.structs.fields(inner):
            yield inner.__name__, field.encode_name
            yield from _declared(field.type)
    elif getattr(inner, "__args__", None):
        yield from _declared(inner.__args__[0])


def test_both_clinics_load():
    assert ClinicFiles.load(FOLDER).ids() == IDS


def test_every_field_of_the_format_is_shown_at_least_once():
    shown = set()
    for file in FOLDER.glob("*.toml"):
        data, misfits = clinic_shape.fitted(tomllib.loads(file.read_text("utf-8")), Clinic)
        assert misfits == []
        shown.update(_written(data, Clinic))

    assert set(_declared(Clinic)) - shown == set()


def test_every_text_stands_in_all_of_the_clinics_languages(clinic):
    poor = [
        clinic_shape.field_path(path)
        for path, part in _parts(clinic, ())
        if isinstance(part, Text) and part.plain is None and path[-1] not in SAME_EVERYWHERE
        if any(part.own(language) is None for language in clinic.languages)
    ]

    assert poor == []


def test_every_question_stands_in_all_of_the_clinics_languages(clinic):
    faqs = [*clinic.faqs, *(faq for treatment in clinic.treatments for faq in treatment.faqs)]

    assert len(faqs) >= 4
    assert all(faq.questions.in_language(language) for faq in faqs for language in clinic.languages)


def test_no_text_stands_in_a_language_that_the_clinic_does_not_answer_in(clinic):
    idle = set(SPOKEN) - set(clinic.languages)
    spoken = [part for _, part in _parts(clinic, ()) if isinstance(part, Text | Phrases)]

    assert [part for part in spoken if any(getattr(part, language.value) for language in idle)] == []


def test_enough_is_offered_and_enough_is_not(clinic):
    offered = [treatment for treatment in clinic.treatments if treatment.offered]

    assert len(offered) >= 15
    assert all(treatment.price or treatment.variants for treatment in offered)
    assert len(clinic.treatments) - len(offered) >= 5


def test_botulinum_toxin_is_priced_by_zone(clinic):
    assert len(clinic.treatment("botulinum_toxin").variants) >= 3


def test_several_people_treat_and_each_treats_something(clinic):
    names = [person.name for person in clinic.practitioners]

    assert len(set(names)) == len(names) >= 3
    assert all(person.treatments for person in clinic.practitioners)


def _values(value):
    if isinstance(value, Part):
        value = msgspec.structs.astuple(value)
    if isinstance(value, tuple):
        for item in value:
            yield from _values(item)
    else:
        yield value


def test_no_value_is_a_float(clinic):
    assert [value for value in _values(clinic) if isinstance(value, float)] == []


def test_nothing_leads_to_a_real_site(clinic):
    addresses = (clinic.website, clinic.booking_url, clinic.privacy_url, clinic.address.map_url)
    hosts = [str(url).split("/")[2].partition(":")[0] for url in (*addresses, *clinic.allowed_origins)]

    assert [host for host in hosts if not host.endswith(".example")] == []
    assert clinic.email.endswith(".example")


def test_every_way_to_pay_has_a_name():
    assert set(PAYMENT_NAMES) == set(PaymentMethod)
