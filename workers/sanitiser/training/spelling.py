"""Train `workers.sanitiser.spelling`: logistic regression over the n-grams of listed names, towns and words."""

from __future__ import annotations

import math
import random
from array import array
from typing import Final

from workers.sanitiser.lexicon import bands, given_names, surnames, towns
from workers.sanitiser.spelling import SCALE, SIZE, slots

EPOCHS: Final = 3
RATE: Final = 0.08
_MOST: Final = 127
_SHORTEST: Final = 3


def trained(seed: int) -> bytes:
    """Return the weights, one signed byte each; the same seed gives the same ones."""
    known = bands()
    places = {word for town in towns() for word in town.split(" ")}
    names = {word for word in (*given_names(), *surnames(), *places) if word not in known}
    words = [word for word in known if word not in given_names() and word not in surnames() and word not in places]
    rows = [(word, 1.0) for word in sorted(names) if len(word) >= _SHORTEST]
    rows += [(word, 0.0) for word in sorted(words) if len(word) >= _SHORTEST]
    weights = array("d", bytes(8 * SIZE))
    shuffle = random.Random(seed)  # noqa: S311  # reproducible training, no secret
    for epoch in range(EPOCHS):
        shuffle.shuffle(rows)
        rate = RATE / (1 + epoch)
        for word, is_name in rows:
            at = list(slots(word))
            step = rate * (is_name - 1 / (1 + math.exp(-sum(weights[slot] for slot in at))))
            for slot in at:
                weights[slot] += step
    return array("b", (max(-_MOST, min(_MOST, round(weight * SCALE))) for weight in weights)).tobytes()
