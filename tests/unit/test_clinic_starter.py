"""The file that `lethe clinic new` writes: good as it is, and every example in it too."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli.clinic import SCHEMA_NAME, command, schema_text, starter
from schemas.clinic import parse_clinic

EXAMPLE = re.compile(r"^#(?=[a-z\[])", re.MULTILINE)
"""A line of TOML that waits for its # to be taken away; remarks have a blank after theirs."""


def _new(folder: Path, *words: str):
    return CliRunner().invoke(command, ["new", *words, "--folder", str(folder)])


def test_a_new_file_passes_the_check(tmp_path):
    made = _new(tmp_path, "zonne-hof", "--language", "nl", "--language", "fr", "--country", "NL")
    checked = CliRunner().invoke(command, ["check", str(tmp_path / "zonne-hof.toml")])

    assert (made.exit_code, made.stdout) == (0, f"{tmp_path / 'zonne-hof.toml'}\n")
    assert (checked.exit_code, checked.stdout) == (0, "")


def test_a_new_file_says_what_was_asked_for():
    text = starter("zonnehof", name='Zonne "Hof"', country="NL", time_zone="Europe/Amsterdam", languages=("nl", "en"))
    clinic = parse_clinic(text, file_id="zonnehof")

    assert (clinic.name, clinic.country, clinic.time_zone) == ('Zonne "Hof"', "NL", "Europe/Amsterdam")
    assert clinic.languages == ("nl", "en")


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de"])
def test_every_example_in_it_passes_the_check_once_its_mark_is_taken_away(language):
    text = starter("zonnehof", name=None, country="BE", time_zone="Europe/Brussels", languages=(language,))
    clinic = parse_clinic(EXAMPLE.sub("", text).replace(":schema", "# "), file_id="zonnehof")

    assert clinic.hours.monday
    assert clinic.closures
    assert clinic.promotions
    assert len(clinic.treatments) == 2
    assert len(clinic.treatments[0].variants) == 2


def test_as_it_is_written_no_invented_price_or_hour_is_told():
    text = starter("zonnehof", name=None, country="BE", time_zone="Europe/Brussels", languages=("en",))
    clinic = parse_clinic(text, file_id="zonnehof")

    assert not any(treatment.price or treatment.variants for treatment in clinic.treatments)
    assert not any(clinic.hours.on(weekday) for weekday in range(7))


def test_the_schema_is_laid_beside_it(tmp_path):
    _new(tmp_path, "zonnehof")

    assert (tmp_path / SCHEMA_NAME).read_text("utf-8") == schema_text()


def test_a_file_that_exists_is_left_alone(tmp_path):
    (tmp_path / "zonnehof.toml").write_text("mine")
    made = _new(tmp_path, "zonnehof")

    assert made.exit_code == 1
    assert (tmp_path / "zonnehof.toml").read_text() == "mine"


@pytest.mark.parametrize(
    "words",
    [
        ("Zonnehof",),
        ("../zonnehof",),
        ("zonnehof", "--country", "XX"),
        ("zonnehof", "--time-zone", "Europe/Leuven"),
        ("zonnehof", "--language", "it"),
        ("zonnehof", "--name", " "),
    ],
    ids=" ".join,
)
def test_what_no_clinic_may_be_called_is_wrong_usage(words, tmp_path):
    assert _new(tmp_path, *words).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_the_schema_is_printed():
    shown = CliRunner().invoke(command, ["schema"])

    assert (shown.exit_code, shown.stdout) == (0, schema_text())


def test_check_says_every_fault_with_its_line_and_no_value(tmp_path):
    file = tmp_path / "zonnehof.toml"
    _new(tmp_path, "zonnehof")
    text = file.read_text("utf-8").replace("+15550100000", "0470geheim").replace("offered = true", "ofered = true")
    file.write_text(text, "utf-8")
    checked = CliRunner().invoke(command, ["check", str(file)])
    lines = [row.split(":")[1:3] for row in checked.stdout.splitlines()]

    assert checked.exit_code == 1
    assert [field.strip() for _, field in lines] == ["phone", "treatments[0].offered", "treatments[0].ofered"]
    assert 'did you mean "offered"?' in checked.stdout
    assert "geheim" not in checked.output


def test_a_file_that_is_no_toml_is_told_without_a_field(tmp_path):
    file = tmp_path / "zonnehof.toml"
    file.write_text("name = Zonnehof\n")
    checked = CliRunner().invoke(command, ["check", str(file)])

    assert checked.stdout.startswith(f"{file}:1: not TOML: ")
