"""Requests and responses of payments and invoices."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.contracts.kinds import ReversalKind
from app.core.schemas import Amount, Day, Id, Input, Moment, Money, Name, Output, PositiveMoney, Prose, SignedMoney


class InvoiceIn(Input):
    """An invoice (发票) that the payee issued for a payment."""

    number: Name
    amount: PositiveMoney
    issued_on: Day


class PaymentIn(Input):
    """Money that reached your organisation's bank account (到账) on this contract."""

    payer_id: Id = Field(description="The buyer who paid")
    amount: PositiveMoney
    technical_amount: Money | None = Field(
        default=None, description="The technical part, where stated; else it counts in the contract's ratio"
    )
    received_at: Moment = Field(description="When the bank received it, with offset")
    bank_reference: Name = Field(description="The bank's serial number (流水号); once for each payee")
    invoice: InvoiceIn | None = None


class PaymentReversalIn(Input):
    """A whole payment was taken back by the bank or paid back, or its record is wrong and it never was."""

    kind: ReversalKind = ReversalKind.RETURNED_BY_BANK
    reversed_at: Moment | None = Field(default=None, description="When the money left; none for `recorded_wrongly`")
    bank_reference: Name | None = Field(
        default=None, description="The serial number under which it left; none for `recorded_wrongly`"
    )
    reason: Prose


class InvoiceOut(Output):
    id: UUID
    number: str
    amount: Amount
    issued_on: date


class PaymentOut(Output):
    """A payment or, with negative amounts and `reverses_id`, the reversal of one.

    A reversal because the record was wrong has the time and the bank reference of that record.
    """

    id: UUID
    contract_id: UUID
    payer_id: UUID
    payee_id: UUID
    amount: SignedMoney
    technical_amount: SignedMoney | None
    received_at: datetime
    bank_reference: str
    recorded_at: datetime
    reverses_id: UUID | None
    reversal: ReversalKind | None
    reason: str | None
    invoices: list[InvoiceOut]


class PaymentTotalsOut(Output):
    """Where the contract stands, over all its payments."""

    total_amount: Amount
    amounts_provisional: bool
    paid: SignedMoney
    due: Amount = Field(description="Total less paid; zero where royalties passed the estimate")
    technical_paid: SignedMoney = Field(description="Technical part of what was paid, to the fen")


class PaymentPage(Output):
    """A page of a contract's payments in order of receipt, with the totals over all of them."""

    items: list[PaymentOut]
    next_cursor: str | None = Field(default=None, description="Pass as `cursor` for the next page; null on the last.")
    totals: PaymentTotalsOut
