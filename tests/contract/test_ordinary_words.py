"""Of the commonest words of four languages, only those below are taken for a treatment's name that they are not."""

from pathlib import Path

import pytest

from schemas.taxonomy import SPOKEN
from workers.router.treatment_match import TreatmentIndex, table_names
from workers.router.words import words

LISTS = Path(__file__).parents[2] / "workers" / "sanitiser" / "data" / "words"
COMMONEST = 12_000
"""Lines of each list that are looked at."""
MEANT = frozenset(
    words(
        "afslanken alignees alignes bouche breakout buccale draad facetten filer filled fysio greffer grince "
        "grincer grind grinds impuissant impuissante impuissants incontinence ink inkt peiling piercings tatoeages "
        "tatouages tatoue tattooed tattoos testosteron vampires veneer waxed"
    )
)
"""Forms and slips of a name, or words that point to the treatment."""


@pytest.mark.parametrize("language", SPOKEN)
def test_a_common_word_is_no_misspelt_treatment(language):
    index = TreatmentIndex(table_names())
    lines = (LISTS / f"{language}.txt").read_text("utf-8").splitlines()[:COMMONEST]
    common = {found[0] for line in lines if not line.startswith("#") and len(found := words(line)) == 1}
    taken = {word for word in common - index.literals - MEANT if index.find((word,))}
    assert not taken, f"put them into workers/router/lexicon/ordinary.txt: {' '.join(sorted(taken))}"
