"""Reading payment instructions, and who may see them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select

from app.core.access import Actor, Role
from app.core.database import Session, find_one, read_all, read_one
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, open_ended, read_page
from app.office.ledger.kinds import Direction, InstructionKind, InstructionStatus
from app.office.ledger.models import PaymentInstruction
from app.office.ledger.problems import INSTRUCTION
from app.office.ledger.rules import Subject

ORDERS: Final = Orders("-id", PaymentInstruction.id, PaymentInstruction.amount, open_ended(PaymentInstruction.due_on))
FILTERS: Final = (
    equal(PaymentInstruction.status, InstructionStatus, "Where it stands"),
    equal(PaymentInstruction.direction, Direction, "Whether the exchange pays or is paid"),
    equal(PaymentInstruction.kind, InstructionKind, "What it is for"),
    equal(PaymentInstruction.organisation_id, UUID, "Who is paid, or pays"),
    equal(PaymentInstruction.subject_id, UUID, "For this deal, listing or auction"),
    *between("due", PaymentInstruction.due_on),
)


async def lock_release_instruction(session: Session, deposit_id: UUID) -> PaymentInstruction:
    """The instruction that gives a deposit back, locked. Lock the deposit before it."""
    statement = select(PaymentInstruction).where(
        PaymentInstruction.deposit_id == deposit_id, PaymentInstruction.status != InstructionStatus.CANCELLED
    )
    return (await session.execute(statement.with_for_update())).scalar_one()


async def instructions_for(session: Session, subject: Subject) -> Sequence[PaymentInstruction]:
    """Every instruction on a subject, oldest first, for those who have checked access to the subject."""
    statement = select(PaymentInstruction).where(
        PaymentInstruction.subject_type == subject[0], PaymentInstruction.subject_id == subject[1]
    )
    return await read_all(session, statement.order_by(PaymentInstruction.id))


async def find_instruction(session: Session, number: str) -> PaymentInstruction | None:
    """The instruction of a number; not locked, so that its deposit can be locked first."""
    statement = select(PaymentInstruction).where(PaymentInstruction.number == number)
    return await find_one(session, statement)


async def get_instruction(session: Session, instruction_id: UUID) -> PaymentInstruction:
    """One instruction, not locked, without a check of access."""
    return (
        await session.execute(select(PaymentInstruction).where(PaymentInstruction.id == instruction_id))
    ).scalar_one()


async def lock_instruction(session: Session, instruction_id: UUID) -> PaymentInstruction:
    """One instruction, locked, as it stands now."""
    statement = select(PaymentInstruction).where(PaymentInstruction.id == instruction_id).with_for_update()
    return await read_one(session, statement, INSTRUCTION, fresh=True)


async def list_instructions(session: Session, actor: Actor, page: PageRequest) -> Found[PaymentInstruction]:
    """All instructions for operator and auditor, an organisation's own otherwise; newest first."""
    return await read_page(session, _visible(actor), page, ORDERS)


async def visible_instruction(session: Session, actor: Actor, instruction_id: UUID) -> PaymentInstruction:
    """One instruction that the actor may see; raises `not_found`."""
    return await read_one(session, _visible(actor).where(PaymentInstruction.id == instruction_id), INSTRUCTION)


def _visible(actor: Actor) -> Select[PaymentInstruction]:
    if actor.has(Role.OPERATOR, Role.AUDITOR):
        return select(PaymentInstruction)
    return select(PaymentInstruction).where(PaymentInstruction.organisation_id == actor.organisation())
