"""Negotiating: offers by turns, who reads them, what is accepted, and that two acceptances make one agreement."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.database import Session
from app.identity.kinds import Verification
from app.market.listings import queries as listings
from app.market.listings.models import Listing
from tests.market.listings.factory import draft_listing, move_clock_to, published_listing
from tests.pricing.negotiated.factory import (
    accepted,
    agreed,
    lump_sum,
    negotiated_listing,
    notice_over,
    now,
    offer_body,
    opened,
    read,
    terms,
)
from tests.support.world import Party, World

Json = dict[str, Any]


async def count(world: World, table: str) -> int:
    async with world.database.reading() as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def refused(
    world: World, status: int, code: str, path: str, caller: Party | None, body: Json | None = None
) -> Json:
    """The refusal of a command that leaves neither an offer nor a deal behind."""
    tables = ("negotiations", "negotiation_offers", "notices", "deals", "notice_objections")
    before = [await count(world, table) for table in tables]
    problem: Json = await world.api.refused(status, code, "POST", path, caller, json=body or {})
    assert [await count(world, table) for table in tables] == before
    return problem


async def test_offers_alternate_until_one_is_accepted(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await negotiated_listing(world, seller)
    made = await opened(world, buyer, listing)
    assert (made["status"], made["lead_id"], made["last_offer"]["side"]) == ("open", str(buyer.id), "buyer")
    assert (made["last_offer"]["price"], made["last_offer"]["price_basis"]) == ("900000.00", "fixed")
    counter = await offer_body(world, terms=terms(lump_sum("980000.00")), message="示例")
    path = f"/v1/negotiations/{made['id']}"
    made = await world.api.ok("POST", f"{path}/offers", seller, json=counter)
    assert (made["last_offer"]["number"], made["last_offer"]["side"]) == (2, "seller")
    made = await accepted(world, buyer, made)
    assert (made["status"], made["agreed_offer_id"]) == ("agreed", made["last_offer"]["id"])
    assert (await world.api.ok("GET", f"/v1/listings/{listing['id']}"))["status"] == "reserved"
    offers = (await world.api.ok("GET", f"{path}/offers", buyer))["items"]
    assert [offer["price"] for offer in offers] == ["900000.00", "980000.00"]
    await notice_over(world, made)
    made = await read(world, seller, made)
    assert made["status"] == "closed"
    deal = await world.api.ok("GET", f"/v1/deals/{made['deal_id']}", buyer)
    assert (deal["price"], deal["price_basis"], deal["pricing_mode"]) == ("980000.00", "fixed", "negotiated")
    assert deal["terms"]["payment"][0]["amount"] == "980000.00"
    assert (await world.api.ok("GET", f"/v1/listings/{listing['id']}"))["status"] == "reserved"


async def test_the_turn_is_the_other_sides_while_an_offer_stands(world: World) -> None:
    """Who makes an offer is bound by it until it expires: no second offer, no withdrawal, no accepting it oneself."""
    seller, buyer = await world.university(), await world.enterprise()
    made = await opened(world, buyer, await negotiated_listing(world, seller), days=2)
    path, offer = f"/v1/negotiations/{made['id']}", {"offer_id": made["last_offer"]["id"]}
    problem = await refused(world, 409, "offer_binding", f"{path}/offers", buyer, await offer_body(world))
    assert problem["rule"]["article"] == "476"
    assert datetime.fromisoformat(made["last_offer"]["expires_at"]).isoformat() in problem["remedy"]
    await refused(world, 409, "offer_binding", f"{path}/withdrawal", buyer, {"reason": "示例"})
    problem = await refused(world, 409, "own_offer", f"{path}/acceptance", buyer, offer)
    assert problem["errors"][0]["field"] == "offer_id"
    await move_clock_to(world, datetime.fromisoformat(made["last_offer"]["expires_at"]))
    problem = await refused(world, 409, "offer_expired", f"{path}/acceptance", seller, offer)
    assert (problem["rule"]["article"], "server time" in problem["detail"]) == ("478, 481", True)
    again = await world.api.ok("POST", f"{path}/offers", buyer, json=await offer_body(world))
    assert again["last_offer"]["number"] == 2
    problem = await refused(world, 409, "offer_replaced", f"{path}/acceptance", seller, offer)
    assert again["last_offer"]["id"] in problem["remedy"]
    gone = await world.api.ok("POST", f"{path}/withdrawal", seller, json={"reason": "示例"})
    assert (gone["status"], gone["status_reason"]) == ("withdrawn", "示例")
    await refused(world, 409, "negotiation_not_open", f"{path}/acceptance", seller, offer)


async def test_an_offer_must_stand_for_some_time(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await negotiated_listing(world, seller)
    path = f"/v1/listings/{listing['id']}/negotiations"
    past = {"terms": terms(), "expires_at": (await now(world) - timedelta(seconds=1)).isoformat()}
    problem = await refused(world, 422, "offer_expiry_past", path, buyer, past)
    assert problem["errors"][0]["field"] == "expires_at"
    endless = past | {"expires_at": "2199-12-31T23:59:59Z"}
    problem = await refused(world, 422, "offer_expiry_too_far", path, buyer, endless)
    assert "expires_at" in problem["remedy"]
    naive = past | {"expires_at": "2050-01-01T00:00:00"}
    problem = await refused(world, 422, "invalid_input", path, buyer, naive)
    assert problem["errors"][0]["code"] == "no_offset"


async def test_where_and_by_whom_a_negotiation_is_opened(world: World) -> None:
    seller, agency, buyer = await world.institution(), await world.agency(), await world.enterprise()
    listing = await negotiated_listing(world, seller, agency_id=str(agency.id))
    path, body = f"/v1/listings/{listing['id']}/negotiations", await offer_body(world)
    await refused(world, 409, "own_listing", path, seller, body)
    await refused(world, 409, "own_listing", path, agency, body)
    await refused(world, 403, "forbidden", path, world.operator, body)
    pending = await world.enterprise(verification=Verification.PENDING)
    await refused(world, 409, "organisation_not_verified", path, pending, body)
    listed = await published_listing(world, seller)
    await refused(world, 409, "not_negotiated", f"/v1/listings/{listed['id']}/negotiations", buyer, body)
    draft = await draft_listing(world, seller, pricing_mode="negotiated", allocation=None)
    await refused(world, 404, "not_found", f"/v1/listings/{draft['id']}/negotiations", buyer, body)
    await opened(world, buyer, listing)
    await refused(world, 409, "negotiation_exists", path, buyer, body)


async def test_joint_buyers_have_shares_and_each_consents(world: World) -> None:
    seller, lead, other = await world.university(), await world.enterprise(), await world.enterprise()
    listing = await negotiated_listing(world, seller)
    path = f"/v1/listings/{listing['id']}/negotiations"
    half = [{"organisation_id": str(party.id), "share": "0.5"} for party in (lead, other)]
    problem = await refused(world, 422, "side_does_not_sum", path, lead, await offer_body(world, buyers=half[:1]))
    assert problem["errors"][0]["field"] == "buyers"
    stranger = await world.enterprise()
    await refused(world, 422, "buyer_not_among", path, stranger, await offer_body(world, buyers=half))
    made = await accepted(world, seller, await opened(world, lead, listing, buyers=half))
    assert (await read(world, other, made))["number"] == made["number"]
    await refused(world, 403, "lead_buyer_only", f"/v1/negotiations/{made['id']}/withdrawal", other, {"reason": "示例"})
    (gate,) = made["gates"]
    assert (gate["kind"], gate["holder_organisation_id"]) == ("co_buyer_consent", str(other.id))
    await notice_over(world, made)
    assert (await read(world, lead, made))["status"] == "agreed"
    consent = {"outcome": "cleared", "reference": "示例董事会决议"}
    await world.api.ok("POST", f"/v1/gates/{gate['id']}/closure", other, json=consent)
    deal = await world.api.ok("GET", f"/v1/deals/{(await read(world, lead, made))['deal_id']}", other)
    assert [(party["role"], party["share"]) for party in deal["parties"]] == [
        ("seller", "1.000000"),
        ("buyer", "0.500000"),
        ("buyer", "0.500000"),
    ]


async def test_a_negotiation_is_private(world: World) -> None:
    """The two sides and the auditor read it; to other buyers and the market's other staff it does not exist."""
    seller, buyer, rival = await world.university(), await world.enterprise(), await world.enterprise()
    listing = await negotiated_listing(world, seller)
    made = await opened(world, buyer, listing, terms=terms(lump_sum("123456.78")))
    path = f"/v1/negotiations/{made['id']}"
    for reader in (seller, buyer, world.auditor):
        assert (await world.api.ok("GET", path, reader))["last_offer"]["price"] == "123456.78"
    for other in (rival, world.operator, world.registrar, world.award_officer):
        for address in (path, f"{path}/offers"):
            await world.api.refused(404, "not_found", "GET", address, other)
        assert (await world.api.ok("GET", "/v1/negotiations", other))["items"] == []
    await refused(world, 404, "not_found", f"{path}/acceptance", rival, {"offer_id": made["last_offer"]["id"]})
    async with world.database.reading() as session:
        rows = await session.execute(
            text("SELECT type, audiences, payload::text FROM events WHERE type ~ '^(negotiation|offer)'")
        )
        told = rows.all()
    assert {row.type for row in told} == {"negotiation.opened", "offer.made"}
    assert all(set(row.audiences) == {seller.id, buyer.id} and "123456" not in row.payload for row in told)


async def test_a_retry_of_an_acceptance_gets_the_first_answer(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    made = await opened(world, buyer, await negotiated_listing(world, seller))
    path, body = f"/v1/negotiations/{made['id']}/acceptance", {"offer_id": made["last_offer"]["id"]}
    key = {"Idempotency-Key": "again"}
    first = await world.api.post(path, seller, json=body, headers=key)
    again = await world.api.post(path, seller, json=body, headers=key)
    assert (first.status_code, again.json()) == (200, first.json())
    answer = await world.api.client.post(path, json=body, headers={"Authorization": f"Bearer {seller.secret}"})
    assert answer.json()["code"] == "idempotency_key_required"


async def test_the_second_agreement_on_a_listing_is_refused(world: World) -> None:
    seller = await world.university()
    listing = await negotiated_listing(world, seller)
    first, second = [await opened(world, await world.enterprise(), listing) for _ in range(2)]
    await accepted(world, seller, first)
    body = {"offer_id": second["last_offer"]["id"]}
    await refused(world, 409, "listing_taken", f"/v1/negotiations/{second['id']}/acceptance", seller, body)


async def test_a_listing_past_its_end_is_not_agreed_on(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await negotiated_listing(world, seller)
    made = await opened(world, buyer, listing, days=365)
    await move_clock_to(world, datetime.fromisoformat(listing["closes_at"]))
    path, body = f"/v1/negotiations/{made['id']}", {"offer_id": made["last_offer"]["id"]}
    await refused(world, 409, "listing_not_open", f"{path}/acceptance", seller, body)
    await refused(world, 409, "listing_not_open", f"{path}/offers", seller, await offer_body(world))


async def test_a_seller_not_founded_by_the_state_may_agree_without_notice(world: World) -> None:
    quiet = terms(public_notice=False)
    made = await agreed(world, await world.institution(), await world.enterprise(), terms=quiet)
    assert (made["status"], made["notice_id"]) == ("closed", None)
    assert made["deal_id"]
    for founded in (True, None):
        seller = await world.university(state_founded=founded)
        listing = await negotiated_listing(world, seller)
        path = f"/v1/listings/{listing['id']}/negotiations"
        body = await offer_body(world, terms=quiet)
        problem = await refused(world, 409, "notice_mandatory", path, await world.enterprise(), body)
        assert (problem["rule"]["article"], problem["errors"][0]["field"]) == ("18", "terms.public_notice")


async def test_offers_are_append_only(world: World) -> None:
    made = await opened(world, await world.enterprise(), await negotiated_listing(world, await world.university()))
    statement = text("UPDATE negotiation_offers SET price = 1 WHERE negotiation_id = CAST(:id AS uuid)")
    async with world.database.session() as session:
        with pytest.raises(DBAPIError, match="append-only"):
            await session.execute(statement, {"id": made["id"]})


async def _race(world: World, monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> list[int]:
    """Two buyers accept the seller's counter-offers at once: both have read what they read before the lock."""
    seller = await world.university()
    listing = await negotiated_listing(world, seller)
    buyers = [await world.enterprise() for _ in range(2)]
    threads = []
    for buyer in buyers:
        made = await opened(world, buyer, listing)
        path = f"/v1/negotiations/{made['id']}/offers"
        threads.append(await world.api.ok("POST", path, seller, json=await offer_body(world)))
    both = asyncio.Barrier(2)
    lock: Callable[[Session, UUID], Coroutine[Any, Any, Listing]] = listings.lock_public

    async def together(session: Session, listing_id: UUID) -> Listing:
        found = None if locked else await session.get(Listing, listing_id)
        async with asyncio.timeout(10):
            await both.wait()
        return found or await lock(session, listing_id)

    monkeypatch.setattr(listings, "lock_public", together)
    answers = await asyncio.gather(
        *(
            world.api.post(
                f"/v1/negotiations/{thread['id']}/acceptance",
                buyer,
                json={"offer_id": thread["last_offer"]["id"]},
            )
            for buyer, thread in zip(buyers, threads, strict=True)
        )
    )
    loser = next(answer.json() for answer in answers if answer.status_code == 409)
    assert loser["code"] == "listing_taken"
    assert await count(world, "notices") == 1
    return sorted(answer.status_code for answer in answers)


async def test_of_two_acceptances_at_once_one_counts(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await _race(fresh_world, monkeypatch, locked=True) == [200, 409]


async def test_the_index_holds_even_where_the_lock_is_forgotten(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await _race(fresh_world, monkeypatch, locked=False) == [200, 409]
