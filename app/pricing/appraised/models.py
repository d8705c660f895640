"""Table of purchase offers (购买要约) on listings whose price rests on an appraisal."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Numbered, Revised
from app.pricing.appraised.kinds import PurchaseOfferStatus


class PurchaseOffer(Identified, Numbered, Revised, Base):
    """A buyer declares to buy at a price (CNY) until `expires_at`, and is bound that long unless it is `revocable`.

    At most one on a listing is accepted at a time, held by a unique index and the listing's row lock. `lapses_at` is
    when an accepted one that has not become a deal ends. `abroad`: the buyer is abroad, or the rights are to reach
    beyond the mainland.
    """

    __tablename__ = "purchase_offers"
    __table_args__ = (
        Index(
            "ix_purchase_offers_open_buyer", "buyer_id", "expires_at", "id", postgresql_where=text("status = 'open'")
        ),
        Index(
            "ix_purchase_offers_open_seller", "seller_id", "expires_at", "id", postgresql_where=text("status = 'open'")
        ),
        Index("ix_purchase_offers_status", "status"),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("expires_at > made_at", name="expiry"),
        CheckConstraint("(status = 'closed') = (deal_id IS NOT NULL)", name="deal"),
        CheckConstraint("accepted_at < expires_at", name="acceptance"),
        Index("uq_purchase_offers_accepted", "listing_id", unique=True, postgresql_where=text("status = 'accepted'")),
        Index(
            "uq_purchase_offers_live_buyer",
            "listing_id",
            "buyer_id",
            unique=True,
            postgresql_where=text("status IN ('open', 'accepted')"),
        ),
        Index("ix_purchase_offers_seller_id", "seller_id", "id"),
        Index("ix_purchase_offers_buyer_id", "buyer_id", "id"),
        Index("ix_purchase_offers_listing_id", "listing_id", "id"),
        Index("ix_purchase_offers_by_price", "price", "id"),
        Index("ix_purchase_offers_by_expires_at", "expires_at", "id"),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"))
    listing_version: Mapped[int]
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    buyer_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    price: Mapped[Decimal]
    abroad: Mapped[bool]
    revocable: Mapped[bool]
    message: Mapped[str | None]
    status: Mapped[PurchaseOfferStatus] = mapped_column(Text, default=PurchaseOfferStatus.OPEN)
    status_reason: Mapped[str | None]
    made_at: Mapped[datetime]
    made_by_person_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    lapses_at: Mapped[datetime | None]
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deals.id"))
