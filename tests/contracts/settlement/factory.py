"""Deals under contract with their settlement, brought to a state through the API."""

from typing import Any

from app.core.deadlines import run_due
from tests.contracts.factory import contract_body, sign
from tests.market.deals.factory import agreed_deal
from tests.office.ledger.factory import confirmed
from tests.support.world import Party, World

Json = dict[str, Any]


async def signed(world: World, deal: Json, seller: Party, buyer: Party, **contract: Any) -> Json:
    """The contract of a deal for all of its price, signed by both."""
    price = deal["price"]
    body = await contract_body(
        world, deal, seller, buyer,
        **({"type": "licence", "total_amount": price, "technical_amount": price, "deductions": []} | contract),
    )  # fmt: skip
    made: Json = await world.api.ok("POST", "/v1/contracts", seller, json=body)
    await sign(world, made, seller)
    return await sign(world, made, buyer)


async def contracted(
    world: World, seller: Party, buyer: Party, *, payment_terms: str = "lump_sum", **listing: Any
) -> Json:
    """A deal at a fixed price whose contract is signed."""
    deal = await agreed_deal(world, seller, buyer, **listing)
    await signed(world, deal, seller, buyer, payment_terms=payment_terms)
    return deal


async def settlement(world: World, deal: Json, party: Party | None = None) -> Json:
    """The settlement of a deal as it stands."""
    found: Json = await world.api.ok("GET", f"/v1/deals/{deal['id']}/settlement", party or world.operator)
    return found


def open_requests(shown: Json) -> list[Json]:
    """What a settlement still asks for: price and fees, in order."""
    asked = [row for payer in shown["payers"] for row in payer["requests"]]
    asked += [fee["instruction"] for fee in shown["fees"] if fee["instruction"]]
    return [row for row in asked if row["status"] == "open"]


async def paid(world: World, instruction: Json) -> Json:
    """An instruction whose exact amount the bank confirmed."""
    return await confirmed(world, amount=instruction["amount"], purpose_reference=instruction["number"])


async def worked(world: World) -> None:
    """Let the worker run until nothing is due."""
    while await run_due(world.database):
        pass


async def all_paid(world: World, deal: Json) -> None:
    """Everything that a settlement asks for has been paid through the exchange, and the worker has seen it."""
    for row in open_requests(await settlement(world, deal)):
        await paid(world, row)
    await worked(world)


async def issued(world: World, deal: Json) -> Json:
    """The certificate of a deal whose conditions hold."""
    made: Json = await world.api.ok("POST", f"/v1/deals/{deal['id']}/certificate", world.operator)
    return made
