"""What the classifier learns from: hand-written messages, the lexicon's phrases, the clinics' own questions.

An example knows what is asked and, where a judge has said so, whether the clinic's file answers it.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from schemas.clinic import Clinic
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, SPOKEN, Intent, Language
from schemas.taxonomy import Path as Way
from schemas.treatments import treatments
from schemas.turns import Said
from workers.router.asked import FOR_THE_MODEL
from workers.router.lexicon import CERTAIN, lexicon

type Clinics = Mapping[str, Clinic]


class Line(msgspec.Struct, frozen=True):
    """A line of the conversation before a message."""

    role: str
    text: str


class Written(msgspec.Struct, frozen=True):
    """A hand-written message as its file has it (`tests/corpus/routing`)."""

    text: str
    language: Language
    clinic: str
    path: tuple[Way, ...]
    intent: tuple[Intent, ...]
    topic: tuple[str, ...]
    asks: tuple[Intent, ...] = ()
    history: tuple[Line, ...] = ()


class Example(NamedTuple):
    """A message with its labels."""

    text: str
    language: Language
    clinic: Clinic
    asks: frozenset[Intent]
    plain: bool | None = None
    """Whether the clinic's file answers it; None where nobody has said."""
    about: str | None = None
    """What it is about: ``treatment``, ``clinic`` or ``none``; None where nobody has said."""
    history: tuple[Said, ...] = ()
    weight: float = 1.0

    def __repr__(self) -> str:
        """Return the type's name only: messages are not for logs."""
        return "<Example>"


DETAILS: Final = frozenset(
    {
        Intent.AFTERCARE,
        Intent.PREPARATION,
        Intent.DOWNTIME,
        Intent.PAIN,
        Intent.RESULTS,
        Intent.RISKS,
        Intent.DURATION,
        Intent.CANDIDACY,
    }
)
"""Asked plainly, these may still be for the model, where the file lacks the text: that says nothing of the words."""
EXAMPLES: Final = Path(__file__).with_name("examples")
NEXT_MESSAGE: Final = " >> "
"""Between two messages of one visitor, in the files of `EXAMPLES`."""
QUESTION_WEIGHT: Final = 0.5
"""Of an example written for training, beside a visitor's message."""
SHORT_NAME: Final = 20
"""Characters of a treatment's name up to which it is put into an example."""
_TREATMENT: Final = re.compile(r"\{t\}")
_FILLERS: Final[Mapping[Language, tuple[Sequence[str], Sequence[str]]]] = {
    Language.EN: (("legs", "face", "chin", "lips", "neck", "forehead"), ("monday", "friday", "saturday", "tomorrow")),
    Language.FR: (("jambes", "visage", "menton", "lèvres", "cou", "front"), ("lundi", "vendredi", "samedi", "demain")),
    Language.NL: (("benen", "gezicht", "kin", "lippen", "hals"), ("maandag", "vrijdag", "zaterdag", "morgen")),
    Language.DE: (("beine", "gesicht", "kinn", "lippen", "hals"), ("montag", "freitag", "samstag", "morgen")),
}
PHRASE_WEIGHT: Final = 0.3
"""Of an example that is a phrase of the lexicon, beside a whole message."""
_decoder = msgspec.json.Decoder(Written)


def written(file: Path, clinics: Clinics) -> Iterator[Example]:
    """Yield the examples of a file of hand-written messages.

    Raises:
        OSError: No such file.
        ValueError: A line is no case; names file and line, never its text.
    """
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            case = _decoder.decode(line)
        except msgspec.DecodeError:
            raise ValueError(f"{file.name}, line {number}: no case") from None
        if case.path[0] in (Way.DETERMINISTIC, Way.LLM):
            yield _example(case, clinics[case.clinic])


def _example(case: Written, clinic: Clinic) -> Example:
    asks = frozenset(case.asks or case.intent[:1])
    topic = case.topic[0] if case.topic else NO_TOPIC
    lacking = case.path[0] is Way.LLM and bool(asks & DETAILS) and topic not in (CLINIC_TOPIC, NO_TOPIC)
    return Example(
        text=case.text,
        language=case.language,
        clinic=clinic,
        asks=asks,
        plain=None if lacking else case.path[0] is Way.DETERMINISTIC,
        about=topic if topic in (CLINIC_TOPIC, NO_TOPIC) else "treatment",
        history=tuple(
            Said(role="visitor" if said.role == "user" else "assistant", text=said.text) for said in case.history
        ),
    )


def phrases(clinic: Clinic) -> Iterator[Example]:
    """Yield the lexicon's sure phrases, each an example of its intent."""
    for language in SPOKEN:
        for phrase, intent, weight in lexicon(language).intents.entries():
            if weight >= CERTAIN:
                text = " ".join(phrase)
                yield Example(text, language, clinic, frozenset({intent}), weight=PHRASE_WEIGHT)


def rows(file: Path, language: Language, clinics: Clinics) -> Iterator[Example]:
    """Yield the router's older cases, of questions that the file answers, of others, and of follow-ups."""
    table: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    clinic = clinics[table["clinic"]]
    for text, asks, topic, _ in table["answered"]:
        yield _row(text, asks, topic, language, clinic, plain=True)
    for text, asks, topic in table["handed_on"]:
        detail = topic not in (CLINIC_TOPIC, NO_TOPIC) and Intent(asks) in DETAILS
        yield _row(text, asks, topic, language, clinic, plain=None if detail else False)
    for before, spoken_of, text, asks, topic, _ in table["follow_ups"]:
        history = (Said(role="visitor", text=before), Said(role="assistant", text="…", topic=spoken_of))
        yield _row(text, asks, topic, language, clinic, plain=True)._replace(history=history)


def _row(text: str, asks: str, topic: str, language: Language, clinic: Clinic, *, plain: bool | None) -> Example:
    intents = frozenset(map(Intent, asks.split()))
    about = topic if topic in (CLINIC_TOPIC, NO_TOPIC) else "treatment"
    return Example(text, language, clinic, intents, plain=plain, about=about)


def own_questions(clinic: Clinic) -> Iterator[Example]:
    """Yield the questions that a clinic's file suggests to visitors; what they ask is for the file to answer."""
    for language in SPOKEN:
        for faq in clinic.faqs:
            for text in faq.questions.in_language(language):
                yield Example(text, language, clinic, frozenset({Intent.OTHER}), about=CLINIC_TOPIC)


def short_questions(clinic: Clinic, *, seed: int) -> Iterator[Example]:
    """Yield the questions written for training alone, their marks filled in by chance."""
    chance = random.Random(seed)  # noqa: S311  # reproducible examples, no secret
    for language in SPOKEN:
        for file in sorted(EXAMPLES.glob(f"{language.value}*.toml")):
            for name, lines in tomllib.loads(file.read_text("utf-8")).items():
                for line in filter(None, map(str.strip, lines.splitlines())):
                    yield _filled(line, Intent(name), language, clinic, chance)


def _filled(line: str, intent: Intent, language: Language, clinic: Clinic, chance: random.Random) -> Example:
    """Return the example of one line; of what it is about only what a named treatment makes sure."""
    text = _TREATMENT.sub(lambda _: chance.choice(_names(language)), line)
    text = text.replace("{a}", chance.choice(_FILLERS[language][0])).replace(
        "{d}", chance.choice(_FILLERS[language][1])
    )
    about = "treatment" if intent in DETAILS | {Intent.OFFER, Intent.PRICE} and "{t}" in line else None
    plain = None if intent in DETAILS else intent not in FOR_THE_MODEL
    return Example(text, language, clinic, frozenset({intent}), plain=plain, about=about, weight=QUESTION_WEIGHT)


def told(clinic: Clinic) -> Iterator[Example]:
    """Yield the messages typed by hand for training alone (`examples/questions/README.md`).

    Raises:
        OSError: A file cannot be read.
        ValueError: A line has no such marks; names file and line, never its text.
    """
    for file in sorted((EXAMPLES / "questions").glob("*.txt")):
        language = Language(file.stem.partition(".")[0])
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            try:
                yield _told(line, language, clinic)
            except (ValueError, KeyError):
                raise ValueError(f"{file.name}, line {number}: no such marks") from None


def _told(line: str, language: Language, clinic: Clinic) -> Example:
    """Return the example of `WAY INTENTS ABOUT: earlier message >> message`."""
    marks, _, said = line.partition(": ")
    way, asks, about = marks.split(" ")
    intents = frozenset(map(Intent, asks.split("+")))
    *before, text = said.split(NEXT_MESSAGE)
    detail = about == "t" and bool(intents & DETAILS)
    return Example(
        text,
        language,
        clinic,
        intents,
        plain=None if detail and way == "M" else {"D": True, "M": False}[way],
        about={"t": "treatment", "c": "clinic", "n": "none"}[about],
        history=tuple(Said(role="visitor", text=earlier) for earlier in before),
    )


def _names(language: Language) -> Sequence[str]:
    """Return the short names of treatments in `language`."""
    return [name for t in treatments().values() for name in t.names[language][1:] if len(name) <= SHORT_NAME]
