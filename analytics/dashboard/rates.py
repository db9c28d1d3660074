"""How often a token may ask, and how often anybody may bring a wrong one. In memory; no address is kept."""

from __future__ import annotations

import math
import time
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

REQUESTS_PER_MINUTE: Final = 120
"""Of one token: a page is one request, a panel asked of the API is one."""
WRONG_PER_MINUTE: Final = 20
"""Wrong tokens of all callers together; a right one is let in whatever their number."""


class Rates:
    """Counts requests by token, and wrong tokens."""

    def __init__(self, *, requests: int = REQUESTS_PER_MINUTE, wrong: int = WRONG_PER_MINUTE) -> None:
        """Allow `requests` a minute of each token, and `wrong` tokens a minute."""
        self._requests, self._wrong = RateLimitItemPerMinute(requests), RateLimitItemPerMinute(wrong)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def request(self, holder: str) -> int:
        """Count a request of `holder`; return 0, or after how many seconds to ask again."""
        return self._count(self._requests, "request", holder)

    def wrong_token(self) -> int:
        """Count a wrong token; return 0, or after how many seconds to try again."""
        return self._count(self._wrong, "wrong")

    def _count(self, item: RateLimitItem, *names: str) -> int:
        if self._limiter.hit(item, *names):
            return 0
        ends = self._limiter.get_window_stats(item, *names).reset_time
        return max(1, math.ceil(ends - time.time()))
