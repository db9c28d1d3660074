"""Which language a message is in."""

from __future__ import annotations

import time

import pytest

from schemas.taxonomy import Language
from workers.sanitiser.language import hear


@pytest.mark.parametrize(
    "text, language",
    [
        pytest.param("bonjour, vous faites le botox ? c combien", Language.FR, id="French chat"),
        pytest.param("Do you offer Botox and what does it cost?", Language.EN, id="English"),
        pytest.param("doet u botox en wat kost dat", Language.NL, id="Dutch without accents"),
        pytest.param("was kostet eine Behandlung", Language.DE, id="German"),
        pytest.param("Wieviel kostet das bei Ihnen?", Language.DE, id="German question"),
        pytest.param("c'est combien", Language.FR, id="two French words"),
        pytest.param("la clinique", Language.FR, id="two French words with an i, which is no Turkish dotless one"),
        pytest.param("hola, cuánto cuesta el botox", Language.OTHER, id="Spanish"),
        pytest.param("merhaba botoks ne kadar", Language.OTHER, id="Turkish"),
        pytest.param("كم سعر البوتوكس", Language.OTHER, id="Arabic"),
        pytest.param("сколько стоит ботокс", Language.OTHER, id="Russian"),
        pytest.param("ciao quanto costa il trattamento", Language.OTHER, id="Italian"),
    ],
)
@pytest.mark.parametrize("hint", list(Language))
def test_a_clear_message_is_heard_whatever_the_hint(text: str, language: Language, hint: Language):
    assert hear(text, hint=hint) is language


@pytest.mark.parametrize("hint", list(Language))
@pytest.mark.parametrize("text", ["ok", "Botox?", "0478 12 34 56", "😊👍", "", "Hydrafacial 2", "[name hidden]"])
def test_an_unclear_message_keeps_the_hint(text: str, hint: Language):
    assert hear(text, hint=hint) is hint


def test_a_long_message_takes_no_longer_than_its_first_words():
    began = time.thread_time()
    hear("wat kost dat " * 20_000, hint=Language.EN)
    assert time.thread_time() - began < 2
