"""Open bidding (竞价) between those who want one listing: the door between a pricing mode and the auctions.

The pricing modes do not import each other. A mode whose notice ended with two or more qualified registrants hands over
by `open_contest`; the auctions register what that does when they are imported, and answer by `tell_outcome`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.settings import Settings
from app.market.listings.kinds import PricingMode
from app.market.listings.models import Listing


class ContestForm(StrEnum):
    """How the entrants bid: ascending and open (加价), or one sealed bid each (一次报价)."""

    ENGLISH = "english"
    SEALED = "sealed"


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


Opener = Callable[[AsyncSession, Settings, Listing, Contest, datetime], Awaitable[UUID]]
Canceller = Callable[[AsyncSession, Settings, Listing, UUID, str, datetime], Awaitable[None]]
Ended = Callable[[AsyncSession, Settings, Listing, Outcome, datetime], Awaitable[None]]
_OPENERS: list[Opener] = []
_CANCELLERS: list[Canceller] = []
_ENDED: dict[PricingMode, Ended] = {}


def opens(opener: Opener) -> Opener:
    """Register what opens a contest, once."""
    if _OPENERS:
        raise ValueError("contests have an opener already")
    _OPENERS.append(opener)
    return opener


def cancels(canceller: Canceller) -> Canceller:
    """Register what calls a contest off, once."""
    if _CANCELLERS:
        raise ValueError("contests have a canceller already")
    _CANCELLERS.append(canceller)
    return canceller


def hears(mode: PricingMode) -> Callable[[Ended], Ended]:
    """Register what a pricing mode does when a contest on one of its listings has ended."""

    def register(ended: Ended) -> Ended:
        if mode in _ENDED:
            raise ValueError(f"{mode} hears of its contests already")
        _ENDED[mode] = ended
        return ended

    return register


async def open_contest(
    session: AsyncSession, settings: Settings, listing: Listing, contest: Contest, now: datetime
) -> UUID:
    """Open the bidding on a locked, published listing, which does not lapse meanwhile; answers the auction's id."""
    return await _OPENERS[0](session, settings, listing, contest, now)


async def cancel_contest(
    session: AsyncSession, settings: Settings, listing: Listing, contest_id: UUID, reason: str, now: datetime
) -> None:
    """Call off the bidding on a locked listing that may not be sold any more; the mode has ended its sale already."""
    for canceller in _CANCELLERS:
        await canceller(session, settings, listing, contest_id, reason, now)


async def tell_outcome(
    session: AsyncSession, settings: Settings, listing: Listing, outcome: Outcome, now: datetime
) -> None:
    """The bidding on a locked listing has ended; where it sold, the deal exists and holds the listing."""
    ended = _ENDED.get(listing.pricing_mode)
    if ended is not None:
        await ended(session, settings, listing, outcome, now)
