"""What the appraised mode decides about its listings."""

from app.core.database import Session
from app.market.listings import modes
from app.market.listings.models import Listing
from app.pricing.appraised import closing, queries


class Appraised(modes.Mode):
    """A listing closes on its own day; held for a buyer who waits for gates, it can be let go."""

    async def look_again(self, session: Session, listing: Listing) -> None:
        accepted = await queries.lock_accepted(session, listing.id)
        if accepted is not None:
            await closing.try_close(session, listing, accepted)
