"""Writing to an auction's log outside the clerk, and telling of it: the caller holds the auction's row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core import keys
from app.core.clock import read_clock
from app.core.database import Database, Session
from app.core.history import events
from app.core.settings import Settings
from app.pricing.auction import queries
from app.pricing.auction.bidding import standing
from app.pricing.auction.bidding.standing import Standing
from app.pricing.auction.kinds import EntryKind
from app.pricing.auction.models import Auction, AuctionEntry, ExchangeKey
from app.pricing.auction.proof import published
from app.pricing.auction.proof.receipts import Signer


def signer() -> Signer:
    """What signs for the exchange in this process. Raises `exchange_keys_missing`."""
    return Signer(keys.current().signing_seed)


def opened(auction: Auction) -> Standing:
    """The auction as the rules and the log take it."""
    row = {column.key: getattr(auction, column.key) for column in Auction.__table__.columns}
    return standing.standing_of(row, published.conditions_of(auction.conditions), keys.current())


async def write(
    session: Session, auction: Auction, kind: EntryKind, at: datetime, facts: Mapping[str, Any]
) -> AuctionEntry:
    """Append one entry of public facts to a locked auction's log. Needs no keys."""
    made = standing.entry_after(auction.id, auction.last_seq, auction.head, kind, at, facts)
    auction.last_seq, auction.head = made.seq, made.hash
    row = AuctionEntry(auction_id=auction.id, seq=made.seq, kind=kind, at=made.at, content=made.text, hash=made.hash)
    session.add(row)
    await session.flush()
    return row


async def remember_key(session: Session, now: datetime) -> None:
    """Keep the public key that signs from now on, so that receipts can be checked when it has been replaced."""
    current = signer()
    if await queries.find_key(session, current.key_id) is None:
        await queries.add_key(session, ExchangeKey(
            key_id=current.key_id, public_key=current.public_key, first_used_at=now
        ))  # fmt: skip


async def introduce(settings: Settings, database: Database) -> None:
    """At a process's start: keep the public key that it signs with, which may have replaced another since the last
    announcement. A sandbox makes its key by itself and never replaces it; its first announcement keeps it.
    """
    if settings.signing_key is not None:
        async with database.transaction() as session:
            await remember_key(session, await read_clock(session))


def tell(session: Session, auction: Auction, event: str, payload: Mapping[str, Any], *, public: bool = True) -> None:
    """Append an event about an auction: for everyone once it is announced, by paddles only."""
    audience = [*events.STAFF, auction.seller_id, *([events.PUBLIC] if public else [])]
    body = {"number": auction.number, "last_seq": auction.last_seq, "head": auction.head.hex()} | dict(payload)
    events.append(session, event, ("auction", auction.id), audience=audience, payload=body)
