"""Use cases of bidders (竞买人): registration with a deposit, withdrawal, what becomes of the deposits."""

import secrets
from datetime import datetime
from uuid import UUID

from app.core.access import Actor
from app.core.canonical import sha256_hex
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.problems import Text
from app.identity import queries as identity
from app.identity.mergers.queries import with_heirs
from app.market.deals.kinds import PartyRole
from app.market.deals.rules import PartyShare
from app.market.deals.service import related_parties
from app.market.listings.publication import require_verified
from app.office.ledger.deposits import service as deposits
from app.pricing.auction import queries, schemas
from app.pricing.auction.bidding import admission
from app.pricing.auction.bidding.problems import ALREADY_A_BIDDER, NOT_A_BIDDER, TERMS_NOT_ACCEPTED
from app.pricing.auction.kinds import EntryKind
from app.pricing.auction.models import Auction, AuctionBidder
from app.pricing.auction.proof import logbook
from app.pricing.auction.rules import check_may_register, pick_paddle


async def register(session: Session, actor: Actor, auction_id: UUID, body: schemas.BidderIn) -> AuctionBidder:
    """Register the actor's organisation before the bidding begins; its deposit is asked for, due by the start.

    Raises `auction_terms_not_accepted`, `bidder_barred` (Auction Law art. 22, 23 and 30), `already_a_bidder`,
    `auction_registration_over`, `auction_state`.
    """
    organisation_id = actor.organisation()
    await queries.get_auction(session, actor, auction_id)
    auction = await queries.lock_auction(session, auction_id)
    now = await read_clock(session)
    check_may_register(auction.status, auction.starts_at, now)
    if not body.terms_accepted or body.listing_version != auction.listing_version:
        raise TERMS_NOT_ACCEPTED(field="terms_accepted", version=auction.listing_version)
    await _check_not_barred(session, actor, auction, now)
    known = await queries.find_bidder(session, auction_id, organisation_id)
    if known is not None and known.withdrawn_at is None:
        raise ALREADY_A_BIDDER(paddle=known.paddle)
    await deposits.request_deposit(
        session, subject=("listing", auction.listing_id), organisation_id=organisation_id,
        amount=auction.deposit_amount, due_at=auction.starts_at
    )  # fmt: skip
    if known is not None:
        known.withdrawn_at = None
        bidder = known
    else:
        bidder = await admit(session, auction, organisation_id, actor.person_id, now)
    bidder.buyer_abroad = body.buyer_abroad
    _tell(session, auction, bidder, "bidder.registered")
    return bidder


async def _check_not_barred(session: Session, actor: Actor, auction: Auction, now: datetime) -> None:
    organisation_id = actor.organisation()
    require_verified((await identity.organisations_by_id(session, [organisation_id]))[organisation_id])
    if await queries.is_staff(session, actor.person_id):
        raise admission.barred(admission.MARKET_STAFF)
    if organisation_id in await with_heirs(session, auction.seller_id, auction.agency_id):
        raise admission.barred(admission.SELLING_SIDE)
    sides = [PartyShare(PartyRole.SELLER, auction.seller_id), PartyShare(PartyRole.BUYER, organisation_id)]
    finding = await related_parties(session, sides, session.city.day_of(now))
    if finding is not None:
        raise admission.barred(
            Text(
                f"Your organisation and the seller are related parties: {finding}.",
                f"贵单位与委托人为关联方:{finding}。",
            )
        )


async def admit(
    session: Session,
    auction: Auction,
    organisation_id: UUID,
    person_id: UUID | None,
    now: datetime,
    *,
    buyer_abroad: bool = False,
) -> AuctionBidder:
    """Give an organisation a paddle; the log commits to who it is without saying so. The auction is locked."""
    paddle = pick_paddle(await queries.paddles_of(session, auction.id), secrets.randbits(32))
    bidder = AuctionBidder(
        auction_id=auction.id,
        organisation_id=organisation_id,
        paddle=paddle,
        person_id=person_id,
        buyer_abroad=buyer_abroad,
        salt=secrets.token_hex(16),
        registered_at=now,
    )
    session.add(bidder)
    committed = sha256_hex(f"{bidder.salt}:{organisation_id}")
    facts = {"paddle": paddle, "organisation_commitment": committed}
    await logbook.write(session, auction, EntryKind.ADMITTED, now, facts)
    return bidder


async def withdraw(session: Session, actor: Actor, auction_id: UUID) -> AuctionBidder:
    """Leave before the bidding begins; the deposit goes back. Raises `not_a_bidder`, `auction_registration_over`."""
    await queries.get_auction(session, actor, auction_id)
    auction = await queries.lock_auction(session, auction_id)
    bidder = await queries.find_bidder(session, auction_id, actor.organisation())
    if bidder is None or bidder.withdrawn_at is not None:
        raise NOT_A_BIDDER()
    now = await read_clock(session)
    check_may_register(auction.status, auction.starts_at, now)
    bidder.withdrawn_at = now
    await deposits.give_back(session, ("listing", auction.listing_id), bidder.organisation_id, now)
    _tell(session, auction, bidder, "bidder.withdrawn")
    return bidder


def _tell(session: Session, auction: Auction, bidder: AuctionBidder, event: str) -> None:
    """Append an event for the bidder and the market: who bids is nobody else's business."""
    audience = [events.OPERATOR, bidder.organisation_id]
    payload = {"number": auction.number, "paddle": bidder.paddle}
    events.append(session, event, ("auction", auction.id), audience=audience, payload=payload)
