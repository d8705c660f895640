"""A listing names an appraisal report: when, which, what everybody sees of it, and the floor under every mode."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.history.events import PUBLIC
from app.market.listings import appraisal
from app.market.listings import queries as listings
from tests.catalogue.appraisals.factory import accepted_report, appraiser_of, reapproved, submitted_report
from tests.catalogue.results.factory import recorded_result
from tests.market.deals.factory import purchase
from tests.market.listings.factory import draft_listing, listing_body, today
from tests.pricing.appraised.factory import (
    Json,
    another_report,
    appraised_listing,
    drafted_on_report,
    named,
    now,
    offered,
    pass_time,
    published,
    step,
)
from tests.pricing.negotiated.factory import accepted, lump_sum, opened, terms
from tests.support.world import Party, World


@pytest.fixture
async def seller(world: World) -> Party:
    return await world.institution()


async def name_refused(world: World, status: int, code: str, caller: Party, listing: Json, report_id: object) -> Json:
    path = f"/v1/listings/{listing['id']}/appraisal"
    problem: Json = await world.api.refused(
        status, code, "PUT", path, caller, json={"report_id": report_id}, headers={"If-Match": "*"}
    )
    return problem


async def test_everybody_reads_the_facts_of_the_report_and_nobody_the_report(world: World, seller: Party) -> None:
    listing, report = await appraised_listing(world, seller)
    facts = {
        "report_id": report["id"], "number": report["number"], "appraiser_id": report["appraiser_id"],
        "appraiser_name": report["appraiser_name"], "base_date": report["base_date"], "method": "income",
        "value": "1000000.00", "valid_to": report["valid_to"],
    }  # fmt: skip
    seen = await world.api.ok("GET", f"/v1/listings/{listing['id']}")
    assert seen["published"]["appraisal"] == facts
    assert await world.api.ok("GET", f"/v1/listings/{listing['id']}/appraisal") == facts
    assert report["document"]["id"] not in str(seen)
    await world.api.refused(404, "not_found", "GET", f"/v1/documents/{report['document']['id']}/content", None)
    plain = await published(world, seller, await draft_listing(world, seller))
    assert plain["published"]["appraisal"] is None
    await world.api.refused(404, "not_found", "GET", f"/v1/listings/{plain['id']}/appraisal")


async def test_only_an_accepted_valid_report_of_the_result_is_named(world: World, seller: Party) -> None:
    body = await listing_body(world, seller, pricing_mode="appraised", allocation=None)
    draft = await world.api.ok("POST", "/v1/listings", seller, json=body)
    path, result_id = f"/v1/listings/{draft['id']}/submission", body["result_id"]
    problem = await world.api.refused(409, "appraisal_missing", "POST", path, seller)
    assert f"/v1/listings/{draft['id']}/appraisal" in problem["remedy"]
    other = await accepted_report(world, seller)
    await name_refused(world, 422, "unknown_reference", seller, draft, other["id"])
    waiting = await submitted_report(world, seller, result_id=result_id, number="示例 1")
    await name_refused(world, 409, "appraisal_not_accepted", seller, draft, waiting["id"])
    day = await today(world)
    old = (day - timedelta(days=400)).isoformat()
    expired = await accepted_report(world, seller, result_id=result_id, number="示例 2", base_date=old)
    problem = await name_refused(world, 409, "appraisal_expired", seller, draft, expired["id"])
    assert day.replace(year=day.year - 1).isoformat() in problem["remedy"]
    good = await accepted_report(world, seller, result_id=result_id, number="示例 3")
    await name_refused(world, 404, "not_found", await world.enterprise(), draft, good["id"])
    stale = {"json": {"report_id": good["id"]}, "headers": {"If-Match": '"9"'}}
    await world.api.refused(412, "precondition_failed", "PUT", f"/v1/listings/{draft['id']}/appraisal", seller, **stale)
    copy = (await named(world, seller, draft, good))["working_copy"]
    assert (copy["appraisal_report_id"], copy["revision"]) == (good["id"], 2)
    assert (await named(world, seller, draft, None))["working_copy"]["appraisal_report_id"] is None
    await named(world, seller, draft, good)
    await world.api.ok("POST", path, seller)
    await name_refused(world, 409, "listing_not_editable", seller, draft, good["id"])


async def test_the_asking_price_is_not_below_the_floor_unless_that_was_reapproved(world: World, seller: Party) -> None:
    draft, report = await drafted_on_report(world, seller, asking_price="899999.99")
    path = f"/v1/listings/{draft['id']}/submission"
    problem = await world.api.refused(422, "price_below_floor", "POST", path, seller)
    assert (problem["errors"][0]["field"], "900000.00" in problem["remedy"]) == ("asking_price", True)
    await reapproved(world, report, seller, "850000.00")
    assert (await published(world, seller, draft))["status"] == "published"


@pytest.mark.parametrize("state_founded", [True, None])
async def test_a_seller_who_owes_a_notice_sells_by_negotiation_over_the_floor(
    world: World, state_founded: bool | None
) -> None:
    """Article 18: the appraised mode has no public notice, the negotiated one has; the report's floor holds there."""
    seller, buyer = await world.university(state_founded=state_founded), await world.enterprise()
    draft, report = await drafted_on_report(world, seller)
    path = f"/v1/listings/{draft['id']}/submission"
    problem = await world.api.refused(409, "appraised_refused", "POST", path, seller)
    assert (problem["rule"]["article"], "negotiated" in problem["remedy"]) == ("18", True)
    negotiated, report = await drafted_on_report(world, seller, pricing_mode="negotiated")
    listing = await published(world, seller, negotiated)
    thread = await opened(world, buyer, listing, terms=terms(lump_sum("899999.99")))
    path, body = f"/v1/negotiations/{thread['id']}/acceptance", {"offer_id": thread["last_offer"]["id"]}
    await world.api.refused(422, "price_below_floor", "POST", path, seller, json=body)
    assert (await world.api.ok("GET", f"/v1/listings/{listing['id']}"))["status"] == "published"
    await reapproved(world, report, seller, "880000.00")
    made = await accepted(world, seller, thread)
    await pass_time(world, made["notice_ends_at"])
    made = await world.api.ok("GET", f"/v1/negotiations/{made['id']}", seller)
    deal = await world.api.ok("GET", f"/v1/deals/{made['deal_id']}", seller)
    assert (deal["price"], deal["appraisal"]["number"]) == ("899999.99", report["number"])
    assert deal["appraisal"]["reapproval_id"] is not None


async def test_a_report_that_expires_during_the_notice_blocks_the_negotiated_deal(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    draft, report = await drafted_on_report(world, seller, pricing_mode="negotiated", valid_for=10)
    listing = await published(world, seller, draft)
    made = await accepted(world, seller, await opened(world, buyer, listing))
    await pass_time(world, made["notice_ends_at"])
    path = f"/v1/negotiations/{made['id']}/closing"
    problem = await world.api.refused(409, "appraisal_expired", "POST", path, buyer, json={})
    assert report["valid_to"] in problem["detail"]
    await named(world, seller, listing, await another_report(world, seller, listing))
    assert (await world.api.ok("POST", path, buyer, json={}))["status"] == "closed"


async def test_a_report_sets_the_floor_of_a_fixed_price(world: World, seller: Party) -> None:
    """The report expires while the listing is on offer, and a new one finds more."""
    buyer = await world.enterprise()
    fixed = {"pricing_mode": "listed", "allocation": "first_come"}
    listing, _ = await appraised_listing(world, seller, valid_for=20, **fixed)
    body = {"price": "1000000.00", "listing_version": 1}
    await pass_time(world, await now(world) + timedelta(days=21))
    path = f"/v1/listings/{listing['id']}/purchase"
    await world.api.refused(409, "appraisal_expired", "POST", path, buyer, json=body)
    dearer = await another_report(world, seller, listing, "1200000.00")
    await named(world, seller, listing, dearer)
    await reapproved(world, dearer, seller, "1050000.00")
    problem = await world.api.refused(422, "price_below_floor", "POST", path, buyer, json=body)
    assert "1080000.00" in problem["remedy"]
    assert "1050000.00" not in str(problem), "how low was re-approved is not the buyer's to know"
    async with world.database.reading() as session:
        row = await listings.read_listing(session, UUID(listing["id"]))
        unasked = await appraisal.what_blocks(session, row, Decimal("1000000.00"), await today(world), None)
    assert unasked is not None
    assert "1050000.00" not in str(unasked.params), "nor anybody's where nobody asks: the text may be stored"
    await reapproved(world, dearer, seller, "1000000.00")
    deal = await purchase(world, buyer, listing)
    assert (deal["appraisal"]["report_id"], deal["appraisal"]["price_floor"]) == (dearer["id"], "1080000.00")
    plain = await purchase(world, buyer, await published(world, seller, await draft_listing(world, seller)))
    assert plain["appraisal"] is None


async def test_what_was_published_is_put_on_another_report_only_once_it_expired(world: World, seller: Party) -> None:
    listing, report = await appraised_listing(world, seller, valid_for=20)
    lower = await another_report(world, seller, listing, "500000.00")
    problem = await name_refused(world, 409, "appraisal_in_force", seller, listing, lower["id"])
    following = date.fromisoformat(report["valid_to"]) + timedelta(days=1)
    assert (problem["replaceable_from"], following.isoformat() in problem["remedy"]) == (following.isoformat(), True)
    await pass_time(world, await now(world) + timedelta(days=21))
    await name_refused(world, 409, "listing_not_editable", seller, listing, None)
    shown = await named(world, seller, listing, lower)
    assert shown["published"]["appraisal"]["report_id"] == report["id"], "what was published stays as it was"
    facts = await world.api.ok("GET", f"/v1/listings/{listing['id']}/appraisal")
    assert (facts["report_id"], facts["value"]) == (lower["id"], "500000.00")
    async with world.database.reading() as session:
        statement = "SELECT payload FROM events WHERE type = 'listing.appraisal_named' AND :everybody = ANY(audiences)"
        told = (await session.execute(text(statement), {"everybody": PUBLIC})).scalars().all()
    assert [payload["appraisal_report_id"] for payload in told] == [lower["id"]], "the draft's is nobody's business"
    await world.api.ok("POST", f"/v1/listings/{listing['id']}/withdrawal", seller)
    await name_refused(world, 409, "listing_not_editable", seller, listing, lower["id"])


async def test_a_report_may_be_used_through_its_last_day(world: World, seller: Party) -> None:
    """The day is the exchange's: 23:59 in Wuhan still passes, midnight does not."""
    listing, report = await appraised_listing(world, seller, valid_for=20)
    one, other = [await offered(world, await world.enterprise(), listing, days=40) for _ in range(2)]
    ends = datetime.fromisoformat(f"{report['valid_to']}T23:59:00+08:00")
    await pass_time(world, ends)
    sold = await step(world, seller, one, "acceptance")
    deal = await world.api.ok("GET", f"/v1/deals/{sold['deal_id']}", seller)
    assert deal["appraisal"]["judged_on"] == report["valid_to"]
    await world.api.ok("POST", f"/v1/deals/{deal['id']}/cancellation", seller, json={"reason": "示例"})
    await pass_time(world, ends + timedelta(minutes=1))
    await world.api.refused(409, "appraisal_expired", "POST", f"/v1/purchase-offers/{other['id']}/acceptance", seller)


async def test_a_co_owner_names_the_report_of_the_common_result(world: World, seller: Party) -> None:
    keeper = await world.institution()
    halves = [{"organisation_id": str(party.id), "share": "0.5"} for party in (keeper, seller)]
    result = await recorded_result(world, keeper, owners=halves)
    report = await accepted_report(world, keeper, await appraiser_of(world), result_id=result["id"])
    mode = {"pricing_mode": "appraised", "allocation": None, "transfer_mode": "ordinary_licence"}
    draft = await draft_listing(world, seller, result_id=result["id"], **mode)
    assert (await published(world, seller, await named(world, seller, draft, report)))["status"] == "published"
