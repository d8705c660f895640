"""After the hammer: gates before the deal, the winner that defaults, the next bidder's chance."""

from datetime import datetime, timedelta
from typing import Any

from app.core.deadlines import run_due
from tests.catalogue.results.factory import recorded_result
from tests.market.listings.factory import move_clock_to, published_listing
from tests.office.ledger.factory import balances
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.pricing.auction.test_auction_api import checked, transcript
from tests.support.world import World


async def assigned(world: World) -> tuple[Scene, Any]:
    """An auction of an assignment, on which a completer has the right of first refusal."""
    seller = await world.institution()
    person = await world.colleague(seller)
    completers = [{"name": "示例甲", "person_id": str(person.person_id)}]
    result = await recorded_result(world, seller, completers=completers)
    listing = await published_listing(
        world, seller, result_id=result["id"], pricing_mode="auction", allocation=None, transfer_mode="assignment"
    )
    proposed = await factory.proposed_auction(world, seller, listing)
    auction = await world.api.ok("POST", f"/v1/auctions/{proposed['id']}/announcement", world.operator)
    bidders = [await world.enterprise() for _ in range(2)]
    for bidder in bidders:
        await factory.admitted(world, auction["id"], bidder)
    scene = Scene(world, seller, listing, auction, bidders)
    await scene.begin()
    await scene.accepted(bidders[0], "100000.00")
    return scene, person


async def test_the_deal_waits_for_the_completer(world: World) -> None:
    scene, person = await assigned(world)
    shown = await scene.end()
    assert (shown["ending"], shown["deal_id"]) == ("sold", None)
    (gate,) = shown["gates"]
    assert gate["kind"] == "first_refusal"
    assert (await scene.shown(scene.bidders[1]))["gates"] == []
    closure = {"outcome": "cleared", "reference": "示例放弃"}
    await world.api.ok("POST", f"/v1/gates/{gate['id']}/closure", person, json=closure)
    assert (await scene.shown())["deal_id"] is not None


async def test_the_completer_takes_the_result_and_the_winner_its_deposit_back(world: World) -> None:
    scene, person = await assigned(world)
    (gate,) = (await scene.end())["gates"]
    closure = {"outcome": "refused", "reference": "示例行使优先受让权"}
    await world.api.ok("POST", f"/v1/gates/{gate['id']}/closure", person, json=closure)
    shown = await scene.shown()
    assert (shown["deal_id"], "first_refusal" in shown["reason"]) == (None, True)
    assert await balances(world) == {"bank": "100000.00", "deposit_repayable": "100000.00"}


async def sold(world: World) -> tuple[Scene, dict[str, Any]]:
    """Sold to the first bidder, with a second one behind it."""
    scene = await factory.running(world)
    await scene.accepted(scene.bidders[1], "110000.00")
    await scene.accepted(scene.bidders[0], "150000.00")
    return scene, await scene.end()


async def test_a_winner_that_walks_away_forfeits_and_the_next_gets_its_chance(world: World) -> None:
    scene, shown = await sold(world)
    winner, following = scene.bidders
    await world.api.ok("POST", f"/v1/deals/{shown['deal_id']}/cancellation", winner, json={"reason": "示例反悔"})
    assert (await balances(world))["forfeitures"] == "50000.00"
    offered = await scene.shown()
    assert (offered["price"], offered["deal_id"]) == ("110000.00", None)
    await world.api.refused(409, "auction_offer_not_open", "POST", f"{scene.path}/offer-acceptance", winner)
    taken = await world.api.ok("POST", f"{scene.path}/offer-acceptance", following)
    deal = await world.api.ok("GET", f"/v1/deals/{taken['deal_id']}", following)
    assert deal["price"] == "110000.00"
    checked(await transcript(scene))


async def test_the_seller_does_not_take_the_lot_from_under_an_open_offer(world: World) -> None:
    scene, shown = await sold(world)
    winner, following = scene.bidders
    await world.api.ok("POST", f"/v1/deals/{shown['deal_id']}/cancellation", winner, json={"reason": "示例反悔"})
    listing = f"/v1/listings/{scene.listing['id']}"
    await world.api.refused(409, "listing_in_auction", "POST", f"{listing}/withdrawal", scene.seller)
    body = {"reason": "示例"}
    await world.api.refused(409, "listing_in_auction", "POST", f"{listing}/suspension", scene.seller, json=body)
    taken = await world.api.ok("POST", f"{scene.path}/offer-acceptance", following)
    assert taken["deal_id"] is not None


async def test_a_chance_that_nobody_takes_lapses(world: World) -> None:
    scene, shown = await sold(world)
    winner, following = scene.bidders
    await world.api.ok("POST", f"/v1/deals/{shown['deal_id']}/cancellation", winner, json={"reason": "示例反悔"})
    until = datetime.fromisoformat((await scene.shown())["offer_ends_at"])
    await move_clock_to(world, until)
    await world.api.refused(409, "auction_offer_not_open", "POST", f"{scene.path}/offer-acceptance", following)
    await run_due(world.database)
    assert (await scene.shown())["offered_to"] is None
    listing = await world.api.ok("GET", f"/v1/listings/{scene.listing['id']}", scene.seller)
    assert listing["status"] == "published"


async def test_a_contract_that_is_not_signed_in_time_counts_as_a_default(world: World) -> None:
    scene, shown = await sold(world)
    deal = await world.api.ok("GET", f"/v1/deals/{shown['deal_id']}", scene.seller)
    await move_clock_to(world, datetime.fromisoformat(deal["contract_due_at"]) + timedelta(seconds=1))
    while await run_due(world.database):
        pass
    after = await scene.shown()
    assert (after["offered_to"] is not None, after["price"]) == (True, "110000.00")


async def test_a_seller_that_cancels_gives_nobody_a_chance(world: World) -> None:
    scene, shown = await sold(world)
    await world.api.ok("POST", f"/v1/deals/{shown['deal_id']}/cancellation", scene.seller, json={"reason": "示例"})
    after = await scene.shown()
    assert (after["offered_to"], after["deal_id"]) == (None, None)
    assert await balances(world) == {"bank": "100000.00", "deposit_repayable": "100000.00"}
