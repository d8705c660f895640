"""Two at once: a deal never has two valid certificates, and none rests on money that was taken back."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

from app.contracts.certificates import service
from app.contracts.settlement import queries as settlements
from app.core.database import Session
from app.core.deadlines import run_due
from app.market.deals import queries as deals
from app.market.deals.models import Deal
from tests.contracts.settlement.factory import Json, all_paid, contracted, open_requests, paid, settlement
from tests.office.ledger.factory import balances, confirmation_body
from tests.support.world import World


async def ready(world: World) -> Json:
    """A deal whose conditions hold."""
    deal = await contracted(world, await world.institution(), await world.enterprise())
    await all_paid(world, deal)
    return deal


async def issue(world: World, deal: Json) -> tuple[int, str | None]:
    answer = await world.api.post(f"/v1/deals/{deal['id']}/certificate", world.operator)
    return answer.status_code, answer.json().get("code")


def meet(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, parties: int = 2) -> None:
    """Whoever calls the function waits until the other has come as far."""
    barrier = asyncio.Barrier(parties)
    original: Callable[..., Coroutine[Any, Any, Any]] = getattr(module, name)

    async def together(*args: Any, **kwargs: Any) -> Any:
        async with asyncio.timeout(10):
            await barrier.wait()
        return await original(*args, **kwargs)

    monkeypatch.setattr(module, name, together)


async def test_of_two_operators_one_issues(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = fresh_world
    deal = await ready(world)
    meet(monkeypatch, service, "_lock")
    answers = await asyncio.gather(*(issue(world, deal) for _ in range(2)))
    assert sorted(answers, key=str) == [(201, None), (409, "certificate_exists")]
    assert (await balances(world))["seller_payable"] == "1000000.00"


async def test_the_indexes_hold_even_where_the_lock_is_forgotten(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen that there is none; the second is refused by the index, first and after a revocation."""
    world = fresh_world
    deal = await ready(world)

    async def unlocked(session: Session, deal_id: UUID) -> Deal:
        return await deals.get_deal(session, session.info["actor"], deal_id)

    async def nothing(session: Session, deal_id: UUID) -> None:
        return None

    monkeypatch.setattr(service, "_lock", unlocked)
    monkeypatch.setattr(settlements, "lock_instructions", nothing)
    meet(monkeypatch, service, "readable_number")
    answers = await asyncio.gather(*(issue(world, deal) for _ in range(2)))
    assert sorted(answers, key=str) == [(201, None), (409, "certificate_exists")]
    (made,) = (await world.api.ok("GET", "/v1/certificates", world.operator))["items"]
    await world.api.ok("POST", f"/v1/certificates/{made['id']}/revocation", world.operator, json={"reason": "示例"})
    answers = await asyncio.gather(*(issue(world, deal) for _ in range(2)))
    assert sorted(answers, key=str) == [(201, None), (409, "certificate_exists")]


async def test_a_payment_that_arrives_beside_the_issue_is_in_it_or_after_it(fresh_world: World) -> None:
    world = fresh_world
    deal = await contracted(world, await world.institution(), await world.enterprise())
    first, *others = open_requests(await settlement(world, deal))
    for row in others:
        await paid(world, row)
    body = await confirmation_body(world, amount=first["amount"], purpose_reference=first["number"])
    confirmed, (status, code), _, _ = await asyncio.gather(
        world.api.post("/v1/bank-confirmations", world.operator, json=body),
        issue(world, deal),
        run_due(world.database),
        run_due(world.database),
    )
    assert confirmed.status_code == 201
    assert (status, code) in {(201, None), (409, "certificate_not_due")}
    while await run_due(world.database):
        pass
    held = await balances(world)
    assert (held.get("seller_payable"), held.get("price_settlement")) == (
        ("1000000.00", None) if status == 201 else (None, "1000000.00")
    )


async def test_a_reversal_beside_the_issue_waits_for_it(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The issue has read its conditions when the bank takes the price back: that waits, and finds it paid out."""
    world = fresh_world
    deal = await contracted(world, await world.institution(), await world.enterprise())
    confirmation, *_ = [await paid(world, row) for row in open_requests(await settlement(world, deal))]
    path = f"/v1/bank-confirmations/{confirmation['id']}/reversal"
    compose, reversals = service.compose, []

    async def meanwhile(*args: Any) -> Any:
        reversals.append(asyncio.create_task(world.api.post(path, world.operator, json={"reason": "示例"})))
        await asyncio.wait(reversals, timeout=0.3)
        return await compose(*args)

    monkeypatch.setattr(service, "compose", meanwhile)
    assert await issue(world, deal) == (201, None)
    assert (await reversals[0]).json()["code"] == "more_than_held"
    assert (await balances(world))["seller_payable"] == "1000000.00"


async def test_a_recorded_payment_beside_the_banks_confirmation_counts_once(fresh_world: World) -> None:
    """The buyer pays by the instruction while the seller records money of its own: nobody waits for ever."""
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await contracted(world, seller, buyer)
    (contract,) = (await world.api.ok("GET", f"/v1/contracts?deal_id={deal['id']}", seller))["items"]
    first = open_requests(await settlement(world, deal))[0]
    body = await confirmation_body(world, amount=first["amount"], purpose_reference=first["number"])
    direct = {
        "payer_id": str(buyer.id),
        "amount": "400000.00",
        "received_at": body["received_at"],
        "bank_reference": "D-1",
    }
    confirmed, recorded, _ = await asyncio.gather(
        world.api.post("/v1/bank-confirmations", world.operator, json=body),
        world.api.post(f"/v1/contracts/{contract['id']}/payments", seller, json=direct),
        run_due(world.database),
    )
    assert recorded.status_code == 201
    while await run_due(world.database):
        pass
    (payer,) = (await settlement(world, deal))["payers"]
    if confirmed.status_code == 201:  # the bank was first: what the seller records besides settles nothing more
        assert (payer["through_exchange"], payer["direct"], payer["left"]) == ("1000000.00", "0.00", "0.00")
    else:
        assert confirmed.json()["code"] == "instruction_not_open"
        assert (payer["through_exchange"], payer["direct"], payer["left"]) == ("0.00", "400000.00", "600000.00")
    await balances(world)
