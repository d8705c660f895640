"""A deposit's return beside a declared day: neither misses the other, and no two wait for each other in a ring (F9)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from app.core.clock import read_clock
from app.core.deadlines import run_due
from app.law.periods.recompute import hold_alone
from app.office.ledger.deposits import service as deposits
from app.office.ledger.models import Deposit
from tests.law.periods.test_periods import declare, until_it_waits
from tests.office.ledger.factory import confirmed, held_deposit, releasing, requested_deposit, shown
from tests.pricing.auction.factory import Scene
from tests.support.patience import PATIENCE
from tests.support.world import World

Act = Callable[[], Awaitable[Any]]


@pytest.fixture
async def deposit(fresh_world: World) -> Deposit:
    return await held_deposit(fresh_world, await fresh_world.enterprise())


async def _day(world: World, deposit: Deposit) -> date:
    return date.fromisoformat((await shown(world, deposit))["release_due_on"])


async def test_a_day_declared_while_a_deposit_is_being_released_moves_its_return(
    fresh_world: World, deposit: Deposit
) -> None:
    async with fresh_world.database.transaction() as session:
        subject, now = (deposit.subject_type, deposit.subject_id), await read_clock(session)
        released = await deposits.release(session, subject, deposit.organisation_id, now)
        counted = released.release_due_on
        assert counted is not None
        declaring = asyncio.create_task(declare(fresh_world, counted, False))
        await until_it_waits(fresh_world, declaring)
    await declaring
    assert await _day(fresh_world, deposit) > counted


async def test_a_declaration_does_not_wait_for_a_held_deposit(fresh_world: World, deposit: Deposit) -> None:
    await releasing(fresh_world, deposit)
    before = await _day(fresh_world, deposit)
    async with fresh_world.database.transaction() as session:
        await session.execute(text("SELECT FROM deposits FOR UPDATE"))
        await asyncio.wait_for(declare(fresh_world, before, False), PATIENCE)
        working = asyncio.create_task(run_due(fresh_world.database))
        await until_a_row_is_waited_for(fresh_world, working)
        assert not working.done(), "what was left to the worker is not left out: it waits"
    await working
    assert await _day(fresh_world, deposit) > before


async def until_a_row_is_waited_for(world: World, task: "asyncio.Future[Any]") -> None:
    """Until the task is done, or a transaction waits for a row that another one holds."""
    statement = text("SELECT count(*) FROM pg_locks WHERE locktype IN ('transactionid', 'tuple') AND NOT granted")
    async with asyncio.timeout(PATIENCE):
        while not task.done():
            async with world.database.reading() as session:
                if (await session.execute(statement)).scalar_one():
                    return


async def _paid_in(world: World, deposit: Deposit) -> Act:
    other = await requested_deposit(world, await world.enterprise())
    return lambda: confirmed(world, purpose_reference=other.number)


async def _taken_back(world: World, deposit: Deposit) -> Act:
    async with world.database.reading() as session:
        row = await session.execute(text("SELECT id FROM bank_confirmations"))
        path = f"/v1/bank-confirmations/{row.scalar_one()}/reversal"
    return lambda: world.api.ok("POST", path, world.operator, json={"reason": "示例"})


async def _paid_back(world: World, deposit: Deposit) -> Act:
    number = (await releasing(world, deposit))["number"]
    return lambda: confirmed(world, direction="out", purpose_reference=number)


async def _forfeited(world: World, deposit: Deposit) -> Act:
    async def act() -> None:
        async with world.database.transaction() as session:
            subject = (deposit.subject_type, deposit.subject_id)
            await deposits.forfeit(session, subject, deposit.organisation_id, reason="示例")

    return act


@pytest.mark.parametrize("ready", [_paid_in, _taken_back, _paid_back, _forfeited])
async def test_f9_whoever_moves_a_deposit_waits_for_its_row(
    fresh_world: World, deposit: Deposit, ready: Callable[[World, Deposit], Awaitable[Act]]
) -> None:
    """Before it holds any account: the deposit would say what is no longer so."""
    act = await ready(fresh_world, deposit)
    async with fresh_world.database.transaction() as session:
        await session.execute(text("SELECT FROM deposits FOR UPDATE"))
        task = asyncio.ensure_future(act())
        await until_a_row_is_waited_for(fresh_world, task)
        assert not task.done()
        await session.execute(text("SELECT FROM ledger_accounts FOR UPDATE NOWAIT"))
    await task


async def test_f9_the_bank_settles_a_release_while_a_day_is_declared(fresh_world: World, deposit: Deposit) -> None:
    """It waits for the calendar before it holds any account, which the declaration may need."""
    number = (await releasing(fresh_world, deposit))["number"]
    async with fresh_world.database.transaction() as session:
        await hold_alone(session)
        settling = asyncio.create_task(confirmed(fresh_world, direction="out", purpose_reference=number))
        await until_it_waits(fresh_world, settling)
        await session.execute(text("SELECT FROM ledger_accounts FOR UPDATE NOWAIT"))
        assert not settling.done()
    await settling
    assert (await shown(fresh_world, deposit))["status"] == "released"


async def test_f9_a_deposit_is_forfeited_only_by_who_holds_the_calendar(fresh_world: World, scene: Scene) -> None:
    """What follows the forfeiture may owe others theirs back, when the accounts are held already."""
    await scene.accepted(scene.bidders[0], "110000.00")
    path = f"/v1/deals/{(await scene.end())['deal_id']}/cancellation"
    body = {"reason": "示例", "defaulted": "buyer"}
    async with fresh_world.database.transaction() as session:
        await hold_alone(session)
        cancelling = asyncio.create_task(fresh_world.api.ok("POST", path, fresh_world.operator, json=body))
        await until_it_waits(fresh_world, cancelling)
        assert not cancelling.done()
        await session.execute(text("SELECT FROM ledger_accounts FOR UPDATE NOWAIT"))
    assert (await cancelling)["status"] == "cancelled"
