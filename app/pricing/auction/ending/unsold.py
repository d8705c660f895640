"""What an auction without a deal leaves behind: deposits go back, the listing or the mode that handed over goes on."""

from datetime import datetime

from app.core.database import Session
from app.market.listings import service as listing_service
from app.market.listings.kinds import ListingStatus
from app.market.listings.models import Listing
from app.office.ledger.deposits import service as deposits
from app.pricing import contests
from app.pricing.auction.models import Auction


async def unsold(session: Session, listing: Listing, auction: Auction, reason: str, now: datetime) -> None:
    """There is no deal: every deposit is owed back in full, and the listing is where it would be without the auction.

    Listing and auction are locked; the listing is published, or reserved where a sale was held by gates.
    """
    await deposits.release_losers(session, ("listing", listing.id), None, now)
    if listing.status == ListingStatus.RESERVED:
        listing_service.release(session, listing, now)
    if auction.is_contest:
        await contests.tell_outcome(session, listing, contests.Outcome(auction.id, None, reason), now)
    elif listing.status == ListingStatus.PUBLISHED:
        await listing_service.end_when_published(session, listing, now)
