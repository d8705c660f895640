"""A result that became secret: whatever its sale had come to, nothing of it is on offer or public any longer."""

import pytest

from tests.pricing.listed.factory import (
    competitive_listing,
    deals_of,
    deposits,
    errors,
    notice_over,
    qualified,
    read,
    registration_now,
    sale,
    work,
)
from tests.support.world import World


@pytest.mark.parametrize("came_to", ["held", "lapsed"])
async def test_a_sale_that_is_held_or_has_lapsed_leaves_the_public(world: World, came_to: str) -> None:
    """Policy art. 2: what concerns a state secret is never listed; who waits for a gate has its money back."""
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller, transfer_mode="assignment")
    row = await qualified(world, seller, buyer, listing) if came_to == "held" else None
    await notice_over(world, listing)
    shown = await read(world, None, listing)
    assert shown["status"] == ("reserved" if came_to == "held" else "lapsed")
    result = f"/v1/results/{shown['published']['result']['id']}"
    await world.api.ok("PATCH", result, seller, json={"secrecy": "state_secret"}, headers={"If-Match": "*"})
    await work(world)
    await world.api.refused(404, "not_found", "GET", f"/v1/listings/{listing['id']}")
    await world.api.refused(404, "not_found", "GET", f"/v1/listings/{listing['id']}/versions/1")
    assert (await read(world, seller, listing))["status"] == "withdrawn"
    assert (await sale(world, listing))["phase"] == "ended"
    assert await deals_of(world, listing) == []
    assert [deposit["status"] for deposit in await deposits(world, world.operator, listing)] == (
        ["release_due"] if row else []
    )
    assert row is None or (await registration_now(world, row))["status"] == "lapsed"
    assert await errors(world) == []
