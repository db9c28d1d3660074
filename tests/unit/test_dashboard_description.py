"""The query API's description: whole, and strict enough to be held against answers."""

import re

import msgspec

from analytics.dashboard.described import PARAMETERS, description
from analytics.dashboard.problems import STATUS
from analytics.dashboard.questions import PANELS
from schemas.treatments import is_topic
from tests.json_schema import is_valid
from tests.openapi import closed


def test_the_check_of_answers_can_fail():
    assert not is_valid({"turns": -1}, closed(description()["components"]["schemas"]["Withheld"]), {"$defs": {}})
    assert not is_valid({"turns": 1, "x": 1}, closed(description()["components"]["schemas"]["Withheld"]), {"$defs": {}})


def test_the_description_is_whole():
    document = description()
    text = msgspec.json.encode(document).decode()
    parts = {f"#/components/{kind}/{name}" for kind, parts in document["components"].items() for name in parts}
    assert set(re.findall(r'"\$ref":"([^"]+)"', text)) <= parts
    for path in document["paths"].values():
        operation = path["get"]
        assert operation["summary"]
        assert {"200", "304", *map(str, STATUS.values())} == operation["responses"].keys()
        assert all(one["description"] for one in operation["responses"].values() if "$ref" not in one)
    assert all(parameter["description"] for parameter in PARAMETERS.values())
    assert all(map(is_topic, PARAMETERS["topic"]["schema"]["enum"]))
    assert len({path["get"]["operationId"] for path in document["paths"].values()}) == len(PANELS) + 3
