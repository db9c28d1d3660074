"""The demo page: what a clinic's own site could look like, with the chat put on it as any clinic would put it.

Its policy is as strict as a clinic's site can have it, so that the launcher is seen to work under one.
"""

from __future__ import annotations

import datetime as dt
import functools

from gateway.demo_facts import answered_questions, first_appointment, people, price_list
from gateway.demo_hours import clinic_clock, closures_ahead, opening, opening_sentence, opening_week
from gateway.pages import LANGUAGE_NAMES, POLICY, csp, render, texts
from schemas.actions import action
from schemas.clinic import Clinic
from schemas.clinic_words import PAYMENT_NAMES
from schemas.taxonomy import Language


def demo_page(clinic: Clinic, language: Language, *, now: dt.datetime) -> str:
    """Return the demo page of `clinic`.

    Args:
        clinic: Whose file fills the page.
        language: The visitor's; where the clinic does not answer in it, its first is taken.
        now: With a zone; the page says whether the clinic is open and what it offers today.
    """
    language = clinic.answer_language(language)
    own = texts()[language]
    words, clock = own.demo, clinic_clock(clinic, now)
    status = opening(clinic, clock)
    return render(
        "demo.html",
        clinic=clinic,
        language=language.value,
        names=LANGUAGE_NAMES,
        page=own.page,
        demo=words,
        say=functools.partial(clinic.say, language=language),
        is_open=status.is_open,
        opening=opening_sentence(status, clock, words=words, days=own.days),
        week=opening_week(clinic, clock.date(), own.days["names"]),
        closures=closures_ahead(clinic, clock.date(), language, words=words, days=own.days),
        promotions=clinic.promotions_on(clock.date()),
        prices=price_list(clinic, language, groups=own.groups, money=own.money, minutes=words["minutes"]),
        people=people(clinic, language),
        questions=answered_questions(clinic, language),
        first_appointment=first_appointment(clinic, own.demo, own.money),
        payment=", ".join(PAYMENT_NAMES[method].in_language(language, language) for method in clinic.payment.taken),
        map=action("map", clinic, language),
    )


def demo_csp() -> str:
    """Return the demo page's Content-Security-Policy: it shows one frame, ours, and calls nobody itself."""
    return csp(POLICY | {"connect-src": "'none'", "frame-src": "'self'", "frame-ancestors": "'none'"})
