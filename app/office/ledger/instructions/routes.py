"""HTTP of payment instructions."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.web.access import allow
from app.core.web.http import MoneyEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.office.ledger.instructions import queries, schemas

router = Router(route_class=MoneyEndpoint, tags=("ledger",))

Reader = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, Role.OPERATOR, Role.AUDITOR, scope="ledger:read")]


@router.get("/settlement-instructions", operation_id="list_settlement_instructions")
async def list_instructions(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
) -> Page[schemas.InstructionOut]:
    """List what is to be paid out or in, newest first. You see your organisation's, operator and auditor all."""
    found = await queries.list_instructions(session, actor, page)
    return found.shown(schemas.InstructionOut.model_validate)


@router.get("/settlement-instructions/{instruction_id}", operation_id="read_settlement_instruction")
async def read_instruction(actor: Reader, session: Session, instruction_id: UUID) -> schemas.InstructionOut:
    """Read an instruction of your organisation. Operator and auditor read all."""
    return schemas.InstructionOut.model_validate(await queries.visible_instruction(session, actor, instruction_id))
