"""An auction that an organisation leads which was suspended meanwhile: it stops, and the operator decides.

To go on, the operator resumes it, and the bid binds. To end it, the operator calls it off, and every deposit goes back.
"""

from datetime import datetime
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.history import events
from app.core.problems import Text
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.identity.models import Organisation
from app.market.listings.models import Listing
from app.pricing.auction import queries, service
from app.pricing.auction.kinds import AuctionStatus
from app.pricing.auction.models import Auction

CHECK = "auction.leader_stopped"
REASON = Text("The exchange examines a bid", "交易机构正在核查一项报价")


async def when_organisation_is_stopped(session: Session, organisation: Organisation, now: datetime) -> None:
    """Look at each auction that it leads, at once and each by itself: bids and ends hold their auctions' rows."""
    for auction_id in await queries.led_by(session, organisation.id):
        await deadlines.schedule(session, CHECK, auction_id, now)


async def stop_if_led(session: Session, auction_id: UUID, now: datetime) -> None:
    """Stop an auction whose leader's organisation was suspended, unless another leads by now."""
    listing, auction = await service.lock_both(session, auction_id)
    if auction.status == AuctionStatus.ANNOUNCED and auction.leader is not None:
        await stop_for(session, listing, auction, auction.leader, now)


async def stop_for(session: Session, listing: Listing, auction: Auction, paddle: int, now: datetime) -> bool:
    """Stop an auction, both locked, for a paddle whose organisation was suspended; answers whether it did.

    Once for each suspension: an operator who has resumed the auction since has decided that the bid stands.
    """
    bidder = await queries.bidder_of_paddle(session, auction.id, paddle)
    organisation = (await identity.organisations_by_id(session, [bidder.organisation_id]))[bidder.organisation_id]
    if organisation.verification == Verification.VERIFIED or await _is_decided(session, auction, organisation):
        return False
    await service.halt(session, listing, auction, f"{REASON.en} / {REASON.zh}", now)
    # Neither the seller nor other staff: with the organisation's suspension it would say who bids.
    payload = {"number": auction.number, "paddle": paddle, "organisation_id": organisation.id}
    subject = ("auction", auction.id)
    events.append(session, "auction.leader_suspended", subject, audience=[events.OPERATOR], payload=payload)
    return True


async def _is_decided(session: Session, auction: Auction, organisation: Organisation) -> bool:
    noted = [
        event
        for event in await events.of_subjects(session, [auction.id], leave_out=["auction.bids_decided"])
        if event.type == "auction.leader_suspended" and event.payload["organisation_id"] == str(organisation.id)
    ]
    stopped = await events.latest_of(session, organisation.id, f"organisation.{organisation.verification}", 1)
    return bool(noted) and (not stopped or noted[-1].seq > stopped[-1].seq)
