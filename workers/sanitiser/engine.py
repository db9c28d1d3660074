"""The analysis of one message: built once a process, then pure, on no network, keeping nothing of what it reads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final

from presidio_analyzer import AnalyzerEngine, EntityRecognizer

from schemas.taxonomy import Language
from workers.sanitiser import presidio
from workers.sanitiser.glance import glance
from workers.sanitiser.keep import KeepWords
from workers.sanitiser.normalise import Normalised, normalise
from workers.sanitiser.profile import ALSO
from workers.sanitiser.rampart import Rampart
from workers.sanitiser.recognisers import PATTERNS, Find, tagged
from workers.sanitiser.recognisers.match import Match
from workers.sanitiser.recognisers.modelled import Modelled
from workers.sanitiser.redact import PLACEHOLDER, Finding
from workers.sanitiser.second_reader import SecondReader
from workers.sanitiser.spans import settle, uncovered
from workers.sanitiser.tagger import tagger

FINDS: Final[tuple[tuple[str, Find], ...]] = (*PATTERNS, ("tagged", tagged.find))
"""Every recogniser that runs on every message; alone, the tagger asks no second reader."""
_WARM_UP: Final = "hello there"
"""Analysed once when loading, so that no visitor waits for the lists to be read."""
_NO_MODELS: Final[Mapping[Language, str]] = MappingProxyType({})


class SanitiserFailed(Exception):  # noqa: N818  # the error's name is what happened
    """An analysis failed: the message goes no further. Carries no text and no cause."""

    def __init__(self) -> None:
        """Say what happened, never to which text."""
        super().__init__("sanitiser failed")


class Engine:
    """Our recognisers and models behind Presidio's interface. Safe to share: one message is analysed at a time."""

    def __init__(
        self, nlp: presidio.ChatNlp, analyzer: AnalyzerEngine, finds: Sequence[Find], *, theirs: frozenset[str]
    ) -> None:
        self.analyzer: Final = analyzer
        """The same analysis as Presidio's own interface offers it: for those who call that."""
        self._nlp = nlp
        self._finds = finds
        self._theirs = theirs
        """Presidio's codes of the languages in which recognisers of others run."""
        self._one_at_a_time = threading.Lock()  # a spaCy memory zone cannot be entered twice

    @classmethod
    def load(
        cls,
        weights: Path,
        *,
        spacy_models: Mapping[Language, str] = _NO_MODELS,
        extra_recognisers: Sequence[EntityRecognizer] = (),
    ) -> Engine:
        """Build the engine; takes seconds.

        Args:
            spacy_models: For a language, an installed spaCy package or a folder whose people and places count too.
                None by default: the stock models take harmless words for names in every second clean message.
            extra_recognisers: Presidio recognisers of the deployment's own; their `supported_language` is en, fr, nl,
                de, or xx (any other language).
            weights: Rampart's, re-quantised (`lethe train rampart`); the package's own where it is None.

        Raises:
            OSError: A spaCy model, the Rampart package or the trained tagger is missing.
        """
        nlp = presidio.ChatNlp(spacy_models)
        readers = Modelled(SecondReader(tagger(), Rampart.load(weights)))
        finds = (*PATTERNS, ("readers", readers.find))
        theirs = {presidio.code_of(language) for language in spacy_models}
        theirs |= {recogniser.supported_language for recogniser in extra_recognisers}
        analyzer = presidio.analyzer(nlp, finds, models=spacy_models, extra=extra_recognisers)
        list(readers.find(glance(_WARM_UP)))
        return cls(nlp, analyzer, [find for _, find in finds], theirs=frozenset(theirs))

    def analyse(self, text: str, *, language: Language, keep: KeepWords) -> list[Finding]:
        """Return the personal data in `text`: sorted, without overlaps, in code points of `text` itself.

        Args:
            text: What the visitor typed; placeholders in it stay.
            language: As heard (`language.hear`); patterns of all languages run whatever it is.
            keep: The clinic's own words, which stay.

        Raises:
            SanitiserFailed: Anything went wrong; there is no half result.
        """
        try:
            return self._analyse(normalise(text), presidio.code_of(language), keep)
        except Exception:  # noqa: BLE001, S110  # fail closed: raised below, where no frame of the cause is attached
            pass
        raise SanitiserFailed

    def _analyse(self, message: Normalised, language: str, keep: KeepWords) -> list[Finding]:
        if language in self._theirs:
            with self._one_at_a_time, self._nlp.memory_zone(language):
                matches = presidio.matches(self.analyzer, message.text, language)
        else:
            matches = presidio.matches(self.analyzer, message.text, language, alone=self._finds)
        return findings(matches, message, keep)


def analyse_patterns(text: str, *, keep: KeepWords) -> list[Finding]:
    """Return what the recognisers that run on every message find in `text`: for the seam of two messages.

    Raises:
        SanitiserFailed: As `Engine.analyse`.
    """
    try:
        message = normalise(text)
        seen = glance(message.text)
        return findings((m for _, find in FINDS for m in find(seen)), message, keep)
    except Exception:  # noqa: BLE001, S110  # as in `Engine.analyse`
        pass
    raise SanitiserFailed


def findings(matches: Iterable[Match], message: Normalised, keep: KeepWords) -> list[Finding]:
    """Return `matches`, and what `keep`'s profile adds, as findings in the original, without what `keep` releases."""
    more = [match for find in ALSO[keep.profile] for match in find(glance(message.text))]
    found = [*matches, *more]
    if not found:
        return []
    placeholders = [hit.span() for hit in PLACEHOLDER.finditer(message.text)]
    outside = [
        match._replace(start=start, end=end)
        for match in found
        for start, end in uncovered(match.start, match.end, placeholders)
    ]
    settled = settle(keep.released(outside, message.text), message.text)
    spans = [Finding(m.entity, *message.to_original(m.start, m.end)) for m in settled]
    # Two matches inside one character of the original ("㏂") share its span: the first stands.
    return spans[:1] + [right for left, right in pairwise(spans) if right.start >= left.end]
