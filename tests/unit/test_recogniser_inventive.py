"""Telephone numbers, dates of birth, ids and addresses as inventive people type them: every one of them goes, whole."""

from __future__ import annotations

import re

import pytest

from workers.sanitiser.engine import analyse_patterns
from workers.sanitiser.keep import keep_words
from workers.sanitiser.redact import redact

DICTATED = r"""
«four seven six, double eight, one five, oh two» no zero
«seven five, double two, nine, oh one four, six» is my landline
«thirty-one, sixty-eight, twelve, ninety-four»
my number is «nought four seven fore eigthy twelv sixti nin»
«o four seven two, then 55, then 91, then 08»
«0472 then 55 then 91 then three»
call «0472 55 91 0 and the last digit is an 8»
«020 555 01 12, press 3»
«020 555 01 12 dial 14»
«0472 fifty-five dash ninety-one dash eight»
«nul vier zeven twee, acht acht, een vijf, nul drie»
«nul zes komma twaalf komma vierendertig komma zesenvijftig komma achtenzeventig»
«0472 en dan 55 en dan 91 en dan 0 3»
«nul vier zevn twe acht negn dertg»
bel «06 22 dan drie keer de 4 dan 918»
«050 311 22 33, toestelnummer 41»
«050 311 22 33, dan 2 kiezen»
«0472 55 91 0 en nog een 8 erbij»
nummer: «vierenveertig, acht, negentig, drieentwintg»
mon numéro «quatre cent septante cinq, vingt deux, nonante, zéro un»
«zéro six tiret douze tiret trente-quatre tiret cinquante six»
«zéro quatre septante-deux puis 55 puis 91 puis 03»
«04 septante deux, ensuite cinquante cinq, ensuite trente»
«0472 deux fois le 7 puis 18 30»
«02 555 01 12 puis tapez 4»
«02 555 01 12, touche 2»
«0472 55 91 0 et le dernier chiffre est un 4»
«null eins sieben sechs, dann 55, dann zweimal die drei, dann 18»
«null eins fünf eins komma achtzehn komma neunzig komma zwölf»
«0151 dann dreimal die 4 dann 920»
«0441 77 40 12 Durchwahlnummer 18»
«0441 77 40 12, dann die 3 drücken»
«0151 22 33 44 und noch eine 5 hinten»
«sieben sieben null drei zwo acht»
«acht neun null vier eins sieben»
«0472 55\n91\n03»
«01 51\n22 33\n44 5»
"""
DATES = r"""
«3.O5.1988»
«O3/O5/88»
«3/5/2OO1»
«l2/11/1975»
«9-'61»
«11/'48»
«3/'02»
«05.1983»
our little one, «4-3-'14», has warts
i'm 19, «7/8/07»
j'ai 17 ans et je suis du «4/5/09»
ik ben 31, «2-3-95», kan dat
bin 24 («11.2.02»)
19 jaar, «3/9/07»
my son «5 june 2017» has a mole
my daughter was born on «3/4/2019»
the baby arrived on «2/7/25»
notre fille, «12/03/2018», a un angiome
mon petit du «3 mai 2021»
onze zoon («14-02-2020») heeft wratjes
ons oudste is van «3 juni 2018»
unsere Tochter («3.5.2020») hat Warzen
mein Sohn, «12.4.2018», hat ein Muttermal
baby kam am «3.2.25»
birth year «1971»
year of birth: «58»
yob «74»
b.1967? no, born «66»
i'm a '«79» baby
class of '«88»
je suis née en «81»
promo «94», donc 50 bientôt
de la classe «79»
bj «91», huid droog
jaargang «66»
bouwjaar «'72»
lichting «64»
ik ben van het jaar «1959»
ben van «63» en rimpels
mijn man is van «1958»
Jg «77»
Jg. «62», trockene Haut
bin Jahrgang «59» und nervös
bin ein «68»er
«71»er Baujahr
ich bin von «1964», lohnt sich das
mon mari est de «56» et moi de 60
ma mère est de «1949»
je viens de «1958», encore possible?
i was born 4/4/90, my husband «1987»
ik ben van 3/4/91 en mijn vriend van «1989»
je suis du 4/5/92 et lui de «1990»
ich bin 3.4.91, sie «1993»
«eleven eleven nineteen ninety»
the «second of the fourth eighty-one»
«first of june sixty nine»
«fith of march sevnty two»
birthday is the «twenty third of aprl ninty»
le «trois mai septante-huit»
«quatre juillet nonante»
né le «premier six soixante-dix»
«drie mei negenenzestig»
«elf november tachtig»
geboren «vijfde van de derde tachtig»
«derde mei negentig»
«dritter fünfter neunundsechzig»
«erster erster siebzig»
«zweiten Mai sechsundfünfzig»
geboren im «Mai 1974»
«1974 im mai» geboren
née «2003 en mars»
den «3den april 1941»
am «dritten März fünfundsiebzg»
how old? guess: born in, well, «sixty-eight»
"""
PLATES = r"""
plate «1-XYZ-234», back in 5
our license plate reads «2 abc 345»
my old belgian plate «ABC-123» is on the car
nummerplaat van mijn auto is «xyz 417»
kenteken: «12-bcd-3»
auto staat dubbel, «TX-123-B»
de camionette «2-ABC-417» mag weg
mijn scooter, «DB-12-XY», staat in de weg
brommer «F-123-BC» voor de deur
voiture «FG-218-LM» devant la porte
ma moto «GH 218 JK» est garée devant
immatriculation c'est «fg 218 lm»
la bagnole grise «1 ABC 234»
auto mit kennzeichen «HH-AB 1234»
mein Wagen «EMD AB 12» steht vor der Tür
parkplatz belegt durch «NOH-K 77»
roller «317 LKM» gehört mir
mofa kennz. «418 abc»
luxembourg plates, car «AB 1234»
parked outside, «KX19 VRL»
your parking is full, I left the van «LD 417 TK» on the grass
"""
IDS = r"""
VAT «NL 8021.94.865.B.01»
btw «NL802194865B01»
n° de client «12.408»
n° dossier «7.718-22»
client n° «44-812»
debiteurennummer «10.418»
Debitorennr «30-112-9»
contractnr «77.18.20»
Vertragsnummer «4-418-22»
file no «20.418-B»
abonneenummer «40 81 22»
"""
ADDRESSES = r"""
«a n n e l i e s @ t e l e n e t . b e»
«K . R O S S 8 8 @ gmail . com» thanks
«p i e t @ hotmail.com»
«j.k @ y a h o o . c o . u k»
«els apenstaartje bakkerij streepje gent punt be»
«els arobase boulangerie tiret gand point be»
«els at bakery dash ghent dot be»
«els ät baeckerei bindestrich gent punkt de»
«els@bakkerij streepje gent punt be»
"""
MIXED = r"""
«0 four 8 six, twelve, thirty-three, nine nine»
its «07700 nine double oh four six one»
my cell: «three one oh, five five five, oh one two two»
«zero seven seven double zero nine hundred four six one»
«nul vier negen drie… tweeëntwintig… zestien… nul vijf»
«nulzes achtentwintig vijftig elf drieëndertig»
«06-vijftig-twaalf-88-nul-nul»
bel «0 4 8 6 dan vijf vijf dan 1 2 dan 0 7»
«zéro-quatre-soixante-seize, trente-huit, douze, onze»
«04 septante six / trente-huit / 12 / 11»
«zero six douze trente-quatre cinquante-six soixante-dix-huit»
«null eins sieben sechs. zwölf. vierunddreißig. sechsundfünfzig.»
«O I 7 6 / 3 3 l2 9O 5»
«0176-drei drei-zwölf-neunzig»
«+32 quatre septante deux 55 91 08»
«02-555-01-12 #14»
«02 555 01 12 extension: 14»
born «2 Octobre 85»
«29.2.80»
«29 feb 1980» of 1 maart dus
«1-1-'70»
«01/'69»
jahrgang «'71»
ich bin jahrgang «eighty-five»
ich wurde «68» geboren
ik ben geboren in «'79»
geboren in «negenenzeventig»
né en «soixante-huit»
born in «sixty-eight»
bj «achtundsechzig»
je suis née un «13 juillet 81»
mijn verjaardag valt op «29 februari»
i turn 40 on «12 march»
word 50 op «3 mei»
j'aurai 60 le «4 juin»
werde 30 am «3. Juni»
«3rd may '91»
«may '91»
«mai 91»
dob is the «seventh of the seventh seventy-seven»
dob «7th july seventyseven»
«sieben sieben siebenundsiebzig»
«zeven zeven zevenenzeventig»
«sept sept septante-sept»
le «7/7/77»
«7.7.77.»
«07–07–1977»
«07 / 07 / 77»
«7_7_1977»
«19770707»
«7 juli '77»
«1977, juli 7»
kind «(5.6.2018)»
ma puce née le «5/6/18»
mijn kleine meid, «5/6/18», heeft eczeem
son (b. «5/6/18»)
our twins (dob «05.06.2018») have warts
kenteken «K-123-BB»
«1-abc-123» is mijn auto
plaque «1.ABC.123»
kennzeichen «LER-XY99»
«B AB 1234» parkt falsch, mein auto
dossier «2026/0417-B»
klantnummer «K.20.418»
customer «#20418»
n° adhérent : «0417 8892 11»
numéro fiscal «12 34 567 890 123»
mutuelle n° «131/4408871»
paspoortnr «EH 12 34 567»
my ID is «591-2837465-12»
nss «1 85 12 75 108 234 56»
e-mail «jan punt peeters at gmail punt com»
«jan_punt_peeters@gmail.com»
«jan.peeters[at]gmail[dot]com»
«jan.peeters@gmail,com»
«jan.peeters @ gmail punt com»
«jan peeters 72 apenstaart hotmail»
«j.peeters a commercial orange point fr»
«marie-line tiret 72 arobase free point fr»
«mia unterstrich kurz at web punkt de»
«p e t r a at gmail dot com»
«p-e-t-r-a@gmail.com»
"""
BLOCKS = {"mixed": MIXED, "dictated": DICTATED, "birth": DATES, "plate": PLATES, "id": IDS, "e-mail": ADDRESSES}
LINES = [
    pytest.param(line, id=f"{block}: {line}") for block, lines in BLOCKS.items() for line in lines.strip().splitlines()
]
NOTHING_KEPT = keep_words(None)


@pytest.mark.parametrize("line", LINES)
def test_every_letter_and_digit_of_it_goes(line: str):
    text, marked = "", set[int]()
    for part in re.split(r"(«[^»]*»)", line.replace(r"\n", "\n")):
        inner = part.strip("«»")
        if part.startswith("«"):
            marked |= {len(text) + i for i, c in enumerate(inner) if c.isalnum()}
        text += inner
    found = analyse_patterns(text, keep=NOTHING_KEPT)
    hidden = {i for finding in found for i in range(finding.start, finding.end)}
    assert "".join(text[i] for i in sorted(marked - hidden)) == "", redact(text, found)
