"""Requests and responses of what a deal says of its contract."""

from typing import Any
from uuid import UUID

from pydantic import Field

from app.contracts.drafting.kinds import DepartureField, Source, Standing
from app.core.schemas import Id, Input, Name, Output


class SupplementIn(Input):
    """A supplement (补充协议): an uploaded paper on what departs from the deal. It is attached to the contract."""

    document_id: Id
    title: Name
    fields: list[DepartureField] = Field(min_length=1, max_length=len(DepartureField))


class SupplementOut(Output):
    """The supplement and what it names."""

    document_id: UUID
    fields: list[DepartureField]


class ContractDepartureOut(Output):
    """What a contract says otherwise than its deal, and what that is held to."""

    field: DepartureField
    agreed: str
    stated: str
    rule: Standing


class DraftFieldOut(Output):
    """A field of the contract as it follows from the deal; `reference` names where in the source it stands."""

    field: str
    value: Any
    source: Source
    reference: str


class MissingFieldOut(Output):
    """What only the parties can say; `choices` are what fits the deal, null where anything may."""

    field: str
    choices: list[str] | None


class ContractDraftOut(Output):
    """The contract as it follows from a deal, field by field, and what is missing."""

    deal_id: UUID
    deal_number: str
    departures: Standing | None = Field(
        description="What a departure from these fields is held to; null for a deal recorded from elsewhere"
    )
    fields: list[DraftFieldOut]
    missing: list[MissingFieldOut]
