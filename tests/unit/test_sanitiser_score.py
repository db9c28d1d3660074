import pytest
from click.testing import CliRunner

from schemas.taxonomy import Entity, Language
from tests.corpus.annotated import Message, marked
from tests.corpus.measures import Rate, Score, casing, hidden_in, judge
from tests.corpus.ours import Ours
from tests.corpus.score import command, errors, report, score


def message(line: str) -> Message:
    return Message(*marked(line), "clinique-lumiere", "", 1)


def hiding(whole: Message, *parts: str) -> list[tuple[int, int]]:
    return [(whole.text.index(part), whole.text.index(part) + len(part)) for part in parts]


@pytest.mark.parametrize(
    "line,hidden,leaked",
    [
        pytest.param("its {name:sarah jones} hi", ["sarah jones"], [], id="all of it hidden"),
        pytest.param("its {name:sarah jones} hi", ["sarah"], ["sarah jones"], id="the family name is left"),
        pytest.param("its {name:sarah jones} hi", ["sarah jone"], ["sarah jones"], id="one letter is left"),
        pytest.param("its {name:sarah jones} hi", ["sarah", "jones"], [], id="the blank between may stay"),
        pytest.param("its {name:jan van den berg}", ["jan", "berg"], [], id="particles may stay"),
        pytest.param("its {name:jan van den berg}", ["jan van den"], ["jan van den berg"], id="not what they lead to"),
        pytest.param("its {name:minh le}", ["minh"], ["minh le"], id="a particle at the end is a name"),
        pytest.param("its {name:le}", [], ["le"], id="a particle alone is a name"),
        pytest.param("{email:jan at gmail dot com}", ["jan", "gmail", "com"], [], id="signs in words may stay"),
        pytest.param("{email:jan at gmail dot com}", ["jan"], ["jan at gmail dot com"], id="a domain may not"),
        pytest.param("{email:de.la@a.be}", ["@a.be"], ["de.la@a.be"], id="particles of an address may not"),
        pytest.param("{date_of_birth:the 2nd of May 1944}", ["2nd of May 1944"], [], id="an article may stay"),
        pytest.param("{phone:0478/12.34.56}", ["0478", "12", "34", "56"], [], id="separators may stay"),
        pytest.param("{phone:0478/12.34.56}", ["0478/12.34.5"], ["0478/12.34.56"], id="a digit may not"),
        pytest.param("{phone:0478} {phone:99}", ["99"], ["0478"], id="each span by itself"),
    ],
)
def test_a_span_leaks_when_an_identifying_character_is_left(line, hidden, leaked):
    whole = message(line)
    judged = judge(whole, hiding(whole, *hidden))
    assert [whole.text[mark.start : mark.end] for mark in judged.leaked] == leaked


def test_a_kept_word_is_lost_by_one_hidden_character_and_other_words_are_counted_apart():
    whole = message("{name:ann}, about {keep:crows feet} tomorrow")
    judged = judge(whole, hiding(whole, "ann", "s f", "tomorrow"))
    assert [whole.text[mark.start : mark.end] for mark in judged.lost] == ["crows feet"]
    assert judged.beyond == ("crows", "feet", "tomorrow")
    assert judged.leaked == ()


@pytest.mark.parametrize(
    "text,how",
    [
        ("sarah", "lower case"),
        ("Sarah", "Mixed"),
        ("SARAH 2", "capitals"),
        ("سارة", "none"),
        ("12", "none"),
        ("rue neuve 3", "lower case"),
    ],
)
def test_casing_is_that_of_the_letters(text, how):
    assert casing(text) == how


@pytest.mark.parametrize(
    "bad,total,low,high",
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (1, 600, 0.0003, 0.0094), (0, 0, 0.0, 1.0)],
)
def test_intervals_are_wilsons(bad, total, low, high):
    """Against published values (Wilson 1927, without continuity correction)."""
    assert Rate(bad, total).interval == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(
    "original,redacted,parts",
    [
        pytest.param("hi ann, ok", "hi [name hidden], ok", ["ann"], id="one in the middle"),
        pytest.param("ann\nb", "[name hidden]\nb", ["ann"], id="at the start, line breaks after it"),
        pytest.param("ann 0478 1", "[name hidden] [phone hidden]", ["ann", "0478 1"], id="to the end"),
        pytest.param("nothing", "nothing", [], id="nothing hidden"),
        pytest.param("a (b) a*", "a ([id hidden]) a*", ["b"], id="signs that expressions know"),
    ],
)
def test_what_was_hidden_is_found_again(original, redacted, parts):
    assert [original[a:b] for a, b in hidden_in(original, redacted)] == parts


def test_a_text_that_is_not_the_originals_is_refused_without_being_quoted():
    with pytest.raises(ValueError, match="not the original") as error:
        hidden_in("wilhelmina is here", "[name hidden] was here")
    assert "wilhelmina" not in str(error.value)


def test_rates_are_taken_apart_by_type_language_and_casing():
    counted = Score()
    counted.add(Language.EN, message("{name:ann} {email:a@b.be}"), [])
    counted.add(Language.FR, message("{name:Ann}"), [(0, 3)])
    counted.add(Language.FR, message("rien"), [(0, 4)])
    rates = {part: (found.bad, found.total) for _, part, found in counted.leaks()}
    assert (rates["all"], rates["structured"], rates["name"]) == ((2, 3), (1, 1), (1, 2))
    assert (rates["en"], rates["fr"], rates["de"]) == ((2, 2), (0, 1), (0, 0))
    assert (rates["names, lower case"], rates["names, Mixed"]) == ((1, 1), (0, 1))
    assert counted.harmless == [(Language.FR, True)]


def test_the_errors_of_the_test_part_are_refused():
    ran = CliRunner().invoke(command, ["--part", "test", "--errors"])
    assert ran.exit_code == 2
    assert "never printed" in ran.output


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Two messages and two pairs through the real engine: a number over the seam, and one word nobody can know."""
    folder = tmp_path_factory.mktemp("corpora")
    (folder / "en").mkdir()
    single = "mail {email:ann@example.org} about {keep:botox}\nmy code is {id:xq zw}\ndo you do {keep:peels}?\n"
    split = "call {phone:0478} ||| {phone:12 34 56}\nhow much is {keep:botox} ||| and {keep:peels}\n"
    (folder / "en" / "dev.txt").write_text(single, "utf-8")
    (folder / "en" / "dev_pairs.txt").write_text(split, "utf-8")
    return score(Ours(), "dev", [Language.EN], folder=folder)


def test_a_pair_goes_as_two_turns_and_the_first_is_rewritten(scored):
    assert (scored.split, scored.tempting) == ([False], [False])


def test_leaks_of_the_real_engine_are_counted_and_listed(scored):
    (mishap,) = scored.mishaps
    assert [mark.entity for mark in mishap.judged.leaked] == [Entity.ID]
    assert "    LEAKED id: 'xq zw'" in list(errors(scored.mishaps))
    assert scored.singles.leak() == (1, 2)
    assert [lost for _, lost in scored.singles.kept] == [False, False]


def test_the_report_shows_no_word_of_a_message(scored):
    shown = "\n".join(report(scored))
    assert not any(word in shown for word in ("ann", "botox", "xq", "0478"))
    assert "structured" in shown
