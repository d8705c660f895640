"""All reading of auctions, and who may see what.

An announced auction is public, by paddles; a proposed one is the seller's, its agency's and the market's staff's. Who
stands behind a paddle is known to that bidder, to operator and auditor, and to the seller after the close.
"""

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record
from sqlalchemy import ColumnElement, LargeBinary, Select, exists, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from app.core.access import Actor
from app.core.database import Database, Session, find_one, read_all, read_one
from app.core.problems import NOT_FOUND, Text
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.models import Appointment
from app.market.deals.kinds import PartyRole
from app.market.deals.models import DealParty
from app.pricing.auction.kinds import LIVE_STATUSES, AuctionForm, AuctionStatus, EntryKind
from app.pricing.auction.models import (
    CLAIMED,
    Auction,
    AuctionBidder,
    AuctionConfirmation,
    AuctionEntry,
    ExchangeKey,
)

AUCTION: Final = Text("auction", "拍卖")


BIDDERS: Final = Orders("paddle", AuctionBidder.paddle)
ENTRIES: Final = Orders("seq", AuctionEntry.seq)
AUCTIONS: Final = Orders("-id", Auction.id, Auction.starts_at)
FILTERS: Final = (
    equal(Auction.status, AuctionStatus, "Where it stands"),
    equal(Auction.form, AuctionForm, "How bids are made"),
    equal(Auction.listing_id, UUID, "Of this listing"),
    equal(Auction.seller_id, UUID, "Of this seller"),
    *between("starts", Auction.starts_at),
)
KEYS: Final = Orders("first_used_at", ExchangeKey.key_id, ExchangeKey.first_used_at)


def _visible(actor: Actor | None) -> Select[Auction]:
    if actor is not None and actor.is_staff:
        return select(Auction)
    shown: ColumnElement[bool] = Auction.status != AuctionStatus.PROPOSED
    if actor is not None and actor.organisation_id is not None:
        own = or_(Auction.seller_id == actor.organisation_id, Auction.agency_id == actor.organisation_id)
        shown = or_(shown, own)
    # One that was cancelled before it was announced stays what it was: nobody else's business.
    announced: ColumnElement[bool] = Auction.announced_at.is_not(None)
    if actor is not None and actor.organisation_id is not None:
        announced = or_(announced, Auction.seller_id == actor.organisation_id)
    return select(Auction).where(shown, announced)


async def _one(session: Session, statement: Select[Auction]) -> Auction:
    return await read_one(session, statement, AUCTION, fresh=True)


async def get_auction(session: Session, actor: Actor | None, auction_id: UUID) -> Auction:
    """An auction the actor may see; raises `not_found`."""
    return await _one(session, _visible(actor).where(Auction.id == auction_id))


async def read_auction(session: Session, auction_id: UUID) -> Auction:
    """An auction, without a check of access; raises `not_found`."""
    return await _one(session, select(Auction).where(Auction.id == auction_id))


async def lock_auction(session: Session, auction_id: UUID) -> Auction:
    """An auction, locked against bids and all else. Lock its listing before it."""
    return await _one(session, select(Auction).where(Auction.id == auction_id).with_for_update(key_share=True))


async def live_of_listing(session: Session, listing_id: UUID) -> Auction | None:
    """The auction of a listing that is proposed, announced or suspended. Read it under the listing's lock."""
    statement = select(Auction).where(Auction.listing_id == listing_id, Auction.status.in_(LIVE_STATUSES))
    return await find_one(session, statement, fresh=True)


async def held_of_listing(session: Session, listing_id: UUID) -> Auction | None:
    """The auction whose winner waits for its deal. Read it under the listing's lock."""
    statement = select(Auction).where(Auction.listing_id == listing_id, Auction.is_held)
    return await find_one(session, statement, fresh=True)


async def offered_of_listing(session: Session, listing_id: UUID) -> Auction | None:
    """The closed auction of a listing whose lot stands offered to the next bidder. Read it under the listing's lock."""
    statement = select(Auction).where(Auction.listing_id == listing_id, Auction.offered_to.is_not(None))
    return await find_one(session, statement, fresh=True)


async def of_deal(session: Session, deal_id: UUID) -> Auction | None:
    """The auction that a deal came from."""
    statement = select(Auction).where(Auction.deal_id == deal_id)
    return await find_one(session, statement, fresh=True)


async def behind(session: Session, deal_id: UUID) -> Auction | None:
    """The auction whose sale a deal was, whatever became of the deal since; for those who see the deal."""
    statement = select(Auction).join(AuctionConfirmation, AuctionConfirmation.auction_id == Auction.id)
    return await find_one(session, statement.where(AuctionConfirmation.deal_id == deal_id))


async def on_listing(session: Session, actor: Actor, listing_id: UUID) -> Sequence[Auction]:
    """Every auction of a listing that the actor may see, oldest first."""
    statement = _visible(actor).where(Auction.listing_id == listing_id).order_by(Auction.id)
    return await read_all(session, statement)


async def auctions_after(session: Session, after: UUID | None, limit: int) -> Sequence[Auction]:
    """At most `limit` auctions in the order of their ids, from beginning to end: for a check of all."""
    statement = select(Auction).order_by(Auction.id).limit(limit)
    return await read_all(session, statement if after is None else statement.where(Auction.id > after))


async def list_auctions(session: Session, actor: Actor | None, page: PageRequest) -> Found[Auction]:
    """A page of what the actor may see, newest first."""
    return await read_page(session, _visible(actor), page, AUCTIONS)


async def find_number(session: Session, auction_id: str) -> tuple[UUID, str] | None:
    """Id and number of an auction, without a check of access; None if there is no such one."""
    try:
        wanted = UUID(auction_id)
    except ValueError:
        return None
    row = (await session.execute(select(Auction.id, Auction.number).where(Auction.id == wanted))).one_or_none()
    return None if row is None else (row.id, row.number)


def holds_idempotency_key(key_id: UUID, idempotency_key: str) -> ColumnElement[bool]:
    """Whether an accepted bid holds the idempotency key of an API key; a refused one leaves it to others."""
    claimed = literal_column(CLAIMED) == literal(b"", LargeBinary)
    return exists().where(AuctionEntry.key_id == key_id, AuctionEntry.idempotency_key == idempotency_key, claimed)


# Bidders


async def find_bidder(session: Session, auction_id: UUID, organisation_id: UUID) -> AuctionBidder | None:
    """An organisation's registration, withdrawn or not."""
    statement = select(AuctionBidder).where(
        AuctionBidder.auction_id == auction_id, AuctionBidder.organisation_id == organisation_id
    )
    return await find_one(session, statement, fresh=True)


async def bidder_of_paddle(session: Session, auction_id: UUID, paddle: int) -> AuctionBidder:
    """Who holds a paddle."""
    statement = select(AuctionBidder).where(AuctionBidder.auction_id == auction_id, AuctionBidder.paddle == paddle)
    return (await session.execute(statement)).scalar_one()


async def led_by(session: Session, organisation_id: UUID) -> Sequence[UUID]:
    """The announced auctions in which an organisation has the highest bid, in the order of their ids."""
    statement = (
        select(Auction.id)
        .join(AuctionBidder, (AuctionBidder.auction_id == Auction.id) & (AuctionBidder.paddle == Auction.leader))
        .where(AuctionBidder.organisation_id == organisation_id, Auction.status == AuctionStatus.ANNOUNCED)
    )
    return (await session.execute(statement.order_by(Auction.id))).scalars().all()


async def paddles_of(session: Session, auction_id: UUID) -> set[int]:
    """The paddles that were given out. Read it under the auction's lock."""
    found = await session.execute(select(AuctionBidder.paddle).where(AuctionBidder.auction_id == auction_id))
    return set(found.scalars())


async def bidders_of(session: Session, auction_id: UUID) -> Sequence[AuctionBidder]:
    """All bidders of an auction in the order in which they came, withdrawn or not."""
    statement = select(AuctionBidder).where(AuctionBidder.auction_id == auction_id)
    return await read_all(session, statement.order_by(AuctionBidder.registered_at, AuctionBidder.paddle))


async def list_bidders(session: Session, auction_id: UUID, page: PageRequest) -> Found[AuctionBidder]:
    """A page of an auction's bidders by paddle."""
    statement = select(AuctionBidder).where(AuctionBidder.auction_id == auction_id)
    return await read_page(session, statement, page, BIDDERS)


def knows_names(actor: Actor | None, auction: Auction) -> bool:
    """Whether the actor may know who stands behind the paddles of an auction it sees."""
    if actor is None:
        return False
    if actor.oversees:
        return True
    return auction.status == AuctionStatus.CLOSED and actor.organisation_id == auction.seller_id


async def is_staff(session: Session, person_id: UUID) -> bool:
    """Whether a person holds an office of the market, whatever its key acts for."""
    statement = select(
        select(Appointment.id).where(Appointment.person_id == person_id, Appointment.ended_at.is_(None)).exists()
    )
    return bool((await session.execute(statement)).scalar_one())


# The log


async def list_entries(session: Session, auction_id: UUID, page: PageRequest) -> Found[AuctionEntry]:
    """A page of an auction's log."""
    statement = select(AuctionEntry).where(AuctionEntry.auction_id == auction_id)
    return await read_page(session, statement, page, ENTRIES)


async def get_entry(session: Session, auction_id: UUID, seq: int) -> AuctionEntry:
    """An entry by its place; raises `not_found`."""
    statement = select(AuctionEntry).where(AuctionEntry.auction_id == auction_id, AuctionEntry.seq == seq)
    return await read_one(session, statement, Text("entry", "记录"))


async def entries_beside_bids(session: Session, auction_ids: Sequence[UUID]) -> Sequence[AuctionEntry]:
    """What the logs of auctions say besides bids, in order."""
    statement = select(AuctionEntry).where(AuctionEntry.auction_id.in_(auction_ids), AuctionEntry.kind != EntryKind.BID)
    return await read_all(session, statement.order_by(AuctionEntry.auction_id, AuctionEntry.seq))


async def last_bids(session: Session, auction_id: UUID, limit: int) -> Sequence[AuctionEntry]:
    """The last bids of an auction, accepted or not, at most `limit`, in the order of the log."""
    statement = select(AuctionEntry).where(AuctionEntry.auction_id == auction_id, AuctionEntry.kind == EntryKind.BID)
    found = await read_all(session, statement.order_by(AuctionEntry.seq.desc()).limit(limit))
    return found[::-1]


async def count_bids(session: Session, auction_id: UUID, *, before: int) -> int:
    """How many bids an auction's log has before a place in it."""
    statement = select(func.count()).where(
        AuctionEntry.auction_id == auction_id, AuctionEntry.kind == EntryKind.BID, AuctionEntry.seq < before
    )
    return (await session.execute(statement)).scalar_one()


async def log_lines(session: Session, auction_id: UUID, seq: int, limit: int) -> Sequence[tuple[int, str, str]]:
    """At most `limit` entries of a log after a place in it: place, content as text, hash in hex."""
    statement = select(AuctionEntry.seq, AuctionEntry.content, AuctionEntry.hash).where(
        AuctionEntry.auction_id == auction_id, AuctionEntry.seq > seq
    )
    found = await session.execute(statement.order_by(AuctionEntry.seq).limit(limit))
    return [(place, content, digest.hex()) for place, content, digest in found]


async def accepted_bids(session: Session, auction_id: UUID) -> Sequence[AuctionEntry]:
    """The accepted bids of an auction in the order of the log."""
    statement = select(AuctionEntry).where(
        AuctionEntry.auction_id == auction_id,
        AuctionEntry.kind == EntryKind.BID,
        AuctionEntry.content.contains('"accepted":true'),
    )
    return await read_all(session, statement.order_by(AuctionEntry.seq))


async def voidings_of(session: Session, auction_id: UUID) -> Sequence[AuctionEntry]:
    """The entries of an auction's log that void bids, in order."""
    statement = select(AuctionEntry).where(AuctionEntry.auction_id == auction_id, AuctionEntry.kind == EntryKind.VOIDED)
    return await read_all(session, statement.order_by(AuctionEntry.seq))


async def standing_bids(session: Session, auction_id: UUID) -> Sequence[AuctionEntry]:
    """The accepted bids of an auction that were not voided, in the order of the log."""
    voided = {seq for row in await voidings_of(session, auction_id) for seq in json.loads(row.content)["voids"]}
    return [row for row in await accepted_bids(session, auction_id) if row.seq not in voided]


WATCHED = """
SELECT auction_id, seq, kind, content, encode(hash, 'hex') AS hash FROM auction_entries
WHERE auction_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
"""
HEADS = "SELECT id, last_seq, status FROM auctions WHERE id = ANY($1::uuid[])"
LIVE = """
SELECT id, status, form, price, leader, accepted, ends_at, last_seq, encode(head, 'hex') AS head, revision,
  conditions::text AS conditions, shift, techex_now() AS now
FROM auctions WHERE id = $1 AND announced_at IS NOT NULL
"""


async def watched_entries(database: Database, auction_id: UUID, seq: int, limit: int) -> Sequence[Record]:
    """What a watcher is sent: the log after a place in it, as text."""
    return await database.fetch(WATCHED, auction_id, seq, limit)


async def heads(database: Database, ids: Sequence[UUID]) -> Sequence[Record]:
    """How long the logs of auctions are now, and whether anything is to come."""
    return await database.fetch(HEADS, list(ids))


def is_over(status: str) -> bool:
    """Whether the bidding of an auction in this status has ended for good."""
    return status not in LIVE_STATUSES


async def find_live(database: Database, auction_id: UUID) -> Record | None:
    """What a poll of an announced auction answers; None for any other."""
    return await database.fetch_row(LIVE, auction_id)


async def live(database: Database, auction_id: UUID) -> Record:
    """The same; raises `not_found`."""
    row = await find_live(database, auction_id)
    if row is None:
        raise NOT_FOUND(what=AUCTION)
    return row


# Keys and confirmations


async def find_key(session: Session, key_id: str) -> ExchangeKey | None:
    """A key that the exchange has signed with."""
    return await find_one(session, select(ExchangeKey).where(ExchangeKey.key_id == key_id))


async def add_key(session: Session, key: ExchangeKey) -> None:
    """Keep a key, unless another process has just done so."""
    values = {"key_id": key.key_id, "public_key": key.public_key, "first_used_at": key.first_used_at}
    await session.execute(insert(ExchangeKey).values(values).on_conflict_do_nothing())


async def list_keys(session: Session) -> Sequence[ExchangeKey]:
    """All keys that the exchange has signed with, oldest first."""
    return await read_all(session, select(ExchangeKey).order_by(ExchangeKey.first_used_at))


async def page_of_keys(session: Session, page: PageRequest) -> Found[ExchangeKey]:
    """A page of them."""
    return await read_page(session, select(ExchangeKey), page, KEYS)


async def confirmation_of(session: Session, auction_id: UUID) -> AuctionConfirmation:
    """The last confirmation of an auction, with its signatures; raises `not_found`."""
    statement = (
        select(AuctionConfirmation)
        .where(AuctionConfirmation.auction_id == auction_id)
        .order_by(AuctionConfirmation.id.desc())
        .limit(1)
        .options(selectinload(AuctionConfirmation.signatures))
        .execution_options(populate_existing=True)
    )
    return await read_one(session, statement, CONFIRMATION)


async def confirmation_for(session: Session, deal_id: UUID) -> AuctionConfirmation | None:
    """The confirmation of a deal, with its signatures, without a check of access."""
    statement = (
        select(AuctionConfirmation)
        .where(AuctionConfirmation.deal_id == deal_id)
        .options(selectinload(AuctionConfirmation.signatures))
        .execution_options(populate_existing=True)
    )
    return await find_one(session, statement)


CONFIRMATION: Final = Text("confirmation", "成交确认书")


async def sides_of_deal(session: Session, deal_id: UUID) -> set[UUID]:
    """The organisations that sell and buy in a deal."""
    statement = select(DealParty.organisation_id).where(
        DealParty.deal_id == deal_id, DealParty.role.in_([PartyRole.SELLER, PartyRole.BUYER])
    )
    return set((await session.execute(statement)).scalars())
