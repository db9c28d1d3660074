"""Sentences about opening hours: the week, a day, this moment; closures go before the weekly hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from schemas.clinic import Closure, Interval
from schemas.clinic_parts import WEEKDAYS
from workers.router.context import Context, Paragraph
from workers.router.dates import Stretch, stretches

NOTICE_DAYS: Final = 21
"""Closures that begin within so many days are told with the weekly hours."""
SEARCH_DAYS: Final = 60
"""How far ahead the next opening is looked for."""
WEEKEND: Final = (5, 6)


def hours(ctx: Context) -> Paragraph:
    """Answer when the clinic is open: the days or months asked for, else the whole week."""
    when, today = ctx.asked.when, ctx.now.date()
    parts: list[str] = []
    days = _days_asked(ctx, today)
    if "now" in when and not days:
        parts.append(_now(ctx))
    if "today" in when or parts:  # "still open tonight?" is heard as "now", and asks for more
        parts.append(_today(ctx, today))
    parts.extend(_on(ctx, day) for day in days)
    asked = stretches(ctx.asked.message, today)
    parts.extend(_over(ctx, stretch) for stretch in asked if not stretch.long)
    for stretch in asked:
        if stretch.long:
            parts.extend((*_notices(ctx, stretch.first, stretch.last), _week(ctx)))
    if not parts:
        parts = [_week(ctx), *_notices(ctx, today, today + dt.timedelta(days=NOTICE_DAYS))]
    if "closing" in ctx.asked.cues:
        parts.extend(_notices(ctx, today, today + dt.timedelta(days=SEARCH_DAYS)))
    return Paragraph("\n".join(dict.fromkeys(parts)))


def _over(ctx: Context, stretch: Stretch) -> str:
    """Return the hours of the days of `stretch`; days closed for one reason are told by that reason."""
    days = stretch.days()
    if len(days) == 1:
        return _on(ctx, days[0])
    lines: list[str] = []
    for closure, group in groupby(days, key=ctx.clinic.closure_on):
        if closure is not None and not closure.hours:
            lines.append(_closed(ctx, closure))
        else:
            lines.extend(_on(ctx, day) for day in group)
    return "\n".join(lines)


def _closed(ctx: Context, closure: Closure) -> str:
    """Return from when to when the clinic is closed, and why."""
    first, last = ctx.wording.date(closure.from_), ctx.wording.date(closure.to)
    said = ctx.say("hours_closed_from", first=first, last=last)
    return f"{said} {ctx.say('hours_notice', text=ctx.text(closure.text))}"


def _notices(ctx: Context, first: dt.date, last: dt.date) -> list[str]:
    """Return the notices of the closures that touch the days from `first` to `last`."""
    near = [c for c in ctx.clinic.closures if c.from_ <= last and c.to >= first]
    return [ctx.say("hours_notice", text=ctx.text(c.text)) if c.hours else _closed(ctx, c) for c in near]


def _days_asked(ctx: Context, today: dt.date) -> list[dt.date]:
    """Return the next date of each day asked for by name, in order."""
    weekdays = [i for i, name in enumerate(WEEKDAYS) if name in ctx.asked.when]
    if "weekend" in ctx.asked.when:
        weekdays = sorted({*weekdays, *WEEKEND})
    dates = {today + dt.timedelta(days=(weekday - today.weekday()) % 7) for weekday in weekdays}
    if "tomorrow" in ctx.asked.when:
        dates.add(today + dt.timedelta(days=1))
    return sorted(dates)


def _on(ctx: Context, day: dt.date) -> str:
    """Return the hours of `day`; a closure is said with its reason."""
    named = f"{ctx.wording.weekday(day.weekday())} {ctx.wording.date(day)}"
    intervals = ctx.clinic.open_intervals(day)
    key = "hours_on" if intervals else "hours_on_closed"
    return _with_closure(ctx, day, ctx.say(key, day=named, hours=_written(ctx, intervals)))


def _today(ctx: Context, today: dt.date) -> str:
    """Return today's hours."""
    intervals = ctx.clinic.open_intervals(today)
    key = "hours_today" if intervals else "hours_today_closed"
    day = ctx.wording.weekday(today.weekday())
    return _with_closure(ctx, today, ctx.say(key, day=day, hours=_written(ctx, intervals)))


def _now(ctx: Context) -> str:
    """Return whether the clinic is open at this moment, and until or from when."""
    today, time = ctx.now.date(), ctx.now.time()
    current = next((i for i in ctx.clinic.open_intervals(today) if i.opens <= time < i.closes), None)
    if current is not None:
        return ctx.say("hours_now_open", until=ctx.wording.time(current.closes))
    closed = ctx.say("hours_now_closed")
    ahead = (today + dt.timedelta(days=n) for n in range(SEARCH_DAYS))
    openings = ((d, i.opens) for d in ahead for i in ctx.clinic.open_intervals(d) if d > today or i.opens > time)
    if (following := next(openings, None)) is None:
        return closed
    day, opens = following
    named = f"{ctx.wording.weekday(day.weekday())} {ctx.wording.date(day)}"
    return f"{closed} {ctx.say('hours_next', day=named, time=ctx.wording.time(opens))}"


def _week(ctx: Context) -> str:
    """Return the weekly hours, equal days in a row together."""
    lines = [ctx.say("hours_week")]
    for intervals, group in groupby(range(len(WEEKDAYS)), key=ctx.clinic.hours.on):
        days = list(group)
        written = _written(ctx, intervals) if intervals else ctx.say("hours_closed")
        lines.append(ctx.say("hours_line", days=_day_range(ctx, days), hours=written))
    return "\n".join(lines)


def _day_range(ctx: Context, days: Sequence[int]) -> str:
    """Return "Tuesday–Friday", or the one day's name; a line begins with a capital."""
    first, last = ctx.wording.weekday(days[0]), ctx.wording.weekday(days[-1])
    text = first if len(days) == 1 else f"{first}{ctx.wording.format.range}{last}"
    return text[0].upper() + text[1:]


def _written(ctx: Context, intervals: Sequence[Interval]) -> str:
    """Return "09:00–12:30, 13:30–18:00"."""
    between = ctx.wording.format.range
    return ", ".join(f"{ctx.wording.time(i.opens)}{between}{ctx.wording.time(i.closes)}" for i in intervals)


def _with_closure(ctx: Context, day: dt.date, text: str) -> str:
    """Return `text` with the reason where `day` is not as every week."""
    closure = ctx.clinic.closure_on(day)
    return text if closure is None else f"{text} {ctx.say('hours_notice', text=ctx.text(closure.text))}"
