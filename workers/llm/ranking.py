"""The one place that knows `bm25s`, which has no types: an index of documents, and its lists of stop words.

It was chosen over fuzzy matching (`rapidfuzz`), which compares spellings and has no notion of a rare word: a passage
that shares "swimming" with the question must beat one that shares "treatment". Indexing shows no progress bar, and
what it logs is silenced in `quiet`. Looking a question up leaves nothing of it in the index.
"""

from __future__ import annotations

from typing import Any, Final, cast

import bm25s as untyped  # pyright: ignore[reportMissingTypeStubs]  # it ships none; hence this module

from schemas.taxonomy import Language

_bm25s: Final = cast("Any", untyped)

STOP_WORDS: Final[dict[Language, tuple[str, ...]]] = {
    Language.EN: tuple(_bm25s.stopwords.STOPWORDS_EN_PLUS),
    Language.FR: tuple(_bm25s.stopwords.STOPWORDS_FRENCH),
    Language.NL: tuple(_bm25s.stopwords.STOPWORDS_DUTCH),
    Language.DE: tuple(_bm25s.stopwords.STOPWORDS_GERMAN),
}
"""Each language's usual stop words, as written: with accents, in small letters."""


class Ranking:
    """Documents, indexed once; BM25 with its usual parameters."""

    def __init__(self, documents: list[list[str]]) -> None:
        """Index `documents`, each a list of terms; none at all is allowed, an empty document is not."""
        self._index = _bm25s.BM25() if documents else None
        if self._index is not None:
            self._index.index(documents, show_progress=False)

    def scores(self, asked: list[str]) -> list[float]:
        """Return a score for each document in order, 0 where it shares no term with `asked`."""
        if self._index is None or not asked:
            return []
        return self._index.get_scores(asked).tolist()
