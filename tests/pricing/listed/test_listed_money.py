"""Money of a competitive sale that went astray: none stays where no command reaches it."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.contracts.settlement.factory import open_requests, settlement, signed
from tests.office.ledger.factory import balances
from tests.pricing.listed.factory import (
    competitive_listing,
    deals_of,
    deposits,
    errors,
    notice_over,
    paid,
    qualified,
    work,
)
from tests.support.world import Party, World

Json = dict[str, Any]


async def taken_back(world: World) -> None:
    """The bank took the money of the one deposit back after it had confirmed it."""
    async with world.database.reading() as session:
        found = await session.execute(text("SELECT id FROM bank_confirmations WHERE deposit_id IS NOT NULL"))
        confirmation = found.scalar_one()
    path = f"/v1/bank-confirmations/{confirmation}/reversal"
    await world.api.ok("POST", path, world.operator, json={"reason": "示例退票"})


async def sold(world: World) -> tuple[Party, Party, Json, Json]:
    """A sale at the asking price whose winner's deposit the bank took back after the deal."""
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    await qualified(world, seller, buyer, listing)
    await notice_over(world, listing)
    await taken_back(world)
    (deal,) = await deals_of(world, listing)
    return seller, buyer, listing, deal


@pytest.mark.parametrize("again", [True, False])
async def test_a_winners_deposit_that_is_not_held_goes_back_at_the_contract(world: World, again: bool) -> None:
    """It came late, so it was never accepted: the price is asked for whole, and the deposit owed back or cancelled."""
    seller, buyer, listing, deal = await sold(world)
    if again:
        assert (await paid(world, buyer, listing))["status"] == "received"
    await signed(world, deal, seller, buyer, payment_terms="lump_sum")
    (deposit,) = await deposits(world, buyer, listing)
    assert deposit["status"] == ("release_due" if again else "cancelled")
    asked = [row["amount"] for row in open_requests(await settlement(world, deal)) if row["kind"] == "price_due"]
    assert asked == [deal["price"]]
    kept = {key: amount for key, amount in (await balances(world)).items() if key.startswith("deposit")}
    assert kept == ({"deposit_repayable": "100000.00"} if again else {})


@pytest.mark.parametrize("again", [True, False])
async def test_a_winners_deposit_that_is_not_held_goes_back_when_the_deal_ends(world: World, again: bool) -> None:
    _, buyer, listing, deal = await sold(world)
    if again:
        await paid(world, buyer, listing)
    await world.api.ok("POST", f"/v1/deals/{deal['id']}/cancellation", buyer, json={"reason": "示例"})
    await work(world)
    (deposit,) = await deposits(world, buyer, listing)
    assert deposit["status"] == ("release_due" if again else "cancelled")
    assert await errors(world) == []
