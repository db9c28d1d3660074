"""The query API's description: whole, and strict enough to be held against answers."""

import re

import msgspec

from analytics.dashboard.described import PARAMETERS, description
from analytics.dashboard.mailing import mail_handlers
from analytics.dashboard.problems import STATUS
from analytics.dashboard.questions import PANELS
from analytics.dashboard.seeding import seed_handlers
from schemas.treatments import is_topic
from tests.json_schema import is_valid
from tests.openapi import closed

DONE = {"seed": "201", "mail": "200"}
"""What is done rather than asked, and the status that says so."""


def operations():
    return [one for path in description()["paths"].values() for one in path.items()]


def test_the_check_of_answers_can_fail():
    assert not is_valid({"turns": -1}, closed(description()["components"]["schemas"]["Withheld"]), {"$defs": {}})
    assert not is_valid({"turns": 1, "x": 1}, closed(description()["components"]["schemas"]["Withheld"]), {"$defs": {}})


def test_the_description_is_whole():
    document = description()
    text = msgspec.json.encode(document).decode()
    parts = {f"#/components/{kind}/{name}" for kind, parts in document["components"].items() for name in parts}
    assert set(re.findall(r'"\$ref":"([^"]+)"', text)) <= parts
    refusals = {*map(str, STATUS.values())}
    for method, operation in operations():
        assert operation["summary"]
        done = {"200", "304"} if method == "get" else {DONE[operation["operationId"]]}
        assert done | refusals == operation["responses"].keys()
        assert all(one["description"] for one in operation["responses"].values() if "$ref" not in one)
    assert all(parameter["description"] for parameter in PARAMETERS.values())
    assert all(map(is_topic, PARAMETERS["topic"]["schema"]["enum"]))
    assert len({operation["operationId"] for _, operation in operations()}) == len(PANELS) + 3 + len(DONE)


def test_what_can_be_done_is_described_where_it_is_done():
    handlers = [*seed_handlers(), *mail_handlers()]
    served = {path.replace(":str", "") for handler in handlers for path in handler.paths}
    assert served == {path for path, methods in description()["paths"].items() if "post" in methods}
