"""Organisations that are likely recorded twice are shown to the operator, who decides once (A5)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from stdnum.cn import uscc as number

from app.identity.duplicates import queries
from app.run.migrations.upgrade import downgrade, upgrade
from tests.identity.test_names import renamed
from tests.support.world import World

Json = dict[str, Any]
PATH = "/v1/organisation-duplicates"
ORGANISATION = {
    "kind": "enterprise",
    "state_founded": False,
    "division_code": "420111",
    "resident_since": "2020-01-01",
    "fictional": True,
}


def uscc(division: str, code: str) -> str:
    """A code of a register (its division) and of a body (its organisation code)."""
    body = f"91{division}{code}"
    return body + number.calc_check_digit(body)


async def recorded(world: World, name: str, **facts: str) -> str:
    body = ORGANISATION | {"name": name} | facts
    return str((await world.api.ok("POST", "/v1/organisations", world.operator, json=body))["id"])


async def pairs(world: World, *, decided: bool = False) -> list[Json]:
    path = f"{PATH}?decided={'true' if decided else 'false'}"
    found: list[Json] = (await world.api.ok("GET", path, world.operator))["items"]
    return found


def sides(pair: Json) -> set[str]:
    return {pair["first"]["id"], pair["second"]["id"]}


async def likeness(world: World, *ids: str) -> list[str]:
    """What makes two look like one; nothing where they are no pair."""
    found = [pair["likenesses"] for pair in await pairs(world) if sides(pair) == set(ids)]
    assert len(found) <= 1, "a pair is found once, in either order"
    return [each for likenesses in found for each in likenesses]


async def test_a5_what_looks_like_one_is_found_when_it_is_written(world: World) -> None:
    first = await recorded(world, "示例长江光电有限公司")
    near = await recorded(world, "示例（长江）光电集团股份有限公司", uscc=uscc("420111", "MA0000011"))
    other = await recorded(world, "示例黄河光电有限公司")
    both = await recorded(world, "示例长江光电有限责任公司", uscc=uscc("420111", "MA0000012"))
    assert await likeness(world, first, near) == ["name"]
    assert await likeness(world, first, both) == ["name"]
    assert await likeness(world, first, other) == []
    assert await likeness(world, near, both) == [], "two codes of one name are two bodies"
    code = await recorded(world, "示例汉江材料有限公司", uscc=uscc("430102", "MA0000012"))
    assert await likeness(world, both, code) == ["organisation_code"], "one body in two registers"

    party = await world.enterprise(name="示例洞庭仪器")
    await renamed(world, party, "示例鄱阳仪器", 0)
    again = await recorded(world, "示例洞庭仪器有限公司")
    assert await likeness(world, str(party.id), again) == ["former_name"]
    found = await recorded(world, "示例太湖仪器")
    await world.api.ok(
        "POST",
        f"/v1/organisations/{found}/corrections",
        world.operator,
        json={"name": "示例鄱阳仪器公司", "reason": "示例"},
        headers={"If-Match": "*"},
    )
    assert await likeness(world, found, str(party.id)) == ["name"]
    later = await world.enterprise(name="示例巢湖仪器")
    await renamed(world, later, "示例黄河光电", 0)
    assert await likeness(world, str(later.id), other) == ["name"]
    page = await world.api.ok("GET", f"{PATH}?limit=2", world.operator)
    rest = await world.api.ok("GET", f"{PATH}?limit=50&cursor={page['next_cursor']}", world.operator)
    assert [row["id"] for row in page["items"] + rest["items"]] == [row["id"] for row in await pairs(world)]


async def test_a5_a_decision_is_remembered_and_a_wrong_one_is_decided_again(fresh_world: World) -> None:
    world = fresh_world
    first = await recorded(world, "示例长江光电有限公司")
    second = await recorded(world, "示例长江光电股份有限公司")
    stranger = await recorded(world, "示例黄河光电")
    (pair,) = await pairs(world)
    path = f"{PATH}/{pair['id']}/decision"
    why = {"reason": "示例：登记档案核对"}
    for wrong in (
        {"finding": "the_same"},
        {"finding": "the_same", "kept_id": stranger},
        {"finding": "not_the_same", "kept_id": first},
    ):
        await world.api.refused(422, "kept_not_of_pair", "POST", path, world.operator, json=why | wrong)
    decided = await world.api.ok("POST", path, world.operator, json=why | {"finding": "not_the_same"})
    assert (decided["finding"], decided["remedy"]) == ("not_the_same", None)
    assert await world.api.ok("POST", path, world.operator, json={"finding": "not_the_same", "reason": "再"}) == decided

    body = {"name": "示例长江光电公司", "reason": "示例"}
    correct = f"/v1/organisations/{second}/corrections"
    await world.api.ok("POST", correct, world.operator, json=body, headers={"If-Match": "*"})
    assert (await pairs(world), await pairs(world, decided=True)) == (
        [],
        [decided | {"second": decided["second"] | {"name": body["name"]}}],
    ), "decided once"

    same = why | {"finding": "the_same", "kept_id": first}
    anew = await world.api.ok("POST", path, world.operator, json=same, headers={"Accept-Language": "zh"})
    assert (anew["kept_id"], f"中止 {second}" in anew["remedy"]) == (first, True)
    feed = await world.api.ok("GET", "/v1/events?type=organisation.duplicate_decided", world.award_officer)
    told = [(event["payload"]["finding"], event["payload"]["kept_id"]) for event in feed["items"]]
    assert told == [("not_the_same", None), ("the_same", first)]


async def test_a5_what_stands_there_is_found_by_the_migration(fresh_world: World, fresh_url: str) -> None:
    first, second = [await fresh_world.enterprise(name=f"示例长江光电{form}") for form in ("公司", "集团有限公司")]
    third = await fresh_world.enterprise(name="示例洞庭仪器")
    await renamed(fresh_world, third, "示例鄱阳仪器", 0)
    fourth = await fresh_world.enterprise(name="示例洞庭仪器")
    await asyncio.to_thread(downgrade, fresh_url, "0053")
    await asyncio.to_thread(upgrade, fresh_url)
    assert await likeness(fresh_world, str(first.id), str(second.id)) == ["name"]
    assert await likeness(fresh_world, str(third.id), str(fourth.id)) == ["former_name"]


@pytest.mark.parametrize("analysed", [False, True])
async def test_a5_a_look_reads_no_table_of_organisations_from_end_to_end(world: World, *, analysed: bool) -> None:
    async with world.database.transaction() as session:
        party = await world.enterprise(name="示例长江光电有限公司")
        await session.execute(
            text(
                "INSERT INTO organisations (id, name, kind, uscc, fictional, verification, revision) "
                "SELECT gen_random_uuid(), '示例单位' || n, 'enterprise', lpad(n::text, 18, '0'), true, 'verified', 1 "
                "FROM generate_series(1, 3000) n"
            )
        )
        if analysed:
            await session.execute(text("ANALYZE organisations"))
        found = await session.execute(text(f"EXPLAIN {queries.ALIKE.text}"), {"id": party.id, "most": queries.MOST})
        plan = "\n".join(row[0] for row in found)
    assert "Seq Scan on organisations" not in plan, plan
