"""Deals for tests, made through the API."""

from typing import Any

from tests.market.listings.factory import published_listing, today
from tests.support.world import Party, World


async def purchase(world: World, buyer: Party, listing: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The deal of a buyer who takes a published listing at its price."""
    body = {"price": listing["published"]["asking_price"], "listing_version": listing["version"]} | more
    made: dict[str, Any] = await world.api.ok("POST", f"/v1/listings/{listing['id']}/purchase", buyer, json=body)
    return made


async def agreed_deal(world: World, seller: Party, buyer: Party, **overrides: Any) -> dict[str, Any]:
    """A deal at a fixed price on a fresh listing; `overrides` are the listing's, such as `agency_id`."""
    return await purchase(world, buyer, await published_listing(world, seller, **overrides))


async def recorded_body(world: World, seller: Party, buyer: Party, **overrides: Any) -> dict[str, Any]:
    """A deal concluded elsewhere today."""
    return {
        "subject": "示例成果转让",
        "pricing_mode": "negotiated",
        "transfer_mode": "assignment",
        "price": "2000000.00",
        "agreed_on": (await today(world)).isoformat(),
        "source_url": "https://example.org/notice/1",
        "sellers": [{"organisation_id": str(seller.id), "share": "1"}],
        "buyers": [{"organisation_id": str(buyer.id), "share": "1"}],
        "agencies": [],
    } | overrides


async def recorded_deal(world: World, seller: Party, buyer: Party, **overrides: Any) -> dict[str, Any]:
    """A deal concluded elsewhere, as the operator recorded it."""
    body = await recorded_body(world, seller, buyer, **overrides)
    made: dict[str, Any] = await world.api.ok("POST", "/v1/deals/recorded", world.operator, json=body)
    return made
