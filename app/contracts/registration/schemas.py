"""Requests and responses of recognition and registration (认定登记)."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.contracts.kinds import Regime, RegistrationStatus
from app.core.schemas import Amount, Flag, Input, Money, Output, Prose


class RegistrationApplicationIn(Input):
    """The seller's application, or its resubmission with what was missing."""

    note: Prose | None = Field(default=None, description="What the registrar should know")


class RegistrationAcceptanceIn(Input):
    """The registrar accepts an application; the period runs from today."""

    expert_review: Flag = Field(default=False, description="The case goes to experts: the longer period applies")
    note: Prose | None = None


class RegistrationSupplementsIn(Input):
    """What the registrar finds missing; the period stops, and begins again when it is supplied."""

    missing: Prose


class RegistrationApprovalIn(Input):
    """What the registrar recognises; the certificate states both amounts."""

    total_amount: Money = Field(description="合同成交额, confirmed")
    technical_amount: Money = Field(description="技术交易额, recognised: the contract's, or less with a reason")
    reason: Prose | None = Field(default=None, description="Needed where less is recognised")


class RegistrationRefusalIn(Input):
    """Why an application is refused."""

    reason: Prose


class RegistrationCancellationIn(RegistrationRefusalIn):
    """Why a registration is cancelled, and whether the contract itself ended."""

    contract_ended: Flag = Field(
        default=False, description="The contract was rescinded, revoked or found void, so nothing is due on it any more"
    )


class RegistrationStepOut(Output):
    """One step, as it happened."""

    status: RegistrationStatus
    note: str | None
    at: datetime


class ContractRegistrationOut(Output):
    """An application with its whole history."""

    id: UUID
    contract_id: UUID
    applicant_id: UUID
    number: str | None
    status: RegistrationStatus
    regime: Regime = Field(description="Which measures apply, by the contract's own signing date")
    expert_review: bool
    submitted_at: datetime
    accepted_on: date | None = Field(description="The day from which the period runs; a resubmission resets it")
    decision_due_on: date | None = Field(description="The last day of the registrar's period, in working days")
    decision_due_provisional: bool = Field(description="True where the holidays up to then are not all announced")
    registered_on: date | None
    registered_total_amount: Amount | None
    registered_technical_amount: Amount | None
    cancelled_on: date | None
    reason: str | None
    steps: list[RegistrationStepOut]
    revision: int
    server_time: datetime


class RegistrationWorklistItem(Output):
    """An application as the registrar's worklist shows it."""

    contract_id: UUID
    contract_number: str
    contract_name: str
    technical_amount: Amount
    applicant_id: UUID
    status: RegistrationStatus
    submitted_at: datetime
    accepted_on: date | None
    decision_due_on: date | None
    decision_due_provisional: bool
    server_time: datetime
