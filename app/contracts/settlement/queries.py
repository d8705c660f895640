"""All reading of settlement, and who may see what: the parties of the deal and the market's staff."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app.contracts.kinds import ContractStatus
from app.contracts.models import Contract, Payment
from app.contracts.settlement.models import Settlement, SettlementFee, SettlementRequest
from app.contracts.settlement.rules import Receipt
from app.core.access import Actor
from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import NOT_FOUND, Text
from app.market.deals import queries as deals
from app.market.deals.models import Deal
from app.office.ledger.kinds import InstructionKind, InstructionStatus
from app.office.ledger.models import Deposit, PaymentInstruction
from app.office.ledger.problems import INSTRUCTION


async def find_settlement(session: Session, deal_id: UUID) -> Settlement | None:
    """A deal's settlement with all its current rows, without a check of access. Hold the deal's lock to decide."""
    statement = (
        select(Settlement)
        .where(Settlement.deal_id == deal_id)
        .options(
            selectinload(Settlement.parts),
            selectinload(Settlement.fees).selectinload(SettlementFee.instruction),
            selectinload(Settlement.deposits),
            selectinload(Settlement.requests).selectinload(SettlementRequest.instruction),
        )
    )
    return await find_one(session, statement, fresh=True)


async def get_settlement(session: Session, actor: Actor, deal_id: UUID) -> tuple[Deal, Settlement]:
    """The settlement of a deal that the actor may see; raises `not_found`, also where there is none (yet)."""
    deal = await deals.get_deal(session, actor, deal_id)
    found = await find_settlement(session, deal_id)
    if found is None:
        raise NOT_FOUND(what=Text("settlement", "价款结算"))
    return deal, found


async def deal_of(session: Session, instruction_id: UUID) -> UUID | None:
    """The deal whose price or fee an instruction asks for, if it is of a settlement."""
    asked = select(SettlementRequest.deal_id).where(SettlementRequest.instruction_id == instruction_id)
    charged = select(SettlementFee.deal_id).where(SettlementFee.instruction_id == instruction_id)
    return (await session.execute(asked.union_all(charged))).scalar_one_or_none()


async def lock_open_requests(session: Session, deal_id: UUID) -> Sequence[PaymentInstruction]:
    """The instructions that ask for a deal's price, locked, in order; some may have been settled meanwhile."""
    statement = (
        select(PaymentInstruction)
        .join(SettlementRequest, SettlementRequest.instruction_id == PaymentInstruction.id)
        .where(SettlementRequest.deal_id == deal_id, PaymentInstruction.status == InstructionStatus.OPEN)
        .order_by(PaymentInstruction.id)
        .with_for_update(of=PaymentInstruction)
    )
    return await read_all(session, statement, fresh=True)


async def asked_for(session: Session, deal_id: UUID) -> Sequence[PaymentInstruction]:
    """Everything that the parties of a deal were asked to pay of price and fees, also what is paid or taken back."""
    statement = select(PaymentInstruction).where(
        PaymentInstruction.subject_type == "deal",
        PaymentInstruction.subject_id == deal_id,
        PaymentInstruction.kind.in_([InstructionKind.PRICE_DUE, InstructionKind.FEE_DUE]),
    )
    return await read_all(session, statement.order_by(PaymentInstruction.id))


async def lock_asked(session: Session, instruction_id: UUID) -> PaymentInstruction:
    """One of them, locked, as it stands now. Lock its deal before it."""
    statement = select(PaymentInstruction).where(PaymentInstruction.id == instruction_id).with_for_update()
    return await read_one(session, statement, INSTRUCTION, fresh=True)


async def lock_instructions(session: Session, deal_id: UUID) -> None:
    """Lock every instruction of a deal's price and fees, so that no confirmation of them is reversed meanwhile."""
    statement = select(PaymentInstruction.id).where(
        PaymentInstruction.subject_type == "deal",
        PaymentInstruction.subject_id == deal_id,
        PaymentInstruction.kind.in_([InstructionKind.PRICE_DUE, InstructionKind.FEE_DUE]),
    )
    await session.execute(statement.order_by(PaymentInstruction.id).with_for_update())


async def payouts(session: Session, deal_id: UUID) -> Sequence[PaymentInstruction]:
    """What the bank was told to pay out on a deal: to its sellers, and back to its buyers."""
    statement = select(PaymentInstruction).where(
        PaymentInstruction.subject_type == "deal",
        PaymentInstruction.subject_id == deal_id,
        PaymentInstruction.kind.in_([InstructionKind.PRICE_PAYOUT, InstructionKind.PRICE_RETURN]),
    )
    ordered = statement.order_by(PaymentInstruction.id).execution_options(populate_existing=True)
    return await read_all(session, ordered)


async def receipts(session: Session, deal_id: UUID) -> list[Receipt]:
    """What the sellers recorded as received on the deal's contracts, in order of receipt."""
    statement = (
        select(Payment)
        .join(Contract, Contract.id == Payment.contract_id)
        .where(Contract.deal_id == deal_id)
        .order_by(Payment.received_at, Payment.id)
    )
    rows = (await session.execute(statement)).scalars()
    return [
        Receipt(row.id, row.payer_id, row.payee_id, row.amount, row.received_at, row.recorded_at, row.reverses_id)
        for row in rows
    ]


async def payments_on(session: Session, contract_ids: Sequence[UUID]) -> Sequence[Payment]:
    """What sellers recorded as received on contracts, in order, for those who see the contracts."""
    statement = select(Payment).where(Payment.contract_id.in_(contract_ids)).order_by(Payment.recorded_at, Payment.id)
    return await read_all(session, statement)


async def signed_contracts(session: Session, deal_id: UUID) -> Sequence[Contract]:
    """The deal's contracts that are signed and have not ended, with their parties, in order of drafting."""
    statement = (
        select(Contract)
        .where(Contract.deal_id == deal_id, Contract.status == ContractStatus.SIGNED)
        .options(selectinload(Contract.parties))
        .order_by(Contract.id)
    )
    return await read_all(session, statement)


async def contract_in_force(session: Session, deal_id: UUID) -> Contract | None:
    """A contract of the deal that binds: signed and not ended, or signed once and being amended after a refusal."""
    in_amendment = Contract.registration.has()
    statement = (
        select(Contract)
        .where(Contract.deal_id == deal_id, Contract.status != ContractStatus.CANCELLED)
        .where(or_(Contract.status == ContractStatus.SIGNED, in_amendment))
        .order_by(Contract.id)
        .limit(1)
    )
    return await find_one(session, statement)


async def lock_contracts(session: Session, deal_id: UUID) -> None:
    """Lock the deal's contracts, so that none of them ends or is amended meanwhile."""
    statement = select(Contract.id).where(Contract.deal_id == deal_id).order_by(Contract.id)
    await session.execute(statement.with_for_update(key_share=True))


async def deposit_of(session: Session, listing_id: UUID, organisation_id: UUID) -> Deposit | None:
    """An organisation's newest deposit for a listing."""
    statement = (
        select(Deposit)
        .where(
            Deposit.subject_type == "listing",
            Deposit.subject_id == listing_id,
            Deposit.organisation_id == organisation_id,
        )
        .order_by(Deposit.id.desc())
        .limit(1)
    )
    return await find_one(session, statement)
