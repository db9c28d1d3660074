import pytest

from workers.router.phrases import PhraseBook, outermost
from workers.router.slips import Slips
from workers.router.words import digraph_forms, without_digraphs, words, write_out


@pytest.mark.parametrize(
    "text,expected",
    [
        pytest.param("C'est combien l'Épilation ??", "c est combien l epilation", id="apostrophes, accents, case"),
        pytest.param("geöffnet für Füße", "geoffnet fur fusse", id="umlauts and sharp s"),
        pytest.param("l’œil", "l oeil", id="typographic apostrophe and ligature"),
        pytest.param("heyyyy botoxxx", "hey botox", id="stretched letters"),
        pytest.param("hi I'm [name hidden], botox?", "hi i m botox", id="placeholders say nothing"),
        pytest.param("[date of birth hidden] price", "price", id="placeholder of several words"),
        pytest.param("💉💉 botox_price", "botox price", id="emoji and underscores"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_words_are_folded_alike(text, expected):
    assert " ".join(words(text)) == expected


@pytest.mark.parametrize(
    "text,expected",
    [
        pytest.param("c combien", "c est combien", id="shorthand"),
        pytest.param("c est combien", "c est combien", id="its full form stays"),
        pytest.param("cb c", "combien c est", id="twice"),
    ],
)
def test_shorthand_is_written_out(text, expected):
    spellings = {"c": ("c", "est"), "cb": ("combien",)}
    assert " ".join(write_out(words(text), spellings)) == expected


def test_umlauts_are_known_by_their_digraphs():
    assert digraph_forms("geöffnet für alle") == {"geoeffnet": "geoffnet", "fuer": "fur"}
    assert without_digraphs("oeffnungszeiten") == "offnungszeiten"


@pytest.mark.parametrize(
    "typed,meant",
    [
        ("addresse", "adresse"),
        ("horiares", "horaires"),
        ("oeffnet", "offnet"),
        ("later", "later"),
        ("adr", "adr"),
        ("xdresse", "xdresse"),
        ("adressieren", "adressieren"),
    ],
)
def test_one_slip_is_mended_and_ordinary_words_are_left(typed, meant):
    slips = Slips(["adresse", "horaires", "offnet", "laser"], ordinary=["later"])
    assert slips.mend(typed) == meant


def test_a_slip_between_two_known_words_is_left_alone():
    assert Slips(["sabine", "saline"]).mend("sadine") == "sadine"


def test_the_longest_phrase_says_what_is_meant():
    book = PhraseBook([(("how", "much"), "price", 2), (("how", "much", "swelling"), "downtime", 3)])
    found = outermost(book.find(("how", "much", "swelling")))
    assert [hit.label for hit in found] == ["downtime"]
