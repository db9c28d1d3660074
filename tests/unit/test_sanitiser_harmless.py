"""Questions that a clinic hears every day, each tempting to a recogniser: nothing in them is personal."""

from __future__ import annotations

import pytest

from deploy.weights import weights
from schemas.taxonomy import Language
from workers.sanitiser.engine import Engine
from workers.sanitiser.keep import keep_words

ENGLISH = """
Do you offer Botox and what does it cost?
how much is 1 ml of Juvederm Volift?
is hydrafacial ok when i'm pregnant?
I'm 35 and diabetic, can I have fillers?
what's the difference between Restylane and Juvéderm
Do you use the Lumenis M22 or an ND:YAG 1064?
HIFU 4.5 mm or 3.0 mm for the jawline?
price for 3 sessions, 250 300 or 350 euro?
Are you open on Saturday 09:00-18:00?
opening hours 9.30 - 18.30?
can I come tomorrow at 10:30 or 11?
my last treatment was 6 months ago
I have an appointment on 12/12/2026, can I move it?
Is there an appointment on Monday 3 May 2027?
20 units of Dysport vs 50 units of Azzalure
how long does CoolSculpting take, 35 or 60 minutes?
I'm allergic to lidocaine, is that a problem
I'm breastfeeding, is botox safe?
Does a lip flip hurt? I'm nervous
I'm looking for laser hair removal, full legs
is 1.200 euro the price for endolift
can i pay by Visa or Mastercard?
Alexandrite 755 nm or diode 810 nm?
how many sessions of IPL, 3 or 6?
I am a smoker, does that matter for a thread lift?
what is Profhilo and who is it for
do you speak French or Dutch?
May I bring my daughter?
will it be swollen on Friday?
I'm interested in a non surgical nose job
hi, good morning! do you do tattoo removal
do you have parking near the clinic?
is the consultation free? thanks
Thanks a lot, that's clear!
thank you so much for the quick answer
I had a rhinoplasty in 2019, can I have filler now?
is there a discount for 2 zones, 10% or 15%?
Can I have a peel in July with all the sun?
my skin is very sensitive and red after microneedling, what should I do
I feel dizzy after the treatment
who does the injections, a doctor or a nurse?
Is Ozempic available, 0.5 mg a week?
"""
FRENCH = """
Avez-vous une place le 24/12 à 16h30 ?
bonjour, vous faites le botox ? c combien
Quel est le prix de l'acide hyaluronique pour les lèvres ?
je suis enceinte de 3 mois, est-ce possible ?
J'ai 42 ans et je suis diabétique
c'est quoi la différence entre Juvéderm et Restylane
Vous utilisez le M22 ou le ND:YAG 1064 ?
Ultherapy ou HIFU 4,5 mm ?
3 séances à 250 300 ou 350 euros ?
vous êtes ouverts le samedi de 9h à 18h ?
ouvert de 09.00 - 18.30 ?
je peux venir demain à 10h30 ?
mon dernier traitement date d'il y a 6 mois
J'ai rendez-vous le 12/12/2026, je peux le déplacer ?
une place le lundi 3 mai 2027 ?
combien d'unités pour la ride du lion, 20 ou 30 unités ?
je suis allergique à la lidocaïne
J'allaite, le botox est-il dangereux ?
je viens de voir votre site, vous faites la cryolipolyse ?
je viens de faire un peeling, je peux aller au soleil ?
je suis intéressée par une rhinoplastie médicale
l'endolift coûte 1.200 euros ?
on peut payer par Bancontact ou en 3 fois ?
Alexandrite 755 nm ou diode 810 nm pour peau mate ?
combien de séances d'épilation laser pour les jambes
je fume, c'est un problème pour les fils tenseurs ?
c'est douloureux la mésothérapie ?
Vous parlez néerlandais ou anglais ?
est-ce que le docteur est disponible jeudi
moi c'est pour un devis
je suis une femme de 30 ans
je suis belge et je fais du sport
y a-t-il un parking près de la clinique ?
Merci beaucoup, bonne journée !
merci d'avance pour votre réponse
bonne soirée et à demain
J'ai eu une opération du nez en 2019
une remise pour 2 zones, 10% ou 15% ?
le PRP cheveux marche à partir de quel âge ?
j'ai des rougeurs après le microneedling que faire
je me sens mal depuis l'injection
qui fait les injections, un médecin ou une infirmière ?
2ml de Volbella c'est trop pour une première fois ?
"""
DUTCH = """
doet u botox en wat kost dat
Wat kost 1 ml Juvederm voor de lippen?
ik ben zwanger, mag ik een hydrafacial?
Ik ben 35 en heb diabetes
wat is het verschil tussen Restylane en Juvéderm
Werkt u met de M22 of de ND:YAG 1064?
HIFU 4.5 mm of 3 mm voor de kaaklijn?
3 sessies voor 250 300 of 350 euro?
bent u open op zaterdag van 9u30 tot 18u00?
openingsuren 09.00 - 18.30 ?
kan ik morgen om 10u30 langskomen?
mijn laatste behandeling was 6 maanden geleden
Ik heb een afspraak op 12/12/2026, kan ik die verplaatsen?
is er plaats op maandag 3 mei 2027?
20 eenheden of 50 eenheden Azzalure?
ik ben allergisch voor lidocaïne
ik geef borstvoeding, is botox veilig
ik ben benieuwd naar de resultaten van microneedling
Ik ben op zoek naar laserontharing voor de volledige benen
ik ben bang voor naalden
kost endolift 1.200 euro?
kan ik betalen met Bancontact of Payconiq?
Alexandriet 755 nm of diode 810 nm?
hoeveel sessies IPL heb ik nodig, 3 of 6?
ik rook, is dat een probleem voor een draadlift
doet een lipfiller pijn
Spreekt u Frans of Engels?
is de dokter beschikbaar op donderdag
mijn man wil ook een haartransplantatie
mijn dochter van 17 heeft acne
ik ben er klaar voor
is er parking bij de kliniek?
Bedankt voor het snelle antwoord!
dank u wel, tot morgen
alvast bedankt voor de info
ik had een neuscorrectie in 2019
krijg ik korting voor 2 zones, 10% of 15%?
hoe lang blijft het rood na een peeling
het is gezwollen en blauw, is dat normaal?
wie doet de inspuitingen, een arts of een verpleegkundige?
met wie kan ik spreken over de prijs
Ik heb last van rosacea en couperose
"""
GERMAN = """
Bieten Sie Botox an und was kostet das?
Was kosten 1 ml Juvederm für die Lippen?
ich bin schwanger, darf ich eine Hydrafacial machen?
Ich bin 35 und Diabetikerin
was ist der Unterschied zwischen Restylane und Juvéderm
Arbeiten Sie mit dem M22 oder dem ND:YAG 1064?
HIFU 4,5 mm oder 3 mm für den Kiefer?
3 Sitzungen für 250 300 oder 350 Euro?
haben Sie samstags von 9:30 bis 18:00 Uhr offen?
Öffnungszeiten 09.00 - 18.30 ?
kann ich morgen um 10.30 Uhr kommen?
meine letzte Behandlung war vor 6 Monaten
Ich habe einen Termin am 12.12.2026, kann ich ihn verschieben?
ist am Montag, 3. Mai 2027 noch etwas frei?
20 Einheiten oder 50 Einheiten Azzalure?
ich bin allergisch gegen Lidocain
Ich stille, ist Botox sicher?
ich bin Raucherin, ist das ein Problem beim Fadenlifting
Ich bin auf der Suche nach einer Laser-Haarentfernung
ich bin nervös wegen der Spritze
kostet Endolift 1.200 Euro?
kann ich mit Karte oder in Raten zahlen?
Alexandrit 755 nm oder Diode 810 nm?
wie viele Sitzungen IPL brauche ich, 3 oder 6?
tut eine Lippenunterspritzung weh
Sprechen Sie Englisch oder Französisch?
ist die Ärztin am Donnerstag da
mein Mann möchte eine Haartransplantation
meine Tochter ist 17 und hat Akne
Gibt es Parkplätze bei der Praxis?
Vielen Dank für die schnelle Antwort!
Danke schön, bis morgen
Mit freundlichen Grüßen
ich hatte 2019 eine Nasenkorrektur
gibt es Rabatt für 2 Zonen, 10% oder 15%?
wie lange ist man nach einem Peeling rot
es ist geschwollen und blau, ist das normal?
wer macht die Injektionen, ein Arzt?
Das ist mir zu teuer
Was bringt Microneedling bei Narben?
bin unsicher ob Hyaluron oder Botox besser ist
Zahlt die Krankenkasse die Schweißdrüsenbehandlung?
"""
MESSAGES = [
    pytest.param(language, text, id=f"{language.value}: {text[:50]}")
    for language, block in (
        (Language.EN, ENGLISH),
        (Language.FR, FRENCH),
        (Language.NL, DUTCH),
        (Language.DE, GERMAN),
    )
    for text in block.strip().splitlines()
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(weights())


@pytest.mark.parametrize("language, text", MESSAGES)
def test_a_clinic_question_stays_whole(engine: Engine, language: Language, text: str):
    assert [text[f.start : f.end] for f in engine.analyse(text, language=language, keep=keep_words(None))] == []


def test_each_language_has_forty_of_them():
    assert all(len(block.strip().splitlines()) >= 40 for block in (ENGLISH, FRENCH, DUTCH, GERMAN))
