"""Placeholders in place of findings, and findings out of overlapping matches."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.taxonomy import Entity
from workers.sanitiser.recognisers.match import CUED, LIKELY, SHAPE, Match
from workers.sanitiser.redact import Finding, redact
from workers.sanitiser.spans import settle, uncovered

TEXT = "Sofie De Smet, Gent, 0478 12 34 56"
MATCHES = st.lists(
    st.builds(
        lambda entity, start, length, score: Match(entity, start, min(len(TEXT), start + length), score),
        st.sampled_from(list(Entity)),
        st.integers(0, len(TEXT) - 1),
        st.integers(1, 20),
        st.sampled_from([LIKELY, SHAPE, CUED]),
    ),
    max_size=8,
)


def test_findings_become_placeholders():
    findings = [Finding(Entity.NAME, 0, 13), Finding(Entity.PHONE, 21, 34)]
    assert redact(TEXT, findings) == "[name hidden], Gent, [phone hidden]"


@pytest.mark.parametrize(
    "findings",
    [
        pytest.param([Finding(Entity.NAME, 0, 5), Finding(Entity.NAME, 4, 9)], id="overlap"),
        pytest.param([Finding(Entity.NAME, 6, 9), Finding(Entity.NAME, 0, 5)], id="unsorted"),
        pytest.param([Finding(Entity.NAME, 0, 99)], id="past the end"),
        pytest.param([Finding(Entity.NAME, -2, 3)], id="before the start"),
        pytest.param([Finding(Entity.NAME, 3, 3)], id="empty"),
    ],
)
def test_wrong_offsets_never_give_half_redacted_text(findings: list[Finding]):
    with pytest.raises(ValueError, match="outside the text") as caught:
        redact(TEXT, findings)
    assert "Sofie" not in str(caught.value)


def test_parts_of_one_name_join_over_particles():
    parts = [Match(Entity.NAME, 0, 5, SHAPE), Match(Entity.NAME, 9, 13, SHAPE)]
    assert settle(parts, TEXT) == [Match(Entity.NAME, 0, 13, SHAPE)]


def test_what_the_loser_covers_beyond_the_winner_goes_too():
    found = settle([Match(Entity.LOCATION, 15, 25, SHAPE), Match(Entity.PHONE, 21, 34, CUED)], TEXT)
    assert [(m.entity, TEXT[m.start : m.end]) for m in found] == [
        (Entity.LOCATION, "Gent,"),
        (Entity.PHONE, "0478 12 34 56"),
    ]


@given(MATCHES)
def test_settled_matches_are_sorted_apart_and_cover_every_letter_that_was_reported(matches: list[Match]):
    settled = settle(matches, TEXT)
    assert all(left.end <= right.start for left, right in pairwise(settled))
    covered = {i for m in settled for i in range(m.start, m.end)}
    reported = {i for m in matches for i in range(m.start, m.end) if TEXT[i].isalnum()}
    assert reported <= covered
    redact(TEXT, [Finding(m.entity, m.start, m.end) for m in settled])


@pytest.mark.parametrize(
    "covers, left",
    [
        pytest.param([], [(2, 10)], id="nothing covered"),
        pytest.param([(3, 5), (9, 12)], [(2, 3), (5, 9)], id="inside and over the end"),
        pytest.param([(0, 3)], [(3, 10)], id="over the start"),
        pytest.param([(0, 20)], [], id="covered whole"),
        pytest.param([(0, 2), (10, 12)], [(2, 10)], id="neighbours only"),
    ],
)
def test_what_is_not_covered_is_left(covers: list[tuple[int, int]], left: list[tuple[int, int]]):
    assert list(uncovered(2, 10, covers)) == left
