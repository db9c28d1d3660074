"""What belongs to a telephone number behind it: an extension, a key to press, a digit that comes to mind afterwards."""

from __future__ import annotations

import re
from typing import Final

from workers.sanitiser.lexicon import lowered

_NAMED: Final = (
    r"(?:ext(?:ension|n)?|x|poste|toestel|tst|apparat|app|(?:durchwahl|doorkies|extensie|toestel)-?(?:nummer|nr)?|dw"
    r"|bijnummer|klappe|kl|nebenstelle|nst|intern|int|binnenlijn|option|optie|touche|taste|keuze|choix|room|kamer"
    r"|zimmer|chambre|#)[ .:#]{0,3}(?:(?:is|est|ist)[ ])?"
)
_KEY: Final = (
    r"(?:press(?:ing)?|dial|choose|select|hit|toets|druk(?: op)?|kies|tik|tapez|taper|tape|composez|faites|dr[üu]cken?"
    r"|dr[üu]ck|w[äa]hlen?)[ ](?:(?:the|on|op|de|het|sur|la|le|die)[ ]){0,2}"
)
_KEY_AFTER: Final = r"(?:kiezen|toetsen|indrukken|intoetsen|drukken|dr[üu]cken|w[äa]hlen)"
_EXTENSION: Final = re.compile(
    rf"[ ,;.(/-]{{1,4}}(?:(?:and|en|et|und|of)[ ])?(?:(?:then|dan|puis|dann|ensuite|daarna)[ ])?"
    rf"(?:(?:{_NAMED}|{_KEY})[0-9]{{1,6}}(?!\w)\)?|(?:(?:de|het|die)[ ])?[0-9]{{1,4}}[ ]{_KEY_AFTER}(?!\w))",
)
_ADDED: Final = re.compile(
    r"(?=[^\d\n]{4,50}\d)[^\d\n]{0,14}?(?<!\w)(?:"
    r"(?:last|final|dernier|laatste|letzte)[ ](?:chiff?re|digit|number|num[ée]ro|cijfer|nummer|ziffer|zahl)"
    r"[^\d\n]{0,10}[0-9]{1,3}(?!\w)"
    r"|(?:plus|and|en|et|und|nog|noch|encore|ook)[ ](?:(?:nog|noch|encore|another|an?|n|'n|een|une?|eine?|ne)[ ]){0,2}"
    r"[0-9]{1,2}[ ](?:vanachter|achteraan|erachter|achter|erbij|hinten|am ende|dran|derri[èe]re|[àa] la fin|au bout"
    r"|at the end|on the end|behind|after that)(?!\w))",
)


def end_of(text: str, end: int) -> int:
    """Return where the telephone number that ends at `end` ends with what belongs to it."""
    low = lowered(text)
    more = _EXTENSION.match(low, end) or _ADDED.match(low, end)
    return more.end() if more else end
