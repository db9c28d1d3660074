"""A small clinic for tests of the pages: two languages, some prices, its own accent."""

from datetime import time
from decimal import Decimal
from typing import Any

from schemas.clinic import (
    Address,
    Clinic,
    ClinicTreatment,
    Hours,
    Interval,
    Payment,
    PaymentMethod,
    Price,
    Text,
    Variant,
)
from schemas.taxonomy import Language

MORNING = Interval(opens=time(9), closes=time(12, 30))
AFTERNOON = Interval(opens=time(13, 30), closes=time(18))

TREATMENTS = (
    ClinicTreatment(slug="rhinoplasty", offered=False),
    ClinicTreatment(slug="hydrafacial", offered=True),
    ClinicTreatment(
        slug="botulinum_toxin",
        offered=True,
        price=Price(from_=Decimal("180.00"), to=Decimal(450)),
        duration_min=30,
        description=Text(en="Softens lines.", fr="Adoucit les rides."),
    ),
    ClinicTreatment(slug="lip_filler", offered=True, price=Price(from_=Decimal(290))),
    ClinicTreatment(
        slug="chemical_peel",
        offered=True,
        variants=(
            Variant(name=Text(plain="Light"), price=Price(fixed=Decimal("95.50"))),
            Variant(name=Text(plain="Deep"), price=Price(from_=Decimal(1250))),
        ),
    ),
)


def page_clinic(**changes: Any) -> Clinic:
    """Return the clinic, with `changes` of its fields."""
    fields: dict[str, Any] = {
        "id": "belle-rive",
        "name": "Clinique Belle Rive",
        "country": "BE",
        "region": "eu",
        "languages": (Language.EN, Language.FR),
        "address": Address(
            street=Text(en="12 Avenue Louise", fr="Avenue Louise 12"),
            postcode="1050",
            city=Text(en="Brussels", fr="Bruxelles"),
            country=Text(en="Belgium", fr="Belgique"),
        ),
        "phone": "+3225550100",
        "email": "hello@belle-rive.example",
        "website": "https://belle-rive.example",
        "time_zone": "Europe/Brussels",
        "hours": Hours(monday=(MORNING, AFTERNOON), saturday=(MORNING,)),
        "payment": Payment(taken=(PaymentMethod.DEBIT_CARD,)),
        "treatments": TREATMENTS,
        "allowed_origins": ("https://belle-rive.example",),
    }
    return Clinic(**(fields | changes))
