"""Numbering plans: what a telephone number of each country looks like without its trunk nought.

With a nought or a plus in front no plan is needed (`phone`): the shape gives it away in every country.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Plan(NamedTuple):
    """A country's calling code, and expressions over the digits that stand after the nought."""

    code: str
    mobile: str
    any_number: str


PLANS: Final[dict[str, Plan]] = {
    "BE": Plan("32", r"4[5-9]\d{7}", r"[1-9]\d{7,8}"),
    "NL": Plan("31", r"6[1-9]\d{7}", r"[1-9]\d{8}"),
    "FR": Plan("33", r"[67]\d{8}", r"[1-9]\d{8}"),
    "DE": Plan("49", r"1[567]\d{8,9}", r"[1-9]\d{6,11}"),
    "LU": Plan("352", r"6[2-9]1\d{6}", r"[2-9]\d{5,8}"),
    "GB": Plan("44", r"7[1-9]\d{8}", r"[1-9]\d{8,9}"),
    "CH": Plan("41", r"7[4-9]\d{7}", r"[1-9]\d{8}"),
    "US": Plan("1", r"[2-9]\d{2}[2-9]\d{6}", r"[2-9]\d{2}[2-9]\d{6}"),
    "NG": Plan("234", r"[789][01]\d{8}", r"[1-9]\d{6,9}"),
    "AT": Plan("43", r"6[5-9]\d{7,10}", r"[1-9]\d{6,11}"),
    "IE": Plan("353", r"8[35-9]\d{7}", r"[1-9]\d{6,8}"),
    "ES": Plan("34", r"[67]\d{8}", r"[6-9]\d{8}"),
    "PT": Plan("351", r"9[1236]\d{7}", r"[29]\d{8}"),
    "IT": Plan("39", r"3\d{8,9}", r"[03]\d{7,10}"),
    "PL": Plan("48", r"[4-8]\d{8}", r"[1-9]\d{8}"),
    "TR": Plan("90", r"5\d{9}", r"[2-5]\d{9}"),
    "MA": Plan("212", r"[67]\d{8}", r"[5-8]\d{8}"),
    "RO": Plan("40", r"7\d{8}", r"[237]\d{8}"),
    "UA": Plan("380", r"[5-9]\d{8}", r"[3-9]\d{8}"),
    "IN": Plan("91", r"[6-9]\d{9}", r"[6-9]\d{9}"),
}

WITH_CODE: Final = re.compile("|".join(f"{plan.code}0?(?:{plan.any_number})" for plan in PLANS.values()))
"""A country's code without its plus."""
MOBILE: Final = re.compile("|".join(plan.mobile for plan in PLANS.values()))
GROUPED: Final = re.compile(
    r"\(?[2-9]\d{2}\)?[ .-]{0,2}[2-9]\d{2}[ .-]?\d{4}"  # US
    r"|1[ .-]\(?[2-9]\d{2}\)?[ .-]{0,2}[2-9]\d{2}[ .-]?\d{4}"
    r"|[2-9]\d{2}-\d{4}"  # US, within a town
    r"|[1-9](?:[ .-]\d\d){4}"  # FR without its nought
    r"|[2-9]\d{2} \d{2} \d{3}"  # NO
)
"""Numbers known by how they are grouped."""
