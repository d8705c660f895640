"""Tables of the competitive listed mode: conditions, the sale's state, registrants, revisions of what was published."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified, Numbered, Revised
from app.pricing.kinds import ContestForm
from app.pricing.listed.kinds import Judge, Qualification, RegistrantStatus, RevisionStatus, SalePhase


class ListedConditions(Base):
    """The conditions of a sale (交易条件), set while the listing is a draft and sealed with it.

    `deposit_amount` is CNY. `extension_working_days` null: no extension is announced.
    """

    __tablename__ = "listed_conditions"
    __table_args__ = (
        CheckConstraint("deposit_amount > 0", name="deposit"),
        CheckConstraint("notice_working_days > 0", name="notice_working_days"),
        CheckConstraint("(extension_working_days IS NULL) = (extensions_max = 0)", name="extensions"),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    deposit_amount: Mapped[Decimal]
    notice_working_days: Mapped[int]
    extension_working_days: Mapped[int | None]
    extensions_max: Mapped[int]
    qualification: Mapped[str]
    bidding: Mapped[ContestForm] = mapped_column(Text)
    rights_abroad: Mapped[bool]


class ListedSale(Base):
    """How far the sale of a published listing has come. Changed under the listing's row lock alone.

    `review_ends_at` is the moment after which nobody decides on registrants any more; `reason` says why there is no
    deal.
    """

    __tablename__ = "listed_sales"

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    phase: Mapped[SalePhase] = mapped_column(Text, default=SalePhase.NOTICE)
    extensions_used: Mapped[int] = mapped_column(default=0)
    review_ends_at: Mapped[datetime | None]
    contest_id: Mapped[UUID | None]
    winner_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deals.id"))
    reason: Mapped[str | None]


class Registrant(Identified, Numbered, Revised, Base):
    """An intending transferee (意向受让方) of a listing. One live registration an organisation.

    `listing_version` is the version it read and agreed to; `related_party` the finding that makes it a related party of
    the seller, which this mode only flags.
    """

    __tablename__ = "listed_registrations"
    __table_args__ = (
        Index(
            "ix_listed_registrations_live_organisation",
            "organisation_id",
            "id",
            postgresql_where=text("status = 'registered'"),
        ),
        Index("ix_listed_registrations_live_seller", "seller_id", "id", postgresql_where=text("status = 'registered'")),
        Index("ix_listed_registrations_status", "status"),
        Index(
            "uq_listed_registrations_live",
            "listing_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("status = 'registered'"),
        ),
        Index("ix_listed_registrations_listing_id", "listing_id", "id"),
        Index("ix_listed_registrations_organisation_id", "organisation_id", "id"),
        Index("ix_listed_registrations_seller_id", "seller_id", "id"),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"))
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    listing_version: Mapped[int]
    status: Mapped[RegistrantStatus] = mapped_column(Text, default=RegistrantStatus.REGISTERED)
    status_reason: Mapped[str | None]
    buyer_abroad: Mapped[bool]
    related_party: Mapped[str | None]
    registered_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    decisions: Mapped[list["ListedQualification"]] = relationship(
        lazy="raise", order_by="ListedQualification.decided_at"
    )


class ListedQualification(Base):
    """A decision on a registrant, once a judge and version. Append-only; a refusal says why."""

    __tablename__ = "listed_qualifications"

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("listed_registrations.id"), primary_key=True)
    listing_version: Mapped[int] = mapped_column(primary_key=True)
    judge: Mapped[Judge] = mapped_column(Text, primary_key=True)
    outcome: Mapped[Qualification] = mapped_column(Text)
    reason: Mapped[str | None]
    decided_at: Mapped[datetime]
    decided_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))


class ListedRevision(Identified, Base):
    """Changed content that the seller proposes for a published listing, and what became of it. One proposed a listing.

    `changes` holds what changes, of the listing and of its conditions.
    """

    __tablename__ = "listed_revisions"
    __table_args__ = (
        Index("ix_listed_revisions_listing_id", "listing_id", "id"),
        Index("uq_listed_revisions_proposed", "listing_id", unique=True, postgresql_where=text("status = 'proposed'")),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"))
    base_version: Mapped[int]
    changes: Mapped[dict[str, Any]]
    reason: Mapped[str]
    status: Mapped[RevisionStatus] = mapped_column(Text, default=RevisionStatus.PROPOSED)
    status_reason: Mapped[str | None]
    version: Mapped[int | None]
    proposed_at: Mapped[datetime]
    proposed_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
