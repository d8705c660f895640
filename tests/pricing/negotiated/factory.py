"""Negotiations for tests, brought to a state through the API."""

from datetime import datetime, timedelta
from typing import Any

from app.core.deadlines import run_due
from tests.market.listings.factory import move_clock_to, published_listing
from tests.support.world import Party, World

Json = dict[str, Any]
CHINA: Json = {"countries": ["CN"]}


def lump_sum(amount: str = "900000.00") -> Json:
    """A price in one payment."""
    return {"kind": "lump_sum", "amount": amount}


def terms(*payment: Json, **overrides: Any) -> Json:
    """Terms for the mainland; without payments a lump sum."""
    return {"payment": list(payment) or [lump_sum()], "territory": CHINA} | overrides


async def now(world: World) -> datetime:
    """The exchange's time."""
    return datetime.fromisoformat((await world.api.ok("GET", "/v1/clock"))["server_time"])


async def offer_body(world: World, *, days: float = 5, **overrides: Any) -> Json:
    """An offer that stands for some days."""
    return {"terms": terms(), "expires_at": (await now(world) + timedelta(days=days)).isoformat()} | overrides


async def negotiated_listing(world: World, seller: Party, **overrides: Any) -> Json:
    """A published listing whose price is negotiated."""
    return await published_listing(world, seller, pricing_mode="negotiated", allocation=None, **overrides)


async def opened(world: World, buyer: Party, listing: Json, **overrides: Any) -> Json:
    """A negotiation with the buyer's first offer; `overrides` are the offer's."""
    body = await offer_body(world, **overrides)
    made: Json = await world.api.ok("POST", f"/v1/listings/{listing['id']}/negotiations", buyer, json=body)
    return made


async def accepted(world: World, party: Party, negotiation: Json) -> Json:
    """The negotiation after a party accepted the offer it was shown."""
    body = {"offer_id": negotiation["last_offer"]["id"]}
    path = f"/v1/negotiations/{negotiation['id']}/acceptance"
    made: Json = await world.api.ok("POST", path, party, json=body)
    return made


async def agreed(world: World, seller: Party, buyer: Party, **overrides: Any) -> Json:
    """A negotiation on a fresh listing, agreed at the buyer's first offer; `overrides` are the listing's."""
    offer = {key: overrides.pop(key) for key in ("terms", "buyers", "days") if key in overrides}
    listing = await negotiated_listing(world, seller, **overrides)
    return await accepted(world, seller, await opened(world, buyer, listing, **offer))


async def read(world: World, party: Party, negotiation: Json) -> Json:
    """The negotiation as it stands now."""
    found: Json = await world.api.ok("GET", f"/v1/negotiations/{negotiation['id']}", party)
    return found


async def notice_over(world: World, negotiation: Json) -> None:
    """Move the clock to the end of the notice and let the worker run until nothing is due."""
    await move_clock_to(world, datetime.fromisoformat(negotiation["notice_ends_at"]))
    while await run_due(world.database):
        pass


async def objection(world: World, party: Party, negotiation: Json) -> Json:
    """An objection to the notice of a negotiation."""
    body = {"reason": "示例:本人亦为成果完成人", "contact": "示例 13800000000"}
    made: Json = await world.api.ok("POST", f"/v1/notices/{negotiation['notice_id']}/objections", party, json=body)
    return made


async def decided(world: World, filed: Json, outcome: str) -> Json:
    """The objection after the operator's decision."""
    body = {"outcome": outcome, "statement": "示例决定"}
    made: Json = await world.api.ok("POST", f"/v1/objections/{filed['id']}/decision", world.operator, json=body)
    return made
