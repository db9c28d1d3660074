"""A clinic's file: what is refused, on which line, and why."""

import pytest

from schemas.clinic import ClinicFault, parse_clinic
from tests.small_clinic import GOOD

# What stands in the file, what is put in its place (the faulty line ends with # !), the field named, the reason's gist.
FAULTS = {
    "not toml": ('name = "Zonnehof"', "name = Zonnehof  # !", "", "not TOML"),
    "key written twice": ('name = "Zonnehof"', 'name = "A"\nname = "B"  # !', "", "not TOML"),
    "unknown field": ('region = "eu"', 'region = "eu"\nfax = "1"  # !', "fax", "no such field"),
    "misspelt field of an inline table": (
        'to = "400.50" }',
        'tot = "400.50" }  # !',
        "treatments[0].variants[1].price.tot",
        "no such",
    ),
    "id unlike the file's name": ('id = "zonnehof"', 'id = "maanhof"  # !', "id", "file's name"),
    "id with capitals": ('id = "zonnehof"', 'id = "Zonnehof"  # !', "id", "a letter first"),
    "country that does not exist": ('country = "BE"', 'country = "XX"  # !', "country", "no country"),
    "country written out": ('country = "BE"', 'country = "Belgium"  # !', "country", "two letters"),
    "region that is no subject token": ('region = "eu"', 'region = "eu.west"  # !', "region", "a-z"),
    "language without texts": ('["nl", "fr"]', '["nl", "es"]  # !', "languages[1]", '"en", "fr"'),
    "language other": ('["nl", "fr"]', '["nl", "other"]  # !', "languages[1]", '"en", "fr"'),
    "language twice": ('["nl", "fr"]', '["nl", "nl"]  # !', "languages[1]", "twice"),
    "no language": ('["nl", "fr"]', "[]  # !", "languages", "at least one"),
    "phone with spaces": ("+3220000199", '+32 2 000 01 99"  # !"', "phone", "without spaces"),
    "e-mail without a domain": ("hallo@zonnehof.example", 'hallo@zonnehof"  # !"', "email", "e-mail"),
    "website without https": (
        'https://www.zonnehof.example"\ntime',
        'http://www.zonnehof.example"  # !\ntime',
        "website",
        "https",
    ),
    "website that runs a script": (
        'https://www.zonnehof.example"\ntime',
        'javascript:alert(1)"  # !\ntime',
        "website",
        "https",
    ),
    "time zone that does not exist": ("Europe/Brussels", 'Europe/Leuven"  # !"', "time_zone", "no such time zone"),
    "time zone that climbs out of its folder": (
        "Europe/Brussels",
        '../../etc/hosts"  # !"',
        "time_zone",
        "no such time zone",
    ),
    "origin with a path": (
        '["https://www.zonnehof.example"]',
        '["https://www.zonnehof.example/"]  # !',
        "allowed_origins[0]",
        "no path",
    ),
    "origin with a wildcard": (
        '["https://www.zonnehof.example"]',
        '["https://*.zonnehof.example"]  # !',
        "allowed_origins[0]",
        "scheme",
    ),
    "origin in capitals": (
        '["https://www.zonnehof.example"]',
        '["https://WWW.zonnehof.example"]  # !',
        "allowed_origins[0]",
        "lower case",
    ),
    "origin with the scheme's own port": (
        '["https://www.zonnehof.example"]',
        '["https://zonnehof.example:443"]  # !',
        "allowed_origins[0]",
        "port",
    ),
    "origin with a port that cannot be": (
        '["https://www.zonnehof.example"]',
        '["https://zonnehof.example:70000"]  # !',
        "allowed_origins[0]",
        "port",
    ),
    "second origin on a line of its own": (
        '["https://www.zonnehof.example"]',
        '[\n  "https://a.example",\n  "null",  # !\n]',
        "allowed_origins[1]",
        "scheme",
    ),
    "street is missing": ('[address]\nstreet = "Zonnepad 1"', "[address]  # !", "address.street", "missing"),
    "city not in the first language": (
        'nl = "Leuven", fr = "Louvain" }',
        'fr = "Louvain" }  # !',
        "address.city",
        'first language, "nl"',
    ),
    "text in a language unknown": (
        'nl = "Leuven", fr',
        'es = "Lovaina", fr = "x" }  # !\n# {',
        "address.city.es",
        "no such field",
    ),
    "text is blank": ('"Zonnepad 1"', '" "  # !', "address.street", "characters"),
    "text is a number": ('"Zonnepad 1"', "1  # !", "address.street", "text"),
    "closes before it opens": ('["09:00-12:00"]', '["12:00-09:00"]  # !', "hours.friday[0]", "before it opens"),
    "hour 25": ('["09:00-12:00"]', '["09:00-25:00"]  # !', "hours.friday[0]", "09:00-12:30"),
    "intervals overlap": ('"13:30-18:00"]', '"12:00-18:00"]  # !', "hours.monday[1]", "before the interval"),
    "hours are not a list": ('["09:00-12:00"]', '"09:00-12:00"  # !', "hours.friday", "list"),
    "weekday misspelt": ("friday =", "vrijdag = []  # !\nfriday =", "hours.vrijdag", "no such field"),
    "closure ends before it begins": ("to = 2027-01-03", "to = 2026-01-03  # !", "closures[1].to", "before from"),
    "closure's date between other quotes": ("to = 2027-01-03", 'to = "3 januari"  # !', "closures[1].to", "date"),
    "closure's hours overlap": (
        '["09:00-11:00"]',
        '["09:00-11:00", "10:00-12:00"]  # !',
        "closures[0].hours[1]",
        "begins before",
    ),
    "way to pay unknown": ('["bancontact"]', '["shells"]  # !', "payment.taken[0]", "one of"),
    "taken and not taken": (
        'not_taken = ["cash"]',
        'not_taken = ["bancontact"]  # !',
        "payment.not_taken[0]",
        "under taken",
    ),
    "deposit of both kinds": ("percent = 20", 'amount = "20"\npercent = 20  # !', "deposit.percent", "not both"),
    "share above the whole": ("percent = 20", "percent = 120  # !", "deposit.percent", "1 to 100"),
    "cancellation of both kinds": (
        'fee = "40"',
        'fee = "40"\nfee_percent = 50  # !',
        "cancellation.fee_percent",
        "not both",
    ),
    "practitioner's treatment is not in the file": (
        'treatments = ["botulinum_toxin"]',
        'treatments = ["botulinum_toxin", "hifu"]  # !',
        "practitioners[0].treatments[1]",
        "offered",
    ),
    "practitioner's treatment is not offered": (
        'treatments = ["botulinum_toxin"]',
        'treatments = ["facelift"]  # !',
        "practitioners[0].treatments[0]",
        "offered",
    ),
    "practitioner's language has no name": (
        'languages = ["nl"]',
        'languages = ["zz"]  # !',
        "practitioners[0].languages[0]",
        "no language",
    ),
    "slug unknown": ('slug = "chemical_peel"', 'slug = "magic_peel"  # !', "treatments[1].slug", "table of treatments"),
    "slug twice": ('slug = "facelift"', 'slug = "botulinum_toxin"  # !', "treatments[2].slug", "twice"),
    "offered is a word": ("offered = false", 'offered = "no"  # !', "treatments[2].offered", "true or false"),
    "not offered but priced": (
        "offered = false",
        'price = "1"\noffered = false  # !',
        "treatments[2].offered",
        "has a price",
    ),
    "alternative not offered": (
        'alternatives = ["chemical_peel"]',
        'alternatives = ["hifu"]  # !',
        "treatments[2].alternatives[0]",
        "offered",
    ),
    "price and variants": ('currency = "CHF"', 'currency = "CHF"\nprice = "1"  # !', "treatments[0].price", "not both"),
    "price is a float": ('price = "95"', "price = 95.5  # !", "treatments[1].price", "amount"),
    "price is a bare number": ('price = "95"', "price = 95  # !", "treatments[1].price", "amount"),
    "price with a comma": ('price = "95"', 'price = "95,00"  # !', "treatments[1].price", "point"),
    "price below nothing": ('price = "95"', 'price = "-95"  # !', "treatments[1].price", "amount"),
    "price that is no number": ('price = "95"', 'price = "NaN"  # !', "treatments[1].price", "amount"),
    "float within a price": (
        'from = "320.00"',
        "from = 320.0 }  # !\n# {",
        "treatments[0].variants[1].price.from",
        "amount",
    ),
    "from above to": ('to = "400.50" }', 'to = "300" }  # !', "treatments[0].variants[1].price.to", "not below from"),
    "to without from": (
        '{ from = "320.00", to = "400.50" }',
        '{ fixed = "320", to = "400" }  # !',
        "treatments[0].variants[1].price.to",
        "not below from",
    ),
    "empty price": ('price = "95"', "price = {}  # !", "treatments[1].price", "fixed amount"),
    "currency unknown": ('currency = "CHF"', 'currency = "francs"  # !', "treatments[0].currency", "three letters"),
    "synonym under two treatments": (
        'currency = "CHF"',
        'currency = "CHF"\nsynonyms.nl = ["Verse Start"]  # !',
        "treatments[0].synonyms",
        "two treatments",
    ),
    "promotion ends before it begins": ("to = 2026-11-30", "to = 2026-10-30  # !", "promotions[0].to", "before from"),
    "promotion on what is not offered": (
        'treatments = ["chemical_peel"]',
        'treatments = ["facelift"]  # !',
        "promotions[0].treatments[0]",
        "offered",
    ),
    "promotion of both kinds": (
        "percent_off = 10",
        'price = "80"\npercent_off = 10  # !',
        "promotions[0].percent_off",
        "not both",
    ),
    "question not in the first language": (
        "questions.nl =",
        "questions.fr = ['?']  # !\n# ",
        "faqs[0].questions",
        "first language",
    ),
    "colour by name": ('"#112233"', '"red"  # !', "widget.accent", "hex"),
    "consent without its text": (
        '[consent]\nrequired = true\ntext = "Gaat u akkoord?"',
        "[consent]  # !\nrequired = true",
        "consent.text",
        "missing",
    ),
    "idle longer than fifteen minutes": (
        "idle_minutes = 10",
        "idle_minutes = 16  # !",
        "quotas.idle_minutes",
        "1 to 15",
    ),
    "hours beyond eight": ("idle_minutes = 10", "max_hours = 9  # !", "quotas.max_hours", "1 to 8"),
    "a table where a list of tables belongs": ("[[faqs]]", "[faqs]  # !", "faqs", "list"),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS.keys())
def test_a_faulty_file_is_refused_with_line_field_and_reason(case):
    old, new, field, reason = case
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "# !" in row)

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(text, file_id="zonnehof")

    assert (line, field) in [(fault.line, fault.field) for fault in raised.value.faults]
    told = next(fault.reason for fault in raised.value.faults if fault.field == field)
    assert reason in told


def test_every_fault_is_reported_in_the_order_of_lines():
    text = GOOD.replace("Zonnepad 1", " ").replace('"95"', "95.5").replace('= "eu"', "= 7")

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(text, file_id="zonnehof")

    assert [(fault.line, fault.field) for fault in raised.value.faults] == [
        (4, "region"),
        (13, "address.street"),
        (67, "treatments[1].price"),
    ]


def test_every_contradiction_is_reported_at_once():
    text = GOOD.replace('"BE"', '"XX"').replace("2027-01-03", "2020-01-03").replace('"09:00-12:00"', '"12:00-12:00"')

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(text, file_id="maanhof")

    assert [fault.field for fault in raised.value.faults] == ["id", "country", "hours.friday[0]", "closures[1].to"]


def test_a_fault_never_quotes_a_value():
    text = GOOD.replace("hallo@zonnehof.example", "geheim@@x").replace("+3220000199", "0470geheim")

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(text, file_id="zonnehof")

    assert len(raised.value.faults) == 2
    assert "geheim" not in str(raised.value)


def test_lines_count_alike_with_windows_line_ends():
    text = GOOD.replace('"95"', "95.5").replace("\n", "\r\n")

    with pytest.raises(ClinicFault) as raised:
        parse_clinic(text, file_id="zonnehof")

    assert [fault.line for fault in raised.value.faults] == [67]


def test_a_document_nested_beyond_reason_is_a_fault_and_no_crash():
    with pytest.raises(ClinicFault, match="nested too deeply"):
        parse_clinic("x = " + "[" * 50_000, file_id="zonnehof")
