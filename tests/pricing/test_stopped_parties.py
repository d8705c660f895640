"""C9: what a suspended organisation has under way stops, or is held with a reason, in each way of finding a price."""

from typing import Any

import pytest

from app.core.deadlines import run_due
from tests.contracts.factory import drafted_contract
from tests.market.deals.factory import agreed_deal
from tests.market.listings.factory import published_listing
from tests.pricing.appraised import factory as appraised
from tests.pricing.auction import factory as auctions
from tests.pricing.listed import factory as listed
from tests.pricing.negotiated import factory as negotiated
from tests.support.world import Party, World

Json = dict[str, Any]
REFUSED = (409, "organisation_not_verified")


async def _found(world: World, party: Party, verification: str) -> None:
    body = {"verification": verification, "reason": "示例"}
    await world.api.ok("POST", f"/v1/organisations/{party.id}/verification", world.operator, json=body)
    await run_due(world.database)


async def _listing(world: World, listing: Json) -> tuple[str, str | None]:
    shown = await world.api.ok("GET", f"/v1/listings/{listing['id']}", world.operator)
    return shown["status"], shown["working_copy"]["status_reason"]


async def _held(world: World, party: Party) -> list[Json]:
    query = {"type": "organisation.sale_held", "subject_id": str(party.id)}
    items: list[Json] = (await world.api.ok("GET", "/v1/events", world.auditor, params=query))["items"]
    return items


@pytest.mark.parametrize("side", ["seller", "buyer"])
async def test_c9_a_negotiation_agreed_waits_for_both_sides_to_be_verified(fresh_world: World, side: str) -> None:
    world = fresh_world
    seller, buyer = await world.university(), await world.enterprise()
    stopped, other = (seller, buyer) if side == "seller" else (buyer, seller)
    agreed = await negotiated.agreed(world, seller, buyer)
    await _found(world, stopped, "suspended")
    await negotiated.notice_over(world, agreed)
    assert (await negotiated.read(world, other, agreed))["status"] == "agreed"
    assert [event["payload"]["listing_id"] for event in await _held(world, stopped)] == [agreed["listing_id"]]
    await world.api.refused(*REFUSED, "POST", f"/v1/negotiations/{agreed['id']}/closing", other)
    await _found(world, stopped, "verified")
    assert (await negotiated.read(world, other, agreed))["status"] == "closed"


@pytest.mark.parametrize("side", ["seller", "buyer"])
async def test_c9_an_open_offer_of_a_suspended_side_is_not_accepted(world: World, side: str) -> None:
    seller, buyer = await world.enterprise(), await world.enterprise()
    listing = await negotiated.negotiated_listing(world, seller)
    opened = await negotiated.opened(world, buyer, listing)
    accepts, stopped = seller, buyer
    if side == "seller":  # its counter-offer stands
        body = await negotiated.offer_body(world)
        opened = await world.api.ok("POST", f"/v1/negotiations/{opened['id']}/offers", seller, json=body)
        accepts, stopped = buyer, seller
    await _found(world, stopped, "suspended")
    path, body = f"/v1/negotiations/{opened['id']}/acceptance", {"offer_id": opened["last_offer"]["id"]}
    refused = await world.api.post(path, accepts, json=body)
    code = "organisation_not_verified" if side == "buyer" else "listing_not_open"
    assert (refused.status_code, refused.json()["code"]) == (409, code)


async def test_c9_a_declared_offer_of_a_suspended_buyer_is_not_accepted(world: World) -> None:
    seller, buyer = await world.enterprise(), await world.enterprise()
    listing, _ = await appraised.appraised_listing(world, seller)
    offer = await appraised.offered(world, buyer, listing)
    await _found(world, buyer, "suspended")
    await world.api.refused(*REFUSED, "POST", f"/v1/purchase-offers/{offer['id']}/acceptance", seller)


@pytest.mark.parametrize("mode", ["first_come", "negotiated", "competitive", "auction"])
async def test_c9_a_listing_under_way_of_a_suspended_seller_is_taken_off_sale(world: World, mode: str) -> None:
    seller = await world.institution()
    make = {
        "first_come": published_listing, "negotiated": negotiated.negotiated_listing,
        "competitive": listed.competitive_listing, "auction": auctions.auction_listing,
    }[mode]  # fmt: skip
    listing = await make(world, seller)
    await _found(world, seller, "suspended")
    status, reason = await _listing(world, listing)
    assert (status, "核查" in (reason or "")) == ("suspended", True)
    path = f"/v1/listings/{listing['id']}/resumption"
    await world.api.refused(*REFUSED, "POST", path, world.operator)
    await _found(world, seller, "verified")
    await world.api.refused(409, "listing_transition_refused", "POST", path, seller)
    assert (await world.api.ok("POST", path, world.operator))["status"] == "published"


async def test_c9_an_announced_auction_of_a_suspended_seller_goes_on_and_its_sale_is_held(fresh_world: World) -> None:
    world = fresh_world
    scene = await auctions.running(world)
    await _found(world, scene.seller, "suspended")
    assert (await _listing(world, scene.listing))[0] == "published"
    await scene.accepted(scene.bidders[0], "100000.00")
    await auctions.move_clock_to(world, auctions.datetime.fromisoformat((await scene.shown(world.operator))["ends_at"]))
    await run_due(world.database)
    shown = await scene.shown(world.operator)
    assert (shown["ending"], shown["deal_id"]) == ("sold", None)
    assert len(await _held(world, scene.seller)) == 1
    await _found(world, scene.seller, "verified")
    assert (await scene.shown(world.operator))["deal_id"] is not None


async def test_c9_a_registrant_that_was_suspended_is_not_counted(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await listed.competitive_listing(world, seller)
    await listed.qualified(world, seller, buyer, listing)
    await _found(world, buyer, "suspended")
    await listed.notice_over(world, listing)
    assert await listed.deals_of(world, listing) == []


@pytest.mark.parametrize("side", ["seller", "buyer"])
async def test_c9_an_open_deal_gets_no_contract_while_a_party_is_suspended(world: World, side: str) -> None:
    seller, buyer = await world.enterprise(), await world.enterprise()
    contract = await drafted_contract(world, seller, buyer)
    stopped, other = (seller, buyer) if side == "seller" else (buyer, seller)
    await _found(world, stopped, "suspended")
    path, today = f"/v1/contracts/{contract['id']}/signature", (await negotiated.now(world)).date().isoformat()
    sent = await world.api.post(path, other, json={"signed_on": today}, headers={"If-Match": '"1"'})
    assert (sent.status_code, sent.json()["code"]) == REFUSED
    await world.api.refused(401, "unauthenticated", "POST", path, stopped, json={"signed_on": today})


async def test_c9_what_was_bought_before_stays_bought(world: World) -> None:
    """A deal is held, not undone: the operator decides on it, as on every deal that fails."""
    seller, buyer = await world.enterprise(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    await _found(world, buyer, "suspended")
    assert (await world.api.ok("GET", f"/v1/deals/{deal['id']}", seller))["status"] == "agreed"
