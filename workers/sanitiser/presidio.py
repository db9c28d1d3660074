"""The one place that knows Presidio and spaCy: our recognisers behind their interface, and nothing of their defaults.

Presidio's own recognisers, its model downloads and its public suffix list are never loaded: no start and no message
needs a network. Recognisers written for Presidio by others run beside ours (`extra`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, cast

import spacy
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from schemas.taxonomy import Entity, Language
from workers.sanitiser.glance import glance
from workers.sanitiser.recognisers import Find
from workers.sanitiser.recognisers.match import LIKELY, Match

UNKNOWN: Final = "xx"
"""spaCy's name for a language of no pipeline: `Language.OTHER`."""
_BLANK: Final = "xx"
_NO_LIMIT: Final = 1 << 30
"""Code points that spaCy takes; its own limit guards models that are not run here."""

THEIRS: Final = {
    "PERSON": Entity.NAME,
    "PER": Entity.NAME,
    "LOCATION": Entity.LOCATION,
    "LOC": Entity.LOCATION,
    "GPE": Entity.LOCATION,
    "EMAIL_ADDRESS": Entity.EMAIL,
    "PHONE_NUMBER": Entity.PHONE,
    "IBAN_CODE": Entity.IBAN,
    "CREDIT_CARD": Entity.CARD,
    "IP_ADDRESS": Entity.IP,
    "URL": Entity.URL,
    "DATE_OF_BIRTH": Entity.DATE_OF_BIRTH,
}
"""What Presidio and spaCy call our entities; anything else that a recogniser reports is hidden as an `id`."""
_SPACY_LABELS: Final = ("PERSON", "PER", "LOC", "GPE")


def code_of(language: Language) -> str:
    """Return Presidio's code of `language`."""
    return UNKNOWN if language is Language.OTHER else language.value


class ChatNlp(NlpEngine):
    """spaCy as Presidio wants it: a tokenizer without a model, except where a language has a configured one."""

    def __init__(self, models: Mapping[Language, str]) -> None:
        """Load `models`: names of installed spaCy packages, or folders.

        Raises:
            OSError: No such model.
        """
        blank = spacy.blank(_BLANK)
        self._pipelines = {code_of(k): spacy.load(models[k]) if k in models else blank for k in Language}
        for pipeline in self._pipelines.values():
            pipeline.max_length = _NO_LIMIT

    def memory_zone(self, language: str) -> AbstractContextManager[Any]:
        """Return a zone at whose end the vocabulary forgets every word that it met in between."""
        pipeline: Any = self._pipelines[language]
        return pipeline.memory_zone()

    def load(self) -> None:
        """Do nothing: loaded when built."""

    def is_loaded(self) -> bool:
        """Return True."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return the tokens of `text`, and its entities where the language has a model."""
        doc = self._pipelines[language](text)
        indices = [token.idx for token in doc]
        words = [token.lower_ for token in doc]
        return NlpArtifacts(list(doc.ents), doc, indices, words, cast("Any", self), language)

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **_: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Yield each text with its tokens; one at a time, whatever the sizes asked for."""
        del batch_size, n_process
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        """Return False: asking the vocabulary would make it remember the word."""
        del word, language
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Return whether `word` holds no letter and no digit."""
        del language
        return not any(c.isalnum() for c in word)

    def get_supported_entities(self) -> list[str]:
        """Return the labels that are read from spaCy models."""
        return list(_SPACY_LABELS)

    def get_supported_languages(self) -> list[str]:
        """Return Presidio's codes of our languages."""
        return list(self._pipelines)


class _Ours(EntityRecognizer):
    """One of our `find` functions as a Presidio recogniser."""

    def __init__(self, name: str, find: Find, language: str) -> None:
        self._find = find
        super().__init__([entity.value for entity in Entity], name=name, supported_language=language)

    def load(self) -> None:
        """Do nothing: a function needs no loading."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """Return the function's matches in `text`."""
        del entities, nlp_artifacts
        return [RecognizerResult(m.entity.value, m.start, m.end, m.score) for m in self._find(glance(text))]


class _FromSpacy(EntityRecognizer):
    """The entities that a configured spaCy model found."""

    def __init__(self, language: str) -> None:
        super().__init__(list(_SPACY_LABELS), name="spacy", supported_language=language)

    def load(self) -> None:
        """Do nothing: `ChatNlp` holds the model."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """Return the model's people and places."""
        del text, entities
        spans = [span for span in nlp_artifacts.entities if span.label_ in _SPACY_LABELS]
        return [RecognizerResult(span.label_, span.start_char, span.end_char, LIKELY) for span in spans]


def analyzer(
    nlp: ChatNlp, finds: Sequence[tuple[str, Find]], *, models: Iterable[Language], extra: Sequence[EntityRecognizer]
) -> AnalyzerEngine:
    """Return Presidio's engine with our recognisers for every language, `extra` ones, and none of its defaults."""
    languages = nlp.get_supported_languages()
    ours = [_Ours(name, find, language) for language in languages for name, find in finds]
    theirs = [_FromSpacy(code_of(language)) for language in models]
    registry = RecognizerRegistry(recognizers=[*ours, *theirs, *extra], supported_languages=languages)
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=languages)


def matches(engine: AnalyzerEngine, text: str, language: str, *, alone: Sequence[Find] | None = None) -> list[Match]:
    """Return everything that the recognisers of `language` report in `text`, overlapping and unsorted.

    Args:
        engine: Presidio's.
        text: Normalised.
        language: Presidio's code.
        alone: Our recognisers, where no others run: Presidio would tokenise, wrap and unwrap for none that needs it.
    """
    if alone is not None:
        message = glance(text)
        return [match for find in alone for match in find(message)]
    return [Match(_entity(r.entity_type), r.start, r.end, r.score) for r in engine.analyze(text, language)]


def _entity(name: str) -> Entity:
    own = Entity.__members__.get(name.upper())
    return own or THEIRS.get(name, Entity.ID)
