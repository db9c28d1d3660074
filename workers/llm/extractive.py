"""The answer without a model: the clinic's own text that fits the question best, said to be just that.

Ranking is BM25 (`ranking`), which needs no training and no language. Its scores depend on the collection, so they only
order; whether the best passage is good enough is decided by how much of the question it covers. An index holds the
clinic's words alone: a question is looked up in it and never added.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.actions import actions
from schemas.clinic import Clinic
from schemas.replies import Answered, Delta, SourceRef
from schemas.taxonomy import CLINIC_TOPIC, Intent, Language, Outcome, Path
from schemas.treatments import treatments
from schemas.turns import RoutedTurn
from workers.llm.judge import prepare
from workers.llm.passages import Passage, passages
from workers.llm.published import Published
from workers.llm.ranking import Ranking
from workers.llm.terms import terms, timing
from workers.llm.texts import section_words, text

COVERED: Final = 0.5
"""The share of a question's terms, the treatment's name apart, that a passage must hold."""

INTENT_WEIGHT: Final = 1.5
"""How much a passage gains that answers the intent which the router heard."""

BEFORE: Final = frozenset({Intent.PREPARATION})
AFTER: Final = frozenset({Intent.AFTERCARE, Intent.DOWNTIME})
"""Texts on one side of a treatment: "no sun for four weeks before" is a wrong answer to "may I sunbathe after?"."""

FOR_PEOPLE: Final = frozenset({Intent.MEDICAL_ADVICE, Intent.COMPLAINT, Intent.HUMAN_HANDOVER})
"""Intents that a ready-made text does not answer: they go to the clinic."""

GENERAL: Final = (Intent.CANDIDACY, Intent.RISKS)
"""What is told in general to who asks about their own health, with the way to the clinic behind it."""


class Library:
    """A clinic's own texts, searchable. Made when the clinic's file is read: a few milliseconds a language."""

    def __init__(self, clinic: Clinic) -> None:
        """Index `clinic` in each of its languages, and read what it publishes."""
        self.published = Published(clinic)
        """By which a model's answer is judged."""
        prepare(self.published)
        self._shelves = {language: _Shelf(clinic, language) for language in clinic.languages}

    def find(self, turn: RoutedTurn, language: Language) -> Passage | None:
        """Return the passage that answers `turn`, or None; `language` is one of the clinic's."""
        return None if turn.intent in FOR_PEOPLE else self._shelves[language].find(turn)

    def general(self, turn: RoutedTurn, language: Language) -> Passage | None:
        """Return what the clinic says in general of for whom a treatment is, to a personal medical question."""
        return self._shelves[language].general(turn) if turn.intent is Intent.MEDICAL_ADVICE else None


class _Shelf:
    """The passages of one language and their index."""

    def __init__(self, clinic: Clinic, language: Language) -> None:
        self._language = language
        self._passages = passages(clinic, language)
        self._named = {t.slug: _names(clinic, t.slug, language) for t in clinic.treatments}
        words = [self._index_terms(passage) for passage in self._passages]
        self._terms = [frozenset(found) for found in words]
        self._ranking = Ranking(words)

    def find(self, turn: RoutedTurn) -> Passage | None:
        """Return the best passage on the turn's topic, if it covers the question."""
        asked = terms(turn.text, self._language)
        scores = self._ranking.scores(asked)
        fits = [
            score * self._weight(turn, asked, passage) for score, passage in zip(scores, self._passages, strict=False)
        ]
        place = max(range(len(fits)), key=fits.__getitem__, default=None)
        if place is None or fits[place] <= 0 or not self._covers(place, asked, turn.topic):
            return None
        return self._passages[place]

    def general(self, turn: RoutedTurn) -> Passage | None:
        """Return the text on for whom the turn's treatment is, else the one on its risks; None where there is none."""
        about = [passage for passage in self._passages if passage.topic == turn.topic and turn.topic in treatments()]
        return next((passage for intent in GENERAL for passage in about if passage.intent is intent), None)

    def _weight(self, turn: RoutedTurn, asked: list[str], passage: Passage) -> float:
        """Return how much a passage's score counts: 0 for another treatment, or the wrong side of this one."""
        if not _timely(passage.intent, asked):
            return 0.0
        if passage.topic in (CLINIC_TOPIC, turn.topic):
            return INTENT_WEIGHT if passage.intent is turn.intent else 1.0
        # A topic that the router heard decides; without one, the question itself must name the treatment.
        named = turn.topic not in treatments() and not self._named[passage.topic].isdisjoint(asked)
        return 1.0 if named else 0.0

    def _covers(self, place: int, asked: list[str], topic: str) -> bool:
        """Whether the passage holds enough of what was asked, beside the treatment's name and before or after."""
        rest = set(asked).difference(self._named.get(topic, ()), *timing())
        if not rest:
            return topic in self._named
        return len(rest & self._terms[place]) >= COVERED * len(rest)

    def _index_terms(self, passage: Passage) -> list[str]:
        """Return the terms by which a passage is found: its text, its questions, its treatment, its section's words.

        Section words count once each: "after, afterwards, aftercare" share a stem and would outweigh the text.
        """
        said = terms(" ".join((passage.text, *passage.questions)), self._language)
        section = terms(" ".join(section_words(passage.intent, self._language)), self._language)
        return [*said, *dict.fromkeys(section), *self._named.get(passage.topic, ())]


def _timely(intent: Intent, asked: list[str]) -> bool:
    """Whether a text stands on the side of the treatment that was asked about; a question may name none or both."""
    early, late = (not words.isdisjoint(asked) for words in timing())
    return early == late or intent not in (AFTER if early else BEFORE)


def _names(clinic: Clinic, slug: str, language: Language) -> frozenset[str]:
    """Return the terms of a treatment's names, of the table's and of the clinic's."""
    treatment, row = clinic.treatment(slug), treatments().get(slug)
    names = [*row.names.get(language, ()), *row.brands] if row else [slug]
    names += treatment.synonyms.in_language(language) if treatment else ()
    return frozenset(terms(" ".join(names), language))


def reply_from_texts(turn: RoutedTurn, *, clinic: Clinic, library: Library) -> Iterator[Delta | Answered]:
    """Yield the answer to `turn` without a model: a text of the clinic's, or the way to the clinic."""
    language = clinic.answer_language(turn.language)
    passage = library.find(turn, language)
    shown = passage or library.general(turn, language)
    lines = [text("other_language", language, clinic)] if language is not turn.language else []
    if shown is not None:
        lines += [text("own_texts", language, clinic), shown.text]
    if passage is None:
        lines.append(text("for_people" if turn.intent in FOR_PEOPLE else "no_answer", language, clinic))
    lines += filter(None, (turn.notice,))
    yield Delta(text="\n\n".join(lines))
    yield Answered(
        path=Path.FALLBACK,
        intent=turn.intent,
        topic=turn.topic,
        outcome=Outcome.HANDED_OVER if passage is None else Outcome.FALLBACK,
        language=turn.language,
        offered=clinic.offers(turn.topic),
        actions=actions(clinic, language, "book", "call", "email"),
        sources=() if shown is None else (_source(shown, language),),
    )


def _source(passage: Passage, language: Language) -> SourceRef:
    """Return where the passage stands in the clinic's file, as a visitor may read it."""
    section = section_words(passage.intent, language)[0]
    row = treatments().get(passage.topic)
    return SourceRef(title=f"{row.names[language][0]}: {section}" if row else section)
