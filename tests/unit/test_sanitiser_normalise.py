"""Normal form and the way back to what the visitor typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.sanitiser.normalise import MAX_CLUSTER, normalise

ANY_TEXT = st.text(st.characters(codec=None), max_size=80)
"""Surrogates included: broken UTF-16 halves reach us from careless clients."""


@pytest.mark.parametrize(
    "original, normal",
    [
        pytest.param("０４７８", "0478", id="full-width digits"),
        pytest.param("٠٤٧٨", "0478", id="Arabic digits"),
        pytest.param("0\u200b4\u200d7\u20608", "0478", id="zero-width characters between digits"),
        pytest.param("em\u00adma", "emma", id="soft hyphen"),
        pytest.param("0\ufe0f\u20e34\ufe0f\u20e3", "04", id="keycap emoji are digits"),
        pytest.param("𝓔𝓶𝓶𝓪", "Emma", id="styled alphabet"),
        pytest.param("j’habite", "j'habite", id="typographic apostrophe"),
        pytest.param("09:00–18:00", "09:00-18:00", id="en dash"),
        pytest.param("e\u0301milie", "émilie", id="combining accent composes"),
        pytest.param("em\ud800ma", "emma", id="broken UTF-16 half"),
        pytest.param("a＠b", "a@b", id="full-width at"),
        pytest.param("ﬁn", "fin", id="ligature becomes two letters"),
        pytest.param("déjà vu", "déjà vu", id="accents stay"),
    ],
)
def test_what_looks_the_same_reads_the_same(original: str, normal: str):
    assert normalise(original).text == normal


def test_a_span_leads_back_over_what_was_dropped():
    original = "bel 0\u200b4\u200b7\u200b8 nu"
    message = normalise(original)
    start = message.text.index("0478")
    a, b = message.to_original(start, start + 4)
    assert original[a:b] == "0\u200b4\u200b7\u200b8"


def test_half_a_ligature_leads_back_to_the_whole():
    message = normalise("ﬁn")
    assert message.to_original(0, 1) == (0, 1)
    assert message.to_original(1, 2) == (0, 1)


def test_a_pile_of_marks_is_cut():
    assert len(normalise("a" + "\u0301" * 5_000).starts) >= 5_000 / MAX_CLUSTER


@given(ANY_TEXT)
def test_every_span_of_any_text_lies_inside_it(original: str):
    message = normalise(original)
    assert len(message.text) == len(message.starts) == len(message.ends)
    for i in range(len(message.text)):
        start, end = message.to_original(i, i + 1)
        assert 0 <= start < end <= len(original)
    assert list(message.starts) == sorted(message.starts)
    assert list(message.ends) == sorted(message.ends)


@given(ANY_TEXT)
def test_normal_text_has_no_surrogates(original: str):
    normalise(original).text.encode("utf-8")
