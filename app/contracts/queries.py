"""All reading of contracts, registrations and payments, and who may see what."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.contracts.kinds import ContractStatus, RegistrationStatus
from app.contracts.models import Contract, ContractParty, Invoice, Payment, Registration
from app.contracts.payments.rules import Paid
from app.core.access import Actor
from app.core.database import find_one, given, read_all, read_one
from app.core.problems import Text
from app.core.web.pages import Found, PageRequest, cut, paged, read_page
from app.office.documents.access import Level

OPEN_CASES = (
    RegistrationStatus.SUBMITTED,
    RegistrationStatus.ACCEPTED,
    RegistrationStatus.SUPPLEMENTS_REQUESTED,
)
UNDATED = date(9999, 12, 31)


def _visible(actor: Actor) -> Select[Contract]:
    """An organisation sees the contracts it is a party of, as seller, buyer or agency; the market's staff see all."""
    if actor.is_staff:
        return select(Contract)
    own = select(ContractParty.contract_id).where(ContractParty.organisation_id == actor.organisation())
    return select(Contract).where(Contract.id.in_(own))


def _in_full(statement: Select[Contract]) -> Select[Contract]:
    return statement.options(
        selectinload(Contract.deductions),
        selectinload(Contract.parties),
        selectinload(Contract.brokers),
        selectinload(Contract.registration).selectinload(Registration.steps),
    ).execution_options(populate_existing=True)


async def get_contract(session: AsyncSession, actor: Actor, contract_id: UUID) -> Contract:
    """One contract in full, with its registration and steps; raises `not_found` where the actor may not see it."""
    statement = _in_full(_visible(actor).where(Contract.id == contract_id))
    return await read_one(session, statement, Text("contract", "合同"))


async def lock_contract(session: AsyncSession, actor: Actor, contract_id: UUID) -> Contract:
    """The same, locked: its registration and its payments change only under this lock."""
    statement = _visible(actor).where(Contract.id == contract_id).with_for_update(of=Contract, key_share=True)
    return await read_one(session, _in_full(statement), Text("contract", "合同"))


async def access_to_documents(session: AsyncSession, actor: Actor | None, contract_id: UUID) -> Level:
    """Who may see a contract may read what is attached to it; nobody else."""
    if actor is None:
        return "none"
    statement = select(_visible(actor).where(Contract.id == contract_id).exists())
    return "parties" if (await session.execute(statement)).scalar_one() else "none"


async def list_contracts(
    session: AsyncSession,
    actor: Actor,
    page: PageRequest,
    status: ContractStatus | None,
    registration_status: RegistrationStatus | None,
    deal_id: UUID | None,
) -> Found[Contract]:
    """A page of what the actor may see, oldest first."""
    statement = _visible(actor).options(selectinload(Contract.registration))
    statement = given(statement, (Contract.status, status))
    if registration_status:
        statement = statement.where(Contract.registration.has(Registration.status == registration_status))
    statement = given(statement, (Contract.deal_id, deal_id))
    return await read_page(session, statement, page, Contract.id)


async def of_deal(session: AsyncSession, actor: Actor, deal_id: UUID) -> Sequence[Contract]:
    """The contracts of a deal that the actor may see, with their parties, oldest first."""
    statement = _in_full(_visible(actor).where(Contract.deal_id == deal_id)).order_by(Contract.id)
    return await read_all(session, statement)


async def fixed_total_of_others(session: AsyncSession, deal_id: UUID, contract_id: UUID | None) -> Decimal:
    """What the deal's other fixed contracts sum to (CNY). Read it under the deal's lock."""
    statement = select(func.coalesce(func.sum(Contract.total_amount), Decimal(0))).where(
        Contract.deal_id == deal_id,
        Contract.status != ContractStatus.CANCELLED,
        Contract.amounts_provisional.is_(False),
    )
    if contract_id:
        statement = statement.where(Contract.id != contract_id)
    return (await session.execute(statement)).scalar_one()


async def worklist(session: AsyncSession, page: PageRequest, status: RegistrationStatus | None) -> Found[Registration]:
    """Applications by the day their decision is due, those without one last; by default the open ones."""
    due = func.coalesce(Registration.decision_due_on, UNDATED)
    statement = (
        select(Registration)
        .join(Registration.contract)
        .options(contains_eager(Registration.contract))
        .where(Registration.status.in_([status] if status else OPEN_CASES))
    )
    rows = await read_all(session, paged(statement, page, due, Registration.id))
    return cut(rows, page, lambda row: (row.decision_due_on or UNDATED, row.id))


async def lock_registration(session: AsyncSession, registration_id: UUID) -> Registration:
    """A registration with its contract, locked by the contract's row."""
    return (await session.execute(_for_change(registration_id))).scalar_one()


async def find_free_registration(session: AsyncSession, registration_id: UUID, *, wait: bool) -> Registration | None:
    """The same; without `wait`, None where somebody else holds the contract."""
    statement = _for_change(registration_id, skip_locked=not wait)
    return await find_one(session, statement)


def _for_change(registration_id: UUID, *, skip_locked: bool = False) -> Select[Registration]:
    return (
        select(Registration)
        .join(Registration.contract)
        .options(contains_eager(Registration.contract))
        .where(Registration.id == registration_id)
        .with_for_update(of=Contract, key_share=True, skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    )


async def paid_on(session: AsyncSession, contract_id: UUID) -> Sequence[Paid]:
    """The amounts of every payment and reversal of a contract. Read it under the contract's lock before a decision."""
    statement = select(Payment.amount, Payment.technical_amount).where(Payment.contract_id == contract_id)
    return [Paid(row.amount, row.technical_amount) for row in await session.execute(statement)]


async def paying_parties(session: AsyncSession, contract_id: UUID) -> dict[str, set[UUID]]:
    """Who paid (`buyers`) and who received money (`sellers`) on a contract."""
    statement = select(Payment.payer_id, Payment.payee_id).where(Payment.contract_id == contract_id)
    rows = (await session.execute(statement)).all()
    return {"buyers": {row.payer_id for row in rows}, "sellers": {row.payee_id for row in rows}}


async def list_payments(session: AsyncSession, contract_id: UUID, page: PageRequest) -> Found[Payment]:
    """A page of a contract's payments in order of receipt. Check first who may see the contract."""
    statement = select(Payment).where(Payment.contract_id == contract_id).options(selectinload(Payment.invoices))
    return await read_page(session, statement, page, Payment.received_at, Payment.id)


async def get_payment(session: AsyncSession, payment_id: UUID) -> Payment:
    """A payment with its invoices; the caller has still to look at the contract, which says who may see it."""
    statement = select(Payment).where(Payment.id == payment_id).options(selectinload(Payment.invoices))
    return await read_one(session, statement, Text("payment", "收款记录"), fresh=True)


async def is_reversed(session: AsyncSession, payment_id: UUID) -> bool:
    """Whether a reversal names the payment."""
    return bool((await session.execute(select(exists().where(Payment.reverses_id == payment_id)))).scalar_one())


async def bank_reference_used(session: AsyncSession, payee_id: UUID, reference: str) -> bool:
    """Whether the payee recorded that bank reference before. Read it under the payee's lock."""
    statement = select(exists().where(Payment.payee_id == payee_id, Payment.bank_reference == reference))
    return bool((await session.execute(statement)).scalar_one())


async def invoice_number_used(session: AsyncSession, issuer_id: UUID, number: str) -> bool:
    """Whether the issuer recorded that invoice before. Read it under the issuer's lock."""
    statement = select(exists().where(Invoice.issuer_id == issuer_id, Invoice.number == number))
    return bool((await session.execute(statement)).scalar_one())


async def award_facts(
    session: AsyncSession, year_end: date, zone: ZoneInfo
) -> tuple[list[Contract], list[Payment], set[UUID]]:
    """What awards are computed from, as it stands: every contract paid on up to a local day, and its payments.

    The contracts come with parties, brokers, registration and deal (`deal.related_party`); the payments with invoices,
    in order of receipt, reversals among them (`reverses_id`, negative amounts). The set names every party. Three
    queries, however many contracts there are. A registration that was cancelled says so in `cancelled_on`.
    """
    bound = datetime.combine(year_end + timedelta(days=1), time.min, zone)
    received = Payment.received_at < bound
    contracts = (
        select(Contract)
        .where(Contract.id.in_(select(Payment.contract_id).where(received)))
        .options(
            joinedload(Contract.deal),
            joinedload(Contract.registration),
            joinedload(Contract.parties),
            selectinload(Contract.brokers),
        )
        .order_by(Contract.id)
    )
    payments = (
        select(Payment).where(received).options(joinedload(Payment.invoices)).order_by(Payment.received_at, Payment.id)
    )
    found = list((await session.execute(contracts)).unique().scalars())
    paid = list((await session.execute(payments)).unique().scalars())
    return found, paid, {party.organisation_id for contract in found for party in contract.parties}
