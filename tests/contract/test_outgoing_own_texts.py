"""Whatever a clinic's own file says may be said to whoever asks for it: in all its languages, in other words too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from schemas.clinic import Clinic
from schemas.clinic_files import ClinicFiles
from schemas.clinic_parts import WEEKDAYS, Price
from schemas.taxonomy import CLINIC_TOPIC, Intent, Language
from schemas.treatments import display_name
from schemas.turns import RoutedTurn
from workers.llm.figures import clinic_lines, treatment_line
from workers.llm.judge import judge
from workers.llm.passages import passages
from workers.llm.published import Published
from workers.llm.sentences import Sentences
from workers.router.answers import ANSWERS, compose
from workers.router.understand import understand

FOLDER = Path(__file__).parents[2] / "deploy" / "clinics"
CLINICS = {
    name: clinic for name in ("clinique-lumiere", "huidkliniek-noord") if (clinic := ClinicFiles.load(FOLDER).get(name))
}
PUBLISHED = {name: Published(clinic) for name, clinic in CLINICS.items()}
TODAY = dt.date(2026, 11, 23)
EVERYWHERE = [
    pytest.param(clinic, language, id=f"{name}-{language}")
    for name, clinic in CLINICS.items()
    for language in clinic.languages
]
DAYS = {
    Language.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    Language.FR: ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    Language.NL: ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    Language.DE: ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
OPEN = {
    Language.EN: "On {day} we are open from {opens:%H:%M} to {closes:%H:%M}.",
    Language.FR: "Le {day}, nous sommes ouverts de {opens:%Hh%M} à {closes:%Hh%M}.",
    Language.NL: "Op {day} zijn wij open van {opens:%H.%M} tot {closes:%H.%M} uur.",
    Language.DE: "Am {day} haben wir von {opens:%H.%M} bis {closes:%H.%M} Uhr geöffnet.",
}
CLOSED = {
    Language.EN: "On {day} we are closed.",
    Language.FR: "Le {day}, la clinique est fermée.",
    Language.NL: "Op {day} zijn wij gesloten.",
    Language.DE: "Am {day} haben wir geschlossen.",
}
COSTS = {
    Language.EN: ("{name} costs €{amount}.", "You pay {amount} euros for {name}.", "The price is {amount} EUR."),
    Language.FR: ("{name} : {amount} €.", "Comptez {amount} euros pour {name}.", "Le tarif est de {amount} €."),
    Language.NL: (
        "{name} kost € {amount}.",
        "U betaalt {amount} euro voor {name}.",
        "De prijs bedraagt {amount},- euro.",
    ),
    Language.DE: (
        "{name} kostet {amount} €.",
        "Sie zahlen {amount} Euro für {name}.",
        "Der Preis beträgt {amount} EUR.",
    ),
}


def asked(clinic: Clinic, language: Language, topic: str = CLINIC_TOPIC, intent: Intent = Intent.OTHER) -> RoutedTurn:
    """Return a turn about `topic` whose words name nothing."""
    fields = {"turn_id": "t", "clinic": clinic.id, "text": "?", "history": (), "reply_key": bytes(32), "budget_ms": 1}
    return RoutedTurn(language=language, topic=topic, intent=intent, **fields)


def faults(text: str, turn: RoutedTurn) -> list[tuple[str, str]]:
    """Return the rule and the sentence of what would be held."""
    judging = judge(turn, published=PUBLISHED[turn.clinic], today=TODAY, canary="c0ffee9a7b3d51e8")
    cut = Sentences()
    sentences = [*cut.feed(text), cut.rest()]
    return [(str(rule), sentence) for sentence in sentences if (rule := judging.rule_against(sentence))]


@pytest.mark.parametrize("clinic,language", EVERYWHERE)
def test_every_text_of_the_file_passes_for_its_own_topic(clinic: Clinic, language: Language) -> None:
    found = [
        (passage.topic, passage.intent.value, *fault)
        for passage in passages(clinic, language)
        for fault in faults(passage.text, asked(clinic, language, passage.topic, passage.intent))
    ]
    assert found == []


@pytest.mark.parametrize("clinic,language", EVERYWHERE)
def test_every_line_that_the_model_reads_may_be_repeated(clinic: Clinic, language: Language) -> None:
    lines = [(CLINIC_TOPIC, line) for line in clinic_lines(clinic, language, today=TODAY)]
    lines += [(t.slug, treatment_line(clinic, t, language)) for t in clinic.treatments]
    found = [(topic, line, *fault) for topic, line in lines for fault in faults(line, asked(clinic, language, topic))]
    assert found == []


@pytest.mark.parametrize("clinic,language", EVERYWHERE)
def test_every_price_passes_in_other_words(clinic: Clinic, language: Language) -> None:
    found = [
        (slug, *fault)
        for slug, name, price in _prices(clinic, language)
        for amount in price.amounts
        for phrase in COSTS[language]
        for fault in faults(
            phrase.format(name=name, amount=_written(f"{amount:f}", language)), asked(clinic, language, slug)
        )
    ]
    assert found == []


@pytest.mark.parametrize("clinic,language", EVERYWHERE)
def test_no_price_of_another_treatment_passes(clinic: Clinic, language: Language) -> None:
    """Each treatment with each amount of the file that is not its own and is none of the clinic's matters."""
    amounts = {amount for _, _, price in _prices(clinic, language) for amount in price.amounts if amount}
    held = passed = 0
    for treatment in clinic.treatments:
        own = {a for slug, _, price in _prices(clinic, language) if slug == treatment.slug for a in price.amounts}
        own |= {
            a
            for p in clinic.promotions_on(TODAY)
            if treatment.slug in p.treatments and p.price
            for a in p.price.amounts
        }
        own |= {a for p in clinic.promotions_on(TODAY) if treatment.slug in p.treatments for a in _amounts_in(p.text)}
        for amount in amounts - own:
            name = display_name(treatment.slug, language)
            text = COSTS[language][0].format(name=name, amount=_written(f"{amount:f}", language))
            held += bool(faults(text, asked(clinic, language, treatment.slug)))
            passed += not faults(text, asked(clinic, language, treatment.slug))
    assert held > 300
    assert passed == 0


@pytest.mark.parametrize("clinic,language", EVERYWHERE)
def test_every_opening_hour_passes_on_its_day_and_no_other(clinic: Clinic, language: Language) -> None:
    turn = asked(clinic, language, intent=Intent.HOURS)
    every = {interval for number in range(7) for interval in clinic.hours.on(number)}
    for number in range(7):
        day, own = DAYS[language][number], clinic.hours.on(number)
        for interval in every:
            text = OPEN[language].format(day=day, opens=interval.opens, closes=interval.closes)
            times = {time for part in own for time in (part.opens, part.closes)}
            true = {interval.opens, interval.closes} <= times
            assert bool(faults(text, turn)) != true, text
        assert bool(faults(CLOSED[language].format(day=day), turn)) == bool(own)
    assert len(WEEKDAYS) == len(DAYS[language])


def _prices(clinic: Clinic, language: Language) -> Iterator[tuple[str, str, Price]]:
    """Yield the prices of all treatments and their variants, with the names they go by."""
    for treatment in clinic.treatments:
        name = display_name(treatment.slug, language)
        if treatment.price:
            yield treatment.slug, name, treatment.price
        for variant in treatment.variants:
            yield treatment.slug, f"{name} ({clinic.say(variant.name, language)})", variant.price


def _amounts_in(text) -> list:
    """Return the whole numbers of a promotion's text: old and new price."""
    return [int(word) for word in "".join(c if c.isdigit() else " " for c in text.en).split()]


def _written(amount: str, language: Language) -> str:
    """Return an amount as it is written in `language`."""
    whole, _, cents = amount.partition(".")
    if cents.strip("0"):
        return f"{whole}.{cents}" if language is Language.EN else f"{whole},{cents}"
    if len(whole) > 3:
        mark = {Language.EN: ",", Language.FR: " "}.get(language, ".")
        whole = f"{whole[:-3]}{mark}{whole[-3:]}"
    return whole


@pytest.mark.parametrize("clinic,language", EVERYWHERE)
def test_the_routers_answers_would_pass_too(clinic: Clinic, language: Language) -> None:
    """They are true by construction and worded by another part: each intent, and each treatment for those about one."""
    now = dt.datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo(clinic.time_zone))
    about_treatments = (Intent.OFFER, Intent.PRICE, Intent.DURATION)
    asking = [(intent, CLINIC_TOPIC) for intent in ANSWERS if intent not in about_treatments]
    asking += [(intent, treatment.slug) for intent in about_treatments for treatment in clinic.treatments]
    heard = understand("?", history=(), language=language, clinic=clinic)
    found: list[tuple[str, ...]] = []
    for intent, topic in asking:
        understood = heard._replace(
            intents=(intent,), lead=intent, topic=topic, treatments=(topic,) if topic != CLINIC_TOPIC else ()
        )
        answer = compose(understood, clinic=clinic, language=language, now=now)
        if answer is not None:
            found += [(intent, topic, *fault) for fault in faults(answer.text, asked(clinic, language, topic, intent))]
    assert found == []
