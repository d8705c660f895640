"""Whatever happens in whatever order, no money is made or lost.

Random steps run against a real database, one transaction each, as the pricing modes and the bank would send them.
What the bank says moved is counted beside the ledger, and after every step the two must agree.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core.clock import read_clock
from app.core.database import Database, Session
from app.core.ids import new_id
from app.core.problems import Problem
from app.identity.kinds import OrganisationKind, Verification
from app.identity.models import Organisation
from app.office.ledger.bank import schemas
from app.office.ledger.bank import service as bank
from app.office.ledger.deposits import service as deposits
from app.office.ledger.instructions import service as instructions
from app.office.ledger.kinds import Direction, ResolutionKind
from app.office.ledger.rules import Subject
from tests.support.databases import CITY

AMOUNTS = (Decimal("100.00"), Decimal("0.01"), Decimal("33.33"))
STATEMENTS = {
    "total": "SELECT coalesce(sum(amount), 0) FROM journal_entries",
    "below": """
        SELECT count(*) FROM ledger_accounts a WHERE a.non_negative AND 0 > (
          SELECT coalesce(sum(e.amount), 0) * CASE a.side WHEN 'debit' THEN 1 ELSE -1 END
          FROM journal_entries e WHERE e.account_id = a.id)""",
    "unbalanced": """
        SELECT count(*) FROM (SELECT transaction_id FROM journal_entries GROUP BY 1
                              HAVING sum(amount) <> 0 OR count(*) < 2) broken""",
}
BALANCES = """
SELECT a.code, sum(e.amount) * CASE a.side WHEN 'debit' THEN 1 ELSE -1 END
FROM ledger_accounts a JOIN journal_entries e ON e.account_id = a.id GROUP BY a.code, a.side
"""
DEPOSITS = "SELECT status, sum(required_amount) FROM deposits GROUP BY status"
NUMBERS = {
    "deposit": "SELECT number, required_amount, 'in' FROM deposits ORDER BY id",
    "instruction": "SELECT number, amount, direction FROM settlement_instructions ORDER BY id",
    "confirmation": "SELECT id, amount, direction FROM bank_confirmations ORDER BY id DESC",
}


Moved = tuple[str, Decimal | None] | None
"""A confirmation and what it moved (CNY, out negative); None takes it back."""


@dataclass
class Play:
    """One run: its parties and subjects, and what the bank moved, counted apart from the ledger."""

    database: Database
    parties: list[UUID]
    subjects: list[Subject] = field(default_factory=lambda: [("listing", new_id()), ("listing", new_id())])
    deal: Subject = field(default_factory=lambda: ("deal", new_id()))
    moved: dict[str, Decimal] = field(default_factory=dict)
    serial: "count[int]" = field(default_factory=count)


@dataclass(frozen=True)
class Step:
    """A step and the choices it makes; each takes of them what it needs."""

    name: str
    party: int
    which: int
    amount: int


async def _pick(session: Session, what: str, which: int) -> tuple[str, Decimal, str] | None:
    rows = (await session.execute(text(NUMBERS[what]))).all()
    return tuple(rows[which % len(rows)]) if rows else None  # type: ignore[return-value]


async def _request(play: Play, session: Session, step: Step) -> None:
    subject, party = play.subjects[step.which % 5 == 0], play.parties[step.party]
    late = await read_clock(session) if step.amount == 1 else None
    await deposits.request_deposit(
        session, subject=subject, organisation_id=party, amount=AMOUNTS[step.amount], due_at=late
    )


def _bank(what: str | None, right: bool) -> Callable[[Play, Session, Step], Awaitable[Moved]]:
    async def act(play: Play, session: Session, step: Step) -> Moved:
        found = await _pick(session, what, step.which) if what else None
        number, amount, direction = found or (None, AMOUNTS[step.amount], ("in", "out")[step.which % 2])
        body = schemas.BankConfirmationIn(
            direction=Direction(direction),  # type: ignore[arg-type]
            amount=amount if right else amount + Decimal("0.01"),
            bank_reference=f"{play.deal[1]}-{next(play.serial) - (step.which % 7 == 5)}",
            received_at=await read_clock(session),
            purpose_reference=number,
        )
        made = await bank.confirm(session, body)
        return str(made.id), made.amount if made.direction == Direction.IN else -made.amount

    return act


async def _resolve(play: Play, session: Session, step: Step) -> None:
    found = await _pick(session, "confirmation", step.which)
    kind = (ResolutionKind.DEPOSIT, ResolutionKind.INSTRUCTION, ResolutionKind.RETURN)[step.amount]
    named = None if kind == ResolutionKind.RETURN else await _pick(session, kind, step.party)
    if found and (named or kind == ResolutionKind.RETURN):
        body = schemas.ResolutionIn(
            kind=kind,  # type: ignore[arg-type]
            purpose_reference=named[0] if named else None,
            reason="示例",
        )
        await bank.resolve(session, UUID(str(found[0])), body)


async def _reverse(play: Play, session: Session, step: Step) -> Moved:
    found = await _pick(session, "confirmation", step.which)
    if found is None:
        return None
    await bank.reverse(session, UUID(str(found[0])), "示例")
    return str(found[0]), None


async def _release(play: Play, session: Session, step: Step) -> None:
    now = await read_clock(session)
    await deposits.release(session, play.subjects[step.which % 5 == 0], play.parties[step.party], now)


async def _losers(play: Play, session: Session, step: Step) -> None:
    now = await read_clock(session)
    await deposits.release_losers(session, play.subjects[step.which % 5 == 0], play.parties[step.party], now)


async def _forfeit(play: Play, session: Session, step: Step) -> None:
    await deposits.forfeit(session, play.subjects[step.which % 5 == 0], play.parties[step.party], reason="示例")


async def _apply(play: Play, session: Session, step: Step) -> None:
    fee = (Decimal(0), Decimal("0.01"), Decimal("33.34"))[step.amount]
    subject, party = play.subjects[step.which % 5 == 0], play.parties[step.party]
    await deposits.apply_to_price(session, subject, party, deal=play.deal, fee=fee)


async def _fee(play: Play, session: Session, step: Step) -> None:
    await instructions.charge_fee(
        session, subject=play.deal, organisation_id=play.parties[step.party], amount=AMOUNTS[step.amount]
    )


async def _price(play: Play, session: Session, step: Step) -> None:
    await instructions.request_price(
        session, deal=play.deal, payer_id=play.parties[step.party], amount=AMOUNTS[step.amount]
    )


async def _payout(play: Play, session: Session, step: Step) -> None:
    await instructions.pay_out_price(
        session, deal=play.deal, seller_id=play.parties[step.party], amount=AMOUNTS[step.amount]
    )


STEPS: dict[str, Callable[[Play, Session, Step], Awaitable[Moved]]] = {
    "request": _request,
    "pay_deposit": _bank("deposit", right=True),
    "pay_deposit_again": _bank("deposit", right=True),
    "pay_deposit_wrong": _bank("deposit", right=False),
    "pay_instruction": _bank("instruction", right=True),
    "pay_instruction_again": _bank("instruction", right=True),
    "pay_instruction_wrong": _bank("instruction", right=False),
    "stray": _bank(None, right=True),
    "resolve": _resolve,
    "reverse": _reverse,
    "release": _release,
    "losers": _losers,
    "forfeit": _forfeit,
    "apply": _apply,
    "fee": _fee,
    "price": _price,
    "payout": _payout,
}
A_STEP = st.builds(Step, st.sampled_from(sorted(STEPS)), st.integers(0, 2), st.integers(0, 19), st.integers(0, 2))


async def check(play: Play) -> None:
    """The ledger adds up, and agrees with the bank and with the deposits' states."""
    async with play.database.reading() as session:
        for name, statement in STATEMENTS.items():
            assert (await session.execute(text(statement))).scalar_one() == 0, name
        held = {row[0]: row[1] for row in (await session.execute(text(BALANCES))).all()}
        asked = {row[0]: row[1] for row in (await session.execute(text(DEPOSITS))).all()}
    bank = held.pop("bank", Decimal(0))
    assert bank == sum(play.moved.values(), Decimal(0)), "what the bank moved"
    owed_to_us = held.pop("fee_receivable", Decimal(0)) + held.pop("suspense_out", Decimal(0))
    assert bank + owed_to_us == sum(held.values(), Decimal(0)), "what came in is held, owed, earned or paid out"
    for status, code in (
        ("received", "deposit_received"),
        ("held", "deposit_held"),
        ("release_due", "deposit_repayable"),
        ("forfeited", "forfeitures"),
    ):
        assert held.get(code, Decimal(0)) == asked.get(status, Decimal(0)), status


async def take(play: Play, step: Step) -> str:
    """One step in one transaction; a refusal rolls it back and is as good an outcome."""
    try:
        async with play.database.transaction() as session:
            moved = await STEPS[step.name](play, session, step)
    except Problem as problem:
        return problem.kind.code
    if moved is not None:
        confirmation, amount = moved
        play.moved[confirmation] = amount or Decimal(0)
    return "done"


async def run(url: str, steps: Sequence[Step], at_once: int) -> None:
    """Play the steps on an emptied ledger, some at once."""
    database = Database(url, CITY, pool_size=6)
    try:
        async with database.transaction() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for table in ("confirmation_resolutions", "bank_confirmations", "journal_entries", "journal_transactions",
                          "ledger_accounts", "settlement_instructions", "deposits"):  # fmt: skip
                await session.execute(text(f"DELETE FROM {table}"))
            parties = [
                Organisation(
                    name="示例", kind=OrganisationKind.ENTERPRISE, state_founded=False,
                    verification=Verification.VERIFIED,
                )
                for _ in range(3)
            ]  # fmt: skip
            session.add_all(parties)
            await session.flush()
        play = Play(database, [party.id for party in parties])
        for party in range(3):
            assert await take(play, Step("request", party, 1, 0)) == "done"
            assert await take(play, Step("pay_deposit", party, party, 0)) == "done"
        for position in range(0, len(steps), at_once):
            await asyncio.gather(*(take(play, step) for step in steps[position : position + at_once]))
            await check(play)
    finally:
        await database.close()


SOME_STEPS = st.lists(A_STEP, min_size=20, max_size=40)


@settings(max_examples=12)
@given(steps=SOME_STEPS)
def test_no_money_is_made_or_lost(fresh_url: str, steps: list[Step]) -> None:
    asyncio.run(run(fresh_url, steps, 1))


@settings(max_examples=8)
@given(steps=SOME_STEPS)
def test_nor_where_many_act_at_once(fresh_url: str, steps: list[Step]) -> None:
    asyncio.run(run(fresh_url, steps, 6))
