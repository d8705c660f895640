"""The table of hand-overs: which negotiations came from which response to a demand."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Recorded


class DemandNegotiation(Recorded, Base):
    """A negotiation that was opened from an agreed response to a demand. Append-only."""

    __tablename__ = "demand_negotiations"
    __table_args__ = (Index("ix_demand_negotiations_response_id", "response_id", "negotiation_id"),)

    negotiation_id: Mapped[UUID] = mapped_column(ForeignKey("negotiations.id"), primary_key=True)
    response_id: Mapped[UUID] = mapped_column(ForeignKey("demand_responses.id"))
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"))
