"""Numbers of things, days of treatments and lists: they look like somebody's number or birth, and are nobody's."""

from __future__ import annotations

import pytest

from schemas.taxonomy import Entity
from workers.sanitiser.engine import findings
from workers.sanitiser.glance import glance
from workers.sanitiser.keep import keep_words
from workers.sanitiser.normalise import normalise
from workers.sanitiser.recognisers import PATTERNS
from workers.sanitiser.redact import redact

HARMLESS = r"""
the syringe says LOT 23A0417 and exp 03/2028
lot nr 0417 88 23 ok?
batch no. B4471 0921, is it real
batch 20417-88
Charge C 118 440 2, verwendbar bis 04.2029
Chargennummer 77184022
numéro de lot 7718 40 22
lotnummer VB 20 4417
serie 2026-0418 teruggeroepen?
série 118 440 22 rappelée
article 8717 0641 22 en stock ?
artikelnummer 4408.221.7
Art.-Nr. 118-440-22
pzn 11877440
cnk 3118-440
ean 3401560418822
EAN-code 8717064122345
ref 33378755 de la crème lrp
crème réf. 118 440 22, vous vendez ?
serum, referentie 40.418.22
gutschein 2027-0112 einlösen
voucher no 7741-22-08
cadeaubon nr 118-44022 nog geldig?
chèque-cadeau 2026-41822
gift card 7741-2208
shade 02 04 06 08
shades 11 12 21 22
teinte 01-02-03-04
kleur 12 14 16 18 of 20
farbe 0418 oder 0422
nuances 11, 12, 13, 14
04 06 08 10 shade of that brand
model 6417-2208 or 7418-2209
modèle 118 440 22
gerät SN-4 118 4402
BB 118 440 22 op het doosje
418 220 117 on the box, fake?
11844022 steht auf der packung
spf 30 50 50+
SPF 50 30 20
litteken van 3 mei 2004
litteken op 12-03-2001 gekregen
scar from 4 june 2009
cicatrice du 3 mai 2011
narbe vom 03.04.2009
operatie van 3/4/2012
tattoo from 12.03.2005
tatouage du 3/4/2006
ongeval op 4 mei 2010
photo du 3/4/2012
césarienne le 3/4/2013
rosacea sinds 02-2014
since 03/2012 redness
exp 2028-02
périmé 03/2027
geldig tot 04/2029
mijn dochter wil 12/12/2026 komen
my daughter can come 12/12/2026
kan mijn moeder op 3/4/2027
für meine tochter am 12.12.2026 um 10 uhr
ma fille le 12/12/2026 à 14h
mon mari le 3/4/2027
i'm 34 and had botox 3.2.24
ik ben 12 maanden geleden op 3/4/24 geweest
mon 7, tue 8 or thu 10
ma 3, di 4 of wo 5
ik ben van 10 tot 12 vrij
je suis de 14 à 18h dispo
promo de 50 € ou 78 séances
promo 20% jusqu'au 31
class of 20 people
an 86 euro baby botox
baby botox 20 units
15 baby botox
born 3 weeks ago
year 2024 or 2025
may thirty people come along?
3 mei dertig eenheden
twee of drie, vier keer
one, two, three or four areas
twenty, thirty, forty or fifty units
dix, vingt, trente unités
zehn, zwanzig, dreißig Einheiten
eins zwei drei vier fünf sechs
one two three four five six seven eight nine
opening hours 9.30-12.00, 13.00-18.00
09.00-12.30, dan 13.30-18.00
12/12 dan 14/12 of 16/12
12/12 puis 19/12 puis 26/12
01.02. dann 08.02. dann 15.02.
0,5 dan 1,0 dan 1,5 ml
150 dan 200 dan 250 euro
carte fini 06/2027, numero 3
parking niveau -2 place 114
TRAM 92 or BUS 38 from the parking
auto parkeren kost 4 EUR 20
voiture au parking, 2 H 30 max
my car takes 20 min from M22
op maat 12 - 14
i had my last session on 3/4/24, im 40
ik ben 45 en had botox op 3-2-2023
ben 30, afspraak 12/1/27
j'ai 28 ans, rdv le 3/4/26
bin 33, termin 3.4.27
kan het op 12-3-'27
le 3 mars trente minutes
twee maart tien uur
am dritten März um elf
am dritten dritten
de derde of de vierde
first or second of march
the second third of my forehead
twelve twelve minute sessions
vier vier maanden
zwei drei mal
een twee drie vier vijf zes zeven acht
vijf, tien, vijftien, twintig
dix, vingt, trente, quarante
dann dreimal die woche
drei mal die zwei zonen
0,5 komma 1 ml
2 mal die 50 euro
10 puis 20 puis 30 unités
1 then 2 then 3 sessions
06 dan 07 of 08 februari
in week 06 dan week 08
0800 to 1200 then 1300 to 1700
von 08 bis 12 dann 13 bis 18 uhr
12.30 dan 14.00
class of drugs 22 mg
vintage 2009 laser
bouwjaar van het toestel 2019
jahrgang des geräts 2020
model uit 2018
toestel is van 2015
de laser is van 2016
ist das gerät von 2016?
la machine est de 2014
the study is from 2015
mijn litteken is van 2012
ma cicatrice est de 2011
meine narbe ist von 2010
my tattoo is from 2009
mijn implantaten zijn van 2008
mes implants sont de 2007
die füllung ist von 2019
het recept is van 12/03/2016
mon ordonnance est du 12/03/2016
foto is van 3/4/2016
my photo is from 3/4/2016
we are 20 people from 9 to 5
je suis de 50 kg passée à 45
ich bin von 80 auf 70 kg
ik ben van 80 naar 70 kg gegaan
wij zijn van 30 tot 40 personen
baby 3 maanden oud
2 babies 18 months
a 12 baby wipes pack
70er jahre look
in de jaren 80
ein 30er pack
50er faltencreme
bin 50er größe
je fais du 38
taille 38 ou 40
my son is 12, weight 40
mijn zoon is 16 jaar
mon fils 14 ans acné
parking 2 AB 12
auto op niveau P-2 plek 114
de wagen staat op plaats A-12
place de parking B-214
garage box 12-A
mini 2 BB 12 laser
polo of t-shirt 12-14
i take the car, a 45 min drive
kom met de auto, E 19 file
ik rijd E40 dan A12
sortie 12 de la E411 en voiture
autoroute A 12 sortie 3
autobahn A 31 abfahrt 12
take the A12 by car
room AB 12
P 2000
B12 injecties 1000 mcg
vitamine B 12 en D 3
"""
NOTHING_KEPT = keep_words(None)
WITH_A_SHAPE = [find for name, find in PATTERNS if name not in {Entity.NAME, Entity.LOCATION}]


@pytest.mark.parametrize("text", HARMLESS.strip().splitlines())
def test_what_is_nobodys_stays(text: str):
    message = normalise(text)
    seen = glance(message.text)
    found = findings((match for find in WITH_A_SHAPE for match in find(seen)), message, NOTHING_KEPT)
    assert redact(text, found) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("voucher is for my sister, 0478 12 34 56", id="a word of a thing elsewhere"),
        pytest.param("gutschein 0151 23456789", id="a whole telephone number"),
        pytest.param("lot 4 van de tombola, bel 0478123456", id="a cue of its own"),
        pytest.param("box 12, 0478 12 34 56", id="an address"),
    ],
)
def test_a_telephone_number_beside_a_thing_goes(text: str):
    message = normalise(text)
    seen = glance(message.text)
    found = findings((match for find in WITH_A_SHAPE for match in find(seen)), message, NOTHING_KEPT)
    assert Entity.PHONE in {finding.entity for finding in found}
