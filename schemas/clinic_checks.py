"""What the types of a clinic's file cannot say: facts that must agree with one another.

One small check a kind of part; `contradictions` walks the clinic and asks the check of each part it meets.
"""

from __future__ import annotations

import difflib
import itertools
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import msgspec

from schemas.clinic_countries import COUNTRIES
from schemas.clinic_fields import Part, Text
from schemas.clinic_lines import Path
from schemas.clinic_parts import (
    WEEKDAYS,
    Cancellation,
    ClinicTreatment,
    Closure,
    ConsentRules,
    Deposit,
    Faq,
    Hours,
    Interval,
    Payment,
    Practitioner,
    Price,
    Promotion,
)
from schemas.clinic_shape import fields_of
from schemas.clinic_words import LANGUAGE_NAMES
from schemas.taxonomy import Language
from schemas.treatments import treatments

if TYPE_CHECKING:
    from schemas.clinic import Clinic

type Found = Iterator[tuple[Path, str]]
"""Where within the part, and what is wrong there."""

_DEFAULT_PORT: Final = {"http": 80, "https": 443}
_MAX_PORT: Final = 65_535


def contradictions(clinic: Clinic, *, file_id: str) -> Found:
    """Yield where `clinic` contradicts itself, the table of treatments or its file's name."""
    if not clinic.languages:
        yield ("languages",), 'expected at least one language, e.g. ["en"]'
        return
    if clinic.id != file_id:
        yield ("id",), "must be the file's name without .toml"
    for check in _CLINIC_CHECKS:
        yield from check(clinic)
    for path, part in _parts(clinic, ()):
        if check := _PART_CHECKS.get(type(part)):
            yield from (((*path, *below), reason) for below, reason in check(part, clinic))


def _parts(value: object, path: Path) -> Iterator[tuple[Path, Part]]:
    """Yield every part within `value`, itself included, with its path in the file."""
    if isinstance(value, Part):
        yield path, value
        for name, field in fields_of(type(value)).items():
            yield from _parts(getattr(value, field.name), (*path, name))
    elif isinstance(value, tuple):
        for position, item in enumerate(cast("tuple[object, ...]", value)):
            yield from _parts(item, (*path, position))


def _repeated(name: str, values: Iterable[object]) -> Found:
    """Yield the positions in list `name` of values that stand there already."""
    seen: set[object] = set()
    for position, value in enumerate(values):
        if value in seen:
            yield (name, position), "stands twice in the list; remove one"
        seen.add(value)


def _languages(clinic: Clinic) -> Found:
    if Language.OTHER in clinic.languages:
        yield ("languages", clinic.languages.index(Language.OTHER)), 'expected one of "en", "fr", "nl", "de"'
    yield from _repeated("languages", clinic.languages)


def _place(clinic: Clinic) -> Found:
    if clinic.country not in COUNTRIES:
        yield ("country",), 'no country has this code; expected two letters of ISO 3166-1, e.g. "BE"'
    try:
        zoneinfo.ZoneInfo(clinic.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield ("time_zone",), 'no such time zone; expected e.g. "Europe/Brussels"'


def _slugs(clinic: Clinic) -> Found:
    slugs = [treatment.slug for treatment in clinic.treatments]
    for (_, position), reason in _repeated("treatments", slugs):
        yield ("treatments", position, "slug"), reason
    own = Counter(
        word.casefold()
        for treatment in clinic.treatments
        for word in {word for words in _phrases(treatment) for word in words}
    )
    for position, treatment in enumerate(clinic.treatments):
        if any(own[word.casefold()] > 1 for words in _phrases(treatment) for word in words):
            yield ("treatments", position, "synonyms"), "a synonym stands under two treatments; keep it under one"


def _phrases(treatment: ClinicTreatment) -> tuple[tuple[str, ...], ...]:
    return msgspec.structs.astuple(treatment.synonyms)


def _origins(clinic: Clinic) -> Found:
    for position, origin in enumerate(clinic.allowed_origins):
        parts = urlsplit(origin)
        port = int(parts.netloc.partition(":")[2] or -1)
        if port == _DEFAULT_PORT[parts.scheme]:
            yield ("allowed_origins", position), "leave the scheme's own port out: browsers do"
        elif port == 0 or port > _MAX_PORT or ".." in parts.netloc:
            yield (
                ("allowed_origins", position),
                "no such host or port; expected a host without empty labels and a port from 1 to 65535",
            )
    yield from _repeated("allowed_origins", clinic.allowed_origins)


def _text(text: Text, clinic: Clinic) -> Found:
    if not (text.plain or text.own(clinic.default_language)):
        yield (), f'missing in the clinic\'s first language, "{clinic.default_language}"'


def _faq(faq: Faq, clinic: Clinic) -> Found:
    if not faq.questions.in_language(clinic.default_language):
        yield ("questions",), f'expected at least one in the clinic\'s first language, "{clinic.default_language}"'


def _interval(interval: Interval, _: Clinic) -> Found:
    if interval.opens >= interval.closes:
        yield (), "closes before it opens; expected the earlier time first"


def _day(name: str, intervals: tuple[Interval, ...]) -> Found:
    for position, (before, after) in enumerate(itertools.pairwise(intervals), 1):
        if after.opens < before.closes:
            yield (name, position), "begins before the interval before it ends; expected them in order, apart"


def _hours(hours: Hours, _: Clinic) -> Found:
    for weekday, name in enumerate(WEEKDAYS):
        yield from _day(name, hours.on(weekday))


def _closure(closure: Closure, _: Clinic) -> Found:
    if closure.to < closure.from_:
        yield ("to",), "lies before from; expected the last day, which is included"
    yield from _day("hours", closure.hours)


def _payment(payment: Payment, _: Clinic) -> Found:
    yield from _repeated("taken", payment.taken)
    for position, method in enumerate(payment.not_taken):
        if method in payment.taken:
            yield ("not_taken", position), "stands under taken as well; remove it from one of the two"


def _deposit(deposit: Deposit, _: Clinic) -> Found:
    if deposit.amount is not None and deposit.percent is not None:
        yield ("percent",), "expected amount or percent, not both"


def _cancellation(rule: Cancellation, _: Clinic) -> Found:
    if rule.fee is not None and rule.fee_percent is not None:
        yield ("fee_percent",), "expected fee or fee_percent, not both"


def _price(price: Price, _: Clinic) -> Found:
    if (price.fixed is None) == (price.from_ is None):
        yield (), "expected a fixed amount, or from with or without to"
    elif price.to is not None and (price.from_ is None or price.to < price.from_):
        yield ("to",), "expected an amount not below from"


def _treatment(treatment: ClinicTreatment, clinic: Clinic) -> Found:
    if treatment.slug not in treatments():
        near = difflib.get_close_matches(treatment.slug, treatments(), n=1)
        yield ("slug",), f'not in the table of treatments; expected e.g. "{near[0] if near else "botulinum_toxin"}"'
    if treatment.price and treatment.variants:
        yield ("price",), "expected price or variants, not both"
    if not treatment.offered and (treatment.price or treatment.variants):
        yield ("offered",), "not offered, but has a price; remove the price, or write offered = true"
    yield from _offered("alternatives", treatment.alternatives, clinic)


def _offered(name: str, slugs: tuple[str, ...], clinic: Clinic) -> Found:
    """Yield the positions in list `name` of treatments that the clinic does not offer."""
    for position, slug in enumerate(slugs):
        if not clinic.offers(slug):
            yield (
                (name, position),
                "not among the clinic's offered treatments; expected a slug that stands there with offered = true",
            )


def _practitioner(practitioner: Practitioner, clinic: Clinic) -> Found:
    for position, code in enumerate(practitioner.languages):
        if code not in LANGUAGE_NAMES:
            yield ("languages", position), 'no language that Lethe has a name for; expected e.g. "es"'
    yield from _repeated("languages", practitioner.languages)
    yield from _offered("treatments", practitioner.treatments, clinic)


def _promotion(promotion: Promotion, clinic: Clinic) -> Found:
    if promotion.to < promotion.from_:
        yield ("to",), "lies before from; expected the last day, which is included"
    if promotion.price and promotion.percent_off:
        yield ("percent_off",), "expected price or percent_off, not both"
    yield from _offered("treatments", promotion.treatments, clinic)


def _consent(consent: ConsentRules, _: Clinic) -> Found:
    if consent.required and consent.text is None:
        yield ("text",), "missing; expected what visitors are asked"


_CLINIC_CHECKS: Final = (_languages, _place, _slugs, _origins)
_PART_CHECKS: Final[Mapping[type[Part], Callable[[Any, Clinic], Found]]] = {
    Text: _text,
    Faq: _faq,
    Interval: _interval,
    Hours: _hours,
    Closure: _closure,
    Payment: _payment,
    Deposit: _deposit,
    Cancellation: _cancellation,
    Price: _price,
    ClinicTreatment: _treatment,
    Practitioner: _practitioner,
    Promotion: _promotion,
    ConsentRules: _consent,
}
