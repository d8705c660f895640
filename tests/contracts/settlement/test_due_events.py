"""Both sides hear once that price and fees are due soon, and that they are overdue; who has paid hears nothing."""

from datetime import date, datetime, time, timedelta
from typing import Any

from tests.contracts.settlement.factory import contracted, open_requests, paid, settlement, worked
from tests.market.listings.factory import WUHAN_TIME, move_clock_to
from tests.support.world import Party, World

Json = dict[str, Any]


async def told(world: World, party: Party) -> list[tuple[str, str, str]]:
    wanted = {"type": ["settlement.due_soon", "settlement.overdue"], "limit": 100}
    found = await world.api.ok("GET", "/v1/events", party, params=wanted)
    return [(row["type"], row["payload"]["instruction"], row["payload"]["amount"]) for row in found["items"]]


async def test_money_ten_days_overdue_was_told_to_both_sides_once(fresh_world: World) -> None:
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await contracted(world, seller, buyer, asking_price="1500000.00")
    asked = {row["number"]: row for row in open_requests(await settlement(world, deal))}
    price = next(row for row in asked.values() if row["amount"] == "1500000.00")
    fee = next(row for row in asked.values() if row["amount"] != "1500000.00")
    await paid(world, fee)
    await worked(world)
    end = datetime.combine(date.fromisoformat(price["due_on"]) + timedelta(days=1), time(), WUHAN_TIME)
    await move_clock_to(world, end - timedelta(days=3, seconds=-1))
    await worked(world)
    soon = [row for row in await told(world, buyer) if row[1] == price["number"]]
    assert soon == [("settlement.due_soon", price["number"], "1500000.00")]
    await move_clock_to(world, end + timedelta(days=10))
    await worked(world)
    await worked(world)
    both = await told(world, buyer)
    assert len(both) == len(set(both))
    assert both == await told(world, seller)
    expected = ("settlement.overdue", price["number"], "1500000.00")
    assert [row for row in both if row[1] == price["number"]] == [*soon, expected]
    assert not [row for row in both if row[1] == fee["number"]]
