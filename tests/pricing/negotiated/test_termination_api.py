"""An agreed negotiation that cannot go on: nobody is bound for good by somebody's silence."""

from tests.market.listings.factory import draft_listing
from tests.pricing.listed.factory import errors, work
from tests.pricing.negotiated.factory import agreed, notice_over, read
from tests.support.world import World

REASON = {"reason": "示例:联合受让方逾期未答复"}


async def test_the_operator_ends_what_nobody_else_can(world: World) -> None:
    """A joint buyer never consents: the notice is over, neither side can leave, and the listing is held."""
    seller, lead, silent = await world.institution(), await world.enterprise(), await world.enterprise()
    halves = [{"organisation_id": str(party.id), "share": "0.5"} for party in (lead, silent)]
    negotiation = await agreed(world, seller, lead, buyers=halves)
    await notice_over(world, negotiation)
    path = f"/v1/negotiations/{negotiation['id']}"
    for party in (seller, lead):
        problem = await world.api.refused(409, "gate_open", "POST", f"{path}/closing", party)
        assert [gate["kind"] for gate in problem["gates"]] == ["co_buyer_consent"]
        await world.api.refused(409, "negotiation_not_open", "POST", f"{path}/withdrawal", party, json=REASON)
        await world.api.refused(403, "forbidden", "POST", f"{path}/termination", party, json=REASON)
    ended = await world.api.ok("POST", f"{path}/termination", world.operator, json=REASON)
    assert set(ended) == {"id", "number", "status", "status_reason", "server_time"}, "offers stay private"
    assert (await read(world, lead, negotiation))["status_reason"] == REASON["reason"]
    assert (await world.api.ok("GET", f"/v1/listings/{negotiation['listing_id']}"))["status"] == "published"
    await work(world)
    await world.api.refused(409, "negotiation_not_open", "POST", f"{path}/termination", world.operator, json=REASON)
    assert await errors(world) == []


async def test_what_is_not_agreed_or_not_there_is_not_ended(world: World) -> None:
    listing = await draft_listing(world, await world.institution())
    path = f"/v1/negotiations/{listing['id']}/termination"
    await world.api.refused(404, "not_found", "POST", path, world.operator, json=REASON)
