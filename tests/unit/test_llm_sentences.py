import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.llm.sentences import MAX_HELD_CHARS, Sentences


def cut(*pieces):
    sentences = Sentences()
    units = [unit for piece in pieces for unit in sentences.feed(piece)]
    return [*units, rest] if (rest := sentences.rest()) else units


@pytest.mark.parametrize(
    "text,units",
    [
        pytest.param("One. Two! Three? Four", ["One. ", "Two! ", "Three? ", "Four"], id="full stop, ! and ?"),
        pytest.param("Yes.\nNo\nPerhaps", ["Yes.\n", "No\n", "Perhaps"], id="a line ends a unit"),
        pytest.param("Il coûte 1.200,50 € ici.", ["Il coûte 1.200,50 € ici."], id="an amount"),
        pytest.param("Um 9.30 Uhr. Gern.", ["Um 9.30 Uhr. ", "Gern."], id="a time"),
        pytest.param("Ask Dr. Vantombe. Thanks.", ["Ask Dr. Vantombe. ", "Thanks."], id="a title"),
        pytest.param("Z. B. Montag, ca. 20 Min. Dann", ["Z. B. Montag, ca. 20 Min. Dann"], id="abbreviations"),
        pytest.param("Am 31. Januar. Danach", ["Am 31. Januar. ", "Danach"], id="a German date"),
        pytest.param("From 9 a.m. to 5 p.m. daily", ["From 9 a.m. to 5 p.m. daily"], id="a.m. and p.m."),
        pytest.param("approx. 20 minutes", ["approx. 20 minutes"], id="a stop before a number"),
        pytest.param("Vraiment ! Oui", ["Vraiment ! ", "Oui"], id="a French exclamation mark"),
        pytest.param('He said "Stop." Then', ['He said "Stop." ', "Then"], id="a quotation"),
        pytest.param("Wait... what? Yes", ["Wait... what? ", "Yes"], id="three dots that go on"),
        pytest.param("write to a.b@c.example now", ["write to a.b@c.example now"], id="an address"),
        pytest.param("x" * 500, ["x" * 400, "x" * 100], id="no blank at all"),
        pytest.param("word " * 100, ["word " * 80, "word " * 20], id="no stop at all"),
    ],
)
def test_a_text_is_cut_where_sentences_end(text, units):
    assert cut(text) == units


def test_a_sentence_goes_out_with_the_first_letter_of_the_next():
    sentences = Sentences()
    assert sentences.feed("Not for a day.") == []
    assert sentences.feed(" Y") == ["Not for a day. "]


TEXTS = st.lists(
    st.sampled_from(
        [
            "One",
            " ",
            "  ",
            "\n",
            ".",
            "!",
            "?",
            "…",
            "Dr.",
            "31.",
            "a.m.",
            '"',
            ")",
            "é",
            "x" * 90,
            "1.200,50",
            "😀",
            ",",
        ]
    ),
    max_size=60,
).map("".join)


def pieces(text, places):
    ends = sorted({min(place, len(text)) for place in places} | {0, len(text)})
    return [text[a:b] for a, b in itertools.pairwise(ends)]


@given(TEXTS, st.lists(st.integers(0, 900), max_size=20))
def test_any_chunking_is_cut_as_the_whole(text, places):
    whole = cut(text)
    assert cut(*pieces(text, places)) == cut(*text) == whole
    assert "".join(whole) == text
    assert all(len(unit) <= MAX_HELD_CHARS for unit in whole)


@given(TEXTS)
def test_no_more_than_the_longest_unit_is_held(text):
    sentences = Sentences()
    for char in text:
        sentences.feed(char)
        assert len(sentences._held) <= MAX_HELD_CHARS
