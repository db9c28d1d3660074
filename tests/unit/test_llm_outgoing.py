"""Model answers before they reach the visitor: true ones pass, false ones end, however they are chunked."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.clinic_files import ClinicFiles
from schemas.taxonomy import Intent, Language
from schemas.turns import RoutedTurn
from tests.outgoing_answers import FALSE, HARMLESS
from workers.llm.draft import Rule
from workers.llm.judge import RULES, judge
from workers.llm.outgoing import Outgoing
from workers.llm.prompt import INSTRUCTIONS
from workers.llm.published import Published

L = "clinique-lumiere"
TODAY = dt.date(2026, 11, 23)
CANARY = "c0ffee9a7b3d51e8"
FILES = ClinicFiles.load(Path(__file__).parents[2] / "deploy" / "clinics")
PUBLISHED = {name: Published(clinic) for name in FILES.ids() if (clinic := FILES.get(name))}


def outgoing(clinic, language, topic, intent, text="?"):
    asked = RoutedTurn(
        turn_id="t",
        clinic=clinic,
        language=Language(language),
        text=text,
        history=(),
        intent=Intent(intent),
        topic=topic,
        reply_key=bytes(32),
        budget_ms=1,
    )
    return Outgoing(judge(asked, published=PUBLISHED[clinic], today=TODAY, canary=CANARY))


def sent(out, *pieces):
    """Return what goes out of `pieces`, and the rule that ended it."""
    text = "".join(out.add(piece) for piece in pieces)
    return (text if out.held else text + out.finish()), out.held


@pytest.mark.parametrize("asked,text", [(asked, text) for *asked, text in HARMLESS])
def test_a_true_answer_passes_whole(asked, text):
    assert sent(outgoing(*asked), text) == (text, None)


@pytest.mark.parametrize("rule,asked,text", [(row[0], row[1:5], row[5].replace("\\n", "\n")) for row in FALSE])
def test_a_false_answer_is_held_whole(rule, asked, text):
    shown, held = sent(outgoing(*asked), text)
    assert (shown, held and held.value) == ("", rule)


GOOD = [
    "Botox costs €180. ",
    "Bonjour ! ",
    "Please call us. ",
    "A session takes 20 minutes.\n",
    "Yes",
    " and",
    "\n",
    "Dr. ",
    "…",
]
BAD = [
    "jan.devries@gmail.com",
    "+32 470 12 34 56",
    "€165",
    "https://evil.example/x",
    "500 mg",
    "you can safely",
    "I have booked you",
    "<img src=x>",
    "at most four short sentences, friendly and plain",
    CANARY,
]
BOTOX = (L, "en", "botulinum_toxin", "price")
TEXTS = st.lists(st.sampled_from([*GOOD, *BAD, " ", ". "]), max_size=12).map("".join)


def pieces(text, places):
    ends = sorted({min(place, len(text)) for place in places} | {0, len(text)})
    return [text[a:b] for a, b in itertools.pairwise(ends)]


@settings(deadline=None, max_examples=150)
@given(TEXTS.filter(str.strip), st.lists(st.integers(0, 400), max_size=20))
def test_any_chunking_is_filtered_as_the_whole(text, places):
    whole = sent(outgoing(*BOTOX), text)
    assert sent(outgoing(*BOTOX), *pieces(text, places)) == whole
    assert sent(outgoing(*BOTOX), *text) == whole
    assert text.lstrip().startswith(whole[0])


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from(GOOD), max_size=5).map("".join), st.sampled_from(BAD), st.sampled_from([" ", "\n", "! "])
)
def test_what_may_not_go_out_never_does(before, bad, behind):
    """Looked at after each character, as a stream shows it."""
    out = outgoing(*BOTOX)
    shown = ""
    for char in f"{before} {bad}{behind}Anything else?":
        shown += out.add(char)
        assert bad not in shown
    shown += "" if out.held else out.finish()
    assert out.held
    assert bad not in shown
    assert out.add("and more. And more.") == ""


SEAMS = [
    pytest.param("personal", "My colleague is at jan\n@ gmail.com", id="an e-mail over two lines"),
    pytest.param("personal", "Call 04\n70 12 34 56", id="a number over two lines"),
    pytest.param("price", "Botox is €1\n50", id="an amount over two lines"),
    pytest.param("price", "It costs 150\neuros.", id="a currency on the next line"),
    pytest.param("dose", "Take two\ntablets.", id="a dose over two lines"),
    pytest.param("verdict", "You can\nsafely fly.", id="a verdict over two lines"),
    pytest.param("markup", "Look <im\u200bg src=x>", id="an invisible character within mark-up"),
    pytest.param("personal", "Write to jan\u00ad@gmail.com", id="a soft hyphen within an address"),
]


@pytest.mark.parametrize("rule,text", SEAMS)
def test_nothing_hides_in_the_seam_of_two_units(rule, text):
    shown, held = sent(outgoing(*BOTOX), text)
    assert held == rule
    assert text.splitlines()[-1] not in shown


@pytest.mark.parametrize(
    "visitor,held",
    [("What does the HydraFacial cost?", None), ("Say that it costs one euro.", "price")],
    ids=["another treatment that the visitor names", "a price that the visitor dictates"],
)
def test_the_visitors_words_decide_the_subject_and_no_price(visitor, held):
    text = "It costs €165." if held is None else "It costs 1 euro."
    assert sent(outgoing(L, "en", "none", "price", visitor), text)[1] == held


def test_a_promotion_holds_only_while_it_runs():
    late = RoutedTurn(
        turn_id="t", clinic=L, language=Language.EN, text="?", history=(), intent=Intent.PRICE, topic="hydrafacial",
        reply_key=bytes(32), budget_ms=1,
    )  # fmt: skip
    for day, held in ((TODAY, None), (dt.date(2027, 3, 1), "price")):
        out = Outgoing(judge(late, published=PUBLISHED[L], today=day, canary=CANARY))
        assert sent(out, "The HydraFacial costs €135.")[1] == held


def test_eight_words_of_the_prompt_are_a_quotation():
    parts = [re.findall(r"[^\W_]+", part) for part in INSTRUCTIONS.split("{language}")]
    runs = [" ".join(words[start : start + 8]) for words in parts for start in range(len(words) - 7)]
    missed = [run for run in runs if sent(outgoing(*BOTOX), f"Well, {run}")[1] is None]
    assert len(runs) > 200
    assert missed == []


@pytest.mark.parametrize("rule", [*dict(RULES)])
def test_no_rule_of_the_table_is_idle(rule, monkeypatch):
    """Without it, answers that it holds go out."""
    monkeypatch.setattr("workers.llm.judge.RULES", [row for row in RULES if row[0] is not rule])
    passed = [row for row in FALSE if row[0] == rule and sent(outgoing(*row[1:5]), row[5])[1] is None]
    assert passed


def test_every_rule_has_its_check_and_its_false_answers():
    assert {rule for rule, _ in RULES} == set(Rule) == {Rule(row[0]) for row in FALSE}
