"""Competitive listed sales for tests, brought to a state through the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.database import Session
from app.core.deadlines import run_due
from app.core.history import events
from app.core.ids import new_id
from app.market.listings.kinds import PricingMode
from app.market.listings.models import Listing
from app.pricing import contests
from app.pricing.contests import Contest
from tests.market.listings.factory import draft_listing, move_clock_to
from tests.office.ledger.factory import confirmation_body
from tests.support.world import Party, World

Json = dict[str, Any]
CONDITIONS: Json = {
    "deposit_amount": "100000.00",
    "notice_working_days": 20,
    "qualification": "示例受让条件",
    "bidding": "english",
}
COMPETITIVE: Json = {"pricing_mode": "listed", "allocation": "competitive", "closes_on": None}


class Bidding:
    """Stands in for the auctions: keeps what was handed over."""

    def __init__(self) -> None:
        self.opened: dict[UUID, tuple[UUID, Contest]] = {}

    async def open(self, session: Session, listing: Listing, contest: Contest, now: datetime) -> UUID:
        contest_id = new_id()
        self.opened[listing.id] = (contest_id, contest)
        return contest_id

    async def cancel(self, session: Session, listing: Listing, contest_id: UUID, reason: str, now: datetime) -> None:
        del self.opened[listing.id]


@contextmanager
def bidding() -> Iterator[Bidding]:
    """Contests are opened here, whoever opens them otherwise."""
    providers, stand_in = contests.BIDDING.providers, Bidding()
    before = providers[PricingMode.LISTED]
    providers[PricingMode.LISTED] = stand_in
    try:
        yield stand_in
    finally:
        providers[PricingMode.LISTED] = before


async def competitive_draft(world: World, seller: Party, conditions: Json | None = None, **overrides: Any) -> Json:
    """A draft with its conditions; `overrides` are the listing's."""
    draft = await draft_listing(world, seller, **(COMPETITIVE | overrides))
    body = CONDITIONS | (conditions or {})
    await world.api.ok("PUT", f"/v1/listings/{draft['id']}/listed-conditions", seller, json=body)
    return draft


async def competitive_listing(world: World, seller: Party, conditions: Json | None = None, **overrides: Any) -> Json:
    """A published competitive listing, whose notice runs."""
    draft = await competitive_draft(world, seller, conditions, **overrides)
    await world.api.ok("POST", f"/v1/listings/{draft['id']}/submission", seller)
    made: Json = await world.api.ok("POST", f"/v1/listings/{draft['id']}/publication", world.operator)
    return made


def registration_body(listing: Json, **overrides: Any) -> Json:
    """A registration for what is published."""
    return {"listing_version": listing["version"], "meets_conditions": True} | overrides


async def registered(world: World, buyer: Party, listing: Json, **overrides: Any) -> Json:
    """A registration whose deposit is asked for."""
    path = f"/v1/listings/{listing['id']}/registrations"
    made: Json = await world.api.ok("POST", path, buyer, json=registration_body(listing, **overrides))
    return made


async def deposits(world: World, caller: Party, listing: Json) -> list[Json]:
    """The deposits for a listing that a caller sees, newest first."""
    found = await world.api.ok("GET", f"/v1/deposits?subject_id={listing['id']}&limit=100", caller)
    items: list[Json] = found["items"]
    return items


async def paid(world: World, buyer: Party, listing: Json, **overrides: Any) -> Json:
    """The buyer's newest deposit, after the bank has confirmed it."""
    deposit = (await deposits(world, buyer, listing))[0]
    facts = {"amount": deposit["required_amount"], "purpose_reference": deposit["number"]} | overrides
    body = await confirmation_body(world, **facts)
    await world.api.ok("POST", "/v1/bank-confirmations", world.operator, json=body)
    return (await deposits(world, buyer, listing))[0]


async def judged(world: World, judge: Party, registration: Json, outcome: str = "qualified") -> Json:
    """The registration after a decision."""
    path = f"/v1/listing-registrations/{registration['id']}/qualification"
    made: Json = await world.api.ok("POST", path, judge, json={"outcome": outcome, "reason": "示例理由"})
    return made


async def qualified(world: World, seller: Party, buyer: Party, listing: Json, **overrides: Any) -> Json:
    """A registrant that is paid and qualified by both."""
    registration = await registered(world, buyer, listing, **overrides)
    await paid(world, buyer, listing)
    await judged(world, seller, registration)
    return await judged(world, world.operator, registration)


async def read(world: World, caller: Party | None, listing: Json) -> Json:
    """The listing as it stands now."""
    found: Json = await world.api.ok("GET", f"/v1/listings/{listing['id']}", caller)
    return found


async def sale(world: World, listing: Json, caller: Party | None = None) -> Json:
    """How far the sale has come; as the operator sees it, or who is named."""
    found: Json = await world.api.ok("GET", f"/v1/listings/{listing['id']}/listed-sale", caller or world.operator)
    return found


async def registration_now(world: World, registration: Json) -> Json:
    """A registration as the operator sees it now."""
    found: Json = await world.api.ok("GET", f"/v1/listing-registrations/{registration['id']}", world.operator)
    return found


async def work(world: World) -> None:
    """Let the worker run until nothing is due."""
    while await run_due(world.database):
        pass


async def end_of(world: World, listing: Json) -> datetime:
    """When the listing closes, as it stands now."""
    return datetime.fromisoformat((await read(world, world.operator, listing))["closes_at"])


async def notice_over(world: World, listing: Json) -> None:
    """Move the clock to the end of what runs and let the worker come round."""
    await move_clock_to(world, await end_of(world, listing))
    await work(world)


async def deals_of(world: World, listing: Json) -> list[Json]:
    """Every deal on a listing, as the operator sees them."""
    found = await world.api.ok("GET", f"/v1/deals?listing_id={listing['id']}", world.operator)
    items: list[Json] = found["items"]
    return items


async def errors(world: World) -> list[str]:
    """What handlers of deadlines failed with."""
    async with world.database.reading() as session:
        statement = "SELECT kind || ': ' || last_error FROM deadlines WHERE last_error NOT IN ('cancelled')"
        return list((await session.execute(text(statement))).scalars())


@pytest.fixture
def stand_in() -> Iterator[Bidding]:
    """The auctions' stand-in."""
    with bidding() as opened:
        yield opened


async def statuses(world: World, listing: Json) -> dict[str, str]:
    return {row["organisation_id"]: row["status"] for row in await deposits(world, world.operator, listing)}


async def told(world: World, caller: Party, kind: str) -> list[Json]:
    """What a caller's feed holds of a type. The feed itself shows only what is committed."""
    async with world.database.reading() as session:
        statement = "SELECT payload FROM events WHERE type = :kind AND audiences && CAST(:own AS uuid[]) ORDER BY seq"
        own = [events.PUBLIC, *([events.OPERATOR] if caller.id is None else [caller.id])]
        return list((await session.execute(text(statement), {"kind": kind, "own": own})).scalars())
