"""What the negotiated mode decides about its listings."""

from app.core.database import Session
from app.market.listings import modes
from app.market.listings.models import Listing
from app.pricing.negotiated import closing, queries


class Negotiated(modes.Mode):
    """A listing closes on its own day; held for a buyer whose notice runs or who waits for gates, it can be let go."""

    async def look_again(self, session: Session, listing: Listing) -> None:
        agreed = await queries.lock_agreed(session, listing.id)
        if agreed is not None:
            await closing.try_close(session, listing, agreed)
