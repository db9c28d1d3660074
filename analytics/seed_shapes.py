"""What synthetic visitors are like: what they ask about, when, in what proportion. Numbers are weights unless said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from schemas.taxonomy import Entity, Intent

POPULAR: Final = (
    "botulinum_toxin",
    "lip_filler",
    "laser_hair_removal",
    "skin_booster",
    "microneedling",
    "chemical_peel",
    "weight_loss_injections",
    "hydrafacial",
    "tear_trough_filler",
    "cryolipolysis",
    "hifu",
    "tattoo_removal",
    "acne_treatment",
    "dermal_filler",
    "nonsurgical_rhinoplasty",
    "prp",
    "permanent_makeup",
    "blepharoplasty",
    "hair_transplant",
    "pigment_laser",
    "fractional_laser",
    "rf_microneedling",
    "hyperhidrosis_botox",
    "thread_lift",
    "endolift",
    "emsculpt",
    "breast_augmentation",
    "teeth_whitening",
    "vascular_laser",
    "liposuction",
)
"""Treatments from the most to the least asked for; one that is not here comes after them."""
WANTED_ELSEWHERE: Final = 8
"""How many treatments visitors ask for that the clinic does not offer."""
STEEPNESS: Final = 0.95
"""Zipf's exponent: the n-th treatment is asked for n**-STEEPNESS times as often as the first."""

LANGUAGE_SHARES: Final = (0.52, 0.24, 0.14, 0.07, 0.03)
"""Of the clinic's first language, its second, …; the last is of languages that Lethe does not speak."""
TURNS: Final = (30, 25, 17, 11, 8, 5, 2.5, 1.5)
"""Sessions with 1, 2, … 8 turns."""
WEEKDAYS: Final = (1.22, 1.10, 1.04, 1.02, 0.92, 0.82, 0.88)
"""Monday to Sunday; their mean is 1."""
GROWTH: Final = 0.5
"""By how much of the mean demand grows from the first day to the last."""
SEASON: Final = 0.14
"""How far the yearly season goes above and below 1: most in early May, least in early November."""
SEASON_PEAK_DAY: Final = 125
"""Day of the year on which most is asked."""
CLOSED_WEEKS: Final = 0.55
"""The share of visitors who still write in the last week of December and the first days of January."""

HOURS_WORKING: Final = (
    *(0.6, 0.3, 0.2, 0.1, 0.1, 0.2, 0.6, 1.6, 2.8, 3.6, 4.0, 4.8),
    *(7.8, 6.2, 3.8, 3.4, 3.6, 4.2, 4.8, 6.4, 8.2, 7.6, 4.6, 1.8),
)
"""By the clinic's hour of the day, Monday to Friday: people write at lunch and in the evening."""
HOURS_WEEKEND: Final = (
    *(1.0, 0.6, 0.3, 0.2, 0.1, 0.1, 0.3, 0.8, 2.0, 3.8, 5.2, 5.6),
    *(4.6, 4.2, 4.0, 3.8, 3.8, 4.2, 4.8, 5.6, 6.4, 6.0, 4.0, 2.0),
)


class Season(NamedTuple):
    """How a treatment's demand moves over the year."""

    peak_day: int
    swing: float
    """At its peak 1 + swing times the usual."""


SEASONS: Final[Mapping[str, Season]] = {
    "laser_hair_removal": Season(95, 0.55),
    "cryolipolysis": Season(110, 0.45),
    "emsculpt": Season(110, 0.4),
    "liposuction": Season(60, 0.3),
    "hyperhidrosis_botox": Season(170, 0.6),
    "chemical_peel": Season(320, 0.45),
    "fractional_laser": Season(325, 0.55),
    "pigment_laser": Season(310, 0.4),
    "tattoo_removal": Season(330, 0.35),
    "botulinum_toxin": Season(335, 0.2),
    "lip_filler": Season(345, 0.25),
}

ABOUT: Final[Mapping[str, float]] = {"treatment": 62, "clinic": 29, "none": 9}
"""What a turn is about."""
STAYS: Final = 0.72
"""Chance that a turn stays with the treatment the conversation was about."""
NOT_OFFERED: Final = 0.24
"""Share of sessions that come for a treatment which the clinic does not offer; they soon ask about others."""

TREATMENT_INTENTS: Final[Mapping[Intent, float]] = {
    Intent.PRICE: 30,
    Intent.OFFER: 12,
    Intent.BOOKING: 10,
    Intent.RESULTS: 8,
    Intent.DOWNTIME: 7,
    Intent.DURATION: 6,
    Intent.PAIN: 6,
    Intent.RISKS: 5,
    Intent.CANDIDACY: 5,
    Intent.AFTERCARE: 4,
    Intent.PREPARATION: 3,
    Intent.COMPARISON: 3,
    Intent.MEDICAL_ADVICE: 1,
}
WANTED_INTENTS: Final[Mapping[Intent, float]] = {Intent.OFFER: 62, Intent.PRICE: 30, Intent.BOOKING: 8}
"""What is asked about a treatment that the clinic does not offer."""
CLINIC_INTENTS: Final[Mapping[Intent, float]] = {
    Intent.HOURS: 20,
    Intent.BOOKING: 19,
    Intent.LOCATION: 14,
    Intent.CONTACT: 9,
    Intent.PRACTITIONER: 8,
    Intent.CONSULTATION: 7,
    Intent.PAYMENT: 7,
    Intent.PARKING: 5,
    Intent.PROMOTIONS: 5,
    Intent.CANCELLATION: 4,
    Intent.LANGUAGE: 2,
}
OTHER_INTENTS: Final[Mapping[Intent, float]] = {
    Intent.SMALLTALK: 44,
    Intent.OTHER: 20,
    Intent.HUMAN_HANDOVER: 18,
    Intent.MEDICAL_ADVICE: 8,
    Intent.COMPLAINT: 5,
    Intent.PRIVACY: 3,
    Intent.EMERGENCY: 2,
}

NEEDS_AI: Final[Mapping[Intent, float]] = {
    Intent.RESULTS: 0.5,
    Intent.RISKS: 0.45,
    Intent.CANDIDACY: 0.6,
    Intent.COMPARISON: 0.75,
    Intent.MEDICAL_ADVICE: 0.5,
    Intent.OTHER: 0.8,
    Intent.PAIN: 0.3,
    Intent.DOWNTIME: 0.25,
}
"""Share of turns that the router hands on; of other intents `NEEDS_AI_ELSE`."""
NEEDS_AI_ELSE: Final = 0.08
WITHOUT_MODEL: Final = 0.04
"""Share of turns handed on that no model could take."""
GAPS: Final[Mapping[int, tuple[Intent, ...]]] = {
    1: (Intent.DOWNTIME, Intent.AFTERCARE, Intent.DURATION),
    3: (Intent.PRICE, Intent.RESULTS, Intent.PAIN),
    6: (Intent.PRICE,),
}
"""Of the n-th treatment asked for (0 = the first): what the clinic's file does not say, and is mostly not answered."""
CLINIC_GAPS: Final = (Intent.PAYMENT, Intent.PARKING)
"""The same of the clinic itself."""
GAP: Final = 0.8
"""Share of such turns that are not answered."""
HANDED_OVER: Final = frozenset({Intent.HUMAN_HANDOVER, Intent.COMPLAINT})

SUSPECT: Final = 0.02
"""Share of sessions that look automated."""
HIDDEN: Final[Mapping[Intent, float]] = {
    Intent.BOOKING: 0.16,
    Intent.CONTACT: 0.12,
    Intent.HUMAN_HANDOVER: 0.35,
    Intent.CANCELLATION: 0.4,
    Intent.COMPLAINT: 0.2,
}
"""Share of turns with personal data; of other intents `HIDDEN_ELSE`."""
HIDDEN_ELSE: Final = 0.02
HIDDEN_KINDS: Final[Mapping[tuple[Entity, ...], float]] = {
    (Entity.NAME,): 45,
    (Entity.PHONE,): 18,
    (Entity.NAME, Entity.PHONE): 16,
    (Entity.EMAIL,): 10,
    (Entity.NAME, Entity.EMAIL): 6,
    (Entity.LOCATION,): 3,
    (Entity.DATE_OF_BIRTH,): 2,
}
LATENCY_RULES: Final = (55, 34, 9, 2, 0, 0, 0, 0, 0, 0)
"""Latency buckets of what the router answers."""
LATENCY_AI: Final = (0, 0, 1, 6, 24, 42, 20, 6, 1, 0)

SPIKE: Final = 3.5
"""How many times as many sessions as usual come for one treatment in the last whole week. Its turns about treble, since
it also comes up in sessions that came for another."""
SPIKE_RANK: Final = 1
"""Which offered treatment: 0 = the most asked for."""
