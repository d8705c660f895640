"""Deals: who sees them, how they end, what is recorded from elsewhere."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.deadlines import run_due
from app.core.problems import Problem
from app.market.deals import service
from tests.catalogue.results.factory import PATENT, recorded_result
from tests.contracts.factory import drafted_contract, sign
from tests.market.deals.factory import agreed_deal, purchase, recorded_body, recorded_deal
from tests.market.listings.factory import move_clock_to, published_listing, today
from tests.support.world import Party, World

REASON = {"reason": "示例原因"}
SELLER, BUYER, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)


async def related(world: World, first: Party, second: Party, **overrides: Any) -> None:
    body = {
        "first_id": str(first.id), "second_id": str(second.id), "kind": "shareholding", "share": "0.300000",
        "detail": "示例持股", "source": "https://example.org/filing",
    }  # fmt: skip
    await world.api.ok("POST", "/v1/organisation-relations", world.operator, json=body | overrides)


async def listing_status(world: World, deal: dict[str, Any]) -> str:
    shown = await world.api.ok("GET", f"/v1/listings/{deal['listing_id']}", world.operator)
    return str(shown["status"])


async def test_the_parties_and_the_market_see_a_deal_and_nobody_else(world: World) -> None:
    seller, agency, buyer = await world.institution(), await world.agency(), await world.enterprise()
    stranger = await world.enterprise()
    deal = await agreed_deal(world, seller, buyer, agency_id=str(agency.id))
    path = f"/v1/deals/{deal['id']}"
    for reader in (seller, agency, buyer, *world.staff.values()):
        assert (await world.api.ok("GET", path, reader))["number"] == deal["number"]
        assert [item["id"] for item in (await world.api.ok("GET", "/v1/deals", reader))["items"]] == [deal["id"]]
    await world.api.refused(404, "not_found", "GET", path, stranger)
    assert (await world.api.ok("GET", "/v1/deals", stranger))["items"] == []
    await world.api.refused(401, "unauthenticated", "GET", path)


@pytest.mark.parametrize("who", ["seller", "buyer", "operator"])
async def test_a_deal_without_contract_is_cancelled_and_its_listing_is_free(world: World, who: str) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    caller = {"seller": seller, "buyer": buyer, "operator": world.operator}[who]
    path = f"/v1/deals/{deal['id']}/cancellation"
    ended = await world.api.ok("POST", path, caller, json=REASON)
    assert (ended["status"], ended["status_reason"], ended["revision"]) == ("cancelled", "示例原因", 2)
    assert await listing_status(world, deal) == "published"
    problem = await world.api.refused(409, "deal_not_open", "POST", path, caller, json=REASON)
    assert "cancelled" in problem["detail"]
    again = await world.api.ok("GET", f"/v1/listings/{deal['listing_id']}")
    assert (await purchase(world, await world.enterprise(), again))["status"] == "agreed"


async def test_who_may_not_cancel(world: World) -> None:
    seller, agency, buyer = await world.institution(), await world.agency(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer, agency_id=str(agency.id))
    path = f"/v1/deals/{deal['id']}/cancellation"
    for stranger in (agency, await world.enterprise()):
        await world.api.refused(404, "not_found", "POST", path, stranger, json=REASON)
    for staff in (world.registrar, world.award_officer, world.auditor):
        await world.api.refused(403, "forbidden", "POST", path, staff, json=REASON)
    problem = await world.api.refused(422, "invalid_input", "POST", path, buyer, json={"reason": ""})
    assert problem["errors"][0]["field"] == "reason"
    assert await listing_status(world, deal) == "reserved"


async def test_a_deal_without_contract_expires_and_its_listing_is_free(world: World) -> None:
    buyer = await world.enterprise()
    closes_on = (await today(world) + timedelta(days=200)).isoformat()
    deal = await agreed_deal(world, await world.institution(), buyer, closes_on=closes_on)
    due = datetime.fromisoformat(deal["contract_due_at"])
    await move_clock_to(world, due - timedelta(minutes=1))
    await run_due(world.database)
    assert (await world.api.ok("GET", f"/v1/deals/{deal['id']}", buyer))["status"] == "agreed"
    await move_clock_to(world, due)
    await run_due(world.database)
    assert (await world.api.ok("GET", f"/v1/deals/{deal['id']}", buyer))["status"] == "expired"
    assert await listing_status(world, deal) == "published"


async def test_a_listing_whose_period_ended_meanwhile_lapses_with_the_deal(world: World) -> None:
    closes_on = (await today(world) + timedelta(days=2)).isoformat()
    deal = await agreed_deal(world, await world.institution(), await world.enterprise(), closes_on=closes_on)
    await move_clock_to(world, datetime.fromisoformat(deal["contract_due_at"]))
    await run_due(world.database)
    assert await listing_status(world, deal) == "lapsed"


async def test_a_deal_under_contract_sells_the_listing_and_neither_expires_nor_is_cancelled(world: World) -> None:
    buyer = await world.enterprise()
    deal = await agreed_deal(world, await world.institution(), buyer)
    async with world.database.transaction() as session:
        await service.mark_contracted(session, UUID(deal["id"]))
    assert await listing_status(world, deal) == "sold"
    await move_clock_to(world, datetime.fromisoformat(deal["contract_due_at"]) + timedelta(days=60))
    await run_due(world.database)
    assert (await world.api.ok("GET", f"/v1/deals/{deal['id']}", buyer))["status"] == "contracted"
    async with world.database.transaction() as session:  # a worker that had the deadline already in its hands
        await service.expire_deal(session, UUID(deal["id"]), datetime.fromisoformat(deal["contract_due_at"]))
    assert (await world.api.ok("GET", f"/v1/deals/{deal['id']}", buyer))["status"] == "contracted"
    assert await listing_status(world, deal) == "sold"
    await world.api.refused(409, "deal_not_open", "POST", f"/v1/deals/{deal['id']}/cancellation", buyer, json=REASON)
    with pytest.raises(Problem, match="deal_not_open"):
        async with world.database.transaction() as session:
            await service.mark_contracted(session, UUID(deal["id"]))


async def test_a_related_party_is_found_and_its_finding_kept(world: World) -> None:
    seller, buyer, agency = await world.institution(), await world.enterprise(), await world.agency()
    await related(world, buyer, seller)
    await related(world, agency, seller)
    deal = await agreed_deal(world, seller, buyer, agency_id=str(agency.id))
    assert deal["related_party"] == (
        f"{buyer.name} – {seller.name}: shareholding (0.300000), 示例持股 [https://example.org/filing]"
    )


async def test_a_deal_concluded_elsewhere_is_recorded_with_its_source(world: World) -> None:
    seller, second, buyer = await world.university(), await world.institution(), await world.enterprise()
    agency = await world.agency()
    listing = await published_listing(world, second)
    deal = await recorded_deal(
        world, seller, buyer,
        result_id=listing["published"]["result"]["id"],
        sellers=[
            {"organisation_id": str(seller.id), "share": "0.700000"},
            {"organisation_id": str(second.id), "share": "0.3"},
        ],
        agencies=[{"organisation_id": str(agency.id), "share": "1"}],
    )  # fmt: skip
    assert (deal["origin"], deal["status"], deal["contract_due_at"]) == ("recorded", "agreed", None)
    assert deal["source_url"] == "https://example.org/notice/1"
    assert [(party["role"], party["share"]) for party in deal["parties"]] == [
        ("seller", "0.700000"), ("seller", "0.300000"), ("buyer", "1.000000"), ("agency", "1.000000"),
    ]  # fmt: skip
    async with world.database.transaction() as session:
        assert (await service.mark_contracted(session, UUID(deal["id"]))).status == "contracted"
    await world.api.refused(
        403, "forbidden", "POST", "/v1/deals/recorded", seller, json=await recorded_body(world, seller, buyer)
    )


async def test_where_the_day_of_agreement_is_not_known_that_of_publication_stands(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    await related(world, seller, buyer, valid_to="2023-11-29")
    deal = await recorded_deal(world, seller, buyer, agreed_on=None, published_on="2023-11-29")
    assert (deal["agreed_at"], deal["published_on"]) == ("2023-11-28T16:00:00Z", "2023-11-29")
    assert deal["related_party"] is not None
    later = await recorded_deal(world, seller, buyer, agreed_on="2023-11-30")
    assert later["related_party"] is None


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"agreed_on": None}, "agreement_day_missing", "agreed_on"),
        ({"agreed_on": "2090-01-01"}, "agreed_in_future", "agreed_on"),
        ({"agreed_on": "2024-01-02", "published_on": "2024-01-01"}, "dates_out_of_order", "published_on"),
        ({"buyers": []}, "invalid_input", "buyers"),
        ({"price": "-1"}, "invalid_input", "price"),
        ({"source_url": "ftp://example.org"}, "invalid_input", "source_url"),
        ({"surprise": 1}, "invalid_input", "surprise"),
    ],
)
async def test_a_bad_record_is_refused_and_not_written(
    world: World, change: dict[str, Any], code: str, field: str
) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    body = await recorded_body(world, seller, buyer) | change
    problem = await world.api.refused(422, code, "POST", "/v1/deals/recorded", world.operator, json=body)
    assert problem["errors"][0]["field"] == field
    assert (await world.api.ok("GET", "/v1/deals", seller))["items"] == []


async def test_the_parties_of_a_record_must_add_up(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    half = {"organisation_id": str(seller.id), "share": "0.5"}
    unknown = {"organisation_id": str(world.operator.person_id), "share": "1"}
    for change, code, field in (
        ({"sellers": [half]}, "side_does_not_sum", "sellers"),
        ({"agencies": [half]}, "party_twice", "agencies"),
        ({"buyers": [half, half]}, "party_twice", "buyers"),
        ({"buyers": [unknown]}, "unknown_reference", "buyers"),
    ):
        body = await recorded_body(world, seller, buyer) | change
        problem = await world.api.refused(422, code, "POST", "/v1/deals/recorded", world.operator, json=body)
        assert problem["errors"][0]["field"] == field
    assert (await world.api.ok("GET", "/v1/deals", seller))["items"] == []


async def test_a_contract_is_not_signed_after_its_day_even_where_no_worker_runs(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    contract = await drafted_contract(world, seller, buyer, deal=deal, type="licence")
    await sign(world, contract, seller)
    await move_clock_to(world, datetime.fromisoformat(deal["contract_due_at"]))
    path, body = f"/v1/contracts/{contract['id']}/signature", {"signed_on": (await today(world)).isoformat()}
    problem = await world.api.refused(409, "deal_not_live", "POST", path, buyer, json=body, headers={"If-Match": '"2"'})
    assert "expired" in problem["detail"]
    assert (await world.api.ok("GET", f"/v1/contracts/{contract['id']}", buyer))["status"] == "draft"


async def test_nobody_signs_whatever_revision_is_there(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    contract = await drafted_contract(world, seller, buyer)
    path, body = f"/v1/contracts/{contract['id']}/signature", {"signed_on": (await today(world)).isoformat()}
    await world.api.refused(412, "precondition_failed", "POST", path, buyer, json=body, headers={"If-Match": "*"})


@pytest.mark.parametrize("held", [False, True])
async def test_what_became_secret_is_neither_bought_nor_public(world: World, held: bool) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    listing = await published_listing(world, seller)
    deal = await purchase(world, buyer, listing) if held else None
    path = f"/v1/results/{listing['published']['result']['id']}"
    change = {"json": {"secrecy": "state_secret"}, "headers": {"If-Match": '"1"'}}
    await world.api.ok("PATCH", path, seller, **change)
    if deal is None:
        offer = {"price": "1000000.00", "listing_version": 1}
        problem = await world.api.refused(
            409, "result_not_listable", "POST", f"/v1/listings/{listing['id']}/purchase", buyer, json=offer
        )
        assert [error["code"] for error in problem["errors"]] == ["secrecy"]
    await run_due(world.database)
    if deal is not None:
        assert await listing_status(world, deal) == "reserved"
        await world.api.ok("POST", f"/v1/deals/{deal['id']}/cancellation", seller, json=REASON)
        await run_due(world.database)
    await world.api.refused(404, "not_found", "GET", f"/v1/listings/{listing['id']}")
    shown = await world.api.ok("GET", f"/v1/listings/{listing['id']}", seller)
    assert shown["status"] == "withdrawn"


async def test_a_patent_that_expired_on_offer_is_not_sold(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    day = await today(world)
    patent = PATENT | {"expires_on": (day + timedelta(days=5)).isoformat()}
    result = await recorded_result(world, seller, ip_assets=[patent])
    listing = await published_listing(world, seller, result_id=result["id"])
    await move_clock_to(world, datetime.combine(day + timedelta(days=7), time.min, UTC))
    offer = {"price": "1000000.00", "listing_version": 1}
    await world.api.refused(
        409, "result_not_listable", "POST", f"/v1/listings/{listing['id']}/purchase", buyer, json=offer
    )
    await world.api.ok("POST", f"/v1/listings/{listing['id']}/suspension", seller, json=REASON)
    problem = await world.api.refused(
        409, "result_not_listable", "POST", f"/v1/listings/{listing['id']}/resumption", seller
    )
    assert problem["errors"][0]["code"] == "asset_expired"
