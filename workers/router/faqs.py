"""The clinic's own questions: which of them a message asks, word for word or in other words.

A wrong answer is worse than a call of the language model, so what matters of the message must stand in the clinic's
question or its answer, and what matters of the question in the message. The clinic's words are compared, never a
visitor's kept: the tables hold the clinic's file alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from schemas.clinic import Clinic, Faq
from schemas.taxonomy import CLINIC_TOPIC, SPOKEN, Intent, Language
from workers.router.concepts import concepts
from workers.router.faq_words import AFTER, BEFORE, Denials, denials, known, parted, stem
from workers.router.lexicon import LIKELY, all_words, lexicon
from workers.router.per_clinic import per_clinic
from workers.router.phrases import outermost
from workers.router.reading import Reading
from workers.router.slips import Slips
from workers.router.understand import Understanding
from workers.router.words import Words, words, write_out

PEOPLE: Final = "theirs"
"""The concept of those for whom visitors ask: who it is for changes no answer that does not speak of them."""
GO_FIRST: Final = frozenset({Intent.HUMAN_HANDOVER, Intent.COMPLAINT})
"""Wishes that are answered before any question of the clinic's."""
WORD_FOR_WORD: Final = GO_FIRST | {Intent.MEDICAL_ADVICE}
"""What may be meant for a person: only the clinic's very words are answered then."""
ALIKE_FROM: Final = 0.7
"""Share of a question, its filler counted less, that a message must hold to ask it."""
SAME_FROM: Final = 0.85
"""Share from which it asks the very same even where all its words are common ones."""
NOTHING_ELSE: Final = frozenset({Intent.OTHER, Intent.SMALLTALK})
NOTHING_ELSE_FROM: Final = 0.5
"""How sure the router must be that a message asks none of its intents, where only the subject is the clinic's."""
SUBJECT_WORDS: Final = 2
"""Words of the clinic's question that make its subject, where it says none of them again."""
FILLER_WEIGHT: Final = 0.25


class Found(NamedTuple):
    """The clinic's question that a message asks."""

    faq: Faq
    topic: str
    """A treatment's slug, or `clinic`."""
    language: Language
    """Of the question."""
    question: str
    same: bool
    """Whether the message plainly asks the very same: then the clinic's answer goes before a sentence of ours."""
    why: str

    def __repr__(self) -> str:
        """Return the type's name only, as everything that is made from a message."""
        return "<Found>"


class _Question(NamedTuple):
    """An example question as it is compared."""

    text: str
    spoken: Words
    telling: frozenset[str]
    filler: frozenset[str]


class _Entry(NamedTuple):
    """One FAQ in one language."""

    faq: Faq
    topic: str
    questions: tuple[_Question, ...]
    asked: frozenset[str]
    """What matters of its questions."""
    said: frozenset[str]
    """The same with its answer."""
    own: frozenset[str]
    """Words of its questions that mean nothing else to the router."""
    repeated: frozenset[str]
    """Words of its questions that it says again."""
    denials: Denials
    """Negations with what they deny."""
    intents: frozenset[Intent]
    """What the lexicon hears in its questions."""


class _Shelf(NamedTuple):
    """A clinic's questions in one language."""

    entries: tuple[_Entry, ...]
    vocabulary: frozenset[str]
    slips: Slips


class _Message(NamedTuple):
    """A message as it is compared with the questions of one language."""

    telling: frozenset[str]
    filler: frozenset[str]
    names: Mapping[str, frozenset[str]]
    """Words that name treatments, each with their slugs."""
    denials: Denials
    heard: tuple[tuple[Intent, frozenset[str]], ...]
    """What the lexicon hears, each with what matters of its words."""


def find_faq(asked: Understanding, clinic: Clinic) -> Found | None:
    """Return the clinic's question that the message of `asked` asks, None where that is not plain."""
    if not GO_FIRST.isdisjoint(asked.intents):
        return None
    reading = asked.reading
    topics = {CLINIC_TOPIC, *(asked.treatments or asked.given)}
    shelves = _shelves(clinic)
    for language in (reading.language, *(other for other in SPOKEN if other is not reading.language)):
        about = [entry for entry in shelves[language].entries if entry.topic in topics]
        if about and (found := _word_for_word(reading, language, shelves[language], about)):
            return found
    shelf = shelves[reading.language]
    if asked.lead in WORD_FOR_WORD or not shelf.entries:
        return None
    message = _message(reading, shelf)
    near = (e for e in shelf.entries if e.topic in topics and not e.asked.isdisjoint(message.telling))
    about = [entry for entry in near if _all_said(message, entry)]
    if (found := _only(_alike(message, about, reading.language))) is not None:
        return found
    nothing_else = asked.lead in NOTHING_ELSE and asked.odds >= NOTHING_ELSE_FROM
    return _only(_of_subject(message, about, reading.language)) if nothing_else else None


def _word_for_word(reading: Reading, language: Language, shelf: _Shelf, entries: Iterable[_Entry]) -> Found | None:
    """Return the question that the message repeats."""
    spoken = _mended(reading, shelf)
    for entry in entries:
        for question in entry.questions:
            if spoken and question.spoken == spoken:
                return Found(entry.faq, entry.topic, language, question.text, same=True, why="word for word")
    return None


def _all_said(message: _Message, entry: _Entry) -> bool:
    """Return whether all that matters of `message` stands in the clinic's question and answer."""
    others = {word for word, slugs in message.names.items() if entry.topic not in slugs}
    own = message.names.keys() - others
    elsewhere = any(not words_of - own <= entry.asked and i not in entry.intents for i, words_of in message.heard)
    rest = message.telling - own
    return rest <= entry.said and others <= entry.asked and message.denials <= entry.denials and not elsewhere


def _alike(message: _Message, entries: Iterable[_Entry], language: Language) -> Iterator[tuple[float, Found]]:
    """Yield the questions that the message asks in other words, with how much of them it holds."""
    for entry in entries:
        fit = [q for q in entry.questions if _holds(message, q) and not _apart(message, q)]
        alike = [(_share(message, question), question) for question in fit]
        share, question = max(alike, key=lambda one: one[0], default=(0.0, None))
        if question is not None and share >= ALIKE_FROM:
            own = not entry.own.isdisjoint(message.telling)
            same = own or share >= SAME_FROM or len(question.telling) >= SUBJECT_WORDS
            yield share, Found(entry.faq, entry.topic, language, question.text, same=same, why=f"{share:.2f} of it")


def _of_subject(message: _Message, entries: Iterable[_Entry], language: Language) -> Iterator[tuple[float, Found]]:
    """Yield the questions of whose subject the message speaks, and of nothing else."""
    for entry in entries:
        shared = entry.own & message.telling
        whole = any(_holds(message, q) and not q.telling.isdisjoint(shared) for q in entry.questions)
        if whole or len(shared) >= SUBJECT_WORDS or not shared.isdisjoint(entry.repeated):
            question = max(entry.questions, key=lambda q: len(q.telling & message.telling))
            why = f"its subject: {', '.join(sorted(shared))}"
            yield len(shared), Found(entry.faq, entry.topic, language, question.text, same=False, why=why)


def _only(found: Iterable[tuple[float, Found]]) -> Found | None:
    """Return the best of `found`; None where another is as good."""
    ranked = sorted(found, key=lambda one: -one[0])
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]


def _holds(message: _Message, question: _Question) -> bool:
    """Return whether all that matters of `question` stands in the message."""
    return bool(question.telling) and question.telling <= message.telling


def _apart(message: _Message, question: _Question) -> bool:
    """Return whether one asks of the hours before a treatment, the other of those after it."""
    sides = {BEFORE, AFTER}
    return bool(sides & message.filler and sides & question.filler) and not sides & message.filler & question.filler


def _share(message: _Message, question: _Question) -> float:
    """Return how much of `question` the message holds."""
    held = len(question.telling & message.telling) + FILLER_WEIGHT * len(question.filler & message.filler)
    return held / (len(question.telling) + FILLER_WEIGHT * len(question.filler))


def _message(reading: Reading, shelf: _Shelf) -> _Message:
    """Return the message of `reading` as it is compared with `shelf`."""
    language = reading.language
    lex, spoken = lexicon(language), _mended(reading, shelf)
    names = {
        stem(spoken[i], language): frozenset(mention.slugs)
        for mention in reading.mentions
        for i in range(mention.start, mention.end)
    }
    days = {i for hit in outermost(lex.when.find(reading.message)) for i in range(hit.start, hit.end)}
    people = {hit.start for hit in concepts("emergency").find(spoken) if hit.concept == PEOPLE}
    free = days | {i for i in people if spoken[i] not in shelf.vocabulary}
    telling, filler = parted([word for i, word in enumerate(spoken) if i not in free], language)
    heard = [hit for hit in lex.intents.find(spoken) if hit.weight >= LIKELY and hit.label is not Intent.SMALLTALK]
    return _Message(
        telling | names.keys(),
        filler,
        names,
        denials(spoken, language),
        tuple((hit.label, parted(spoken[hit.start : hit.end], language)[0]) for hit in heard),
    )


def _mended(reading: Reading, shelf: _Shelf) -> Words:
    """Return the words of the message, each led back to the clinic's where it is a slip of one."""
    pairs = zip(reading.typed, reading.message, strict=True)
    return tuple(mended if (mended := shelf.slips.mend(typed)) in shelf.vocabulary else known for typed, known in pairs)


@per_clinic
def _shelves(clinic: Clinic) -> Mapping[Language, _Shelf]:
    """Return the clinic's questions by language."""
    return {language: _shelf(clinic, language) for language in SPOKEN}


def _shelf(clinic: Clinic, language: Language) -> _Shelf:
    """Return the questions that the clinic asks in `language`."""
    faqs = [(CLINIC_TOPIC, faq) for faq in clinic.faqs] + [(t.slug, faq) for t in clinic.treatments for faq in t.faqs]
    entries = tuple(_entry(faq, topic, language, clinic) for topic, faq in faqs if faq.questions.in_language(language))
    vocabulary = frozenset(word for entry in entries for q in entry.questions for word in q.spoken)
    return _Shelf(entries, vocabulary, Slips(vocabulary, ordinary=all_words()))


def _entry(faq: Faq, topic: str, language: Language, clinic: Clinic) -> _Entry:
    """Return `faq` as it is compared in `language`."""
    lex = lexicon(language)
    questions = tuple(_question(text, language) for text in faq.questions.in_language(language))
    answer = write_out(words(clinic.say(faq.answer, language)), lex.spellings)
    texts = [*(q.telling for q in questions), parted(answer, language)[0]]
    asked = frozenset[str]().union(*(q.telling for q in questions))
    repeated = {word for word in asked if sum(word in text for text in texts) > 1}
    spoken = [q.spoken for q in questions]
    return _Entry(
        faq, topic, questions, asked, asked.union(*texts), asked - known(language), frozenset(repeated),
        frozenset[tuple[str, str]]().union(*(denials(said, language) for said in (*spoken, answer))),
        frozenset(hit.label for said in spoken for hit in lex.intents.find(said)),
    )  # fmt: skip


def _question(text: str, language: Language) -> _Question:
    """Return `text` as it is compared."""
    spoken = write_out(words(text), lexicon(language).spellings)
    return _Question(text, spoken, *parted(spoken, language))
