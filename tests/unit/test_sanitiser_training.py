"""What the tagger is trained on: marked right, invented anew from a seed, and never the blind part."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from schemas.taxonomy import SPOKEN, Language
from workers.sanitiser.tagger import NAME, OUTSIDE, PLACE, Tagger
from workers.sanitiser.training.augment import introduced, lists_forgotten, renamed
from workers.sanitiser.training.corpus import Part, labelled, messages, parts_of
from workers.sanitiser.training.dataset import Example, examples
from workers.sanitiser.training.grammar import sentences
from workers.sanitiser.training.people import Inventor
from workers.sanitiser.training.train import fit

MARKED = "hi {name:Ann-Marie}, {keep:botox} in {location:12 High St}?"


def test_marks_become_labels():
    tokens, labels = labelled(parts_of(MARKED))
    named = [(token.text, label) for token, label in zip(tokens, labels, strict=True) if label != "O"]
    assert named == [
        ("Ann", "B-N"),
        ("-", "I-N"),
        ("Marie", "I-N"),
        ("12", "B-L"),
        ("High", "I-L"),
        ("St", "I-L"),
    ]
    assert set(labels) <= {OUTSIDE, *NAME, *PLACE}


def test_remarks_and_settings_are_no_messages():
    assert list(messages(["# x", "@ clinic=a", "@ persona=b", "", "hi"])) == [[Part("", "hi")]]


@pytest.mark.parametrize("language", SPOKEN)
def test_names_change_and_the_rest_stays(language: Language):
    made = renamed(parts_of(MARKED), language, Inventor(3))
    assert [part.kind for part in made] == ["", "name", "", "keep", "", "location", ""]
    assert made[1].text not in {"Ann-Marie", ""}
    assert made[1].text[0].isupper()
    assert [made[i] for i in (0, 2, 3, 4, 6)] == [parts_of(MARKED)[i] for i in (0, 2, 3, 4, 6)]


def test_a_person_is_put_in_once():
    inventor = Inventor(4)
    for _ in range(50):
        made = introduced(parts_of("my sister wants {keep:botox}"), Language.EN, inventor)
        assert [part.kind for part in made].count("name") == 1


def test_forgotten_words_are_of_names_and_places_alone():
    assert lists_forgotten(parts_of(MARKED), 1.0, Inventor(1)) == {"ann", "marie", "high", "st"}
    assert lists_forgotten(parts_of(MARKED), 0.0, Inventor(1)) == frozenset()


@pytest.mark.parametrize("language", SPOKEN)
def test_the_grammar_leaves_no_slot_and_no_bracket(language: Language):
    made = list(itertools.islice(sentences(language, Inventor(2)), 300))
    text = "\n".join(part.text for parts in made for part in parts)
    assert not any(c in text for c in "[]|{}€") or "[" not in text
    assert any(part.kind == "name" for parts in made for part in parts)
    assert any(part.kind == "location" for parts in made for part in parts)


def test_the_same_seed_makes_the_same_people():
    one, same, other = ([Inventor(seed).full(Language.NL) for _ in range(3)] for seed in (7, 7, 8))
    assert one == same
    assert one != other


def test_the_blind_part_is_never_read(tmp_path: Path):
    for language in SPOKEN:
        folder = tmp_path / language.value
        folder.mkdir()
        (folder / "dev.txt").write_text("my name is {name:devonly}", "utf-8")
        (folder / "test.txt").write_text("my name is {name:blindcanary}", "utf-8")
    first = next(iter(examples([tmp_path], staff=frozenset(), seed=1)))
    assert first.parts[-1] == Part("name", "devonly")
    read = itertools.islice(examples([tmp_path], staff=frozenset(), seed=1), 3_000)
    assert not any("blindcanary" in part.text for example in read for part in example.parts)


def test_staff_are_taught_as_names_though_they_stay(tmp_path: Path):
    for language in SPOKEN:
        (tmp_path / f"{language.value}.txt").write_text("is {keep:Dr Vantombe} in?", "utf-8")
    first = next(iter(examples([tmp_path], staff=frozenset({"vantombe"}), seed=1)))
    assert first.parts == [Part("", "is "), Part("", "Dr "), Part("name", "Vantombe"), Part("", " in?")]


def test_the_same_examples_give_the_same_file(tmp_path: Path):
    some = [
        Example(parts_of(f"i am {{name:ann}} {{name:van der}} {{location:12 Gent}} {i}"), frozenset())
        for i in range(20)
    ]
    one, two = tmp_path / "one.crfsuite", tmp_path / "two.crfsuite"
    assert fit(some, one).messages == 20
    fit(some, two)
    assert one.read_bytes() == two.read_bytes()
    tokens, _ = labelled(parts_of("i am ann"))
    assert Tagger.load(one).odds(tokens)[2].name > 0.5
