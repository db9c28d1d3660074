"""The JSON Schema of clinic files: the committed copy is today's, good files pass it, faulty ones do not."""

import json
import tomllib
from pathlib import Path

import pytest

from deploy.cli.clinic import SCHEMA_NAME, schema_text, starter
from schemas.clinic_parts import Closure, PaymentMethod, Price
from schemas.clinic_schema import DIALECT, field_notes
from schemas.taxonomy import SPOKEN
from schemas.treatments import treatments
from tests.clinic_faults import FAULTS
from tests.json_schema import as_json, is_valid
from tests.small_clinic import GOOD

FOLDER = Path(__file__).parents[2] / "deploy" / "clinics"
SCHEMA = json.loads(schema_text())
STARTER = starter("zonne-hof", name=None, country="BE", time_zone="Europe/Brussels", languages=("nl", "fr"))
GOOD_FILES = {
    **{file.stem: file.read_text("utf-8") for file in sorted(FOLDER.glob("*.toml"))},
    "the starter": STARTER,
    "the small clinic": GOOD,
}
BEYOND_A_SCHEMA = {
    "not toml", "key written twice", "id unlike the file's name", "time zone that does not exist",
    "time zone that climbs out of its folder", "origin with the scheme's own port", "origin with a port that cannot be",
    "city not in the first language", "closes before it opens", "intervals overlap", "closure ends before it begins",
    "closure's hours overlap", "taken and not taken", "practitioner's treatment is not in the file",
    "practitioner's treatment is not offered", "slug twice", "alternative not offered", "from above to",
    "synonym under two treatments", "promotion ends before it begins", "promotion on what is not offered",
    "question not in the first language",
}  # fmt: skip
"""What spans tables, compares values or is no TOML: `lethe clinic check` alone finds it."""


def _valid(text: str) -> bool:
    return is_valid(as_json(tomllib.loads(text)), SCHEMA, SCHEMA)


def test_the_committed_schema_is_what_the_command_prints():
    """Mended by: lethe clinic schema > deploy/clinics/clinic.schema.json."""
    assert (FOLDER / SCHEMA_NAME).read_text("utf-8") == schema_text()


def test_it_names_its_draft():
    assert SCHEMA["$schema"] == DIALECT == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("text", GOOD_FILES.values(), ids=GOOD_FILES)
def test_a_good_file_passes_it(text):
    assert _valid(text)


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - BEYOND_A_SCHEMA))
def test_a_faulty_edit_does_not(name):
    old, new, _, _ = FAULTS[name]

    assert not _valid(GOOD.replace(old, new, 1))


def test_a_text_in_no_language_does_not():
    assert not _valid(GOOD.replace('street = "Zonnepad 1"', "street = {}"))


@pytest.mark.parametrize("name", sorted(BEYOND_A_SCHEMA - {"not toml", "key written twice"}))
def test_what_is_beyond_it_is_listed_truly(name):
    """A row that the schema has come to refuse leaves the list."""
    old, new, _, _ = FAULTS[name]

    assert _valid(GOOD.replace(old, new, 1))


@pytest.mark.parametrize("language", ["nl", "en", "fr", "de"])
def test_forms_that_the_check_takes_are_taken(language):
    text = GOOD.replace('street = "Zonnepad 1"', f'street = {{ {language} = "Zonnepad 1", plain = "x" }}')
    text = text.replace('price = "95"', 'price = { fixed = "95" }\nvariants = []')
    text = text.replace('["09:00-12:00"]', "[{ opens = 09:00:00, closes = 12:00:00 }]")

    assert _valid(text)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_a_demo_file_names_the_schema_in_its_first_line(file):
    assert file.read_text("utf-8").startswith(f"#:schema ./{SCHEMA_NAME}\n")


def test_the_starter_names_the_schema_in_its_first_line():
    assert STARTER.startswith(f"#:schema ./{SCHEMA_NAME}\n")


def test_closed_vocabularies_are_listed():
    clinic, treatment = SCHEMA["properties"], SCHEMA["$defs"]["ClinicTreatment"]["properties"]

    assert SCHEMA["$defs"]["Slug"]["enum"] == sorted(treatments())
    assert treatment["slug"] == {"$ref": "#/$defs/Slug"}
    assert clinic["languages"]["items"]["enum"] == list(SPOKEN)
    assert SCHEMA["$defs"]["Payment"]["properties"]["taken"]["items"]["enum"] == list(PaymentMethod)


def test_every_table_and_every_documented_field_is_described():
    assert all(table["description"] for table in SCHEMA["$defs"].values())
    assert SCHEMA["properties"]["region"]["description"].startswith("Where its chats are processed")
    assert "Last day, included" in SCHEMA["$defs"]["Promotion"]["properties"]["to"]["description"]


def test_a_fields_docstring_is_found_under_its_name_in_the_file():
    assert field_notes(Closure) == {
        "to": "Last day, included.",
        "hours": "Open at these hours instead, e.g. the morning of Christmas Eve; () = closed.",
    }
    assert field_notes(Price) == {}


def test_nothing_admits_null():
    assert '"null"' not in schema_text()
