"""The table of numbers that a state, an insurer or a shop gives to a person: shapes by country, and cues by language.

A new country is new rows here. The shapes are read without regard to case unless a row says otherwise.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Identifier(NamedTuple):
    """A number known by its shape alone."""

    country: str
    name: str
    shape: str
    """An expression; no word character stands before or after it."""
    upper: bool = False
    """Only in capitals: in small letters too many words look like it."""


IDENTIFIERS: Final = (
    Identifier("BE", "national register", r"\d{2}[. /-]\d{2}[. /-]\d{2}[ .-]{1,3}\d{3}[. -]{0,2}\d{2}"),
    Identifier("BE", "national register, closed up", r"\d{6}[ ./-]{1,3}\d{3}[ .-]?\d{2}"),
    Identifier("BE", "national register, begun", r"\d{2}\.\d{2}\.\d{2} ?-(?=\s|$)"),
    Identifier("BE", "identity card", r"[B5]?\d{2,3}[ -]{1,3}\d{7}[ -]{1,3}\d{2}"),
    Identifier("BE", "enterprise", r"(?:BE ?)?[01]\d{3}\.\d{3}\.\d{3}"),
    Identifier(
        "NL", "driving licence, passport", r"(?=(?:[A-Z]{0,8}\d){3})[NSIB][A-NP-Z]{1,2}[A-NP-Z0-9]{5,6}\d", upper=True
    ),
    Identifier("FR", "NIR", r"[12378][ .]?\d{2}[ .]?[0-9]\d[ .]?\d[0-9AB][ .]?\d{3}[ .]?\d{3}(?:[ ./-]{0,3}\d{2})?"),
    Identifier("DE", "tax", r"\d{2}[ ./-]\d{3}[ ./-]\d{3}[ ./-]\d{3}"),
    Identifier("DE", "tax number", r"\d{2,3}/\d{3,4}/\d{4,5}"),
    Identifier("DE", "pension insurance", r"\d{2} ?\d{6} ?[A-Z] ?\d{3}"),
    Identifier("DE", "health insurance", r"[A-Z] ?\d{3} ?\d{3} ?\d{3}"),
    Identifier("LU", "matricule", r"(?:19|20)\d{2}[ .-]?[01]\d[ .-]?[0-3]\d[ .-]?\d{3}[ .-]?\d{2}"),
    Identifier("CH", "AHV", r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}"),
    Identifier("GB", "national insurance", r"[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]"),
    Identifier("GB", "NHS", r"\d{3}[ -]\d{3}[ -]\d{4}"),
    Identifier("GB", "driving licence", r"[A-Z9]{5} ?\d{6} ?[A-Z9]{2} ?\d[A-Z]{2}"),
    Identifier("US", "social security", r"\d{3}[ -]\d{2}[ -]\d{4}"),
    Identifier("ES", "DNI, NIE", r"(?:\d{8}|[XYZ][ -]?\d{7})[ -]?[A-Z]"),
    Identifier("IT", "codice fiscale", r"[A-Z]{6} ?\d{2}[A-Z]\d{2} ?[A-Z]\d{3}[A-Z]"),
    Identifier("IN", "Aadhaar", r"\d{4}[ -]\d{4}[ -]\d{4}"),
    Identifier(
        "*", "VAT", r"(?:ATU|BE|DE|FR|LU|NL|GB|CHE|ES|IT|PL|IE)[ -]?[A-Z0-9]?\d(?:[ .]?\d){6,10}(?:[ .-]?B[ .]?\d{2})?"
    ),
    Identifier("*", "letters and a number", r"[A-Z]{1,3}[ .-]?\d(?:[ .-]?\d){5,10}[A-Z]?", upper=True),
    Identifier("*", "a file", r"[A-Z]{1,5}[-/](?:\d{5,10}|(?:\d{1,8}[-/]){1,3}\d{3,8})"),
    Identifier("*", "a file", r"\d{2,8}[-/][A-Z]{1,3}[-/]\d{3,8}"),
    Identifier("*", "a file", r"\d{2,4}/\d{5,9}(?:[-/]\d{1,3})?|\d{3,6}(?:[-/]\d{2,6}){2}|\d{4} ?- ?\d{2} ?- ?\d{3,4}"),
    Identifier("BE", "number plate", r"[12]-[A-Z]{3}-\d{3}"),
    Identifier("BE", "number plate, spaced", r"[12] [A-Z]{3} \d{3}", upper=True),
    Identifier("FR", "number plate", r"[A-Z]{2}-\d{3}-[A-Z]{2}"),
    Identifier("NL", "number plate", r"[A-Z]{1,2}-\d{2,3}-[A-Z]{1,2}|\d{1,2}-[A-Z]{2,3}-\d{1,2}|\d{2}-\d{2}-[A-Z]{2}"),
    Identifier("DE", "number plate", r"[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{2,4}[EH]?", upper=True),
    Identifier("GB", "number plate", r"[A-Z]{2}\d{2} ?[A-Z]{3}", upper=True),
)

CUES: Final[dict[str, str]] = {
    "BE": (
        r"rijksregister\w{0,8}|registre national|national register|national (?:number|no|nr|id)|rrn|nrn|rr ?nr|rr|niss"
        r"|insz|bis-?n(?:umme)?r|num[ée]ro national|identiteitskaart|eid|ondernemingsn(?:umme)?r|kbo|bce|siret|siren"
    ),
    "NL": r"bsn|burgerservice\w{0,8}|sofi-?(?:nummer|nr)|digid|big-?nummer|agb(?:-?code)?|kvk",
    "FR": (
        r"s[ée]curit[ée] sociale|(?:num[ée]ro|n°|no|num) (?:de )?s[ée]cu|s[ée]cu|nir|carte vitale|cni"
        r"|carte d'?identit[ée]"
        r"|carte id|titre de s[ée]jour|carte de s[ée]jour|permis de conduire|matricule"
    ),
    "DE": (
        r"steuer-?(?:id|nummer|nr)|steuer id|steueridentifikationsnummer|idnr|sv|sv[ -]?(?:nummer|nr)|bg"
        r"|krankenkasse|kvnr"
        r"|\w{0,16}versicher(?:ung|ten)s?-?(?:nummer|nr)?|(?:personal)?ausweis(?:nummer|nr)?|perso(?:nr)?"
        r"|aufenthaltstitel"
        r"|f[üu]hrerschein(?:nummer|nr)?|aktenzeichen|ahv(?:-?(?:nummer|nr))?|personenkennziffer|dienstnummer"
        r"|seefahrt\w{0,6}"
        r"|ust-?id(?:nr)?"
    ),
    "LU": r"cns(?:-?nummer)?|sozial ?versecherungsnummer",
    "GB": r"nhs|national insurance|ni (?:number|no|nr)|nino|driving licence|hospital number",
    "US": r"ssn|social security|my social|ein|itin|driver'?s? licen[sc]e|licen[sc]e|dl|medicare|medicaid",
    "NG": r"nin|bvn|national identification|voter'?s? card|pvc",
    "elsewhere": (
        r"pesel|dowod|kimlik|tc kimlik|tckn|dni|nif|cpf|cnp|aadhaa?r|pan card|codice fiscale|personnummer|fodselsnummer"
    ),
    "papers": (
        r"(?:reise)?pass(?:port)?(?:nummer|nr|no)?|passe?port|paspoort(?:nummer|nr)?|pas(?:nummer|nr)|residence permit"
        r"|id(?:entity)?[ -]?(?:kaart|card|nummer|number|nr|no)|verblijfs\w{0,12}|rijbewijs(?:nummer|nr)?"
        r"|seaman'?s book"
        r"|(?:btw|tva|vat|mwst)(?:-?(?:id|nr|nummer|number))?|monsterboekje|taxipas\w{0,4}"
    ),
    "insurers": (
        r"mutualiteit|mutualit[ée]|mutuelle|ziekenfonds|zorgpas|dkv|verzeker(?:ing|de)n?s?(?:-?(?:nummer|nr))"
        r"|polis(?:nummer|nr)?|policy (?:number|no|nr)|adh[ée]rent"
    ),
    "customers": (
        r"(?:n°|no|nr|num[ée]ro|num)[ .]{0,2}(?:de |du )?(?:client|dossier|patient|membre|abonn[ée]|contrat|adh[ée]rent"
        r"|commande|compte)e?|(?:client|klant|kunde|patient|dossier|customer|member)e?[ -]?(?:n°|#)|d[ée]bit(?:eur|or)"
        r"(?:en)?-?(?:nummer|nr|number|no)?|crediteur(?:nummer|nr)|kreditor(?:nummer|nr)?|contract(?:nummer|nr)"
        r"|vertrags?-?(?:nummer|nr)|abonnee(?:nummer|nr)|account (?:number|no|nr)|fall(?:nummer|nr)|akten(?:nummer|nr)"
        r"|case (?:number|no|nr)|file (?:number|no|nr)"
        r"|dossier(?:nummer|nr)?|pati[ëe]nt(?:en)?-?(?:nummer|number|id|nr|no)|patient id|(?:klant|kunden?)"
        r"(?:en)?[ -]?(?:nummer|nr|no)"
        r"|(?:customer|client|member|staff|employee|student|patient)[ -]?(?:number|no|nr|id)|lid(?:maatschaps?)?"
        r"(?:nummer|nr)"
        r"|mitglieds?-?(?:nummer|nr)|personeels?(?:nummer|nr)|personal-?(?:nummer|nr)|studenten?-?(?:nummer|nr)"
        r"|stamnummer"
        r"|leerling(?:nummer|nr)|factuur(?:nummer|nr)|rechnungs?(?:nummer|nr)|reserverings?(?:nummer)|buchungs?"
        r"(?:nummer|nr)"
        r"|booking ref(?:erence)?|relatie(?:nummer|nr)|badge|rekening(?:nummer|nr)|konto(?:nummer|nr)"
    ),
}
"""Words that say that such a number follows."""
LOOSE_CUES: Final = (
    r"nummers?|numbers?|num[ée]ros?|numeri?|num|nr|no|n°|code|registratie|registration|zeichen|id|permis"
    r"|hospital|visum|visa"
    r"|insurance|assurance|verzekering|policy|police|customer|client|klant|kunde|patiente?|patiënt|member"
    r"(?:ship)?|staff|employee"
    r"|student|[ée]tudiant|leerling|case|file|order|booking|invoice|factuur|rechnung|facture|commande|bestelling"
    r"|referentie"
    r"|r[ée]f[ée]?rence|referenz|ref|reservering|r[ée]servation|buchung|livret|serial|account|konto|rekening"
    r"|compte|social"
)
"""Words that may say so: they ask for more of a number."""

PLATE_CUE: Final = (
    r"(?:(?:nummer|kenteken|number ?|licen[sc]e ?)?pla(?:at|te)|kenteken(?:nummer)?|immat(?:riculation|ricul[ée]e?)?"
    r"|plaque|(?:versicherungs)?kennz(?:eichen)?|nummernschild|reg(?:istration)?(?: (?:number|no|nr))?)"
)
PLATE: Final = (
    r"[a-zäöü]{1,3}[ -]?\d{1,4}[ -]?[a-z]{2,3}|[a-zäöü]{1,3}-[a-z]{1,2}[ -]?\d{1,4}[eh]?"
    r"|[a-zäöü]{1,3} [a-z]{1,2} ?\d{2,4}[eh]?"
    r"|\d{1,3}[.-]?[a-z]{2,3}[.-]?\d{1,3}|\d{2}[ -]?[a-z]{2}[ -]?[a-z]{2}|\d{3} [a-z]{3}"
    r"|[a-z]{3} \d{3}|\d [a-z]{3} \d{3}|\d{2}-\d{2}-[a-z]{2}|[a-z]{2} ?\d{3,6}"
)
"""A number plate in any spelling, after its cue."""
