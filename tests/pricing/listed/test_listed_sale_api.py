"""A competitive listed sale: published with its conditions, registered for, counted, sold or not."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core import events
from app.core.clock import read_clock
from app.core.settings import Settings
from app.deals.models import PartyRole
from app.deals.rules import PartyShare
from app.deals.service import create_deal
from app.listings.queries import lock_listing
from app.pricing import contests
from app.pricing.contests import Outcome
from tests.documents.factory import uploaded
from tests.ledger.factory import balances
from tests.listings.factory import draft_listing, move_clock_to, published_listing, submitted_listing
from tests.pricing.listed.factory import (
    COMPETITIVE,
    CONDITIONS,
    Bidding,
    competitive_draft,
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
    registration_body,
    registration_now,
    sale,
    work,
)
from tests.world import Party, World

Json = dict[str, Any]


async def statuses(world: World, listing: Json) -> dict[str, str]:
    return {row["organisation_id"]: row["status"] for row in await deposits(world, world.operator, listing)}


async def told(world: World, caller: Party, kind: str) -> list[Json]:
    """What a caller's feed holds of a type. The feed itself shows only what is committed."""
    async with world.database.reading() as session:
        statement = "SELECT payload FROM events WHERE type = :kind AND audiences && CAST(:own AS uuid[]) ORDER BY seq"
        own = [events.PUBLIC, *([events.MARKET] if caller.id is None else [caller.id])]
        return list((await session.execute(text(statement), {"kind": kind, "own": own})).scalars())


# Conditions and publication


async def test_the_conditions_are_published_and_sealed_with_the_listing(world: World) -> None:
    seller = await world.university()
    wished = {"extension_working_days": 5, "extensions_max": 2, "notice_working_days": 25, "bidding": "sealed"}
    listing = await competitive_listing(world, seller, wished)
    everyone = await read(world, None, listing)
    expected = CONDITIONS | wished | {"rights_abroad": False}
    assert everyone["published"]["conditions"] == expected
    assert await world.api.ok("GET", f"/v1/listings/{listing['id']}/listed-conditions") == expected
    assert (await sale(world, listing))["phase"] == "notice"


async def test_the_public_reads_the_period_with_its_rule_and_days(world: World) -> None:
    listing = await competitive_listing(world, await world.university())
    for caller in (None, world.operator):
        (period,) = (await read(world, caller, listing))["periods"]
        assert (period["rule"], period["status"], period["article"]) == ("listing_notice", "open", "17, 23")
        assert period["instrument"]["zh"].startswith("《企业国有产权交易操作规则》")
        published = datetime.fromisoformat(listing["published_at"])
        assert period["first_day"] == str((published + timedelta(hours=8)).date() + timedelta(days=1))
        last = date.fromisoformat(period["last_day"])
        assert listing["closes_at"] == f"{last}T16:00:00Z"
        assert listing["published"]["closes_on"] == str(last)
    days = await world.api.ok("GET", f"/v1/calendar/working-days?from={(published + timedelta(hours=8)).date()}&add=20")
    assert days["ends_on"] == str(last)


async def test_what_conditions_are_refused(world: World) -> None:
    seller = await world.university()
    draft = await draft_listing(world, seller, **COMPETITIVE)
    path = f"/v1/listings/{draft['id']}/listed-conditions"

    async def refused(status: int, code: str, **changes: Any) -> Json:
        problem: Json = await world.api.refused(status, code, "PUT", path, seller, json=CONDITIONS | changes)
        return problem

    assert "20" in (await refused(422, "period_too_short", notice_working_days=19))["detail"]
    problem = await refused(422, "deposit_out_of_range", deposit="1000000.00")
    assert "1000000.00" in problem["remedy"]
    await refused(422, "invalid_input", deposit="0")
    await refused(422, "extensions_misplaced", extension_working_days=5)
    await refused(422, "extensions_misplaced", extensions_max=1)
    await refused(422, "period_too_short", extension_working_days=4, extensions_max=1)
    await world.api.refused(409, "listed_conditions_missing", "POST", f"/v1/listings/{draft['id']}/submission", seller)
    await world.api.ok("PUT", path, seller, json=CONDITIONS)
    # The price may still change in draft: it is looked at again with the submission.
    await world.api.ok(
        "PATCH", f"/v1/listings/{draft['id']}", seller, json={"asking_price": "100000.00"}, headers={"If-Match": "*"}
    )
    await world.api.refused(422, "deposit_out_of_range", "POST", f"/v1/listings/{draft['id']}/submission", seller)


async def test_conditions_are_of_drafts_of_this_mode(world: World) -> None:
    seller = await world.institution()
    other = await submitted_listing(world, seller)
    path = "/v1/listings/{}/listed-conditions"
    await world.api.refused(409, "not_competitive", "PUT", path.format(other["id"]), seller, json=CONDITIONS)
    listing = await competitive_listing(world, seller)
    await world.api.refused(409, "listing_not_editable", "PUT", path.format(listing["id"]), seller, json=CONDITIONS)
    await world.api.refused(
        404, "not_found", "PUT", path.format(listing["id"]), await world.enterprise(), json=CONDITIONS
    )
    draft = await competitive_draft(world, seller)
    await world.api.refused(404, "not_found", "GET", path.format(draft["id"]))
    body = {"closes_on": "2030-01-01"}
    etag = {"If-Match": "*"}
    await world.api.refused(
        422, "closing_day_misplaced", "PATCH", f"/v1/listings/{draft['id']}", seller, json=body, headers=etag
    )


async def test_a_state_founded_seller_may_sell_competitively_and_not_to_the_first_comer(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    purchase = {"price": "1000000.00", "listing_version": 1}
    await world.api.refused(
        409, "not_first_come", "POST", f"/v1/listings/{listing['id']}/purchase", buyer, json=purchase
    )


# Registration


async def test_a_registrant_is_asked_for_the_exact_deposit_by_the_end_of_the_notice(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    made = await registered(world, buyer, listing)
    assert (made["status"], made["listing_version"], made["decisions"]) == ("registered", 1, [])
    (deposit,) = await deposits(world, buyer, listing)
    assert (deposit["required_amount"], deposit["status"], deposit["due_at"]) == (
        "100000.00", "requested", listing["closes_at"],
    )  # fmt: skip
    body = {"amount": "99999.99", "purpose_reference": deposit["number"], "direction": "in", "bank_reference": "X-1"}
    body["received_at"] = listing["published_at"]
    await world.api.refused(422, "deposit_amount_wrong", "POST", "/v1/bank-confirmations", world.operator, json=body)
    assert (await paid(world, buyer, listing))["status"] == "held"


async def test_who_may_not_register(world: World) -> None:
    seller, agency, buyer = await world.university(), await world.agency(), await world.enterprise()
    listing = await competitive_listing(world, seller, agency_id=str(agency.id))
    path = f"/v1/listings/{listing['id']}/registrations"
    body = registration_body(listing)
    for barred in (seller, agency):
        await world.api.refused(409, "own_listing", "POST", path, barred, json=body)
    pending = await world.enterprise(verification="pending")
    await world.api.refused(409, "organisation_not_verified", "POST", path, pending, json=body)
    await world.api.refused(409, "version_changed", "POST", path, buyer, json=body | {"listing_version": 2})
    await world.api.refused(422, "invalid_input", "POST", path, buyer, json=body | {"meets_conditions": False})
    await registered(world, buyer, listing)
    await world.api.refused(409, "registered_already", "POST", path, buyer, json=body)
    first_come = await published_listing(world, await world.institution())
    await world.api.refused(
        409, "not_competitive", "POST", f"/v1/listings/{first_come['id']}/registrations", buyer, json=body
    )
    draft = await competitive_draft(world, seller)
    await world.api.refused(404, "not_found", "POST", f"/v1/listings/{draft['id']}/registrations", buyer, json=body)


async def test_after_the_notice_nobody_registers_whether_or_not_the_worker_came_round(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    early = await registered(world, await world.enterprise(), listing)
    await move_clock_to(world, await end_of(world, listing))
    path = f"/v1/listings/{listing['id']}/registrations"
    problem = await world.api.refused(409, "listing_notice_over", "POST", path, buyer, json=registration_body(listing))
    assert problem["server_time"] >= problem["closes_at"]
    await work(world)
    problem = await world.api.refused(409, "listing_notice_over", "POST", path, buyer, json=registration_body(listing))
    assert problem["phase"] == "review"
    assert (await registration_now(world, early))["status"] == "registered"


async def test_who_registered_is_secret(world: World) -> None:
    seller, agency = await world.university(), await world.agency()
    listing = await competitive_listing(world, seller, agency_id=str(agency.id))
    one, other, stranger = [await world.enterprise() for _ in range(3)]
    mine, theirs = await registered(world, one, listing), await registered(world, other, listing)

    async def seen(caller: Party) -> set[str]:
        found = await world.api.ok("GET", f"/v1/listing-registrations?listing_id={listing['id']}", caller)
        return {row["id"] for row in found["items"]}

    both = {mine["id"], theirs["id"]}
    assert await seen(one) == {mine["id"]}
    assert await seen(other) == {theirs["id"]}
    for nobody in (stranger, agency, world.registrar, world.award_officer):
        assert await seen(nobody) == set()
        await world.api.refused(404, "not_found", "GET", f"/v1/listing-registrations/{mine['id']}", nobody)
    for whole in (seller, world.operator, world.auditor):
        assert await seen(whole) == both
    await world.api.refused(404, "not_found", "GET", f"/v1/listing-registrations/{theirs['id']}", one)
    for public in (stranger, one):
        shown = await sale(world, listing, public)
        assert set(shown) == {
            "listing_id", "phase", "closes_at", "extensions_used", "extensions_max", "contest_id", "reason",
            "server_time",
        }  # fmt: skip
    assert await told(world, stranger, "listing_registration.made") == []
    assert len(await told(world, one, "listing_registration.made")) == 1
    payloads = await told(world, seller, "listing_registration.made")
    assert len(payloads) == 2
    assert str(one.id) not in str(payloads)


async def test_a_related_party_is_flagged_and_not_refused(world: World) -> None:
    seller, daughter = await world.university(), await world.enterprise()
    relation = {"first_id": str(seller.id), "second_id": str(daughter.id), "kind": "control"}
    relation |= {"detail": "示例", "source": "示例"}
    await world.api.ok("POST", "/v1/organisation-relations", world.operator, json=relation)
    listing = await competitive_listing(world, seller)
    assert "control" in (await qualified(world, seller, daughter, listing))["related_party"]
    await notice_over(world, listing)
    (deal,) = await deals_of(world, listing)
    assert "control" in deal["related_party"]


async def test_a_registrant_goes_before_the_end_and_has_the_deposit_back(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    row = await registered(world, buyer, listing)
    await paid(world, buyer, listing)
    path = f"/v1/listing-registrations/{row['id']}/withdrawal"
    await world.api.refused(404, "not_found", "POST", path, seller, json={"reason": "示例"})
    await world.api.ok("POST", path, buyer, json={"reason": "示例"})
    assert await statuses(world, listing) == {str(buyer.id): "release_due"}
    await world.api.refused(409, "listing_registration_over", "POST", path, buyer, json={"reason": "示例"})
    late = await world.enterprise()
    row = await qualified(world, seller, late, listing)
    await move_clock_to(world, await end_of(world, listing))
    path = f"/v1/listing-registrations/{row['id']}/withdrawal"
    await world.api.refused(409, "listing_notice_over", "POST", path, late, json={"reason": "示例"})
    assert (await balances(world))["deposit_repayable"] == "100000.00"


# Qualification


async def test_seller_and_operator_decide_once_each_and_a_refusal_says_why(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    row = await registered(world, buyer, listing)
    path = f"/v1/listing-registrations/{row['id']}/qualification"
    await world.api.refused(404, "not_found", "POST", path, buyer, json={"outcome": "qualified"})
    await world.api.refused(404, "not_found", "POST", path, await world.enterprise(), json={"outcome": "qualified"})
    await judged(world, seller, row)
    await world.api.refused(409, "registrant_decided", "POST", path, seller, json={"outcome": "qualified"})
    await world.api.refused(422, "refusal_reason_missing", "POST", path, world.operator, json={"outcome": "refused"})
    await paid(world, buyer, listing)
    shown = await judged(world, world.operator, row, "refused")
    assert (shown["status"], shown["status_reason"]) == ("refused", "示例理由")
    assert [(d["judge"], d["outcome"]) for d in shown["decisions"]] == [
        ("seller", "qualified"), ("operator", "refused"),
    ]  # fmt: skip
    assert await statuses(world, listing) == {str(buyer.id): "release_due"}
    again = f"/v1/listings/{listing['id']}/registrations"
    await world.api.refused(409, "registered_already", "POST", again, buyer, json=registration_body(listing))


# The end of the notice


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


async def outcome(world: World, settings: Settings, listing: Json, contest_id: UUID, deal_id: UUID | None) -> None:
    """What the auctions say when a contest has ended."""
    async with world.database.transaction() as session:
        locked = await lock_listing(session, UUID(listing["id"]))
        ended = Outcome(contest_id, deal_id, None if deal_id else "no_bids")
        await contests.tell_outcome(session, settings, locked, ended, await read_clock(session))


async def test_bidding_that_sells_gives_the_losers_their_deposits_back(
    world: World, stand_in: Bidding, settings: Settings
) -> None:
    seller, winner, loser = await world.university(), await world.enterprise(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    for buyer in (winner, loser):
        await qualified(world, seller, buyer, listing)
    await notice_over(world, listing)
    async with world.database.transaction() as session:
        locked = await lock_listing(session, UUID(listing["id"]))
        now = await read_clock(session)
        share = PartyShare(PartyRole.BUYER, winner.organisation_id)
        deal = await create_deal(session, settings, locked, buyers=[share], price=Decimal("1200000.00"), agreed_at=now)
    await outcome(world, settings, listing, stand_in.opened[UUID(listing["id"])][0], deal.id)
    assert await statuses(world, listing) == {str(winner.id): "held", str(loser.id): "release_due"}
    rows = await world.api.ok("GET", f"/v1/listing-registrations?listing_id={listing['id']}", world.operator)
    assert [row["status"] for row in rows["items"]] == ["won", "lost"]
    assert (await sale(world, listing))["phase"] == "sold"


async def test_bidding_without_a_bid_lets_the_listing_lapse(
    world: World, stand_in: Bidding, settings: Settings
) -> None:
    seller = await world.university()
    listing = await competitive_listing(world, seller)
    for _ in range(2):
        await qualified(world, seller, await world.enterprise(), listing)
    await notice_over(world, listing)
    contest_id = stand_in.opened[UUID(listing["id"])][0]
    await outcome(world, settings, listing, UUID(int=7), None)  # of another contest
    assert (await sale(world, listing))["phase"] == "bidding"
    await outcome(world, settings, listing, contest_id, None)
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
