"""The second reader: what the model's states are of, when it is asked, and how its net and its field are trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from workers.sanitiser import crf
from workers.sanitiser.features import tokens_of
from workers.sanitiser.rampart import STATES, WINDOW, Rampart, with_outputs
from workers.sanitiser.second_reader import FEATURES, FURTHEST, REACH, Head, SecondReader, Values, in_doubt, net_columns
from workers.sanitiser.tagger import Tagger, tagger
from workers.sanitiser.training import head as training
from workers.sanitiser.training.corpus import labelled, parts_of
from workers.sanitiser.training.dataset import Example, examples
from workers.sanitiser.training.head import Marked, classes, fit_head, stored
from workers.sanitiser.training.second import fit_second

TEXT = "hi its thandeka, can i come friday"
SPANS = [(0, 2), (3, 6), (7, 15), (15, 16)]


@pytest.fixture(scope="module")
def rampart() -> Rampart:
    return Rampart.load()


def test_outputs_are_added_behind_a_model_that_stays_as_it_is():
    """Field 7 (the graph) with two fields 12 (outputs), each with field 1 (its name)."""
    assert with_outputs(b"model", ["a", "bc"]) == b"model\x3a\x0b\x62\x03\x0a\x01a\x62\x04\x0a\x02bc"


def test_each_span_has_the_mean_of_its_pieces(rampart: Rampart):
    states = rampart.states(TEXT, SPANS)
    assert states.shape == (4, STATES)
    one, other, both = rampart.states(TEXT, [(7, 9)]), rampart.states(TEXT, [(3, 6)]), rampart.states(TEXT, [(3, 15)])
    assert np.array_equal(other[0], states[1])
    assert not np.array_equal(one, both)
    assert len({row.tobytes() for row in states}) == len(SPANS)


@pytest.mark.parametrize("text", ["", "  "], ids=["an empty text", "blanks"])
def test_what_the_model_does_not_read_is_nought(rampart: Rampart, text: str):
    assert not rampart.states(text, [(0, 0)]).any()
    assert rampart.states(text, []).shape == (0, STATES)


def test_a_text_longer_than_a_window_is_read_to_its_end(rampart: Rampart):
    text = " ".join(["ja"] * (WINDOW + 50)) + " siobhan"
    spans = [(token.start, token.end) for token in tokens_of(text)]
    states = rampart.states(text, spans)
    assert len(states) == len(spans)
    assert all(row.any() for row in states)


def test_labels_are_read_as_before(rampart: Rampart):
    assert [(hit.label, TEXT[hit.start : hit.end]) for hit in rampart.label(TEXT)] == [("GIVEN_NAME", "thandeka")]


SHARES = {
    "nobody": ([0.999, 0.96], ["1", "0"], False),
    "somebody, surely": ([0.999, 0.01], ["1", "0"], False),
    "perhaps": ([0.999, 0.5], ["1", "0"], True),
    "perhaps nobody": ([0.94, 0.999], ["0", "1"], True),
    "a sign": ([0.5, 0.999], [".", "1"], False),
    "a famous person": ([0.5, 0.999], ["0*", "1"], False),
    "a word of the trade": ([0.5, 0.999], ["3w", "1"], False),
    "a run of digits": ([0.5, 0.999], ["9", "1"], True),
}


@pytest.mark.parametrize("outside, known, doubt", SHARES.values(), ids=SHARES)
def test_doubt_is_of_what_may_be_hidden(outside: list[float], known: list[str], doubt: bool):  # noqa: FBT001  # a case
    shares = np.array([[share, 1 - share, 0] for share in outside])
    assert in_doubt(shares, known) is doubt


def _model(weights: dict[str, float]) -> crf.Model:
    """Return a model that gives every token the same odds, by label."""
    count = len(weights)
    return crf.Model(tuple(weights), ["b"], np.array([list(weights.values())]), np.zeros((count, count)))


class _NeverAsked(Rampart):
    """The model, refusing to read."""

    def __init__(self) -> None:
        """Load nothing."""

    def states(self, text: str, spans: Sequence[tuple[int, int]]) -> Values:
        raise AssertionError(f"asked for {len(spans)} of {len(text)} characters")


def test_a_message_without_doubt_asks_no_model():
    reader = SecondReader.load(tagger(), _NeverAsked())
    for text in ("do you do botox on fridays?", "was kostet eine behandlung der zornesfalte", ""):
        tokens = tokens_of(text)
        assert reader.odds(text, tokens) == tagger().odds(tokens)


def test_on_doubt_the_second_reader_replaces_the_first(rampart: Rampart):
    """A second reader that takes every token for a name."""
    always = Tagger(_model({"O": 0.0, "B-N": 20.0, "I-N": 0.0}), FEATURES)
    text = "tell zuberi bakkalo hi"
    tokens = tokens_of(text)
    unsure = Tagger(_model({"O": 0.0, "B-N": 0.0}))
    odds = SecondReader(unsure, always, Head.load(), rampart).odds(text, tokens)
    assert odds[1].name > 0.99


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
    unsure = Tagger(_model({"O": 0.0, "B-N": 0.0}))
    reader = SecondReader(unsure, Tagger.load(files[0][0], FEATURES), Head.load(files[0][1]), rampart)
    tokens, _ = labelled(parts_of("i am ann"))
    assert reader.odds("i am ann", tokens)[2].name > 0.5


def test_a_stored_net_is_read_as_it_was(tmp_path: Path):
    head = Head(*(np.full((2, 2), 0.5, dtype=np.float32) for _ in Head._fields))
    np.savez(tmp_path / "head.npz", **stored(head))
    read = Head.load(tmp_path / "head.npz")
    assert all(np.array_equal(one, same) for one, same in zip(head, read, strict=True))


def test_a_net_that_is_missing_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="lethe train sanitiser"):
        Head.load(tmp_path / "none.npz")
