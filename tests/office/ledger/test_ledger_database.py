"""What the database itself refuses, whoever writes: the service's checks are not the last line."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core.database import Database, Session
from app.core.ids import new_id

ACCOUNT = """
INSERT INTO ledger_accounts (id, code, side, non_negative, subject_type, subject_id)
VALUES (:id, 'deposit_held', :side, :floor, 'test', :id)
"""
TRANSACTION = """
INSERT INTO journal_transactions (id, kind, subject_type, subject_id, occurred_at, bank_reference, reverses_id)
VALUES (:id, 'correction', 'test', :id, techex_now(), :bank_reference, :reverses_id)
"""
ENTRY = "INSERT INTO journal_entries (transaction_id, account_id, amount) VALUES (:transaction, :account, :amount)"


async def account(database: Database, side: str = "credit", *, floor: bool = False) -> UUID:
    identity = new_id()
    async with database.transaction() as session:
        await session.execute(text(ACCOUNT), {"id": identity, "side": side, "floor": floor})
    return identity


async def write(
    session: Session, *entries: tuple[UUID, str], bank_reference: str | None = None, reverses: UUID | None = None
) -> UUID:
    """A journal transaction with these entries, past the service."""
    identity = new_id()
    fields = {"id": identity, "bank_reference": bank_reference, "reverses_id": reverses}
    await session.execute(text(TRANSACTION), fields)
    for place, amount in entries:
        await session.execute(text(ENTRY), {"transaction": identity, "account": place, "amount": Decimal(amount)})
    return identity


async def written(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.execute(text("SELECT count(*) FROM journal_transactions"))).scalar_one())


@pytest.mark.parametrize(
    "amounts",
    [[], ["1.00"], ["1.00", "-0.99"], ["1.00", "1.00"], ["0.01", "-0.02", "0.02"], ["5.00", "-4.00", "-2.00"]],
)
async def test_an_unbalanced_transaction_cannot_commit(fresh_database: Database, amounts: list[str]) -> None:
    place = await account(fresh_database)
    with pytest.raises(IntegrityError, match="entries that sum to"):
        async with fresh_database.transaction() as session:
            await write(session, *((place, amount) for amount in amounts))
    assert await written(fresh_database) == 0
    async with fresh_database.transaction() as session:
        await write(session, (place, "1.00"), (place, "-1.00"))
    assert await written(fresh_database) == 1


async def test_a_closed_transaction_takes_no_more_entries_even_balanced_ones(fresh_database: Database) -> None:
    place = await account(fresh_database)
    async with fresh_database.transaction() as session:
        closed = await write(session, (place, "1.00"), (place, "-1.00"))
    late = [{"transaction": closed, "account": place, "amount": Decimal(amount)} for amount in ("2.00", "-2.00")]
    with pytest.raises(IntegrityError, match="is closed"):
        async with fresh_database.transaction() as session:
            await session.execute(text(ENTRY), late)


@pytest.mark.parametrize("side", ["debit", "credit"])
async def test_a_floored_account_cannot_go_below_zero(fresh_database: Database, side: str) -> None:
    floored, bank = await account(fresh_database, side, floor=True), await account(fresh_database)
    sign = 1 if side == "debit" else -1
    async with fresh_database.transaction() as session:
        await write(session, (floored, f"{sign * 10}"), (bank, f"{-sign * 10}"))
    with pytest.raises(IntegrityError, match="below zero"):
        async with fresh_database.transaction() as session:
            await write(session, (floored, f"{-sign * 10}.01"), (bank, f"{sign * 10}.01"))
    async with fresh_database.transaction() as session:
        await write(session, (floored, f"{-sign * 10}"), (bank, f"{sign * 10}"))


async def is_waiting(database: Database) -> bool:
    """Whether somebody waits for a lock."""
    async with database.reading() as session:
        statement = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool((await session.execute(text(statement))).scalar_one())


async def test_two_who_take_the_same_money_past_the_service_do_not_both_get_it(fresh_database: Database) -> None:
    """The first has been checked and not yet committed when the second is checked: it must wait, and then find none."""
    held, bank = await account(fresh_database, floor=True), await account(fresh_database, "debit")
    async with fresh_database.transaction() as session:
        await write(session, (bank, "100.00"), (held, "-100.00"))

    async def take(session: Session) -> None:
        await write(session, (held, "100.00"), (bank, "-100.00"))
        await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

    async def rival() -> None:
        async with fresh_database.transaction() as session:
            await take(session)

    async with asyncio.timeout(20):
        async with fresh_database.transaction() as session:
            await take(session)
            second = asyncio.create_task(rival())
            while not second.done() and not await is_waiting(fresh_database):
                pass
        with pytest.raises(IntegrityError, match="below zero"):
            await second


@pytest.mark.parametrize(
    "table",
    [
        "journal_entries",
        "journal_transactions",
        "ledger_accounts",
        "bank_confirmations",
        "confirmation_resolutions",
        "resolution_reversals",
    ],
)
async def test_what_is_written_stays(fresh_database: Database, table: str) -> None:
    place = await account(fresh_database)
    async with fresh_database.transaction() as session:
        one = await write(session, (place, "1.00"), (place, "-1.00"))
        await session.execute(
            text(
                "INSERT INTO bank_confirmations (id, direction, amount, bank_reference, received_at, transaction_id, "
                "recorded_at) VALUES (:id, 'in', 1, 'r', techex_now(), :id, techex_now())"
            ),
            {"id": one},
        )
        await session.execute(
            text(
                "INSERT INTO confirmation_resolutions (confirmation_id, kind, reason, resolved_at) "
                "VALUES (:id, 'deposit', 'r', techex_now())"
            ),
            {"id": one},
        )
        await session.execute(
            text(
                "INSERT INTO resolution_reversals (confirmation_id, reason, reversed_at) "
                "VALUES (:id, 'r', techex_now())"
            ),
            {"id": one},
        )
    columns = {"journal_entries": "amount = 2", "ledger_accounts": "non_negative = false"}
    column = columns.get(table, "reason = 'x'" if table != "bank_confirmations" else "amount = 2")
    for change in (f"UPDATE {table} SET {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with fresh_database.transaction() as session:
                await session.execute(text(change))


@pytest.mark.parametrize("same", ["bank_reference", "reverses"])
async def test_a_bank_reference_is_unique_and_a_transaction_is_reversed_once(
    fresh_database: Database, same: str
) -> None:
    place = await account(fresh_database)
    pair = ((place, "1.00"), (place, "-1.00"))
    async with fresh_database.transaction() as session:
        first = await write(session, *pair)
    twice: dict[str, Any] = {same: "BANK-1" if same == "bank_reference" else first}
    async with fresh_database.transaction() as session:
        await write(session, *pair, **twice)
    with pytest.raises(IntegrityError, match=same):
        async with fresh_database.transaction() as session:
            await write(session, *pair, **twice)


async def test_an_account_is_opened_once(fresh_database: Database) -> None:
    bank = text(
        "INSERT INTO ledger_accounts (id, code, side, non_negative) VALUES (gen_random_uuid(), 'bank', 'debit', false)"
    )
    async with fresh_database.transaction() as session:
        await session.execute(bank)
    with pytest.raises(IntegrityError, match="uq_ledger_accounts_place"):
        async with fresh_database.transaction() as session:
            await session.execute(bank)
