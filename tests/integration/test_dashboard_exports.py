"""Figures as files: what the panel shows, no more, no less, in each form."""

import asyncio
import csv
import io
import re

import msgspec
import pyarrow.parquet
import pytest

from analytics.dashboard.questions import PANELS
from tests.dashboard_app import MINE, YESTERDAY, App, opened

API = f"/api/clinics/{MINE}"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = opened(tmp_path_factory.mktemp("figures"))
    yield store
    asyncio.run(store.close())


@pytest.fixture
def app(store, tmp_path):
    return App(store, tmp_path)


@pytest.fixture
async def client(app):
    async with app.client(app.mine) as client:
        yield client


async def exported(client, form, panel, **parameters):
    reply = await client.get(f"{API}/export.{form}", params={"panel": panel, "range": "91d"} | parameters)
    assert reply.status_code == 200
    name = re.fullmatch(r'attachment; filename="([a-z0-9_.-]+)"', reply.headers["Content-Disposition"])
    assert name
    assert name[1].startswith(f"lethe-{MINE}-{panel}-")
    assert name[1].endswith(f"{YESTERDAY}{''.join(f'-{value}' for value in parameters.values())}.{form}")
    return reply.content


FILTERED = ("summary", "series", "topics", "intents", "endings")
"""Panels that are published together with an ending."""


@pytest.mark.parametrize(
    "panel, parameters", [*((panel, {}) for panel in PANELS), *((panel, {"ending": "answered"}) for panel in FILTERED)]
)
async def test_files_hold_exactly_what_the_panel_shows(client, panel, parameters):
    shown = (await client.get(f"{API}/{panel}", params={"range": "91d"} | parameters)).json()
    assert msgspec.json.decode(await exported(client, "json", panel, **parameters)) == shown
    table = list(csv.reader(io.StringIO((await exported(client, "csv", panel, **parameters)).decode(), newline="")))
    parquet = pyarrow.parquet.read_table(io.BytesIO(await exported(client, "parquet", panel, **parameters)))
    assert table[0] == parquet.column_names
    columns = [[str(value) if value is not None else "" for value in column] for column in parquet.to_pydict().values()]
    assert table[1:] == [list(line) for line in zip(*columns, strict=True)]
    assert lines(table) == expected(panel, shown)
    asked = msgspec.json.decode(parquet.schema.metadata[b"lethe"])
    assert asked.items() >= {name: shown[name] for name in ("clinic", "source", "compare", "filters", "k")}.items()


def lines(table):
    return [dict(zip(table[0], line, strict=True)) for line in table[1:]]


def expected(panel, shown):
    """Return the lines that a file of `shown` should have."""
    match panel:
        case "summary":
            found = [{"of": "all", "key": shown["total"].pop("figure"), **shown["total"]}]
            for of, part in (("ending", shown["endings"]), ("how", shown["how"])):
                found += [{"of": of, "key": row.pop(of), **row} for row in part["rows"]]
                found += [{"of": of, "key": "withheld", "turns": part["withheld"]["turns"]}]
        case "series":
            found = [{"span": "asked", **point} for point in shown["points"]]
            found += [{"span": "compared", **point} for point in shown["points_compared"]]
        case "hours":
            found = shown["runs"]
        case _:
            key = next(iter(shown["rows"][0]))
            found = [*shown["rows"], {key: "withheld", "turns": shown["withheld"]["turns"]}]
    found = [row for row in found if row.get("turns")]
    names = max(found, key=len)
    return [{name: "" if row.get(name) is None else str(row[name]) for name in names} for row in found]


async def test_no_cell_of_a_file_is_a_formula_to_a_spreadsheet(client):
    """Every text is of a closed vocabulary, a date or a number: nothing that anybody typed can get there."""
    for panel in PANELS:
        cells = [
            cell for line in csv.reader(io.StringIO((await exported(client, "csv", panel)).decode())) for cell in line
        ]
        assert len(cells) > 10
        assert [cell for cell in cells if not re.fullmatch(r"[a-z_]+|[0-9]+|\d{4}-\d\d-\d\d|", cell)] == []


async def test_a_file_without_a_panel_named_is_of_topics(client):
    reply = await client.get(f"{API}/export.csv")
    assert reply.text.startswith("topic,turns,firsts,since,before\r\n")
