"""What a reader who knows the rules can work out from published figures: never how many turns a small group had.

A *small group* is any turns with 1 to k-1 firsts: of some days, endings, topics, intents, ways, languages and hours.
Of all tables of turns that lead to the same published figures, no small group may be the same in every one. Only small
tables can be tried, with shorter spans of time; in large ones, `test_released_figures_subtracted.py` subtracts.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

from analytics.release import Count, release
from tests.turn_tables import Kind, Table, cells, date, seen, shorten


class Tables(NamedTuple):
    """All tables with so many firsts on each day, spread in every way over kinds of turns.

    A day's number is either published (then it is known: one number at least k) or any below k. So whatever leads to
    the same figures is among these tables.
    """

    days: dict[int, Iterable[int]]
    kinds: Sequence[Kind]
    k: int = 3
    levels: tuple[int, ...] = (1, 2)
    enough: int = 1
    """Times k firsts that are split."""
    repeats: int = 0
    """Most further turns of each kind that are no firsts."""


def one(**values: Any) -> list[Kind]:
    """Return a kind for each combination of the values of some properties."""
    return [
        Kind(0, **dict(zip(values, combination, strict=True))) for combination in itertools.product(*values.values())
    ]


WAITING = range(3)
"""Firsts of a day that is too small for k = 3."""
TIME = {
    "four waiting days": Tables(dict.fromkeys(range(4), range(4)), one(), k=4, levels=(1, 2, 4)),
    "six waiting days": Tables(dict.fromkeys(range(6), WAITING), one(), levels=(1, 3, 6)),
    "waiting days beside published ones": Tables(
        {0: [3], 1: WAITING, 2: WAITING, 3: WAITING, 4: [7], 5: WAITING, 6: WAITING, 7: WAITING},
        one(),
        levels=(1, 2, 4, 8),
    ),
    "the first counted day is a Saturday": Tables(dict.fromkeys((5, 6), range(5)), one(), k=5, levels=(1, 7, 14)),
    "a clinic open on Saturdays": Tables(dict.fromkeys((5, 12, 19), range(5)), one(), k=5, levels=(1, 7, 28)),
    "waiting days of turns that are no firsts": Tables(
        dict.fromkeys(range(3), WAITING), one(), levels=(1, 3), repeats=2
    ),
}
ONE_PROPERTY = {
    "one day, three languages": Tables({0: range(11)}, one(language="abc")),
    "one day, three languages, k as in use": Tables({0: range(14)}, one(language="abc"), k=5),
    "one day, four languages": Tables({0: range(4, 11)}, one(language="abcd"), k=4),
    "two days, three languages, each split alone": Tables({0: [8], 1: [8]}, one(language="abc")),
    "two days, three languages, split together": Tables({0: [6], 1: [7]}, one(language="abc"), enough=4),
    "waiting days": Tables({0: [4], 1: WAITING, 2: [3], 3: WAITING}, one(language="ab"), levels=(1, 2, 4)),
    "waiting days, split together": Tables(
        {0: [4], 1: WAITING, 2: [3], 3: WAITING}, one(language="ab"), levels=(1, 2, 4), enough=2
    ),
    "turns that are no firsts": Tables({0: range(3, 7)}, one(language="abc"), repeats=1),
    "two days of turns that are no firsts": Tables({0: [3], 1: [3]}, one(language="ab"), enough=2, repeats=1),
}
SEVERAL_PROPERTIES = {
    "ending and language": Tables({0: range(9)}, one(ending=["answered", "refused"], language="abc")),
    "ending and language, two days": Tables({0: [5], 1: [4]}, one(ending=["answered", "refused"], language="ab")),
    "ending and language, two days together": Tables(
        {0: [5], 1: [4]}, one(ending=["answered", "refused"], language="ab"), enough=3
    ),
    "topic in ending": Tables({0: range(9)}, one(ending=["answered", "refused"], topic="abc")),
    "topic in ending, two days": Tables({0: [5], 1: [4]}, one(ending=["answered", "refused"], topic="ab")),
    "topic in ending, two days together": Tables(
        {0: [5], 1: [4]}, one(ending=["answered", "refused"], topic="ab"), enough=2
    ),
    "intent in topic": Tables({0: [6], 1: [3]}, one(topic="ab", intent=["price", "pain"])),
    "how beside topic": Tables(
        {0: range(9)}, [*one(topic="ab", how=["without_ai", "with_ai"]), Kind(0, ending="refused")]
    ),
    "how beside topic, two days": Tables({0: [4], 1: [4]}, one(topic="ab", how=["without_ai", "with_ai"]), enough=2),
}
HOURS = {
    "two Mondays": Tables({0: [5], 7: [4]}, one(hour=[3, 9, 23]), levels=(1, 7, 14)),
    "a Monday of two possible hours": Tables({0: range(5, 10)}, one(hour=[3, 9]), levels=(1, 7, 14), k=5),
    "a Monday too small": Tables({0: [5], 7: WAITING}, one(hour=[3, 9, 12]), levels=(1, 7, 14)),
    "hour and language": Tables({0: [4], 7: [4]}, one(hour=[3, 9], language="ab"), levels=(1, 7, 14)),
}

FOLLOWS = {
    "an emergency is all three: ending, topic and intent": Tables(
        {0: range(9)},
        [
            kind._replace(language=language)
            for language in "ab"
            for kind in (Kind(0), Kind(0, "emergency", "none", "emergency"), Kind(0, "refused", "none", "injection"))
        ],
    ),
    "complaints are handed over": Tables(
        {0: [5], 1: [4]},
        [
            Kind(0, "handed_over", "none", "complaint"),
            Kind(0, "handed_over", "none", "human_handover"),
            Kind(0, "handed_over"),
            Kind(0),
        ],
    ),
    "only what is offered is answered": Tables(
        {0: range(10)},
        [Kind(0, topic="a"), Kind(0, "unanswered", "a"), Kind(0, "not_offered", "b"), Kind(0, "not_offered", "c")],
    ),
}
"""What a reader knows to follow from what: these tables hold nothing else."""


def _cases(tables: dict[str, Tables]) -> list[object]:
    return [pytest.param(of, id=name) for name, of in tables.items()]


@pytest.mark.parametrize("tables", _cases(TIME | ONE_PROPERTY | SEVERAL_PROPERTIES | HOURS | FOLLOWS))
def test_no_small_group_is_the_same_in_all_tables_that_are_published_alike(tables, monkeypatch):
    shorten(monkeypatch, tables.levels, tables.enough)
    assert _worked_out(tables, lambda table: seen(release(cells(table), closed=_end(tables), k=tables.k))) == []


@pytest.mark.parametrize("tables", _cases(TIME))
def test_no_small_group_of_automated_turns_can_be_worked_out(tables, monkeypatch):
    shorten(monkeypatch, tables.levels, tables.enough)

    def publish(table: Table) -> object:
        left_out = {kind.day: count.firsts for kind, count in table.items()}
        return seen(release(cells({}, left_out=left_out), closed=_end(tables), k=tables.k))

    assert _worked_out(tables._replace(repeats=0), publish) == []


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_nothing_more_can_be_worked_out_before_the_time_is_over(closed, monkeypatch):
    tables = Tables({0: [4], 1: WAITING, 2: [5], 3: WAITING}, one(language="ab"), levels=(1, 2, 4), enough=2)
    shorten(monkeypatch, tables.levels, tables.enough)
    assert _worked_out(tables, lambda table: seen(release(cells(table), closed=date(closed), k=3))) == []


def test_no_small_group_can_be_worked_out_by_who_knows_which_intents_only_ai_answers(monkeypatch):
    """Were how turns were answered published beside what was wanted, either could be subtracted from the other."""
    only_ai = [Kind(0, topic="none", intent=intent, how="with_ai") for intent in ("other", "comparison")]
    tables = Tables({0: [7]}, [*only_ai, *one(topic=["none"], intent=["price", "pain"], how=["without_ai", "with_ai"])])
    shorten(monkeypatch, tables.levels, tables.enough)
    assert _worked_out(tables, lambda table: seen(release(cells(table), closed=_end(tables), k=tables.k))) == []


def test_the_search_finds_what_can_be_worked_out():
    """Showing every part of at least 3 of a known 4: what is left is 1; where none is shown, each is 2."""
    tables = Tables({0: [4]}, one(language="ab"))

    def publish(table: Table) -> object:
        return tuple((kind, count.firsts) for kind, count in table.items() if count.firsts >= tables.k)

    a, b = ("0 answered botox price without_ai " + language + " 9" for language in "ab")
    assert _worked_out(tables, publish) == [(a, 1), (a, 2), (b, 1), (b, 2)]


def _end(tables: Tables):
    return date(tables.levels[-1] - 1)


def _worked_out(tables: Tables, publish: Callable[[Table], object]) -> list[tuple[str, int]]:
    """Return the small groups that are the same in all tables that are published alike, and what they are."""
    places = [kind._replace(day=day) for day in tables.days for kind in tables.kinds]
    alike: dict[object, list[list[Count]]] = defaultdict(list)
    for counts in _all(tables):
        alike[publish({kind: count for kind, count in zip(places, counts, strict=True) if count.turns})].append(counts)
    unions = _unions(places)
    found: set[tuple[str, int]] = set()
    for members in alike.values():
        firsts, turns = (np.array([[count[i] for count in counts] for counts in members]) @ unions.T for i in (1, 0))
        same = (firsts.min(0) == firsts.max(0)) & (firsts[0] > 0) & (firsts[0] < tables.k)
        same |= (turns.min(0) == turns.max(0)) & (turns[0] > 0) & (firsts.max(0) < tables.k)
        for n in np.flatnonzero(same):
            group = [" ".join(map(str, kind)) for kind, within in zip(places, unions[n], strict=True) if within]
            found.add((", ".join(group), int(turns[0][n])))
    return sorted(found)


def _all(tables: Tables) -> Iterator[list[Count]]:
    """Return every table: its counts by day and kind."""
    by_day = []
    for numbers in map(list, tables.days.values()):
        known = all(number >= tables.k for number in numbers)
        assert known or set(range(tables.k)) <= set(numbers)
        by_day.append([way for number in numbers for way in _ways(number, len(tables.kinds))])
    size = len(tables.days) * len(tables.kinds)
    for ways in itertools.product(*by_day):
        firsts = [count for way in ways for count in way]
        for more in itertools.product(range(tables.repeats + 1), repeat=size):
            yield [Count(count + further, count) for count, further in zip(firsts, more, strict=True)]


def _ways(number: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Return every way to spread `number` over `parts`."""
    if parts == 1:
        yield (number,)
        return
    for first in range(number + 1):
        for others in _ways(number - first, parts - 1):
            yield (first, *others)


def _unions(places: Sequence[Kind]) -> np.ndarray:
    """Return the groups: any places together where they are few, else any days of any values of each property."""
    if len(places) <= 8:
        masks = list(itertools.product((0, 1), repeat=len(places)))
    else:
        choices = [_subsets({kind[n] for kind in places}) for n in range(len(Kind._fields))]
        masks = [
            tuple(int(all(kind[n] in chosen[n] for n in range(len(chosen)))) for kind in places)
            for chosen in itertools.product(*choices)
        ]
    return np.array(masks)


def _subsets(values: set[object]) -> list[set[object]]:
    ordered = sorted(values, key=str)
    return [set(some) for n in range(1, len(ordered) + 1) for some in itertools.combinations(ordered, n)]
