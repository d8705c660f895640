"""Open bidding (竞价) between those who want one listing: the door between a pricing mode and the auctions.

The pricing modes do not import each other. A mode whose notice ended with two or more qualified registrants hands over
to the engine in `BIDDING`, which the auctions provide; they answer by `tell_outcome`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol
from uuid import UUID

from app.core.database import Session
from app.core.hooks import Port
from app.market.listings.kinds import PricingMode
from app.market.listings.models import Listing
from app.pricing.kinds import ContestForm


@dataclass(frozen=True, slots=True)
class Contest:
    """Who competes from which price (CNY) on. Every entrant is qualified and has its deposit held for the listing.

    Deposits are those of the subject `("listing", listing.id)`, in every pricing mode.
    """

    entrants: Sequence[UUID]
    starting_price: Decimal
    form: ContestForm
    rights_abroad: bool = False
    abroad: frozenset[UUID] = frozenset()
    """The entrants that said they are abroad."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a contest ended: a deal, or none and why (`no_bids`, `below_reserve`, `cancelled`)."""

    contest_id: UUID
    deal_id: UUID | None
    reason: str | None


class Bidding(Protocol):
    """The engine of open bidding, as the auctions provide it."""

    async def open(self, session: Session, listing: Listing, contest: Contest, now: datetime) -> UUID:
        """Open the bidding on a locked, published listing, which does not lapse meanwhile; answers the auction's id."""

    async def cancel(self, session: Session, listing: Listing, contest_id: UUID, reason: str, now: datetime) -> None:
        """Call off the bidding on a locked listing that may not be sold any more; the mode has ended its sale."""


BIDDING: Final[Port[PricingMode, Bidding]] = Port("contests.bidding")
"""By the mode that hands over: the engine of its open bidding."""
Ended = Callable[[Session, Listing, Outcome, datetime], Awaitable[None]]
ENDED: Final[Port[PricingMode, Ended]] = Port("contests.ended")
"""By the mode that handed over: what it does when the bidding on one of its listings has ended."""


async def tell_outcome(session: Session, listing: Listing, outcome: Outcome, now: datetime) -> None:
    """The bidding on a locked listing has ended; where it sold, the deal exists and holds the listing."""
    ended = ENDED.find(listing.pricing_mode)
    if ended is not None:
        await ended(session, listing, outcome, now)
