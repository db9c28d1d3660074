"""What every sentence is made from: the clinic, the language, the moment and what was asked."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.clinic import Clinic, Text
from schemas.replies import Action
from schemas.taxonomy import Intent, Language, Outcome
from workers.router.understand import Understanding
from workers.router.wording import Wording, wording


class Paragraph(NamedTuple):
    """The answer to one intent."""

    text: str
    actions: tuple[Action, ...] = ()
    outcome: Outcome = Outcome.ANSWERED
    offered: bool | None = None

    def __repr__(self) -> str:
        """Return the type's name only: a repr ends in logs, chat text must not."""
        return "<Paragraph>"


class Context(NamedTuple):
    """What an answer is made from."""

    clinic: Clinic
    asked: Understanding
    language: Language
    """One of `SPOKEN`: the answer's."""
    now: dt.datetime
    """In the clinic's time zone."""

    @property
    def wording(self) -> Wording:
        """The answer's language's templates."""
        return wording(self.language)

    def say(self, key: str, **fields: object) -> str:
        """Return sentence `key`; the clinic's phone and e-mail may stand in any."""
        known = {"phone": self.clinic.phone, "email": self.clinic.email, "clinic": self.clinic.name}
        return self.wording.say(key, **(known | fields))

    def text(self, text: Text | None) -> str:
        """Return a text of the clinic in the answer's language, falling back as the clinic's file says; "" for none."""
        return "" if text is None else self.clinic.say(text, self.language)

    def aside(self, text: Text | None) -> str:
        """Return `text` where it only adds to the facts: "" in a language that the clinic neither lists nor writes."""
        if text is None or self.language in self.clinic.languages:
            return self.text(text)
        return text.own(self.language) or text.plain or ""

    def wants(self, intent: Intent) -> bool:
        """Return whether `intent` is among those asked."""
        return intent in self.asked.intents

    def __repr__(self) -> str:
        """Return the type's name only: a repr ends in logs, chat text must not."""
        return "<Context>"


def context(clinic: Clinic, asked: Understanding, language: Language, now: dt.datetime) -> Context:
    """Return the context of an answer; `now` is any aware time."""
    return Context(clinic, asked, language, now.astimezone(ZoneInfo(clinic.time_zone)))
