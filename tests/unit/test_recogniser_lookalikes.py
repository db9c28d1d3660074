"""What looks like a number, an address or a date of birth, and is none: prices, hours, devices, doses, counting."""

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
botox from 250 or 300 or 350?
is it 1.200 or 1,200 euros for 2 syringes
0,5 ml 1,0 ml 1,5 ml what is the difference
0.55 1.1 ml
i had 20 units in 2019, 25 in 2020 and 30 in 2021
treatments in 2018, 2019, 2020
open 9-17? or 09:00-18:00?
09.00 - 12.30 en 13.30 - 18.00
9h00-12h30 / 13h30-18h
op 12/12 om 14u30 of 15u
le 24/12/2026 à 10h
am 03.04.2027 um 14:30 Uhr
between 10 and 12 on 5/6 or 6/6
2500 3000 3500 grafts
2500-3000 grafts ok?
4000 grafts for norwood 5
M22 of M22 IPL 560 590 640 nm filter
Nd:YAG 1064 and Alex 755
755/1064 laser
laser 1064 755 808
diode 810 940 1060
HIFU 1.5 3.0 4.5 mm 600 lines
HIFU 4.5 3.0 1.5 12.000 shots
morpheus8 3 x 450 = 1350
3 x 199 of 6 x 179
1 zone 150 2 zones 250 3 zones 320
150 / 250 / 320 ?
prix 90 120 150 180
65 € 75 € 85 €
CHF 1'250.- oder 1250
€ 1.250,00 or $1,350.00
price list 2025 2026
1 800 000 views lol
10 000 euros
budget 2 000 3 000
i am 34, 1m72, 65 kg, bmi 22
taille 175 poids 62
80/120 blood pressure
120/80
spf 50 factor 30
I'm 41 and she is 38
fitzpatrick 4 to 5
norwood 3 vertex
roaccutane 20 mg for 6 months in 2022
L-thyroxine 75 100 125
vitamin d 25000
ferritin 18 tsh 4.92 hb 12.5
covid19 2021
iphone 15 pro max 256
windows 11 version 24H2
android 14 firefox 128.0.6
error 404 on your site
step 1 2 3 4 5 6
1 2 3 4 5 6 7 8 9 10
one two three sessions
un deux trois zones
één twee drie sessies
eins zwei drei Behandlungen
one or two or three or four areas
five six or seven sessions
zes zeven keer al gedaan
deux trois quatre séances
de 2 à 3 séances à 4 semaines
4 weeks then 6 weeks then 3 months
24/7 available?
50/50 chance
18+ only?
100% sure
1/2 syringe
1/2 ml or 1 ml
2x1ml
0.5ml x2
10.30 11.30 12.30 slots?
10:30, 11:00, 11:30, 12:00
slots at 1030 1130 1430?
between 1000 and 1400
ring 10 min before
call me at 10.30
bel me om 14.30
appelez moi à 10h30
text before 18 00
bus 38 or tram 92
room 204 floor 2
postcode 1050 or 1000?
in 1050 brussels
9000 gent
parking level -2 spot 114
article 10 law of 23 may 2013
loi du 4 août 1996
the study from 2011-2015
since 12/03/2014 i have this scar
operated on 12/03/2014
ma dernière séance le 12/03/2016
laatste behandeling 3 mei 2015
opened in 1998?
since 1998
since the 1990s
in the year 2000
model 2024-25
form 1040
version 1.2.3
1.2.3.4 steps
10.5.2 release
radiesse 1.5 ml duo
sculptra 2 vials 8 ml
xeomin 100u or 50u
bocouture 2x50
dysport 500 units
azzalure 125
botox 100
allergan 4x50
belotero balance 1 ml
juvederm ultra 3 vs 4
volux 2 x 1ml
profhilo 2 sessions 30 days apart
prp 3x
ipl 3-5 sessions
plasma pen 12-18 months
aquagold 24k
co2 laser 10600 nm
rf 4 mhz 1 mhz
coolsculpting 8 cycles -11 °C
emsculpt 20000 contractions
20.000 contractions in 30 min
cost 1000-1500-2000
200-300-400?
3x zonder kosten
klarna in 3 or 4
iban needed?
do you take visa or amex
visa or mastercard?
is my phone number needed?
whats your number
wat is jullie telefoonnummer
numéro de tva sur la facture ?
do i need an id card
passport needed at 18?
do you need my national number
is a bsn necessary
insurance number needed?
tel. or mail?
voucher of 250
gift card 100 or 150
cadeaubon 75 100 125
promo code SUMMER25
code BLACKFRIDAY
code GLOW20 works?
use WELCOME10
flight BA2490 lands 10.45
gate B7
dr. smith said 3
follow you on insta
saw you on instagram
on tiktok they say no
seen on facebook yesterday
op insta stond 20% korting
sur insta vous dites 150
auf instagram stand 99 euro
are you on whatsapp?
can i send pics via whatsapp
snap filter lips
facebook reviews are great
e.g. lips/nose
z.b. stirn/zornesfalte
bzw. u.a. usw.
ok.merci
yes.no.maybe
hello.how are you
a.m. or p.m.
mon-fri 9-5
mo-fr 9-18
sa/so geöffnet?
und/oder
he/she
w/o pain
crow's feet/forehead
look at this
at home dot
at 3 dot
meet at point 5
het punt is
le point est
der punkt ist
my point at the end
chez vous point final
bei ihnen punkt 9
@ 250 euro
2 @ 150
see u @ 5
:-) 8) <3
10/10 would come back
1:1 consult
16:9
ratio 3:1 6:1
10::20
a b c d e f
born to be wild
birthday party on saturday
i was born with it
my baby was born 3 weeks ago
geboren met een moedervlek
geboorte was 12 weken geleden
accouchement il y a 6 mois
né avec
verjaardag vieren met 5 personen
age 45
45 jaar oud
jahrgang
ne fais rien le 12
nee 14/11 lukt niet
nee, 20 euro
ne pas le 14/11
insta 20k followers
x 275
4 x 275
line 4
signal 5
threads 20 or 30
pdo threads 20
threads cog 8 pcs
fils 10
card machine 5
amex 3 times
pin 4 mm
x.x
... 12 ...
nr 5 please
number 12 on the list
numéro 4
nummer 33 in de rij
file 2 of 3
ref 12
order 3
case 2
plaque 3 à 5 cm
plaques de 2 cm
plaat van 4 mm
reg 2
client since 2019
klant sinds 2023
patient depuis 2021
customer for 10 years
policy on cancellations 24h
police 24
visa 2 weeks
social 3
member 10%
student 10% korting
etudiant 15%
pas voor 14
pas avant 18h
pas 12 mais 14
pass on 3
nie 2 mal
nie mehr als 3
ein 2
no 5
tt 20
ce n'est pas 250 ?
dat is nooit 300
nie 300 gezahlt
facture 350
invoice 350 paid
order 300
client 250
visa 200
police 112
insurance pays 250
ma facture de 350
le 08/09 et le 09/09 pour une séance
07.08 en 08.08 om een uur
05/06 oder 06/06 um zwei
from 01/02 to 05/02, one person
0483 is be prefix
it was 0 then 100 then 250
0 30 60 90
0 1 2 3
0 to 10 scale
call me 9 to 5
bel tussen 9 en 12 of 14 en 17
ring between 0900 and 1700
bereikbaar van 0900 tot 1730
tel uur 3
appelez entre 14 et 16
number 2500 or 3000 grafts
ik heb nummer 1200 euro
no 300 no 400
"""
NOTHING_KEPT = keep_words(None)
WITH_A_SHAPE = [find for name, find in PATTERNS if name not in {Entity.NAME, Entity.LOCATION}]


@pytest.mark.parametrize("text", HARMLESS.strip().splitlines())
def test_what_only_looks_like_it_stays(text: str):
    message = normalise(text)
    seen = glance(message.text)
    found = findings((match for find in WITH_A_SHAPE for match in find(seen)), message, NOTHING_KEPT)
    assert redact(text, found) == text
