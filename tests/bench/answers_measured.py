"""The measurements of the answers' bench: how often the router is right, and what a decision takes.

Whatever goes wrong here names no word of a message: the test parts are blind.
"""

from __future__ import annotations

import contextlib
import re
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from deploy.up.plan import ROOT
from schemas.clinic_files import ClinicFiles
from schemas.taxonomy import SPOKEN, Language
from schemas.taxonomy import Path as Way
from tests.corpus.answers import NOW, Judged, amounts, judge
from tests.corpus.cases import FOLDER, CorpusFault, Kind, Part, cases
from tests.corpus.measures import rate
from workers.router.handler import decide

KINDS: Final[tuple[Kind, ...]] = ("routing", "emergency", "injection")
ALL: Final = "all"
"""Of a row: every language together."""
_FIRST_LOOK: Final = re.compile(r" {2}(\S.*?) +(\d+) / *(\d+) .*")
"""A row of all languages: what it counts, how many, of how many."""

type _ByKind = Mapping[Kind, list[Judged]]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A rate with its 95 % Wilson interval."""

    figure: str
    """The name of a `Figure`."""
    language: str
    count: int
    total: int
    share: float
    low: float
    high: float
    first: float | None = None
    """The share when these messages were first looked at; of all languages, where it was written down."""


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """CPU time that the router takes for a decision, in microseconds."""

    language: str
    messages: int
    p50_us: float
    p99_us: float


class Figure(NamedTuple):
    """Something that is counted."""

    name: str
    kinds: tuple[Kind, ...]
    outcome: Callable[[Judged], bool | None]
    """Whether a case counts; None where the figure is not about such a case."""
    first: str = ""
    """What the scorer calls the row with the same count; "" where it has none."""


def _right(fault: str) -> Callable[[Judged], bool]:
    return lambda one: fault not in one.faults


def _as_meant(way: Way) -> Callable[[Judged], bool | None]:
    return lambda one: one.made.path is way if one.case.path[0] is way else None


def _wrongly(way: Way) -> Callable[[Judged], bool | None]:
    return lambda one: one.made.path is way if way not in one.case.path else None


def _emergency(kind: str) -> Callable[[Judged], bool | None]:
    return lambda one: one.made.path is Way.EMERGENCY if one.case.kind == kind else None


def _facts(one: Judged) -> bool | None:
    """Whether an answer without AI holds the facts; of cases that name facts."""
    asked = bool(one.case.facts) and Way.DETERMINISTIC in one.case.path
    return "facts" not in one.faults if asked and one.made.path is Way.DETERMINISTIC else None


def _wrong_price(one: Judged) -> bool | None:
    """Whether an answer without AI names an amount that is not about what was asked; of those that name one."""
    if one.made.path is not Way.DETERMINISTIC or one.made.answer is None or not amounts(one.made.answer.text):
        return None
    return "price" in one.faults


FIGURES: Final = (
    Figure("path", ("routing",), _right("path"), "path right"),
    Figure("intent", ("routing",), _right("intent"), "intent right"),
    Figure("topic", ("routing",), _right("topic"), "topic right"),
    Figure("in file, answered", ("routing",), _as_meant(Way.DETERMINISTIC), "meant deterministic: so decided"),
    Figure("beyond file, answered", ("routing",), _wrongly(Way.DETERMINISTIC), "decided deterministic: wrongly"),
    Figure("facts", ("routing",), _facts),
    Figure("wrong price", KINDS, _wrong_price),
    Figure("question as emergency", ("routing",), _wrongly(Way.EMERGENCY), "decided emergency: wrongly"),
    Figure("question refused", ("routing",), _wrongly(Way.REFUSE), "decided refuse: wrongly"),
    Figure("emergency", ("emergency",), _as_meant(Way.EMERGENCY), "meant emergency: so decided"),
    Figure("medical", ("emergency",), _emergency("medical")),
    Figure("self-harm", ("emergency",), _emergency("self_harm")),
    Figure("look-alike touched", ("emergency",), _wrongly(Way.EMERGENCY), "decided emergency: wrongly"),
    Figure("attack refused", ("injection",), _as_meant(Way.REFUSE), "meant refuse: so decided"),
    Figure("benign refused", ("injection",), _wrongly(Way.REFUSE), "decided refuse: wrongly"),
)


class BenchFault(Exception):  # noqa: N818  # the error's name is what is wrong
    """The router failed at a message. Names the type of the error alone: its text could quote the message."""


def quality(part: Part) -> list[Row]:
    """Return every figure, of all languages and of each.

    Raises:
        OSError, CorpusFault: A corpus is missing or faulty.
        BenchFault: The router failed.
    """
    with _unquoted():
        judged: _ByKind = {kind: [one for language in SPOKEN for one in judge(kind, language, part)] for kind in KINDS}
    first = dict(_first_looks(judged)) if part == "test" else {}
    return [row for figure in FIGURES for row in _rows(figure, judged, first)]


def times(part: Part) -> list[Times]:
    """Return what a decision takes, over all languages and for each; the tables are built before.

    Raises:
        OSError, CorpusFault: A corpus is missing or faulty.
        BenchFault: The router failed.
    """
    clinics = ClinicFiles.load(ROOT / "deploy" / "clinics")
    for clinic in filter(None, map(clinics.get, clinics.ids())):
        for language in SPOKEN:
            decide("botox", history=(), language=language, clinic=clinic, now=NOW)
    with _unquoted():
        took = {language: list(_took_us(language, part, clinics)) for language in SPOKEN}
    return [_times(ALL, [us for some in took.values() for us in some]), *(_times(k, took[k]) for k in SPOKEN)]


def _took_us(language: Language, part: Part, clinics: ClinicFiles) -> Iterator[float]:
    for kind in KINDS:
        for case in cases(kind, language, part):
            clinic = clinics.get(case.clinic)
            if clinic is None:
                raise LookupError(case.clinic)
            hint = case.language if case.language in SPOKEN else Language.OTHER
            begun = time.process_time_ns()
            decide(case.text, history=case.said, language=hint, clinic=clinic, now=NOW)
            yield (time.process_time_ns() - begun) / 1e3


def _times(language: str, took_us: list[float]) -> Times:
    percentiles = statistics.quantiles(took_us, n=100, method="inclusive")
    return Times(language=language, messages=len(took_us), p50_us=percentiles[49], p99_us=percentiles[98])


def _rows(figure: Figure, judged: _ByKind, first: Mapping[tuple[Kind, str], int]) -> Iterator[Row]:
    outcomes = [(one.language, figure.outcome(one)) for kind in figure.kinds for one in judged[kind]]
    seen = [(language, outcome) for language, outcome in outcomes if outcome is not None]
    for chosen in (ALL, *SPOKEN):
        found = rate(outcome for language, outcome in seen if chosen in {ALL, language})
        low, high = found.interval
        count = first.get((figure.kinds[0], figure.first)) if chosen == ALL else None
        yield Row(
            figure=figure.name,
            language=chosen,
            count=found.bad,
            total=found.total,
            share=found.share,
            low=low,
            high=high,
            first=count / found.total if count is not None and found.total else None,
        )


def _first_looks(judged: _ByKind) -> Iterator[tuple[tuple[Kind, str], int]]:
    """Yield how many the first run over each test part counted, by the scorer's name of the row.

    Nothing of a part that has another size by now: a part that was read has been replaced.
    """
    for kind, now in judged.items():
        lines = (FOLDER / kind / "first_look.txt").read_text("utf-8").splitlines()
        hits = [hit for hit in map(_FIRST_LOOK.fullmatch, lines) if hit]
        if any(hit[1] == "path right" and int(hit[3]) == len(now) for hit in hits):
            for hit in hits:
                yield (kind, hit[1]), int(hit[2])


@contextlib.contextmanager
def _unquoted() -> Iterator[None]:
    """Let no error out that could quote a message."""
    try:
        yield
    except (OSError, CorpusFault):
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, its text could quote
        raise BenchFault(type(error).__name__) from None
