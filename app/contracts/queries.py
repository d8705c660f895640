"""Reading contracts and who may see them; what is paid on one, and what awards are computed from."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.contracts.amounts import Paid
from app.contracts.kinds import ContractStatus, ContractType, RegistrationStatus
from app.contracts.models import Contract, ContractBroker, ContractParty, Payment, Registration
from app.core.access import Actor, Role
from app.core.database import Session, read_all, read_one
from app.core.problems import Text
from app.core.web.filters import between, equal, having
from app.core.web.pages import Found, Orders, PageRequest, open_ended, read_page
from app.identity.models import Broker
from app.office.documents.access import Level

"""Reading contracts and who may see them; what is paid on one, and what awards are computed from."""


ORDERS: Final = Orders("id", Contract.id, Contract.total_amount, open_ended(Contract.signed_on))


def _registered_as(status: RegistrationStatus) -> ColumnElement[bool]:
    return Contract.id.in_(select(Registration.contract_id).where(Registration.status == status))


def _party(organisation_id: UUID) -> ColumnElement[bool]:
    return Contract.id.in_(select(ContractParty.contract_id).where(ContractParty.organisation_id == organisation_id))


FILTERS: Final = (
    equal(Contract.status, ContractStatus, "Where it stands"),
    equal(Contract.type, ContractType, "What it is about"),
    equal(Contract.deal_id, UUID, "Of this deal"),
    having("registration_status", RegistrationStatus, "Where its registration stands", _registered_as),
    having("organisation_id", UUID, "A party of it: buyer, seller or agency", _party),
    *between("signed", Contract.signed_on),
)


def _visible(actor: Actor) -> Select[Contract]:
    """An organisation sees the contracts it is a party of, as seller, buyer or agency; the market's staff see all.

    A broker in person sees the signed ones that name it.
    """
    if actor.is_staff:
        return select(Contract)
    if actor.has(Role.BROKER_IN_PERSON):
        return _cases(actor.person_id)
    own = select(ContractParty.contract_id).where(ContractParty.organisation_id == actor.organisation())
    return select(Contract).where(Contract.id.in_(own))


def _cases(person_id: UUID) -> Select[Contract]:
    """The contracts in which a broker served: a signed one names only who was employed on its day."""
    named = select(ContractBroker.contract_id).join(Broker, Broker.id == ContractBroker.broker_id)
    return select(Contract).where(
        Contract.id.in_(named.where(Broker.person_id == person_id)), Contract.signed_on.is_not(None)
    )


def deals_of_broker(person_id: UUID) -> Select[UUID]:
    """The deals of these contracts."""
    return _cases(person_id).with_only_columns(Contract.deal_id)


def _in_full(statement: Select[Contract]) -> Select[Contract]:
    return statement.options(
        selectinload(Contract.deductions),
        selectinload(Contract.parties),
        selectinload(Contract.brokers),
        selectinload(Contract.registration).selectinload(Registration.steps),
    ).execution_options(populate_existing=True)


async def get_contract(session: Session, actor: Actor, contract_id: UUID) -> Contract:
    """One contract in full, with its registration and steps; raises `not_found` where the actor may not see it."""
    statement = _in_full(_visible(actor).where(Contract.id == contract_id))
    return await read_one(session, statement, Text("contract", "合同"))


async def lock_contract(session: Session, actor: Actor, contract_id: UUID) -> Contract:
    """The same, locked: its registration and its payments change only under this lock."""
    statement = _visible(actor).where(Contract.id == contract_id).with_for_update(of=Contract, key_share=True)
    return await read_one(session, _in_full(statement), Text("contract", "合同"))


async def access_to_documents(session: Session, actor: Actor | None, contract_id: UUID) -> Level:
    """Who may see a contract may read what is attached to it; nobody else."""
    return "parties" if actor is not None and await sees(session, actor, contract_id) else "none"


async def sees(session: Session, actor: Actor, contract_id: UUID) -> bool:
    """Whether the actor may see a contract."""
    statement = select(_visible(actor).where(Contract.id == contract_id).exists())
    return bool((await session.execute(statement)).scalar_one())


async def list_contracts(session: Session, actor: Actor, page: PageRequest) -> Found[Contract]:
    """A page of what the actor may see, oldest first."""
    return await read_page(session, _visible(actor).options(selectinload(Contract.registration)), page, ORDERS)


async def of_deal(session: Session, actor: Actor, deal_id: UUID) -> Sequence[Contract]:
    """The contracts of a deal that the actor may see, with their parties, oldest first."""
    statement = _in_full(_visible(actor).where(Contract.deal_id == deal_id)).order_by(Contract.id)
    return await read_all(session, statement)


async def fixed_total_of_others(session: Session, deal_id: UUID, contract_id: UUID | None) -> Decimal:
    """What the deal's other fixed contracts sum to (CNY). Read it under the deal's lock."""
    statement = select(func.coalesce(func.sum(Contract.total_amount), Decimal(0))).where(
        Contract.deal_id == deal_id,
        Contract.status != ContractStatus.CANCELLED,
        Contract.amounts_provisional.is_(False),
    )
    if contract_id:
        statement = statement.where(Contract.id != contract_id)
    return (await session.execute(statement)).scalar_one()


async def paid_on(session: Session, contract_id: UUID) -> Sequence[Paid]:
    """Every payment and reversal of a contract as it was recorded. Read it under its lock before a decision."""
    statement = select(Payment.amount, Payment.technical_amount, Payment.id, Payment.reverses_id)
    statement = statement.where(Payment.contract_id == contract_id).order_by(Payment.recorded_at, Payment.id)
    return [Paid(*row) for row in await session.execute(statement)]


async def paying_parties(session: Session, contract_id: UUID) -> dict[str, set[UUID]]:
    """Who paid (`buyers`) and who received money (`sellers`) on a contract."""
    statement = select(Payment.payer_id, Payment.payee_id).where(Payment.contract_id == contract_id)
    rows = (await session.execute(statement)).all()
    return {"buyers": {row.payer_id for row in rows}, "sellers": {row.payee_id for row in rows}}


async def award_facts(session: Session, year_end: date) -> tuple[list[Contract], list[Payment], set[UUID]]:
    """What awards are computed from, as it stands: every contract paid on up to a local day, and its payments.

    The contracts come with parties, brokers, registration and deal (`deal.related_party`); the payments with invoices,
    in order of receipt, reversals among them (`reverses_id`, negative amounts). The set names every party. Three
    queries, however many contracts there are. A registration that was cancelled says so in `cancelled_on`.
    """
    bound = datetime.combine(year_end + timedelta(days=1), time.min, session.city.zone)
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
