"""Responses of settlement."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.contracts.settlement.kinds import ConditionKind, PartKind
from app.contracts.settlement.models import SettlementFee
from app.contracts.settlement.progress import Facts, PayerProgress
from app.contracts.settlement.rules import NIL
from app.core.schemas import Amount, Id, Input, Line, Money, Output, PositiveMoney
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.office.ledger.kinds import InstructionKind, InstructionStatus


class PriceReturnIn(Input):
    """What goes back to a buyer after the contract has ended (CNY), and on what it rests: an agreement, a judgment."""

    organisation_id: Id
    amount: PositiveMoney
    reason: Line


class MissingPaymentOut(Output):
    """What an organisation still has to pay, with an instruction's number as the purpose."""

    organisation_id: UUID
    amount: Amount
    instructions: list[str] = Field(description="Numbers of the instructions that ask for it")


class CertificateConditionOut(Output):
    """A condition of the transaction certificate."""

    kind: ConditionKind
    holds: bool
    since: datetime | None = Field(description="Since when it holds; null: it does not")
    missing: list[MissingPaymentOut]


class PricePartOut(Output):
    """A part of the price in money. `before_certificate`: it must have arrived first."""

    position: int
    kind: PartKind
    amount: Amount
    due_on: date | None
    event: str | None = Field(description="What it waits for, as the terms word it")
    before_certificate: bool


class InstructionBrief(Output):
    """An instruction of this settlement; pay exactly its amount with its number as the purpose."""

    LOCATION: ClassVar[str] = "/v1/settlement-instructions/{id}"

    id: UUID
    number: str
    kind: InstructionKind
    organisation_id: UUID | None
    amount: Amount
    status: InstructionStatus
    due_on: date | None
    settled_at: datetime | None


class PayerOut(Output):
    """A buyer: what it owes, and what of it arrived how. `direct`: recorded by a seller as received itself.

    `returned`: ordered back to it after a contract had ended; it counts as not arrived.
    """

    organisation_id: UUID
    owed: Amount
    from_deposit: Amount
    through_exchange: Amount
    direct: Amount
    returned: Amount
    left: Amount
    requests: list[InstructionBrief]


class FeeOut(Output):
    """A party's fee; `paid_at` by the bank's time, that of signing where the deposit paid all of it."""

    role: PartyRole
    organisation_id: UUID
    amount: Amount
    from_deposit: Amount
    instruction: InstructionBrief | None
    paid_at: datetime | None


class DepositUseOut(Output):
    """What became of a buyer's deposit."""

    organisation_id: UUID
    deposit_id: UUID
    amount: Amount
    fee: Amount
    credited: Amount = Field(description="Became part of the price")
    returned: Amount = Field(description="More than fee and price: goes back")


class AppliedFigureOut(Output):
    """A figure that was applied: its value, where it stands, and the mark of how sure it is."""

    value: str
    reference: str
    mark: str


class SettlementOut(Output):
    """The settlement of a deal: what is due, has arrived, is held and was paid out, and by which figures."""

    deal_id: UUID
    deal_number: str
    contract_id: UUID
    price: Amount
    cash: Amount = Field(description="What of the price is paid in money")
    parts: list[PricePartOut]
    payers: list[PayerOut]
    fees: list[FeeOut]
    deposits: list[DepositUseOut]
    conditions: list[CertificateConditionOut]
    gathered: Amount = Field(description="Held by the exchange now, for the sellers")
    payouts: list[InstructionBrief]
    figures: dict[str, AppliedFigureOut] = Field(
        description="The dated figures of law and policy that were applied, by name"
    )
    opened_at: datetime
    server_time: datetime


def settlement_out(deal: Deal, facts: Facts, gathered: Money, now: datetime) -> SettlementOut:
    """A settlement with its standing."""
    row = facts.settlement
    return SettlementOut.of(
        row,
        deal_number=deal.number,
        payers=[_payer(facts, payer) for payer in facts.payers()],
        fees=[_fee(fee, row.opened_at) for fee in row.fees],
        conditions=list(facts.conditions()),
        gathered=gathered,
        payouts=list(facts.payouts),
        server_time=now,
    )


def _payer(facts: Facts, payer: PayerProgress) -> PayerOut:
    requests = [row.instruction for row in facts.settlement.requests if row.payer_id == payer.payer_id]
    return PayerOut.of(
        payer,
        organisation_id=payer.payer_id,
        left=sum(payer.left, NIL),
        requests=[row for row in requests if row.status != InstructionStatus.CANCELLED],
    )


def _fee(fee: SettlementFee, opened_at: datetime) -> FeeOut:
    return FeeOut.of(fee, paid_at=fee.instruction.settled_at if fee.instruction else opened_at)
