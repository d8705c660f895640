"""Requests and responses of the answers to demands."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.catalogue.demands.responses.kinds import DeclineReason, ResponderCapacity, ResponseStatus
from app.catalogue.demands.schemas import Demander
from app.catalogue.results.kinds import TechnicalField, TransferMode
from app.core.schemas import Amount, Id, Input, Line, Output, PositiveMoney, Written


def _once(values: list[UUID]) -> list[UUID]:
    if len(set(values)) < len(values):
        raise PydanticCustomError("given_twice", "Name each of them once", {"zh": "每项只填一次"})
    return values


class DemandResponseBody(Input):
    """What a response says: how the problem is solved, in which mode, at what price, with which results."""

    proposal: Annotated[str, StringConstraints(min_length=1, max_length=5000), Written]
    transfer_mode: TransferMode = Field(description="One of the modes that the demand's `solutions` allow")
    price: PositiveMoney | None = Field(default=None, description="What you have in mind, CNY; it binds nobody")
    result_ids: Annotated[list[Id], AfterValidator(_once)] = Field(
        default=[], max_length=10, description="Results that you keep or co-own; the demander reads their titles"
    )

    partner_ids: Annotated[list[Id], AfterValidator(_once)] = Field(
        default=[], max_length=10, description="Verified organisations that solve it with you; you lead"
    )


class DemandResponseIn(DemandResponseBody):
    """A response to a published demand."""

    capacity: ResponderCapacity


class DeclineIn(Input):
    """Why you decline. The responder reads the reason and the note."""

    reason: DeclineReason
    note: Line | None = None


class OfferedResultOut(Output):
    """A result that a response offers, as far as the demander is told."""

    result_id: UUID
    number: str
    title: str
    technical_field: TechnicalField
    readiness_level: int | None


class DemandResponseSummary(Output):
    """A response in a list."""

    id: UUID
    number: str
    demand_id: UUID
    demand_version: int
    responder: Demander
    demander: Demander | None = Field(
        description="Who asks. Where the demand hides it, the responder reads it once it is shortlisted"
    )
    partners: list[Demander]
    capacity: ResponderCapacity
    transfer_mode: TransferMode
    price: Amount | None
    status: ResponseStatus
    decline_reason: DeclineReason | None
    sent_at: datetime
    revision: int


class DemandResponseOut(DemandResponseSummary):
    """A response as its two sides see it."""

    proposal: str
    status_note: str | None
    results: list[OfferedResultOut]
