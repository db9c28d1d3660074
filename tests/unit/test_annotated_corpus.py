from collections import Counter

import pytest

from schemas.taxonomy import SPOKEN, Entity, Language
from tests.corpus.annotated import CorpusFault, Mark, marked, messages, pairs, read_messages, read_pairs
from tests.corpus.measures import STRUCTURED

UNQUOTED = "wilhelmina"
"""Stands in faulty lines: no error may quote it."""


@pytest.mark.parametrize(
    "line,text,marks",
    [
        pytest.param("how much is it", "how much is it", (), id="nothing is marked"),
        pytest.param("{name:ann}", "ann", (Mark(Entity.NAME, 0, 3),), id="the whole message is personal"),
        pytest.param(
            "hi {name:ann}: {keep:botox}?",
            "hi ann: botox?",
            (Mark(Entity.NAME, 3, 6), Mark(None, 8, 13)),
            id="two spans and the text between them",
        ),
        pytest.param(
            r"a\n{phone:04\n78} b",
            "a\n04\n78 b",
            (Mark(Entity.PHONE, 2, 7),),
            id="a typed line break is one character, inside a span too",
        ),
        pytest.param("é🙂 {name:zoë}", "é🙂 zoë", (Mark(Entity.NAME, 3, 6),), id="offsets count code points"),
        pytest.param("{url:https://a.b/c}", "https://a.b/c", (Mark(Entity.URL, 0, 13),), id="colons in the value"),
    ],
)
def test_mark_up_becomes_clean_text_and_spans(line, text, marks):
    assert marked(line) == (text, marks)
    assert "".join(text[a:b] for _, a, b in marks) == "".join(marked(line)[0][m.start : m.end] for m in marks)


@pytest.mark.parametrize(
    "line,what",
    [
        pytest.param("ok {nam:wilhelmina}", "unknown type at column 4", id="unknown type"),
        pytest.param("{name:wilhelmina", "brace alone at column 1", id="never closed"),
        pytest.param("wilhelmina}", "brace alone at column 11", id="never opened"),
        pytest.param("{name:a {keep:wilhelmina}}", "brace alone at column 1", id="nested"),
        pytest.param("wilhelmina {name: }", "empty span at column 12", id="empty"),
        pytest.param("{Name:wilhelmina}", "brace alone", id="a type in capitals"),
        pytest.param("wilhelmina" * 101, "1 to 1000 characters", id="longer than the gateway accepts"),
        pytest.param("wilhelmina ||| then", "pair among single", id="a pair in a file of single messages"),
        pytest.param("@ clinic=wilhelmina", "neither @ clinic=", id="a clinic that does not exist"),
        pytest.param("@ mood=wilhelmina", "neither @ clinic=", id="an unknown directive"),
    ],
)
def test_a_faulty_line_is_named_by_file_and_number_and_never_quoted(tmp_path, line, what):
    file = tmp_path / "dev.txt"
    file.write_text(f"# fine\n\nfine {{name:too}}\n{line}\n", "utf-8")
    with pytest.raises(CorpusFault) as fault:
        read_messages(file, clinic="clinique-lumiere")
    assert f"{file}:4: " in str(fault.value)
    assert what in str(fault.value)
    assert UNQUOTED not in str(fault.value)


def test_every_faulty_line_of_a_file_is_named(tmp_path):
    file = tmp_path / "dev.txt"
    file.write_text("{\nfine\n}\n", "utf-8")
    with pytest.raises(CorpusFault) as fault:
        read_messages(file, clinic="clinique-lumiere")
    assert [line.split(": ")[0] for line in str(fault.value).splitlines()] == [f"{file}:1", f"{file}:3"]


def test_messages_know_the_clinic_the_persona_and_their_line(tmp_path):
    file = tmp_path / "dev.txt"
    file.write_text("one\n@ clinic=huidkliniek-noord\n@ persona=in a hurry\n\n# no\ntwo\n@home\n", "utf-8")
    read = read_messages(file, clinic="clinique-lumiere")
    assert [(m.text, m.clinic, m.persona, m.line) for m in read] == [
        ("one", "clinique-lumiere", "", 1),
        ("two", "huidkliniek-noord", "in a hurry", 6),
        ("@home", "huidkliniek-noord", "in a hurry", 7),
    ]


@pytest.mark.parametrize("line", ["one message", "a ||| b ||| c", "a|||b"])
def test_a_pair_is_two_messages(tmp_path, line):
    file = tmp_path / "pairs.txt"
    file.write_text(f"{{phone:0478}} ||| {{phone:12 34}}, ok\n{line}\n", "utf-8")
    with pytest.raises(CorpusFault, match=r":2: not two messages"):
        read_pairs(file, clinic="clinique-lumiere")
    file.write_text("{phone:0478} ||| {phone:12 34}, ok\n", "utf-8")
    (pair,) = read_pairs(file, clinic="clinique-lumiere")
    assert (pair.first.text, pair.second.text) == ("0478", "12 34, ok")
    assert pair.second.spans == (Mark(Entity.PHONE, 0, 5),)


# Nothing below may show a message of a test part: only numbers are compared.


@pytest.mark.parametrize("part", ["dev", "test"])
@pytest.mark.parametrize("language", SPOKEN)
def test_a_language_has_enough_messages_pairs_and_temptations(language, part):
    read = messages(language, part)
    harmless = sum(not message.spans for message in read) / len(read)
    kinds = Counter(span.entity for message in read for span in message.spans)
    assert len(read) >= 300
    assert 0.25 <= harmless <= 0.45
    assert set(kinds) == set(Entity)
    assert kinds[Entity.NAME] >= 130
    assert len(pairs(language, part)) >= (50 if part == "test" else 30)


def test_the_test_parts_have_enough_structured_spans_for_half_a_percent():
    spans = [span for language in SPOKEN for message in messages(language, "test") for span in message.spans]
    assert sum(span.entity in STRUCTURED for span in spans) >= 600


@pytest.mark.parametrize("language", SPOKEN)
def test_no_message_is_in_both_parts(language: Language):
    dev, test = ({message.text.casefold() for message in messages(language, part)} for part in ("dev", "test"))
    shared = len({text for text in dev & test if len(text.split()) > 3})
    assert shared == 0
