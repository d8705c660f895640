"""A competitive listed sale: published with its conditions, registered for, counted, sold or not."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.market.listings.factory import draft_listing, move_clock_to, published_listing, submitted_listing
from tests.office.ledger.factory import balances
from tests.pricing.listed.factory import (
    COMPETITIVE,
    CONDITIONS,
    competitive_draft,
    competitive_listing,
    deals_of,
    deposits,
    end_of,
    judged,
    notice_over,
    paid,
    qualified,
    read,
    registered,
    registration_body,
    registration_now,
    sale,
    statuses,
    told,
    work,
)
from tests.support.world import Party, World

Json = dict[str, Any]


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
    problem = await refused(422, "deposit_out_of_range", deposit_amount="1000000.00")
    assert "1000000.00" in problem["remedy"]
    await refused(422, "invalid_input", deposit_amount="0")
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
    late = await world.enterprise()
    staying = await qualified(world, seller, late, listing)
    await world.api.refused(404, "not_found", "POST", path, seller, json={"reason": "示例"})
    await world.api.ok("POST", path, buyer, json={"reason": "示例"})
    assert await statuses(world, listing) == {str(buyer.id): "release_due", str(late.id): "held"}, "its own alone"
    await world.api.refused(409, "listing_registration_over", "POST", path, buyer, json={"reason": "示例"})
    await move_clock_to(world, await end_of(world, listing))
    path = f"/v1/listing-registrations/{staying['id']}/withdrawal"
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
