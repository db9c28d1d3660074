"""Messages with personal data marked as ``«text|entity»``: exactly what is marked must go, and nothing else."""

from __future__ import annotations

import re

import pytest

from deploy.weights import weights
from schemas.taxonomy import Entity, Language
from workers.sanitiser.engine import Engine
from workers.sanitiser.keep import keep_words
from workers.sanitiser.redact import Finding

ENGLISH = """
hi I'm «Emma Vandenbroucke|name», mail «emma.vdb@gmail.com|email», tel «0478 12 34 56|phone», how much is botox?
my name is «priya raman|name» and i'd like a filler
My name is «Rose|name», do you do peels?
I'm «Will Turner|name», can you call me on «+44 7911 123456|phone»
you can text me: «07911 123 456|phone»
call me on «(212) 555-0187|phone» please
my number is «212.555.0187|phone»
I live at «12 High Street, London SW1A 1AA|location»
i live in «manchester|location», is there parking?
my dob is «12/03/1985|date_of_birth», am I too old?
born on «March 3rd, 1990|date_of_birth»
I was born in «1985|date_of_birth», is that ok for a lift
my NHS number is «943 476 5919|id»
ssn «078-05-1120|id»
card «4111 1111 1111 1111|card» cvv «123|card»
«jane (at) mail dot com|email» please
write to «jane.doe at gmail dot com|email»
my insta: «@jane.doe_x|handle»
ig «jane_doe22|handle»
see «https://photos.example.com/a/b?c=1|url» for my nose
my ip is «192.168.10.24|ip»
Can I book lips? Kind regards, «Sarah O'Brien|name»
my daughter «Lotte|name» wants her ears done
can I see you with my husband «Karim|name»?
Mrs «Abernathy|name» told me to come
number: «oh four seven eight one two three four five six|phone»
refund to «GB29 NWBK 6016 1331 9268 19|iban» please
booking under the name: «Chloe Baker|name»
"""
FRENCH = """
je m'appelle «marie dupont|name», j'habite à «gand|location»
Bonjour, moi c'est «Karim|name», un rdv pour le botox ?
je suis «Sophie|name» et j'ai 34 ans
mon numéro c'est «06 12 34 56 78|phone»
appelez-moi au «+33 6 12 34 56 78|phone»
«0032 478/12.34.56|phone» merci
mon gsm «0478/123456|phone»
«jean point dupont arobase gmail point com|email» svp
mon mail est «jean.dupont@orange.fr|email»
J'habite «12 rue du Vieux Moulin 1000 Bruxelles|location»
j'habite «rue de la Loi 16, 1000 Bruxelles|location»
née le «3 mai 1985|date_of_birth», je voudrais un lifting
rdv le 12/12/2026, je suis né le «12/12/1976|date_of_birth»
mon registre national «85.07.30-033.28|id»
numéro de sécu «2 85 05 78 006 084 36|id»
remboursement sur «BE68 5390 0754 7034|iban» merci beaucoup
Cordialement, «Marie Dupont|name»
Madame «Lefebvre|name» m'a conseillé le botox
mon insta c'est «marie.dpt|handle»
zéro quatre c'est le début: «zéro quatre sept huit douze trente-quatre cinquante-six|phone»
c'est au nom de «Yasmina El Amrani|name»
"""
DUTCH = """
ik ben «sofie de smet|name»
ik kom helemaal uit «Zottegem|location» met de trein
ik heet «Jan Van den Broeck|name» en wil botox
mijn naam is «fatima el idrissi|name», kan ik morgen komen
bel me op «0478 12 34 56|phone» aub
mijn nummer is «+32 (0)478 12 34 56|phone»
«06-12345678|phone» is mijn nummer
ik woon in «gent|location», is er parking?
Ik woon in de «Kerkstraat 12 bus 3, 9000 Gent|location»
mijn adres is «Stationsstraat 5, 2800 Mechelen|location»
ik woon «1012 AB Amsterdam|location»
geboren op «12-03-1985|date_of_birth»
mijn bsn is «123456782|id»
rijksregisternummer «85073003328|id»
«jan punt peeters apenstaartje gmail com|email»
mail naar «jan.peeters@telenet.be|email» graag
terugstorten op «NL91 ABNA 0417 1643 00|iban» graag
wil graag afspraak bij jullie, groetjes «Sofie|name»
met vriendelijke groeten «Tom Wouters|name»
mevr. «Claes|name» zei dat het pijn doet
«nul vier zeven acht twaalf vierendertig zesenvijftig|phone»
mijn vriendin «Joke|name» kwam vorige week
mijn insta is «sofie_ds|handle»
"""
GERMAN = """
ich bin der «Uwe|name» aus «Bremen|location»
ich heiße «Thomas Müller|name» und bin 35
mein Name ist «aylin yilmaz|name», was kostet Botox
Frau «Schneider|name» hat mich überwiesen
meine Nummer ist «0171 2345678|phone»
Rufen Sie mich an: «+49 171 2345678|phone»
«030 12345678|phone» tagsüber
ich wohne in «Köln|location», gibt es Parkplätze?
ich wohne in der «Musterstr. 5 in 50667 Köln|location»
geboren am «03.05.1985|date_of_birth», bin ich zu alt?
«max punkt mustermann klammeraffe gmx punkt de|email»
meine Mail: «max.mustermann@web.de|email»
IBAN «DE89 3704 0044 0532 0130 00|iban» bitte
AHV-Nummer «756.9217.0769.85|id»
Mit freundlichen Grüßen «Sabine Krüger|name»
Viele Grüße, «Jonas|name»
meine Tochter «Lena|name» hat Akne
mein insta heißt leider nicht so: ig «lena.m_99|handle»
«null eins sieben eins zwei drei vier fünf sechs sieben acht|phone»
"""
_MARK = re.compile(r"«(.*?)\|(\w+)»")


def _case(marked: str) -> tuple[str, list[Finding]]:
    findings: list[Finding] = []
    text, done = "", 0
    for mark in _MARK.finditer(marked):
        text += marked[done : mark.start()]
        findings.append(Finding(Entity(mark[2]), len(text), len(text) + len(mark[1])))
        text += mark[1]
        done = mark.end()
    return text + marked[done:], findings


MESSAGES = [
    pytest.param(language, marked, id=f"{language.value}: {marked[:50]}")
    for language, block in (
        (Language.EN, ENGLISH),
        (Language.FR, FRENCH),
        (Language.NL, DUTCH),
        (Language.DE, GERMAN),
    )
    for marked in block.strip().splitlines()
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(weights())


@pytest.mark.parametrize("language, marked", MESSAGES)
def test_what_is_personal_goes_and_the_rest_stays(engine: Engine, language: Language, marked: str):
    text, expected = _case(marked)
    found = engine.analyse(text, language=language, keep=keep_words(None))
    assert [(f.entity.value, text[f.start : f.end]) for f in found] == [
        (f.entity.value, text[f.start : f.end]) for f in expected
    ]
    assert found == expected
