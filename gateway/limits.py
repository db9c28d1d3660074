"""Limits in memory: what one session and one clinic may spend, and how fast one address may open sessions.

Forks of a session (a retry, a duplicated tab, a replayed token) share one bucket, keyed by the
session's nonce until its absolute expiry. Addresses are held as a hash under a key of this
process', for a minute. Several gateways count each for itself; the token carries the higher count.
A clinic's AI calls of a day are divided by their number beforehand, so that together they cannot
spend more; a gateway that is started again has forgotten what it spent, its share at most.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
from collections import Counter
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from gateway.session import Session
from schemas import metrics
from schemas.clinic import Quotas
from schemas.public import ProblemCode

_LOOKED_AT: Final = 16
"""Buckets looked at, oldest first, whenever one is added."""
_BUCKETS_MAX: Final = 200_000
"""Sessions remembered at once (about 40 MB); the oldest give way."""
_DAY_S: Final = 86_400


class _Bucket:
    """What one session has spent here."""

    __slots__ = ("ai_calls", "counted", "ends_s", "in_flight", "turns")

    def __init__(self, ends_s: int) -> None:
        self.turns = self.ai_calls = self.in_flight = 0
        self.ends_s = ends_s
        self.counted: tuple[str, ...] = ()
        """``topic:intent`` pairs that events have counted; a turn that failed left none in the token."""


class _Day:
    """What each clinic's visitors have spent here of a day's AI calls; days are UTC's."""

    def __init__(self, gateways: int) -> None:
        self._gateways = gateways
        self._number = 0
        self._calls: Counter[str] = Counter()
        self._in_flight: Counter[str] = Counter()

    def begin(self, clinic: str, now_s: int) -> None:
        """Count a turn that begins, and forget yesterday."""
        if self._number != (number := now_s // _DAY_S):
            self._number = number
            self._calls.clear()
        self._in_flight[clinic] += 1

    def left(self, clinic: str, quotas: Quotas) -> int:
        """Return how many more calls this gateway's share allows; other turns in flight may each cause one."""
        return quotas.ai_calls_per_day // self._gateways - self._calls[clinic] - self._in_flight[clinic] + 1

    def end(self, clinic: str, *, ai: bool) -> None:
        """Count the end of a turn that began."""
        self._in_flight[clinic] -= 1
        self._calls[clinic] += ai


class Quota:
    """Spends a session's quota, whichever copy of its token comes, and its clinic's of the day."""

    def __init__(self, *, gateways: int = 1) -> None:
        """Start with nothing spent; `gateways`: how many share a clinic's AI calls of the day."""
        self._buckets: dict[bytes, _Bucket] = {}
        self._day = _Day(gateways)

    def take(self, session: Session, quotas: Quotas, *, now_s: int) -> ProblemCode | None:
        """Begin a turn of `session`, or return why it may not begin; a begun one is `release`d."""
        bucket = self._bucket(session, quotas, now_s)
        if max(bucket.turns, session.turns) >= quotas.turns:
            return ProblemCode.QUOTA_SPENT
        if bucket.in_flight >= quotas.in_flight:
            return ProblemCode.RATE_LIMITED
        bucket.turns = max(bucket.turns, session.turns) + 1
        bucket.in_flight += 1
        self._day.begin(session.clinic, now_s)
        return None

    def ai_left(self, session: Session, quotas: Quotas) -> int:
        """Return how many more AI calls the session may cause; its other turns in flight may each cause one.

        For a turn that `take` has begun. 0 or less where the clinic's calls of the day are spent, which is counted.
        """
        bucket = self._buckets.get(session.nonce)
        spent = max(bucket.ai_calls + bucket.in_flight - 1, session.ai_calls) if bucket else session.ai_calls
        of_day = self._day.left(session.clinic, quotas)
        if of_day <= 0:
            metrics.AI_DAY_SPENT.inc()
        return min(quotas.ai_calls - spent, of_day)

    def release(self, session: Session, *, ai: bool) -> None:
        """End a turn that `take` began; `ai`: it was handed to the LLM worker, with leave to ask a provider."""
        self._day.end(session.clinic, ai=ai)
        if bucket := self._buckets.get(session.nonce):
            bucket.in_flight -= 1
            bucket.ai_calls = max(bucket.ai_calls, session.ai_calls) + ai

    def first(self, session: Session, pair: str) -> bool:
        """Whether no turn on `pair` (``topic:intent``) is known of this session or of a copy of it; from now on one is.

        The token alone does not tell: a turn that failed, or whose visitor left, gave back no new one, and a token may
        be sent twice. Figures are shown from k sessions on, and one visitor's retries are one.
        """
        bucket = self._buckets.get(session.nonce)
        if bucket is None:
            return pair not in session.counted
        known = pair in session.counted or pair in bucket.counted
        if pair not in bucket.counted:  # at most as many as turns; interned, since sessions ask for the same
            bucket.counted = (*bucket.counted, sys.intern(pair))
        return not known

    def _bucket(self, session: Session, quotas: Quotas, now_s: int) -> _Bucket:
        bucket = self._buckets.get(session.nonce)
        if bucket is None:
            self._make_room(now_s)
            bucket = self._buckets[session.nonce] = _Bucket(session.issued_s + quotas.max_hours * 3600)
        return bucket

    def _make_room(self, now_s: int) -> None:
        """Forget buckets that have ended, and the oldest beyond `_BUCKETS_MAX`; none with a turn in flight."""
        for nonce, bucket in list(itertools.islice(self._buckets.items(), _LOOKED_AT)):
            if bucket.in_flight == 0 and (bucket.ends_s < now_s or len(self._buckets) >= _BUCKETS_MAX):
                del self._buckets[nonce]


class AddressRate:
    """How fast one address may open sessions."""

    def __init__(self, per_minute: int) -> None:
        """Allow `per_minute` in a minute's window."""
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._key = os.urandom(32)

    def allows(self, address: str) -> bool:
        """Count one request of `address`; whether it is within the limit."""
        return self._limiter.hit(self._item, hashlib.blake2b(address.encode(), key=self._key).hexdigest())
