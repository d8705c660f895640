"""A competitive listing with two or more registrants is handed over to open bidding between them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.market.listings.factory import move_clock_to, today
from tests.office.ledger.factory import balances
from tests.pricing.auction.factory import Scene
from tests.pricing.listed import factory as listed
from tests.support.world import World

WUHAN = ZoneInfo("Asia/Shanghai")


async def contest(world: World, form: str = "english", bidders: int = 2) -> Scene:
    """The bidding that the end of a notice has opened, about to begin."""
    seller = await world.institution()
    listing = await listed.competitive_listing(world, seller, {"bidding": form})
    buyers = [await world.enterprise() for _ in range(bidders)]
    for buyer in buyers:
        await listed.qualified(world, seller, buyer, listing)
    await move_clock_to(world, datetime.fromisoformat((await listed.read(world, None, listing))["closes_at"]))
    await listed.work(world)
    sale = await listed.sale(world, listing)
    assert sale["phase"] == "bidding"
    auction: dict[str, Any] = await world.api.ok("GET", f"/v1/auctions/{sale['contest_id']}")
    return Scene(world, seller, listing, auction, buyers)


async def test_two_registrants_bid_from_the_asking_price(world: World) -> None:
    scene = await contest(world)
    assert scene.auction["is_contest"]
    assert scene.auction["conditions"]["starting_price"] == "1000000.00"
    said = scene.auction["conditions"]
    starts_at = datetime.fromisoformat(said["starts_at"]).astimezone(WUHAN)
    assert starts_at.date() - await today(world) == timedelta(days=3 + 1), "after three whole days"
    assert (starts_at.hour, datetime.fromisoformat(said["free_until"]) - starts_at) == (9, timedelta(hours=6))
    assert (await scene.bid(scene.bidders[0], "1000000.00")).json()["code"] == "auction_not_begun"
    await scene.begin()
    await scene.accepted(scene.bidders[0], "1000000.00")
    await scene.accepted(scene.bidders[1], "1010000.00")
    shown = await scene.end()
    assert (shown["ending"], shown["price"]) == ("sold", "1010000.00")
    deal = await world.api.ok("GET", f"/v1/deals/{shown['deal_id']}", scene.bidders[1])
    assert (deal["price"], deal["pricing_mode"]) == ("1010000.00", "listed")
    assert (await listed.sale(world, scene.listing))["phase"] == "sold"
    assert await balances(world) == {
        "bank": "200000.00", "deposit_held": "100000.00", "deposit_repayable": "100000.00",
    }  # fmt: skip


async def test_a_sealed_bid_each(world: World) -> None:
    scene = await contest(world, form="sealed")
    await scene.begin()
    await scene.accepted(scene.bidders[0], "1500000.00")
    await scene.accepted(scene.bidders[1], "1400000.00")
    shown = await scene.end()
    assert (shown["ending"], shown["price"]) == ("sold", "1500000.00")


async def test_nobody_bids_and_the_listing_lapses(world: World) -> None:
    scene = await contest(world)
    await scene.begin()
    assert (await scene.end())["ending"] == "no_bids"
    assert (await listed.read(world, scene.seller, scene.listing))["status"] == "lapsed"
    assert await balances(world) == {"bank": "200000.00", "deposit_repayable": "200000.00"}


@pytest.mark.parametrize("caller", ["stranger", "seller"])
async def test_only_the_registrants_bid(world: World, caller: str) -> None:
    scene = await contest(world)
    await scene.begin()
    party = scene.seller if caller == "seller" else await world.enterprise()
    response = await scene.bid(party, "1000000.00")
    assert response.status_code == 403
    assert response.json()["code"] == ("bidder_barred" if caller == "seller" else "not_a_bidder")


async def test_a_result_that_becomes_secret_ends_the_bidding(world: World) -> None:
    scene = await contest(world)
    await scene.begin()
    await scene.accepted(scene.bidders[0], "1000000.00")
    path = f"/v1/results/{scene.listing['published']['result']['id']}"
    etag = (await world.api.get(path, world.operator)).headers["ETag"]
    body = {"secrecy": "state_secret"}
    await world.api.ok("PATCH", path, world.operator, json=body, headers={"If-Match": etag})
    await listed.work(world)
    assert (await scene.shown(world.operator))["status"] == "cancelled"
    assert (await scene.bid(scene.bidders[1], "1010000.00")).json()["code"] == "auction_state"
    assert await balances(world) == {"bank": "200000.00", "deposit_repayable": "200000.00"}
