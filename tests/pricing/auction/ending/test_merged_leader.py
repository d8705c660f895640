"""A5: an organisation that merges while it leads an auction, or sells in one, or has sealed a bid."""

from dataclasses import replace

from app.core.deadlines import run_due
from tests.identity.test_mergers import key_for, merged_into
from tests.pricing.auction import factory
from tests.support.world import World


async def test_a5_a_merger_stops_what_the_merged_one_leads_and_its_heir_bids_no_more_in_its_name(world: World) -> None:
    scene = await factory.running(world)
    leader, other = scene.bidders
    await scene.accepted(leader, "100000.00")
    heir = await world.enterprise()
    await merged_into(world, leader, heir)
    await run_due(world.database)
    shown = await scene.shown(world.operator)
    assert shown["status"] == "suspended"
    assert heir.name not in shown["reason"]
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    await run_due(world.database)
    acting = await key_for(world, heir, leader)
    for caller, code in ((acting, "organisation_merged"), (heir, "not_a_bidder")):
        answer = await scene.bid(caller, "200000.00")
        assert answer.json()["code"] == code, answer.text
    assert other.name
    ended = await scene.end()
    assert (ended["ending"], ended["status"]) == ("sold", "closed")
    (deal,) = (await world.api.ok("GET", "/v1/deals", acting))["items"]
    assert str(leader.id) in {party["organisation_id"] for party in deal["parties"]}


async def test_a5_who_stands_for_the_seller_since_a_merger_bids_no_more_and_its_bid_wins_nothing(world: World) -> None:
    scene = await factory.running(world)
    bidder, _ = scene.bidders
    await scene.accepted(bidder, "100000.00")
    await merged_into(world, scene.seller, bidder)
    await run_due(world.database)
    assert (await scene.shown(world.operator))["status"] == "suspended"
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    answer = await scene.bid(bidder, "200000.00")
    assert (answer.status_code, answer.json()["code"]) == (403, "bidder_barred")
    ended = await replace(scene, seller=await key_for(world, bidder, scene.seller)).end()
    assert (ended["ending"], ended["deal_id"]) == ("sold", None)
    assert "转让方与受让方已合并" in ended["reason"]
    listing = await world.api.ok("GET", f"/v1/listings/{ended['listing_id']}", world.operator)
    assert listing["status"] == "published"


async def test_a5_a_sealed_bid_of_a_merged_organisation_is_opened_and_waits_for_the_operator(world: World) -> None:
    scene = await factory.running(world, body=await factory.sealed_body(world))
    winner, _ = scene.bidders
    await scene.accepted(winner, "900000.00")
    await merged_into(world, winner, await world.enterprise())
    await run_due(world.database)
    assert (await scene.shown(world.operator))["status"] == "announced", "nobody knows yet who leads"
    assert (await scene.end())["status"] == "suspended"
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    await run_due(world.database)
    assert (await scene.shown(world.operator))["status"] == "closed"
