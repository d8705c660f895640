"""What a pricing mode decides about its listings: what is sealed, when they close, what a suspension does to that.

Listings stand below the pricing modes, so a mode with a procedure of its own provides it to `PROCEDURES`.
Every method runs in the transaction of the command, with the listing locked, before the listing moves; what it raises
undoes the command.
"""

from datetime import date, datetime
from typing import Any, Final

from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Port
from app.market.listings import rules
from app.market.listings.kinds import Allocation, Mover, PricingMode
from app.market.listings.models import Listing

CLOSES = "listing.closes"
"""The deadline at which a listing with a closing day of its own lapses."""


class Mode:
    """The usual way: a listing closes at the end of its `closes_on`, whatever happens meanwhile."""

    sets_end = False
    """Whether the procedure says when the listing closes; then a draft has no `closes_on`."""

    async def check(self, session: Session, listing: Listing, today: date) -> None:
        """What must hold besides for a submission, a publication, or a revision; raises the refusal."""

    async def conditions(self, session: Session, listing: Listing) -> dict[str, Any] | None:
        """The conditions of the sale, sealed with the listing: plain JSON, money in strings."""
        return None

    async def published(self, session: Session, listing: Listing, now: datetime) -> datetime:
        """The listing is about to be sealed and published; answers when it closes, and sets `closes_on`."""
        assert listing.closes_on is not None  # checked when it was drafted
        closes_at = rules.end_of_day(listing.closes_on, session.city.zone)
        await deadlines.schedule(session, CLOSES, listing.id, closes_at)
        return closes_at

    async def suspended(self, session: Session, listing: Listing, reason: str, now: datetime) -> datetime | None:
        """The listing is taken off sale for a time; answers when it closes now."""
        return listing.closes_at

    async def resumed(self, session: Session, listing: Listing, now: datetime) -> datetime | None:
        """The listing comes back on sale; answers when it closes now."""
        return listing.closes_at

    async def withdrawn(self, session: Session, listing: Listing, mover: Mover, now: datetime) -> None:
        """The listing is taken back for good, by its seller, or because its result became secret."""
        await deadlines.cancel(session, CLOSES, listing.id)

    async def appraisal_named(self, session: Session, listing: Listing) -> None:
        """The listing names another appraisal report: a sale that waited for one may go on."""

    async def look_again(self, session: Session, listing: Listing) -> None:
        """A sale without a deal yet may go on or end: the result became secret, or a party is verified again."""

    async def recomputed(self, session: Session, listing: Listing) -> None:
        """The calendar changed, and with it the end of a period of the listing."""


_USUAL = Mode()
PROCEDURES: Final[Port[tuple[PricingMode, Allocation | None], Mode]] = Port("listings.procedures")
"""By pricing mode and allocation: the procedure that sells such listings, where it is not the usual one."""


def of_listing(listing: Listing) -> Mode:
    """The procedure that sells a listing."""
    return PROCEDURES.find((listing.pricing_mode, listing.allocation)) or _USUAL
