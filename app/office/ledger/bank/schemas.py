"""Requests and responses of the bank's confirmations."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.core.schemas import Amount, Input, Moment, Name, Output, PositiveMoney, Prose, Readable
from app.office.ledger.kinds import Direction, ResolutionKind

Tail = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{3,8}$")]


Reference = Annotated[str, StringConstraints(min_length=1, max_length=64), Readable]


class BankConfirmationIn(Input):
    """What the exchange's bank confirms: money that arrived, or that it paid out."""

    direction: Literal[Direction.IN, Direction.OUT]
    amount: PositiveMoney
    bank_reference: Name = Field(description="The bank's serial number (流水号); once for ever")
    received_at: Moment = Field(description="When the bank booked it, with offset")
    purpose_reference: Reference | None = Field(
        default=None, description="Deposit or instruction number; without it the money stands in suspense"
    )
    account_tail: Tail | None = Field(default=None, description="Last digits of the other side's account")


class ResolutionIn(Input):
    """What unmatched money turned out to be."""

    kind: Literal[ResolutionKind.DEPOSIT, ResolutionKind.INSTRUCTION, ResolutionKind.RETURN]
    purpose_reference: Reference | None = Field(default=None, description="The number of the deposit or instruction")
    account_tail: Tail | None = Field(default=None, description="Where a return goes, if elsewhere than it came from")
    reason: Prose

    @model_validator(mode="after")
    def _named(self) -> "ResolutionIn":
        if (self.kind == ResolutionKind.RETURN) == (self.purpose_reference is not None):
            raise PydanticCustomError(
                "purpose_reference",
                "`purpose_reference` names the deposit or instruction; a return has none",
                {"zh": "`purpose_reference` 为保证金或指令编号;退回时不填"},
            )
        return self


class BankReversalIn(Input):
    """Why a confirmation is taken back."""

    reason: Prose


class BankConfirmationOut(Output):
    """A bank confirmation as it was answered first; it never changes. With neither id it matched nothing."""

    LOCATION: ClassVar[str] = "/v1/bank-confirmations/{id}"

    id: UUID
    direction: Direction
    amount: Amount
    bank_reference: str
    received_at: datetime
    purpose_reference: str | None
    account_tail: str | None
    deposit_id: UUID | None
    instruction_id: UUID | None
    transaction_id: UUID
    recorded_at: datetime


class ResolutionReversalOut(Output):
    """Why a resolution was taken back, and its confirmation with it."""

    reason: str
    reversed_at: datetime


class ResolutionOut(Output):
    """What became of a confirmation afterwards; a wrong resolution may have been taken back."""

    kind: ResolutionKind
    deposit_id: UUID | None
    instruction_id: UUID | None
    reason: str
    resolved_at: datetime
    reversal: ResolutionReversalOut | None


class ResolvedConfirmationOut(BankConfirmationOut):
    """A bank confirmation with what became of it."""

    resolution: ResolutionOut


class BankConfirmationDetail(BankConfirmationOut):
    """A bank confirmation with what became of it, if it had to be resolved."""

    resolution: ResolutionOut | None
