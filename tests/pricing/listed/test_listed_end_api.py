"""The end of a competitive notice: registrants counted, judged, handed over to bidding, or nobody there."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.core.clock import read_clock
from app.market.deals.kinds import PartyRole
from app.market.deals.rules import PartyShare
from app.market.deals.service import create_deal
from app.market.listings.queries import lock_listing
from app.pricing import contests
from app.pricing.contests import Outcome
from tests.market.listings.factory import move_clock_to
from tests.office.documents.factory import uploaded
from tests.office.ledger.factory import balances
from tests.pricing.listed.factory import (
    Bidding,
    competitive_listing,
    deals_of,
    deposits,
    end_of,
    errors,
    judged,
    notice_over,
    paid,
    qualified,
    read,
    registered,
    registration_now,
    sale,
    statuses,
    told,
    work,
)
from tests.support.world import World

Json = dict[str, Any]


async def test_one_registrant_buys_at_the_asking_price(world: World) -> None:
    seller, buyer, unpaid, refused = await world.university(), *[await world.enterprise() for _ in range(3)]
    listing = await competitive_listing(world, seller)
    won = await qualified(world, seller, buyer, listing)
    row = await registered(world, refused, listing)
    await paid(world, refused, listing)
    await judged(world, seller, row, "refused")
    row = await registered(world, unpaid, listing)
    await judged(world, world.operator, row, "refused")
    await notice_over(world, listing)
    (deal,) = await deals_of(world, listing)
    assert (deal["price"], deal["status"], deal["pricing_mode"]) == ("1000000.00", "agreed", "listed")
    assert (await read(world, None, listing))["status"] == "reserved"
    assert (await sale(world, listing))["phase"] == "sold"
    assert (await registration_now(world, won))["status"] == "won"
    assert await statuses(world, listing) == {
        str(buyer.id): "held", str(refused.id): "release_due", str(unpaid.id): "cancelled",
    }  # fmt: skip
    assert await errors(world) == []


async def test_two_registrants_are_handed_over_to_open_bidding(world: World, stand_in: Bidding) -> None:
    seller, buyers = await world.university(), [await world.enterprise() for _ in range(2)]
    listing = await competitive_listing(world, seller, {"bidding": "sealed"})
    rows = [await qualified(world, seller, buyer, listing) for buyer in buyers]
    late = await world.enterprise()
    row = await registered(world, late, listing)
    await judged(world, seller, row)
    await judged(world, world.operator, row)
    end = datetime.fromisoformat(listing["closes_at"])
    await move_clock_to(world, end + timedelta(hours=1))
    # The bank had this money an hour after the end: it is not in time.
    assert (await paid(world, late, listing))["status"] == "received"
    await work(world)
    contest_id, contest = stand_in.opened[UUID(listing["id"])]
    assert set(contest.entrants) == {buyer.id for buyer in buyers}
    assert (contest.starting_price, contest.form) == (Decimal("1000000.00"), "sealed")
    shown = await sale(world, listing)
    assert (shown["phase"], shown["contest_id"]) == ("bidding", str(contest_id))
    assert [(await registration_now(world, row))["status"] for row in rows] == ["bidding", "bidding"]
    assert (await registration_now(world, row))["status"] == "lapsed"
    assert (await statuses(world, listing))[str(late.id)] == "release_due"
    assert (await read(world, None, listing))["status"] == "published"
    for path in ("suspension", "withdrawal"):
        answer = await world.api.post(f"/v1/listings/{listing['id']}/{path}", seller, json={"reason": "示例"})
        assert answer.status_code == 409, answer.text
    assert await errors(world) == []


async def outcome(world: World, listing: Json, contest_id: UUID, deal_id: UUID | None) -> None:
    """What the auctions say when a contest has ended."""
    async with world.database.transaction() as session:
        locked = await lock_listing(session, UUID(listing["id"]))
        ended = Outcome(contest_id, deal_id, None if deal_id else "no_bids")
        await contests.tell_outcome(session, locked, ended, await read_clock(session))


async def test_bidding_that_sells_gives_the_losers_their_deposits_back(world: World, stand_in: Bidding) -> None:
    seller, winner, loser = await world.university(), await world.enterprise(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    for buyer in (winner, loser):
        await qualified(world, seller, buyer, listing)
    await notice_over(world, listing)
    async with world.database.transaction() as session:
        locked = await lock_listing(session, UUID(listing["id"]))
        now = await read_clock(session)
        share = PartyShare(PartyRole.BUYER, winner.organisation_id)
        deal = await create_deal(
            session, locked, buyers=[share], price=Decimal("1200000.00"), agreed_at=now, asked_by=None
        )
    await outcome(world, listing, stand_in.opened[UUID(listing["id"])][0], deal.id)
    assert await statuses(world, listing) == {str(winner.id): "held", str(loser.id): "release_due"}
    rows = await world.api.ok("GET", f"/v1/listing-registrations?listing_id={listing['id']}", world.operator)
    assert [row["status"] for row in rows["items"]] == ["won", "lost"]
    assert (await sale(world, listing))["phase"] == "sold"


async def test_bidding_without_a_bid_lets_the_listing_lapse(world: World, stand_in: Bidding) -> None:
    seller = await world.university()
    listing = await competitive_listing(world, seller)
    for _ in range(2):
        await qualified(world, seller, await world.enterprise(), listing)
    await notice_over(world, listing)
    contest_id = stand_in.opened[UUID(listing["id"])][0]
    await outcome(world, listing, UUID(int=7), None)  # of another contest
    assert (await sale(world, listing))["phase"] == "bidding"
    await outcome(world, listing, contest_id, None)
    shown = await sale(world, listing)
    assert (shown["phase"], shown["reason"]) == ("ended", "bidding: no_bids")
    assert (await read(world, None, listing))["status"] == "lapsed"
    assert set((await statuses(world, listing)).values()) == {"release_due"}
    assert await balances(world) == {"bank": "200000.00", "deposit_repayable": "200000.00"}


async def test_nobody_and_no_extension_announced_lets_it_lapse(world: World) -> None:
    listing = await competitive_listing(world, await world.university())
    await notice_over(world, listing)
    assert (await read(world, None, listing))["status"] == "lapsed"
    assert (await sale(world, listing))["reason"].startswith("Nobody")
    shown = await sale(world, listing, await world.enterprise())
    assert (shown["phase"], shown["reason"]) == ("ended", None), "why is not everybody's to read"
    assert await errors(world) == []


async def test_nobody_extends_as_often_as_announced_and_each_extension_is_a_period(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller, {"extension_working_days": 6, "extensions_max": 2})
    unpaid = await registered(world, buyer, listing)
    await judged(world, seller, unpaid)
    await judged(world, world.operator, unpaid)
    ends = [await end_of(world, listing)]
    await notice_over(world, listing)
    assert (await sale(world, listing))["phase"] == "review", "the bank may still report the deposit"
    review = await world.api.ok("GET", f"/v1/periods?subject_id={listing['id']}&status=open", seller)
    (period,) = review["items"]
    for nobody in (None, await world.enterprise()):
        seen = await world.api.ok("GET", f"/v1/periods?subject_id={listing['id']}&status=open", nobody)
        assert seen["items"] == [], "that there is a review says that somebody registered"
    await move_clock_to(world, datetime.fromisoformat(f"{period['ends_on']}T16:00:00+00:00"))
    await work(world)
    for used in (1, 2):
        shown = await read(world, None, listing)
        assert (shown["status"], (await sale(world, listing))["extensions_used"]) == ("published", used)
        (period,) = shown["periods"]
        assert period["rule"] == "listing_extension"
        assert shown["closes_at"] == f"{period['last_day']}T16:00:00Z"
        (deposit,) = await deposits(world, buyer, listing)
        assert deposit["due_at"] == shown["closes_at"], "who is registered may still pay"
        ends.append(await end_of(world, listing))
        if used == 2:
            await paid(world, buyer, listing)
        await notice_over(world, listing)
        if used == 1:
            await move_clock_to(world, await end_of(world, listing) + timedelta(days=20))
            await work(world)
    assert ends == sorted(ends)
    (deal,) = await deals_of(world, listing)
    assert deal["price"] == "1000000.00"
    assert len(await told(world, world.operator, "listing.extended")) == 2


async def test_silence_after_the_review_is_no_objection(world: World) -> None:
    """Who paid and whom nobody refused is not kept out by those who did not decide."""
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    row = await registered(world, buyer, listing)
    await paid(world, buyer, listing)
    await notice_over(world, listing)
    assert (await sale(world, listing))["phase"] == "review"
    assert await deals_of(world, listing) == []
    await judged(world, world.operator, row)
    assert (await sale(world, listing))["phase"] == "review"
    await move_clock_to(world, await end_of(world, listing) + timedelta(days=20))
    path = f"/v1/listing-registrations/{row['id']}/qualification"
    await world.api.refused(409, "listing_notice_over", "POST", path, seller, json={"outcome": "qualified"})
    await work(world)
    assert len(await deals_of(world, listing)) == 1
    assert await errors(world) == []


async def test_the_last_decision_ends_the_review_at_once(world: World) -> None:
    seller, buyer, other = await world.university(), await world.enterprise(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    rows = []
    for party in (buyer, other):
        rows.append(await registered(world, party, listing))
        await paid(world, party, listing)
    await notice_over(world, listing)
    await judged(world, seller, rows[0])
    await judged(world, world.operator, rows[0])
    assert await deals_of(world, listing) == []
    await judged(world, seller, rows[1], "refused")
    (deal,) = await deals_of(world, listing)
    assert str(buyer.id) in [party["organisation_id"] for party in deal["parties"]]
    assert (await statuses(world, listing))[str(other.id)] == "release_due"
    await move_clock_to(world, await end_of(world, listing) + timedelta(days=20))
    await work(world)
    assert len(await deals_of(world, listing)) == 1


async def test_money_the_bank_had_in_time_counts_though_it_was_reported_later(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    row = await registered(world, buyer, listing)
    for judge in (seller, world.operator):
        await judged(world, judge, row)
    end = await end_of(world, listing)
    await notice_over(world, listing)
    in_time = (end - timedelta(minutes=1)).isoformat()
    assert (await paid(world, buyer, listing, received_at=in_time))["status"] == "held"
    await move_clock_to(world, end + timedelta(days=20))
    await work(world)
    assert len(await deals_of(world, listing)) == 1


# Gates


async def test_an_open_gate_holds_the_sale_until_it_is_settled(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller, transfer_mode="assignment")
    await qualified(world, seller, buyer, listing)
    await notice_over(world, listing)
    assert (await sale(world, listing))["phase"] == "held"
    assert (await read(world, None, listing))["status"] == "reserved"
    assert await deals_of(world, listing) == []
    (gate,) = (await world.api.ok("GET", "/v1/gates?only_open=true", world.operator))["items"]
    assert (gate["kind"], gate["subject_type"], gate["subject_id"]) == ("first_refusal", "listed_sale", listing["id"])
    assert (await world.api.get(f"/v1/gates/{gate['id']}", buyer)).status_code == 200
    await world.api.refused(404, "not_found", "GET", f"/v1/gates/{gate['id']}", await world.enterprise())
    await move_clock_to(world, datetime.fromisoformat(gate["lapses_at"]))
    await work(world)
    assert len(await deals_of(world, listing)) == 1
    assert await errors(world) == []


async def test_a_refused_gate_ends_the_sale_and_the_deposit_goes_back(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller, transfer_mode="assignment")
    row = await qualified(world, seller, buyer, listing)
    await notice_over(world, listing)
    (gate,) = (await world.api.ok("GET", "/v1/gates?only_open=true", world.operator))["items"]
    body = {"outcome": "refused", "reference": "示例", "document_id": (await uploaded(world, seller))["id"]}
    await world.api.ok("POST", f"/v1/gates/{gate['id']}/closure", seller, json=body)
    assert (await read(world, None, listing))["status"] == "lapsed"
    assert await statuses(world, listing) == {str(buyer.id): "release_due"}
    assert (await registration_now(world, row))["status"] == "lapsed"
    assert await deals_of(world, listing) == []


@pytest.mark.parametrize("phase", ["suspended", "review", "held"])
async def test_the_operator_terminates_what_cannot_go_on(world: World, phase: str) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller, transfer_mode="assignment")
    if phase == "held":
        await qualified(world, seller, buyer, listing)
    else:
        await registered(world, buyer, listing)
        await paid(world, buyer, listing)
    if phase == "suspended":
        await world.api.ok("POST", f"/v1/listings/{listing['id']}/suspension", seller, json={"reason": "示例"})
    elif phase != "notice":
        await notice_over(world, listing)
    path = f"/v1/listings/{listing['id']}/sale-termination"
    shown = await world.api.ok("POST", path, world.operator, json={"reason": "示例终结"})
    assert (shown["phase"], shown["reason"]) == ("ended", "示例终结")
    assert (await read(world, None, listing))["status"] == "lapsed"
    assert await statuses(world, listing) == {str(buyer.id): "release_due"}
    await world.api.refused(409, "listed_sale_under_way", "POST", path, world.operator, json={"reason": "示例"})
