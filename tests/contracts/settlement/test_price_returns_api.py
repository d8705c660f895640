"""The price of a contract that ended goes back to its buyer: no money stays where no command reaches it."""

from decimal import Decimal
from uuid import UUID

import pytest

from tests.contracts.factory import registered_contract, registration_step
from tests.contracts.settlement.factory import Json, all_paid, issued, open_requests, paid, settlement, signed, worked
from tests.market.deals.factory import agreed_deal
from tests.office.ledger.factory import balances, confirmed, held_deposit
from tests.support.world import Party, World


async def ended(world: World, seller: Party, contract: Json) -> None:
    """The contract was registered, and has ended with its registration."""
    await registered_contract(world, seller, seller, contract=contract)
    await registration_step(world, contract, "cancellation", world.registrar, reason="解除", contract_ended=True)
    await worked(world)


async def paid_up(world: World) -> tuple[Party, Party, Json, Json]:
    """A deal for 1 000 000: 50 000 as deposit, of which 10 000 is the buyer's fee, the rest through the exchange."""
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    await held_deposit(world, buyer, ("listing", UUID(deal["listing_id"])), Decimal(50000))
    contract = await signed(world, deal, seller, buyer, payment_terms="lump_sum")
    await paid(world, open_requests(await settlement(world, deal))[0])
    return seller, buyer, deal, contract


def body(buyer: Party, amount: str) -> Json:
    return {"organisation_id": str(buyer.id), "amount": amount, "reason": "示例解除协议第 3 条"}


async def test_the_price_goes_back_once_the_contract_has_ended(world: World) -> None:
    seller, buyer, deal, contract = await paid_up(world)
    path = f"/v1/deals/{deal['id']}/price-returns"
    problem = await world.api.refused(
        409, "price_return_not_due", "POST", path, world.operator, json=body(buyer, "1.00")
    )
    assert (problem["rule"]["article"], contract["number"] in problem["detail"]) == ("566", True)
    await ended(world, seller, contract)
    assert (await settlement(world, deal))["gathered"] == "1000000.00"
    await world.api.refused(422, "unknown_reference", "POST", path, world.operator, json=body(seller, "1.00"))
    problem = await world.api.refused(
        422, "more_than_held", "POST", path, world.operator, json=body(buyer, "1000000.01")
    )
    assert "1000000.00" in problem["remedy"]
    made = await world.api.ok("POST", path, world.operator, json=body(buyer, "400000.00"))
    assert (made["kind"], made["status"], made["organisation_id"]) == ("price_return", "open", str(buyer.id))
    shown = await settlement(world, deal, buyer)
    (payer,) = shown["payers"]
    assert (payer["returned"], payer["left"], shown["gathered"]) == ("400000.00", "400000.00", "600000.00")
    await world.api.refused(422, "more_than_held", "POST", path, world.operator, json=body(buyer, "600000.01"))
    rest = await world.api.ok("POST", path, world.operator, json=body(buyer, "600000.00"))
    for out in (made, rest):
        await confirmed(world, direction="out", amount=out["amount"], purpose_reference=out["number"])
    kept = await balances(world)
    assert (kept["bank"], kept.get("price_settlement"), kept.get("seller_payable")) == ("10000.00", None, None)


async def test_what_went_back_has_not_arrived_for_a_contract_that_is_signed_anew(world: World) -> None:
    """The deal is still there: a new contract asks for what went back, and its certificate waits for it."""
    seller, buyer, deal, contract = await paid_up(world)
    await ended(world, seller, contract)
    path = f"/v1/deals/{deal['id']}/price-returns"
    await world.api.ok("POST", path, world.operator, json=body(buyer, "400000.00"))
    await signed(world, deal, seller, buyer, payment_terms="lump_sum")
    await worked(world)
    shown = await settlement(world, deal)
    assert [row["amount"] for row in open_requests(shown) if row["kind"] == "price_due"] == ["400000.00"]
    assert [row["kind"] for row in shown["conditions"] if not row["holds"]] == ["price_arrived", "fees_paid"]
    await world.api.refused(409, "price_return_not_due", "POST", path, world.operator, json=body(buyer, "1.00"))
    await all_paid(world, deal)
    made = await issued(world, deal)
    assert made["content"]["price"]["arrived"] == "1000000.00"
    payouts = [row["amount"] for row in (await settlement(world, deal))["payouts"] if row["kind"] == "price_payout"]
    assert payouts == ["1000000.00"]


async def test_what_was_paid_out_is_the_sellers_to_give_back(world: World) -> None:
    seller, buyer, deal, contract = await paid_up(world)
    await all_paid(world, deal)
    await issued(world, deal)
    await ended(world, seller, contract)
    path = f"/v1/deals/{deal['id']}/price-returns"
    problem = await world.api.refused(422, "more_than_held", "POST", path, world.operator, json=body(buyer, "0.01"))
    assert "0.00" in problem["remedy"]


async def test_nobody_is_asked_for_the_price_of_a_contract_that_ended(world: World) -> None:
    """The bank takes a payment back after the end: its instruction would wait for ever."""
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    contract = await signed(world, deal, seller, buyer, payment_terms="lump_sum")
    confirmation = await paid(world, open_requests(await settlement(world, deal))[0])
    await ended(world, seller, contract)
    path = f"/v1/bank-confirmations/{confirmation['id']}/reversal"
    await world.api.ok("POST", path, world.operator, json={"reason": "示例退票"})
    await worked(world)
    shown = await settlement(world, deal)
    assert [row["kind"] for row in open_requests(shown)] == ["fee_due", "fee_due"]
    assert shown["gathered"] == "0.00"


@pytest.mark.parametrize("who", ["buyer", "seller", "registrar", "auditor"])
async def test_only_the_operator_gives_the_price_back(world: World, who: str) -> None:
    seller, buyer, deal, _ = await paid_up(world)
    caller = {"buyer": buyer, "seller": seller, "registrar": world.registrar, "auditor": world.auditor}[who]
    path = f"/v1/deals/{deal['id']}/price-returns"
    await world.api.refused(403, "forbidden", "POST", path, caller, json=body(buyer, "1.00"))
