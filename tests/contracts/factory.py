"""Contracts for tests, brought to a state through the API."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.market.deals.factory import recorded_deal
from tests.market.listings.factory import today
from tests.support.world import Party, World

Json = dict[str, Any]


def whole(party: Party, **more: Any) -> Json:
    """A party alone on its side."""
    return {"organisation_id": str(party.id), "share": "1", **more}


def broker_share(broker: Party, share: str = "1") -> Json:
    return {"broker_id": str(broker.broker_id), "share": share}


def agency_part(agency: Party, brokers: Sequence[Party] = ()) -> Json:
    """An agency alone, its brokers sharing equally (1, 2, 4 or 5 of them)."""
    return whole(agency, brokers=[broker_share(broker, str(1 / len(brokers))) for broker in brokers])


async def contract_body(world: World, deal: Json, seller: Party, buyer: Party, **overrides: Any) -> Json:
    """A transfer for 1 000 000 of which 800 000 is technology, valid from today."""
    return {
        "deal_id": deal["id"],
        "type": "transfer",
        "name": "示例光学检测技术转让合同",
        "technical_field": "advanced_manufacturing",
        "industry_code": "C4040",
        "valid_from": (await today(world)).isoformat(),
        "payment_terms": "instalments",
        "total_amount": "1000000.00",
        "technical_amount": "800000.00",
        "deductions": [{"kind": "equipment", "description": "示例设备", "amount": "200000.00"}],
        "sellers": [whole(seller)],
        "buyers": [whole(buyer)],
    } | overrides


async def contractable_deal(world: World, seller: Party, buyer: Party, **overrides: Any) -> Json:
    """A deal concluded elsewhere: an assignment for 2 000 000, agreed today."""
    return await recorded_deal(world, seller, buyer, **overrides)


async def drafted_contract(world: World, seller: Party, buyer: Party, *, deal: Json | None = None, **more: Any) -> Json:
    """A draft on a deal of its own, or on the one given; `more` replaces fields of the contract."""
    if deal is None:
        deal = await contractable_deal(world, seller, buyer, agencies=_only_parties(more.get("agencies", [])))
    body = await contract_body(world, deal, seller, buyer, **more)
    made: Json = await world.api.ok("POST", "/v1/contracts", seller, json=body)
    return made


def _only_parties(agencies: list[Json]) -> list[Json]:
    return [{key: agency[key] for key in ("organisation_id", "share")} for agency in agencies]


async def draft_of(world: World, deal: Json, party: Party) -> Json:
    """The contract as it follows from a deal."""
    found: Json = await world.api.ok("GET", f"/v1/deals/{deal['id']}/contract-draft", party)
    return found


async def sign(world: World, contract: Json, party: Party, signed_on: date | None = None) -> Json:
    """A party's signature of the contract as it stands now."""
    current = await world.api.ok("GET", f"/v1/contracts/{contract['id']}", party)
    day = signed_on or await today(world)
    signed: Json = await world.api.ok(
        "POST",
        f"/v1/contracts/{contract['id']}/signature",
        party,
        json={"signed_on": day.isoformat()},
        headers={"If-Match": f'"{current["revision"]}"'},
    )
    return signed


async def signed_contract(
    world: World, seller: Party, buyer: Party, *, signed_on: date | None = None, **more: Any
) -> Json:
    """A contract that one seller and one buyer have signed, today unless said otherwise.

    For a day in the past give `valid_from` too, and a deal recorded as agreed by then.
    """
    contract = await drafted_contract(world, seller, buyer, **more)
    await sign(world, contract, seller, signed_on)
    return await sign(world, contract, buyer, signed_on)


async def registration_step(world: World, contract: Json, step: str, party: Party, **body: Any) -> Json:
    """`""` applies; `acceptance`, `supplement-request`, `resubmission`, `approval`, `refusal`, `cancellation`."""
    path = f"/v1/contracts/{contract['id']}/registration" + (f"/{step}" if step else "")
    answer: Json = await world.api.ok("POST", path, party, json=body)
    return answer


async def registered_contract(
    world: World, seller: Party, buyer: Party, *, contract: Json | None = None, **more: Any
) -> Json:
    """A signed and registered contract; the registration is in its `registration`."""
    contract = contract or await signed_contract(world, seller, buyer, **more)
    await registration_step(world, contract, "", seller)
    await registration_step(world, contract, "acceptance", world.registrar)
    amounts = {"total_amount": contract["total_amount"], "technical_amount": contract["technical_amount"]}
    registration = await registration_step(world, contract, "approval", world.registrar, **amounts)
    read: Json = await world.api.ok("GET", f"/v1/contracts/{contract['id']}", seller)
    return read | {"registration": registration}


async def payment_body(world: World, payer: Party, amount: str, **overrides: Any) -> Json:
    """A receipt now, with a bank reference of its own."""
    now = (await world.api.ok("GET", "/v1/clock"))["server_time"]
    return {
        "payer_id": str(payer.id),
        "amount": amount,
        "received_at": now,
        "bank_reference": f"BANK-{now}",
    } | overrides


async def recorded_payment(
    world: World, contract: Json, seller: Party, buyer: Party, amount: str, **overrides: Any
) -> Json:
    """A payment that the seller received."""
    body = await payment_body(world, buyer, amount, **overrides)
    made: Json = await world.api.ok("POST", f"/v1/contracts/{contract['id']}/payments", seller, json=body)
    return made
