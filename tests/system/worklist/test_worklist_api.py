"""The worklist from the outside: one call says what waits, to whom it waits, and how it is done."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from app.system.worklist.sections import SECTIONS
from tests.contracts.settlement.factory import contracted, open_requests, settlement
from tests.market.deals.factory import agreed_deal
from tests.market.listings.factory import move_clock_to, submitted_listing
from tests.support.access.scene import build
from tests.support.served import ROOT
from tests.support.world import Party, World

Json = dict[str, Any]
DOCUMENT = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))


async def worklist(world: World, party: Party, **asked: Any) -> list[Json]:
    found: list[Json] = await world.api.every("/v1/worklist", party, **asked)
    return found


async def move(world: World, **ahead: int) -> None:
    now = datetime.fromisoformat((await world.api.ok("GET", "/v1/clock"))["server_time"])
    await move_clock_to(world, now + timedelta(**ahead))


async def test_one_call_says_what_is_due_this_week_and_what_money_is_overdue(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await contracted(world, seller, buyer, asking_price="1500000.00")
    asked = open_requests(await settlement(world, deal))
    mine = await worklist(world, buyer, side="mine")
    assert {(row["subject"]["number"], row["amount"]) for row in mine if row["kind"].startswith("pay_")} == {
        (row["number"], row["amount"]) for row in asked if row["organisation_id"] == str(buyer.id)
    }
    assert await worklist(world, buyer, overdue="true") == []
    await move(world, days=20)
    (price,) = await worklist(world, buyer, overdue="true", kind="pay_price")
    assert price["overdue"]
    assert price["amount"] == "1500000.00"
    assert price["counterpart"]["id"] == str(seller.id)
    (theirs,) = await worklist(world, seller, overdue="true", kind="pay_price")
    assert (theirs["side"], theirs["amount"], theirs["counterpart"]["id"]) == ("theirs", "1500000.00", str(buyer.id))
    assert theirs["subject"]["number"] == deal["number"]
    assert theirs["due_on"] == price["due_on"]
    stranger = await world.enterprise()
    assert await worklist(world, stranger) == []


async def test_it_is_ordered_by_the_day_due_and_pages_lose_nothing(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    for _ in range(2):
        await contracted(world, seller, buyer)
    await agreed_deal(world, seller, buyer)
    await submitted_listing(world, seller)
    whole = await worklist(world, seller, limit=100)
    assert len(whole) > 5
    assert len({row["kind"] for row in whole}) > 3
    order = [(row["due_at"] or "9999", row["id"]) for row in whole]
    assert order == sorted(order)
    for limit in (1, 2, 3):
        assert await worklist(world, seller, limit=limit) == whole
    first = whole[0]
    assert await worklist(world, seller, subject_id=first["subject"]["id"], kind=first["kind"]) == [first]
    until = await worklist(world, seller, due_until=first["due_on"])
    assert until == [row for row in whole if row["due_on"] and row["due_on"] <= first["due_on"]]
    counts = await world.api.ok("GET", "/v1/worklist/counts", seller)
    assert sum(row["count"] for row in counts["counts"]) == len(whole)
    sides = [row for side in ("mine", "theirs") for row in await worklist(world, seller, side=side)]
    assert len(sides) == len(whole)


async def test_an_empty_worklist_says_what_to_do(world: World) -> None:
    nobody = await world.enterprise()
    empty = await world.api.ok("GET", "/v1/worklist", nobody, headers={"Accept-Language": "zh"})
    assert empty["items"] == []
    assert empty["advice"].startswith("目前没有待办事项")
    narrowed = await world.api.ok("GET", "/v1/worklist?side=theirs", nobody)
    assert narrowed["advice"].startswith("Nothing that you ask for waits")


async def test_a_key_sees_only_what_its_scopes_may_read(world: World) -> None:
    seller = await world.institution()
    await submitted_listing(world, seller)
    assert [row["kind"] for row in await worklist(world, seller)] == ["publish_listing"]
    for scopes, seen in ((["worklist:read"], 0), (["worklist:read", "listings:read"], 1)):
        body = {"name": "示例", "scopes": scopes}
        issued = await world.api.ok("POST", "/v1/api-keys", seller, json=body)
        narrow = Party(seller.name, seller.id, seller.person_id, issued["secret"])
        assert len(await worklist(world, narrow)) == seen
    (row,) = await worklist(world, world.operator, kind="publish_listing")
    assert row["side"] == "mine"
    assert row["counterpart"]["id"] == str(seller.id)


async def test_what_a_worklist_names_can_be_read_and_done_by_its_reader(world: World) -> None:
    scene = await build(world)
    seen: dict[str, set[str]] = {}
    for name, caller in scene.callers.items():
        if caller is None:
            continue
        for row in await worklist(world, caller, limit=100):
            told = (name, row["kind"], row["subject"], row["call"])
            operation = operation_of(row["call"])
            answer = await world.api.get(row["subject"]["read"], caller)
            assert answer.status_code == 200, (told, answer.text)
            assert operation, told
            if row["side"] == "mine":
                seen.setdefault(row["kind"], set()).add(name)
    every = {section.kind.value for section in SECTIONS}
    assert len(seen) > 20, sorted(every - set(seen))


def operation_of(call: Json) -> Json | None:
    """The operation of the document that a call is of."""
    for path, item in DOCUMENT["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
        if re.fullmatch(pattern, call["path"]) and call["method"].lower() in item:
            found: Json = item[call["method"].lower()]
            return found
    return None
