"""Requests and responses of hand-overs."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.core.schemas import Id, Output
from app.pricing.negotiated.schemas import NegotiationIn


class HandoverIn(NegotiationIn):
    """Your first offer, as the demander, on a listing of a result that the response offers."""

    listing_id: Id = Field(description="A published listing whose price is negotiated")


class HandoverOut(Output):
    """A negotiation that came from a response to a demand."""

    LOCATION: ClassVar[str] = "/v1/negotiations/{negotiation_id}"

    negotiation_id: UUID
    response_id: UUID
    listing_id: UUID
    recorded_at: datetime
