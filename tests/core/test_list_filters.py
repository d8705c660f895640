"""B7: each filter of each list gives every row that matches and no other, of what its caller sees."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import text

from app.core.web.filters import Filter
from tests.core.test_list_orders import indexed
from tests.support import many
from tests.support.databases import CITY
from tests.support.world import Party, World
from tests.test_openapi import DOCUMENT, operations

ROWS, RARE = 24, 5
Item = dict[str, Any]
CHANGING: Final = {"server_time", "last_used_at"}
PLACE: Final = {"limit", "cursor", "sort"}
GIVEN: Final = {"list_periods": {"subject_id": many.written_id("listings", 1)}}
"""What a list cannot be asked without."""
CHOICES: Final = {
    "list_listings": "status",
    "list_demands": "status",
    "list_registrations": "status",
    "list_organisation_duplicates": "decided",
    "list_gates": "subject_id",
}
"""Not filters: a value stands where none is sent, or more is seen with it; the tests of each say what."""
OTHERS: Final = {"list_broker_earnings", "list_mergers", "list_dormant_results"}
"""Asked by a broker alone; a merger stops who is merged; what a dormant result shows is made by its own rules."""
PREFIXES: Final = {"division": 4, "industry": 3, "name": 4}
"""Filters by how a value begins, and how much of one is asked for."""


def _many(*path: str) -> Callable[[Item], set[Any]]:
    """The values under a path in an item, through lists."""

    def found(item: Any, rest: tuple[str, ...] = path) -> set[Any]:
        if isinstance(item, list):
            return {value for part in item for value in found(part, rest)}
        return found(item[rest[0]], rest[1:]) if rest else {item}

    return found


SAYS: Final[dict[tuple[str, str], Callable[[Item], set[Any]]]] = {
    ("list_deals", "organisation_id"): _many("parties", "organisation_id"),
    ("list_brokers", "agency_id"): _many("employments", "agency_id"),
    ("list_organisation_relations", "organisation_id"): lambda item: {item["first_id"], item["second_id"]},
    ("list_demand_responses", "responder_id"): _many("responder", "id"),
    ("list_gates", "only_open"): lambda item: {True} if item["closure"] is None else set(),
    ("list_notices", "running"): lambda item: {True} if item["takes_objections"] else set(),
    ("list_listings", "seller_id"): _many("card", "seller", "id"),
    ("list_results", "readiness"): _many("readiness_level"),
    ("list_listings", "price"): _many("card", "asking_price"),
    ("list_demands", "demander_id"): _many("card", "demander", "id"),
    ("list_demands", "solution"): _many("card", "solutions"),
    ("list_demands", "industry"): _many("card", "industry_code"),
}
STORED: Final = {
    ("list_auctions", "seller_id"): "SELECT id, seller_id FROM auctions",
    ("list_contracts", "organisation_id"): "SELECT contract_id, organisation_id FROM contract_parties",
    ("list_negotiations", "buyer_id"): "SELECT negotiation_id, organisation_id FROM negotiation_buyers",
    ("list_results", "ip_type"): "SELECT result_id, type FROM ip_assets",
    ("list_results", "publicly_funded"): "SELECT id, publicly_funded FROM results",
    (
        "list_organisations",
        "quality",
    ): "SELECT organisation_id, quality FROM organisation_qualities WHERE valid_to IS NULL",
    ("list_organisations", "division"): "SELECT organisation_id, division_code FROM organisation_divisions "
    "WHERE valid_to IS NULL",
    ("list_organisations", "name"): "SELECT id, name FROM organisations "
    "UNION SELECT organisation_id, name FROM organisation_former_names",
    ("list_qualities", "on"): "SELECT id, valid_from FROM organisation_qualities WHERE valid_to IS NULL",
    ("list_ip_assets", "result_id"): "SELECT asset_id, result_id FROM ip_assets",
    ("list_api_keys", "ended"): "SELECT id, revoked_at IS NOT NULL FROM api_keys",
}
"""What an item of the list does not say: its id and the value."""


async def test_b7_with_a_filter_come_all_rows_that_match_and_no_other(world: World) -> None:
    owner = await world.enterprise()
    await _fill(world, owner)
    wrong = []
    for path, operation, filters in _lists():
        seen = {}
        for name, caller in (("staff", world.auditor), ("owner", owner), ("anybody", None)):
            answer = await world.api.send("GET", _url(path, operation, limit=100), caller)
            if answer.status_code == 200:
                seen[name] = caller, answer.json()["items"]
        for each in filters:
            if (
                each["name"] in GIVEN.get(operation["operationId"], {})
                or (operation["operationId"], each["name"]) in CHOICES
            ):
                continue
            wrong += await _ask(world, path, operation, each["name"], seen)
    assert not wrong, "\n".join(wrong)


async def _ask(
    world: World, path: str, operation: dict[str, Any], name: str, seen: dict[str, tuple[Party | None, list[Item]]]
) -> list[str]:
    where = operation["operationId"], name
    everything = next(iter(seen.values()))[1]
    stored = await _stored(world, where)
    values = [value for item in everything for value in _values(where, item, stored)]
    if not values:
        return [f"{where}: no row to filter by"]
    wrong = []
    value = _asked(name, values)
    for who, (caller, items) in seen.items():
        answer = await world.api.send("GET", _url(path, operation, limit=100, **{name: value}), caller)
        got = answer.json().get("items", [])
        wanted = [item for item in items if any(_matches(name, found, value) for found in _values(where, item, stored))]
        if answer.status_code != 200 or [_kept(item) for item in got] != [_kept(item) for item in wanted]:
            wrong.append(f"{where} {value} {who}: {answer.status_code} {len(got)} of {len(items)}, not {len(wanted)}")
    return wrong


async def test_b7_a_value_that_a_filter_does_not_know_is_refused_with_those_that_it_does(world: World) -> None:
    owner = await world.enterprise()
    for path, operation, filters in _lists():
        schemas = {each["name"]: each["schema"] for each in filters if not _is_text(each["schema"])}
        ids = {name for name, schema in schemas.items() if any(part.get("format") == "uuid" for part in _parts(schema))}
        for named in filter(None, (ids, schemas.keys() - ids)):  # an id is looked at before the other parameters
            url = _url(path, operation, **dict.fromkeys(named, "banana"))
            answer = await world.api.send("GET", url, world.auditor)
            if answer.status_code == 403:
                answer = await world.api.send("GET", url, owner)
            assert answer.status_code == 422, (path, answer.text)
            told = {error["field"]: error["reason"] for error in answer.json()["errors"]}
            assert told.keys() == named, path
            assert all(value in told[name] for name in named for value in _known(schemas[name])), (path, told)


FEW: Final = {"award_runs", "appointments", "periods"}
"""Tables of which a list has a few rows, however long the exchange runs: periods are listed of one subject."""


def test_b7_a_filter_begins_an_index() -> None:
    """So a rare value is found without reading the other rows; one of three values that all are common need not."""
    found = {
        each.column for content in _constants() if isinstance(content, tuple) for each in content
        if isinstance(each, Filter) and each.column is not None
    }  # fmt: skip
    assert len(found) > 50
    for column in found:
        table = column.expression.table
        begins = {index[0] for index in indexed(table)}
        written = {column.key, *(first for first in begins if first.startswith(f"coalesce({column.key},"))}
        assert table.name in FEW or str(column) == "AwardStatement.role" or written & begins, str(column)


def _constants() -> Iterator[Any]:
    for module, content in sorted(sys.modules.items()):
        if module.startswith("app.") and content is not None:
            yield from vars(content).values()


def _parts(schema: dict[str, Any]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = schema.get("anyOf", [schema])
    return [
        DOCUMENT["components"]["schemas"][part["$ref"].split("/")[-1]] if "$ref" in part else part for part in parts
    ]


def _is_text(schema: dict[str, Any]) -> bool:
    return any(
        part.get("type") == "string" and not {"enum", "format", "pattern", "const"} & set(part)
        for part in _parts(schema)
    )


def _known(schema: dict[str, Any]) -> list[str]:
    return [str(value) for part in _parts(schema) for value in part.get("enum", ())]


def _lists() -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    for where, operation in operations():
        method, path = where.split()
        named = {parameter["name"]: parameter for parameter in operation.get("parameters", ())}
        own = "sort" in named and "cursor" in named and not operation["operationId"].startswith("search_")
        if method == "get" and own and "{" not in path and operation["operationId"] not in OTHERS:
            left = {*PLACE, *GIVEN.get(operation["operationId"], ()), CHOICES.get(operation["operationId"])}
            filters = [each for name, each in named.items() if each["in"] == "query" and name not in left]
            yield path, operation, filters


async def _fill(world: World, owner: Party) -> None:
    async with world.database.transaction() as session:

        async def run(statement: str) -> None:
            await session.execute(text(statement.replace(":", "\\:")))

        await many.fill(run, ROWS, owner.organisation_id, rare=RARE)


def _url(path: str, operation: dict[str, Any], **query: Any) -> str:
    return f"{path}?{urlencode(query | GIVEN.get(operation['operationId'], {}))}"


async def _stored(world: World, where: tuple[str, str]) -> Mapping[str, set[Any]] | None:
    if where not in STORED:
        return None
    found: dict[str, set[Any]] = {}
    async with world.database.reading() as session:
        for row_id, value in await session.execute(text(STORED[where])):
            found.setdefault(str(row_id), set()).add(value)
    return found


def _values(where: tuple[str, str], item: Item, stored: Mapping[str, set[Any]] | None) -> set[Any]:
    """What an item has of a filter."""
    operation, name = where
    if stored is not None:
        return stored.get(item["id"], set())
    stem, _, bound = name.rpartition("_")
    ranged = bound in {"since", "until", "min", "max"}
    says = SAYS.get((operation, stem if ranged else name))
    if says is not None:
        return says(item)
    keys = (stem, f"{stem}_at", f"{stem}_on") if ranged else (name,)
    return {found[key] for found in (item, item.get("card", {})) for key in keys if found.get(key) is not None}


def _asked(name: str, values: list[Any]) -> Any:
    """The rarest value; of a range the middle; of how a text begins, its first characters."""
    if name == "on":
        return "2026-01-01"
    if name.endswith(("_since", "_until")):
        return sorted(map(_day, values))[len(values) // 2]
    if name.endswith(("_min", "_max")):
        return sorted(Decimal(value) for value in values)[len(values) // 2]
    rarest = min(Counter(values).items(), key=lambda pair: (pair[1], str(pair[0])))[0]
    text_of = str(rarest).lower() if isinstance(rarest, bool) else str(rarest)
    return text_of[: PREFIXES.get(name, 100)]


def _day(value: str) -> str:
    """The local day of a day or a moment."""
    return datetime.fromisoformat(value).astimezone(CITY.zone).date().isoformat() if "T" in value else value


def _matches(name: str, found: Any, value: Any) -> bool:
    if name.endswith("_since"):
        return _day(found) >= value
    if name.endswith("_until"):
        return _day(found) <= value
    if name.endswith("_min"):
        return Decimal(found) >= value
    if name.endswith("_max"):
        return Decimal(found) <= value
    if name == "on":
        return str(found) <= value
    said = str(found).lower() if isinstance(found, bool) else str(found)
    return said.startswith(value) if name in PREFIXES else said == value


def _kept(item: Item) -> Item:
    return {name: value for name, value in item.items() if name not in CHANGING}
