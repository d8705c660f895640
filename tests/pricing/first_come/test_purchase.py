"""Buying at the asking price: who gets it, who is refused and why, and that two never do."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.access import Actor
from app.core.database import Session
from app.identity.kinds import Verification
from app.market.listings import queries
from app.market.listings.models import Listing
from tests.market.deals.factory import purchase
from tests.market.listings.factory import draft_listing, move_clock_to, published_listing
from tests.support.patience import PATIENCE
from tests.support.world import Party, World

OFFER = {"price": "1000000.00", "listing_version": 1}


async def deals_on(world: World, listing: dict[str, Any]) -> int:
    async with world.database.reading() as session:
        statement = text("SELECT count(*) FROM deals WHERE listing_id = CAST(:id AS uuid)")
        return int((await session.execute(statement, {"id": listing["id"]})).scalar_one())


async def refused(
    world: World, status: int, code: str, listing: dict[str, Any], buyer: Party | None, **offer: Any
) -> dict[str, Any]:
    """The refusal of a purchase that leaves no deal behind."""
    before = await deals_on(world, listing)
    problem: dict[str, Any] = await world.api.refused(
        status, code, "POST", f"/v1/listings/{listing['id']}/purchase", buyer, json=OFFER | offer
    )
    assert await deals_on(world, listing) == before
    return problem


async def test_the_first_comer_gets_the_deal_and_the_listing_is_held(world: World) -> None:
    seller, agency, buyer = await world.institution(), await world.agency(), await world.enterprise()
    listing = await published_listing(world, seller, agency_id=str(agency.id))
    deal = await purchase(world, buyer, listing)
    assert (deal["status"], deal["origin"], deal["price"]) == ("agreed", "exchange", "1000000.00")
    assert (deal["listing_id"], deal["listing_version"], deal["related_party"]) == (listing["id"], 1, None)
    assert [(party["role"], party["organisation_id"], party["share"]) for party in deal["parties"]] == [
        ("seller", str(seller.id), "1.000000"),
        ("buyer", str(buyer.id), "1.000000"),
        ("agency", str(agency.id), "1.000000"),
    ]
    due = datetime.fromisoformat(deal["contract_due_at"]) - datetime.fromisoformat(deal["agreed_at"])
    assert timedelta(days=30) < due <= timedelta(days=31)
    assert (await world.api.ok("GET", f"/v1/listings/{listing['id']}"))["status"] == "reserved"


async def test_a_retry_gets_the_first_answer(world: World) -> None:
    buyer = await world.enterprise()
    listing = await published_listing(world, await world.institution())
    path, key = f"/v1/listings/{listing['id']}/purchase", {"Idempotency-Key": "again"}
    first = await world.api.post(path, buyer, json=OFFER, headers=key)
    again = await world.api.post(path, buyer, json=OFFER, headers=key)
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert await deals_on(world, listing) == 1
    answer = await world.api.client.post(path, json=OFFER, headers={"Authorization": f"Bearer {buyer.secret}"})
    assert answer.json()["code"] == "idempotency_key_required"


async def test_who_may_not_buy(world: World) -> None:
    seller, agency = await world.institution(), await world.agency()
    listing = await published_listing(world, seller, agency_id=str(agency.id))
    await refused(world, 409, "own_listing", listing, seller)
    await refused(world, 409, "own_listing", listing, agency)
    pending = await world.enterprise(verification=Verification.PENDING)
    await refused(world, 409, "organisation_not_verified", listing, pending)
    await refused(world, 401, "unauthenticated", listing, None)
    await refused(world, 403, "forbidden", listing, world.operator)
    reader = await world.enterprise(scopes=["deals:read", "listings:*"])
    await refused(world, 403, "scope_missing", listing, reader)
    await refused(world, 404, "not_found", await draft_listing(world, seller), await world.enterprise())


async def test_the_price_and_the_version_are_those_the_buyer_saw(world: World) -> None:
    buyer = await world.enterprise()
    listing = await published_listing(world, await world.institution())
    problem = await refused(world, 409, "price_changed", listing, buyer, price="999999.99")
    assert problem["current"] == {"listing_version": 1, "asking_price": "1000000.00"}
    assert "1000000.00" in problem["remedy"]
    assert problem["errors"][0]["field"] == "price"
    problem = await refused(world, 409, "version_changed", listing, buyer, listing_version=2)
    assert problem["errors"][0]["field"] == "listing_version"
    for price in ("0", "-1", "NaN", "1.005", "1" * 19, 1000000):
        problem = await refused(world, 422, "invalid_input", listing, buyer, price=price)
        assert problem["errors"][0]["field"] == "price"


async def test_what_is_not_open_is_not_sold(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    taken = await published_listing(world, seller)
    await purchase(world, await world.enterprise(), taken)
    problem = await refused(world, 409, "listing_not_open", taken, buyer)
    assert (problem["listing_status"], "server_time" in problem) == ("reserved", True)
    suspended = await published_listing(world, seller)
    await world.api.ok("POST", f"/v1/listings/{suspended['id']}/suspension", seller, json={"reason": "示例"})
    await refused(world, 409, "listing_not_open", suspended, buyer)
    auctioned = await published_listing(world, seller, pricing_mode="auction", allocation=None)
    await refused(world, 409, "not_first_come", auctioned, buyer)
    withdrawn = await published_listing(world, seller)
    await world.api.ok("POST", f"/v1/listings/{withdrawn['id']}/withdrawal", seller)
    await refused(world, 404, "not_found", withdrawn, buyer)


async def test_a_listing_past_its_end_is_not_sold_even_where_no_worker_runs(world: World) -> None:
    buyer = await world.enterprise()
    listing = await published_listing(world, await world.institution())
    await move_clock_to(world, datetime.fromisoformat(listing["closes_at"]))
    problem = await refused(world, 409, "listing_not_open", listing, buyer)
    assert problem["listing_status"] == "published"
    assert problem["server_time"] >= problem["closes_at"]


async def test_two_buyers_at_once_make_one_deal(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read everything they read before the lock, then both ask for it."""
    world = fresh_world
    listing = await published_listing(world, await world.institution())
    buyers = [await world.enterprise() for _ in range(2)]
    both = asyncio.Barrier(2)
    lock: Callable[[Session, UUID], Coroutine[Any, Any, Listing]] = queries.lock_public

    async def together(session: Session, listing_id: UUID) -> Listing:
        async with asyncio.timeout(10):
            await both.wait()
        return await lock(session, listing_id)

    monkeypatch.setattr(queries, "lock_public", together)
    path = f"/v1/listings/{listing['id']}/purchase"
    answers = await asyncio.gather(*(world.api.post(path, buyer, json=OFFER) for buyer in buyers))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    loser = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (loser["code"], loser["listing_status"]) == ("listing_not_open", "reserved")
    assert await deals_on(world, listing) == 1


async def test_the_index_holds_even_where_the_lock_is_forgotten(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two transactions read the listing without its lock and both believe it free: the second gets `listing_taken`."""
    world = fresh_world
    listing = await published_listing(world, await world.institution())
    buyers = [await world.enterprise() for _ in range(2)]
    both = asyncio.Barrier(2)

    async def unlocked(session: Session, listing_id: UUID) -> Listing:
        found = await session.get(Listing, listing_id)
        assert found is not None
        async with asyncio.timeout(10):
            await both.wait()
        return found

    monkeypatch.setattr(queries, "lock_public", unlocked)
    path = f"/v1/listings/{listing['id']}/purchase"
    answers = await asyncio.gather(*(world.api.post(path, buyer, json=OFFER) for buyer in buyers))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    loser = next(answer.json() for answer in answers if answer.status_code == 409)
    assert loser["code"] == "listing_taken"
    assert await deals_on(world, listing) == 1


async def test_twenty_buyers_at_once_make_one_deal(fresh_world: World) -> None:
    world = fresh_world
    listing = await published_listing(world, await world.institution())
    buyers = [await world.enterprise() for _ in range(20)]
    path = f"/v1/listings/{listing['id']}/purchase"
    answers = await asyncio.gather(*(world.api.post(path, buyer, json=OFFER) for buyer in buyers))
    winners = [buyer for buyer, answer in zip(buyers, answers, strict=True) if answer.status_code == 201]
    assert len(winners) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} == {"listing_not_open"}
    assert await deals_on(world, listing) == 1
    own = await world.api.ok("GET", "/v1/deals", winners[0])
    assert [item["listing_id"] for item in own["items"]] == [listing["id"]]


async def test_a_purchase_beside_a_repeated_publication_does_not_deadlock(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second click of the operator locks the result, then waits for the listing, whose buyer needs the result."""
    world = fresh_world
    listing = await published_listing(world, await world.institution())
    result_locked, listing_locked = asyncio.Event(), asyncio.Event()
    lock_public, lock_for = queries.lock_public, queries.lock_for

    async def buyers(session: Session, listing_id: UUID) -> Listing:
        found = await lock_public(session, listing_id)
        listing_locked.set()
        await asyncio.wait_for(result_locked.wait(), PATIENCE)
        await session.execute(text("SET LOCAL lock_timeout = '1s'"))
        return found

    async def operators(session: Session, actor: Actor, listing_id: UUID) -> Listing:
        result_locked.set()
        await asyncio.wait_for(listing_locked.wait(), PATIENCE)
        return await lock_for(session, actor, listing_id)

    monkeypatch.setattr(queries, "lock_public", buyers)
    monkeypatch.setattr(queries, "lock_for", operators)
    bought, published = await asyncio.gather(
        world.api.post(f"/v1/listings/{listing['id']}/purchase", await world.enterprise(), json=OFFER),
        world.api.post(f"/v1/listings/{listing['id']}/publication", world.operator),
    )
    assert (bought.status_code, published.status_code) == (201, 409), (bought.text, published.text)
