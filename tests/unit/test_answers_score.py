"""The scorer of the router's corpora counts what a fair judge would, and never prints a blind message."""

import msgspec
import pytest
from click.testing import CliRunner

from schemas.taxonomy import Language
from tests.corpus import answers
from tests.corpus.cases import FOLDER, Case, CorpusFault, cases


def judged(tmp_path, monkeypatch, **case):
    folder = tmp_path / "routing" / "en"
    folder.mkdir(parents=True)
    (folder / "dev.jsonl").write_bytes(answers_line(**case))
    monkeypatch.setattr(answers, "cases", lambda *of: cases(*of, folder=tmp_path))
    return next(answers.judge("routing", Language.EN, "dev"))


def answers_line(**case):
    return msgspec.json.encode({"text": "how much is a hydrafacial?", "language": "en", **case})


HYDRAFACIAL = {"path": ["deterministic"], "intent": ["price"], "topic": ["hydrafacial"]}


@pytest.mark.parametrize(
    "case,faults",
    [
        pytest.param({**HYDRAFACIAL, "facts": ["165"]}, (), id="right"),
        pytest.param({**HYDRAFACIAL, "facts": ["65"]}, ("facts",), id="a number inside another is none"),
        pytest.param({**HYDRAFACIAL, "facts": [["99", "165"]]}, (), id="one of several"),
        pytest.param({**HYDRAFACIAL, "facts": ["99", "165"]}, ("facts",), id="all of several"),
        pytest.param(
            {"text": "what is your phone number?", "path": ["deterministic"], "facts": ["+32"]}, (), id="a prefix"
        ),
        pytest.param({**HYDRAFACIAL, "path": ["llm"]}, ("path",), id="another way"),
        pytest.param({**HYDRAFACIAL, "path": ["llm", "deterministic"]}, (), id="a second way"),
        pytest.param({**HYDRAFACIAL, "intent": ["offer"]}, ("intent",), id="another intent"),
        pytest.param(
            {**HYDRAFACIAL, "text": "how much is microneedling?", "topic": ["led_therapy"]},
            ("topic", "price"),
            id="another treatment's price",
        ),
    ],
)
def test_a_case_is_judged_by_each_of_its_expectations(case, faults, tmp_path, monkeypatch):
    assert judged(tmp_path, monkeypatch, **case).faults == faults


@pytest.mark.parametrize(
    "text,found",
    [
        ("costs €1,200 or 1.200 €", {"1200"}),
        ("€165.00, 135,00 euro", {"165", "135"}),
        ("€1.60 a minute", {"1.60"}),
        ("open 09:00–18:30, 30 minutes", set()),
    ],
)
def test_amounts_of_money_are_found_however_written(text, found):
    assert answers.amounts(text) == found


def test_a_faulty_line_is_named_and_not_quoted(tmp_path):
    (tmp_path / "routing" / "en").mkdir(parents=True)
    (tmp_path / "routing" / "en" / "dev.jsonl").write_text('{"text": "zanzibarium"}\n', "utf-8")
    with pytest.raises(CorpusFault) as raised:
        list(cases("routing", Language.EN, "dev", folder=tmp_path))
    assert "line 1" in str(raised.value)
    assert "zanzibarium" not in str(raised.value)


def test_the_test_part_cannot_be_listed():
    done = CliRunner().invoke(answers.command, ["--kind", "routing", "--part", "test", "--errors"])
    assert done.exit_code == 2
    assert "never printed" in done.output


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*/*/*.jsonl")), ids=lambda f: "/".join(f.parts[-3:]))
def test_every_case_of_the_corpora_can_be_read_and_names_what_exists(file):
    kind, language, part = file.parts[-3], Language(file.parts[-2]), file.stem
    read = list(cases(kind, language, part))
    assert len(read) >= (25 if kind == "faqs" else 100)  # two clinics have few questions of their own
    assert all(isinstance(case, Case) and case.text.strip() and case.path for case in read)
