"""The second reader: which words it is asked about, what it reads, and how its word counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from deploy.weights import weights
from workers.sanitiser import crf
from workers.sanitiser.features import Columns, tokens_of
from workers.sanitiser.rampart import Pieces, Rampart, places, source
from workers.sanitiser.second_reader import SecondReader, doubtful, together
from workers.sanitiser.tagger import Tagger, tagger
from workers.sanitiser.windows import MARGIN, MOST, RUN

TEXT = "hi its thandeka, can i come friday"


@pytest.fixture(scope="module")
def rampart() -> Rampart:
    return Rampart.load(weights())


def test_a_piece_goes_to_the_first_span_that_it_touches():
    pieces = Pieces([7, 8, 9], [(0, 2), (2, 5), (6, 8)])
    assert places(pieces, [(0, 2), (2, 3), (3, 5), (6, 8), (8, 9)]) == [(0, 1), (1, 2), (2, 2), (2, 3), (3, 3)]


def test_each_piece_has_shares_and_a_name_is_likeliest_a_name(rampart: Rampart):
    pieces = rampart.pieces(TEXT)
    shares = rampart.shares(pieces.ids)
    assert shares.shape == (len(pieces.ids), 3)
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(shares)), abs=1e-5)
    first = next(i for i, (start, _) in enumerate(pieces.offsets) if start == TEXT.index("thandeka"))
    assert shares.argmax(axis=1)[first] == 1
    assert shares[0].argmax() == 0


def test_a_model_that_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="lethe train rampart"):
        Rampart.load(tmp_path / "none.onnx")


@pytest.mark.parametrize(
    "content", [b"", b"nothing of the kind", source().read_bytes()], ids=["empty", "text", "theirs"]
)
def test_another_file_is_refused_before_it_reads_anything(content: bytes, tmp_path):
    (tmp_path / "other.onnx").write_bytes(content)
    with pytest.raises(ValueError, match="LETHE_RAMPART"):
        Rampart.load(tmp_path / "other.onnx")


SHARES = {
    "nobody": ([0.999, 0.96], ["1", "0"], []),
    "somebody, surely": ([0.999, 0.01], ["1", "0"], []),
    "perhaps": ([0.999, 0.5], ["1", "0"], [1]),
    "perhaps nobody": ([0.94, 0.999], ["0", "1"], [0]),
    "the more doubtful first": ([0.75, 0.4, 0.06], ["0", "0", "0"], [1, 0, 2]),
    "a sign": ([0.5, 0.999], [".", "1"], []),
    "a famous person": ([0.5, 0.999], ["0*", "1"], []),
    "a word of the trade": ([0.5, 0.999], ["3w", "1"], []),
    "a run of digits": ([0.5, 0.999], ["9", "1"], [0]),
}


@pytest.mark.parametrize("outside, known, doubts", SHARES.values(), ids=SHARES)
def test_doubt_is_of_what_may_be_hidden(outside: list[float], known: list[str], doubts: list[int]):
    shares = np.array([[share, 1 - share, 0] for share in outside])
    assert doubtful(shares, known) == doubts


class _Noted(Rampart):
    """The model, noting what it reads; where `always` is given it says that of every piece."""

    def __init__(self, model: Rampart, always: Sequence[float] = ()) -> None:
        """Read with `model`."""
        vars(self).update(vars(model))
        self.seen: list[list[int]] = []
        self._always = always

    def shares(self, ids: Sequence[int]) -> NDArray[np.float32]:
        self.seen.append(list(ids))
        said = super().shares(ids)
        return np.tile(np.array(self._always, dtype=np.float32), (len(ids), 1)) if self._always else said


A_NAME, NOBODY = (0.02, 0.97, 0.01), (0.98, 0.01, 0.01)


class _InDoubtAbout(Tagger):
    """A first reader that is unsure of some words and sure that the others are nobody's."""

    def __init__(self, *places: int) -> None:
        """Doubt the tokens at `places`, or all."""
        super().__init__(crf.Model(("O",), ["b"], np.zeros((1, 1)), np.zeros((1, 1))))
        self._places = places

    def shares(self, columns: Columns, count: int) -> crf.Matrix:
        del columns
        shares = np.tile([0.998, 0.001, 0.001], (count, 1))
        shares[list(self._places) or slice(None)] = [0.5, 0.5, 0.0]
        return shares


def test_a_message_without_doubt_asks_no_model(rampart: Rampart):
    noted = _Noted(rampart)
    reader = SecondReader(tagger(), noted)
    for text in ("do you do botox on fridays?", "was kostet eine behandlung der zornesfalte", ""):
        tokens = tokens_of(text)
        assert reader.read(text, tokens) == tagger().odds(tokens)
    assert noted.seen == []


@pytest.mark.parametrize("says, is_name", [(A_NAME, True), (NOBODY, False)], ids=["a name", "nobody"])
def test_on_doubt_the_second_reader_decides(rampart: Rampart, says: Sequence[float], *, is_name: bool):
    text = "tell zuberi bakkalo hi"
    odds = SecondReader(_InDoubtAbout(1), _Noted(rampart, says)).read(text, tokens_of(text))
    assert (odds[1].name > 0.8) is is_name


def test_both_have_equal_say():
    first, second = np.array([[0.9, 0.1, 0.0]]), np.array([[0.1, 0.9, 0.0]], dtype=np.float32)
    assert together(first, second)[0] == pytest.approx([0.5, 0.5, 0.0])
    assert together(first, np.array([[0.9, 0.1, 0.0]]))[0] == pytest.approx(first[0])


def test_only_the_words_around_a_doubtful_one_are_read(rampart: Rampart):
    words = [f"zub{'aeiou'[i % 5]}rk{'aiu'[i % 3]}" for i in range(60)]
    text = " ".join(words)
    noted = _Noted(rampart, A_NAME)
    odds = SecondReader(_InDoubtAbout(30), noted).read(text, tokens_of(text))
    around = range(30 - MARGIN, 30 + MARGIN + 1)
    assert [i for i, one in enumerate(odds) if one.name > 0.1] == list(around)
    assert noted.seen == [list(rampart.pieces(" ".join(words[i] for i in around)).ids)]


def test_a_sign_that_the_model_does_not_know_is_left_to_the_first(rampart: Rampart):
    text = "\u200b"  # the model reads nothing of it
    odds = SecondReader(_InDoubtAbout(0), _Noted(rampart, A_NAME)).read(text, tokens_of("x"))
    assert len(odds) == 1


def test_what_there_is_no_room_to_read_is_hidden_rather_than_shown(rampart: Rampart):
    """The first reader gives every word an even chance of being a name; so unread ones are taken for names."""
    text = " ".join(f"zuberi{'abcdefghij'[i % 10]}" for i in range(130))
    noted = _Noted(rampart, NOBODY)
    odds = SecondReader(_InDoubtAbout(), noted).read(text, tokens_of(text))
    assert sum(len(ids) + RUN for ids in noted.seen) <= MOST
    assert {one.name > 0.5 for one in odds} == {True, False}
