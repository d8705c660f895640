"""Tables of responses (应答) to demands, and the results that each offers."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.demands.responses.kinds import DeclineReason, ResponderCapacity, ResponseStatus
from app.catalogue.results.kinds import TransferMode
from app.core.database import Base, Identified, Numbered, Revised


class DemandResponse(Identified, Numbered, Revised, Base):
    """What somebody answers to a demand, between the two alone. `price` is what the responder has in mind (CNY).

    `sealed`: a bid in a challenge, which its poster does not see before the bids are closed.
    At most one response to a demand is agreed on, and an organisation has at most one open response to it.
    """

    __tablename__ = "demand_responses"
    __table_args__ = (
        Index(
            "ix_demand_responses_waiting_responder",
            "responder_id",
            "id",
            postgresql_where=text("status IN ('sent', 'shortlisted') AND NOT sealed"),
        ),
        Index(
            "ix_demand_responses_waiting_demander",
            "demander_id",
            "id",
            postgresql_where=text("status IN ('sent', 'shortlisted') AND NOT sealed"),
        ),
        Index("ix_demand_responses_status", "status"),
        Index("ix_demand_responses_by_sent_at", "sent_at", "id"),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("(status = 'declined') = (decline_reason IS NOT NULL)", name="declined"),
        Index(
            "uq_demand_responses_open",
            "demand_id",
            "responder_id",
            unique=True,
            postgresql_where=text("status IN ('sent', 'shortlisted', 'agreed')"),
        ),
        Index(
            "uq_demand_responses_agreed",
            "demand_id",
            unique=True,
            postgresql_where=text("status IN ('agreed', 'fulfilled')"),
        ),
        Index("ix_demand_responses_demand_id", "demand_id", "id"),
        Index("ix_demand_responses_demander_id", "demander_id", "id"),
        Index("ix_demand_responses_responder_id", "responder_id", "id"),
    )

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    demand_version: Mapped[int]
    demander_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    responder_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    capacity: Mapped[ResponderCapacity] = mapped_column(Text)
    proposal: Mapped[str]
    transfer_mode: Mapped[TransferMode] = mapped_column(Text)
    price: Mapped[Decimal | None]
    status: Mapped[ResponseStatus] = mapped_column(Text, default=ResponseStatus.SENT)
    decline_reason: Mapped[DeclineReason | None] = mapped_column(Text)
    status_note: Mapped[str | None]
    sent_at: Mapped[datetime]
    sealed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    partners: Mapped[list["ResponsePartner"]] = relationship(
        lazy="raise", order_by="ResponsePartner.position", cascade="all, delete-orphan"
    )
    results: Mapped[list["OfferedResult"]] = relationship(
        lazy="raise", order_by="OfferedResult.position", cascade="all, delete-orphan"
    )


class OfferedResult(Base):
    """A result that a response offers."""

    __tablename__ = "demand_response_results"

    response_id: Mapped[UUID] = mapped_column(ForeignKey("demand_responses.id"), primary_key=True)
    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id"), primary_key=True)
    position: Mapped[int]


class ResponsePartner(Base):
    """An organisation that joins a response; its responder leads."""

    __tablename__ = "demand_response_partners"

    response_id: Mapped[UUID] = mapped_column(ForeignKey("demand_responses.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    position: Mapped[int]
