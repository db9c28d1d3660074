import pytest

from schemas.replies import Answered, Delta
from schemas.taxonomy import SPOKEN, Intent, Language, Outcome, Path
from tests.llm_clinic import clinic, turn
from workers.llm.extractive import FOR_PEOPLE, Library, reply_from_texts
from workers.llm.terms import terms
from workers.llm.texts import section_words, text


def answer(asked, place=None):
    place = place or clinic()
    delta, last = reply_from_texts(asked, clinic=place, library=Library(place))
    assert isinstance(delta, Delta)
    assert isinstance(last, Answered)
    return delta.text, last


BOTOX = {"topic": "botulinum_toxin"}


@pytest.mark.parametrize(
    "language,question,fields,passage",
    [
        pytest.param("en", "Can I go swimming after botox?", BOTOX, "Stay upright", id="en treatment"),
        pytest.param(
            "fr", "Puis-je aller à la piscine après le botox ?", BOTOX, "position verticale", id="fr treatment"
        ),
        pytest.param("nl", "Mag ik gaan zwemmen na botox?", BOTOX, "vier uur rechtop", id="nl treatment"),
        pytest.param("de", "Darf ich nach Botox in die Sauna?", BOTOX, "vier Stunden", id="de treatment"),
        pytest.param("en", "Where can I park?", {}, "behind the building", id="en clinic"),
        pytest.param("fr", "Où puis-je garer ma voiture ?", {}, "derrière le bâtiment", id="fr clinic"),
        pytest.param("nl", "Waar kan ik mijn auto parkeren?", {}, "Achter het gebouw", id="nl clinic"),
        pytest.param("de", "Gibt es Parkplätze?", {}, "Hinter dem Gebäude", id="de clinic"),
        pytest.param("en", "do u sell gift vouchers", {}, "at the desk", id="en question and answer"),
        pytest.param("de", "Verkaufen Sie Geschenkgutscheine?", {}, "am Empfang", id="de question and answer"),
        pytest.param("en", "no swimming how long", {"topic": "lip_filler"}, "two days", id="the topic decides"),
        pytest.param("en", "is there a bruise after botox", {}, "headache", id="treatment named, no topic"),
        pytest.param("en", "any bruise after [name hidden]'s botox", BOTOX, "headache", id="beside a placeholder"),
    ],
)
def test_the_clinics_own_text_answers(language, question, fields, passage):
    said, last = answer(turn(question, language=Language(language), **fields))
    assert passage in said
    assert said.startswith(text("own_texts", Language(language), clinic()))
    assert (last.path, last.outcome) == (Path.FALLBACK, Outcome.FALLBACK)
    assert len(last.sources) == 1


@pytest.mark.parametrize(
    "question,fields",
    [
        pytest.param("Do you sell submarines?", {}, id="nothing about it"),
        pytest.param("How does botox compare with a nuclear reactor?", BOTOX, id="the treatment's name is not enough"),
        pytest.param("no swimming how long", {"topic": "hydrafacial"}, id="a text on another treatment is no answer"),
        pytest.param("can I swim", {}, id="no treatment named"),
        pytest.param("sauna after botox", {"topic": "lip_filler"}, id="the topic wins over a name in the question"),
        pytest.param("lipstick after", BOTOX, id="before and after alone cover nothing"),
        pytest.param("sauna before vor voor avant", BOTOX, id="the wrong side of the treatment"),
        pytest.param("hi", {}, id="only filler"),
        pytest.param("…?!", {}, id="no word"),
    ],
)
@pytest.mark.parametrize("language", SPOKEN)
def test_what_the_texts_do_not_answer_goes_to_the_clinic(language, question, fields):
    said, last = answer(turn(question, language=language, **fields))
    assert said == text("no_answer", language, clinic())
    assert (last.path, last.outcome, last.sources) == (Path.FALLBACK, Outcome.HANDED_OVER, ())
    assert [action.kind for action in last.actions] == ["book", "call", "email"]


def test_a_medical_question_gets_what_holds_in_general_and_the_way_to_the_clinic():
    said, last = answer(turn("im on blood thinners, is botox ok", **BOTOX, intent=Intent.MEDICAL_ADVICE))
    assert "A small bruise or a headache may occur." in said
    assert said.endswith(text("for_people", Language.EN, clinic()))
    assert (last.outcome, len(last.sources)) == (Outcome.HANDED_OVER, 1)


@pytest.mark.parametrize("place", [None, "lip_filler"], ids=["of a text", "of none"])
def test_the_routers_notice_ends_the_answer(place):
    said, _ = answer(turn("im 15", topic=place or "botulinum_toxin", notice="Under 16: with a parent."))
    assert said.endswith("\n\nUnder 16: with a parent.")


@pytest.mark.parametrize("intent", sorted(FOR_PEOPLE))
def test_what_a_person_should_answer_is_not_answered_by_a_text(intent):
    about = BOTOX if intent is not Intent.MEDICAL_ADVICE else {}
    said, last = answer(turn("Can I go swimming after botox?", **about, intent=intent))
    assert said == text("for_people", Language.EN, clinic())
    assert (last.outcome, last.sources) == (Outcome.HANDED_OVER, ())


def test_the_answer_keeps_what_the_router_heard():
    _, last = answer(turn("Can I swim after?", intent=Intent.AFTERCARE, language=Language.FR, **BOTOX))
    assert (last.intent, last.topic, last.language, last.offered) == (
        Intent.AFTERCARE,
        "botulinum_toxin",
        Language.FR,
        True,
    )


@pytest.mark.parametrize("topic,offered", [("liposuction", False), ("hydrafacial", None), ("clinic", None)])
def test_offered_says_what_the_file_says(topic, offered):
    assert answer(turn("?", topic=topic))[1].offered is offered


def test_a_visitor_of_another_language_gets_a_word_of_excuse():
    said, _ = answer(turn("parking?", language=Language.OTHER))
    assert said.startswith(text("other_language", Language.EN, clinic()))
    assert "behind the building" in said


def test_a_clinic_without_booking_offers_call_and_email():
    place = clinic(booking_url='"https://www.lindenhof.example/book"')
    without = type(place)(**{**{f: getattr(place, f) for f in place.__struct_fields__}, "booking_url": None})
    assert [action.kind for action in answer(turn("?"), without)[1].actions] == ["call", "email"]


def test_a_clinic_without_any_text_can_be_asked():
    place = clinic()
    fields = {f: getattr(place, f) for f in place.__struct_fields__}
    bare = type(place)(**{**fields, "treatments": (), "faqs": (), "parking": None})
    assert answer(turn("parking?"), bare)[1].outcome is Outcome.HANDED_OVER


def test_a_question_leaves_nothing_in_the_index():
    """The index outlives the turn; a visitor's words must not."""
    library = Library(clinic())
    asked = turn("zanzibarium swimming after botox", **BOTOX)
    library.find(asked, Language.EN)
    index = library._shelves[Language.EN]._ranking._index
    assert index is not None
    assert "zanzi" not in index.vocab_dict
    assert "swimm" in index.vocab_dict


def test_looking_up_writes_nothing(capfd):
    answer(turn("Can I go swimming after botox?", **BOTOX))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "language,words,expected",
    [
        ("en", "May I go swimming after botox?", ["swimm", "after", "botox"]),
        ("fr", "L'épilation, ça fait mal ?", ["epila", "mal"]),
        ("nl", "Hoe lang vóór de afspraak?", ["voor", "afspr"]),
        ("de", "Größere Schwellung nachher", ["gross", "schwe", "nachh"]),
    ],
)
def test_terms_are_folded_cut_and_without_filler(language, words, expected):
    assert terms(words, Language(language)) == expected


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("intent", Intent)
def test_every_section_has_a_title_in_every_language(intent, language):
    assert section_words(intent, language)[0]
