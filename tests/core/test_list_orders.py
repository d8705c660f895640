"""B7: each list says its order, keeps it in both directions, and refuses a cursor of another order or filter."""

import re
import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql

from app.core.web.pages import Orders
from tests.support.world import World
from tests.test_openapi import operations

ONE_ORDER = {
    "list_demand_matches",
    "list_listing_matches",
    "read_events",
    "list_key_acts",
    "list_period_rules",
    "list_award_programmes",
    "list_ledger_entries",
    "list_link_subjects",
    "read_worklist",
}
"""Lists that have one order, which their text states: two logs, a running balance, what is held in memory, scores,
what waits (by its day), what is on a link.

A search orders by relevance, or by what its own engine can.
"""


def test_b7_every_list_states_its_order_and_takes_sort() -> None:
    for where, operation in operations():
        parameters = {parameter["name"]: parameter for parameter in operation.get("parameters", ())}
        if "cursor" not in parameters:
            continue
        told = f"{operation['summary']} {operation['description']}"
        if operation["operationId"] in ONE_ORDER or operation["operationId"].startswith("search_"):
            assert "order" in told, where
            continue
        schema = parameters["sort"]["schema"]
        names, default = schema["enum"], schema["default"]
        assert default in names, where
        assert sorted(names) == sorted(sign + name for name in names if name[0] != "-" for sign in ("", "-")), where
        way = "descending" if default.startswith("-") else "ascending"
        assert f"Default order: `{default.removeprefix('-')}`, {way}." in told, where


def _declared() -> Iterator[tuple[str, Orders]]:
    for module, content in sorted(sys.modules.items()):
        if module.startswith("app.") and content is not None:
            for name, orders in vars(content).items():
                if isinstance(orders, Orders):
                    yield f"{module}.{name}", orders


def _written(column: Any) -> str:
    """A column or expression as it stands in an index: without its table."""
    compiled = column.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    return re.sub(r"\b\w+\.|\s", "", str(compiled).lower())


def indexed(table: Table) -> Iterator[list[str]]:
    """What each index of a table is of, as it is written there."""
    for index in table.indexes:
        yield [_written(expression) for expression in index.expressions]
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint):
            yield [_written(column) for column in constraint.columns]


SET_WHERE_LISTED = {
    "listings.published_at", "listings.closes_at", "demands.published_at", "demands.closes_at", "demands.budget",
}  # fmt: skip
"""May be null in the table, and never are in what is listed by them."""


def test_b7_every_key_of_an_order_ends_an_index_with_the_tie_breaker_and_is_never_null() -> None:
    """So no page sorts more than itself, whatever the size of the table."""
    found = dict(_declared())
    assert len(found) > 20
    for where, orders in found.items():
        table = getattr(orders.unique.column, "table", None)
        if not isinstance(table, Table) or table.name == "exchange_keys":
            continue  # a union, of which the plans of `bench_lists` tell; a table of a few rows
        for name in orders.names:
            columns = [key.column for key in orders[name].keys]
            assert not any(
                getattr(column, "nullable", False) and str(column.expression) not in SET_WHERE_LISTED
                for column in columns
            ), (where, name)
            wanted = [_written(getattr(column, "expression", column)) for column in columns]
            assert wanted in [index[-len(wanted) :] for index in indexed(table)], (where, name)


async def test_b7_a_cursor_is_bound_to_list_filters_and_order(world: World) -> None:
    for _ in range(3):
        await world.enterprise()
    page = await world.api.ok("GET", "/v1/organisations?limit=1&kind=enterprise", world.operator)
    cursor = page["next_cursor"]
    for other in ("kind=university", "", "kind=enterprise&sort=-name", "kind=enterprise&sort=id"):
        problem = await world.api.refused(
            422, "cursor_of_another_list", "GET", f"/v1/organisations?{other}&cursor={cursor}", world.operator
        )
        assert problem["remedy"]
    await world.api.refused(422, "cursor_of_another_list", "GET", f"/v1/brokers?cursor={cursor}", world.operator)
    for same in ("kind=enterprise&limit=2", "kind=enterprise&sort=name"):
        await world.api.ok("GET", f"/v1/organisations?{same}&cursor={cursor}", world.operator)


async def test_b7_an_order_without_an_index_is_refused(world: World) -> None:
    await world.api.refused(422, "invalid_input", "GET", "/v1/organisations?sort=uscc", world.operator)
