import pytest

from schemas.taxonomy import Language
from workers.llm.quantities import Kind, quantities, readable

EN, FR, NL, DE = Language.EN, Language.FR, Language.NL, Language.DE


def meanings(text, language, kind=None):
    found = quantities(readable(text), language)
    return [" | ".join((q.meaning, *q.other)) for q in found if kind in (None, q.kind)]


@pytest.mark.parametrize(
    "language,text,amounts",
    [
        (EN, "€1,200.50 or EUR 90", ["1200.5 EUR", "90 EUR"]),
        (DE, "1.200,50 € oder 90,- Euro", ["1200.5 EUR", "90 EUR"]),
        (FR, "1\u202f200 € ou 90€", ["1200 EUR", "90 EUR"]),
        (NL, "€ 180,- tot 250 euro", ["180 EUR", "250 EUR"]),
        (DE, "180.– CHF, CHF200, 5 Franken", ["180 CHF", "200 CHF", "5 CHF"]),
        (EN, "£20, $30, 40 pounds, 50 bucks", ["20 GBP", "30 USD", "40 GBP", "50 unknown"]),
        (EN, "between €180 and 250 euros", ["180 EUR", "250 EUR"]),
        (EN, "€180-250", ["180 EUR", "250 EUR"]),
        (EN, "2 x 180 = 360 euros", ["2 EUR", "180 EUR", "360 EUR"]),
        (EN, "a hundred and eighty euros", ["180 EUR"]),
        (FR, "cent quatre-vingts euros", ["180 EUR"]),
        (NL, "honderdtachtig euro", ["180 EUR"]),
        (DE, "einhundertachtzig Euro", ["180 EUR"]),
        (DE, "zweitausenddreihundertfünfzig Euro", ["2350 EUR"]),
        (EN, "it costs 180", ["180 ?"]),
        (FR, "le prix est de 180", ["180 ?"]),
        (EN, "the price for two areas is €270", ["270 EUR"]),
        (EN, "１８０ €", ["180 EUR"]),
        (EN, "50 cents", ["0.5 EUR"]),
        (DE, "Das ist kostenlos.", ["free"]),
        (FR, "C'est gratuit.", ["free"]),
        (EN, "Feel free to ask", []),
    ],
)
def test_amounts_are_read_however_they_are_written(language, text, amounts):
    assert meanings(text, language, Kind.MONEY) == amounts


@pytest.mark.parametrize(
    "language,text,found",
    [
        (EN, "24 hours", ["1440 minutes"]),
        (EN, "half an hour", ["30 minutes"]),
        (EN, "three to five days", ["4320 minutes", "7200 minutes"]),
        (FR, "24 heures", ["1440 minutes | 00:00"]),
        (FR, "une demi-heure", ["30 minutes"]),
        (FR, "quatre à six mois", ["4 months", "6 months"]),
        (FR, "un an", ["12 months"]),
        (NL, "anderhalf uur", ["90 minutes"]),
        (NL, "vier uur", ["240 minutes | 04:00"]),
        (DE, "30-minütige", ["30 minutes"]),
        (DE, "einen schönen Tag", []),
        (EN, "have a nice day", []),
        (DE, "unter 50 an", []),
    ],
)
def test_durations_have_one_meaning(language, text, found):
    assert meanings(text, language, Kind.DURATION) == found


@pytest.mark.parametrize(
    "language,text,found",
    [
        (EN, "9:00 to 5 pm", ["09:00", "17:00"]),
        (EN, "9 to 5 pm", ["09:00 | 21:00", "17:00"]),
        (EN, "noon, half past nine", ["09:30 | 21:30", "12:00"]),
        (FR, "de 9h à 12 h 30, à midi", ["09:00", "12:30", "12:00"]),
        (FR, "l'après-midi", []),
        (NL, "9.30-12.30 uur", ["09:30", "12:30"]),
        (DE, "von 9 bis 13 Uhr, halb zehn", ["09:00", "13:00", "09:30 | 21:30"]),
    ],
)
def test_times_of_day(language, text, found):
    assert sorted(meanings(text, language, Kind.CLOCK)) == sorted(found)


@pytest.mark.parametrize(
    "language,text,found",
    [
        (EN, "31 January 2027, January 4th", ["2027-01-31", "01-04"]),
        (FR, "le 4 janvier", ["01-04"]),
        (DE, "31.01.2027, am 4. Januar", ["2027-01-31", "01-04"]),
        (DE, "am 25. und 26. Dezember", ["12-25", "12-26"]),
        (NL, "06.12.34.56.78", []),
    ],
)
def test_dates(language, text, found):
    assert meanings(text, language, Kind.DATE) == found


@pytest.mark.parametrize(
    "language,text,found",
    [
        (EN, "1 ml and 500 mg", ["1 ml", "500 mg"]),
        (FR, "50 unités, deux comprimés", ["50 iu", "2 piece"]),
        (NL, "dertig eenheden", ["30 iu"]),
        (DE, "zwei Tabletten", ["2 piece"]),
    ],
)
def test_doses(language, text, found):
    assert meanings(text, language, Kind.DOSE) == found


@pytest.mark.parametrize("text", ["onze kliniek", "one of our doctors", "vitamin B12", "SPF50"])
def test_words_that_only_look_like_numbers_are_none(text):
    assert [q for q in quantities(readable(text), NL) if q.kind is not Kind.BARE or q.value > 12] == []
