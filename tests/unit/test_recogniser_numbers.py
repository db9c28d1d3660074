"""Recognisers of numbers, each alone: what has the shape goes, checksum or not; what only looks like it stays."""

from __future__ import annotations

import pytest

from schemas.taxonomy import Entity
from workers.sanitiser.glance import glance
from workers.sanitiser.recognisers import card, date_of_birth, email, handle, iban, ids, ip, phone, url


def spans(find, text: str) -> list[str]:
    """Return what `find` reports in `text`, without spans inside others."""
    found = {(m.start, m.end) for m in find(glance(text))}
    whole = [(a, b) for a, b in found if not any(c <= a and b <= d and (a, b) != (c, d) for c, d in found)]
    return [text[a:b] for a, b in sorted(whole)]


@pytest.mark.parametrize(
    "number",
    [
        "0478 12 34 56",
        "0478/12.34.56",
        "0478123456",
        "+32478123456",
        "+32 (0)478 12 34 56",
        "0032 478 12 34 56",
        "32478123456",
        "478 12 34 56",
        "02 512 34 56",
        "06-12345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "+33 6 12 34 56 78",
        "6 12 34 56 78",
        "030 12345678",
        "0171/2345678",
        "+49 171 2345678",
        "+352 621 123 456",
        "621 123 456",
        "020 7946 0958",
        "07911 123456",
        "079 123 45 67",
        "+41 79 123 45 67",
        "(212) 555-0187",
        "212-555-0187",
        "+1 212 555 0187",
        "0 4 7 8 1 2 3 4 5 6",
        "0👉4👉7👉8👉1👉2👉3👉4👉5👉6",
        "0x4x7x8x1x2x3x4x5x6",
        "O478 l2 34 56",
    ],
)
def test_a_telephone_number_is_found_whole_in_every_style(number: str):
    text = f"ok {number} ok"
    assert number in spans(phone.find, text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("250 300 350 euro", id="prices"),
        pytest.param("1.200 of 1.500 €", id="thousands"),
        pytest.param("ND:YAG 1064 nm, M22", id="devices"),
        pytest.param("HIFU 1.5 3.0 4.5 mm", id="depths"),
        pytest.param("0.5 1.0 1.5 2.0 ml", id="doses that start with a nought"),
        pytest.param("09.00-18.00", id="opening times"),
        pytest.param("09:00 - 18:00, 09.00-18.00", id="two kinds of opening times"),
        pytest.param("0900-1800", id="opening times in four digits"),
        pytest.param("12/12/2026 14.30", id="an appointment"),
        pytest.param("01/02/2027", id="a date with noughts"),
        pytest.param("2024 2025 2026", id="years"),
        pytest.param("9000 Gent", id="postcode"),
    ],
)
def test_what_looks_like_a_telephone_number_stays(text: str):
    assert spans(phone.find, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "nul vier zeven acht twaalf vierendertig zesenvijftig",
        "oh four seven eight one two three four five six",
        "zéro quatre septante-huit douze trente-quatre cinquante-six",
        "null eins sieben eins zwei drei vier fünf sechs sieben acht",
        "0478-twaalf-34-56",
    ],
)
def test_a_number_in_words_is_found_whole(text: str):
    assert spans(phone.find, f"bel {text} graag") == [text]


@pytest.mark.parametrize(
    "text", ["één of twee sessies", "deux ou trois zones", "one, two or three areas?", "drei vier Tage"]
)
def test_counting_is_no_number(text: str):
    assert spans(phone.find, text) == []


@pytest.mark.parametrize(
    "text, account",
    [
        pytest.param("BE68 5390 0754 7034 graag terugbetalen", "BE68 5390 0754 7034", id="swallows no words after it"),
        pytest.param("be68539007547034", "be68539007547034", id="lower case, no spaces"),
        pytest.param("BE68 5390 0754 7035", "BE68 5390 0754 7035", id="wrong check digits go all the same"),
        pytest.param("NL91 ABNA 0417 1643 00 en dan", "NL91 ABNA 0417 1643 00", id="letters of a bank"),
        pytest.param("DE89 3704 0044 0532 0130 0 bitte", "DE89 3704 0044 0532 0130 0", id="a digit too few"),
        pytest.param("FR14 2004 1010 0505 0001 3M02 606 merci", "FR14 2004 1010 0505 0001 3M02 606", id="French"),
        pytest.param("LU28 0019 4006 4475 0000 ok", "LU28 0019 4006 4475 0000", id="Luxembourg"),
        pytest.param("CH93 0076 2011 6238 5295 7", "CH93 0076 2011 6238 5295 7", id="Swiss"),
    ],
)
def test_an_account_is_found_whole_and_alone(text: str, account: str):
    assert max(spans(iban.find, text), key=len) == account


@pytest.mark.parametrize("text", ["op 0478 12 34 56", "M22 1064 755", "is 212 555 0187", "in 2026 12 12 2027"])
def test_two_letters_before_a_number_are_no_account(text: str):
    assert spans(iban.find, text) == []


def test_a_checksum_only_chooses_the_label():
    valid, mistyped = "4111111111111111", "4111111111111112"
    assert [m.entity for m in card.find(glance(valid))] == [Entity.CARD]
    assert [m.entity for m in card.find(glance(mistyped))] == [Entity.ID]
    assert [m.entity for m in card.find(glance("4111 1111 1111 1112"))] == [Entity.CARD]


@pytest.mark.parametrize(
    "find, text, found",
    [
        pytest.param(date_of_birth.find, "geboren 3/5/85", ["3/5/85"], id="short date after a cue"),
        pytest.param(date_of_birth.find, "12.03.1985", ["12.03.1985"], id="a past year"),
        pytest.param(date_of_birth.find, "1985-03-12", ["1985-03-12"], id="year first"),
        pytest.param(date_of_birth.find, "rdv 12.03.2027", [], id="an appointment"),
        pytest.param(date_of_birth.find, "op 3 mei om 10u", [], id="a day without a year"),
        pytest.param(date_of_birth.find, "in 2019 had ik botox", [], id="a year alone"),
        pytest.param(ids.find, "85.07.30-033.28", ["85.07.30-033.28"], id="BE register"),
        pytest.param(ids.find, "2 85 05 78 006 084 36", ["2 85 05 78 006 084 36"], id="FR NIR"),
        pytest.param(ids.find, "756.9217.0769.85", ["756.9217.0769.85"], id="CH AHV"),
        pytest.param(ids.find, "AB 12 34 56 C", ["AB 12 34 56 C"], id="GB insurance"),
        pytest.param(ids.find, "12 345 678 901", ["12 345 678 901"], id="DE tax"),
        pytest.param(ids.find, "1985 0312 123 45", ["1985 0312 123 45"], id="LU matricule"),
        pytest.param(ids.find, "078-05-1120", ["078-05-1120"], id="US social security"),
        pytest.param(ids.find, "bsn: 12.34.56.782", ["12.34.56.782"], id="NL, named"),
        pytest.param(ids.find, "10000000 units", [], id="an amount"),
        pytest.param(email.find, "a.b+c@mail.co.uk.", ["a.b+c@mail.co.uk"], id="e-mail before a full stop"),
        pytest.param(email.find, "emma @ gmail . com", ["emma @ gmail . com"], id="spaced e-mail"),
        pytest.param(email.find, "a.b (ät) posteo (punkt) de", ["a.b (ät) posteo (punkt) de"], id="spelled in German"),
        pytest.param(email.find, "jan apestaartje telenet be", ["jan apestaartje telenet be"], id="spelled in Dutch"),
        pytest.param(email.find, "look at dot com", [], id="at is a word"),
        pytest.param(email.find, "botox @ 250 euro", [], id="at a price"),
        pytest.param(url.find, "zie https://x.be/a?b=1.", ["https://x.be/a?b=1"], id="scheme"),
        pytest.param(url.find, "merci.de rien, ok.be goed", [], id="no space after a full stop"),
        pytest.param(ip.find, "fe80::1ff:fe23:4567:890a", ["fe80::1ff:fe23:4567:890a"], id="IPv6"),
        pytest.param(ip.find, "10:30:00 or 1:1", [], id="a time"),
        pytest.param(handle.find, "ig emma_vdb", ["emma_vdb"], id="handle after a cue"),
        pytest.param(handle.find, "ik zag jullie op insta gisteren", [], id="a network without a handle"),
    ],
)
def test_the_shape_decides(find, text: str, found: list[str]):
    assert spans(find, text) == found
