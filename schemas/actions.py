"""The buttons under an answer or a failure, from the clinic's file, in the visitor's language."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import quote_plus

from schemas.clinic import Clinic
from schemas.replies import Action
from schemas.taxonomy import Language

type Kind = Literal["book", "call", "map", "email"]

LABELS: Final[dict[Kind, dict[Language, str]]] = {
    "book": {
        Language.EN: "Book an appointment",
        Language.FR: "Prendre rendez-vous",
        Language.NL: "Maak een afspraak",
        Language.DE: "Termin buchen",
    },
    "call": {
        Language.EN: "Call {phone}",
        Language.FR: "Appeler le {phone}",
        Language.NL: "Bel {phone}",
        Language.DE: "{phone} anrufen",
    },
    "map": {
        Language.EN: "Show on a map",
        Language.FR: "Voir sur une carte",
        Language.NL: "Toon op een kaart",
        Language.DE: "Auf der Karte zeigen",
    },
    "email": {
        Language.EN: "Write an e-mail",
        Language.FR: "Écrire un e-mail",
        Language.NL: "Stuur een e-mail",
        Language.DE: "E-Mail schreiben",
    },
}


def action(kind: Kind, clinic: Clinic, language: Language) -> Action | None:
    """Return the button `kind`, or None where the clinic's file has nothing for it."""
    url = _url(kind, clinic, language)
    if url is None:
        return None
    label = LABELS[kind][clinic.answer_language(language)]
    return Action(kind=kind, label=label.format(phone=clinic.phone), url=url)


def actions(clinic: Clinic, language: Language, *kinds: Kind) -> tuple[Action, ...]:
    """Return the buttons of `kinds`, in that order, those that the clinic's file allows."""
    return tuple(found for kind in kinds if (found := action(kind, clinic, language)))


def contact(clinic: Clinic, language: Language) -> tuple[Action, ...]:
    """Return how to reach the clinic: what every refusal and failure carries."""
    return actions(clinic, language, "call", "email")


def _url(kind: Kind, clinic: Clinic, language: Language) -> str | None:
    match kind:
        case "book":
            return clinic.booking_url
        case "call":
            return f"tel:{clinic.phone}"
        case "email":
            return f"mailto:{clinic.email}"
        case "map":
            address = clinic.address
            where = f"{clinic.say(address.street, language)}, {address.postcode} {clinic.say(address.city, language)}"
            return address.map_url or f"https://www.openstreetmap.org/search?query={quote_plus(where)}"
