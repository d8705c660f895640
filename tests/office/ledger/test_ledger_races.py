"""Two at once: exactly one moves the money."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from app.core.clock import read_clock
from app.core.database import Session
from app.core.problems import Problem
from app.office.ledger.deposits import queries
from app.office.ledger.deposits import service as deposits
from app.office.ledger.models import Deposit
from app.office.ledger.rules import Subject
from tests.office.ledger.factory import (
    balances,
    confirmation_body,
    held_deposit,
    new_subject,
    open_instructions,
    releasing,
    requested_deposit,
    shown,
)
from tests.support.world import World

Act = Callable[[Session, Subject, UUID], Awaitable[object]]


async def _release(session: Session, subject: Subject, organisation_id: UUID) -> object:
    return await deposits.release(session, subject, organisation_id, await read_clock(session))


async def _release_losers(session: Session, subject: Subject, organisation_id: UUID) -> object:
    released = await deposits.release_losers(session, subject, None, await read_clock(session))
    return released or "nothing"


async def _forfeit(session: Session, subject: Subject, organisation_id: UUID) -> object:
    return await deposits.forfeit(session, subject, organisation_id, reason="示例")


async def _apply(session: Session, subject: Subject, organisation_id: UUID) -> object:
    return await deposits.apply_to_price(session, subject, organisation_id, deal=new_subject("deal"))


async def attempt(world: World, act: Act, deposit: Deposit) -> str:
    try:
        async with world.database.transaction() as session:
            done = await act(session, (deposit.subject_type, deposit.subject_id), deposit.organisation_id)
    except Problem as problem:
        return problem.kind.code
    return "nothing" if done == "nothing" else "done"


def meet(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Whoever calls one of these functions waits until the other has come as far too: both stand before the lock."""
    both = asyncio.Barrier(2)

    def together(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def wait(*args: Any, **kwargs: Any) -> Any:
            async with asyncio.timeout(10):
                await both.wait()
            return await original(*args, **kwargs)

        return wait

    for name in names:
        monkeypatch.setattr(queries, name, together(getattr(queries, name)))


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        (_release, _release, "deposit_not_held"),
        (_release, _forfeit, "deposit_not_held"),
        (_release, _apply, "deposit_not_held"),
        (_forfeit, _apply, "deposit_not_held"),
        (_release_losers, _release_losers, "nothing"),
    ],
)
async def test_one_of_two_moves_a_deposit(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch, first: Act, second: Act, refusal: str
) -> None:
    world = fresh_world
    deposit = await held_deposit(world, await world.enterprise())
    meet(monkeypatch, "lock_live_deposits" if first is _release_losers else "lock_latest_deposit")
    outcomes = await asyncio.gather(*(attempt(world, act, deposit) for act in (first, second)))
    assert sorted(outcomes) == sorted(["done", refusal])
    after = await balances(world)
    assert after.pop("bank") == "50000.00"
    assert list(after.values()) == ["50000.00"], "the money is in one place"


async def test_without_the_deposits_lock_the_accounts_still_hold(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both believe the deposit held; the second finds the account empty under the account's lock."""
    world = fresh_world
    deposit = await held_deposit(world, await world.enterprise())
    both = asyncio.Barrier(2)

    async def unlocked(session: Session, subject: Subject, organisation_id: UUID) -> Deposit:
        found = await session.get(Deposit, deposit.id)
        assert found is not None
        async with asyncio.timeout(10):
            await both.wait()
        return found

    monkeypatch.setattr(queries, "lock_latest_deposit", unlocked)
    outcomes = await asyncio.gather(*(attempt(world, act, deposit) for act in (_apply, _forfeit)))
    assert sorted(outcomes) == ["done", "more_than_held"]
    await balances(world)


@pytest.mark.parametrize("same", [True, False])
async def test_two_confirmations_of_one_bank_reference_count_once(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    world = fresh_world
    first, second = [await requested_deposit(world, await world.enterprise()) for _ in range(2)]
    body = await confirmation_body(world, purpose_reference=first.number)
    other = body if same else body | {"purpose_reference": second.number}
    answers = await asyncio.gather(
        *(world.api.post("/v1/bank-confirmations", world.operator, json=sent) for sent in (body, other) * 4)
    )
    made = [answer.json() for answer in answers if answer.status_code == 201]
    assert len({answer["id"] for answer in made}) == 1
    refused = [answer.json()["code"] for answer in answers if answer.status_code != 201]
    assert refused == ([] if same else ["bank_reference_used"] * 4)
    assert await balances(world) == {"bank": "50000.00", "deposit_held": "50000.00"}


async def test_two_payments_of_one_deposit_at_once_count_once(fresh_world: World) -> None:
    world = fresh_world
    deposit = await requested_deposit(world, await world.enterprise())
    bodies = [await confirmation_body(world, purpose_reference=deposit.number) for _ in range(6)]
    answers = await asyncio.gather(
        *(world.api.post("/v1/bank-confirmations", world.operator, json=body) for body in bodies)
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"deposit_not_payable"}
    assert await balances(world) == {"bank": "50000.00", "deposit_held": "50000.00"}


async def test_two_confirmations_of_one_release_pay_it_once(fresh_world: World) -> None:
    world = fresh_world
    deposit = await held_deposit(world, await world.enterprise())
    number = (await releasing(world, deposit))["number"]
    bodies = [await confirmation_body(world, direction="out", purpose_reference=number) for _ in range(4)]
    answers = await asyncio.gather(
        *(world.api.post("/v1/bank-confirmations", world.operator, json=body) for body in bodies)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await balances(world) == {}
    assert await open_instructions(world) == []
    assert (await shown(world, deposit))["status"] == "released"


async def test_two_requests_at_once_make_one_deposit(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world, subject = fresh_world, new_subject()
    buyer = await world.enterprise()
    original, both = queries.live_deposit, asyncio.Barrier(2)

    async def read_together(*args: Any) -> Deposit | None:
        found = await original(*args)
        async with asyncio.timeout(10):
            await both.wait()
        return found

    monkeypatch.setattr(queries, "live_deposit", read_together)

    async def ask() -> str:
        try:
            await requested_deposit(world, buyer, subject)
        except Problem as problem:
            return problem.kind.code
        return "done"

    assert sorted(await asyncio.gather(ask(), ask())) == ["deposit_exists", "done"]
