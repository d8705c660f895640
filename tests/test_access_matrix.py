"""Every route, every kind of caller: allowed, unauthenticated, forbidden, or hidden (404).

The expected cells stand in `support/access/matrix.txt`, a line an operation, a letter a caller. A route that is not in
the table fails, and so does a cell that changed: the table is read and signed by a person, not made from the code.
"""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from httpx import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.clock import read_clock
from app.core.database import Database
from app.identity.keys.service import Origin, create_key
from app.identity.rules import RESOURCES
from tests.support import locks
from tests.support.access.scene import Call, Scene, build
from tests.support.api import Api, Caller
from tests.support.served import ROOT
from tests.support.world import Party, World

TABLE = Path(__file__).parent / "support" / "access" / "matrix.txt"
LOCKS = TABLE.with_name("locks.txt")
MERGED = TABLE.with_name("merged.txt")
COLUMNS = (
    "anonymous", "seller_admin", "seller_member", "buyer", "agency", "broker", "stranger", "operator", "registrar",
    "award_officer", "auditor",
)  # fmt: skip
CLOCK = re.compile(r'"(?:server_time|request_id|instance)":"[^"]*"')
# What an organisation needs to keep its own keys and people in order, and what every sandbox lets anybody do.
UNVERIFIED = {
    "issue_api_key",
    "rotate_api_key",
    "revoke_api_key",
    "end_membership",
    "end_employment",
    "move_clock",
    "report_key_incident",
    "record_departure",
    "take_back_departure",
}
LETTERS = {401: "U", 403: "F", 404: "H"}
# A second row for an operation whose answer depends on the state of what it reads.
ALIASES = {"read_draft_listing": "read_listing", "read_proposed_auction": "read_auction"}


def expected() -> dict[str, str]:
    """The table: operation to its letters in the order of COLUMNS."""
    rows = (line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#|")
    return {row[0]: "".join(row[1:]) for row in rows}


@cache
def goes_on() -> frozenset[str]:
    """The commands that a key for a merged organisation may give."""
    lines = MERGED.read_text(encoding="utf-8").splitlines()
    return frozenset(line.split()[0] for line in lines if line and line[0] != "#")


def assert_locks(found: dict[str, tuple[str, ...]]) -> None:
    """What each command locks, in which order, is what the table says: no lock more, and none missing."""
    rows = (line.split() for line in LOCKS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    expected_locks = {row[0]: tuple(row[1:]) for row in rows}
    wrong = [f"{name} {' '.join(found.get(name, ()))}" for name in sorted(expected_locks.keys() | found)
             if expected_locks.get(name) != found.get(name)]  # fmt: skip
    assert not wrong, "\n".join(wrong)


@dataclass(frozen=True)
class Route:
    """An operation of the document, and what it says of who may call."""

    method: str
    path: str
    roles: frozenset[str]
    scope: str | None
    is_conditional: bool
    """Whether it asks for the revision that its caller read (`If-Match`)."""


def operations() -> dict[str, Route]:
    """Every operation of the document."""
    paths = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    return {
        o["operationId"]: Route(
            m.upper(),
            path,
            frozenset(o["x-access"]["roles"]),
            o["x-access"].get("scope"),
            any(parameter.get("name") == "If-Match" for parameter in o.get("parameters", ())),
        )
        for path, item in paths.items()
        for m, o in item.items()
    }


def test_c5_every_write_asks_for_a_scope_to_write() -> None:
    lax = {
        name: route.scope
        for name, route in operations().items()
        if name != "redeem_invitation"  # its secret is all that it asks for
        and (route.method != "GET") != (route.scope is not None and route.scope.endswith(":write"))
    }
    assert not lax
    named = {route.scope.split(":")[0] for route in operations().values() if route.scope}
    assert named == set(RESOURCES), "a resource that no route asks for says nothing"


async def _answer(api: Api, connection: AsyncConnection, route: Route, call: Call, caller: Caller | None) -> Response:
    address = route.path.format(**call.path) + (f"?{call.query}" if call.query else "")
    headers = {"If-Match": '"1"' if route.path.endswith("/signature") else "*"}
    headers |= {"Content-Type": "text/plain"} if call.content else {}
    undo = await connection.begin_nested()
    try:
        response = await api.send(route.method, address, caller, json=call.json, content=call.content, headers=headers)
        if response.status_code == 201:  # B3: what was made is read by who made it
            maker = Key(response.json()["secret"]) if route.path.endswith("/redemption") else caller
            made = await api.get(response.headers["Location"], maker)
            assert made.status_code == 200, (address, response.headers["Location"], made.text)
    finally:
        await undo.rollback()
    assert response.status_code < 500, (address, response.text)
    return response


@dataclass(frozen=True)
class Key:
    secret: str


class Keys:
    """Further keys of the scene's callers, by the scopes that they carry."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.made: dict[tuple[UUID, str], Key] = {}

    async def without(self, party: Party, scope: str) -> Key:
        """A key that carries every scope but one; of a scope to write, it still may read."""
        resource, action = scope.split(":")
        scopes = [f"{other}:*" for other in RESOURCES if other != resource]
        return await self._key(party, [*scopes, f"{resource}:read"] if action == "write" else scopes)

    async def only(self, party: Party, scope: str) -> Key:
        """A key that carries one scope."""
        return await self._key(party, [scope])

    async def _key(self, party: Party, scopes: list[str]) -> Key:
        name = (party.person_id, " ".join(scopes))
        if name not in self.made:
            async with self.database.transaction() as session:
                ends = await read_clock(session) + timedelta(days=1)
                key = await create_key(session, party.person_id, party.id, "test", scopes, ends, Origin())
            self.made[name] = Key(key.secret)
        return self.made[name]


def _told(response: Response) -> tuple[int, str]:
    """What an answer says, apart from the time of the clock and of the request."""
    return response.status_code, CLOCK.sub("", response.text)


@pytest.fixture
async def scene(world: World) -> Scene:
    return await build(world)


async def test_every_cell_and_c1_no_key_reaches_past_its_scopes(api: Api, database: Database, scene: Scene) -> None:
    routes, table = operations(), expected()
    assert set(table) - set(ALIASES) == set(routes), "a line an operation: no more, no fewer"
    assert set(scene.calls) == set(table)
    connection = database.bound
    assert connection is not None
    found = {}
    taken: dict[str, tuple[str, ...]] = {}
    for name in sorted(table):
        route = routes[ALIASES.get(name, name)]
        call = scene.calls[name]
        statuses = []
        for who in COLUMNS:
            locks.WATCH.take_taken()
            statuses.append((await _answer(api, connection, route, call, scene.callers[who])).status_code)
            if statuses[-1] < 300 or (statuses[-1] == 409 and name not in taken):
                taken[name] = max(taken.get(name, ()), locks.WATCH.take_taken(), key=len)
        assert any(status < 300 or status == 409 for status in statuses), f"{name}: well-formed for nobody: {statuses}"
        found[name] = "".join(LETTERS.get(status, "A") for status in statuses)
    wrong = {name: (table[name], found[name]) for name in table if table[name] != found[name]}
    assert not wrong, "\n".join(f"{name}: expected {e}, found {f}" for name, (e, f) in wrong.items())
    assert_locks({name: order for name, order in taken.items() if routes[ALIASES.get(name, name)].method != "GET"})
    assert not [name for name, order in taken.items() if order and routes[ALIASES.get(name, name)].method == "GET"]
    keys = Keys(database)
    for name in sorted(table):
        await _check_scope(api, connection, scene, keys, name, routes[ALIASES.get(name, name)], table[name])
    for name in sorted(name for name, route in routes.items() if route.is_conditional):
        caller = scene.callers[COLUMNS[table[name].index("A")]]
        assert caller is not None
        await _check_once(api, connection, routes[name], scene.calls[name], caller)


async def _check_once(api: Api, connection: AsyncConnection, route: Route, call: Call, caller: Party) -> None:
    """One `ETag` gives one success: who comes second with it read what is no longer so."""
    address = route.path.format(**call.path)

    async def sent(tag: str) -> Response:
        return await api.send(route.method, address, caller, json=call.json, headers={"If-Match": tag})

    undo = await connection.begin_nested()
    try:
        stale = await sent('"0"')
        assert stale.json()["code"] == "precondition_failed", (address, stale.text)
        first, second = await sent(stale.headers["ETag"]), await sent(stale.headers["ETag"])
        assert (first.status_code < 300, second.status_code in {409, 412}) == (True, True), (first.text, second.text)
    finally:
        await undo.rollback()


async def _check_scope(
    api: Api, connection: AsyncConnection, scene: Scene, keys: Keys, name: str, route: Route, cells: str
) -> None:
    """A key without the scope of a route is refused; where everyone may call, it is told what anybody is told."""
    call = scene.calls[name]

    async def answer(caller: Caller | None) -> Response:
        return await _answer(api, connection, route, call, caller)

    if route.roles == {"public"} and route.method != "GET":
        return  # an invitation, whose secret says who calls
    if route.roles == {"public"}:
        anybody = _told(await answer(None))
        for who in ("seller_admin", "operator", "auditor"):
            party = scene.callers[who]
            assert party is not None
            told = _told(await answer(party))
            if route.scope is None:
                assert told == anybody, f"{name}: {who} is told more, and no scope says so"
                continue
            assert _told(await answer(await keys.without(party, route.scope))) == anybody, (name, who)
            assert _told(await answer(await keys.only(party, route.scope))) == told, (name, who)
        return
    assert route.scope is not None, f"{name}: no scope"
    if route.method != "GET" and "admin" in route.roles and name not in UNVERIFIED:
        pending = await answer(scene.pending)
        assert pending.json()["code"] == "organisation_not_verified", (name, pending.text)  # C5
    if route.method != "GET" and "admin" in route.roles:
        merged = await answer(scene.merged)
        is_refused = merged.status_code == 409 and merged.json()["code"] == "organisation_merged"
        assert is_refused != (name in goes_on()), (name, merged.text)  # A5
    party = scene.callers[COLUMNS[cells.index("A")]]
    assert party is not None
    refused = await answer(await keys.without(party, route.scope))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing"), (name, refused.text)
