"""Responses of settlement."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.contracts.settlement.kinds import ConditionKind, PartKind
from app.contracts.settlement.models import SettlementFee
from app.contracts.settlement.rules import NIL
from app.contracts.settlement.standing import Condition, Facts, PayerStanding
from app.core.schemas import Input, Line, Money, Output, PositiveMoney
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.office.ledger.kinds import InstructionKind, InstructionStatus
from app.office.ledger.models import SettlementInstruction


class PriceReturnIn(Input):
    """What goes back to a buyer after the contract has ended (CNY), and on what it rests: an agreement, a judgment."""

    organisation_id: UUID
    amount: PositiveMoney
    reason: Line


class MissingPaymentOut(Output):
    """What an organisation still has to pay, with an instruction's number as the purpose."""

    organisation_id: UUID
    amount: Money
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
    amount: Money
    due_on: date | None
    event: str | None = Field(description="What it waits for, as the terms word it")
    before_certificate: bool


class InstructionBrief(Output):
    """An instruction of this settlement; pay exactly its amount with its number as the purpose."""

    id: UUID
    number: str
    kind: InstructionKind
    organisation_id: UUID | None
    amount: Money
    status: InstructionStatus
    due_on: date | None
    settled_at: datetime | None


class PayerOut(Output):
    """A buyer: what it owes, and what of it arrived how. `direct`: recorded by a seller as received itself.

    `returned`: ordered back to it after a contract had ended; it counts as not arrived.
    """

    organisation_id: UUID
    owed: Money
    from_deposit: Money
    through_exchange: Money
    direct: Money
    returned: Money
    left: Money
    requests: list[InstructionBrief]


class FeeOut(Output):
    """A party's fee; `paid_at` by the bank's time, that of signing where the deposit paid all of it."""

    role: PartyRole
    organisation_id: UUID
    amount: Money
    from_deposit: Money
    instruction: InstructionBrief | None
    paid_at: datetime | None


class DepositUseOut(Output):
    """What became of a buyer's deposit."""

    organisation_id: UUID
    deposit_id: UUID
    amount: Money
    fee: Money
    credited: Money = Field(description="Became part of the price")
    returned: Money = Field(description="More than fee and price: goes back")


class SettlementOut(Output):
    """The settlement of a deal: what is due, has arrived, is held and was paid out, and by which figures."""

    deal_id: UUID
    deal_number: str
    contract_id: UUID
    price: Money
    cash: Money = Field(description="What of the price is paid in money")
    parts: list[PricePartOut]
    payers: list[PayerOut]
    fees: list[FeeOut]
    deposits: list[DepositUseOut]
    conditions: list[CertificateConditionOut]
    gathered: Money = Field(description="Held by the exchange now, for the sellers")
    payouts: list[InstructionBrief]
    figures: dict[str, Any] = Field(description="The dated parameters applied: value, reference, mark")
    opened_at: datetime
    server_time: datetime


def condition_out(condition: Condition) -> CertificateConditionOut:
    """A condition as its parties see it."""
    return CertificateConditionOut(
        kind=condition.kind,
        holds=condition.holds,
        since=condition.since,
        missing=[
            MissingPaymentOut(
                organisation_id=row.organisation_id, amount=row.amount, instructions=list(row.instructions)
            )
            for row in condition.missing
        ],
    )


def settlement_out(deal: Deal, facts: Facts, gathered: Money, now: datetime) -> SettlementOut:
    """A settlement with its standing."""
    row = facts.settlement
    return SettlementOut(
        deal_id=deal.id,
        deal_number=deal.number,
        contract_id=row.contract_id,
        price=row.price,
        cash=row.cash,
        parts=[PricePartOut.model_validate(part) for part in row.parts],
        payers=[_payer(facts, payer) for payer in facts.payers()],
        fees=[_fee(fee, row.opened_at) for fee in row.fees],
        deposits=[DepositUseOut.model_validate(deposit) for deposit in row.deposits],
        conditions=[condition_out(condition) for condition in facts.conditions()],
        gathered=gathered,
        payouts=[_brief(payout) for payout in facts.payouts],
        figures=row.figures,
        opened_at=row.opened_at,
        server_time=now,
    )


def _payer(facts: Facts, payer: PayerStanding) -> PayerOut:
    requests = [row.instruction for row in facts.settlement.requests if row.payer_id == payer.payer_id]
    return PayerOut(
        organisation_id=payer.payer_id,
        owed=payer.owed,
        from_deposit=payer.from_deposit,
        through_exchange=payer.through_exchange,
        direct=payer.direct,
        returned=payer.returned,
        left=sum(payer.left, NIL),
        requests=[_brief(row) for row in requests if row.status != InstructionStatus.CANCELLED],
    )


def _fee(fee: SettlementFee, opened_at: datetime) -> FeeOut:
    return FeeOut(
        role=fee.role,
        organisation_id=fee.organisation_id,
        amount=fee.amount,
        from_deposit=fee.from_deposit,
        instruction=_brief(fee.instruction) if fee.instruction else None,
        paid_at=fee.instruction.settled_at if fee.instruction else opened_at,
    )


def _brief(row: SettlementInstruction) -> InstructionBrief:
    return InstructionBrief.model_validate(row)
