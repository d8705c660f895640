"""Reading what the bank confirmed. Operator and auditor alone see it."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from app.core.access import Actor, Role
from app.core.database import Session, find_one, read_all, read_one, same
from app.core.problems import Text
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.office.ledger.kinds import Direction
from app.office.ledger.models import BankConfirmation, ConfirmationResolution

CONFIRMATION: Final = Text("bank confirmation", "银行回单")
ORDERS: Final = Orders("id", BankConfirmation.id, BankConfirmation.received_at)
FILTERS: Final = (
    equal(BankConfirmation.direction, Direction, "Whether the money came or went"),
    *between("received", BankConfirmation.received_at),
)


async def confirmations_of(
    session: Session, actor: Actor, *, deposits: Iterable[UUID] = (), instructions: Iterable[UUID] = ()
) -> Sequence[BankConfirmation]:
    """What the bank confirmed on deposits or instructions, matched or found so later, for operator and auditor.

    Nobody else sees confirmations.
    """
    wanted = sorted(set(deposits)), sorted(set(instructions))
    if not any(wanted) or not actor.has(Role.OPERATOR, Role.AUDITOR):
        return []
    found = [
        column.in_(ids)
        for table in (BankConfirmation, ConfirmationResolution)
        for column, ids in zip((table.deposit_id, table.instruction_id), wanted, strict=True)
    ]
    statement = (
        _confirmations()
        .outerjoin(ConfirmationResolution, ConfirmationResolution.confirmation_id == BankConfirmation.id)
        .where(or_(*found))
        .order_by(BankConfirmation.id)
    )
    return await read_all(session, statement)


def _confirmations() -> Select[BankConfirmation]:
    resolution = selectinload(BankConfirmation.resolution)
    return select(BankConfirmation).options(resolution.selectinload(ConfirmationResolution.reversal))


async def confirmation_of(session: Session, bank_reference: str) -> BankConfirmation | None:
    """The confirmation that has a bank reference, in whatever spelling."""
    statement = _confirmations().where(same(BankConfirmation.bank_reference, bank_reference))
    return await find_one(session, statement)


async def get_confirmation(session: Session, confirmation_id: UUID) -> BankConfirmation:
    """One confirmation with what became of it; raises `not_found`."""
    return await read_one(session, _confirmations().where(BankConfirmation.id == confirmation_id), CONFIRMATION)


async def lock_confirmation(session: Session, confirmation_id: UUID) -> BankConfirmation:
    """One confirmation, locked against a second resolution; raises `not_found`."""
    statement = _confirmations().where(BankConfirmation.id == confirmation_id).with_for_update(of=BankConfirmation)
    return await read_one(session, statement, CONFIRMATION, fresh=True)


async def list_unmatched(session: Session, page: PageRequest) -> Found[BankConfirmation]:
    """The worklist: confirmations that match nothing and are not resolved, oldest first."""
    statement = (
        _confirmations()
        .outerjoin(ConfirmationResolution, ConfirmationResolution.confirmation_id == BankConfirmation.id)
        .where(
            BankConfirmation.deposit_id.is_(None),
            BankConfirmation.instruction_id.is_(None),
            ConfirmationResolution.confirmation_id.is_(None),
        )
    )
    return await read_page(session, statement, page, ORDERS)
