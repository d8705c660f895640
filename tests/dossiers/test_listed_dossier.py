"""The dossier of a deal by listing: the notice and its changes, registrants, deposits, open bidding between them."""

from datetime import timedelta
from pathlib import Path

from tests.dossiers.factory import by, checked, dossier_of, facts, keys, section, strangers, words
from tests.market.deals.factory import purchase
from tests.market.listings.factory import move_clock_to, published_listing
from tests.pricing.auction.test_contest import contest
from tests.pricing.listed.factory import (
    Json,
    competitive_listing,
    deals_of,
    end_of,
    judged,
    notice_over,
    paid,
    registered,
    sale,
    work,
)
from tests.pricing.listed.test_listed_changes_api import REASON, revised
from tests.support.world import World


async def test_a_sale_to_the_one_registrant(fresh_world: World, tmp_path: Path) -> None:
    world = fresh_world
    seller, buyer, other = await world.university(), await world.enterprise(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    await world.api.ok("POST", f"/v1/listings/{listing['id']}/suspension", seller, json=REASON)
    await world.api.ok("POST", f"/v1/listings/{listing['id']}/resumption", seller)
    first = await registered(world, buyer, listing)
    shown = await revised(world, seller, listing, terms="新条款")
    body = {"listing_version": 2, "meets_conditions": True}
    await world.api.ok("POST", f"/v1/listing-registrations/{first['id']}/confirmation", buyer, json=body)
    second = await registered(world, other, shown)
    for party, registration in ((buyer, first), (other, second)):
        await paid(world, party, shown)
        await judged(world, seller, registration, "qualified" if party is buyer else "refused")
    await judged(world, world.operator, first)
    await notice_over(world, shown)
    (deal,) = await deals_of(world, listing)
    await strangers(world, deal, other)

    found = await checked(world, seller, deal, tmp_path)
    assert keys(found) == [
        "listing_versions", "listing_life", "listing_questions", "appraisals", "listed_sale", "listed_registrations",
        "listed_gates", "deal", "deposits", "contracts",
    ]  # fmt: skip
    assert words(found, "listed_sale") == [
        "Public notice of a listing", "Suspension of a listing", "Public notice of a listing", "Change proposed",
        "Change published", "Public notice of a listing",
    ]  # fmt: skip
    assert words(found, "listed_registrations") == [
        "Registered", "Agreed to the changed content", "Registered", "Found to meet the conditions",
        "Found not to meet the conditions", "Found to meet the conditions", "Counted: buys",
    ]  # fmt: skip
    assert by(found, "listed_registrations")[:5] == [
        ("registrant", str(buyer.id)), ("registrant", str(buyer.id)), ("registrant", str(other.id)),
        ("seller", str(seller.id)), ("seller", str(seller.id)),
    ]  # fmt: skip
    (refused,) = facts(found, "listed_registrations", "Found not to meet the conditions")
    assert (refused["organisation_id"], refused["reason"]) == (str(other.id), "示例理由")
    assert section(found, "listed_registrations")["withheld"] is None
    assert section(found, "deposits")["entries"] == [], "who deposited is the depositor's and the market's"

    own = await checked(world, buyer, deal, tmp_path)
    assert str(other.id) not in str(own)
    assert "Change proposed" not in words(own, "listed_sale")
    assert words(own, "listed_registrations") == [
        "Registered", "Agreed to the changed content", "Found to meet the conditions", "Found to meet the conditions",
        "Counted: buys",
    ]  # fmt: skip
    assert words(own, "deposits") == ["Deposit requested", "Deposit received", "Deposit held"]
    assert section(own, "deposits")["withheld"]["en"].startswith("A deposit is known to who paid it")

    for_operator = await checked(world, world.operator, deal, tmp_path)
    assert words(for_operator, "listed_registrations") == words(found, "listed_registrations")
    assert words(for_operator, "deposits").count("The bank confirmed money in") == 2
    assert words(for_operator, "deposits").count("Deposit to be returned") == 1
    registrar = await dossier_of(world, world.registrar, deal)
    assert section(registrar, "listed_registrations")["entries"] == []
    assert "BANK-" not in str(registrar)


async def test_open_bidding_between_registrants(fresh_world: World, tmp_path: Path) -> None:
    world = fresh_world
    scene = await contest(world)
    await scene.begin()
    loser, buyer = scene.bidders
    await scene.accepted(loser, "1000000.00")
    await scene.accepted(buyer, "1010000.00")
    deal: Json = {"id": (await scene.end())["deal_id"]}
    await strangers(world, deal, loser)
    found = await checked(world, seller := scene.seller, deal, tmp_path)
    assert keys(found)[4:] == [
        "listed_sale", "listed_registrations", "auction_life", "auction_bidders", "auction_bids",
        "auction_confirmation", "auction_gates", "deal", "deposits", "contracts",
    ]  # fmt: skip
    assert words(found, "listed_sale")[-1] == "Passed on to open bidding"
    assert words(found, "listed_registrations")[-4:] == [
        "Counted: goes on to open bidding", "Counted: goes on to open bidding", "Did not win", "Counted: buys",
    ]  # fmt: skip
    assert words(found, "auction_bidders") == ["Admitted as a registrant of the listing"] * 2
    assert {who for _, who in by(found, "auction_bidders")} == {str(loser.id), str(buyer.id)}
    assert [entry["price"] for entry in facts(found, "auction_bids", "Bid accepted")] == ["1000000.00", "1010000.00"]
    own = await checked(world, buyer, deal, tmp_path)
    assert str(loser.id) not in str(own)
    assert {who for _, who in by(own, "auction_bids")} == {None, str(buyer.id)}
    assert str(seller.id) in str(own)


async def test_an_extension_and_a_review(fresh_world: World, tmp_path: Path) -> None:
    """Nobody came at first; then one registrant, on whom the operator did not decide in time."""
    world = fresh_world
    seller, buyer, agency = await world.university(), await world.enterprise(), await world.agency()
    announced = {"extension_working_days": 5, "extensions_max": 1}
    listing = await competitive_listing(world, seller, announced, agency_id=str(agency.id))
    await notice_over(world, listing)
    await judged(world, seller, await registered(world, buyer, listing))
    await paid(world, buyer, listing)
    await notice_over(world, listing)
    assert (await sale(world, listing))["phase"] == "review"
    await move_clock_to(world, await end_of(world, listing) + timedelta(days=20))
    await work(world)
    (deal,) = await deals_of(world, listing)
    notices = ["Public notice of a listing", "Extension of a listing's notice"]
    review = "Qualification of registrants after a listing's notice"
    for party in (seller, buyer, world.operator):
        assert words(await checked(world, party, deal, tmp_path), "listed_sale") == [*notices, review]
    shown = await checked(world, agency, deal, tmp_path)
    assert words(shown, "listed_sale") == notices, "that somebody registered was not told to it"
    assert section(shown, "listed_registrations")["entries"] == []


async def test_first_come_has_no_sale_to_tell(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await purchase(world, buyer, await published_listing(world, seller))
    told = keys(await dossier_of(world, seller, deal))
    assert [key for key in told if key.startswith(("listed", "deposits"))] == ["listed_gates"]
