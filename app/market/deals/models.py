"""Tables of deals. Every pricing mode ends in a deal."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.results.kinds import TechnicalField, TransferMode
from app.core.database import Base, Identified, Numbered, Revised
from app.market.deals.kinds import DealOrigin, DealStatus, Defaulted, PartyRole, PriceBasis, PriceSource
from app.market.listings.kinds import PricingMode

COMPARABLE = (
    "price_public_at IS NOT NULL AND related_party IS NULL AND status IN ('agreed', 'contracted') "
    "AND price_basis IN ('fixed', 'fixed_and_contingent')"
)
"""Deals that others may be compared with: a public, certain price between parties that are not related."""


class Deal(Identified, Numbered, Revised, Base):
    """An agreement on a price. At most one live deal a listing, held by a unique index.

    `published_on` is the day on which a recorded deal's source made it public; where the source does not tell the day
    of the agreement, `agreed_at` is the beginning of that day. `price` is what is certain (CNY), 0 where nothing is;
    `terms` are those the parties agreed on in a mode that has any. `price_public_at` is since when everybody can read
    the price, `price_source` and `price_reference` where; null for a price that is the parties' own.
    """

    __tablename__ = "deals"
    __table_args__ = (
        Index("ix_deals_status", "status"),
        Index("ix_deals_pricing_mode", "pricing_mode"),
        Index("ix_deals_transfer_mode", "transfer_mode"),
        Index("ix_deals_by_agreed_at", "agreed_at", "id"),
        CheckConstraint("price >= 0", name="price"),
        Index(
            "uq_deals_live_listing",
            "listing_id",
            unique=True,
            postgresql_where=text("status IN ('agreed', 'contracted')"),
        ),
        Index("ix_deals_listing_id", "listing_id", "id"),
        Index("ix_deals_by_price", "price", "id"),
        Index(
            "ix_deals_by_contract_due_at",
            text("coalesce(contract_due_at, '9999-12-31 00:00:00+00'::timestamptz)"),
            "id",
        ),
        CheckConstraint(
            "(price_public_at IS NULL) = (price_source IS NULL) "
            "AND (price_public_at IS NULL) = (price_reference IS NULL)",
            name="price_public",
        ),
        # What a deal is compared with: `queries.comparable_deals` walks it away from a moment, both ways.
        Index(
            "ix_deals_comparable",
            "technical_field",
            "transfer_mode",
            "agreed_at",
            "id",
            postgresql_where=text(COMPARABLE),
        ),
    )

    origin: Mapped[DealOrigin] = mapped_column(Text)
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listings.id"))
    listing_version: Mapped[int | None]
    result_id: Mapped[UUID | None] = mapped_column(ForeignKey("results.id"))
    pricing_mode: Mapped[PricingMode] = mapped_column(Text)
    transfer_mode: Mapped[TransferMode] = mapped_column(Text)
    subject: Mapped[str]
    price: Mapped[Decimal]
    price_basis: Mapped[PriceBasis] = mapped_column(Text, default=PriceBasis.FIXED, server_default="fixed")
    terms: Mapped[dict[str, Any] | None]
    status: Mapped[DealStatus] = mapped_column(Text, default=DealStatus.AGREED)
    status_reason: Mapped[str | None]
    agreed_at: Mapped[datetime]
    contract_due_at: Mapped[datetime | None]
    source_url: Mapped[str | None]
    published_on: Mapped[date | None]
    related_party: Mapped[str | None]
    technical_field: Mapped[TechnicalField | None] = mapped_column(Text)
    price_public_at: Mapped[datetime | None]
    price_source: Mapped[PriceSource | None] = mapped_column(Text)
    price_reference: Mapped[str | None]
    parties: Mapped[list["DealParty"]] = relationship(lazy="raise", order_by="DealParty.position")
    default: Mapped["DealDefault | None"] = relationship(lazy="raise")
    appraisal: Mapped["DealAppraisal | None"] = relationship(lazy="raise")


class DealDefault(Base):
    """Who defaulted on a deal that had a deposit, once a deal. Append-only.

    It follows from who cancelled (`found_by_person_id` is then that person), or is the operator's finding.
    """

    __tablename__ = "deal_defaults"

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"), primary_key=True)
    defaulted: Mapped[Defaulted] = mapped_column(Text)
    reason: Mapped[str]
    found_at: Mapped[datetime]
    found_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))


class DealParty(Base):
    """A party of a deal with its share; the shares of a side sum to 1."""

    __tablename__ = "deal_parties"
    __table_args__ = (
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        Index("ix_deal_parties_organisation_id", "organisation_id", "deal_id"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"), primary_key=True)
    role: Mapped[PartyRole] = mapped_column(Text, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    position: Mapped[int]
    share: Mapped[Decimal] = mapped_column(Numeric(7, 6))


class DealAppraisal(Base):
    """The appraisal report that carried the price of a deal, as it was judged that day (CNY). Append-only.

    `reapproval_id` is the re-approval that a price below `price_floor` rested on.
    """

    __tablename__ = "deal_appraisals"

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"), primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal_reports.id"))
    number: Mapped[str]
    base_date: Mapped[date]
    valid_to: Mapped[date]
    value: Mapped[Decimal]
    floor_share: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    price_floor: Mapped[Decimal]
    reapproval_id: Mapped[UUID | None] = mapped_column(ForeignKey("appraisal_reapprovals.id"))
    judged_on: Mapped[date]
