"""How an AI provider may fail: a closed set of reasons, and an error that carries no text."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a provider gave no whole answer; a label that logs and metrics may carry."""

    CONNECTION = "connection"
    """Not reached, or the connection broke."""
    OVERLOADED = "overloaded"
    """429."""
    SERVER_ERROR = "server_error"
    """5xx."""
    REFUSED = "refused"
    """Any other status than success: a wrong key, an unknown model or parameter, a redirect."""
    SLOW = "slow"
    """No first token, or no next one, in time."""
    DEADLINE = "deadline"
    """The turn's budget is spent."""
    MALFORMED = "malformed"
    """What came is no chat completion stream."""
    CUT_OFF = "cut_off"
    """The stream ended before the answer did."""
    FILTERED = "filtered"
    """The provider's own filter stopped the answer."""
    EMPTY = "empty"
    """The answer has no text."""
    OVERLONG = "overlong"
    """The answer exceeds what a chat answer may be."""
    LEFT_ALONE = "left_alone"
    """Not asked: its circuit is open after failures in a row."""


TRANSIENT = frozenset({Reason.CONNECTION, Reason.OVERLOADED, Reason.SERVER_ERROR})
"""Reasons that may be gone a moment later."""

NOT_ITS_FAULT = frozenset({Reason.DEADLINE, Reason.FILTERED, Reason.LEFT_ALONE})
"""Reasons that say nothing of a provider's health: the turn's own small budget, or this one question."""


class ProviderFailed(Exception):  # noqa: N818  # what happened
    """The provider gave no whole answer. Never chained to its cause, which may quote the prompt.

    Attributes:
        reason: Why.
        retry_after_s: How long the provider asks to be left alone, where it says so.
    """

    def __init__(self, reason: Reason, *, retry_after_s: float = 0.0) -> None:
        """Keep the reason; the message is its label."""
        super().__init__(reason.value)
        self.reason = reason
        self.retry_after_s = retry_after_s
