"""Reading payment instructions, and who may see them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.access import Actor, Role
from app.core.database import find_one, given, read_all, read_one
from app.core.web.pages import Found, PageRequest, read_page
from app.office.ledger.kinds import Direction, InstructionStatus
from app.office.ledger.models import SettlementInstruction
from app.office.ledger.problems import INSTRUCTION
from app.office.ledger.rules import Subject


async def lock_release_instruction(session: AsyncSession, deposit_id: UUID) -> SettlementInstruction:
    """The instruction that gives a deposit back, locked. Lock the deposit before it."""
    statement = select(SettlementInstruction).where(
        SettlementInstruction.deposit_id == deposit_id, SettlementInstruction.status != InstructionStatus.CANCELLED
    )
    return (await session.execute(statement.with_for_update())).scalar_one()


async def instructions_for(session: AsyncSession, subject: Subject) -> Sequence[SettlementInstruction]:
    """Every instruction on a subject, oldest first, for those who have checked access to the subject."""
    statement = select(SettlementInstruction).where(
        SettlementInstruction.subject_type == subject[0], SettlementInstruction.subject_id == subject[1]
    )
    return await read_all(session, statement.order_by(SettlementInstruction.id))


async def find_instruction(session: AsyncSession, number: str) -> SettlementInstruction | None:
    """The instruction of a number; not locked, so that its deposit can be locked first."""
    statement = select(SettlementInstruction).where(SettlementInstruction.number == number)
    return await find_one(session, statement)


async def get_instruction(session: AsyncSession, instruction_id: UUID) -> SettlementInstruction:
    """One instruction, not locked, whoever asks."""
    return (
        await session.execute(select(SettlementInstruction).where(SettlementInstruction.id == instruction_id))
    ).scalar_one()


async def lock_instruction(session: AsyncSession, instruction_id: UUID) -> SettlementInstruction:
    """One instruction, locked, as it stands now."""
    statement = select(SettlementInstruction).where(SettlementInstruction.id == instruction_id).with_for_update()
    return await read_one(session, statement, INSTRUCTION, fresh=True)


async def list_instructions(
    session: AsyncSession,
    actor: Actor,
    page: PageRequest,
    status: InstructionStatus | None,
    direction: Direction | None,
) -> Found[SettlementInstruction]:
    """All instructions for operator and auditor, an organisation's own otherwise; newest first."""
    statement = select(SettlementInstruction)
    if not actor.has(Role.OPERATOR, Role.AUDITOR):
        statement = statement.where(SettlementInstruction.organisation_id == actor.organisation())
    statement = given(statement, (SettlementInstruction.status, status), (SettlementInstruction.direction, direction))
    return await read_page(session, statement, page, SettlementInstruction.id, newest_first=True)
