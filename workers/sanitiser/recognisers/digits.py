"""What stands around a run of digits: shared by the recognisers that must tell a number from a price or a time."""

from __future__ import annotations

import re
from typing import Final

from workers.sanitiser.lexicon import word_set

_UNIT: Final = re.compile(
    r"\s{0,2}(?:€|\$|£|%|°|(?:eur|euros?|chf|francs?|franken|usd|gbp|pounds?|dollars?|nm|ml|mg|mm|cm|cc|kg|µg|mcg"
    r"|joules?|"
    r"hz|khz|mhz|watts?|units?|unités?|unites?|ui|iu|ie|eenheden|einheiten|shots?|impulsen?|pulses?|grafts?|min"
    r"|minutes?|"
    r"minuten|uur|uren|uhr|heures?|hours?|jaar|ans|years?|jahre|sessies?|sessions?|séances?|sitzungen|keer|fois"
    r"|times|mal|"
    r"mois|maanden|months?|monate|weken|weeks?|semaines?|wochen|dagen|days?|jours?|tage)\b|,-)",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"\s{0,2}(?:zones?|zonen|areas?|zonas?|people|persons?|personnes?|personen|h\b|hrs?|am|pm|o'clock|treatments?"
    r"|behandlung(?:en)?|behandeling(?:en)?|traitements?|soins?|séance|sitzung|sessie|syringes?|seringues?|spuit(?:en|jes)?"
    r"|spritzen?|ampull?en?|vials?|procent|prozent|percent|pour|times|x|k|or|ou|of|oder|for|voor|für)(?![^\W\d_])"
    r"|\s{0,2}h[0-5]?\d?\b|:[0-5]\d\b",
    re.IGNORECASE,
)
"""Further words after a number that counts something; no unit of an amount."""
_CURRENCY: Final = re.compile(r"(?:€|\$|£|\b(?:eur|euro|chf|usd|gbp))\s{0,2}$", re.IGNORECASE)
WAVELENGTHS: Final = word_set("532 585 595 694 755 808 810 940 980 1064 1320 1450 1470 1540 1550 1565 1927 2940 10600")
"""Of lasers, in nanometres: they look like house numbers and postcodes."""
LOOK_BACK: Final = 40
"""Characters before a number in which a cue may stand."""


def digits_of(text: str) -> str:
    """Return the digits in `text`, in order."""
    return "".join(c for c in text if c.isdigit())


def is_amount(text: str, start: int, end: int) -> bool:
    """Return whether the number at `start` to `end` carries a currency or a unit, or is a laser's wavelength."""
    if text[start:end] in WAVELENGTHS:
        return True
    return _UNIT.match(text, end) is not None or _CURRENCY.search(text, max(0, start - 6), start) is not None


def is_count(text: str, start: int, end: int) -> bool:
    """Return whether the number at `start` to `end` is an amount, a time, or counts what the next word names."""
    return is_amount(text, start, end) or _COUNTED.match(text, end) is not None


def before(text: str, start: int) -> str:
    """Return the characters before `start` in which a cue may stand, within the same line."""
    return text[max(0, start - LOOK_BACK) : start].rpartition("\n")[2]
