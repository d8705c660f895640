"""An organisation ends in another one on a day; what it left open goes on, and nothing of old is rewritten (A5)."""

import asyncio
from datetime import date, timedelta
from typing import Any

from app.identity.kinds import Verification
from tests.contracts.factory import drafted_contract, payment_body, signed_contract
from tests.market.deals.factory import agreed_deal
from tests.market.listings.factory import listing_body, today
from tests.support.world import Party, World

Json = dict[str, Any]
PATH = "/v1/organisation-mergers"


def body(merged: Party, successor: Party, day: date) -> Json:
    return {
        "merged_id": str(merged.id),
        "successor_id": str(successor.id),
        "kind": "absorption",
        "effective_on": day.isoformat(),
        "source": "示例合并协议及登记〔2026〕1号",
    }


async def merged_into(world: World, merged: Party, successor: Party, day: date | None = None) -> Json:
    """A merger that one operator asked for and another confirmed, by default from today on."""
    asked = await world.api.ok("POST", PATH, world.operator, json=body(merged, successor, day or await today(world)))
    second = await world.second_operator()
    done: Json = await world.api.ok("POST", f"{PATH}/{asked['id']}/confirmation", second)
    return done


async def key_for(world: World, admin: Party, merged: Party) -> Party:
    """A key with which an admin of the heir acts for a merged organisation."""
    wanted = {"name": "承继", "organisation_id": str(merged.id)}
    made = await world.api.ok("POST", "/v1/api-keys", admin, json=wanted)
    return Party(merged.name, merged.id, admin.person_id, made["secret"])


async def test_a5_two_operators_merge_and_the_keys_of_the_merged_one_end(fresh_world: World) -> None:
    world = fresh_world
    merged, successor = await world.enterprise(), await world.enterprise()
    day = await today(world)
    asked = await world.api.ok("POST", PATH, world.operator, json=body(merged, successor, day))
    confirm = f"{PATH}/{asked['id']}/confirmation"
    await world.api.refused(409, "second_person_needed", "POST", confirm, world.operator)
    await world.api.ok("GET", "/v1/me", merged)
    second = await world.second_operator()
    done = await world.api.ok("POST", confirm, second)
    assert (done["status"], done["confirmed_by"]) == ("done", str(second.person_id))
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", merged)
    await world.api.refused(409, "nothing_to_confirm", "POST", confirm, second)
    gone = {"reason": "示例"}
    await world.api.refused(409, "merger_done", "POST", f"{PATH}/{asked['id']}/withdrawal", second, json=gone)
    told = [row["type"] for row in (await world.api.ok("GET", "/v1/events", successor))["items"]]
    assert {"organisation.merger_confirmed", "organisation.merged"} <= set(told)
    heir = await key_for(world, successor, merged)
    told = [row["type"] for row in (await world.api.ok("GET", "/v1/events", heir))["items"]]
    assert {"organisation.merger_confirmed", "organisation.merged"} <= set(told)


async def test_a5_a_merger_waits_for_its_day_and_can_be_taken_back_until_then(world: World) -> None:
    merged, successor = await world.enterprise(), await world.enterprise()
    ahead = await today(world) + timedelta(days=30)
    waiting = await merged_into(world, merged, successor, ahead)
    assert waiting["status"] == "confirmed"
    await world.api.ok("GET", "/v1/me", merged)
    why = {"reason": "示例"}
    back = await world.api.ok("POST", f"{PATH}/{waiting['id']}/withdrawal", world.operator, json=why)
    assert back["status"] == "taken_back"
    assert (await merged_into(world, merged, successor))["status"] == "done"


async def test_a5_an_open_deal_is_signed_and_paid_by_the_heir_in_the_name_of_the_merged_one(world: World) -> None:
    seller, buyer, successor = await world.institution(), await world.enterprise(), await world.institution()
    contract = await drafted_contract(world, seller, buyer)
    await merged_into(world, seller, successor)
    path = f"/v1/contracts/{contract['id']}"
    await world.api.refused(404, "not_found", "GET", path, successor)
    heir = await key_for(world, successor, seller)
    signed = {"signed_on": (await today(world)).isoformat()}
    for side in (heir, buyer):
        latest = {"If-Match": (await world.api.get(path, side)).headers["ETag"]}
        shown = await world.api.ok("POST", f"{path}/signature", side, json=signed, headers=latest)
    assert shown["status"] == "signed"
    assert shown["sellers"][0]["organisation_id"] == str(seller.id)
    paid = await payment_body(world, buyer, "100.00")
    await world.api.ok("POST", f"{path}/payments", heir, json=paid)
    listing = await listing_body(world, heir, result_id=str(seller.id))
    await world.api.refused(409, "organisation_merged", "POST", "/v1/listings", heir, json=listing)


async def test_a5_what_the_heir_of_a_buyer_pays_counts_for_the_buyer(world: World) -> None:
    seller, buyer, successor = await world.institution(), await world.enterprise(), await world.enterprise()
    contract = await signed_contract(world, seller, buyer)
    path = f"/v1/contracts/{contract['id']}/payments"
    paid = await payment_body(world, successor, "100.00")
    await world.api.refused(422, "payer_not_a_buyer", "POST", path, seller, json=paid)
    await merged_into(world, buyer, successor)
    paid = await payment_body(world, successor, "100.00")
    made = await world.api.ok("POST", path, seller, json=paid)
    assert made["payer_id"] == str(buyer.id)


async def test_a5_no_merger_makes_one_sell_to_itself_or_follows_another_round(world: World) -> None:
    seller, buyer, third = await world.institution(), await world.enterprise(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    day, caller = await today(world), world.operator
    problem = await world.api.refused(409, "merger_of_both_sides", "POST", PATH, caller, json=body(buyer, seller, day))
    assert deal["number"] in problem["detail"]
    await world.api.refused(422, "same_organisation", "POST", PATH, caller, json=body(third, third, day))
    await merged_into(world, third, buyer)
    await world.api.refused(409, "organisation_merged", "POST", PATH, caller, json=body(seller, third, day))
    await world.api.refused(409, "organisation_merged", "POST", PATH, caller, json=body(buyer, third, day))
    await world.api.refused(409, "merger_recorded", "POST", PATH, caller, json=body(third, seller, day))
    pending = await world.enterprise(verification=Verification.PENDING)
    await world.api.refused(409, "organisation_not_verified", "POST", PATH, caller, json=body(seller, pending, day))


async def test_a5_the_heir_of_an_heir_stands_for_both_and_only_while_its_people_act_for_it(world: World) -> None:
    first, second, third = [await world.enterprise() for _ in range(3)]
    await merged_into(world, first, second)
    early = await key_for(world, second, first)
    await world.api.ok("GET", "/v1/me", early)
    await merged_into(world, second, third)
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", early)
    member = await world.colleague(third)
    wanted = {"name": "承继", "organisation_id": str(first.id), "person_id": str(member.person_id)}
    stranger = await world.enterprise()
    await world.api.refused(404, "not_found", "POST", "/v1/api-keys", stranger, json=wanted)
    made = await world.api.ok("POST", "/v1/api-keys", third, json=wanted)
    held = Party("", first.id, member.person_id, made["secret"])
    assert (await world.api.ok("GET", "/v1/me", held))["roles"] == ["member"]
    await world.api.ok("DELETE", f"/v1/organisations/{third.id}/people/{member.person_id}", third)
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", held)


async def test_a5_of_two_mergers_of_one_organisation_at_once_one_is_recorded(fresh_world: World) -> None:
    world = fresh_world
    first, second, third = [await world.enterprise() for _ in range(3)]
    day = await today(world)
    pairs = [(first, second), (second, first), (first, third), (third, first)]
    answers = await asyncio.gather(*(world.api.post(PATH, world.operator, json=body(*pair, day)) for pair in pairs))
    made = [pair for pair, answer in zip(pairs, answers, strict=True) if answer.status_code == 201]
    assert {answer.status_code for answer in answers} == {201, 409}
    gone = [pair[0] for pair in made]
    assert len(gone) == len(set(gone))
    assert not {pair[1] for pair in made} & set(gone)


async def test_a5_a_broker_of_a_merged_agency_works_for_its_heir(world: World) -> None:
    merged, successor = await world.agency(), await world.agency()
    broker = await world.broker(merged)
    await merged_into(world, merged, successor)
    wanted = {"name": "经纪", "organisation_id": None, "person_id": str(broker.person_id)}
    made = await world.api.ok("POST", "/v1/api-keys", successor, json=wanted | {"organisation_id": str(successor.id)})
    held = Party("", successor.id, broker.person_id, made["secret"])
    assert (await world.api.ok("GET", "/v1/me", held))["roles"] == ["broker"]
