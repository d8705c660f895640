"""An organisation is renamed on a day: old papers keep the name of their day, and a search finds either (A5)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from tests.contracts.factory import signed_contract
from tests.market.listings.factory import today
from tests.support.world import Party, World

Json = dict[str, Any]
LATEST = {"If-Match": "*"}
HELD = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
  AND (classid::bigint << 32 | objid::bigint) = hashtextextended('organisation_name:' || :core, 0)
"""


async def renamed(world: World, party: Party, name: str, days_ago: int) -> Json:
    day = await today(world) - timedelta(days=days_ago)
    body = {"name": name, "valid_from": day.isoformat(), "source": "示例变更登记〔2026〕1号"}
    path = f"/v1/organisations/{party.id}/names"
    made: Json = await world.api.ok("POST", path, world.operator, json=body, headers=LATEST)
    return made


async def test_a5_a_contract_keeps_the_name_of_its_day_and_a_search_finds_either_name(world: World) -> None:
    seller, buyer = await world.institution(name="示例老名研究院"), await world.enterprise()
    contract = await signed_contract(world, seller, buyer)
    shown = await renamed(world, seller, "示例新名研究院", 0)
    day = await today(world)
    (former,) = shown["former_names"]
    yesterday = (day - timedelta(days=1)).isoformat()
    assert (shown["name"], former["name"], former["valid_to"]) == ("示例新名研究院", "示例老名研究院", yesterday)

    path = f"/v1/contracts/{contract['id']}"
    assert (await world.api.ok("GET", path, buyer))["sellers"][0]["name"] == "示例新名研究院"  # signed on that very day
    correct = f"/v1/organisation-names/{former['id']}/corrections"
    later = {"valid_to": day.isoformat(), "reason": "示例：变更登记日期有误"}
    await world.api.ok("POST", correct, world.operator, json=later)
    assert (await world.api.ok("GET", path, buyer))["sellers"][0]["name"] == "示例老名研究院"
    for begins in ("示例老名", "示例新名"):
        found = await world.api.ok("GET", f"/v1/organisations?name={begins}")
        assert [row["id"] for row in found["items"]] == [str(seller.id)]


async def test_a5_a_list_by_beginning_pages_over_names_of_today_and_of_once(world: World) -> None:
    ids = []
    for place in range(5):
        party = await world.enterprise(name=f"示例页{place}")
        if place % 2:
            await renamed(world, party, f"示例改{place}", 0)
        ids.append(str(party.id))
    query, seen = "/v1/organisations?name=示例页&limit=2", []
    cursor = ""
    while cursor is not None:
        page = await world.api.ok("GET", query + (f"&cursor={cursor}" if cursor else ""))
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [ids[1], ids[3], ids[0], ids[2], ids[4]]  # in order of today's names


async def test_a5_renames_follow_each_other_and_a_wrong_one_is_withdrawn(world: World) -> None:
    party, other = await world.enterprise(name="示例甲"), await world.enterprise(name="示例乙")
    await renamed(world, party, "示例丙", 100)
    path, caller, day = f"/v1/organisations/{party.id}/names", world.operator, await today(world)

    async def refused(status: int, code: str, name: str, days: int) -> None:
        body = {"name": name, "valid_from": (day - timedelta(days=days)).isoformat(), "source": "示例"}
        await world.api.refused(status, code, "POST", path, caller, json=body, headers=LATEST)

    await refused(409, "organisation_name_taken", " 示例 乙", 0)
    await refused(422, "period_not_later", "示例丁", 100)
    await refused(422, "date_in_future", "示例丁", -1)
    await refused(422, "nothing_to_correct", "示例丙", 0)
    first, second = (await renamed(world, party, "示例戊", 99))["former_names"]
    why = {"reason": "示例"}
    crossing = why | {"valid_to": second["valid_to"]}
    correct = "/v1/organisation-names/{}/corrections"
    await world.api.refused(
        422, "former_names_out_of_order", "POST", correct.format(first["id"]), caller, json=crossing
    )
    # What is compared with the names of others is locked as a new name is: of two at once one sees the other.
    await world.api.ok("POST", correct.format(first["id"]), caller, json=why | {"name": "示例 己"})
    async with world.database.transaction() as session:
        held = await session.execute(text(HELD), {"core": "示例己"})
        assert held.scalar_one() == 1
    await world.api.ok("POST", correct.format(first["id"]), caller, json=why | {"name": "示例甲"})
    await world.api.ok("POST", correct.format(first["id"]), caller, json=why | {"withdrawn": True})
    shown = await world.api.ok("GET", f"/v1/organisations/{party.id}")
    assert [(row["name"], row["valid_to"]) for row in shown["former_names"]] == [("示例甲", second["valid_to"])]
    await world.api.ok("POST", correct.format(second["id"]), caller, json=why | {"withdrawn": True})
    shown = await world.api.ok("GET", f"/v1/organisations/{party.id}")
    assert (shown["name"], shown["former_names"]) == ("示例甲", [])
    kept = await world.api.ok("GET", f"/v1/corrections?subject_id={first['id']}", party)
    assert [row["before"]["name"] for row in kept["items"]] == ["示例甲", "示例 己", "示例甲"]
    assert other.name == "示例乙"
