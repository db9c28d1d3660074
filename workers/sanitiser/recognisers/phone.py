"""Telephone numbers, in digits, in words or both: every style of BE, NL, FR, DE, LU, GB, CH, US and NG, most others.

`dialled` finds the groups of digits; here they become numbers, and a number is judged by its length and what stands
around it: shape first, the plans of `numbering` where the trunk nought is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import fold, lowered
from workers.sanitiser.recognisers.dialled import Gap, Group, groups
from workers.sanitiser.recognisers.digits import (
    before,
    is_alone,
    is_amount,
    is_counted,
    is_date,
    is_day,
    is_fraction,
    is_range,
)
from workers.sanitiser.recognisers.extension import end_of
from workers.sanitiser.recognisers.match import CUED, LIKELY, SHAPE, Match
from workers.sanitiser.recognisers.number_values import cardinals
from workers.sanitiser.recognisers.number_words import ARTICLES
from workers.sanitiser.recognisers.numbering import GROUPED, MOBILE, WITH_CODE

_FEWEST_DIGITS: Final = 5
"""Of a number that is cued; fewer are not looked at."""
_LONGEST: Final = 15
"""Digits of the longest number that can be dialled (E.164)."""
_LONGEST_SPELLED: Final = 30
"""The same for numbers in words, which count for more than is dialled ("quatre-vingt-dix-huit")."""
_COMPLETE: Final = 9
"""Digits from which a number with its trunk nought lacks none."""
_BEGUN: Final = 4
"""Digits from which something can be the beginning of a number."""

_CUE: Final = re.compile(
    r"(?:\b(?:t[ée]l[ée]?(?:f(?:oon|on)?|ph?one)?(?:n|nr|nummer|number)?|telno|ph(?:one)?|mobiel|mobil[ae]?|mob|gsm"
    r"|cell(?:phone|ular)?|portable|portabel|handy|smartphone|natel|fixe|festnetz|landline|vast(?: toestel|e lijn)?"
    r"|w(?:h)?at(?:s|'s)? ?app?|wapp|app(?: me| mij| ff)?|viber|signal|call|ring|ping|bell|buzz|dial|text|txt|sms"
    r"|reach|contact(?:er)?|bel|bellen|bereikbaar|bereiken|appel(?:er|ez|le)?|joindre|joignable|rappel(?:er|ez"
    r"|le|ez-moi)?"
    r"|anruf(?:en)?|r[uü]f(?:en|t)?|erreichbar|erreichen|melden|fax)|"
    r"(?:tel|gsm|handy|ruf|mobil|telefon|telefoon|phone|whatsapp|mobiel)?-?(?:nummer|numbers?|num[ée]ro|num|nmr"
    r"|nbr|nr|no)"
    r")\b[^\d\n]{0,24}$",
)
_ANOTHER: Final = re.compile(
    r"\b(?:exp|expir\w{0,4}|p[ée]rim\w{0,3}|valid|valable|geldig|g[üu]ltig|haltbar|lot|batch|charge|spf|since|sinds"
    r"|depuis|seit|mobil|mobiel|mob|gsm|portable|handy|fixe|vast|festnetz|priv[ée]|privat|dienst)\b",
)
"""Words between two numbers that say that the second is another."""
_LEAD: Final = re.compile(
    r"(?:[(][ ]?)?\+[ (]{0,3}$|[(]{1,2}$|\b(?:double|dubbel|doppelt?|triple|tripel) $", re.IGNORECASE
)
_LEAD_CHARS: Final = 9
_PRICE: Final = 3
"""Digits of most prices: nothing but groups of three is a list of them."""
_PAIRS: Final = 2
_FEWEST_SPELLED: Final = 7
_FEWEST_WORDS: Final = 8
_FEWEST_SAID: Final = 8
"""Digits from which a number all in words, with nothing said about it, is somebody's."""
_FEWEST_GROUPS: Final = 4


def find(message: Glance) -> Iterator[Match]:
    """Yield every telephone number in a message."""
    text = message.text
    for number in _numbers(message):
        number = _without_counts(text, number)  # noqa: PLW2901  # the same number, less what was counted after it
        score = _score(text, number)
        if score:
            start, end = _start(text, number[0]), number[-1].end
            yield Match(Entity.PHONE, start, end_of(text, end), score)


def _numbers(message: Glance) -> Iterator[Sequence[Group]]:
    """Yield runs of groups that can be one number each; more than can be dialled falls apart where one begins."""
    text, found = message.text, list(groups(message))
    number: list[Group] = []
    for i, group in enumerate(found):
        if number and not _goes_on(text, number, group, found[i : i + _LONGEST_SPELLED]):
            yield number
            number = []
        number.append(group)
    if number:
        yield number


def _goes_on(text: str, number: Sequence[Group], group: Group, rest: Sequence[Group]) -> bool:
    """Return whether `group`, the first of `rest`, belongs to the number before it."""
    if group.gap is Gap.BREAK or group.plus or len(number) > _LONGEST_SPELLED:
        return False
    dialled = "".join(part.digits for part in number)
    begun = dialled.startswith("0") or number[0].plus
    listed = group.spelled and number[-1].spelled
    if group.gap is Gap.LINKED:
        so_far = _LONGEST if number[-1].gap is Gap.LINKED else _COMPLETE
        if not (listed or (begun and len(dialled) < so_far)):
            return False
        written = text[number[0].start : number[-1].end]
        return not (is_day(written) or is_range(written) or is_fraction(written))
    if group.gap is not Gap.TIGHT:
        return _goes_on_behind(text, number, rest, dialled, begun=begun, listed=listed)
    if (
        group.digits.startswith("0")
        and not group.spelled
        and all(part.spelled and part.digits[0] == "x" for part in number)
    ):
        return False  # "I have one: 0478 …"
    begins = group.digits.startswith("0") and len(dialled) >= _COMPLETE
    return not (begun and begins and _digits_together(rest) >= _COMPLETE)


def _goes_on_behind(
    text: str, number: Sequence[Group], rest: Sequence[Group], dialled: str, *, begun: bool, listed: bool
) -> bool:
    """Return whether the number goes on with the first of `rest` behind a clause's end, or a few words."""
    group = rest[0]
    if group.spelled and fold(text[group.start : group.end]) in ARTICLES:
        counted = len(rest) == 1 or not rest[1].spelled or rest[1].gap > Gap.LISTED
        if counted or not listed:
            return False
    if group.gap is Gap.LISTED and listed:
        return True
    begins = group.digits.startswith("0") and (len(group.digits) > _PAIRS or len(dialled) >= _COMPLETE)
    if begins or not (begun and _BEGUN <= len(dialled) < (_LONGEST if listed else _COMPLETE)):
        return False
    between = lowered(text[number[-1].end : group.start])
    return not (is_day(text[number[0].start : number[-1].end]) or _ANOTHER.search(between))


def _digits_together(rest: Sequence[Group]) -> int:
    """Return how many digits follow each other from the first of `rest` on; counting stops at a whole number."""
    count = 0
    for i, group in enumerate(rest):
        if count >= _COMPLETE or (i and group.gap is not Gap.TIGHT):
            break
        count += len(group.digits)
    return count


def _without_counts(text: str, number: Sequence[Group]) -> Sequence[Group]:
    """Return `number` without a last group that counts something, or is a time ("0478 12 34 56 2 zones")."""
    while len(number) > 1:
        last = number[-1]
        complete = sum(len(group.digits) for group in number[:-1]) >= _COMPLETE
        if complete and last.spelled and not number[-2].spelled and fold(text[last.start : last.end]) in ARTICLES:
            number = number[:-1]
            continue
        whole = last.gap is not Gap.TIGHT or complete
        if not (whole and is_counted(text, last.start, last.end)):
            break
        number = number[:-1]
    return number


def _start(text: str, first: Group) -> int:
    """Return where the number begins: its plus and brackets included."""
    lead = _LEAD.search(text, max(0, first.start - _LEAD_CHARS), first.start)
    return lead.start() if lead else first.start


def _score(text: str, number: Sequence[Group]) -> float:
    """Return how sure it is that `number` is a telephone number; 0 = it is not."""
    digits = "".join(group.digits for group in number)
    written = text[number[0].start : number[-1].end]
    spelled = any(group.spelled for group in number)
    longest = _LONGEST_SPELLED if spelled else _LONGEST + len("00")
    if not _FEWEST_DIGITS <= len(digits) <= longest:
        return 0.0
    if is_date(written) or is_range(written) or is_fraction(written):
        return 0.0
    cued = _CUE.search(lowered(before(text, _start(text, number[0])))) is not None
    if spelled:
        return _spelled(text, number, digits, cued=cued)
    if number[0].plus or digits.startswith("00") or digits[0] == "0" != digits[1]:
        return _with_prefix(number, digits, cued=cued)
    if is_amount(text, number[-1].start, number[-1].end):
        return 0.0
    return CUED if cued and len(digits) > _FEWEST_DIGITS else _without_trunk(written, digits, number)


def _with_prefix(number: Sequence[Group], digits: str, *, cued: bool) -> float:
    """Return the score of a number with a plus, two noughts or the trunk nought: its length or a cue decides."""
    international = number[0].plus or digits.startswith("00")
    if cued:
        return CUED
    if len(digits) >= _COMPLETE - 1:
        return CUED if international else SHAPE
    return SHAPE if international and len(digits) > _FEWEST_DIGITS else 0.0


def _without_trunk(written: str, digits: str, number: Sequence[Group]) -> float:
    if WITH_CODE.fullmatch(digits) or GROUPED.fullmatch(written):
        return SHAPE
    if _is_list(number):
        return 0.0
    if MOBILE.fullmatch(digits):
        return SHAPE
    return LIKELY * (_is_loose(digits, number) and {len(group.digits) for group in number} != {_PRICE})


def _is_list(number: Sequence[Group]) -> bool:
    """Return whether the groups are prices, doses or years one after another rather than a number's parts."""
    values = [int(group.digits) for group in number]
    if len(number) == 1:
        return False
    rising = all(left < right for left, right in pairwise(values))
    return rising or all(not value % 5 for value in values) or all(len(group.digits) == 1 for group in number)


def _is_loose(digits: str, number: Sequence[Group]) -> bool:
    """Return whether a number that no plan knows is too long for anything but somebody's."""
    pairs = len(number) >= _COMPLETE // _PAIRS and all(len(group.digits) == _PAIRS for group in number)
    single = sum(len(group.digits) == 1 for group in number) > len(number) // 2
    return pairs or (_COMPLETE <= len(digits) <= _LONGEST and not single)


def _spelled(text: str, number: Sequence[Group], digits: str, *, cued: bool) -> float:
    """Return the score of a number that is in words, in part at least."""
    begins = digits.startswith("0") or number[0].plus
    if (begins or cued) and len(digits) >= _FEWEST_SPELLED:
        return CUED if cued else SHAPE
    if _is_counting(text, number) or is_amount(text, number[-1].start, number[-1].end):
        return 0.0
    spelled = all(group.spelled for group in number)
    if spelled and len(digits) >= _FEWEST_SAID and len(number) >= _FEWEST_GROUPS:
        return SHAPE
    alone = is_alone(text, number[0].start, number[-1].end)
    enough = len(number) >= _FEWEST_WORDS or (spelled and alone and len(digits) > _FEWEST_DIGITS)
    return SHAPE * enough


def _is_counting(text: str, number: Sequence[Group]) -> bool:
    """Return whether the groups only count up, or are round: areas, doses or prices in words."""
    words = [fold(text[group.start : group.end]) for group in number]
    values = [cardinals().get(word, int(word) if word.isdigit() else -1) for word in words]
    return all(left < right for left, right in pairwise(values)) or all(not value % 5 for value in values)
