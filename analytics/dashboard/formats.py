"""How numbers, days, hours and names are written in a page's language."""

from __future__ import annotations

import datetime as dt
from typing import Final

from analytics.asked import Span
from analytics.dashboard.texts import Texts, texts
from schemas.taxonomy import Language
from schemas.treatments import display_name

_MINUS: Final = "\N{MINUS SIGN}"
_DAY_HOURS: Final = 24


class Words:
    """One language's way of writing."""

    def __init__(self, language: Language) -> None:
        """Write in `language`, one of `schemas.taxonomy.SPOKEN`."""
        self.language = language
        self.texts: Texts = texts()[language]
        self._form = self.texts.form

    def number(self, number: int) -> str:
        """Return e.g. ``1,234``."""
        return f"{number:,}".replace(",", self._form.thousands).replace("-", _MINUS)

    def percent(self, share: float) -> str:
        """Return `share` (1.0 is everything) as e.g. ``12%``; what is little but there as ``<1%``."""
        rounded = round(100 * share)
        return self._form.percent.format(n="<1" if share > 0 and rounded == 0 else self.number(rounded))

    def signed(self, number: int) -> str:
        """Return e.g. ``+12``, and 0 as ``±0``."""
        return ("+" if number > 0 else "" if number else "±") + self.number(number)

    def signed_percent(self, percent: int) -> str:
        """Return e.g. ``+12%``."""
        return self._form.percent.format(n=self.signed(percent))

    def count(self, number: int, noun: str) -> str:
        """Return e.g. ``1 question``, ``12 questions``.

        Args:
            number: How many.
            noun: Of the table `count`: ``question``, ``conversation``.
        """
        # French counts 0 as one; the other three say it in the plural.
        one = number == 1 or (number == 0 and self.language is Language.FR)
        return self.texts.count[f"{noun}_{'one' if one else 'many'}"].format(n=self.number(number))

    def day(self, day: dt.date, *, year: bool = True) -> str:
        """Return e.g. ``20 Nov 2026``, without its year ``20 Nov``."""
        pattern = self._form.day_year if year else self._form.day
        return pattern.format(day=day.day, month=self._form.months[day.month - 1], year=day.year)

    def weekday_day(self, day: dt.date) -> str:
        """Return e.g. ``Fri 20 Nov``."""
        return self._form.weekday_day.format(
            weekday=self._form.weekdays_short[day.isoweekday() - 1],
            day=day.day,
            month=self._form.months[day.month - 1],
        )

    def span(self, span: Span, *, year: bool = True) -> str:
        """Return e.g. ``24 Oct – 20 Nov 2026``; one day alone as that day; years always where there are two."""
        if span.first == span.last:
            return self.day(span.last, year=year)
        two = span.first.year != span.last.year
        return self._form.span.format(first=self.day(span.first, year=two), last=self.day(span.last, year=year or two))

    def hours(self, hour: int, until: int) -> str:
        """Return e.g. ``12:00–15:00``; `until` is exclusive, 1 to 24."""
        return self._form.hours.format(hour=hour, until=until)

    def when(self, weekday: int, hour: int, until: int) -> str:
        """Return e.g. ``Monday 12:00–15:00``; `weekday` 1 is Monday."""
        name = self._form.weekdays[weekday - 1]
        if until - hour == _DAY_HOURS:
            return self._form.all_day.format(weekday=name)
        return self._form.when.format(weekday=name, hours=self.hours(hour, until))

    def weekday(self, weekday: int, *, short: bool = False) -> str:
        """Return e.g. ``Monday``, short ``Mon``; 1 is Monday."""
        return (self._form.weekdays_short if short else self._form.weekdays)[weekday - 1]

    def topic(self, topic: str) -> str:
        """Return a topic's name; a slug that has left the table of treatments is shown as it is."""
        if topic in self.texts.topic:
            return self.texts.topic[topic]
        try:
            return display_name(topic, self.language)
        except KeyError:
            return topic.replace("_", " ")

    def name(self, kind: str, key: str) -> str:
        """Return the name of `key` among the kind ``topic``, ``intent``, ``ending``, ``how`` or ``language``."""
        if kind == "topic":
            return self.topic(key)
        names: dict[str, str] = getattr(self.texts, kind)
        return names[key]
