"""Fitting the classifier: logistic regression, one column a label, rounded to small integers.

scikit-learn, a development package, is used here alone and untyped: what runs at a clinic's is
`workers.router.model.classifier`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.taxonomy import Intent
from workers.router.model.classifier import Classifier, key

LABELS: Final = tuple(intent for intent in Intent if intent not in (Intent.EMERGENCY, Intent.INJECTION))
"""Intents that are learned; the two others have parts of their own."""
SEEN_MIN: Final = 2
"""Examples in which a feature must stand to be kept."""
STRENGTH: Final = 30.0
"""Inverse of the regularisation."""
RARITY_MIN: Final = 0.05
"""Keeps what stands in every example from weighing nothing."""
RARITY_USUAL: Final = 2.4
"""About the rarity of most features: the strength above is meant for weights around 1."""
STEPS: Final = 127
"""Largest magnitude of a rounded weight."""


class Described(NamedTuple):
    """An example ready to be learned from."""

    features: Sequence[str]
    columns: dict[str, bool]
    """Labels with their truth; a label that is not there is not learned from this example."""
    weight: float = 1.0


def fit(
    examples: Sequence[Described], *, seed: int, strength: float = STRENGTH, telling_weigh_more: float = 0.0
) -> Classifier:
    """Return the classifier of `examples`; the same one for the same examples and seed.

    Args:
        examples: Described; every label needs some of either truth.
        seed: Of the solver.
        strength: Inverse of the regularisation.
        telling_weigh_more: How much more a feature weighs before training, the more it tells of a label: the power to
            which its log-count ratio is taken, 0 for not at all.
    """
    seen = Counter(f for example in examples for f in example.features)
    vocabulary = sorted(f for f, times in seen.items() if times >= SEEN_MIN)
    by_hash = {key(f): f for f in reversed(vocabulary)}
    kept = sorted(by_hash)
    column_of = {h: i for i, h in enumerate(kept)}
    counts = [seen[by_hash[h]] for h in kept]
    rarity = _rarity(counts, len(examples))
    matrix = _matrix(examples, column_of, rarity)
    labels = sorted({label for example in examples for label in example.columns})
    fitted = [
        _column(matrix, examples, label, seed=seed, strength=strength, telling=telling_weigh_more) for label in labels
    ]
    coefficients = np.stack([weights for weights, _ in fitted], axis=1) * rarity[:, None]
    scale = np.maximum(np.abs(coefficients).max(axis=0), 1e-9) / STEPS
    steps = np.rint(coefficients / scale).astype(np.int8)
    telling = np.flatnonzero(np.abs(steps).max(axis=1) > 0)
    return Classifier(
        labels,
        np.array(kept, dtype=np.uint32)[telling],
        steps[telling],
        scale.astype(np.float32),
        np.array([bias for _, bias in fitted], dtype=np.float32),
    )


def _rarity(seen: Sequence[int], examples: int) -> npt.NDArray[np.float64]:
    """Return how much each feature weighs before training: the rarer, the more."""
    return np.sqrt(np.log(examples / np.array(seen, dtype=np.float64)) + RARITY_MIN) / RARITY_USUAL


def _matrix(examples: Sequence[Described], column_of: dict[int, int], rarity: npt.NDArray[np.float64]) -> Any:
    """Return the sparse matrix of examples and features, rows of about the same length each."""
    csr_matrix: Any = import_module("scipy.sparse").csr_matrix
    data: list[float] = []
    indices: list[int] = []
    starts = [0]
    for example in examples:
        columns = sorted({c for f in example.features if (c := column_of.get(key(f))) is not None})
        indices += columns
        data += (rarity[columns] / max(len(example.features), 1) ** 0.5).tolist()
        starts.append(len(indices))
    return csr_matrix((data, indices, starts), shape=(len(examples), len(column_of)))


def _column(
    matrix: Any, examples: Sequence[Described], label: str, *, seed: int, strength: float, telling: float
) -> tuple[npt.NDArray[np.float64], float]:
    """Return the weights and the intercept of one label."""
    regression: Any = import_module("sklearn.linear_model").LogisticRegression
    rows = [i for i, example in enumerate(examples) if label in example.columns]
    truth = [examples[i].columns[label] for i in rows]
    model = regression(C=strength, solver="liblinear", dual=True, tol=0.01, random_state=seed, max_iter=2000)
    weighs = _log_count_ratio(matrix[rows], np.array(truth)) ** telling
    weighed = matrix[rows].multiply(weighs[None, :]).tocsr()
    model.fit(weighed, truth, sample_weight=[examples[i].weight for i in rows])
    return model.coef_[0] * weighs, float(model.intercept_[0])


def _log_count_ratio(matrix: Any, truth: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return how far each feature's share of the true examples is from that of the others, in logarithms, ≥ 0.

    As in S. Wang and C. Manning, "Baselines and Bigrams" (ACL 2012).
    """
    stands = (matrix > 0).astype(np.float64)
    with_it, without = (1 + np.asarray(stands[rows].sum(axis=0)).ravel() for rows in (truth, ~truth))
    return np.abs(np.log((with_it / with_it.sum()) / (without / without.sum())))


def columns_of(asks: frozenset[Intent], *, plain: bool | None, about: str | None) -> Iterator[tuple[str, bool]]:
    """Yield the labels that an example teaches, with their truth."""
    yield from ((intent.value, intent in asks) for intent in LABELS)
    if plain is not None:
        yield "plain", plain
    if about is not None:
        yield from ((f"about {kind}", kind == about) for kind in ("treatment", "clinic", "none"))
