"""What a bidder gets to prove its own part: the salts of its paddle, its amounts and maxima, accepted or refused."""

import hashlib

import pytest

from app.pricing.auction.proof import log
from app.pricing.auction.proof.log import read_money
from app.pricing.auction.proof.transcript import verify_transcript
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.pricing.auction.test_auction_api import transcript
from tests.support.world import World


async def test_a_bidder_can_show_whose_its_paddle_is(world: World) -> None:
    scene = await factory.announced(world, bidders=2)
    own = await world.api.ok("GET", f"{scene.path}/bidders/own", scene.bidders[0])
    entries = [entry["content"] for entry in (await transcript(scene))["entries"]]
    (admitted,) = [c for c in entries if c["kind"] == "admitted" and c["paddle"] == own["paddle"]]
    shown = hashlib.sha256(f"{own['salt']}:{own['organisation_id']}".encode()).hexdigest()
    assert shown == admitted["organisation_commitment"]
    listed = await world.api.ok("GET", f"{scene.path}/bidders", scene.bidders[1])
    assert own["salt"] not in str(listed)


async def test_the_seller_can_show_what_the_reserve_was(world: World) -> None:
    scene = await factory.announced(world, 0, await factory.auction_body(world, reserve_price="150000.00"))
    own = await scene.shown()
    committed = (await transcript(scene))["entries"][0]["content"]["reserve_commitment"]
    assert log.commitment(own["reserve_salt"], read_money(own["reserve_price"])) == committed
    shown = await scene.shown(world.operator)
    assert (shown["reserve_price"], shown["reserve_salt"]) == (None, None)


async def test_a_refused_maximum_is_committed_to_and_its_bidder_can_open_it(world: World, scene: Scene) -> None:
    body = {"maximum": "99999.99"}
    refused = await scene.bid(scene.bidders[0], "100000.00", "once", **body)
    problem = refused.json()
    assert problem["code"] == "bid_maximum_below_amount"
    again = await scene.bid(scene.bidders[0], "100000.00", "once", **body)
    assert again.content == refused.content
    file = await transcript(scene)
    logged = file["entries"][problem["seq"] - 1]["content"]
    assert log.commitment(problem["salt"], read_money("99999.99")) == logged["maximum_commitment"]
    held = problem["receipt"] | {"opening": {"amount": "99999.99", "salt": problem["salt"]}}
    assert verify_transcript(file, [held]).ok
    assert "salt" not in (await scene.bid(scene.bidders[0], "1.00")).json()


async def test_a_sealed_bid_below_the_starting_price_is_refused_and_does_not_replace_a_valid_one(world: World) -> None:
    scene = await factory.running(world, body=await factory.sealed_body(world))
    await scene.accepted(scene.bidders[0], "120000.00")
    low = (await scene.bid(scene.bidders[0], "99999.99")).json()
    assert (low["code"], low["minimum"]) == ("bid_too_low", "100000.00")
    file = await transcript(scene)
    assert file["entries"][low["seq"] - 1]["content"]["amount"] is None, "what it was is told to nobody"
    held = low["receipt"] | {"opening": {"amount": "99999.99", "salt": low["salt"]}}
    shown = await scene.end()
    assert (shown["ending"], shown["price"]) == ("sold", "120000.00")
    report = verify_transcript(await transcript(scene), [held])
    assert report.ok, report.problems


@pytest.mark.parametrize("body", [factory.sealed_body, factory.dutch_body])
async def test_a_maximum_where_nobody_bids_up_to_it_is_refused(world: World, body: factory.Body) -> None:
    scene = await factory.running(world, body=await body(world))
    before = (await scene.shown())["last_seq"]
    refused = await scene.bid(scene.bidders[0], "200000.00", maximum="300000.00")
    assert (refused.status_code, refused.json()["code"]) == (422, "bid_maximum_foreign")
    assert refused.json()["errors"][0]["field"] == "maximum"
    assert (await scene.shown())["last_seq"] == before
