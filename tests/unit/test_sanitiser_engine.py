"""The engine as a whole: any text, any length, no network, and recognisers of others."""

from __future__ import annotations

import time
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer import Pattern, PatternRecognizer

from deploy.weights import weights
from schemas.taxonomy import Entity, Language
from workers.sanitiser.engine import Engine, SanitiserFailed, findings
from workers.sanitiser.glance import glance
from workers.sanitiser.keep import keep_words
from workers.sanitiser.recognisers import PATTERNS
from workers.sanitiser.recognisers.match import SHAPE, Match
from workers.sanitiser.redact import Finding, redact
from workers.sanitiser.spans import settle

KEEP = keep_words(None)
CHATTY = st.lists(
    st.one_of(
        st.text(st.characters(codec=None), max_size=12),
        st.sampled_from(
            [
                "my name is ",
                "Sofie ",
                "de ",
                "0478 12 ",
                "34 56",
                "@gmail.com",
                "[name hidden]",
                "\u200b",
                "ﬁ",
                "㎏",
                "e\u0301",
                "\n",
            ]
        ),
    ),
    max_size=10,
).map("".join)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(weights())


@settings(max_examples=60, deadline=None)
@given(CHATTY, st.sampled_from(list(Language)))
def test_any_text_gives_findings_that_redact_can_use(engine: Engine, text: str, language: Language):
    found = engine.analyse(text, language=language, keep=KEEP)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    redact(text, found)


HOSTILE = """
a|0|0 |a@|a.|1-|x punt |a-|A' |(|+0|nul |rue de |de van |I live in |12 a |BE68 |A1|@a|www.|::|1.1.|geb |my name is
12 a street |insta |O0 |e\u0301|Jan Van |bsn 1 | \t|née |mit freundlichen |zero un |1 rue a |Frau |1000 a |dob 1/1
"""
PIECES = [pytest.param(piece, id=repr(piece)) for line in HOSTILE.strip().splitlines() for piece in line.split("|")]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("find", [pytest.param(find, id=name) for name, find in PATTERNS])
def test_time_grows_with_length_and_no_faster(find, piece: str):
    """Sixteen times the text may take sixteen times as long, and noise; a quadratic expression takes 256 times."""
    short, long = (piece * (size // len(piece)) for size in (1_000, 16_000))
    brief = min(_seconds(find, short) for _ in range(3))
    assert any(_seconds(find, long) < 64 * brief + 0.05 for _ in range(5))


def _seconds(find, text: str) -> float:
    began = time.thread_time()
    list(find(glance(text)))
    return time.thread_time() - began


def test_a_text_full_of_data_takes_time_by_its_length_only():
    """Findings are put in order without comparing each with each."""
    matches = [Match(Entity.PHONE, i, i + 3, SHAPE) for i in range(0, 400_000, 4)]
    began = time.thread_time()
    assert len(settle(matches, "012 " * 100_000)) == 100_000
    assert time.thread_time() - began < 10


def test_a_recogniser_of_the_deployments_own_counts_too():
    member = PatternRecognizer(
        "MEMBER_CARD", patterns=[Pattern("member", r"LC-\w{4}", 0.8)], supported_language="nl", name="member"
    )
    engine = Engine.load(weights(), extra_recognisers=[member])
    text = "mijn kaart is LC-ab9z"
    assert engine.analyse(text, language=Language.NL, keep=KEEP) == [Finding(Entity.ID, 14, 21)]
    assert engine.analyse(text, language=Language.EN, keep=KEEP) == []


def test_presidios_own_interface_finds_the_same(engine: Engine):
    text = "hi im sarah jones, mail me at s.jones@mail.com"
    theirs = {(r.start, r.end) for r in engine.analyzer.analyze(text, "en")}
    ours = {(f.start, f.end) for f in engine.analyse(text, language=Language.EN, keep=KEEP)}
    assert ours <= theirs
    assert len(ours) == 2


def test_a_message_that_fails_leaves_its_neighbours_alone(engine: Engine):
    def poisoned(matches, message, keep):
        if "poison" in message.text:
            raise RuntimeError("canary")
        return findings(matches, message, keep)

    def analyse(text: str) -> list[Finding]:
        return engine.analyse(text, language=Language.EN, keep=KEEP)

    with patch("workers.sanitiser.engine.findings", poisoned):
        before = analyse("im sarah")
        with pytest.raises(SanitiserFailed) as failed:
            analyse("poison canary")
        after = analyse("im sarah")
    assert before == after == [Finding(Entity.NAME, 3, 8)]
    assert "canary" not in f"{failed.value!r}{failed.value.__cause__}{failed.value.__context__}"


def test_nothing_opens_a_connection(socket_disabled):
    del socket_disabled
    engine = Engine.load(weights())
    assert engine.analyse("my mail is a@b.co.uk", language=Language.EN, keep=KEEP)


def test_the_vocabulary_does_not_grow(engine: Engine):
    vocab = engine._nlp._pipelines["en"].vocab
    engine.analyse("hello", language=Language.EN, keep=KEEP)
    before = len(vocab.strings)
    for i in range(50):
        engine.analyse(f"my name is canary{i}xyz", language=Language.EN, keep=KEEP)
    assert len(vocab.strings) == before
    assert "canary7xyz" not in vocab.strings


def test_a_name_in_the_middle_of_a_long_text_is_found(engine: Engine):
    filler = "how much is the treatment and how long does it take? " * 40
    text = f"{filler}Yesterday Siobhan Kavanagh told me. {filler}"
    found = engine.analyse(text, language=Language.EN, keep=KEEP)
    assert [text[f.start : f.end] for f in found] == ["Siobhan Kavanagh"]
