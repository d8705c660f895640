"""The kinds and states of ledger: pure, so that rules may know them without a database."""

from enum import StrEnum


class AccountCode(StrEnum):
    """What an account holds; `rules.CHART` says on which side it stands."""

    BANK = "bank"
    DEPOSIT_RECEIVED = "deposit_received"
    DEPOSIT_HELD = "deposit_held"
    DEPOSIT_REPAYABLE = "deposit_repayable"
    PRICE_SETTLEMENT = "price_settlement"
    SELLER_PAYABLE = "seller_payable"
    FEE_RECEIVABLE = "fee_receivable"
    FEE_INCOME = "fee_income"
    FORFEITURES = "forfeitures"
    SUSPENSE_IN = "suspense_in"
    SUSPENSE_OUT = "suspense_out"
    SUSPENSE_REPAYABLE = "suspense_repayable"


class LedgerSide(StrEnum):
    """On which side an account's balance grows: debit (借) amounts are positive, credit (贷) amounts negative."""

    DEBIT = "debit"
    CREDIT = "credit"


class MovementKind(StrEnum):
    """Why money moved; `rules` says which entries each makes."""

    DEPOSIT_RECEIVED = "deposit_received"
    DEPOSIT_HELD = "deposit_held"
    DEPOSIT_RELEASE_DUE = "deposit_release_due"
    DEPOSIT_RELEASED = "deposit_released"
    DEPOSIT_APPLIED_TO_PRICE = "deposit_applied_to_price"
    DEPOSIT_FORFEITED = "deposit_forfeited"
    FEE_CHARGED = "fee_charged"
    FEE_PAID = "fee_paid"
    PRICE_RECEIVED = "price_received"
    PRICE_PAYABLE = "price_payable"
    PRICE_PAID_OUT = "price_paid_out"
    UNMATCHED_IN = "unmatched_in"
    UNMATCHED_OUT = "unmatched_out"
    UNMATCHED_REPAYABLE = "unmatched_repayable"
    UNMATCHED_REPAID = "unmatched_repaid"
    CORRECTION = "correction"


class DepositStatus(StrEnum):
    """Where a deposit (保证金) stands. `received`: the money came after its day and is not accepted yet."""

    REQUESTED = "requested"
    RECEIVED = "received"
    HELD = "held"
    RELEASE_DUE = "release_due"
    RELEASED = "released"
    APPLIED = "applied"
    FORFEITED = "forfeited"
    CANCELLED = "cancelled"


class Direction(StrEnum):
    """Into the exchange's bank account, or out of it."""

    IN = "in"
    OUT = "out"


class InstructionKind(StrEnum):
    """What an instruction settles."""

    DEPOSIT_RELEASE = "deposit_release"
    PRICE_DUE = "price_due"
    FEE_DUE = "fee_due"
    PRICE_PAYOUT = "price_payout"
    PRICE_RETURN = "price_return"
    SUSPENSE_RETURN = "suspense_return"


class InstructionStatus(StrEnum):
    """Open until the bank confirms it; cancelled if it is not wanted any more."""

    OPEN = "open"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class ResolutionKind(StrEnum):
    """What the operator found an unmatched confirmation to be, or that a matched one was wrong."""

    DEPOSIT = "deposit"
    INSTRUCTION = "instruction"
    RETURN = "return"
    REVERSAL = "reversal"


class Holder(StrEnum):
    """Whose an account is: one for the exchange, one a subject, or one an organisation and subject."""

    EXCHANGE = "exchange"
    SUBJECT = "subject"
    OWNER = "owner"


class Undo(StrEnum):
    """By what a movement may be reversed (红字冲销)."""

    BANK = "the reversal of the bank's confirmation"
    CANCELLATION = "the cancellation of the request"
