"""The clinic's own words stay; the same words stay not when the visitor says that they are theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.weights import weights
from schemas.clinic import Clinic, parse_clinic
from schemas.taxonomy import Language
from workers.sanitiser.engine import Engine
from workers.sanitiser.keep import KeepWords, keep_words
from workers.sanitiser.redact import redact

FILE = Path("deploy/clinics/clinique-lumiere.toml")


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return parse_clinic(FILE.read_text("utf-8"), file_id=FILE.stem)


@pytest.fixture(scope="module")
def keep(clinic: Clinic) -> KeepWords:
    return keep_words(clinic)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(weights())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Is Clinique Lumière in Brussels?", id="its name and town"),
        pytest.param("does Dr Vantombe do lips?", id="a surname after a title"),
        pytest.param("can I see Dr Éloïse Vantombe", id="a full name"),
        pytest.param("avec Maëlle Roosbeek c'est possible ?", id="staff without a title"),
        pytest.param("dr peeterman said yes", id="a surname in lower case"),
        pytest.param("lips like Kylie Jenner", id="a famous person"),
        pytest.param("c'est bien Rue du Faux-Jour 12 ?", id="its street"),
        pytest.param("is +32 2 000 01 23 your number?", id="its phone, spaced"),
        pytest.param("j'écris à bonjour@clinique-lumiere.example ?", id="its e-mail"),
        pytest.param("I saw it on www.clinique-lumiere.example/botox", id="its site"),
        pytest.param("Profhilo, Sculptra of Restylane Kysse?", id="brands"),
        pytest.param("Juvederm Voluma vs Belotero Balance", id="brands that look like names"),
    ],
)
def test_the_clinics_own_words_stay(engine: Engine, keep: KeepWords, text: str):
    assert redact(text, engine.analyse(text, language=Language.EN, keep=keep)) == text


@pytest.mark.parametrize(
    "text, clean",
    [
        pytest.param("I live in Brussels", "I live in [location hidden]", id="the town, with a residence cue"),
        pytest.param("my name is Maëlle Roosbeek", "my name is [name hidden]", id="a staff name, as the visitor's"),
        pytest.param("ik ben Maëlle", "ik ben [name hidden]", id="a staff first name, as the visitor's"),
        pytest.param("call me on +32 2 000 01 24", "call me on [phone hidden]", id="a phone one digit away"),
        pytest.param(
            "I live at Kerkstraat 4, 1000 Brussels",
            "I live at [location hidden]",
            id="the clinic's town in the visitor's address",
        ),
        pytest.param(
            "it's Anna Peeterman here", "it's [name hidden] here", id="a surname of the staff in another's name"
        ),
        pytest.param("Dr Lambrechts sent me", "Dr [name hidden] sent me", id="another doctor"),
    ],
)
def test_the_visitors_own_go(engine: Engine, keep: KeepWords, text: str, clean: str):
    assert redact(text, engine.analyse(text, language=Language.EN, keep=keep)) == clean
