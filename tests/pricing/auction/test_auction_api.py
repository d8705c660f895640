"""An auction from the outside: announced, bid on, closed, sold or not."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.deadlines import run_due
from app.pricing.auction.proof.transcript import verify_transcript
from tests.market.listings.factory import move_clock_to
from tests.office.ledger.factory import balances
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.support.world import World


async def transcript(scene: Scene) -> dict[str, Any]:
    body: dict[str, Any] = await scene.world.api.ok("GET", f"{scene.path}/transcript")
    return body


def checked(file: dict[str, Any], *receipts: dict[str, Any]) -> None:
    report = verify_transcript(file, receipts)
    assert report.ok, report.problems


async def test_an_auction_sells_to_the_highest_bidder(world: World) -> None:
    scene = await factory.running(world, bidders=3)
    first, second, third = scene.bidders
    one = await scene.accepted(first, "100000.00")
    assert (one["price"], one["leading"], one["minimum"]) == ("100000.00", True, "101000.00")
    low = await scene.bid(second, "100500.00")
    assert (low.status_code, low.json()["code"]) == (409, "bid_too_low")
    assert low.json()["minimum"] == "101000.00"
    assert low.json()["receipt"]["seq"] == one["seq"] + 1
    two = await scene.accepted(second, "150000.00")
    shown = await scene.end()
    assert (shown["status"], shown["ending"], shown["price"]) == ("closed", "sold", "150000.00")
    assert shown["winner"] == two["paddle"]
    deal = await world.api.ok("GET", f"/v1/deals/{shown['deal_id']}", second)
    assert (deal["price"], deal["pricing_mode"]) == ("150000.00", "auction")
    await world.api.refused(404, "not_found", "GET", f"/v1/deals/{shown['deal_id']}", first)
    assert await balances(world) == {"bank": "150000.00", "deposit_held": "50000.00", "deposit_repayable": "100000.00"}
    checked(await transcript(scene), one["receipt"], low.json()["receipt"], two["receipt"])
    assert (await scene.bid(third, "160000.00")).json()["code"] == "auction_state"


async def test_both_sides_sign_the_confirmation(world: World, scene: Scene) -> None:
    await scene.accepted(scene.bidders[0], "100000.00")
    await scene.end()
    path = f"{scene.path}/confirmation"
    shown = await world.api.ok("GET", path, scene.seller)
    assert shown["content"]["price"] == "100000.00"
    await world.api.refused(404, "not_found", "GET", path, scene.bidders[1])
    await world.api.ok("POST", f"{path}/signature", scene.seller)
    await world.api.ok("POST", f"{path}/signature", scene.seller)
    signed = await world.api.ok("POST", f"{path}/signature", scene.bidders[0])
    assert len(signed["signed_by"]) == 2


async def test_nobody_bids_and_the_listing_stays_on_offer(world: World, scene: Scene) -> None:
    listing = await world.api.ok("GET", f"/v1/listings/{scene.listing['id']}")
    beyond = datetime.fromisoformat(listing["closes_at"]) - datetime.fromisoformat(scene.auction["ends_at"])
    assert beyond == timedelta(days=90), "the contract finds the listing open"
    shown = await scene.end()
    assert (shown["ending"], shown["winner"], shown["deal_id"]) == ("no_bids", None, None)
    listing = await world.api.ok("GET", f"/v1/listings/{scene.listing['id']}")
    assert listing["status"] == "published"
    assert await balances(world) == {"bank": "100000.00", "deposit_repayable": "100000.00"}
    await factory.proposed_auction(world, scene.seller, scene.listing)


async def test_a_top_bid_below_the_reserve_sells_nothing(world: World) -> None:
    body = await factory.auction_body(world, reserve_price="120000.00")
    scene = await factory.running(world, body=body)
    for caller in (None, scene.bidders[0], world.operator, world.auditor):
        seen = await world.api.ok("GET", scene.path, caller)
        assert (seen["has_reserve"], seen["reserve_price"]) == (True, None)
    assert (await scene.shown())["reserve_price"] == "120000.00"
    assert "120000" not in str(await transcript(scene))
    await scene.accepted(scene.bidders[0], "119000.00")
    shown = await scene.end()
    assert (shown["ending"], shown["winner"]) == ("below_reserve", None)
    file = await transcript(scene)
    checked(file)
    assert file["entries"][-1]["content"]["reserve"]["amount"] == "120000.00"


async def test_the_reserve_reached_stays_secret(world: World) -> None:
    scene = await factory.running(world, body=await factory.auction_body(world, reserve_price="120000.00"))
    await scene.accepted(scene.bidders[0], "120000.00")
    assert (await scene.end())["ending"] == "sold"
    file = await transcript(scene)
    checked(file)
    assert file["entries"][-1]["content"]["reserve"] is None


async def test_a_maximum_bids_for_its_owner(world: World, scene: Scene) -> None:
    first, second = scene.bidders
    one = await scene.accepted(first, "100000.00", maximum="130000.00")
    assert (one["price"], one["maximum"], len(one["salt"])) == ("100000.00", "130000.00", 32)
    two = await scene.accepted(second, "120000.00")
    assert (two["leading"], two["price"]) == (False, "121000.00")
    tie = await scene.accepted(second, "130000.00")
    assert (tie["leading"], tie["price"]) == (False, "130000.00"), "the earlier one wins a tie"
    raised = await scene.accepted(first, "131000.00", maximum="150000.00")
    assert (raised["leading"], raised["price"]) == (True, "130000.00"), "a leader that raises itself raises no price"
    beaten = await scene.accepted(second, "140000.00")
    assert (beaten["leading"], beaten["price"]) == (False, "141000.00"), "F1: its raised maximum is kept"
    assert "maximum" not in {name for entry in (await transcript(scene))["entries"] for name in entry["content"]}
    shown = await scene.end()
    assert (shown["winner"], shown["price"]) == (one["paddle"], "141000.00")
    checked(await transcript(scene), *(answer["receipt"] for answer in (one, two, tie, raised, beaten)))


async def test_a_maximum_that_fell_short_is_opened_even_if_its_bidder_wins_in_the_end(
    world: World, scene: Scene
) -> None:
    first, second = scene.bidders
    await scene.accepted(first, "100000.00", maximum="110000.00")
    await scene.accepted(second, "130000.00")
    await scene.accepted(first, "140000.00", maximum="190000.00")
    await scene.end()
    file = await transcript(scene)
    checked(file)
    assert [row["amount"] for row in file["entries"][-1]["content"]["maxima"]] == ["110000.00"]
    assert "190000" not in str(file)


async def test_a_bid_in_the_window_reopens_it(world: World, scene: Scene) -> None:
    late = datetime.fromisoformat(scene.auction["ends_at"]) - timedelta(seconds=10)
    await move_clock_to(world, late)
    made = await scene.accepted(scene.bidders[0], "100000.00")
    assert datetime.fromisoformat(made["ends_at"]) - datetime.fromisoformat(made["server_time"]) == timedelta(minutes=5)
    await move_clock_to(world, datetime.fromisoformat(scene.auction["ends_at"]))
    await run_due(world.database)
    assert (await scene.shown())["status"] == "announced"
    assert (await scene.end())["ending"] == "sold"
    checked(await transcript(scene), made["receipt"])


async def test_a_bid_after_the_end_is_refused_where_no_worker_runs(world: World, scene: Scene) -> None:
    await move_clock_to(world, datetime.fromisoformat(scene.auction["ends_at"]))
    late = await scene.bid(scene.bidders[0], "100000.00")
    assert (late.status_code, late.json()["code"]) == (409, "bid_too_late")
    await run_due(world.database)
    assert (await scene.shown())["ending"] == "no_bids"
    checked(await transcript(scene), late.json()["receipt"])


async def test_sealed_bids_are_unreadable_until_they_are_opened(world: World) -> None:
    scene = await factory.running(world, bidders=3, body=await factory.sealed_body(world))
    first, second, third = scene.bidders
    await scene.accepted(first, "300000.00")
    made = await scene.accepted(first, "250000.00")
    assert (made["price"], made["leading"], made["amount"]) == (None, None, "250000.00")
    other = await scene.accepted(second, "260000.00")
    await scene.accepted(third, "260000.00")
    for amount in ("300000", "250000", "260000"):
        assert amount not in str(await transcript(scene))
    shown = await scene.end()
    assert (shown["ending"], shown["price"], shown["winner"]) == ("sold", "260000.00", other["paddle"])
    file = await transcript(scene)
    checked(file, made["receipt"], other["receipt"])
    opened = next(entry["content"]["bids"] for entry in file["entries"] if entry["content"]["kind"] == "revealed")
    assert [bid["amount"] for bid in opened] == ["300000.00", "250000.00", "260000.00", "260000.00"]


async def test_a_falling_price_goes_to_the_first_who_takes_it(world: World) -> None:
    scene = await factory.running(world, body=await factory.dutch_body(world))
    first, second = scene.bidders
    low = await scene.bid(first, "190000.00")
    assert (low.json()["code"], low.json()["minimum"]) == ("bid_too_low", "200000.00")
    await move_clock_to(world, datetime.fromisoformat(scene.auction["starts_at"]) + timedelta(minutes=25))
    won = await scene.accepted(first, "185000.00")
    assert won["price"] == "180000.00"
    assert (await scene.bid(second, "190000.00")).json()["code"] == "bid_already_taken"
    await run_due(world.database)
    shown = await scene.shown()
    assert (shown["status"], shown["ending"], shown["price"]) == ("closed", "sold", "180000.00")
    checked(await transcript(scene), won["receipt"])


async def test_a_proposal_ends_with_its_listing_and_says_why(world: World) -> None:
    seller = await world.institution()
    listing = await factory.auction_listing(world, seller)
    proposed = await factory.proposed_auction(world, seller, listing)
    await world.api.ok("POST", f"/v1/listings/{listing['id']}/withdrawal", seller)
    shown = await world.api.ok("GET", f"/v1/auctions/{proposed['id']}", seller)
    assert (shown["status"], "withdrawn" in shown["reason"]) == ("cancelled", True), shown["reason"]


async def test_a_listing_does_not_lapse_under_a_suspended_auction(world: World, scene: Scene) -> None:
    """However long it takes: at the close the lot must still be there to be sold."""
    await scene.accepted(scene.bidders[0], "100000.00")
    await world.api.ok("POST", f"{scene.path}/suspension", world.operator, json={"reason": "示例"})
    await move_clock_to(world, datetime.fromisoformat(scene.auction["ends_at"]) + timedelta(days=100))
    await run_due(world.database)
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    shown = await scene.end()
    assert (shown["ending"], shown["deal_id"] is not None) == ("sold", True)


async def test_a_suspension_stops_the_clock(world: World, scene: Scene) -> None:
    await scene.accepted(scene.bidders[0], "100000.00")
    await world.api.ok("POST", f"{scene.path}/suspension", world.operator, json={"reason": "示例"})
    assert (await scene.bid(scene.bidders[1], "110000.00")).json()["code"] == "auction_state"
    before = await scene.shown()
    await move_clock_to(world, datetime.fromisoformat(before["ends_at"]) + timedelta(days=1))
    await run_due(world.database)
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    after = await scene.shown()
    assert datetime.fromisoformat(after["ends_at"]) - datetime.fromisoformat(before["ends_at"]) >= timedelta(days=1)
    await scene.accepted(scene.bidders[1], "110000.00")
    assert (await scene.end())["price"] == "110000.00"
    checked(await transcript(scene))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"starts_at": "days=6"}, "auction_notice_too_short"),
        ({"viewing_from": "days=7"}, "auction_viewing_too_short"),
        ({"reserve_price": "99999.99"}, "auction_reserve_too_low"),
        ({"ladder": []}, "auction_condition_missing"),
    ],
)
async def test_conditions_that_cannot_be(world: World, change: dict[str, Any], code: str) -> None:
    seller = await world.institution()
    listing = await factory.auction_listing(world, seller)
    body = await factory.auction_body(world)
    for name, value in change.items():
        if str(value).startswith("days="):
            start = datetime.fromisoformat(body["starts_at"]) - timedelta(days=8 - int(value[5:]))
            change = change | {name: start.isoformat() if name == "starts_at" else start.date().isoformat()}
    path = f"/v1/listings/{listing['id']}/auction"
    await world.api.refused(422, code, "POST", path, seller, json=body | change)
