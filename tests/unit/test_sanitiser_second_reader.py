"""The second reader: what the model's states are of, when it is asked of which words, and how it is trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workers.sanitiser import crf
from workers.sanitiser.features import Columns, columns_of, known_of, tokens_of
from workers.sanitiser.rampart import STATES, Pieces, Rampart, Reading, means, places
from workers.sanitiser.second_reader import (
    DOUBT,
    FEATURES,
    FURTHEST,
    MODEL,
    REACH,
    Head,
    SecondReader,
    Values,
    doubtful,
    net_columns,
)
from workers.sanitiser.tagger import Tagger, settled, tagger
from workers.sanitiser.training import head as training
from workers.sanitiser.training.corpus import labelled, parts_of
from workers.sanitiser.training.dataset import Example, examples
from workers.sanitiser.training.head import Marked, classes, fit_head, stored
from workers.sanitiser.training.second import fit_second
from workers.sanitiser.windows import MARGIN, MOST, RUN

TEXT = "hi its thandeka, can i come friday"
SPANS = [(0, 2), (3, 6), (7, 15), (15, 16)]


@pytest.fixture(scope="module")
def rampart() -> Rampart:
    return Rampart.load()


def test_each_span_has_the_mean_of_its_pieces(rampart: Rampart):
    states = rampart.states(TEXT, SPANS)
    assert states.shape == (4, STATES)
    one, other, both = rampart.states(TEXT, [(7, 9)]), rampart.states(TEXT, [(3, 6)]), rampart.states(TEXT, [(3, 15)])
    assert np.array_equal(other[0], states[1])
    assert not np.array_equal(one, both)
    assert len({row.tobytes() for row in states}) == len(SPANS)


def test_the_ends_of_a_reading_are_in_no_mean():
    reading = Reading(Pieces([7, 8, 9], [(0, 1), (1, 2), (3, 4)]), np.array([[9.0], [1.0], [3.0], [5.0], [9.0]]))
    assert means(reading, [(0, 2), (2, 3), (3, 3)]).tolist() == [[2.0], [5.0], [0.0]]


def test_a_piece_goes_to_the_first_span_that_it_touches():
    pieces = Pieces([7, 8, 9], [(0, 2), (2, 5), (6, 8)])
    assert places(pieces, [(0, 2), (2, 3), (3, 5), (6, 8), (8, 9)]) == [(0, 1), (1, 2), (2, 2), (2, 3), (3, 3)]


@pytest.mark.parametrize("text", ["", "  "], ids=["an empty text", "blanks"])
def test_what_the_model_does_not_read_is_nought(rampart: Rampart, text: str):
    assert not rampart.states(text, [(0, 0)]).any()
    assert rampart.states(text, []).shape == (0, STATES)


def test_labels_are_those_of_the_words_that_were_read(rampart: Rampart):
    pieces = rampart.pieces(TEXT)
    assert [(hit.label, TEXT[hit.start : hit.end]) for hit in rampart.label(TEXT, rampart.read(pieces))] == [
        ("GIVEN_NAME", "thandeka")
    ]
    rest = Pieces(pieces.ids[-4:], pieces.offsets[-4:])
    assert rampart.label(TEXT, rampart.read(rest)) == []


SHARES = {
    "nobody": ([0.999, 0.81], ["1", "0"], []),
    "somebody, surely": ([0.999, 0.04], ["1", "0"], []),
    "perhaps": ([0.999, 0.5], ["1", "0"], [1]),
    "perhaps nobody": ([0.79, 0.999], ["0", "1"], [0]),
    "the more doubtful first": ([0.75, 0.4, 0.06], ["0", "0", "0"], [1, 0, 2]),
    "a sign": ([0.5, 0.999], [".", "1"], []),
    "a famous person": ([0.5, 0.999], ["0*", "1"], []),
    "a word of the trade": ([0.5, 0.999], ["3w", "1"], []),
    "a run of digits": ([0.5, 0.999], ["9", "1"], [0]),
}


@pytest.mark.parametrize("outside, known, doubts", SHARES.values(), ids=SHARES)
def test_doubt_is_of_what_may_be_hidden(outside: list[float], known: list[str], doubts: list[int]):
    shares = np.array([[share, 1 - share, 0] for share in outside])
    assert doubtful(shares, known, DOUBT) == doubts


def _model(weights: dict[str, float]) -> crf.Model:
    """Return a model that gives every token the same odds, by label."""
    count = len(weights)
    return crf.Model(tuple(weights), ["b"], np.array([list(weights.values())]), np.zeros((count, count)))


class _Noted(Rampart):
    """The model, noting what it reads."""

    def __init__(self, model: Rampart) -> None:
        """Read with `model`."""
        vars(self).update(vars(model))
        self.seen: list[list[int]] = []

    def read(self, pieces: Pieces) -> Reading:
        self.seen.append(list(pieces.ids))
        return super().read(pieces)


def test_a_message_without_doubt_asks_no_model(rampart: Rampart):
    noted = _Noted(rampart)
    reader = SecondReader.load(tagger(), noted)
    for text in ("do you do botox on fridays?", "was kostet eine behandlung der zornesfalte", ""):
        tokens = tokens_of(text)
        assert reader.read(text, tokens, prose=True) == (tagger().odds(tokens), [])
    assert noted.seen == []


def _second(weights: dict[str, float]) -> Tagger:
    return Tagger(_model(weights), FEATURES)


UNSURE = Tagger(_model({"O": 0.0, "B-N": 0.0}))
"""In doubt about every word."""
ALWAYS = _second({"O": 0.0, "B-N": 20.0, "I-N": 0.0})
"""Takes every token for a name."""


def test_on_doubt_the_second_reader_replaces_the_first(rampart: Rampart):
    text = "tell zuberi bakkalo hi"
    odds = SecondReader(UNSURE, ALWAYS, Head.load(), rampart).read(text, tokens_of(text)).odds
    assert odds[1].name > 0.99


class _InDoubtAbout(Tagger):
    """A first reader that is unsure of some words and sure of the others."""

    def __init__(self, *places: int) -> None:
        """Doubt the tokens at `places`."""
        super().__init__(_model({"O": 0.0, "B-N": 0.0}))
        self._places = places

    def shares(self, columns: Columns, count: int) -> crf.Matrix:
        del columns
        shares = np.tile([1.0, 0.0, 0.0], (count, 1))
        for i in self._places:
            shares[i] = [0.5, 0.5, 0.0]
        return shares


def test_only_the_words_around_a_doubtful_one_are_read_and_judged_anew(rampart: Rampart):
    words = [f"zub{'aeiou'[i % 5]}rk{'aiu'[i % 3]}" for i in range(60)]
    text = " ".join(words)
    noted = _Noted(rampart)
    reader = SecondReader(_InDoubtAbout(30), ALWAYS, Head.load(), noted)
    odds = reader.read(text, tokens_of(text)).odds
    around = range(30 - MARGIN, 30 + MARGIN + 1)
    assert [i for i, one in enumerate(odds) if one.name] == list(around)
    assert noted.seen == [list(rampart.pieces(" ".join(words[i] for i in around)).ids)]


@pytest.mark.parametrize("text", [TEXT, "ik ben zuberi, en mijn zus bakkalo komt ook", "👉 kev"])
def test_a_window_over_the_whole_message_reads_as_the_whole_does(rampart: Rampart, text: str):
    tokens = tokens_of(text)
    reader = SecondReader(UNSURE, second := Tagger.load(MODEL, FEATURES), head := Head.load(), rampart)
    states = rampart.states(text, [(token.start, token.end) for token in tokens])
    known = known_of(tokens)
    columns = {**columns_of(tokens, known), **net_columns(head.scores(states))}
    assert reader.read(text, tokens).odds == settled(second.shares(columns, len(tokens)), known)


def test_what_there_is_no_room_to_read_is_hidden_rather_than_shown(rampart: Rampart):
    """The first reader gives every word an even chance of being a name; so unread ones are taken for names."""
    text = " ".join(f"zuberi{'abcdefghij'[i % 10]}" for i in range(130))
    never = _second({"O": 20.0, "B-N": 0.0})
    noted = _Noted(rampart)
    odds = SecondReader(UNSURE, never, Head.load(), noted).read(text, tokens_of(text)).odds
    assert sum(len(ids) + RUN for ids in noted.seen) <= MOST
    assert {round(one.name, 6) for one in odds} == {0.0, 1.0}


def test_in_prose_the_model_labels_what_it_reads(rampart: Rampart):
    reader = SecondReader.load(_InDoubtAbout(2), rampart)
    assert reader.read(TEXT, tokens_of(TEXT)).labelled == []
    labelled = reader.read(TEXT, tokens_of(TEXT), prose=True).labelled
    assert [(hit.label, TEXT[hit.start : hit.end]) for hit in labelled] == [("GIVEN_NAME", "thandeka")]


def test_the_net_looks_at_its_neighbours_and_no_further_than_the_message():
    random = np.random.default_rng(1)

    def values(*shape: int) -> Values:
        return random.standard_normal(shape).astype(np.float32)

    head = Head(values(4, 3), values(3), values((1 + 2 * REACH) * 3, 2), values(2), values(2, 3), values(3))
    states = values(5, 4)
    inner = np.maximum(states @ head.inner + head.inner_bias, 0)
    blank = np.zeros(3, dtype=np.float32)
    for i, scores in enumerate(head.scores(states)):
        around = [inner[j] if 0 <= j < len(states) else blank for j in range(i - REACH, i + REACH + 1)]
        fewer = np.maximum(np.concatenate(around) @ head.middle + head.middle_bias, 0)
        assert scores == pytest.approx(fewer @ head.outer + head.outer_bias, rel=1e-4, abs=1e-5)


def test_the_net_s_odds_become_words():
    columns = net_columns(np.array([[0.0, 2.4, -1.6], [0.0, 50.0, -50.0]], dtype=np.float32))
    assert columns["net-name"] == ["2", str(FURTHEST)]
    assert columns["net-place"] == ["-2", str(-FURTHEST)]
    assert columns["net-1"] == ["", "2,-2"]
    assert columns["net+1"] == [f"{FURTHEST},{-FURTHEST}", ""]


def test_the_net_s_slopes_are_those_of_its_loss(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training, "DROPPED", 0.0)
    random = np.random.default_rng(0)
    some = [Marked(random.standard_normal((n, 6)), random.integers(0, 3, n)) for n in (3, 1, 5)]
    head = training._begun(6, random)
    slopes = training._gradients(head, training._batch(some), random)
    exact = Head(*(values.astype(np.float64) for values in head))

    def loss() -> float:
        lost = 0.0
        for message in some:
            right = training._probabilities(exact.scores(message.states))[
                np.arange(len(message.labels)), message.labels
            ]
            lost -= float(np.log(right).sum())
        return lost / sum(len(message.labels) for message in some)

    for values, slope in zip(exact, slopes, strict=True):
        at = np.unravel_index(np.abs(slope).argmax(), slope.shape)
        before = values[at]
        values[at] = before + 1e-3
        above = loss()
        values[at] = before - 1e-3
        assert (above - loss()) / 2e-3 == pytest.approx(slope[at], rel=1e-2)
        values[at] = before


def test_the_net_learns_what_tells_tokens_apart_and_the_same_from_the_same_seed():
    random = np.random.default_rng(0)
    made = [random.integers(0, 3, 6) for _ in range(300)]
    some = [Marked(np.eye(3)[labels] + random.normal(0, 0.1, (6, 3)), labels) for labels in made]
    head = fit_head(some[:200], seed=1)
    right = [head.scores(each.states.astype(np.float32)).argmax(axis=1) == each.labels for each in some[200:]]
    assert np.mean(right) > 0.95
    again, other = fit_head(some[:200], seed=1), fit_head(some[:200], seed=2)
    assert all(np.array_equal(one, same) for one, same in zip(head, again, strict=True))
    assert not np.array_equal(head.inner, other.inner)


def test_labels_become_classes():
    assert classes(["O", "B-N", "I-N", "B-L", "I-L"]).tolist() == [0, 1, 1, 2, 2]


def test_versions_of_a_message_share_its_number_and_one_is_as_written(tmp_path: Path):
    for language in ("en", "fr", "nl", "de"):
        (tmp_path / f"{language}.txt").write_text("i am {name:ann}\n{name:bo} here", "utf-8")
    made = list(examples([tmp_path], staff=frozenset(), seed=1))
    by_source: dict[int, list[Example]] = {}
    for example in made:
        by_source.setdefault(example.source, []).append(example)
    assert [sum(example.written for example in group) for group in list(by_source.values())[:8]] == [1] * 8
    assert len(next(iter(by_source.values()))) == 4
    assert made[0].written
    assert not made[-1].written


def test_the_same_examples_give_the_same_second_reader(tmp_path: Path, rampart: Rampart):
    lines = [f"i am {{name:ann}} {{name:van der}} {{location:12 Gent}} {i}" for i in range(12)]
    some = [Example(parts_of(line), frozenset(), i, written=i % 2 == 0) for i, line in enumerate(lines)]
    files = [(tmp_path / f"{run}.crfsuite", tmp_path / f"{run}.npz") for run in "ab"]
    for model, head in files:
        assert fit_second(some, rampart, model, head=head, seed=1).messages == len(some)
    for one, same in zip(*files, strict=True):
        assert one.read_bytes() == same.read_bytes()
    reader = SecondReader(UNSURE, Tagger.load(files[0][0], FEATURES), Head.load(files[0][1]), rampart)
    tokens, _ = labelled(parts_of("i am ann"))
    assert reader.read("i am ann", tokens).odds[2].name > 0.5


def test_a_stored_net_is_read_as_it_was(tmp_path: Path):
    head = Head(*(np.full((2, 2), 0.5, dtype=np.float32) for _ in Head._fields))
    np.savez(tmp_path / "head.npz", **stored(head))
    read = Head.load(tmp_path / "head.npz")
    assert all(np.array_equal(one, same) for one, same in zip(head, read, strict=True))


def test_a_net_that_is_missing_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="lethe train sanitiser"):
        Head.load(tmp_path / "none.npz")
