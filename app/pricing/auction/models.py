"""Tables of auctions: the auction, its bidders, its log, the keys that signed receipts, the confirmation."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Interval, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified, Numbered, Revised
from app.core.history.records import PRIVATE, UNRECORDED, VOLATILE
from app.pricing.auction.kinds import AuctionForm, AuctionStatus, Ending, EntryKind, VoidingGround


class Auction(Identified, Numbered, Revised, Base):
    """An auction of a listing, or the open bidding between its registrants. At most one live one a listing.

    `conditions` are those published; they never change. `shift` is how long suspensions have stopped its clock.
    `price`, `leader` and `accepted` are the state that the last entry of the log left, `head` that entry's hash.
    What is secret is encrypted: the reserve and the leader's limit. `is_held`: the winner's deal waits for a gate or a
    report, and the listing is reserved for it.
    """

    __tablename__ = "auctions"
    __table_args__ = (
        Index("ix_auctions_form", "form"),
        Index(
            "uq_auctions_live_listing",
            "listing_id",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'announced', 'suspended')"),
        ),
        Index("ix_auctions_listing_id", "listing_id", "id"),
        Index("ix_auctions_seller_id", "seller_id", "id"),
        Index("ix_auctions_status_id", "status", "id"),
        # By `starts_at`, not by `ends_at`: bids move the end, and an index on it would cost each of them.
        Index("ix_auctions_by_starts_at", "starts_at", "id"),
        CheckConstraint("deposit_amount > 0", name="deposit_amount"),
        CheckConstraint("price > 0", name="price"),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"))
    listing_version: Mapped[int]
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    agency_id: Mapped[UUID | None]
    title: Mapped[str]
    form: Mapped[AuctionForm] = mapped_column(Text)
    is_contest: Mapped[bool] = mapped_column(default=False)
    rights_abroad: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    status: Mapped[AuctionStatus] = mapped_column(Text, default=AuctionStatus.PROPOSED)
    reason: Mapped[str | None]
    conditions: Mapped[dict[str, Any]]
    deposit_amount: Mapped[Decimal]
    viewing_from: Mapped[date | None]
    viewing_to: Mapped[date | None]
    reserve_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    reserve_commitment: Mapped[str | None]
    announced_at: Mapped[datetime | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(info=VOLATILE)
    shift: Mapped[timedelta] = mapped_column(Interval, default=timedelta(0))
    suspended_at: Mapped[datetime | None]
    price: Mapped[Decimal | None] = mapped_column(info=VOLATILE)
    leader: Mapped[int | None] = mapped_column(info=VOLATILE)
    leader_secret: Mapped[bytes | None] = mapped_column(LargeBinary, info=VOLATILE)
    accepted: Mapped[int] = mapped_column(default=0, info=VOLATILE)
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0, info=VOLATILE)
    head: Mapped[bytes] = mapped_column(LargeBinary, info=VOLATILE)
    ending: Mapped[Ending | None] = mapped_column(Text)
    winner: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    is_held: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deals.id"))
    offered_to: Mapped[int | None]
    offer_ends_at: Mapped[datetime | None]


class AuctionBidder(Base):
    """A bidder with its paddle number (竞买号牌), by which alone the public knows it before the close."""

    __tablename__ = "auction_bidders"
    __table_args__ = (
        Index("uq_auction_bidders_paddle", "auction_id", "paddle", unique=True),
        Index("ix_auction_bidders_organisation_id", "organisation_id", "auction_id"),
        CheckConstraint("paddle BETWEEN 100 AND 9999", name="paddle"),
    )

    auction_id: Mapped[UUID] = mapped_column(ForeignKey("auctions.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    paddle: Mapped[int]
    person_id: Mapped[UUID | None]
    buyer_abroad: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    salt: Mapped[str] = mapped_column(info=PRIVATE)
    registered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


CLAIMED: Final = r"""(
CASE
    WHEN content ~~ '%"code"_null%'::text THEN '\x'::bytea
    ELSE request_hash
END)"""
"""What a bid claims of its idempotency key: an accepted one the key, a refused one the key with that very request.

As PostgreSQL writes it, so that the models can be compared. `_` stands for the colon, which would begin a parameter.
"""


class AuctionEntry(Base):
    """One entry of an auction's log: `hash` is that of the log up to it, over `content` in canonical JSON. Append-only.

    `content` is what everybody may read. Next to it stands who sent a bid, under which key, and what of it is secret,
    encrypted. There is no foreign key: entries are written under the auction's row lock, and the check of
    each would cost a query on the one path that must be fast.
    """

    __tablename__ = "auction_entries"
    __table_args__ = (
        Index(
            "uq_auction_entries_idempotency",
            "key_id",
            "idempotency_key",
            text(CLAIMED),
            "auction_id",
            unique=True,
            postgresql_where=text("key_id IS NOT NULL"),
        ),
        {"info": {UNRECORDED: "a hash chain of its own, which `proof.standing` recomputes"}},
    )

    auction_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[EntryKind] = mapped_column(Text)
    at: Mapped[datetime]
    content: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    organisation_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    key_id: Mapped[UUID | None]
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)


class BidVoiding(Identified, Base):
    """That bids of one paddle are not to count: asked for by one operator, done once another has confirmed it.

    `seqs` are their places in the log, `entry_seq` that of the entry which voids them.
    """

    __tablename__ = "bid_voidings"
    __table_args__ = (
        Index("ix_bid_voidings_auction_id", "auction_id", "id"),
        CheckConstraint("confirmed_by <> asked_by", name="two"),
        CheckConstraint("(confirmed_by IS NULL) = (entry_seq IS NULL)", name="confirmed_entry"),
    )

    auction_id: Mapped[UUID] = mapped_column(ForeignKey("auctions.id"))
    paddle: Mapped[int]
    seqs: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    ground: Mapped[VoidingGround] = mapped_column(Text)
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    entry_seq: Mapped[int | None] = mapped_column(BigInteger)


class ExchangeKey(Base):
    """A public key with which the exchange has signed (Ed25519), kept so that old receipts can be checked."""

    __tablename__ = "exchange_keys"
    __table_args__ = ({"info": {UNRECORDED: "a key's id is its hash, and the key is known outside"}},)

    key_id: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    first_used_at: Mapped[datetime]


class AuctionConfirmation(Identified, Numbered, Base):
    """The confirmation of a sale (成交确认书): canonical JSON, its SHA-256, the exchange's signature. Append-only."""

    __tablename__ = "auction_confirmations"

    auction_id: Mapped[UUID] = mapped_column(ForeignKey("auctions.id"), index=True)
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"), unique=True)
    content: Mapped[str]
    sha256: Mapped[str]
    signature: Mapped[str]
    key_id: Mapped[str]
    issued_at: Mapped[datetime]
    signatures: Mapped[list["ConfirmationSignature"]] = relationship(lazy="raise", order_by="ConfirmationSignature.at")


class ConfirmationSignature(Base):
    """That a party has signed a confirmation. Append-only."""

    __tablename__ = "auction_confirmation_signatures"

    confirmation_id: Mapped[UUID] = mapped_column(ForeignKey("auction_confirmations.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    person_id: Mapped[UUID]
    at: Mapped[datetime]
