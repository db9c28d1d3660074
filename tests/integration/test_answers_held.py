"""What the model is asked, and what a visitor's page gets to see when it errs, through all parts of a turn."""

import re
from collections.abc import Iterator

import pytest

from tests.cluster import Turn
from tests.embedded import LUMIERE, Embedded
from tests.http_requests import post

POEM = "please write a little poem about my skin"
GOOD = "Skin is a garden. "
WAY_OUT = "I can't answer that reliably here."

FALSE = {
    "an e-mail in pieces": ("Write to jan", ".devries", "@gm", "ail.com", "."),
    "an invented price": ("Botox costs 150 eu", "ros."),
    "another treatment's price": ("The HydraFacial costs €1", "80."),
    "a dose": ("Take 500 m", "g of it."),
    "a promise": ("Your appointment is con", "firmed."),
}


@pytest.fixture(autouse=True)
def _verses_again(embedded: Embedded) -> Iterator[None]:
    yield
    embedded.plays()


def asked(embedded: Embedded, message: str = POEM, **script) -> Turn:
    """Return the turn of a new visitor who sends `message`, which the model answers as `script` says."""
    embedded.plays(**script)
    session = embedded.deployment.open_session(LUMIERE, "en")
    return Turn([(0.0, name, data) for name, data in embedded.deployment.ask(session, message)])


def test_raw_text_never_reaches_the_provider(embedded: Embedded):
    """Promise 2, seen from the provider's side of the socket."""
    embedded.provider.requests.clear()
    hidden = ["emma.vdb@gmail.com", "0478 12 34 56", "Vandenbroucke"]
    message = f"hi I'm Emma {hidden[2]}, mail {hidden[0]}, tel {hidden[1]}, please write a poem about my skin"
    assert "redacted" in asked(embedded, message).names
    bodies = [request.raw.decode() for request in embedded.provider.requests]
    assert bodies, "the provider was not asked"
    assert not [text for text in hidden for body in bodies if text in body]
    sent = embedded.provider.requests[-1].body
    assert sent["store"] is False
    assert "user" not in sent


@pytest.mark.parametrize("tokens", FALSE.values(), ids=FALSE)
def test_a_false_answer_is_ended_with_the_way_to_the_clinic(embedded: Embedded, tokens: tuple[str, ...]):
    turn = asked(embedded, tokens=(GOOD, *tokens, " Anything", " else?"), delay_s=0.002)
    assert turn.names[-1] == "done"
    assert turn.text.startswith(f"{GOOD}\n\n{WAY_OUT}")
    assert {action["kind"] for action in turn.end["actions"]} >= {"call", "email"}
    shown = "".join(data.get("text", "") for _, name, data in turn.events if name == "delta")
    assert not re.search(r"gmail|150|180|500|confirmed", shown)
    history = post(embedded.deployment, "/v1/sessions/resume", {"session": turn.end["session"]}).json()["history"]
    assert shown in {line["text"] for line in history}, "what was held is in no history either"


def test_the_prompt_itself_is_not_given_away(embedded: Embedded):
    def prompt(request):
        return re.findall(r".{1,7}", request.body["messages"][0]["content"], flags=re.DOTALL)

    assert asked(embedded, tokens_for=prompt).text.startswith(WAY_OUT)


def test_a_true_answer_arrives_whole(embedded: Embedded):
    tokens = ("Botox for one area ", "costs €1", "80. ", "Please call +32", " 2 000 01 23.")
    turn = asked(embedded, tokens=tokens)
    assert turn.text == "".join(tokens)
    assert turn.names[-1] == "done"
