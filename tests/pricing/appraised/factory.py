"""Listings on an appraisal and purchase offers for tests, brought to a state through the API."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.core.deadlines import run_due
from tests.catalogue.appraisals.factory import accepted_report
from tests.catalogue.results.factory import recorded_result
from tests.market.listings.factory import draft_listing, move_clock_to, today
from tests.support.world import Party, World

Json = dict[str, Any]


async def now(world: World) -> datetime:
    """The exchange's time."""
    return datetime.fromisoformat((await world.api.ok("GET", "/v1/clock"))["server_time"])


async def named(world: World, seller: Party, listing: Json, report: Json | None) -> Json:
    """The listing after its seller named a report, or none."""
    body = {"report_id": report["id"] if report else None}
    path = f"/v1/listings/{listing['id']}/appraisal"
    made: Json = await world.api.ok("PUT", path, seller, json=body, headers={"If-Match": "*"})
    return made


async def drafted_on_report(world: World, seller: Party, **overrides: Any) -> tuple[Json, Json]:
    """A draft that names an accepted report of 1 000 000, and the report.

    `valid_for` are the days the report may still be used after today, `result` the result's facts; the other overrides
    are the listing's.
    """
    valid_for, facts = overrides.pop("valid_for", None), overrides.pop("result", {})
    base_date = await today(world)
    if valid_for is not None:
        base_date = (base_date + timedelta(days=valid_for)).replace(year=base_date.year - 1)
    mode = {"pricing_mode": "appraised", "allocation": None} | overrides
    result = await recorded_result(world, seller, **facts)
    number = f"示例 {result['number']}"
    report = await accepted_report(
        world, seller, result_id=result["id"], number=number, base_date=base_date.isoformat()
    )
    draft = await draft_listing(world, seller, result_id=result["id"], **mode)
    return await named(world, seller, draft, report), report


async def published(world: World, seller: Party, draft: Json) -> Json:
    """A draft on offer, as the operator sees it."""
    await world.api.ok("POST", f"/v1/listings/{draft['id']}/submission", seller)
    made: Json = await world.api.ok("POST", f"/v1/listings/{draft['id']}/publication", world.operator)
    return made


async def appraised_listing(world: World, seller: Party, **overrides: Any) -> tuple[Json, Json]:
    """A published listing whose price rests on a report of 1 000 000, and the report."""
    draft, report = await drafted_on_report(world, seller, **overrides)
    return await published(world, seller, draft), report


async def another_report(world: World, seller: Party, listing: Json, value: str = "1000000.00") -> Json:
    """A further accepted report of today on the listing's result."""
    number = f"示例 {listing['id']} {await now(world)}"
    result_id = listing["published"]["result"]["id"]
    return await accepted_report(world, seller, result_id=result_id, number=number, value=value)


async def offer_body(world: World, *, days: float = 5, **overrides: Any) -> Json:
    """An offer that stands for some days."""
    expires_at = (await now(world) + timedelta(days=days)).isoformat()
    return {"price": "950000.00", "expires_at": expires_at, "abroad": False} | overrides


async def offered(world: World, buyer: Party, listing: Json, **overrides: Any) -> Json:
    """A buyer's purchase offer; `overrides` are the offer's, `days` how long it stands."""
    body = await offer_body(world, **overrides)
    made: Json = await world.api.ok("POST", f"/v1/listings/{listing['id']}/purchase-offers", buyer, json=body)
    return made


async def step(world: World, seller: Party, offer: Json, what: str) -> Json:
    """The offer after its `acceptance` or `closing`."""
    made: Json = await world.api.ok("POST", f"/v1/purchase-offers/{offer['id']}/{what}", seller)
    return made


async def read(world: World, party: Party, offer: Json) -> Json:
    """The offer as it stands now."""
    found: Json = await world.api.ok("GET", f"/v1/purchase-offers/{offer['id']}", party)
    return found


async def pass_time(world: World, moment: datetime | str) -> None:
    """Move the clock and let the worker run until nothing is due; no deadline may fail."""
    await move_clock_to(world, datetime.fromisoformat(moment) if isinstance(moment, str) else moment)
    while await run_due(world.database):
        pass
    async with world.database.reading() as session:
        failed = "SELECT kind, last_error FROM deadlines WHERE last_error <> 'cancelled'"
        assert (await session.execute(text(failed))).all() == []
