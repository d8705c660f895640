"""Every route, every kind of caller: allowed, unauthenticated, forbidden, or hidden (404).

The expected cells stand in `access_matrix.txt`, a line an operation, a letter a caller. A route that is not in the
table fails, and so does a cell that changed: the table is read and signed by a person, not made from the code.
"""

from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.database import Database
from tests.support.access.scene import Call, Scene, build
from tests.support.api import Api
from tests.support.world import Party, World

TABLE = Path(__file__).parent / "support" / "access" / "matrix.txt"
COLUMNS = (
    "anonymous", "seller_admin", "seller_member", "buyer", "agency", "broker", "stranger", "operator", "registrar",
    "award_officer", "auditor",
)  # fmt: skip
LETTERS = {401: "U", 403: "F", 404: "H"}
# A second row for an operation whose answer depends on the state of what it reads.
ALIASES = {"read_draft_listing": "read_listing", "read_proposed_auction": "read_auction"}


def expected() -> dict[str, str]:
    """The table: operation to its letters in the order of COLUMNS."""
    rows = (line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#|")
    return {row[0]: "".join(row[1:]) for row in rows}


def operations(app: FastAPI) -> dict[str, tuple[str, str]]:
    """Every operation of the document: method and path."""
    paths = app.openapi()["paths"]
    return {o["operationId"]: (m.upper(), path) for path, item in paths.items() for m, o in item.items()}


async def _status(
    api: Api, connection: AsyncConnection, route: tuple[str, str], call: Call, caller: Party | None
) -> str:
    method, path = route
    address = path.format(**call.path) + (f"?{call.query}" if call.query else "")
    headers = {"If-Match": '*, "1"'} | ({"Content-Type": "text/plain"} if call.content else {})
    undo = await connection.begin_nested()
    try:
        response = await api.send(method, address, caller, json=call.json, content=call.content, headers=headers)
    finally:
        await undo.rollback()
    assert response.status_code < 500, (address, response.text)
    return response.status_code


@pytest.fixture
async def scene(world: World) -> Scene:
    return await build(world)


async def test_every_cell(app: FastAPI, api: Api, database: Database, scene: Scene) -> None:
    routes, table = operations(app), expected()
    assert set(table) - set(ALIASES) == set(routes), "a line an operation: no more, no fewer"
    assert set(scene.calls) == set(table)
    connection = database.bound
    assert connection is not None
    found = {}
    for name in sorted(table):
        route = routes[ALIASES.get(name, name)]
        statuses = [await _status(api, connection, route, scene.calls[name], scene.callers[who]) for who in COLUMNS]
        assert any(status < 300 or status == 409 for status in statuses), f"{name}: well-formed for nobody: {statuses}"
        found[name] = "".join(LETTERS.get(status, "A") for status in statuses)
    wrong = {name: (table[name], found[name]) for name in table if table[name] != found[name]}
    assert not wrong, "\n".join(f"{name}: expected {e}, found {f}" for name, (e, f) in wrong.items())
