"""What leaves towards the visitor: every piece of a model's answer goes through one object before it is sent.

Text goes out by whole sentences, each judged first. A sentence that breaks a rule ends the answer: nothing of it has
left, and what would have followed is not trusted either. Where sentences end depends on the text alone, so that any
chunking is filtered as the whole.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from workers.llm.draft import Rule
from workers.llm.failure import ProviderFailed, Reason
from workers.llm.judge import Judge
from workers.llm.sentences import Sentences

MAX_ANSWER_CHARS: Final = 8_000
"""Far beyond four sentences; keeps a frame below the broker's limit and the history inside the session's box."""

_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories of what is no text: controls, invisible and direction signs, private use, line separators."""


class Outgoing:
    """One answer on its way out: plain text, judged, not empty and not endless."""

    def __init__(self, judge: Judge) -> None:
        """Begin with nothing sent."""
        self._judge = judge
        self._sentences = Sentences()
        self._begun = False
        self._chars = 0
        self.sent = False
        """Whether anything has gone out."""
        self.held: Rule | None = None
        """The rule that ended the answer; nothing goes out after it."""

    def add(self, piece: str) -> str:
        """Return what may go out now, possibly nothing; an answer does not begin with white space.

        Raises:
            ProviderFailed: The answer is longer than `MAX_ANSWER_CHARS`.
        """
        text = "".join(char for char in piece if char == "\n" or unicodedata.category(char) not in _DROPPED)
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        self._chars += len(text)
        if self._chars > MAX_ANSWER_CHARS:
            raise ProviderFailed(Reason.OVERLONG)
        return self._passed(self._sentences.feed(text))

    def finish(self) -> str:
        """Return the end of the answer, where it may go out.

        Raises:
            ProviderFailed: Nothing but white space came.
        """
        if not self._begun:
            raise ProviderFailed(Reason.EMPTY)
        rest = self._sentences.rest()
        return self._passed([rest] if rest else [])

    def _passed(self, sentences: list[str]) -> str:
        """Return the sentences up to the first that breaks a rule."""
        passed: list[str] = []
        for sentence in sentences:
            if self.held is None:
                self.held = self._judge.rule_against(sentence)
            if self.held is not None:
                break
            passed.append(sentence)
        self.sent = self.sent or bool(passed)
        return "".join(passed)
