"""A text that comes in pieces is hidden as the whole is, and nothing is shown too early."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.weights import weights
from schemas.taxonomy import PLACEHOLDERS, Entity, Language
from workers.sanitiser.engine import Engine, SanitiserFailed
from workers.sanitiser.guard import LEAST_CHARS, MOST_CHARS, Guard, cut, merged
from workers.sanitiser.keep import keep_words
from workers.sanitiser.redact import PLACEHOLDER, Finding, redact

KEEP = keep_words(None)
PLANTED = {
    "0478 12 34 56": ("0478", "12 34", "34 56"),
    "+31 6 18334027": ("18334027", "1833", "4027"),
    "jo.peeters99@telenet.be": ("jo.peeters", "peeters99", "@telenet"),
    "wim_claes@gmail.com": ("wim_claes", "@gmail"),
    "BE68 5390 0754 7034": ("BE68", "5390", "0754", "7034"),
    "DE89370400440532013000": ("DE8937", "04400532"),
}
"""Personal data, and parts of it that stand nowhere else."""
DATA = (
    *PLANTED,
    "my name is Sofie De Smet",
    "je m'appelle Karim",
    "ik woon in de Kerkstraat 4, 9000 Gent",
    "@skin.by.faya",
)
SENTENCES = (
    "A session takes about half an hour and most people go back to work the same day. ",
    "Nous vous conseillons une consultation gratuite avant de commencer, sans engagement ! ",
    "De eerste resultaten ziet u na twee weken, het eindresultaat na een maand. ",
    "Die Wirkung hält je nach Hauttyp vier bis sechs Monate an, danach wird aufgefrischt. ",
    "Really?\n",
    "- lips: 250 €\n- forehead: 180 €\n",
    "Dr. ",
)
MARKS = (
    " 😊 ",
    "👩‍⚕️",
    "e\u0301",
    "\u200b",
    "a\u0308o\u0308 ",
    "🇧🇪",
    "\u2028",
    "[name hidden] ",
    "(",
    ") ",
    "... ",
    "\r\n",
)
PIECES = st.one_of(
    st.sampled_from(DATA),
    st.sampled_from(SENTENCES),
    st.sampled_from((*MARKS, f"https://example.com/{'a1' * 450}")),
    st.text(st.characters(codec=None), max_size=8),
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)
CUTS = st.lists(st.integers(0, 1_500), max_size=12)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(weights())


def pieces_of(text: str, cuts: Iterable[int]) -> list[str]:
    """Return `text` parted at `cuts`, empty pieces included."""
    ends = [0, *sorted(min(place, len(text)) for place in cuts), len(text)]
    return [text[start:end] for start, end in pairwise(ends)]


def guarded(engine: Engine, pieces: Iterable[str]) -> str:
    """Return all that is shown of a text that comes in `pieces`."""
    guard = Guard(engine, language=Language.EN, keep=KEEP)
    return "".join([*(guard.feed(piece) for piece in pieces), guard.close()])


@settings(max_examples=60, deadline=None)
@given(TEXTS, CUTS)
def test_pieces_give_what_the_whole_gives(engine: Engine, text: str, cuts: list[int]):
    assert guarded(engine, pieces_of(text, cuts)) == guarded(engine, [text])


@settings(max_examples=15, deadline=None)
@given(TEXTS)
def test_one_character_at_a_time_gives_what_the_whole_gives(engine: Engine, text: str):
    assert guarded(engine, text) == guarded(engine, [text])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from((*DATA, "how much is it? ", "é🙂 ", "[phone hidden] ")), max_size=6).map(" ".join), CUTS
)
def test_a_text_of_one_unit_is_hidden_as_the_engine_says(engine: Engine, text: str, cuts: list[int]):
    unit = text[: LEAST_CHARS + 1]
    analysed = engine.analyse(unit, language=Language.EN, keep=KEEP)
    assert guarded(engine, pieces_of(unit, cuts)) == redact(unit, analysed)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(SENTENCES[:4]), max_size=5).map("".join),
    st.integers(0, 300),
    st.sampled_from(list(PLANTED)),
    st.lists(st.sampled_from(SENTENCES[:5]), max_size=5).map("".join),
    CUTS,
)
def test_planted_data_survives_nowhere_in_no_pieces(  # noqa: PLR0917  # hypothesis gives them by position
    engine: Engine, before: str, length: int, planted: str, after: str, cuts: list[int]
):
    text = f"{before[:length]} reach me: {planted} {after}"
    shown = guarded(engine, pieces_of(text, cuts))
    assert [part for part in PLANTED[planted] if part in shown] == []


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("limit", [LEAST_CHARS, MOST_CHARS], ids=["the shortest unit", "the longest unit"])
def test_planted_data_goes_wherever_it_lies_across_the_end_of_a_unit(engine: Engine, planted: str, limit: int):
    """The filler ends no sentence, or ends one at every word: the cut falls into the data at each of its characters."""
    filler = ("word. " if limit == LEAST_CHARS else "words ") * (limit // 6 + 4)
    for length in range(limit - len(planted) - 6, limit + 2, 3):
        shown = guarded(engine, [f"{filler[:length].rpartition(' ')[0]} mine: {planted} and {filler}"])
        assert [part for part in PLANTED[planted] if part in shown] == [], length


@pytest.mark.parametrize(
    "text, shown",
    [
        pytest.param(
            f"see https://example.com/{'a1' * 600} ok", "see [url hidden] ok", id="a finding over three units"
        ),
        pytest.param(
            f"{'=' * 390}[date of birth hidden]{'=' * 50}",
            f"{'=' * 390}[date of birth hidden]{'=' * 50}",
            id="a placeholder where a unit is full",
        ),
        pytest.param(
            f"{'=' * 70}[name hidden] {'=' * 400}",
            f"{'=' * 70}[name hidden] {'=' * 400}",
            id="a placeholder's own blank",
        ),
        pytest.param(
            f"{SENTENCES[0]}Call me on 0478 12. 34 56 is the rest.",
            f"{SENTENCES[0]}Call me on [phone hidden] is the rest.",
            id="a number with a sentence's end in it",
        ),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_lies_over_the_end_of_a_unit_is_one_thing(engine: Engine, text: str, shown: str):
    assert guarded(engine, [text]) == guarded(engine, text) == shown


def test_a_unit_is_shown_when_the_next_has_ended(engine: Engine):
    guard = Guard(engine, language=Language.EN, keep=KEEP)
    first, second = SENTENCES[1], SENTENCES[3]
    assert guard.feed(first) == ""
    assert guard.feed(second[:-1]) == ""
    assert guard.feed(second[-1]) == first
    assert guard.close() == second


@pytest.mark.parametrize("text", ["".join(SENTENCES) * 5, "x" * 3_000, "no sentence ends here " * 150])
def test_less_than_two_units_are_ever_held_back(engine: Engine, text: str):
    guard = Guard(engine, language=Language.EN, keep=KEEP)
    shown = 0
    for fed, character in enumerate(text, start=1):
        shown += len(guard.feed(character))
        assert fed - shown < 2 * MOST_CHARS
    assert shown + len(guard.close()) == len(text)


def test_after_a_failure_nothing_is_shown_and_nothing_told(engine: Engine):
    guard = Guard(engine, language=Language.EN, keep=KEEP)
    shown = [guard.feed(sentence) for sentence in SENTENCES[:4]]
    assert any(shown)
    with (
        patch("workers.sanitiser.engine.findings", side_effect=RuntimeError("Canary")),
        pytest.raises(SanitiserFailed) as failed,
    ):
        guard.feed("I am Canary. " * 10)
    assert failed.value.__cause__ is failed.value.__context__ is None
    assert "Canary" not in "".join(traceback.format_exception_only(failed.value))
    for more in (lambda: guard.feed(SENTENCES[0]), lambda: guard.feed(""), guard.close):
        with pytest.raises(SanitiserFailed):
            more()
    assert "Canary" not in f"{guard!r}{vars(guard)}"


def test_a_closed_text_takes_nothing_more(engine: Engine):
    guard = Guard(engine, language=Language.EN, keep=KEEP)
    guard.feed("my name is Sofie")
    assert guard.close() == "my name is [name hidden]"
    assert "Sofie" not in f"{guard!r}{vars(guard)}"
    with pytest.raises(SanitiserFailed):
        guard.feed("and so on")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, st.sampled_from(["a" * 90, "word " * 100, "0 " * 250])), max_size=12).map("".join))
def test_units_make_the_text_and_part_no_placeholder(text: str):
    units, rest = cut(text)
    assert "".join([*units, rest]) == text
    assert all(LEAST_CHARS < len(unit) <= MOST_CHARS for unit in units)
    assert len(rest) < MOST_CHARS
    ends = {sum(map(len, units[: i + 1])) for i in range(len(units))}
    assert not any(hit.start() < end < hit.end() for hit in PLACEHOLDER.finditer(text) for end in ends)


@pytest.mark.parametrize("placeholder", PLACEHOLDERS.values())
def test_no_placeholder_is_parted_where_a_unit_is_full(placeholder: str):
    for length in range(MOST_CHARS - len(placeholder), MOST_CHARS + 2):
        for text in (f"{'=' * length}{placeholder}{'=' * 99}", f"{'= ' * (length // 2)}{placeholder}{'=' * 99}"):
            units, rest = cut(text)
            assert units
            assert any(placeholder in unit for unit in (*units, rest)), length


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(0, 1_500))
def test_what_follows_moves_no_cut(text: str, length: int):
    known, _ = cut(text[:length])
    assert cut(text)[0][: len(known)] == known


@pytest.mark.parametrize(
    "found, expected",
    [
        pytest.param([(Entity.NAME, 0, 4), (Entity.NAME, 0, 4)], [(Entity.NAME, 0, 4)], id="both readings agree"),
        pytest.param([(Entity.NAME, 0, 4), (Entity.EMAIL, 2, 19)], [(Entity.EMAIL, 0, 19)], id="one sees more"),
        pytest.param(
            [(Entity.NAME, 0, 4), (Entity.ID, 4, 9)], [(Entity.NAME, 0, 4), (Entity.ID, 4, 9)], id="side by side"
        ),
        pytest.param([(Entity.ID, 0, 30), (Entity.NAME, 2, 4)], [(Entity.ID, 0, 30)], id="one inside the other"),
    ],
)
def test_two_readings_become_one(found: list[tuple[Entity, int, int]], expected: list[tuple[Entity, int, int]]):
    assert merged(Finding(*row) for row in found) == [Finding(*row) for row in expected]
