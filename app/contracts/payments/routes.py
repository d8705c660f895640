"""HTTP of payments and invoices."""

from typing import Annotated
from uuid import UUID

from app.contracts import queries
from app.contracts.amounts import balance
from app.contracts.payments import queries as payments
from app.contracts.payments import schemas, service
from app.core.access import Actor, Role
from app.core.problems import NOT_FOUND
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import MoneyEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import PageRequest
from app.core.web.routing import Router

router = Router(route_class=MoneyEndpoint, tags=("payments",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="contracts:read")]
Payee = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="contracts:write", merged=True)]


@router.post("/contracts/{contract_id}/payments", status_code=201, operation_id="record_payment")
async def record_payment(
    actor: Payee, session: Session, contract_id: UUID, body: schemas.PaymentIn
) -> schemas.PaymentOut:
    """Record a payment that reached the seller's bank account. `Idempotency-Key` is needed: no retry counts twice."""
    payment = await service.record_payment(session, actor, contract_id, body)
    return schemas.PaymentOut.model_validate(payment)


@router.get("/contracts/{contract_id}/payments", operation_id="list_payments")
async def list_payments(
    actor: Reader, session: Session, contract_id: UUID, page: Annotated[PageRequest, sorted_by(payments.ORDERS)]
) -> schemas.PaymentPage:
    """List a contract's payments and reversals in order of receipt. The totals cover all of them."""
    contract = await queries.get_contract(session, actor, contract_id)
    terms = service.terms_of(contract)
    sums = balance(terms, await queries.paid_on(session, contract_id))
    found = await payments.list_payments(session, contract_id, page)
    totals = schemas.PaymentTotalsOut(
        total_amount=terms.total,
        amounts_provisional=terms.provisional,
        paid=sums.paid,
        due=sums.due,
        technical_paid=sums.technical_paid,
    )
    items = [schemas.PaymentOut.model_validate(row) for row in found.rows]
    return schemas.PaymentPage(items=items, next_cursor=found.next_cursor, totals=totals)


@router.get("/payments/{payment_id}", operation_id="read_payment")
async def read_payment(actor: Reader, session: Session, payment_id: UUID) -> schemas.PaymentOut:
    """Read a payment with its invoices, as one who may read its contract."""
    payment = await payments.get_payment(session, payment_id)
    if not await queries.sees(session, actor, payment.contract_id):
        raise NOT_FOUND(what=payments.PAYMENT)
    return schemas.PaymentOut.model_validate(payment)


@router.post("/payments/{payment_id}/invoices", status_code=201, operation_id="add_invoice")
async def add_invoice(actor: Payee, session: Session, payment_id: UUID, body: schemas.InvoiceIn) -> schemas.PaymentOut:
    """Record an invoice for a payment, as the payee. The answer is the payment with all its invoices."""
    payment = await service.add_invoice(session, actor, payment_id, body)
    return schemas.PaymentOut.model_validate(payment)


@router.post("/payments/{payment_id}/reversal", status_code=201, operation_id="reverse_payment")
async def reverse_payment(
    actor: Payee, session: Session, payment_id: UUID, body: schemas.PaymentReversalIn
) -> schemas.PaymentOut:
    """Reverse a whole payment, as the payee. The answer is the reversal, whose amounts are negative.

    `kind` says whether the bank returned the money, you paid it back, or the record was wrong. A wrong record never
    counted, and its bank reference and invoice numbers are free for the right one.
    """
    payment = await service.reverse_payment(session, actor, payment_id, body)
    return schemas.PaymentOut.model_validate(payment)
