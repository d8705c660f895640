"""What an auction means for its listing."""

from datetime import datetime

from app.core.database import Session
from app.market.listings import modes
from app.market.listings.kinds import Mover
from app.market.listings.models import Listing
from app.pricing.auction import queries, service
from app.pricing.auction.bidding.problems import LISTING_IN_AUCTION
from app.pricing.auction.ending import winner
from app.pricing.auction.kinds import AuctionStatus

BECAME_SECRET = "The result may not be sold any more / 该成果已不得转让"
WITHDRAWN = "The listing was withdrawn / 挂牌已撤回"


class Auctioned(modes.Mode):
    """While an auction of it is announced, or its lot offered to the next bidder, a listing is neither suspended nor
    withdrawn: bidders rely on it.
    """

    async def suspended(self, session: Session, listing: Listing, reason: str, now: datetime) -> datetime | None:
        await self._refuse(session, listing)
        return await super().suspended(session, listing, reason, now)

    async def withdrawn(self, session: Session, listing: Listing, mover: Mover, now: datetime) -> None:
        if mover != Mover.RESULT:
            await self._refuse(session, listing)
        live = await queries.live_of_listing(session, listing.id)
        if live is not None:
            auction = await queries.lock_auction(session, live.id)
            reason = BECAME_SECRET if mover == Mover.RESULT else WITHDRAWN
            await service.call_off(session, listing, auction, reason, now)
        await super().withdrawn(session, listing, mover, now)

    async def appraisal_named(self, session: Session, listing: Listing) -> None:
        await self.look_again(session, listing)

    async def look_again(self, session: Session, listing: Listing) -> None:
        held = await queries.held_of_listing(session, listing.id)
        if held is not None:
            await winner.try_deal(session, listing, await queries.lock_auction(session, held.id))

    async def _refuse(self, session: Session, listing: Listing) -> None:
        live = await queries.live_of_listing(session, listing.id)
        if live is not None and live.status != AuctionStatus.PROPOSED:
            raise LISTING_IN_AUCTION(number=live.number, status=live.status)
        offered = await queries.offered_of_listing(session, listing.id)
        if offered is not None:  # the next bidder has its days
            raise LISTING_IN_AUCTION(number=offered.number, status="offered")
