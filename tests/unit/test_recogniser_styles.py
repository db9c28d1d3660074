"""Numbers, addresses and handles as people of nine countries type them: every one of them goes, whole."""

from __future__ import annotations

import re

import pytest

from schemas.taxonomy import Entity
from workers.sanitiser.engine import analyse_patterns
from workers.sanitiser.keep import keep_words
from workers.sanitiser.redact import redact

BELGIUM = """
call me «0486/33.21.09|phone» after 5
gsm «0486332109|phone»
mijn nummer: «+32 486 33 21 09|phone»
«+32(0)486332109|phone» graag
«0032486332109|phone»
bel «0486 332 109|phone» of mail
«(0486) 33.21.09|phone»
0486? nee: «0486-33-21-09|phone»
vast: «03/231.45.67|phone»
«016 22 44 66|phone» overdag
«O486 33 21 O9|phone»
tel «nul vier acht zes drieëndertig eenentwintig nul negen|phone»
mon gsm c'est le «zéro quatre cent quatre-vingt-six trente-trois vingt et un zéro neuf|phone»
«0486 trente-trois 21 09|phone»
«0486.33.21.09|phone» ou par mail
«0486  33  21  09|phone»
«0486_33_21_09|phone»
«0486 33 21 09|phone», 2 zones
«0486 33 21 09|phone» 2 zones
«0486*33*21*09|phone»
«0486📞33📞21📞09|phone»
bel «0486 33» wacht «21 09|phone»
rijksregisternummer «93.05.18-223.61|id»
rr «930518 223 61|id»
«93051822361|id»
NISS «93 05 18 223 61|id»
eID «592-1234567-89|id»
identiteitskaart nr «592 1234567 89|id»
btw «BE 0403.170.701|id»
ondernemingsnummer «0403.170.701|id»
nummerplaat «1-ABC-234|id»
«1ABC234|id» is mijn plaat, nummerplaat dus
mutualiteit lidnr «319 1234567 12|id»
IBAN «BE71 0961 2345 6769|iban»
«be71096123456769|iban»
«BE71-0961-2345-6769|iban» op naam
rekening «BE71.0961.2345.6769|iban»
"""
NETHERLANDS = """
«06 12345678|phone»
«06-12 34 56 78|phone»
«06.12.34.56.78|phone»
«0612345678|phone»
«+31 6 12345678|phone»
«+31(0)6-12345678|phone»
«0031612345678|phone»
«06 1 2 3 4 5 6 7 8|phone»
app me op «6 12345678|phone»
«020-1234567|phone» vast
«(050) 123 45 67|phone»
«0512-123456|phone»
«nul zes een twee drie vier vijf zes zeven acht|phone»
nul zes, dan «06 twaalf 34 56 78|phone»
mijn bsn «123456782|id»
BSN: «1234.56.782|id»
bsn «123 456 782|id»
paspoort «NW4R81CK2|id»
«IBR4K2L91|id» staat op mijn id
rijbewijsnummer «5123456789|id»
kenteken «XX-99-YB|id»
kenteken «99-xxx-9|id»
kenteken «G-123-BB|id»
polisnr «ZK 88123.4421|id»
relatienummer: «4471 8823|id»
IBAN «NL20 INGB 0001 2345 67|iban»
«NL20INGB0001234567|iban»
«nl20 ingb 0001 2345 67|iban» graag
btw-nummer «NL123456789B01|id»
"""
FRANCE = """
«06 98 76 54 32|phone»
«06.98.76.54.32|phone»
«06-98-76-54-32|phone»
«0698765432|phone»
«+33 6 98 76 54 32|phone»
«+33698765432|phone»
«0033 6 98 76 54 32|phone»
«+33 (0)6 98 76 54 32|phone»
«6 98 76 54 32|phone»
«01 42 68 53 00|phone» le matin
«zéro six quatre-vingt-dix-huit soixante-seize cinquante-quatre trente-deux|phone»
«06 quatre vingt dix huit 76 54 32|phone»
«06/98/76/54/32|phone»
NIR «1 85 05 78 006 084 36|id»
sécu «185057800608436|id»
n° de sécu : «2 69 05 49 588 157 80|id»
«2 69 05 2A 588 157 80|id»
carte d'identité «880692310285|id»
CNI «X4RTBPFW4|id»
passeport «14AA12345|id»
plaque «AB-123-CD|id»
immatriculation «ab 123 cd|id»
siret «552 081 317 66522|id»
permis de conduire n° «931075123456|id»
numéro client «C-204417|id»
IBAN «FR76 3000 6000 0112 3456 7890 189|iban»
«FR7630006000011234567890189|iban» merci
mutuelle adhérent «04417-882|id»
"""
GERMANY = """
«0151 23456789|phone»
«0151/23456789|phone»
«0151-234 567 89|phone»
«+49 151 23456789|phone»
«+49 (0) 151 / 234 567 89|phone»
«0049 151 23456789|phone»
«030/1234567|phone»
«030 123 45 67|phone»
«(030) 123456-78|phone»
«0 30 / 12 34 56 7|phone»
«04421 / 1 23 45|phone»
«null eins fünf eins zwo drei vier fünf sechs sieben acht neun|phone»
«0151 dreiundzwanzig 45 67 89|phone»
Handy «0151.234.56.789|phone»
Steuer-ID «12 345 678 901|id»
steuer id «12345678901|id»
Steuernummer «21/815/08150|id»
Personalausweis «L01X00T471|id»
perso «l01x00t47|id»
Versichertennummer «A123456789|id»
KVNR «a 123 456 789|id»
Rentenversicherungsnummer «65 170839 J 003|id»
Führerschein «B072RRE2I55|id»
Reisepass «C01X0006H|id»
Kennzeichen «B-MW 1234|id»
kennzeichen «ol-ab 123|id»
Kundennummer «4-481-991|id»
USt-IdNr. «DE 123456789|id»
IBAN «DE89370400440532013000|iban»
iban «de89 3704 0044 0532 0130 00|iban»
"""
LUXEMBOURG_AND_SWITZERLAND = """
«621 234 567|phone»
«+352 621 234 567|phone»
«00352621234567|phone»
tel «26 12 34 56|phone»
«(+352) 26 12 34 56|phone»
matricule «1985 05 12 123 45|id»
matricule «1985051212345|id»
CNS «1985 0512 12345|id»
«LU28 0019 4006 4475 0000|iban»
«079 123 45 67|phone»
«076/123.45.67|phone»
«+41 79 123 45 67|phone»
«0041791234567|phone»
«044 123 45 67|phone»
AHV «756.1234.5678.97|id»
AVS «7561234567897|id»
«756 1234 5678 97|id»
«CH93 0076 2011 6238 5295 7|iban»
UID «CHE-123.456.789|id»
"""
BRITAIN = """
«07700 900123|phone»
«07700900123|phone»
«+44 7700 900123|phone»
«+447700900123|phone»
«0044 7700 900 123|phone»
«(020) 7946 0123|phone»
«0161 496 0123|phone»
«01632 960 123|phone»
«+44 (0)20 7946 0123|phone»
«oh seven seven double oh nine hundred one two three|phone»
«07700 nine zero zero 123|phone»
mob: «7700 900123|phone»
«07700-900-123|phone»
NHS number «943 476 5919|id»
nhs no «9434765919|id»
NI «QQ123456C|id»
national insurance «QQ 12 34 56 C|id»
passport no «123456789|id»
driving licence «MORGA657054SM9IJ|id»
reg «AB12 CDE|id»
reg is «ab12cde|id»
hospital number «RX1234567|id»
«GB29 NWBK 6016 1331 9268 19|iban»
sort code 12-34-56 account «12345678|id»
"""
AMERICA_AND_NIGERIA = """
«(212) 555-0123|phone»
«212-555-0123|phone»
«212.555.0123|phone»
«2125550123|phone»
«+1 212 555 0123|phone»
«+1 (212) 555-0123|phone»
«1-212-555-0123|phone»
call «555-0123|phone»
«212 555 0123 ext. 45|phone»
SSN «123-45-6789|id»
ssn «123 45 6789|id»
social «123456789|id»
driver's license «D1234567|id»
driver license «D123-4567-8901|id»
DL# «D1234567|id»
Medicare «1EG4-TE5-MK73|id»
«0803 123 4567|phone»
«08031234567|phone»
«+234 803 123 4567|phone»
«+2348031234567|phone»
«0803-123-4567|phone»
whatsapp «234 803 123 4567|phone»
NIN «12345678901|id»
BVN «22123456789|id»
PESEL «85051212345|id»
TC kimlik «12345678950|id»
NIE «X-1234567-L|id»
DNI «12345678Z|id»
Aadhaar «2345 6789 0123|id»
"""
CARDS = """
«4539 1488 0343 6467|card»
«4539148803436467|card»
«4539-1488-0343-6467|card»
«4539.1488.0343.6467|card»
amex «3782 822463 10005|card»
«378282246310005|card»
visa «4539 1488 0343|card» then the rest
card «5425 2334 3010 9903|card» exp 04/28
cvc «123|card»
code de sécurité «987|card»
bancontact «6703 0000 0000 0000 3|card»
«４５３９ １４８８ ０３４３ ６４６７|card»
"""
ADDRESSES = """
«emma.jansen@gmail.com|email»
«EMMA.JANSEN@GMAIL.COM|email»
«emma.jansen+clinic@gmail.com|email» pls
«emma_jansen@sub.mail.co.uk|email».
«emma.jansen @gmail.com|email»
«emma.jansen@ gmail.com|email»
«emma.jansen@gmail|email»
«emma.jansen@gmail,com|email»
«emma.jansen@gmail .com|email»
«emma.jansen@gmail..com|email»
«emma jansen at gmail dot com|email»
«emma dot jansen at gmail dot com|email»
«emma.jansen [at] gmail [dot] com|email»
«emma.jansen(at)gmail.com|email»
«emma.jansen<at>gmail<dot>com|email»
«emma{at}gmail{dot}com|email»
«emma apenstaart telenet punt be|email»
«emma punt jansen apenstaartje hotmail punt com|email»
«emma streepje jansen apestaartje gmail.com|email»
«emma laag streepje jansen apenstaartje gmail punt com|email»
«marie point dupont arobase orange point fr|email»
«marie.dupont arobase free.fr|email»
«marie tiret dupont arobase laposte point net|email»
«marie (arobase) wanadoo (point) fr|email»
«marie chez gmail point com|email»
«max punkt muster at gmx punkt de|email»
«max.muster(ät)web.de|email»
«max unterstrich muster klammeraffe t-online punkt de|email»
«max bei gmx punkt ch|email»
mail: «max.muster @ t-online . de|email»
«еmma@gmail.com|email»
«ｅｍｍａ＠ｇｍａｉｌ．ｃｏｍ|email»
«em\u200bma@gma\u00adil.com|email»
"""
DATES = """
born «12/05/1985|date_of_birth»
dob: «12.05.85|date_of_birth»
DOB «12051985|date_of_birth»
dob «120585|date_of_birth»
«1985-05-12|date_of_birth»
born «May 12, 1985|date_of_birth»
born on «12th of May 1985|date_of_birth»
«12 may 1985|date_of_birth»
«12-MAY-1985|date_of_birth»
birthday «12 May|date_of_birth»
«12/5/85|date_of_birth» is my birthday
née le «12 mai 1985|date_of_birth»
né le «12/05/85|date_of_birth»
ne le «12 05 1985|date_of_birth»
date de naissance : «1er février 1985|date_of_birth»
née en «1985|date_of_birth»
née le «douze mai mille neuf cent quatre-vingt-cinq|date_of_birth»
geboren «12 mei 1985|date_of_birth»
geb. «12-5-'85|date_of_birth»
geboortedatum «12 05 85|date_of_birth»
geb dat «12-05-1985|date_of_birth»
jarig op «12 mei|date_of_birth»
bouwjaar «1985|date_of_birth»
geboren op «twaalf mei negentienhonderd vijfentachtig|date_of_birth»
geboren am «12. Mai 1985|date_of_birth»
geb. am «12.5.85|date_of_birth»
Geburtsdatum: «12. März 1985|date_of_birth»
Jahrgang «1985|date_of_birth»
Jg. «85|date_of_birth»
° «12/05/1985|date_of_birth»
«12.V.1985|date_of_birth»
born «12 janruary 1985|date_of_birth»
my date of birth is the «12th May nineteen eighty-five|date_of_birth»
«120585|date_of_birth»
"""
NETWORKS = """
insta: «@emma.vdb|handle»
ig «emma_vdb|handle»
my insta is «emmavdb99|handle»
«emma.vdb|handle» on insta
find me on tiktok «emmavdb.x|handle»
snap: «emmavdb99|handle»
mon insta c'est «emma.vdb|handle»
sur insta : «emmavdb_|handle»
mijn insta = «emma.v.d.b|handle»
volg me op insta: «emmavdbx|handle»
telegram «@emmavdb|handle»
mein insta: «emma.vdb|handle»
auf tiktok bin ich «emma_vdb1|handle»
discord «emma#1234|handle»
«@ emmavdbxx|handle»
username «emmavdbxx|handle»
https://«instagram.com/emmavdb|url»
«instagram.com/emmavdb|url»
«wa.me/32486332109|url»
«https://wa.me/32486332109?text=hi|url»
«t.me/emmavdb|url»
«fb.com/emma.vdb.3|url»
«drive.google.com/file/d/1AbC/view|url»
«https://we.tl/t-abc123|url»
«bit.ly/3xYz|url»
«www.emmavdb.be|url»
«www . emmavdb . be|url»
«emmavdb.be/fotos|url»
«http://emmavdb.example:8080/a?b=c#d|url»
«emmavdb.com|url» has photos
«linkedin.com/in/emmavdb|url»
my ip «81.164.12.9|ip»
«2a02:1810:4f0c::1|ip»
«fe80::1%eth0|ip»
«81.164.12.9:443|ip»
"""
_MARK = re.compile(r"«([^«»|]+)(?:\|(\w+))?»")
_BLOCKS = {
    "BE": BELGIUM,
    "NL": NETHERLANDS,
    "FR": FRANCE,
    "DE": GERMANY,
    "LU, CH": LUXEMBOURG_AND_SWITZERLAND,
    "GB": BRITAIN,
    "US, NG, others": AMERICA_AND_NIGERIA,
    "cards": CARDS,
    "e-mail": ADDRESSES,
    "birth": DATES,
    "networks": NETWORKS,
}
STYLES = [
    pytest.param(line, id=f"{block}: {_MARK.sub(lambda m: m[1], line)}")
    for block, lines in _BLOCKS.items()
    for line in lines.strip().splitlines()
]
NOTHING_KEPT = keep_words(None)


@pytest.mark.parametrize("line", STYLES)
def test_every_letter_and_digit_of_it_goes(line: str):
    text, marked = "", set[int]()
    for part in re.split(r"(«[^»]*»)", line):
        mark = _MARK.fullmatch(part)
        if mark:
            marked |= {len(text) + i for i, c in enumerate(mark[1]) if c.isalnum()}
        text += mark[1] if mark else part
    found = analyse_patterns(text, keep=NOTHING_KEPT)
    hidden = {i for finding in found for i in range(finding.start, finding.end)}
    assert "".join(text[i] for i in sorted(marked - hidden)) == "", redact(text, found)


def test_the_table_is_as_broad_as_it_says():
    assert len(STYLES) >= 250
    assert {mark[2] for block in _BLOCKS.values() for mark in _MARK.finditer(block) if mark[2]} == {
        entity.value for entity in Entity if entity not in {Entity.NAME, Entity.LOCATION}
    }
