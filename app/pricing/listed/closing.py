"""From the one registrant to the deal: the listing is held, gates open, and when nothing blocks, there is a deal.

Every function here is called with the listing locked.
"""

from datetime import datetime
from uuid import UUID

from app.core.clock import read_clock
from app.core.database import Session
from app.core.problems import Problem
from app.market.deals import queries as deals
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.market.listings import service as listing_service
from app.market.listings.models import Listing
from app.office.ledger.deposits import service as deposits
from app.pricing import closing
from app.pricing.listed import queries, registrants
from app.pricing.listed.announcement import notice
from app.pricing.listed.kinds import RegistrantStatus, SalePhase
from app.pricing.listed.models import ListedSale

SUBJECT = "listed_sale"
"""What gates of such a sale are of; the id is the listing's."""


async def choose(session: Session, listing: Listing, sale: ListedSale, winner_id: UUID, now: datetime) -> None:
    """One registrant is counted: it buys at the asking price, as soon as no gate blocks; all others are given back."""
    await registrants.settle(session, listing, RegistrantStatus.WON, [winner_id])
    sale.phase, sale.winner_id, sale.review_ends_at = SalePhase.HELD, winner_id, None
    await deposits.release_losers(session, notice.subject_of(listing.id), winner_id, now)
    listing_service.reserve(session, listing)
    await try_close(session, listing, sale)


async def try_close(session: Session, listing: Listing, sale: ListedSale) -> Problem | None:
    """Make the deal with the one registrant, or answer what blocks it. What blocks is judged by today's facts.

    A result that became a state secret meanwhile ends the sale.
    """
    assert sale.winner_id is not None
    now = await read_clock(session)
    conditions = await queries.conditions_of(session, listing.id)
    registrant = await queries.latest_of(session, listing.id, sale.winner_id)
    abroad = conditions.rights_abroad or (registrant is not None and registrant.buyer_abroad)
    buying = closing.one_buyer(sale.winner_id, abroad=abroad, chosen=False)
    agreed = closing.Agreed((SUBJECT, listing.id), listing, buying, listing.asking_price)
    deal = await closing.make_deal(session, agreed, now, asked_by=None)
    if isinstance(deal, closing.Over):
        await refuse(session, listing, sale, deal.reason, now)
        return None
    if not isinstance(deal, Deal):
        return deal
    sale.phase, sale.deal_id = SalePhase.SOLD, deal.id
    return None


async def refuse(session: Session, listing: Listing, sale: ListedSale, reason: str, now: datetime) -> None:
    """A held sale ends without a deal: the deposit goes back, the listing lapses, its end being past."""
    sale.phase, sale.reason = SalePhase.ENDED, reason
    for row in await queries.registrants_of(session, listing.id, RegistrantStatus.WON):
        registrants.end(session, row, RegistrantStatus.LAPSED, reason)
    await deposits.release_losers(session, notice.subject_of(listing.id), None, now)
    await closing.let_go(session, listing, now)


async def won_in_bidding(session: Session, listing: Listing, sale: ListedSale, deal_id: UUID, now: datetime) -> None:
    """The bidding ended in a deal, which holds the listing already."""
    deal = await deals.read_deal(session, deal_id)
    winner_id = next(party.organisation_id for party in deal.parties if party.role == PartyRole.BUYER)
    sale.phase, sale.winner_id, sale.deal_id = SalePhase.SOLD, winner_id, deal_id
    await registrants.end_bidding(session, listing, winner_id)
    await deposits.release_losers(session, notice.subject_of(listing.id), winner_id, now)
