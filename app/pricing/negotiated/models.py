"""Tables of negotiations: the thread, its offers, the public notice, objections and their decisions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified, Numbered, Revised
from app.core.history.records import PRIVATE
from app.market.deals.kinds import PriceBasis
from app.pricing.negotiated.kinds import NegotiationSide, NegotiationStatus, ObjectionOutcome


class Negotiation(Identified, Numbered, Revised, Base):
    """A negotiation between the seller of a listing and a buyer, or several led by one (`lead_id`).

    At most one on a listing is agreed at a time, held by a unique index and the listing's row lock.
    """

    __tablename__ = "negotiations"
    __table_args__ = (
        Index("ix_negotiations_live_seller", "seller_id", "id", postgresql_where=text("status IN ('open', 'agreed')")),
        Index("ix_negotiations_status", "status"),
        Index("ix_negotiations_by_opened_at", "opened_at", "id"),
        Index("uq_negotiations_agreed", "listing_id", unique=True, postgresql_where=text("status = 'agreed'")),
        Index(
            "uq_negotiations_live_lead",
            "listing_id",
            "lead_id",
            unique=True,
            postgresql_where=text("status IN ('open', 'agreed')"),
        ),
        Index("ix_negotiations_seller_id", "seller_id", "id"),
        Index("ix_negotiations_listing_id", "listing_id", "id"),
        Index("ix_negotiations_deal_id", "deal_id"),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"))
    listing_version: Mapped[int]
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    status: Mapped[NegotiationStatus] = mapped_column(Text, default=NegotiationStatus.OPEN)
    status_reason: Mapped[str | None]
    opened_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    agreed_offer_id: Mapped[UUID | None]
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deals.id"))
    buyers: Mapped[list["NegotiationBuyer"]] = relationship(lazy="raise", order_by="NegotiationBuyer.position")
    notice: Mapped["Notice | None"] = relationship(lazy="raise", back_populates="negotiation")


class NegotiationBuyer(Base):
    """A buyer of a negotiation with its share; the shares sum to 1."""

    __tablename__ = "negotiation_buyers"
    __table_args__ = (
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        Index("ix_negotiation_buyers_organisation_id", "organisation_id", "negotiation_id"),
    )

    negotiation_id: Mapped[UUID] = mapped_column(ForeignKey("negotiations.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    position: Mapped[int]
    share: Mapped[Decimal] = mapped_column(Numeric(7, 6))


class Offer(Identified, Base):
    """An offer (要约) or counter-offer. Append-only; the last one stands until it expires or is replaced.

    `price` is what is certain of the price in CNY; `terms_sha256` is the hash of the canonical JSON of `terms`.
    """

    __tablename__ = "negotiation_offers"
    __table_args__ = (
        UniqueConstraint("negotiation_id", "number"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("expires_at > made_at", name="expiry"),
    )

    negotiation_id: Mapped[UUID] = mapped_column(ForeignKey("negotiations.id"))
    number: Mapped[int]
    side: Mapped[NegotiationSide] = mapped_column(Text)
    terms: Mapped[dict[str, Any]]
    terms_sha256: Mapped[str]
    price: Mapped[Decimal]
    price_basis: Mapped[PriceBasis] = mapped_column(Text)
    message: Mapped[str | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    made_by_person_id: Mapped[UUID]


class Notice(Identified, Numbered, Base):
    """The public notice (公示) of an agreed negotiation, sealed to the byte. Append-only.

    The day after the publication is day 1; `ends_at` is the end of the local day `last_day`.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("ends_at > published_at", name="order"),
        Index("ix_notices_by_ends_at", "ends_at", "id"),
    )

    negotiation_id: Mapped[UUID] = mapped_column(ForeignKey("negotiations.id"), unique=True)
    content: Mapped[str]
    sha256: Mapped[str]
    published_at: Mapped[datetime]
    first_day: Mapped[date]
    last_day: Mapped[date]
    ends_at: Mapped[datetime]
    negotiation: Mapped[Negotiation] = relationship(lazy="raise", back_populates="notice")
    objections: Mapped[list["Objection"]] = relationship(lazy="raise", order_by="Objection.id")


class Objection(Identified, Base):
    """An objection (异议) to a notice. Reason and contact are for the market's staff and the seller. Append-only."""

    __tablename__ = "notice_objections"
    __table_args__ = (Index("ix_notice_objections_notice_id", "notice_id", "id"),)

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    reason: Mapped[str]
    contact: Mapped[str] = mapped_column(info=PRIVATE)
    filed_at: Mapped[datetime]
    decision: Mapped["ObjectionDecision | None"] = relationship(lazy="raise")


class ObjectionDecision(Base):
    """What the operator decided of an objection, published with the notice. Append-only."""

    __tablename__ = "objection_decisions"

    objection_id: Mapped[UUID] = mapped_column(ForeignKey("notice_objections.id"), primary_key=True)
    outcome: Mapped[ObjectionOutcome] = mapped_column(Text)
    statement: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
