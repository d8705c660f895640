"""Tables of settlement: what follows in money when the contract of a deal is signed. All of them are append-only."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.contracts.settlement.kinds import PartKind
from app.core.database import Base
from app.market.deals.kinds import PartyRole
from app.office.ledger.models import PaymentInstruction


class Settlement(Base):
    """The settlement (结算) of a deal made on the exchange, as it was computed when its contract was signed.

    `price` is the deal's certain price, `cash` what of it is paid in money: shares are not (CNY). `figures` are the
    dated parameters that were applied.
    """

    __tablename__ = "settlements"
    __table_args__ = (CheckConstraint("cash >= 0 AND cash <= price", name="cash"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"), primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    price: Mapped[Decimal]
    cash: Mapped[Decimal]
    figures: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    parts: Mapped[list["SettlementPart"]] = relationship(lazy="raise", order_by="SettlementPart.position")
    fees: Mapped[list["SettlementFee"]] = relationship(lazy="raise", order_by="SettlementFee.position")
    deposits: Mapped[list["SettlementDeposit"]] = relationship(
        lazy="raise", order_by="SettlementDeposit.organisation_id"
    )
    requests: Mapped[list["SettlementRequest"]] = relationship(
        lazy="raise", order_by="SettlementRequest.instruction_id"
    )


class SettlementPart(Base):
    """A part of the price in money (CNY), in the order of payment. `before_certificate`: it is due first.

    Due on a day, or upon an event as the terms word it, or, with neither, as the contract says.
    """

    __tablename__ = "settlement_parts"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("settlements.deal_id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PartKind] = mapped_column(Text)
    amount: Mapped[Decimal]
    due_on: Mapped[date | None]
    event: Mapped[str | None]
    before_certificate: Mapped[bool]


class SettlementFee(Base):
    """The fee (交易服务费) of a party: what its deposit paid of it, and the instruction by which it pays the rest."""

    __tablename__ = "settlement_fees"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("from_deposit >= 0 AND from_deposit <= amount", name="from_deposit"),
        CheckConstraint("(from_deposit = amount) = (instruction_id IS NULL)", name="instruction"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("settlements.deal_id"), primary_key=True)
    role: Mapped[PartyRole] = mapped_column(Text, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    position: Mapped[int]
    amount: Mapped[Decimal]
    from_deposit: Mapped[Decimal]
    instruction_id: Mapped[UUID | None] = mapped_column(ForeignKey("settlement_instructions.id"), unique=True)
    instruction: Mapped[PaymentInstruction | None] = relationship(lazy="raise")


class SettlementDeposit(Base):
    """What became of a buyer's deposit: fee, part of the price, and what was more than both and goes back (CNY)."""

    __tablename__ = "settlement_deposits"
    __table_args__ = (
        CheckConstraint("fee >= 0 AND credited >= 0 AND returned >= 0", name="parts"),
        CheckConstraint("amount = fee + credited + returned", name="amount"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("settlements.deal_id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    deposit_id: Mapped[UUID] = mapped_column(ForeignKey("deposits.id"), unique=True)
    amount: Mapped[Decimal]
    fee: Mapped[Decimal]
    credited: Mapped[Decimal]
    returned: Mapped[Decimal]


class SettlementRequest(Base):
    """An instruction that asks a buyer for a part of the price, or for what is left of it."""

    __tablename__ = "settlement_requests"
    __table_args__ = (
        ForeignKeyConstraint(["deal_id", "position"], ["settlement_parts.deal_id", "settlement_parts.position"]),
        Index("ix_settlement_requests_deal_id", "deal_id"),
    )

    instruction_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_instructions.id"), primary_key=True)
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("settlements.deal_id"))
    position: Mapped[int]
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    instruction: Mapped[PaymentInstruction] = relationship(lazy="raise")
