"""Award runs for tests, computed and published through the API on contracts that were really recorded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.contracts.factory import (
    agency_part,
    contractable_deal,
    recorded_payment,
    registered_contract,
)
from tests.market.listings.factory import WUHAN_TIME, move_clock_to, today
from tests.support.world import Party, World

Json = dict[str, Any]


@dataclass(frozen=True)
class Sale:
    """Who took part in a sale, and its registered contract."""

    seller: Party
    buyer: Party
    agency: Party
    broker: Party
    contract: Json


async def sale(world: World, **more: Any) -> Sale:
    """A registered transfer for 1 000 000 of which 800 000 is technology, with an agency and its broker.

    `more` replaces fields of the contract, the `seller` or the `buyer`, and of its deal the `price` (2 000 000) and the
    `transfer_mode`.
    """
    seller = more.pop("seller", None) or await world.institution()
    buyer = more.pop("buyer", None) or await world.enterprise()
    agency = await world.agency()
    broker = await world.broker(agency)
    parts: Json = {"agencies": [agency_part(agency, [broker])], "agency_service": "居间撮合"}
    of_deal = {name: more.pop(name) for name in ("price", "transfer_mode") if name in more}
    if of_deal:
        parts["deal"] = await deal_with_agency(world, seller, buyer, agency, **of_deal)
    contract = await registered_contract(world, seller, buyer, **(parts | more))
    return Sale(seller, buyer, agency, broker, contract)


async def paid(world: World, made: Sale, amount: str, **overrides: Any) -> Json:
    """A payment on the sale's contract, invoiced in full."""
    now = (await world.api.ok("GET", "/v1/clock"))["server_time"]
    invoice = {"number": f"FP-{now}", "amount": amount, "issued_on": (await today(world)).isoformat()}
    return await recorded_payment(
        world, made.contract, made.seller, made.buyer, amount, **({"invoice": invoice} | overrides)
    )


async def computed_run(world: World, year: int | None = None) -> Json:
    """A draft of a year's awards, by default the current one."""
    body = {"year": year or (await today(world)).year}
    run: Json = await world.api.ok("POST", "/v1/award-runs", world.award_officer, json=body)
    return run


def amounts(run: Json) -> dict[tuple[str, str], str]:
    """Organisation and role to what a run awards."""
    return {(s["organisation_id"], s["role"]): s["total"] for s in run["statements"]}


def codes(run: Json) -> set[str]:
    """Why a run says that something earned nothing."""
    return {exclusion["code"] for exclusion in run["exclusions"]}


async def next_year(world: World) -> int:
    """Move the clock to half past midnight of the next 1 January in the city; answers the year."""
    year = (await today(world)).year + 1
    await move_clock_to(world, datetime(year, 1, 1, 0, 30, tzinfo=WUHAN_TIME))
    return year


async def published_run(world: World, year: int) -> Json:
    """The run of a year that has ended, computed and published."""
    run = await computed_run(world, year)
    published: Json = await world.api.ok("POST", f"/v1/award-runs/{run['id']}/publication", world.award_officer)
    return published


async def estimate_of(world: World, party: Party, deal: Json, **query: Any) -> Json:
    """What a deal would earn."""
    path = f"/v1/deals/{deal['id']}/award-estimate"
    found: Json = await world.api.ok("GET", path, party, params=query)
    return found


async def deal_with_agency(world: World, seller: Party, buyer: Party, agency: Party, **overrides: Any) -> Json:
    """A deal concluded elsewhere, which an agency served."""
    part = {"organisation_id": str(agency.id), "share": "1"}
    return await contractable_deal(world, seller, buyer, agencies=[part], **overrides)
