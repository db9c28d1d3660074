"""A small clinic in four languages and turns to it, for the tests of the LLM worker."""

from __future__ import annotations

from typing import Any

from schemas.clinic import Clinic, parse_clinic
from schemas.taxonomy import Intent, Language
from schemas.turns import RoutedTurn

FILE = """
id = "test-clinic"
name = "Clinic Lindenhof"
country = "BE"
region = "eu"
languages = ["en", "fr", "nl", "de"]
phone = "+3225550100"
email = "hello@lindenhof.example"
website = "https://www.lindenhof.example"
booking_url = "https://www.lindenhof.example/book"
time_zone = "Europe/Brussels"
allowed_origins = ["https://www.lindenhof.example"]

[address]
street = "Rue du Test 1"
postcode = "1000"
city = "Brussels"
country = "Belgium"

[hours]
monday = ["09:00-12:30", "13:30-18:00"]

[payment]
taken = ["bancontact", "cash"]
not_taken = ["cheque"]

[parking]
en = "Two parking spaces behind the building are free for visitors."
fr = "Deux places de parking gratuites se trouvent derrière le bâtiment."
nl = "Achter het gebouw zijn twee gratis parkeerplaatsen voor bezoekers."
de = "Hinter dem Gebäude stehen zwei kostenlose Parkplätze für Besucher bereit."

[[treatments]]
slug = "botulinum_toxin"
offered = true
unit = { plain = "per zone" }
price = { from = "187", to = "391" }
duration_min = 25

[treatments.aftercare]
en = "Stay upright for four hours. No sauna, swimming or sport for 24 hours."
fr = "Restez en position verticale pendant quatre heures. Pas de sauna, de piscine ni de sport pendant 24 heures."
nl = "Blijf vier uur rechtop. Geen sauna, zwemmen of sport gedurende 24 uur."
de = "Bleiben Sie vier Stunden aufrecht. Keine Sauna, kein Schwimmen und kein Sport für 24 Stunden."

[treatments.risks]
plain = "A small bruise or a headache may occur."

[[treatments]]
slug = "lip_filler"
offered = true
price = "463"

[treatments.aftercare]
plain = "No hot drinks until the anaesthetic has worn off; no swimming for two days."

[[treatments]]
slug = "liposuction"
offered = false

[[faqs]]
questions = { en = ["Do you give gift vouchers?"], fr = ["Vendez-vous des bons cadeaux ?"] }
[faqs.answer]
en = "Gift vouchers of any amount are sold at the desk."
fr = "Des bons cadeaux de tout montant sont en vente à l'accueil."
nl = "Cadeaubonnen van elk bedrag zijn te koop aan de balie."
de = "Geschenkgutscheine gibt es in jeder Höhe am Empfang."
"""


def clinic(**replaced: str) -> Clinic:
    """Return the clinic, with pieces of its file replaced: `old=new` for texts that are keys, e.g. ``name="X"``."""
    text = FILE
    for key, value in replaced.items():
        old = next(line for line in FILE.splitlines() if line.startswith(f"{key} = "))
        text = text.replace(old, f"{key} = {value}", 1)
    return parse_clinic(text, file_id="test-clinic")


def turn(text: str, **fields: Any) -> RoutedTurn:
    """Return a routed turn to that clinic."""
    usual: dict[str, Any] = {
        "turn_id": "t1",
        "clinic": "test-clinic",
        "language": Language.EN,
        "history": (),
        "intent": Intent.OTHER,
        "topic": "none",
        "reply_key": bytes(32),
        "budget_ms": 5_000,
    }
    return RoutedTurn(text=text, **{**usual, **fields})
