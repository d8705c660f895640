"""Tables of technology contracts (技术合同), their registration and what was paid on them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.results.kinds import TechnicalField
from app.contracts.amounts import Amounts, holding
from app.contracts.kinds import (
    ContractStatus,
    ContractType,
    DeductionKind,
    PaymentTerms,
    Regime,
    RegistrationStatus,
    ReversalKind,
)
from app.core.database import Base, Created, Identified, Numbered, Revised
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal

OWNED = "all, delete-orphan"


class Contract(Identified, Numbered, Revised, Created, Base):
    """A contract on a deal. `technical_amount` (技术交易额) is `total_amount` (合同成交额) less the deductions.

    `supplement_fields` is what the supplement (补充协议) names of what departs from the deal.
    """

    __tablename__ = "contracts"
    __table_args__ = (
        Index("ix_contracts_type", "type"),
        CheckConstraint("total_amount >= 0", name="total_amount"),
        CheckConstraint("technical_amount >= 0 AND technical_amount <= total_amount", name="technical_amount"),
        CheckConstraint("(supplement_document_id IS NULL) = (supplement_fields IS NULL)", name="supplement"),
        Index("ix_contracts_deal_id", "deal_id"),
        Index("ix_contracts_status_id", "status", "id"),
        Index("ix_contracts_by_total_amount", "total_amount", "id"),
        Index("ix_contracts_by_signed_on", text("coalesce(signed_on, '9999-12-31'::date)"), "id"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"))
    type: Mapped[ContractType] = mapped_column(Text)
    name: Mapped[str]
    technical_field: Mapped[TechnicalField] = mapped_column(Text)
    industry_code: Mapped[str | None]
    signed_on: Mapped[date | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    payment_terms: Mapped[PaymentTerms] = mapped_column(Text)
    total_amount: Mapped[Decimal]
    technical_amount: Mapped[Decimal]
    amounts_provisional: Mapped[bool] = mapped_column(default=False)
    agency_service: Mapped[str | None]
    field_of_use: Mapped[str | None]
    sublicensing: Mapped[bool | None]
    supplement_document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    supplement_fields: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    status: Mapped[ContractStatus] = mapped_column(Text, default=ContractStatus.DRAFT)
    cancelled_on: Mapped[date | None]
    deductions: Mapped[list["ContractDeduction"]] = relationship(
        lazy="raise", order_by="ContractDeduction.position", cascade=OWNED, passive_deletes=True
    )
    parties: Mapped[list["ContractParty"]] = relationship(
        lazy="raise", order_by="ContractParty.position", cascade=OWNED, passive_deletes=True
    )
    brokers: Mapped[list["ContractBroker"]] = relationship(
        lazy="raise", order_by="ContractBroker.position", cascade=OWNED, passive_deletes=True
    )
    registration: Mapped["Registration | None"] = relationship(lazy="raise", back_populates="contract")
    deal: Mapped[Deal] = relationship(lazy="raise")

    @property
    def amounts(self) -> Amounts:
        """The amounts that hold (CNY): as registered, else as stated; the registration is loaded."""
        registered = self.registration
        return holding(
            Amounts(self.total_amount, self.technical_amount),
            registered.registered_total_amount if registered else None,
            registered.registered_technical_amount if registered else None,
        )


class ContractDeduction(Base):
    """One item that is not technology, with its amount (CNY)."""

    __tablename__ = "contract_deductions"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DeductionKind] = mapped_column(Text)
    description: Mapped[str]
    amount: Mapped[Decimal]


class ContractParty(Base):
    """A party of a contract with its share; the shares of a side sum to 1. `signed_at` is when we were told."""

    __tablename__ = "contract_parties"
    __table_args__ = (
        Index(
            "ix_contract_parties_unsigned", "organisation_id", "contract_id", postgresql_where=text("signed_on IS NULL")
        ),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        Index("ix_contract_parties_organisation_id", "organisation_id", "contract_id"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[PartyRole] = mapped_column(Text, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    position: Mapped[int]
    share: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    signed_on: Mapped[date | None]
    signed_at: Mapped[datetime | None]


class ContractBroker(Base):
    """A broker who served the contract for one of its agencies; an agency's brokers' shares sum to 1."""

    __tablename__ = "contract_brokers"
    __table_args__ = (
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        Index("ix_contract_brokers_broker_id", "broker_id"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id", ondelete="CASCADE"), primary_key=True)
    broker_id: Mapped[UUID] = mapped_column(ForeignKey("brokers.id"), primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    position: Mapped[int]
    share: Mapped[Decimal] = mapped_column(Numeric(7, 6))


class Registration(Identified, Revised, Base):
    """The application of a contract: once, by the seller. Its history is in the steps.

    A contract has one row for good: a refused application that is made again, on the amended contract, goes on in it.
    `contract_revision` is the revision applied for.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        Index(
            "ix_registrations_open_applicant",
            "applicant_id",
            "status",
            text("coalesce(decision_due_on, '9999-12-31'::date)"),
            "id",
            postgresql_where=text("status IN ('submitted', 'accepted', 'supplements_requested')"),
        ),
        Index("ix_registrations_applicant_id", "applicant_id"),
        Index(
            "ix_registrations_status_decision_due_on",
            "status",
            text("coalesce(decision_due_on, '9999-12-31'::date)"),
            "id",
        ),
        # The registrar's worklist: what is decided is most of the table, and was due before.
        Index(
            "ix_registrations_open",
            text("coalesce(decision_due_on, '9999-12-31'::date)"),
            "id",
            postgresql_where=text("status IN ('submitted', 'accepted', 'supplements_requested')"),
        ),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), unique=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    number: Mapped[str | None] = mapped_column(unique=True)
    status: Mapped[RegistrationStatus] = mapped_column(Text)
    regime: Mapped[Regime] = mapped_column(Text)
    contract_revision: Mapped[int]
    expert_review: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime]
    accepted_on: Mapped[date | None]
    decision_due_on: Mapped[date | None]
    decision_due_provisional: Mapped[bool] = mapped_column(default=False)
    registered_on: Mapped[date | None]
    registered_total_amount: Mapped[Decimal | None]
    registered_technical_amount: Mapped[Decimal | None]
    cancelled_on: Mapped[date | None]
    reason: Mapped[str | None]
    contract: Mapped[Contract] = relationship(lazy="raise", back_populates="registration")
    steps: Mapped[list["RegistrationStep"]] = relationship(lazy="raise", order_by="RegistrationStep.id")


class RegistrationStep(Identified, Base):
    """One step of a registration, as it happened. Append-only."""

    __tablename__ = "registration_steps"
    __table_args__ = (Index("ix_registration_steps_registration_id", "registration_id", "id"),)

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"))
    status: Mapped[RegistrationStatus] = mapped_column(Text)
    note: Mapped[str | None]
    at: Mapped[datetime]


class Payment(Identified, Base):
    """Money received on a contract, by bank receipt (银行到账), CNY. Append-only.

    A reversal is a payment of its own: it names the payment it takes back whole, and its amounts are negative, so that
    what was paid is the plain sum of the rows. One of a record that was wrong has the time and the bank reference of
    that record. `attempt` counts the rows under a bank reference: it is above zero where the first record was wrong.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount <> 0 AND (amount < 0) = (reverses_id IS NOT NULL)", name="amount"),
        CheckConstraint(
            "technical_amount IS NULL OR (abs(technical_amount) <= abs(amount) AND technical_amount * amount >= 0)",
            name="technical_amount",
        ),
        CheckConstraint("reversal_kind IS NULL OR reverses_id IS NOT NULL", name="reversal_kind"),
        Index("uq_payments_bank_reference", "payee_id", text("techex_folded(bank_reference)"), "attempt", unique=True),
        Index("ix_payments_contract_id", "contract_id", "received_at", "id"),
        Index("ix_payments_by_amount", "contract_id", "amount", "id"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    payee_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    amount: Mapped[Decimal]
    technical_amount: Mapped[Decimal | None]
    received_at: Mapped[datetime]
    bank_reference: Mapped[str]
    recorded_at: Mapped[datetime]
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"), unique=True)
    reversal_kind: Mapped[ReversalKind | None] = mapped_column(Text)
    attempt: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    reason: Mapped[str | None]
    invoices: Mapped[list["Invoice"]] = relationship(lazy="raise", order_by="Invoice.issued_on")

    @property
    def reversal(self) -> ReversalKind | None:
        """Why it takes another payment back; None for a payment. Up to release 0.1 every reversal was the bank's."""
        if self.reverses_id is None:
            return None
        return self.reversal_kind or ReversalKind.RETURNED_BY_BANK


class Invoice(Identified, Base):
    """An invoice (发票) issued for a payment. `attempt`: as of a payment, for the invoice's number."""

    __tablename__ = "invoices"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("uq_invoices_number", "issuer_id", text("techex_folded(number)"), "attempt", unique=True),
        Index("ix_invoices_payment_id", "payment_id"),
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    number: Mapped[str]
    amount: Mapped[Decimal]
    issued_on: Mapped[date]
    attempt: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
