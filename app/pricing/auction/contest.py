"""Open bidding between the registrants of a listing (竞价): an auction that a pricing mode hands over to."""

from datetime import datetime
from uuid import UUID

from app.core.database import Session
from app.law.figures import parameter
from app.market.listings.models import Listing
from app.office.ledger.deposits.queries import deposit_amount
from app.pricing import contests
from app.pricing.auction import bidders, queries, service
from app.pricing.auction.kinds import LIVE_STATUSES, AuctionForm
from app.pricing.auction.rules import contest_conditions
from app.pricing.kinds import ContestForm

FORMS = {ContestForm.ENGLISH: AuctionForm.ENGLISH, ContestForm.SEALED: AuctionForm.SEALED}


class AuctionBidding:
    """Open bidding as an auction (`contests.Bidding`)."""

    async def open(self, session: Session, listing: Listing, contest: contests.Contest, now: datetime) -> UUID:
        """Announce the bidding by the dated figures, and give each entrant its paddle; deposits stay held."""
        today = session.city.day_of(now)

        def figure(name: str) -> int:
            return int(parameter(name, on=today).value)

        conditions = contest_conditions(
            FORMS[contest.form],
            contest.starting_price,
            now,
            session.city.zone,
            notice_days=figure("contest_notice_days"),
            opening_hour=figure("contest_opening_hour"),
            free_hours=figure("contest_free_hours"),
            window_seconds=figure("contest_window_seconds"),
            step_share=parameter("contest_step_share", on=today).value,
        )
        subject = "listing", listing.id
        deposit = await deposit_amount(session, subject, contest.entrants[0])
        auction = await service.create(
            session, listing, conditions, deposit, now, is_contest=True, rights_abroad=contest.rights_abroad
        )
        await service.begin(session, listing, auction, now)
        for entrant in contest.entrants:
            await bidders.admit(session, auction, entrant, None, now, buyer_abroad=entrant in contest.abroad)
        return auction.id

    async def cancel(self, session: Session, listing: Listing, contest_id: UUID, reason: str, now: datetime) -> None:
        """Call the bidding off, unless it is over."""
        auction = await queries.lock_auction(session, contest_id)
        if auction.status in LIVE_STATUSES:
            await service.call_off(session, listing, auction, reason, now)
