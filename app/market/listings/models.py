"""Tables of listings: the listing's life, what was published of it, and the questions asked about it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.results.kinds import TechnicalField, TransferMode
from app.core.database import Base, Created, Identified, Numbered, Revised
from app.market.listings.kinds import Allocation, ListingStatus, Mover, PricingMode


class Listing(Identified, Numbered, Revised, Created, Base):
    """A result offered for sale. Its content may be edited in draft; what was published is in the versions.

    `closes_at` is the moment it closes, and `technical_field` the result's; both are set on publication. Where the
    procedure sets the end (`listings.modes`), a draft has no `closes_on`, and `closes_at` follows the procedure.
    `appraisal_report_id` is the report (评估报告) that sets the floor of the price, in any pricing mode.
    `suspended_by` says who may resume: a suspension by the operator is lifted by the operator.
    """

    __tablename__ = "listings"
    __table_args__ = (
        Index(
            "ix_listings_waiting",
            "seller_id",
            "status",
            "id",
            postgresql_where=text("status IN ('returned', 'submitted', 'suspended')"),
        ),
        Index("ix_listings_pricing_mode", "pricing_mode"),
        Index("ix_listings_transfer_mode", "transfer_mode"),
        CheckConstraint("asking_price > 0", name="asking_price"),
        # The public list pages newest first within one status; the others serve its two selective filters.
        Index("ix_listings_status_published_at", "status", "published_at", "id", postgresql_where=text("version > 0")),
        Index(
            "ix_listings_technical_field",
            "technical_field",
            "status",
            "published_at",
            "id",
            postgresql_where=text("version > 0"),
        ),
        # A price range that few or none fall into is found here; in the order above it would be looked for to the end.
        Index("ix_listings_status_asking_price", "status", "asking_price", "id", postgresql_where=text("version > 0")),
        Index("ix_listings_status_closes_at", "status", "closes_at", "id", postgresql_where=text("version > 0")),
        Index("ix_listings_by_asking_price", "asking_price", "id"),
        Index(
            "uq_listings_live_result",
            "result_id",
            unique=True,
            postgresql_where=text(
                "status IN ('published', 'suspended', 'reserved') AND transfer_mode <> 'ordinary_licence'"
            ),
        ),
        Index("ix_listings_seller_id", "seller_id", "id"),
        Index("ix_listings_agency_id", "agency_id", "id"),
        Index("ix_listings_status", "status", "id"),
        Index("ix_listings_result_id", "result_id"),
        # What a seller or an agency has sold in a field: matching counts a few.
        Index("ix_listings_sold_by_seller", "seller_id", "technical_field", postgresql_where=text("status = 'sold'")),
        Index("ix_listings_sold_by_agency", "agency_id", "technical_field", postgresql_where=text("status = 'sold'")),
    )

    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id"))
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    pricing_mode: Mapped[PricingMode] = mapped_column(Text)
    allocation: Mapped[Allocation | None] = mapped_column(Text)
    transfer_mode: Mapped[TransferMode] = mapped_column(Text)
    title: Mapped[str]
    summary: Mapped[str]
    terms: Mapped[str]
    territory: Mapped[str]
    field_of_use: Mapped[str | None]
    asking_price: Mapped[Decimal]
    closes_on: Mapped[date | None]
    appraisal_report_id: Mapped[UUID | None] = mapped_column(ForeignKey("appraisal_reports.id"))
    status: Mapped[ListingStatus] = mapped_column(Text, default=ListingStatus.DRAFT)
    status_reason: Mapped[str | None]
    suspended_by: Mapped[Mover | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=0)
    technical_field: Mapped[TechnicalField | None] = mapped_column(Text)
    published_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]


class ListingVersion(Base):
    """What was published, to the byte: `content` in full, `card` for lists. Append-only."""

    __tablename__ = "listing_versions"

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str]
    card: Mapped[str]
    sha256: Mapped[str]
    published_at: Mapped[datetime]


class Question(Identified, Base):
    """A question about a listing. Question and answer are public once answered; who asked never is."""

    __tablename__ = "listing_questions"
    __table_args__ = (
        Index("ix_listing_questions_open_listing", "listing_id", "id", postgresql_where=text("answered_at IS NULL")),
        Index("ix_listing_questions_listing_id", "listing_id", "id"),
        Index("ix_listing_questions_open_asker", "asker_id", "id", postgresql_where=text("answered_at IS NULL")),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"))
    asker_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    question: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    listing: Mapped[Listing] = relationship(lazy="raise")
