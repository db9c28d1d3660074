"""A clinic's file: what is refused, on which line, and why."""

import pytest

from schemas.clinic import ClinicFault, parse_clinic
from tests.clinic_faults import FAULTS
from tests.small_clinic import GOOD


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS.keys())
def test_a_faulty_file_is_refused_with_line_field_and_reason(case):
    old, new, field, reason = case
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "# !" in row)

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(text, file_id="zonnehof")

    assert (line, field) in [(fault.line, fault.field) for fault in raised.value.faults]
    told = next(fault.reason for fault in raised.value.faults if fault.field == field)
    assert reason in told


REMEDIES = ("expected", "did you mean", "must ", "remove", "keep one", "keep it under", "leave ", "write ", "quotes")


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS.keys())
def test_every_reason_says_what_to_do(case):
    old, new, field, _ = case

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(GOOD.replace(old, new, 1), file_id="zonnehof")

    told = next(fault.reason for fault in raised.value.faults if fault.field == field)
    assert any(remedy in told for remedy in REMEDIES) or "first language" in told


@pytest.mark.parametrize(
    "old,new,remedy",
    [
        ("accent =", "acent =", 'did you mean "accent"?'),
        ('slug = "chemical_peel"', 'slug = "chemical_peal"', 'expected e.g. "chemical_peel"'),
        ('region = "eu"\n', "", 'missing; expected 1 to 20 of a-z, 0-9 and -, e.g. "eu"'),
        ('phone = "+3220000199"', "phone = +3220000199 x", "one field a line"),
        ('name = "Zonnehof"', "name = Zonnehof", "between straight quotes"),
    ],
    ids=["misspelt field", "misspelt slug", "missing field", "two values", "no quotes"],
)
def test_a_remedy_fits_its_fault(old, new, remedy):
    with pytest.raises(ClinicFault) as raised:
        parse_clinic(GOOD.replace(old, new, 1), file_id="zonnehof")

    assert remedy in raised.value.faults[0].reason


def test_every_fault_is_reported_in_the_order_of_lines():
    text = GOOD.replace("Zonnepad 1", " ").replace('"95"', "95.5").replace('= "eu"', "= 7")

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(text, file_id="zonnehof")

    assert [(fault.line, fault.field) for fault in raised.value.faults] == [
        (4, "region"),
        (13, "address.street"),
        (67, "treatments[1].price"),
    ]


def test_every_contradiction_is_reported_at_once():
    text = GOOD.replace('"BE"', '"XX"').replace("2027-01-03", "2020-01-03").replace('"09:00-12:00"', '"12:00-12:00"')

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(text, file_id="maanhof")

    assert [fault.field for fault in raised.value.faults] == ["id", "country", "hours.friday[0]", "closures[1].to"]


def test_a_fault_never_quotes_a_value():
    text = GOOD.replace("hallo@zonnehof.example", "geheim@@x").replace("+3220000199", "0470geheim")

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(text, file_id="zonnehof")

    assert len(raised.value.faults) == 2
    assert "geheim" not in str(raised.value)


def test_lines_count_alike_with_windows_line_ends():
    text = GOOD.replace('"95"', "95.5").replace("\n", "\r\n")

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(text, file_id="zonnehof")

    assert [fault.line for fault in raised.value.faults] == [67]


def test_a_document_nested_beyond_reason_is_a_fault_and_no_crash():
    with pytest.raises(ClinicFault, match="nested too deeply"):
        parse_clinic("x = " + "[" * 50_000, file_id="zonnehof")
