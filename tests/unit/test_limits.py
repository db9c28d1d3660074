"""Limits: one bucket a session, whichever copy of its token comes; addresses never in clear."""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec
import pytest

from gateway import limits
from gateway.limits import AddressRate, Quota
from gateway.session import Session, new_session
from schemas import metrics
from schemas.clinic import Quotas
from schemas.public import ProblemCode
from schemas.taxonomy import Language

NOW = 1_000
QUOTAS = Quotas(turns=3, ai_calls=2, in_flight=2, max_hours=1)


def session(**changes: object) -> Session:
    made = new_session(clinic="c", language=Language.EN, consent_version=0, now_s=NOW)
    return msgspec.structs.replace(made, **changes)


def turn(quota: Quota, of: Session, *, ai: bool = False, quotas: Quotas = QUOTAS) -> ProblemCode | None:
    """Begin a turn and end it."""
    refused = quota.take(of, quotas, now_s=NOW)
    if refused is None:
        quota.release(of, ai=ai)
    return refused


def test_a_session_may_take_its_turns_and_no_more() -> None:
    quota, one = Quota(), session()
    assert [turn(quota, one) for _ in range(4)] == [None, None, None, ProblemCode.QUOTA_SPENT]
    assert turn(quota, session()) is None


def test_copies_of_a_token_share_one_bucket() -> None:
    """A token kept from the first turn and sent again and again is the same session."""
    quota, one = Quota(), session()
    forks = [msgspec.structs.replace(one, turns=count) for count in (0, 1, 0, 0)]
    assert [turn(quota, fork) for fork in forks] == [None, None, None, ProblemCode.QUOTA_SPENT]


def test_one_sessions_retries_are_one_conversation_in_the_figures() -> None:
    """A turn that fails, or whose visitor leaves, gives back no new token: the old one is sent again."""
    quota, one, other = Quota(), session(counted=("none:hours",)), session()
    for of in (one, other):
        assert quota.take(of, QUOTAS, now_s=NOW) is None
    assert [quota.first(one, "lip_filler:price") for _ in range(3)] == [True, False, False]
    assert quota.first(msgspec.structs.replace(one, turns=1), "lip_filler:price") is False
    assert quota.first(one, "none:hours") is False, "the token says so"
    assert quota.first(one, "none:price") is True
    assert quota.first(other, "lip_filler:price") is True


def test_what_another_gateway_counted_counts_here() -> None:
    quota, one = Quota(), session(turns=2, ai_calls=2)
    assert quota.ai_left(one, QUOTAS) == 0
    assert turn(quota, one) is None
    assert turn(quota, one) is ProblemCode.QUOTA_SPENT


def test_too_many_at_once_are_refused_and_room_returns() -> None:
    quota, one = Quota(), session()
    assert quota.take(one, QUOTAS, now_s=NOW) is None
    assert quota.take(one, QUOTAS, now_s=NOW) is None
    assert quota.take(one, QUOTAS, now_s=NOW) is ProblemCode.RATE_LIMITED
    quota.release(one, ai=False)
    assert quota.take(one, QUOTAS, now_s=NOW) is None


def test_a_refused_turn_spends_nothing() -> None:
    quota, one = Quota(), session()
    few = msgspec.structs.replace(QUOTAS, in_flight=1)
    assert quota.take(one, few, now_s=NOW) is None
    for _ in range(5):
        assert quota.take(one, few, now_s=NOW) is ProblemCode.RATE_LIMITED
    quota.release(one, ai=False)
    assert [turn(quota, one) for _ in range(3)] == [None, None, ProblemCode.QUOTA_SPENT]


def test_ai_calls_are_counted_by_the_session_and_not_by_the_token() -> None:
    quota, one = Quota(), session()
    left: list[int] = []
    for ai in (False, True, True):
        quota.take(one, QUOTAS, now_s=NOW)
        left.append(quota.ai_left(one, QUOTAS))
        quota.release(one, ai=ai)
    assert left == [2, 2, 1]


def test_a_replayed_token_of_another_gateway_gains_no_ai_call() -> None:
    quota, fork = Quota(), session(ai_calls=1)
    turn(quota, fork, ai=True)
    quota.take(fork, QUOTAS, now_s=NOW)
    assert quota.ai_left(fork, QUOTAS) == 0


def test_a_bucket_goes_when_its_session_can_no_longer_come() -> None:
    quota, old = Quota(), session()
    turn(quota, old)
    quota.take(session(issued_s=NOW + 3_600), QUOTAS, now_s=NOW + 3_600)
    assert old.nonce in quota._buckets
    quota.take(session(issued_s=NOW + 3_601), QUOTAS, now_s=NOW + 3_601)
    assert old.nonce not in quota._buckets
    assert len(quota._buckets) == 2


def test_buckets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_BUCKETS_MAX", 5)
    quota, first = Quota(), session()
    turn(quota, first)
    for _ in range(20):
        turn(quota, session())
    assert len(quota._buckets) == 5
    assert first.nonce not in quota._buckets


def test_the_end_of_a_turn_whose_bucket_went_is_no_fault() -> None:
    Quota().release(session(), ai=True)


def test_a_bucket_with_a_turn_in_flight_does_not_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_BUCKETS_MAX", 1)
    quota, one = Quota(), session()
    one_at_once = msgspec.structs.replace(QUOTAS, in_flight=1)
    quota.take(one, one_at_once, now_s=NOW)
    turn(quota, session())
    assert quota.take(one, one_at_once, now_s=NOW) is ProblemCode.RATE_LIMITED
    quota.release(one, ai=False)
    assert quota._buckets[one.nonce].in_flight == 0


def test_an_address_may_open_so_many_sessions_a_minute() -> None:
    rate = AddressRate(3)
    assert [rate.allows("203.0.113.7") for _ in range(4)] == [True, True, True, False]
    assert rate.allows("203.0.113.8")


def test_an_address_is_never_held_in_clear() -> None:
    """Searched in everything that the limiter holds on to, and under another process' key it reads otherwise."""
    address = "203.0.113.199"
    held: list[str] = []
    for _ in range(2):
        rate = AddressRate(3)
        rate.allows(address)
        held.append(repr(dict(cast("Any", rate._limiter.storage).storage)))
    assert all(_keys(text) and address not in text for text in held)
    assert _keys(held[0]).isdisjoint(_keys(held[1]))


def _keys(text: str) -> set[str]:
    return set(re.findall(r"[0-9a-f]{128}", text))


DAY_S = 86_400
PLENTY = Quotas(turns=500, ai_calls=500, in_flight=10, ai_calls_per_day=4)


def asks(quota: Quota, *, clinic: str = "c", now_s: int = NOW, quotas: Quotas = PLENTY) -> bool:
    """Take a new visitor's turn that the router hands on; whether a provider may be asked."""
    one = session(clinic=clinic, issued_s=now_s)
    assert quota.take(one, quotas, now_s=now_s) is None
    allowed = quota.ai_left(one, quotas) > 0
    quota.release(one, ai=allowed)
    return allowed


def day_spent() -> float:
    return metrics.AI_DAY_SPENT._value.get()


@pytest.mark.parametrize(
    "gateways, allowed",
    [pytest.param(1, 4, id="one-gateway"), pytest.param(2, 2, id="half-each"), pytest.param(3, 1, id="rounded-down")],
)
def test_a_clinics_visitors_share_the_days_ai_calls(gateways: int, allowed: int) -> None:
    before = day_spent()
    quota = Quota(gateways=gateways)
    assert [asks(quota) for _ in range(6)] == [True] * allowed + [False] * (6 - allowed)
    assert day_spent() - before == 6 - allowed


def test_clinics_spend_each_their_own() -> None:
    quota = Quota()
    assert [asks(quota) for _ in range(5)][-1] is False
    assert asks(quota, clinic="d")


def test_a_new_day_begins_with_nothing_spent() -> None:
    quota = Quota()
    assert [asks(quota, now_s=DAY_S - 1) for _ in range(5)][-1] is False
    assert asks(quota, now_s=DAY_S)


def test_turns_in_flight_cannot_spend_the_same_call() -> None:
    quota, visitors = Quota(), [session() for _ in range(6)]
    for one in visitors:
        quota.take(one, PLENTY, now_s=NOW)
    assert quota.ai_left(visitors[-1], PLENTY) <= 0
    for one in visitors:
        quota.release(one, ai=False)
    assert [asks(quota) for _ in range(5)] == [True] * 4 + [False]


def test_turns_in_flight_at_midnight_are_let_go() -> None:
    quota, late = Quota(), session()
    quota.take(late, PLENTY, now_s=DAY_S - 1)
    assert asks(quota, now_s=DAY_S)
    quota.release(late, ai=True)
    assert [asks(quota, now_s=DAY_S) for _ in range(3)] == [True, True, False]


def test_no_calls_a_day_are_none() -> None:
    assert not asks(Quota(), quotas=msgspec.structs.replace(PLENTY, ai_calls_per_day=0))


def test_a_session_that_has_spent_its_own_leaves_the_clinics_alone() -> None:
    """Its turns are answered without a provider."""
    quota, one = Quota(), session(ai_calls=500)
    for _ in range(8):
        assert quota.take(one, PLENTY, now_s=NOW) is None
        quota.release(one, ai=quota.ai_left(one, PLENTY) > 0)
    assert asks(quota)
