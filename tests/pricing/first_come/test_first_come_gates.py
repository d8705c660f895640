"""A first comer's contract waits for the gates of its sale."""

from datetime import datetime, timedelta
from typing import Any

from app.core.deadlines import run_due
from tests.catalogue.results.factory import recorded_result
from tests.contracts.factory import drafted_contract, sign
from tests.market.deals.factory import purchase
from tests.market.listings.factory import move_clock_to, published_listing, today
from tests.office.documents.factory import uploaded
from tests.support.world import Party, World

Json = dict[str, Any]


async def sold(world: World, seller: Party, buyer: Party, result: Json, **listing: Any) -> Json:
    """A first-come deal on a result with these facts, and its contract, which the seller has signed."""
    made = await recorded_result(world, seller, **result)
    offered = await published_listing(world, seller, **({"result_id": made["id"]} | listing))
    deal = await purchase(world, buyer, offered)
    contract = await drafted_contract(world, seller, buyer, deal=deal)
    await sign(world, contract, seller)
    return {"deal": deal, "contract": contract, "listing": offered, "result": made}


async def gates(world: World, caller: Party, made: Json) -> list[Json]:
    page = await world.api.ok("GET", f"/v1/gates?subject_id={made['deal']['id']}", caller)
    found: list[Json] = page["items"]
    return found


async def not_signed(world: World, made: Json, buyer: Party, code: str) -> Json:
    """The last signature is refused, and nothing of it is left."""
    path = f"/v1/contracts/{made['contract']['id']}"
    current = await world.api.ok("GET", path, buyer)
    problem: Json = await world.api.refused(
        409, code, "POST", f"{path}/signature", buyer, json={"signed_on": (await today(world)).isoformat()},
        headers={"If-Match": f'"{current["revision"]}"'},
    )  # fmt: skip
    assert (await world.api.ok("GET", path, buyer))["revision"] == current["revision"]
    assert (await world.api.ok("GET", f"/v1/deals/{made['deal']['id']}", buyer))["status"] == "agreed"
    return problem


async def test_an_assignment_is_offered_to_the_completers_before_its_contract(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    person = await world.colleague(seller)
    completers = [{"name": "示例甲", "person_id": str(person.person_id)}, {"name": "示例乙"}]
    made = await sold(world, seller, buyer, {"completers": completers}, transfer_mode="assignment")
    first, second = await gates(world, buyer, made)
    assert {first["kind"], second["kind"]} == {"first_refusal"}
    for caller in (seller, world.operator):
        assert [gate["id"] for gate in await gates(world, caller, made)] == [first["id"], second["id"]]
    assert await gates(world, await world.enterprise(), made) == []
    problem = await not_signed(world, made, buyer, "gate_open")
    assert {gate["id"] for gate in problem["gates"]} == {first["id"], second["id"]}
    await world.api.ok(
        "POST", f"/v1/gates/{first['id']}/closure", person, json={"outcome": "cleared", "reference": "示例放弃声明"}
    )
    assert len((await not_signed(world, made, buyer, "gate_open"))["gates"]) == 1
    await move_clock_to(world, datetime.fromisoformat(second["lapses_at"]))
    assert await run_due(world.database)
    await sign(world, made["contract"], buyer)
    assert (await world.api.ok("GET", f"/v1/deals/{made['deal']['id']}", buyer))["status"] == "contracted"


async def test_a_completer_who_uses_the_right_ends_the_deal(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    person = await world.colleague(seller)
    completers = [{"name": "示例甲", "person_id": str(person.person_id)}]
    made = await sold(world, seller, buyer, {"completers": completers}, transfer_mode="assignment")
    (gate,) = await gates(world, buyer, made)
    body = {"outcome": "refused", "reference": "示例行使优先受让权"}
    await world.api.ok("POST", f"/v1/gates/{gate['id']}/closure", person, json=body)
    deal = await world.api.ok("GET", f"/v1/deals/{made['deal']['id']}", buyer)
    assert (deal["status"], "first_refusal" in deal["status_reason"]) == ("cancelled", True)
    assert (await world.api.ok("GET", f"/v1/listings/{made['listing']['id']}"))["status"] == "published"


async def test_gates_of_a_deal_that_has_ended_are_moot(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    person = await world.colleague(seller)
    completers = [{"name": "示例甲", "person_id": str(person.person_id)}]
    made = await sold(world, seller, buyer, {"completers": completers}, transfer_mode="assignment")
    (gate,) = await gates(world, buyer, made)
    await world.api.ok("POST", f"/v1/deals/{made['deal']['id']}/cancellation", buyer, json={"reason": "示例"})
    body = {"outcome": "cleared", "reference": "示例"}
    await world.api.refused(409, "gate_moot", "POST", f"/v1/gates/{gate['id']}/closure", person, json=body)
    await move_clock_to(world, datetime.fromisoformat(gate["lapses_at"]) + timedelta(days=1))
    await run_due(world.database)
    assert (await gates(world, buyer, made))[0]["closure"] is None


async def test_restricted_technology_needs_its_licence_to_go_abroad(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    result = await recorded_result(world, seller, export_control="restricted")
    listing = await published_listing(world, seller, result_id=result["id"])
    deal = await purchase(world, buyer, listing, abroad=True)
    contract = await drafted_contract(world, seller, buyer, deal=deal, type="licence")
    made = {"deal": deal, "contract": contract}
    await sign(world, contract, seller)
    (gate,) = await gates(world, buyer, made)
    assert gate["kind"] == "restricted_export"
    await not_signed(world, made, buyer, "gate_open")
    document = await uploaded(world, seller)
    body = {"outcome": "cleared", "reference": "示例许可证", "document_id": document["id"]}
    await world.api.ok("POST", f"/v1/gates/{gate['id']}/closure", world.operator, json=body)
    await sign(world, contract, buyer)


async def licensed(world: World, seller: Party, buyer: Party) -> Json:
    """A first-come deal that needs no gate, and its contract, which the seller has signed."""
    listing = await published_listing(world, seller)
    deal = await purchase(world, buyer, listing)
    contract = await drafted_contract(world, seller, buyer, deal=deal, type="licence")
    await sign(world, contract, seller)
    return {"deal": deal, "contract": contract, "listing": listing}


async def test_what_may_no_longer_be_listed_is_not_put_under_contract(world: World) -> None:
    """No gate stands for a state secret, so the last signature asks once more whether the result may be listed."""
    seller, buyer = await world.institution(), await world.enterprise()
    made = await licensed(world, seller, buyer)
    result = f"/v1/results/{made['listing']['published']['result']['id']}"
    secret = {"secrecy": "state_secret"}
    await world.api.ok("PATCH", result, seller, json=secret, headers={"If-Match": '"1"'})
    problem = await not_signed(world, made, buyer, "result_not_listable")
    assert [error["code"] for error in problem["errors"]] == ["secrecy"]


async def test_a_seller_who_was_suspended_concludes_no_contract(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    made = await licensed(world, seller, buyer)
    suspended = {"verification": "suspended", "reason": "示例"}
    await world.api.ok("POST", f"/v1/organisations/{seller.id}/verification", world.operator, json=suspended)
    await not_signed(world, made, buyer, "organisation_not_verified")
