"""Reading payments and invoices, for those who have checked access to the contract."""

from typing import Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

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


async def bank_reference_used(session: Session, payee_id: UUID, reference: str) -> bool:
    """Whether the payee recorded that bank reference before. Read it under the payee's lock."""
    statement = select(exists().where(Payment.payee_id == payee_id, same(Payment.bank_reference, reference)))
    return bool((await session.execute(statement)).scalar_one())


async def invoice_number_used(session: Session, issuer_id: UUID, number: str) -> bool:
    """Whether the issuer recorded that invoice before. Read it under the issuer's lock."""
    statement = select(exists().where(Invoice.issuer_id == issuer_id, same(Invoice.number, number)))
    return bool((await session.execute(statement)).scalar_one())
