"""Deposits for tests: asked for as a pricing mode does, paid as the bank confirms."""

from decimal import Decimal
from itertools import count
from typing import Any

from app.core.clock import read_clock
from app.core.ids import new_id
from app.office.ledger.deposits import service as deposits
from app.office.ledger.models import Deposit
from app.office.ledger.rules import Subject
from tests.support.world import Party, World

AMOUNT = Decimal("50000.00")
_serial = count(1)


def new_subject(kind: str = "listing") -> Subject:
    """Something that deposits are for."""
    return kind, new_id()


async def requested_deposit(
    world: World, party: Party, subject: Subject | None = None, amount: Decimal = AMOUNT, **kwargs: Any
) -> Deposit:
    """A deposit that is asked for."""
    async with world.database.transaction() as session:
        return await deposits.request_deposit(
            session, subject=subject or new_subject(), organisation_id=party.organisation_id, amount=amount, **kwargs
        )


async def confirmation_body(world: World, **overrides: Any) -> dict[str, Any]:
    """What the bank confirms: money in, just now, with a serial number of its own."""
    now = (await world.api.ok("GET", "/v1/clock"))["server_time"]
    return {
        "direction": "in",
        "amount": str(AMOUNT),
        "bank_reference": f"BANK-{next(_serial):08d}",
        "received_at": now,
    } | overrides


async def confirmed(world: World, **overrides: Any) -> dict[str, Any]:
    """A movement as the operator confirmed it."""
    body = await confirmation_body(world, **overrides)
    made: dict[str, Any] = await world.api.ok("POST", "/v1/bank-confirmations", world.operator, json=body)
    return made


async def held_deposit(
    world: World, party: Party, subject: Subject | None = None, amount: Decimal = AMOUNT, **kwargs: Any
) -> Deposit:
    """A deposit whose money the bank has confirmed."""
    deposit = await requested_deposit(world, party, subject, amount, **kwargs)
    await confirmed(world, amount=str(amount), purpose_reference=deposit.number)
    return deposit


async def releasing(world: World, deposit: Deposit) -> dict[str, Any]:
    """The instruction that gives a held deposit back."""
    subject = (deposit.subject_type, deposit.subject_id)
    async with world.database.transaction() as session:
        now = await read_clock(session)
        await deposits.release(session, subject, deposit.organisation_id, now)
    return next(row for row in await open_instructions(world) if row["deposit_id"] == str(deposit.id))


async def open_instructions(world: World) -> list[dict[str, Any]]:
    """What is to be paid, as the operator sees it."""
    page = await world.api.ok("GET", "/v1/settlement-instructions?status=open&limit=100", world.operator)
    items: list[dict[str, Any]] = page["items"]
    return items


async def shown(world: World, deposit: Deposit) -> dict[str, Any]:
    """A deposit as the operator sees it now."""
    body: dict[str, Any] = await world.api.ok("GET", f"/v1/deposits/{deposit.id}", world.operator)
    return body


async def balances(world: World) -> dict[str, str]:
    """The balance of each account code over the whole ledger, which must balance."""
    trial = await world.api.ok("GET", "/v1/ledger/trial-balance", world.auditor)
    assert trial["difference"] == "0.00"
    assert trial["debit"] == trial["credit"]
    return {line["code"]: line["balance"] for line in trial["lines"] if line["balance"] != "0.00"}
