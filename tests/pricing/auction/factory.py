"""Auctions for tests, brought to a state through the API."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import text

from app.core.deadlines import run_due
from tests.market.listings.factory import WUHAN_TIME, move_clock_to, published_listing
from tests.office.ledger.factory import confirmed
from tests.support.world import Party, World

DEPOSIT = "50000.00"
Body = Callable[[World], Awaitable[dict[str, Any]]]


@dataclass
class Scene:
    """An announced auction with its seller and bidders, each with a paddle and a held deposit."""

    world: World
    seller: Party
    listing: dict[str, Any]
    auction: dict[str, Any]
    bidders: list[Party]

    @property
    def id(self) -> str:
        return str(self.auction["id"])

    @property
    def path(self) -> str:
        return f"/v1/auctions/{self.id}"

    async def bid(self, bidder: Party, amount: str, key: str | None = None, **body: Any) -> httpx.Response:
        """What a bid is answered."""
        headers = {"Idempotency-Key": key} if key else {}
        return await self.world.api.post(f"{self.path}/bids", bidder, json={"amount": amount, **body}, headers=headers)

    async def accepted(self, bidder: Party, amount: str, **body: Any) -> dict[str, Any]:
        """A bid that must be accepted."""
        response = await self.bid(bidder, amount, **body)
        assert response.status_code == 201, response.text
        made: dict[str, Any] = response.json()
        return made

    async def begin(self) -> None:
        """Move the clock to the start of the bidding."""
        await move_clock_to(self.world, datetime.fromisoformat(self.auction["starts_at"]))

    async def end(self) -> dict[str, Any]:
        """Move the clock to the end and let the worker come round; answers the auction as the seller sees it."""
        now = await self.shown()
        await move_clock_to(self.world, datetime.fromisoformat(now["ends_at"]))
        await run_due(self.world.database)
        return await self.shown()

    async def shown(self, caller: Party | None = None) -> dict[str, Any]:
        body: dict[str, Any] = await self.world.api.ok("GET", self.path, caller or self.seller)
        return body


async def auction_body(world: World, **overrides: Any) -> dict[str, Any]:
    """Ascending from 100 000 by 1 000, announced long enough, viewing in time."""
    now = datetime.fromisoformat((await world.api.ok("GET", "/v1/clock"))["server_time"]).astimezone(WUHAN_TIME)
    start = (now + timedelta(days=8)).replace(hour=10, minute=0, second=0, microsecond=0)
    return {
        "form": "english",
        "starting_price": "100000.00",
        "ladder": [{"from_price": "0.00", "step": "1000.00"}, {"from_price": "200000.00", "step": "5000.00"}],
        "starts_at": start.isoformat(),
        "free_until": (start + timedelta(hours=2)).isoformat(),
        "window_seconds": 300,
        "deposit_amount": DEPOSIT,
        "viewing_from": (start.date() - timedelta(days=3)).isoformat(),
        "viewing_to": (start.date() - timedelta(days=1)).isoformat(),
    } | overrides


async def sealed_body(world: World, **overrides: Any) -> dict[str, Any]:
    """One sealed bid each, until two hours after the start."""
    return await auction_body(world, **{"form": "sealed", "ladder": [], "window_seconds": None} | overrides)


async def dutch_body(world: World, **overrides: Any) -> dict[str, Any]:
    """From 200 000 down by 10 000 every ten minutes, not below 100 000."""
    return await auction_body(
        world,
        **{
            "form": "dutch",
            "starting_price": "200000.00",
            "ladder": [{"from_price": "0.00", "step": "10000.00"}],
            "window_seconds": None,
            "step_every_seconds": 600,
            "price_floor": "100000.00",
        }
        | overrides,
    )


async def auction_listing(world: World, seller: Party, **overrides: Any) -> dict[str, Any]:
    """A published listing whose price an auction finds."""
    return await published_listing(world, seller, pricing_mode="auction", allocation=None, **overrides)


async def proposed_auction(
    world: World, seller: Party, listing: dict[str, Any], body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An auction that waits for its announcement."""
    path = f"/v1/listings/{listing['id']}/auction"
    made: dict[str, Any] = await world.api.ok("POST", path, seller, json=body or await auction_body(world))
    return made


async def registered(world: World, auction_id: str, bidder: Party, version: int = 1) -> dict[str, Any]:
    """A bidder that has not paid yet."""
    body = {"listing_version": version, "terms_accepted": True}
    made: dict[str, Any] = await world.api.ok("POST", f"/v1/auctions/{auction_id}/bidders", bidder, json=body)
    return made


async def admitted(world: World, auction_id: str, bidder: Party) -> dict[str, Any]:
    """A bidder whose deposit is held."""
    made = await registered(world, auction_id, bidder)
    await confirmed(world, amount=made["deposit_amount"], purpose_reference=made["deposit_number"])
    return made


async def announced(
    world: World,
    bidders: int = 2,
    body: dict[str, Any] | None = None,
    *,
    seller: Party | None = None,
    agency: Party | None = None,
) -> Scene:
    """An announced auction whose bidding has not begun."""
    seller = seller or await world.institution()
    listing = await auction_listing(world, seller, **({"agency_id": str(agency.id)} if agency else {}))
    proposed = await proposed_auction(world, seller, listing, body)
    auction = await world.api.ok("POST", f"/v1/auctions/{proposed['id']}/announcement", world.operator)
    parties = [await world.enterprise() for _ in range(bidders)]
    for party in parties:
        await admitted(world, auction["id"], party)
    return Scene(world, seller, listing, auction, parties)


async def running(world: World, bidders: int = 2, body: dict[str, Any] | None = None) -> Scene:
    """An auction whose bidding has begun."""
    scene = await announced(world, bidders, body)
    await scene.begin()
    return scene


async def with_a_bid_to_void(world: World, seller: Party, asker: Party) -> dict[str, str]:
    """The path of a voiding that was asked for: its auction stands still, for the bidder that leads was suspended."""
    scene, bidder = await announced(world, 0, seller=seller), await world.enterprise()
    await admitted(world, scene.id, bidder)
    begun = "shift = '-30 days', starts_at = starts_at - interval '30 days', ends_at = techex_now() + interval '1 hour'"
    async with world.database.transaction() as session:
        await session.execute(text(f"UPDATE auctions SET {begun} WHERE id = :id"), {"id": scene.id})
    bid = await scene.accepted(bidder, "100000.00")
    finding = {"verification": "suspended", "reason": "示例"}
    await world.api.ok("POST", f"/v1/organisations/{bidder.id}/verification", world.operator, json=finding)
    await run_due(world.database)
    body = {"seqs": [bid["seq"]], "ground": "organisation_stopped", "reason": "示例"}
    asked = await world.api.ok("POST", f"{scene.path}/voidings", asker, json=body)
    return {"auction_id": scene.id, "voiding_id": asked["id"]}


async def sold_at_once(world: World, seller: Party, buyer: Party) -> dict[str, str]:
    """The path of an auction that was sold to the buyer, without moving the clock: its times lie behind."""
    scene = await announced(world, 0, seller=seller)
    await admitted(world, scene.id, buyer)
    begun = "shift = '-30 days', starts_at = starts_at - interval '30 days', ends_at = techex_now() + interval '1 hour'"
    async with world.database.transaction() as session:
        await session.execute(text(f"UPDATE auctions SET {begun} WHERE id = :id"), {"id": scene.id})
    await scene.accepted(buyer, "100000.00")
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE auctions SET ends_at = starts_at WHERE id = :id"), {"id": scene.id})
        await session.execute(
            text("UPDATE deadlines SET next_attempt_at = techex_now() WHERE subject_id = :id"), {"id": scene.id}
        )
    await run_due(world.database)
    return {"auction_id": scene.id}
