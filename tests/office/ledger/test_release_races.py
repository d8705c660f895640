"""A deposit's return beside a declared day: neither misses the other, and neither waits for the other in a ring."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import text

from app.core.clock import read_clock
from app.core.deadlines import run_due
from app.law.periods.recompute import hold_alone
from app.office.ledger.deposits import service as deposits
from app.office.ledger.models import Deposit
from tests.law.periods.test_periods import declare, until_it_waits
from tests.office.ledger.factory import confirmed, held_deposit, releasing, shown
from tests.pricing.auction.factory import running
from tests.support.patience import PATIENCE
from tests.support.world import World


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
    assert await _day(fresh_world, deposit) == before
    await run_due(fresh_world.database)
    assert await _day(fresh_world, deposit) > before


async def test_the_bank_settles_a_release_while_a_day_is_being_declared(fresh_world: World, deposit: Deposit) -> None:
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


async def test_a_deposit_is_forfeited_only_by_who_holds_the_calendar(fresh_world: World) -> None:
    """What follows the forfeiture may owe others theirs back, when the accounts are held already."""
    scene = await running(fresh_world)
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
