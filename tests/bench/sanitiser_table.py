"""The table of the sanitiser's bench, in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tests.bench.sanitiser_measured import LENGTHS, Measured, Row

_HAND_WRITTEN: Final = (
    ("all", "all", "**personal data left**"),
    ("all", "structured", "structured (mail to IP, below)"),
    ("type", "email", "e-mail"),
    ("type", "phone", "telephone"),
    ("type", "iban", "IBAN"),
    ("type", "card", "card"),
    ("type", "id", "ids"),
    ("type", "date_of_birth", "date of birth"),
    ("type", "url", "link"),
    ("type", "ip", "IP address"),
    ("type", "name", "names"),
    ("casing", "names, lower case", "names in lower case"),
    ("type", "location", "places"),
    ("casing", "both, lower case", "names and places in lower case"),
    ("type", "handle", "handles"),
    ("language", "en", "in English"),
    ("language", "fr", "in French"),
    ("language", "nl", "in Dutch"),
    ("language", "de", "in German"),
    ("pairs", "split", "data split over two messages left"),
    ("harm", "keep-words", "**words that must survive, lost**"),
    ("harm", "harmless", "**harmless messages touched**"),
    ("pairs", "tempting", "harmless pairs touched"),
)
_GENERATED: Final = (
    ("all", "all", "generated, out of domain: personal data left"),
    ("type", "name", "generated: names"),
    ("harm", "harmless", "generated: harmless messages touched"),
)
_PROCESS: Final[tuple[tuple[str, Callable[[Measured], str]], ...]] = (
    ("messages/s on one core", lambda found: f"{found.times.messages_s:,.0f}"),
    *(
        (
            f"ms a message of {words} words, p50 / p99",
            lambda found, words=words: f"{found.times.p50_ms[words]:.2f} / {found.times.p99_ms[words]:.2f}",
        )
        for words in LENGTHS
    ),
    ("resident memory, MB", lambda found: f"{found.process.rss_mb:.0f}"),
    ("load beyond importing presidio and spaCy, s", lambda found: f"{found.process.load_s:.1f}"),
)
_NOTE: Final = """
Rates with their 95 % Wilson intervals; hand-written messages unless generated. Presidio is stock: all its default
recognisers, any score and any label counting as hidden, not asked for dates, nationalities and organisations, with
which it would lose twice as many of the words that must survive; "en + fr" also has the telephone regions of these
clinics. CPU time, one process, one core, systems taking turns; memory and load time in a process of its own each.
"""


def table(systems: Mapping[str, Measured]) -> str:
    """Return the Markdown table: a row a figure, a column a system; and how it came about."""
    lines = [["", "of", *systems], ["---"] * (2 + len(systems))]
    lines += _rates(_HAND_WRITTEN, {name: found.hand_written for name, found in systems.items()})
    lines += _rates(_GENERATED, {name: found.generated for name, found in systems.items()})
    lines += ([what, "", *map(show, systems.values())] for what, show in _PROCESS)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines) + _NOTE


def _rates(wanted: tuple[tuple[str, str, str], ...], systems: Mapping[str, list[Row]]) -> Iterator[list[str]]:
    for of, part, what in wanted:
        found = [row for rows in systems.values() for row in rows if (row.of, row.part) == (of, part)]
        if found:  # a part without such a span has no row
            yield [what, str(found[0].total), *map(_rate, found)]


def _rate(row: Row) -> str:
    return f"{row.share:.1%} ({row.low:.1%}–{row.high:.1%})".replace("%", " %")
