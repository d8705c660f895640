"""Reading payments and invoices, for those who have checked access to the contract."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, selectinload

from app.contracts.kinds import ReversalKind
from app.contracts.models import Invoice, Payment
from app.core.database import Session, read_one, same
from app.core.problems import Text
from app.core.web.pages import Found, Orders, PageRequest, read_page

PAYMENT: Final = Text("payment", "收款记录")
ORDERS: Final = Orders("received_at", Payment.id, Payment.received_at, Payment.amount)


async def list_payments(session: Session, contract_id: UUID, page: PageRequest) -> Found[Payment]:
    """A page of a contract's payments in order of receipt. Check first who may see the contract."""
    statement = select(Payment).where(Payment.contract_id == contract_id).options(selectinload(Payment.invoices))
    return await read_page(session, statement, page, ORDERS)


async def get_payment(session: Session, payment_id: UUID) -> Payment:
    """A payment with its invoices; the caller has still to look at the contract, which says who may see it."""
    statement = select(Payment).where(Payment.id == payment_id).options(selectinload(Payment.invoices))
    return await read_one(session, statement, PAYMENT, fresh=True)


async def is_reversed(session: Session, payment_id: UUID) -> bool:
    """Whether a reversal names the payment."""
    return bool((await session.execute(select(exists().where(Payment.reverses_id == payment_id)))).scalar_one())


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a number stands in the records of an organisation, and whether one of them is not taken back as wrong.

    Read it under the organisation's lock.
    """

    count: int
    holds: bool


async def uses_of_reference(session: Session, payee_id: UUID, reference: str) -> Uses:
    """The payee's payments and reversals under a bank reference."""
    holds = Payment.reversal_kind.is_distinct_from(ReversalKind.RECORDED_WRONGLY) & ~_is_wrong(Payment.id)
    statement = select(func.count(), func.coalesce(func.bool_or(holds), false())).where(
        Payment.payee_id == payee_id, same(Payment.bank_reference, reference)
    )
    return Uses(*(await session.execute(statement)).one())


async def uses_of_invoice(session: Session, issuer_id: UUID, number: str) -> Uses:
    """The issuer's invoices of a number."""
    holds = ~_is_wrong(Invoice.payment_id)
    statement = select(func.count(), func.coalesce(func.bool_or(holds), false())).where(
        Invoice.issuer_id == issuer_id, same(Invoice.number, number)
    )
    return Uses(*(await session.execute(statement)).one())


def _is_wrong(payment_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether a payment was taken back because its record was wrong."""
    reversal = aliased(Payment)
    wrong = reversal.reversal_kind == ReversalKind.RECORDED_WRONGLY
    return exists().where(reversal.reverses_id == payment_id, wrong)
