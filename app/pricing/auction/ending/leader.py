"""An auction that an organisation leads which was suspended or merged meanwhile, or with a stolen key: it stops, and
the operator decides.

To go on, the operator resumes it, and the bid binds, after a merger for the heir; or two operators void the bids first.
To end it, the operator calls it off, and every deposit goes back.
"""

from datetime import date, datetime
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.history import events
from app.core.problems import Text
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.identity.lineage import queries as lineage
from app.identity.mergers import queries as mergers
from app.identity.mergers.rules import family
from app.identity.models import Organisation
from app.market.listings.models import Listing
from app.pricing.auction import queries, service
from app.pricing.auction.kinds import AuctionStatus
from app.pricing.auction.models import Auction
from app.pricing.auction.voiding import queries as voidings

CHECK = "auction.leader_stopped"
REASON = Text("The exchange examines a bid", "交易机构正在核查一项报价")


async def when_organisation_is_stopped(session: Session, organisation: Organisation, now: datetime) -> None:
    """Look at each auction that it leads."""
    await _look_at_led(session, organisation.id, now)


async def when_key_is_stolen(session: Session, organisation_id: UUID, now: datetime) -> None:
    """Look at each auction that the organisation of the key leads."""
    await _look_at_led(session, organisation_id, now)


async def when_organisation_is_merged(session: Session, merged: Organisation, heir_id: UUID, now: datetime) -> None:
    """Look at each auction that one of them leads: its bid binds the heir, who may be the seller, or bid there too."""
    for organisation_id in sorted(family(await mergers.successions(session, [heir_id]), [heir_id])):
        await _look_at_led(session, organisation_id, now)


async def _look_at_led(session: Session, organisation_id: UUID, now: datetime) -> None:
    """At once and each by itself: bids and ends hold their auctions' rows."""
    for auction_id in await queries.led_by(session, organisation_id):
        await deadlines.schedule(session, CHECK, auction_id, now)


async def stop_if_led(session: Session, auction_id: UUID, now: datetime) -> None:
    """Stop an auction whose leader's organisation was suspended, or lost a key, unless another leads by now."""
    listing, auction = await service.lock_both(session, auction_id)
    if auction.status == AuctionStatus.ANNOUNCED and auction.leader is not None:
        await stop_for(session, listing, auction, auction.leader, now)


async def stop_for(session: Session, listing: Listing, auction: Auction, paddle: int, now: datetime) -> bool:
    """Stop an auction, both locked, for a paddle whose organisation was suspended or merged; answers whether it did.

    So it does for bids that stand and were made with a key of an incident. Once for each suspension, merger and
    incident: an operator who has resumed the auction since has decided that the bid stands.
    """
    bidder = await queries.bidder_of_paddle(session, auction.id, paddle)
    organisation = (await identity.organisations_by_id(session, [bidder.organisation_id]))[bidder.organisation_id]
    causes = [
        await _suspension_of(session, organisation),
        await _merger_of(session, auction, organisation, session.city.day_of(now)),
        await _theft_behind(session, auction, organisation),
    ]
    last = max((cause for cause in causes if cause is not None), default=None)
    if last is None or await _is_decided(session, auction, organisation, last):
        return False
    await service.halt(session, listing, auction, f"{REASON.en} / {REASON.zh}", now)
    # Neither the seller nor other staff: with the organisation's suspension it would say who bids.
    payload = {"number": auction.number, "paddle": paddle, "organisation_id": organisation.id}
    subject = ("auction", auction.id)
    events.append(session, "auction.leader_suspended", subject, audience=[events.OPERATOR], payload=payload)
    return True


async def _suspension_of(session: Session, organisation: Organisation) -> int | None:
    """The place in the log of the finding by which the organisation is not verified now; 0 where no event tells it."""
    if organisation.verification == Verification.VERIFIED:
        return None
    found = await events.latest_of(session, organisation.id, f"organisation.{organisation.verification}", 1)
    return found[-1].seq if found else 0


async def _merger_of(session: Session, auction: Auction, organisation: Organisation, today: date) -> int | None:
    """The place in the log of the merger by which the organisation ended, or became one with the selling side."""
    side = [one for one in (auction.seller_id, auction.agency_id) if one is not None]
    concerned = {organisation.id}
    if await mergers.is_one_body(session, side, concerned, today):
        concerned |= family(await mergers.successions(session, concerned), side)
    found = [await events.latest_of(session, one, "organisation.merged", 1) for one in sorted(concerned)]
    return max((each[-1].seq for each in found if each), default=None)


async def _theft_behind(session: Session, auction: Auction, organisation: Organisation) -> int | None:
    """The place in the log of the last incident of a key with which a bid was made that stands."""
    incidents = await voidings.incidents_of(session, organisation.id)
    bids = await queries.standing_bids(session, auction.id) if incidents else []
    used = {bid.key_id for bid in bids if bid.organisation_id == organisation.id}
    for incident in reversed(incidents):
        if used & set(await lineage.made_with(session, [incident.subject_id])):
            return incident.seq
    return None


async def _is_decided(session: Session, auction: Auction, organisation: Organisation, cause: int) -> bool:
    noted = [
        event.seq
        for event in await events.of_subjects(session, [auction.id], leave_out=["auction.bids_decided"])
        if event.type == "auction.leader_suspended" and event.payload["organisation_id"] == str(organisation.id)
    ]
    return bool(noted) and noted[-1] > cause
