"""The tagger: names and places without a cue, nothing kept of a message, and weights unpacked."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from schemas.taxonomy import Entity
from workers.sanitiser import crf
from workers.sanitiser.features import features_of, known_of, tokens_of
from workers.sanitiser.glance import glance
from workers.sanitiser.lexicon import bands, cue_classes, famous, given_names, surnames, towns
from workers.sanitiser.recognisers import tagged
from workers.sanitiser.spelling import name_likeness
from workers.sanitiser.tagger import MODEL, Tagger, pycrfsuite, tagger
from workers.sanitiser.training.base import matrix

UNCUED = """
siobhan again sorry|siobhan|name
thandeka, 3pm?|thandeka|name
fatoumata et moi on vient ensemble|fatoumata|name
kun je liesbeth terugbellen|liesbeth|name
sagt der jadwiga bitte bescheid|jadwiga|name
R. Vandeputte|R. Vandeputte|name
ask rochelle's sister|rochelle|name
jan-willem de bruijn|jan-willem de bruijn|name
we live over in Zottegem|Zottegem|location
"""


@pytest.mark.parametrize(
    "text, part, entity",
    [pytest.param(*line.split("|"), id=line.partition("|")[0]) for line in UNCUED.strip().splitlines()],
)
def test_names_and_places_are_found_in_any_casing(text: str, part: str, entity: str):
    for spelt in (text, text.lower(), text.upper()):
        found = [(m.entity, spelt[m.start : m.end].lower()) for m in tagged.find(glance(spelt))]
        assert (Entity(entity), part.lower()) in found


HARMLESS = """
do you do botox on fridays?
ça fait mal le laser des aisselles ?
mag ik na de peeling in de zon
was kostet eine behandlung der zornesfalte
lips like kylie jenner please
mon hashimoto est stable, je prends de l'euthyrox
is profhilo better than sculptra
dr. hauschka creme nach dem needling ok?
"""


@pytest.mark.parametrize("text", HARMLESS.strip().splitlines())
def test_questions_stay_whole(text: str):
    assert list(tagged.find(glance(text))) == []


def test_text_without_letters_asks_no_model():
    assert list(tagged.find(glance("0478 12 34 56 ?!"))) == []
    assert tagger().odds([]) == []


def test_nothing_of_a_message_is_left_in_the_tagger():
    """Its tables hold what was trained and nothing else, whatever it has read."""
    before = pickle.dumps(tagger())
    list(tagged.find(glance("my name is canaryxyz")))
    assert pickle.dumps(tagger()) == before
    assert b"canaryxyz" not in before


@pytest.mark.parametrize("text", [*(line.partition("|")[0] for line in UNCUED.strip().splitlines()), "a|b || 12:30\n!"])
def test_the_field_is_evaluated_as_the_library_that_trained_it_does(text: str):
    tokens = tokens_of(text * 40)
    known = known_of(tokens)
    library = pycrfsuite.Tagger()
    library.open(str(MODEL))
    library.set(features_of(tokens, known))
    model = crf.read(MODEL)
    ours = Tagger(model).probabilities(tokens, known)
    theirs = [[library.marginal(label, i) for label in model.labels] for i in range(len(tokens))]
    assert ours == pytest.approx(np.array(theirs), abs=1e-9)


@pytest.mark.parametrize(
    "content", [b"", b"no model at all" * 9, MODEL.read_bytes()[:5_000]], ids=["empty", "text", "cut"]
)
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes):
    file = tmp_path / "broken.crfsuite"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="no model"):
        Tagger.load(file)


def test_a_model_that_is_missing_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="lethe train sanitiser"):
        Tagger.load(tmp_path / "none.crfsuite")


def test_tokens_cover_every_letter_and_digit_once():
    text = "o'brien-smith,\n12b Zoë's ½ ☎ ª"
    tokens = tokens_of(text)
    covered = [i for token in tokens for i in range(token.start, token.end)]
    assert covered == [i for i, c in enumerate(text) if c != " " and i in covered]
    assert [t.text for t in tokens][:5] == ["o", "'", "brien", "-", "smith"]


def test_features_are_as_many_as_tokens_and_say_what_stands_in_the_lists():
    tokens = tokens_of("hoi met Sofie uit Aalst")
    known = known_of(tokens)
    assert len(features_of(tokens, known)) == len(tokens)
    assert "G" in known[2]
    assert known[4].endswith("t")
    hidden = known_of(tokens, hidden=frozenset({"sofie", "aalst"}))
    assert "G" not in hidden[2]
    assert not hidden[4].endswith("t")


def test_spelling_tells_unknown_names_from_unknown_words():
    assert min(map(name_likeness, ("lindqvist", "kowalczyk", "vandenbroecke"))) > 0
    assert max(map(name_likeness, ("huidverjonging", "injoignable", "knittert"))) < 0


@pytest.mark.parametrize("words", [bands, given_names, surnames, towns, famous, cue_classes])
def test_every_list_is_folded(words):
    assert [word for word in words() if word != word.casefold() or not word.isascii()] == []
    assert len(words()) > 100


def test_four_bit_weights_are_unpacked_block_by_block():
    """Two values a byte, the lower half first; 8 stands for nought; each block has a scale of its own."""
    packed = np.array([[[0x98, 0x7A], [0x08, 0x80]]], dtype=np.uint8)
    plain = matrix(packed, np.array([2.0, 10.0], dtype=np.float32), rows=8)
    assert plain.shape == (8, 1)
    assert plain[:, 0].tolist() == [0.0, 2.0, 4.0, -2.0, 0.0, -80.0, -80.0, 0.0]
