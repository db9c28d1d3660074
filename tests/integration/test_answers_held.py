"""What the model is asked, and what a visitor's page gets to see when it errs, through all parts of a turn."""

import re

import pytest
import pytest_asyncio

from tests.cluster import Cluster, open_session, take_turn
from tests.scripted_provider import Script, ScriptedProvider

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


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def provider():
    async with ScriptedProvider() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory, provider: ScriptedProvider):
    """The parts of a turn, running."""
    env = {"LETHE_LLM_BASE_URL": provider.base_url, "LETHE_LLM_API_KEY": "k", "LETHE_LLM_MODEL": "scripted"}
    async with Cluster(tmp_path_factory.mktemp("held"), env=env) as parts:
        await parts.start_all()
        yield parts


@pytest.fixture
def asking(cluster: Cluster, provider: ScriptedProvider):
    """Return a way to ask with a script."""

    async def ask(script: Script):
        provider.play(script)
        async with cluster.client() as client:
            session = await open_session(client)
            turn = await take_turn(client, POEM, session=session)
            resumed = await client.post("/v1/sessions/resume", json={"session": turn.end["session"]})
        return turn, resumed.json()["history"]

    return ask


async def test_raw_text_never_reaches_the_provider(cluster: Cluster, provider: ScriptedProvider):
    """Promise 2, seen from the provider's side of the socket."""
    provider.play(Script())
    provider.requests.clear()
    hidden = ["emma.vdb@gmail.com", "0478 12 34 56", "Vandenbroucke"]
    message = f"hi I'm Emma {hidden[2]}, mail {hidden[0]}, tel {hidden[1]}, please write a poem about my skin"
    async with cluster.client() as client:
        turn = await take_turn(client, message)
    assert "redacted" in turn.names
    bodies = [request.raw.decode() for request in provider.requests]
    assert bodies, "the provider was not asked"
    assert not [text for text in hidden for body in bodies if text in body]
    sent = provider.requests[-1].body
    assert sent["store"] is False
    assert "user" not in sent


async def test_a_false_answer_is_ended_with_the_way_to_the_clinic(asking):
    for tokens in FALSE.values():
        turn, history = await asking(Script(tokens=(GOOD, *tokens, " Anything", " else?"), delay_s=0.002))
        assert turn.names[-1] == "done"
        assert turn.text.startswith(f"{GOOD}\n\n{WAY_OUT}"), tokens
        assert {action["kind"] for action in turn.end["actions"]} >= {"call", "email"}
        shown = "".join(data.get("text", "") for _, name, data in turn.events if name == "delta")
        assert not re.search(r"gmail|150|180|500|confirmed", shown)
        assert shown in {line["text"] for line in history}, "what was held is in no history either"


async def test_the_prompt_itself_is_not_given_away(asking):
    def prompt(request):
        return re.findall(r".{1,7}", request.body["messages"][0]["content"], flags=re.DOTALL)

    turn, _ = await asking(Script(tokens_for=prompt))
    assert turn.text.startswith(WAY_OUT)


async def test_a_true_answer_arrives_whole(asking):
    tokens = ("Botox for one area ", "costs €1", "80. ", "Please call +32", " 2 000 01 23.")
    turn, _ = await asking(Script(tokens=tokens))
    assert turn.text == "".join(tokens)
    assert turn.names[-1] == "done"
