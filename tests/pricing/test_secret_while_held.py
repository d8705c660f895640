"""A listing held for a buyer without a deal yet, whose result becomes secret: it leaves the public at once."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.pricing.appraised import factory as appraised
from tests.pricing.listed.factory import errors, work
from tests.pricing.negotiated import factory as negotiated
from tests.support.world import Party, World

Json = dict[str, Any]


async def agreed(world: World, seller: Party, buyer: Party) -> tuple[str, str]:
    made = await negotiated.agreed(world, seller, buyer)
    return made["listing_id"], f"/v1/negotiations/{made['id']}"


async def accepted(world: World, seller: Party, buyer: Party) -> tuple[str, str]:
    """An assignment, whose completers are offered it first."""
    listing, _ = await appraised.appraised_listing(world, seller, transfer_mode="assignment")
    offer = await appraised.offered(world, buyer, listing)
    await appraised.step(world, seller, offer, "acceptance")
    return listing["id"], f"/v1/purchase-offers/{offer['id']}"


@pytest.mark.parametrize("held", [agreed, accepted])
async def test_it_ends_and_leaves_the_public(
    world: World, held: Callable[[World, Party, Party], Awaitable[tuple[str, str]]]
) -> None:
    """Policy art. 2: what concerns a state secret is never listed, so it does not wait for a notice or a gate."""
    seller, buyer = await world.institution(), await world.enterprise()
    listing_id, path = await held(world, seller, buyer)
    shown = await world.api.ok("GET", f"/v1/listings/{listing_id}")
    assert shown["status"] == "reserved"
    result = f"/v1/results/{shown['published']['result']['id']}"
    await world.api.ok("PATCH", result, seller, json={"secrecy": "state_secret"}, headers={"If-Match": "*"})
    await work(world)
    assert (await world.api.ok("GET", path, buyer))["status"] == "refused"
    await world.api.refused(404, "not_found", "GET", f"/v1/listings/{listing_id}")
    assert (await world.api.ok("GET", f"/v1/listings/{listing_id}", seller))["status"] == "withdrawn"
    assert await errors(world) == []
