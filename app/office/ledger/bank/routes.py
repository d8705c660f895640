"""HTTP of what the bank confirms."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.web.access import allow
from app.core.web.http import MoneyEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.office.ledger.bank import queries, schemas, service

router = Router(route_class=MoneyEndpoint, tags=("ledger",))

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="ledger:write")]
Accountant = Annotated[Actor, allow(Role.OPERATOR, Role.AUDITOR, scope="ledger:read")]


@router.post("/bank-confirmations", status_code=201, operation_id="confirm_bank_movement")
async def confirm(actor: Operator, session: Session, body: schemas.BankConfirmationIn) -> schemas.BankConfirmationOut:
    """Record what the bank confirms. The same confirmation again gets the first answer and moves nothing."""
    return schemas.BankConfirmationOut.model_validate(await service.confirm(session, body))


@router.post(
    "/bank-confirmations/{confirmation_id}/resolution", status_code=201, operation_id="resolve_bank_confirmation"
)
async def resolve(
    actor: Operator, session: Session, confirmation_id: UUID, body: schemas.ResolutionIn
) -> schemas.ResolvedConfirmationOut:
    """Resolve unmatched money: a deposit's, an instruction's, or to be returned. A return makes an instruction."""
    row = await service.resolve(session, confirmation_id, body)
    return schemas.ResolvedConfirmationOut.model_validate(row)


@router.post(
    "/bank-confirmations/{confirmation_id}/reversal", status_code=201, operation_id="reverse_bank_confirmation"
)
async def reverse(
    actor: Operator, session: Session, confirmation_id: UUID, body: schemas.BankReversalIn
) -> schemas.ResolvedConfirmationOut:
    """Reverse a wrong confirmation by mirrored entries. What it had settled waits again."""
    row = await service.reverse(session, confirmation_id, body.reason)
    return schemas.ResolvedConfirmationOut.model_validate(row)


@router.get("/bank-confirmations/{confirmation_id}", operation_id="read_bank_confirmation")
async def read_confirmation(
    actor: Accountant, session: Session, confirmation_id: UUID
) -> schemas.BankConfirmationDetail:
    """Read what the bank confirmed, with what became of it."""
    return schemas.BankConfirmationDetail.model_validate(await queries.get_confirmation(session, confirmation_id))


@router.get("/settlement/unmatched", operation_id="list_unmatched_money")
async def list_unmatched(
    actor: Accountant, session: Session, page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)]
) -> Page[schemas.BankConfirmationOut]:
    """List confirmed money that matches nothing and is not resolved, the oldest first."""
    return (await queries.list_unmatched(session, page)).shown(schemas.BankConfirmationOut.model_validate)
