"""What hostile and broken text does to the sanitiser: no exception, no wrong span, no time beyond its length."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from workers import sanitiser
from workers.sanitiser.engine import analyse_patterns
from workers.sanitiser.glance import glance
from workers.sanitiser.keep import keep_words
from workers.sanitiser.normalise import normalise
from workers.sanitiser.recognisers import PATTERNS, Find
from workers.sanitiser.redact import redact

KEEP = keep_words(None)
SHORT, LONG = 400, 1_600
"""Characters of the adversarial inputs: four times as long may take little more than four times as long."""
WORST_RATIO = 9.0
"""A quadratic expression takes sixteen times as long; the rest is the noise of a busy machine."""
MEASURABLE_S = 0.006
"""Below this an expression is linear for all that anybody can tell."""
ORDINARY = ("hi, I'd like to know what a peel costs and whether it hurts, thanks. " * 15)[:1_000]
WORST_TIMES = 8.0
"""All patterns together: the worst thousand characters take at most so many times as long as ordinary ones."""


def expressions() -> list[object]:
    """Return every compiled expression of the package, by walking its modules and what stands in them."""
    found: dict[tuple[str, int], tuple[str, re.Pattern[str]]] = {}
    for info in pkgutil.walk_packages(sanitiser.__path__, f"{sanitiser.__name__}."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name, value in inspect.getmembers(module):
            for pattern in _patterns(value):
                found.setdefault((pattern.pattern, pattern.flags), (f"{info.name.rpartition('.')[2]}.{name}", pattern))
    return [pytest.param(pattern, id=name) for name, pattern in sorted(found.values(), key=lambda row: row[0])]


def _patterns(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _patterns(item)
    elif isinstance(value, (tuple, list, frozenset)):
        for item in value:
            yield from _patterns(item)


SEEDS = (
    "a",
    "0",
    " ",
    ".",
    "-",
    "_",
    "@",
    "/",
    "(",
    "+",
    "'",
    "é",
    "\n",
    "1 ",
    "0-",
    "a.",
    "a-",
    "a_",
    "a ",
    "ab ",
    "1.",
    "12 ",
    "a@",
    "@a",
    "a@a.",
    "a.a@",
    "www.",
    "http://",
    "a/",
    "0a",
    "a0",
    "A1",
    "BE",
    "BE68 ",
    "0478 ",
    "12/",
    "12-03-",
    "19",
    "one ",
    "een en ",
    "vierentwintig",
    "zero-",
    "et ",
    "mai ",
    "3 mai ",
    "geboren ",
    "born 1",
    "insta ",
    "insta: ",
    "ig is ",
    "mail ",
    " punt ",
    " at ",
    " dot ",
    "a punt ",
    "(at)",
    " (at) ",
    "a (dot) ",
    "apenstaartje ",
    "nummer ",
    "nr nr ",
    "bsn is ",
    "passport: ",
    "kenteken ",
    "card ",
    "visa ending ",
    "rue de la ",
    "straat ",
    "12 rue ",
    "je m'appelle ",
    "I live in ",
    "a'a-",
    "::",
    "f:",
    "1:",
    "1.1.",
    "٣",
    "👉",
    "[name hidden]",
    "[",
    "]",
    "x ",
    "0x",
    ", ",
    " - ",
    "n° ",
    "'s ",
    "d'",
    "van der ",
)
"""What is repeated, alone and after each other: every piece that an expression here may loop over."""


def adversarial(length: int) -> Iterator[str]:
    """Yield texts of `length` characters made to make an expression try again and again, and fail at the end."""
    for seed in SEEDS:
        for end in ("", "!"):
            yield (seed * length)[: length - len(end)] + end
    for left, right in zip(SEEDS, SEEDS[1:] + SEEDS[:1], strict=True):
        yield (left * length)[: length // 2] + (right * length)[: length // 2]
        yield ((left + right) * length)[:length]


def assert_grows_with_the_text(run: Callable[[str], object]) -> None:
    """Run `run` on adversarial texts of two lengths; what looks slow is measured again, against the machine's noise."""
    for text, longer in zip(adversarial(SHORT), adversarial(LONG), strict=True):
        if seconds(run, longer, rounds=1) > MEASURABLE_S:
            ratios = (seconds(run, longer, rounds=2) / seconds(run, text, rounds=4) for _ in range(6))
            assert any(ratio < WORST_RATIO for ratio in ratios), f"grows too fast on {text[:24]!r}"


def seconds(run: Callable[[str], object], text: str, *, rounds: int) -> float:
    """Return the shortest of `rounds` processor times that `run` takes on `text`."""
    best = float("inf")
    for _ in range(rounds):
        start = time.thread_time()
        run(text)
        best = min(best, time.thread_time() - start)
    return best


def assert_no_slower_than_it_may(text: str) -> None:
    """Hold `text` to `WORST_TIMES` an ordinary message; what looks slow is measured again, beside it."""
    assert any(seconds(hide, text, rounds=1) < WORST_TIMES * seconds(hide, ORDINARY, rounds=1) for _ in range(6)), (
        f"too slow: {len(text)} characters"
    )


@pytest.mark.parametrize("pattern", expressions())
def test_an_expression_takes_time_in_proportion_to_the_text(pattern: re.Pattern[str]):
    """Bounds the growth, not the time: a quadratic expression shows on any machine."""
    assert_grows_with_the_text(lambda text: deque(pattern.finditer(text), maxlen=0))


def test_the_walk_finds_the_expressions():
    assert len(expressions()) > 60


@pytest.mark.parametrize("find", [find for _, find in PATTERNS], ids=[name for name, _ in PATTERNS])
def test_a_recogniser_takes_time_in_proportion_to_the_text(find: Find):
    """As the expressions, for what a recogniser does around them."""
    assert_grows_with_the_text(lambda text: deque(find(glance(text)), maxlen=0))


def hide(text: str) -> str:
    """Return `text` redacted by the patterns, having checked every span."""
    found = analyse_patterns(text, keep=KEEP)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    return redact(text, found)


NUMBER, MAIL = "0478123456", "emma@gmail.com"


def between(text: str, mark: str) -> str:
    """Return `text` with `mark` between each two characters."""
    return mark.join(text)


@pytest.mark.parametrize(
    "disguise",
    [
        pytest.param(lambda s: between(s, "\u200b"), id="zero-width spaces"),
        pytest.param(lambda s: between(s, "\u200d"), id="zero-width joiners"),
        pytest.param(lambda s: between(s, "\u2060"), id="word joiners"),
        pytest.param(lambda s: between(s, "\ufeff"), id="byte order marks"),
        pytest.param(lambda s: between(s, "\u00ad"), id="soft hyphens"),
        pytest.param(lambda s: between(s, "\u034f"), id="grapheme joiners"),
        pytest.param(lambda s: between(s, "\u3164"), id="Hangul fillers"),
        pytest.param(lambda s: between(s, "\ufe0f"), id="variation selectors"),
        pytest.param(lambda s: between(s, "\U000e0041"), id="tag characters"),
        pytest.param(lambda s: between(s, "\x00"), id="noughts"),
        pytest.param(lambda s: between(s, "\ud83d"), id="high halves of UTF-16"),
        pytest.param(lambda s: between(s, "\udc00"), id="low halves of UTF-16"),
        pytest.param(lambda s: "".join(c + "\u0336" for c in s), id="struck through"),
        pytest.param(lambda s: "".join(c + "\u0301\u0323" for c in s), id="piled with accents"),
        pytest.param(lambda s: "".join(c + "\u20e3" for c in s), id="keycaps"),
        pytest.param(lambda s: "\u202e" + s + "\u202c", id="right to left override"),
        pytest.param(lambda s: "\u2067" + s + "\u2069", id="right to left isolate"),
        pytest.param(lambda s: "شكرا " + s + " مرحبا", id="between Arabic words"),
        pytest.param(lambda s: "".join(chr(ord(c) + 0xFEE0) for c in s), id="full-width"),
        pytest.param(lambda s: s.translate(str.maketrans("eao", "еао")), id="Cyrillic lookalikes"),
        pytest.param(lambda s: s.translate(str.maketrans("aov", "αον")), id="Greek lookalikes"),
        pytest.param(lambda s: s.translate({0x30 + i: 0x1D7CE + i for i in range(10)}), id="bold mathematical digits"),
    ],
)
@pytest.mark.parametrize("plain", [NUMBER, MAIL], ids=["number", "address"])
def test_a_disguise_does_not_hide_it_from_the_patterns(plain: str, disguise):
    text = f"ok {disguise(plain)} ok"
    left = normalise(hide(text)).text
    assert not set(plain) - set("oka hidenpl@.m") & set(left), left


@pytest.mark.parametrize("zero", [0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10, 0x1D7F6, 0x104A0], ids=hex)
def test_digits_of_every_script_are_digits(zero: int):
    number = "".join(chr(zero + int(c)) for c in NUMBER)
    assert hide(f"tel {number}!") == "tel [phone hidden]!"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("0478 12 34 56 " * 72, id="numbers"),
        pytest.param("0" * 1_000, id="one digit"),
        pytest.param("0 " * 500, id="digits apart"),
        pytest.param("nul vier zeven acht " * 50, id="digits in words"),
        pytest.param("a@" * 500, id="signs"),
        pytest.param("emma punt " * 100, id="spelled dots"),
        pytest.param("a.b-c_d" * 142, id="joints"),
        pytest.param("geboren op 3 mei 1985 " * 45, id="births"),
        pytest.param("1:" * 500, id="colons"),
        pytest.param("nummer " * 142, id="cues"),
        pytest.param("insta: " * 142, id="networks"),
        pytest.param("A1" * 500, id="codes"),
        pytest.param("BE68 5390 0754 7034 " * 50, id="accounts"),
        pytest.param("a\u0301" * 500, id="accents"),
        pytest.param("\ud83d\n" * 500, id="broken halves"),
        pytest.param("👉" * 1_000, id="emoji"),
        pytest.param("[name hidden] " * 71, id="placeholders"),
    ],
)
def test_a_thousand_characters_take_no_longer_than_a_message_may(text: str):
    hide(text)
    assert_no_slower_than_it_may(text)


_PIECES = (
    *SEEDS,
    NUMBER,
    MAIL,
    "Emma",
    "botox",
    "9000 Gent",
    "3 mei 1985",
    "4111 1111 1111 1111",
    "BE68 5390 0754 7034",
    "\u0301",
    "\u200b",
    "\ud83d",
    "\udc00",
    "\u202e",
    "\x00",
    "\ufe0f",
    "ﬁ",
    "㏂",
    "İ",
    "ß",
    "𝟘",
    "०",
    "你",
    "é",
    "😀",
    "\u034f",
    "\u2028",
    "\t",
    "\r\n",
)


def strings(seed: int, count: int) -> Iterator[str]:
    """Yield random texts: characters of all planes, pieces of personal data, and both together."""
    draw = random.Random(seed)  # noqa: S311  # texts for a test
    for _ in range(count):
        kind = draw.random()
        length = draw.choice((1, 3, 10, 40))
        if kind < 0.25:  # a quarter of them
            yield "".join(chr(draw.randrange(0x110000)) for _ in range(length))
        elif kind < 0.5:  # a quarter of them
            yield "".join(chr(draw.randrange(0x20, 0x250)) for _ in range(length))
        else:
            yield draw.choice(("", " ")).join(draw.choice(_PIECES) for _ in range(length))


def fuzz(seed: int, count: int) -> None:
    hide("the word lists are read with the first message")
    usual = seconds(hide, ORDINARY, rounds=5)
    for i, text in enumerate(strings(seed, count)):
        start = time.thread_time()
        try:
            hide(text)
        except Exception as fault:
            raise AssertionError(f"string {i} of seed {seed}: {type(fault).__name__}") from fault
        if time.thread_time() - start > usual:
            assert_no_slower_than_it_may(text)


def test_random_text_never_breaks_it():
    fuzz(seed=3, count=2_000)


@pytest.mark.long
def test_a_hundred_thousand_random_texts_never_break_it():
    fuzz(seed=4, count=100_000)
