"""Purchase offers from the outside: who makes, reads and accepts them, what blocks the deal, and how they end."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.database import Session
from app.core.deadlines import run_due
from app.identity.kinds import Verification
from app.market.listings import queries as listings
from app.market.listings.models import Listing
from tests.catalogue.appraisals.factory import reapproved
from tests.catalogue.results.factory import PATENT
from tests.market.listings.factory import draft_listing, move_clock_to
from tests.office.documents.factory import uploaded
from tests.pricing.appraised.factory import (
    Json,
    another_report,
    appraised_listing,
    named,
    now,
    offer_body,
    offered,
    pass_time,
    published,
    read,
    step,
)
from tests.support.world import Party, World


@pytest.fixture
async def seller(world: World) -> Party:
    return await world.institution()


async def refused(world: World, status: int, code: str, path: str, caller: Party | None, body: Any = None) -> Json:
    """The refusal of a command that leaves no deal, no offer and no hold behind."""
    before = await state(world)
    problem: Json = await world.api.refused(status, code, "POST", path, caller, json=body)
    assert await state(world) == before
    return problem


async def state(world: World) -> list[Any]:
    statement = text(
        "SELECT (SELECT count(*) FROM deals), (SELECT count(*) FROM gates), (SELECT count(*) FROM events), "
        "(SELECT array_agg(status ORDER BY id) FROM listings), "
        "(SELECT array_agg(status ORDER BY id) FROM purchase_offers)"
    )
    async with world.database.reading() as session:
        return list((await session.execute(statement)).one())


async def listing_status(world: World, listing: Json) -> str:
    return str((await world.api.ok("GET", f"/v1/listings/{listing['id']}"))["status"])


async def test_an_accepted_offer_with_nothing_to_settle_is_a_deal(world: World, seller: Party) -> None:
    listing, report = await appraised_listing(world, seller)
    buyer, slower = await world.enterprise(), await world.enterprise()
    offer, other = await offered(world, buyer, listing), await offered(world, slower, listing)
    assert (offer["status"], offer["revocable"], offer["listing_version"]) == ("open", False, 1)
    sold = await step(world, seller, offer, "acceptance")
    assert (sold["status"], sold["gates"]) == ("closed", [])
    assert await listing_status(world, listing) == "reserved"
    for party in (seller, buyer):
        deal = await world.api.ok("GET", f"/v1/deals/{sold['deal_id']}", party)
        assert (deal["price"], deal["pricing_mode"], deal["price_basis"]) == ("950000.00", "appraised", "fixed")
        assert deal["appraisal"] == {
            "report_id": report["id"], "number": report["number"], "base_date": report["base_date"],
            "valid_to": report["valid_to"], "value": "1000000.00", "floor_share": "0.900000",
            "price_floor": "900000.00", "reapproval_id": None, "judged_on": report["base_date"],
        }  # fmt: skip
    await refused(world, 409, "listing_taken", f"/v1/purchase-offers/{other['id']}/acceptance", seller)
    await refused(world, 409, "purchase_offer_not_open", f"/v1/purchase-offers/{offer['id']}/acceptance", seller)
    with pytest.raises(DBAPIError, match="append-only"):
        async with world.database.transaction() as session:
            await session.execute(text("UPDATE deal_appraisals SET value = 1"))


async def test_offers_are_private(world: World, seller: Party) -> None:
    agency = await world.agency()
    listing, _ = await appraised_listing(world, seller, agency_id=str(agency.id))
    buyer, rival = await world.enterprise(), await world.enterprise()
    offer = await offered(world, buyer, listing)
    path = f"/v1/purchase-offers/{offer['id']}"
    for reader in (seller, buyer, world.auditor):
        assert (await world.api.ok("GET", path, reader))["price"] == "950000.00"
        query = f"/v1/purchase-offers?listing_id={listing['id']}&status=open"
        assert [row["id"] for row in (await world.api.ok("GET", query, reader))["items"]] == [offer["id"]]
    for hidden in (rival, agency, world.operator, world.registrar, world.award_officer):
        await world.api.refused(404, "not_found", "GET", path, hidden)
        assert (await world.api.ok("GET", "/v1/purchase-offers", hidden))["items"] == []
    async with world.database.reading() as session:
        rows = await session.execute(
            text("SELECT payload::text AS it FROM events WHERE subject_type = 'purchase_offer'")
        )
        assert not [row.it for row in rows if "950000" in row.it]
    for step_, caller in (("acceptance", rival), ("closing", rival), ("withdrawal", rival)):
        await refused(world, 404, "not_found", f"{path}/{step_}", caller, {"reason": "示例"})
    await refused(world, 403, "purchase_offer_sellers_step", f"{path}/acceptance", buyer)
    await refused(world, 403, "purchase_offer_sellers_step", f"{path}/closing", buyer)
    await refused(world, 403, "purchase_offer_buyers_step", f"{path}/withdrawal", seller, {"reason": "示例"})


async def test_who_may_not_offer(world: World, seller: Party) -> None:
    agency = await world.agency()
    listing, _ = await appraised_listing(world, seller, agency_id=str(agency.id))
    path, body = f"/v1/listings/{listing['id']}/purchase-offers", await offer_body(world)
    await refused(world, 409, "own_listing", path, seller, body)
    await refused(world, 409, "own_listing", path, agency, body)
    pending = await world.enterprise(verification=Verification.PENDING)
    await refused(world, 409, "organisation_not_verified", path, pending, body)
    await refused(world, 401, "unauthenticated", path, None, body)
    await refused(world, 403, "forbidden", path, world.operator, body)
    buyer = await world.enterprise()
    for field, wrong in (("price", "0.00"), ("price", 950000), ("abroad", None), ("expires_at", "2030-01-01T00:00:00")):
        problem = await refused(world, 422, "invalid_input", path, buyer, body | {field: wrong})
        assert problem["errors"][0]["field"] == field
    late = await offer_body(world, days=-1)
    await refused(world, 422, "offer_expiry_past", path, buyer, late)
    await refused(world, 422, "offer_expiry_too_far", path, buyer, await offer_body(world, days=367))
    fixed = await published(world, seller, await draft_listing(world, seller))
    await refused(world, 409, "not_appraised", f"/v1/listings/{fixed['id']}/purchase-offers", buyer, body)
    await world.api.ok("POST", f"/v1/listings/{listing['id']}/suspension", seller, json={"reason": "示例"})
    await refused(world, 409, "listing_not_open", path, buyer, body)


async def test_a_price_below_the_floor_waits_for_its_reapproval(world: World, seller: Party) -> None:
    """The buyer may offer less; the seller is told what passes, has it re-approved, and then accepts."""
    listing, report = await appraised_listing(world, seller)
    buyer = await world.enterprise()
    offer = await offered(world, buyer, listing, price="850000.00")
    path = f"/v1/purchase-offers/{offer['id']}/acceptance"
    problem = await refused(world, 422, "price_below_floor", path, seller)
    assert ("900000.00" in problem["remedy"], problem["rule"]["article"]) == (True, "21")
    await reapproved(world, report, seller, "860000.00")
    assert "860000.00" in (await refused(world, 422, "price_below_floor", path, seller))["remedy"]
    covering = (await reapproved(world, report, seller, "850000.00"))["reapprovals"][-1]
    await reapproved(world, report, seller, "800000.00")
    sold = await step(world, seller, offer, "acceptance")
    deal = await world.api.ok("GET", f"/v1/deals/{sold['deal_id']}", buyer)
    assert deal["appraisal"]["reapproval_id"] == covering["id"], "the narrowest that carries the price"
    assert "800000" not in str(deal)


async def test_an_offer_binds_its_buyer_unless_it_says_otherwise(world: World, seller: Party) -> None:
    listing, _ = await appraised_listing(world, seller)
    buyer, path = await world.enterprise(), f"/v1/listings/{listing['id']}/purchase-offers"
    bound = await offered(world, buyer, listing)
    reason = {"reason": "示例"}
    problem = await refused(world, 409, "offer_binding", f"/v1/purchase-offers/{bound['id']}/withdrawal", buyer, reason)
    assert problem["rule"]["article"] == "476"
    assert (
        bound["number"]
        in (await refused(world, 409, "purchase_offer_exists", path, buyer, await offer_body(world)))["detail"]
    )
    await pass_time(world, bound["expires_at"])
    assert (await read(world, buyer, bound))["status"] == "expired"
    free = await offered(world, buyer, listing, revocable=True)
    withdrawn = await world.api.ok("POST", f"/v1/purchase-offers/{free['id']}/withdrawal", buyer, json=reason)
    assert (withdrawn["status"], withdrawn["status_reason"]) == ("withdrawn", "示例")
    for gone, code in ((bound, "offer_expired"), (free, "purchase_offer_not_open")):
        await refused(world, 409, code, f"/v1/purchase-offers/{gone['id']}/acceptance", seller)
    await offered(world, buyer, listing)


async def test_an_expired_offer_is_not_accepted_and_makes_room_even_where_no_worker_runs(
    world: World, seller: Party
) -> None:
    listing, _ = await appraised_listing(world, seller)
    buyer = await world.enterprise()
    offer = await offered(world, buyer, listing)
    await move_clock_to(world, datetime.fromisoformat(offer["expires_at"]))
    problem = await refused(world, 409, "offer_expired", f"/v1/purchase-offers/{offer['id']}/acceptance", seller)
    assert offer["number"] in problem["detail"]
    assert "buyer" in problem["remedy"]
    again = await offered(world, buyer, listing)
    assert (await read(world, seller, offer))["status"] == "expired"
    assert (await step(world, seller, again, "acceptance"))["status"] == "closed"


async def held(world: World, seller: Party, buyer: Party, **overrides: Any) -> tuple[Json, Json, Json]:
    """An accepted offer that waits for the completer's right of first refusal, its listing and report."""
    listing, report = await appraised_listing(world, seller, transfer_mode="assignment", **overrides)
    return await step(world, seller, await offered(world, buyer, listing), "acceptance"), listing, report


async def test_gates_stand_before_the_deal(world: World, seller: Party) -> None:
    buyer = await world.enterprise()
    offer, listing, _ = await held(world, seller, buyer)
    (gate,) = offer["gates"]
    assert (offer["status"], gate["kind"], gate["subject_type"]) == ("accepted", "first_refusal", "purchase_offer")
    assert await listing_status(world, listing) == "reserved"
    problem = await refused(world, 409, "gate_open", f"/v1/purchase-offers/{offer['id']}/closing", seller)
    assert problem["gates"][0]["id"] == gate["id"]
    await world.api.ok("GET", f"/v1/gates/{gate['id']}", buyer)
    await world.api.refused(404, "not_found", "GET", f"/v1/gates/{gate['id']}", await world.enterprise())
    await pass_time(world, gate["lapses_at"])
    assert (await read(world, buyer, offer))["status"] == "closed"


async def test_a_gate_refused_ends_the_sale_and_frees_the_listing(world: World, seller: Party) -> None:
    buyer, rival = await world.enterprise(), await world.enterprise()
    offer, listing, _ = await held(world, seller, buyer)
    document = await uploaded(world, seller)
    closure = {"outcome": "refused", "reference": "示例", "document_id": document["id"]}
    await world.api.ok("POST", f"/v1/gates/{offer['gates'][0]['id']}/closure", seller, json=closure)
    offer = await read(world, buyer, offer)
    assert (offer["status"], "first_refusal" in offer["status_reason"]) == ("refused", True)
    assert await listing_status(world, listing) == "published"
    assert (await step(world, seller, await offered(world, rival, listing), "acceptance"))["status"] == "accepted"


async def test_a_related_party_and_a_buyer_abroad_open_their_gates(world: World, seller: Party) -> None:
    buyer = await world.enterprise()
    relation = {
        "first_id": str(seller.id), "second_id": str(buyer.id), "kind": "control", "detail": "示例", "source": "示例",
    }  # fmt: skip
    await world.api.ok("POST", "/v1/organisation-relations", world.operator, json=relation)
    facts = {"export_control": "restricted", "publicly_funded": True, "funding_plan": "示例计划"}
    listing, _ = await appraised_listing(world, seller, result=facts)
    offer = await step(world, seller, await offered(world, buyer, listing, abroad=True), "acceptance")
    assert [gate["kind"] for gate in offer["gates"]] == [
        "restricted_export", "foreign_approval", "related_party_approval",
    ]  # fmt: skip


async def test_a_report_that_expires_while_gates_are_open_blocks_until_another_is_named(
    world: World, seller: Party
) -> None:
    buyer = await world.enterprise()
    offer, listing, report = await held(world, seller, buyer, valid_for=10)
    await pass_time(world, offer["gates"][0]["lapses_at"])
    waiting = await read(world, buyer, offer)
    assert (waiting["status"], waiting["gates"][0]["closure"]["outcome"]) == ("accepted", "lapsed")
    path = f"/v1/purchase-offers/{offer['id']}/closing"
    problem = await refused(world, 409, "appraisal_expired", path, seller)
    assert report["valid_to"] in problem["detail"]
    dearer = await another_report(world, seller, listing, "1200000.00")
    await named(world, seller, listing, dearer)
    assert "1080000.00" in (await refused(world, 422, "price_below_floor", path, seller))["remedy"]
    await reapproved(world, dearer, seller, "950000.00")
    sold = await step(world, seller, offer, "closing")
    deal = await world.api.ok("GET", f"/v1/deals/{sold['deal_id']}", buyer)
    assert (deal["appraisal"]["report_id"], deal["price"]) == (dearer["id"], "950000.00")


async def test_a_sale_that_does_not_close_in_time_ends(world: World, seller: Party) -> None:
    buyer = await world.enterprise()
    later = (await now(world) + timedelta(days=200)).date().isoformat()
    offer, listing, _ = await held(world, seller, buyer, valid_for=10, closes_on=later)
    await pass_time(world, offer["lapses_at"])
    offer = await read(world, buyer, offer)
    assert (offer["status"], offer["status_reason"].partition(":")[0]) == ("refused", "gate_open")
    assert await listing_status(world, listing) == "published"


async def test_a_result_that_became_secret_ends_the_sale_and_is_not_back_on_offer(world: World, seller: Party) -> None:
    buyer = await world.enterprise()
    offer, listing, _ = await held(world, seller, buyer)
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE results SET secrecy = 'state_secret'"))
    await pass_time(world, offer["gates"][0]["lapses_at"])
    assert (await read(world, buyer, offer))["status"] == "refused"
    await world.api.refused(404, "not_found", "GET", f"/v1/listings/{listing['id']}")


async def test_a_patent_that_expired_since_the_publication_is_a_gate(world: World, seller: Party) -> None:
    ends = (await now(world) + timedelta(days=5)).date().isoformat()
    listing, _ = await appraised_listing(world, seller, result={"ip_assets": [PATENT | {"expires_on": ends}]})
    offer = await offered(world, await world.enterprise(), listing, days=9)
    await pass_time(world, await now(world) + timedelta(days=7))
    offer = await step(world, seller, offer, "acceptance")
    assert [gate["kind"] for gate in offer["gates"]] == ["patent_in_force"]


# At once, with real commits


def at_the_lock(monkeypatch: pytest.MonkeyPatch, parties: int) -> None:
    """Everybody has read what they read before the listing's lock, then all ask for it."""
    together = asyncio.Barrier(parties)
    lock: Callable[[Session, UUID], Coroutine[Any, Any, Listing]] = listings.lock_listing

    async def meet(session: Session, listing_id: UUID) -> Listing:
        async with asyncio.timeout(10):
            await together.wait()
        return await lock(session, listing_id)

    monkeypatch.setattr(listings, "lock_listing", meet)


async def test_two_acceptances_at_once_make_one_deal(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = fresh_world
    seller = await world.institution()
    listing, _ = await appraised_listing(world, seller)
    offers = [await offered(world, await world.enterprise(), listing) for _ in range(2)]
    at_the_lock(monkeypatch, 2)
    answers = await asyncio.gather(
        *(world.api.post(f"/v1/purchase-offers/{offer['id']}/acceptance", seller) for offer in offers)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert next(answer.json()["code"] for answer in answers if answer.status_code == 409) == "listing_taken"


async def test_the_index_holds_even_where_the_lock_is_forgotten(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = fresh_world
    seller = await world.institution()
    listing, _ = await appraised_listing(world, seller, transfer_mode="assignment")
    offers = [await offered(world, await world.enterprise(), listing) for _ in range(2)]
    together = asyncio.Barrier(2)

    async def unlocked(session: Session, listing_id: UUID) -> Listing:
        found = await session.get(Listing, listing_id)
        assert found is not None
        async with asyncio.timeout(10):
            await together.wait()
        return found

    monkeypatch.setattr(listings, "lock_listing", unlocked)
    answers = await asyncio.gather(
        *(world.api.post(f"/v1/purchase-offers/{offer['id']}/acceptance", seller) for offer in offers)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409], [answer.text for answer in answers]
    assert next(answer.json()["code"] for answer in answers if answer.status_code == 409) == "listing_taken"


async def test_an_acceptance_that_waited_past_the_expiry_comes_too_late(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The acceptance came in time and waited for the lock; the offer expires meanwhile, and the worker comes round."""
    world = fresh_world
    seller = await world.institution()
    listing, _ = await appraised_listing(world, seller)
    offer = await offered(world, await world.enterprise(), listing)
    lock = listings.lock_listing

    async def late(session: Session, listing_id: UUID) -> Listing:
        await move_clock_to(world, datetime.fromisoformat(offer["expires_at"]))
        await run_due(world.database)
        return await lock(session, listing_id)

    monkeypatch.setattr(listings, "lock_listing", late)
    path = f"/v1/purchase-offers/{offer['id']}/acceptance"
    await world.api.refused(409, "offer_expired", "POST", path, seller)
    assert await listing_status(world, listing) == "published"


async def test_an_acceptance_beside_a_withdrawal_is_one_or_the_other(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    listing, _ = await appraised_listing(world, seller)
    offer = await offered(world, buyer, listing, revocable=True)
    path = f"/v1/purchase-offers/{offer['id']}"
    accepted, withdrawn = await asyncio.gather(
        world.api.post(f"{path}/acceptance", seller),
        world.api.post(f"{path}/withdrawal", buyer, json={"reason": "示例"}),
    )
    assert sorted([accepted.status_code, withdrawn.status_code]) == [200, 409], (accepted.text, withdrawn.text)
    found = (await read(world, seller, offer))["status"]
    assert found == ("closed" if accepted.status_code == 200 else "withdrawn")


async def test_two_first_offers_of_a_buyer_at_once_are_one(fresh_world: World) -> None:
    world = fresh_world
    buyer = await world.enterprise()
    listing, _ = await appraised_listing(world, await world.institution())
    path, body = f"/v1/listings/{listing['id']}/purchase-offers", await offer_body(world)
    answers = await asyncio.gather(*(world.api.post(path, buyer, json=body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"purchase_offer_exists"}
