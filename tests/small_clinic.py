"""A small clinic's file, for the tests of the format: each fact is there to be broken by one of them."""

GOOD = """\
id = "zonnehof"
name = "Zonnehof"
country = "BE"
region = "eu"
languages = ["nl", "fr"]
phone = "+3220000199"
email = "hallo@zonnehof.example"
website = "https://www.zonnehof.example"
time_zone = "Europe/Brussels"
allowed_origins = ["https://www.zonnehof.example"]

[address]
street = "Zonnepad 1"
postcode = "3000"
city = { nl = "Leuven", fr = "Louvain" }
country = "België"

[hours]
monday = ["09:00-12:30", "13:30-18:00"]
friday = ["09:00-12:00"]

[[closures]]
from = 2026-12-24
to = 2026-12-24
hours = ["09:00-11:00"]
text = "Kerstavond"

[[closures]]
from = 2026-12-25
to = 2027-01-03
text = "Kerstverlof"

[payment]
taken = ["bancontact"]
not_taken = ["cash"]

[deposit]
required = true
percent = 20

[cancellation]
free_until_hours = 24
fee = "40"

[[practitioners]]
name = "Dr Lore Zandpoort"
role = "Arts"
languages = ["nl"]
treatments = ["botulinum_toxin"]

[[treatments]]
slug = "botulinum_toxin"
offered = true
currency = "CHF"

[[treatments.variants]]
name = "Eén zone"
price = "180.00"

[[treatments.variants]]
name = "Masseters"
price = { from = "320.00", to = "400.50" }

[[treatments]]
slug = "chemical_peel"
offered = true
price = "95"
synonyms = { nl = ["verse start"] }

[[treatments]]
slug = "facelift"
offered = false
alternatives = ["chemical_peel"]

[[promotions]]
from = 2026-11-01
to = 2026-11-30
title = "Actie"
text = "Tien procent korting."
treatments = ["chemical_peel"]
percent_off = 10

[[faqs]]
questions.nl = ["Is er een lift?"]
answer = "Ja."

[widget]
accent = "#112233"

[consent]
required = true
text = "Gaat u akkoord?"

[quotas]
idle_minutes = 10
"""

ASKING = "zonnehof"
"""The clinic above, which asks for consent, version 1."""
TIGHT = "maanhof"
"""One whose sessions have two turns, one at a time."""
FEW_TURNS = (
    GOOD.replace(f'id = "{ASKING}"', f'id = "{TIGHT}"').replace("[consent]\nrequired = true", "[consent]")
    + "turns = 2\nin_flight = 1\n"
)
