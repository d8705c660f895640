"""From the one registrant to the deal: the listing is held, gates open, and when nothing blocks, there is a deal.

Every function here is called with the listing locked.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.results.service import BECAME_SECRET
from app.core import deadlines
from app.core.clock import local_date, read_clock
from app.core.problems import Problem
from app.core.settings import Settings
from app.market.deals import queries as deals
from app.market.deals.kinds import PartyRole
from app.market.deals.rules import PartyShare
from app.market.deals.service import create_deal
from app.market.gates import openings
from app.market.gates import rules as gate_rules
from app.market.listings import appraisal
from app.market.listings import service as listing_service
from app.market.listings.models import Listing
from app.office.ledger import service as ledger
from app.pricing.listed import notice, queries, registrations
from app.pricing.listed.kinds import RegistrantStatus, SalePhase
from app.pricing.listed.models import ListedSale

SUBJECT = "listed_sale"
"""What gates of such a sale are of; the id is the listing's."""
BECAME_UNLISTABLE = "The result may not be sold any more / 该成果已不得转让"


async def choose(
    session: AsyncSession, settings: Settings, listing: Listing, sale: ListedSale, winner_id: UUID, now: datetime
) -> None:
    """One registrant is counted: it buys at the asking price, as soon as no gate blocks; all others are given back."""
    await registrations.settle(session, listing, RegistrantStatus.WON, [winner_id])
    sale.phase, sale.winner_id, sale.review_ends_at = SalePhase.HELD, winner_id, None
    await ledger.release_losers(session, settings, notice.subject_of(listing.id), winner_id, now)
    listing_service.reserve(session, listing)
    await try_close(session, settings, listing, sale)


async def try_close(session: AsyncSession, settings: Settings, listing: Listing, sale: ListedSale) -> Problem | None:
    """Make the deal with the one registrant, or answer what blocks it. What blocks is judged by today's facts.

    A result that became a state secret meanwhile ends the sale.
    """
    assert sale.winner_id is not None
    now = await read_clock(session)
    conditions = await queries.conditions_of(session, listing.id)
    registration = await queries.latest_of(session, listing.id, sale.winner_id)
    abroad = conditions.rights_abroad or (registration is not None and registration.buyer_abroad)
    buyer = PartyShare(PartyRole.BUYER, sale.winner_id)
    buying = openings.Buying([buyer], sale.winner_id, abroad, related_needs_approval=False)
    found = await openings.find_sale(session, settings, listing, buying, now)
    if gate_rules.never(found, local_date(now, settings.zone)):
        await refuse(session, settings, listing, sale, BECAME_UNLISTABLE, now)
        return None
    gates = await openings.open_gates(session, settings, (SUBJECT, listing.id), listing.seller_id, found, now)
    block = openings.what_blocks(gates)
    if block is None:
        block = await appraisal.what_blocks(session, listing, listing.asking_price, local_date(now, settings.zone))
    if block is not None:
        return block
    deal = await create_deal(
        session, settings, listing, buyers=[buyer], price=listing.asking_price, agreed_at=now, held=True
    )
    sale.phase, sale.deal_id = SalePhase.SOLD, deal.id
    return None


async def refuse(
    session: AsyncSession, settings: Settings, listing: Listing, sale: ListedSale, reason: str, now: datetime
) -> None:
    """A held sale ends without a deal: the deposit goes back, the listing lapses, its end being past."""
    sale.phase, sale.reason = SalePhase.ENDED, reason
    for row in await queries.registrations_of(session, listing.id, RegistrantStatus.WON):
        registrations.end(session, row, RegistrantStatus.LAPSED, reason)
    await ledger.release_losers(session, settings, notice.subject_of(listing.id), None, now)
    listing_service.release(session, listing, now)
    # A result that became secret while it was held for the buyer must not stay public.
    await deadlines.schedule(session, BECAME_SECRET, listing.result_id, now)


async def won_in_bidding(
    session: AsyncSession, settings: Settings, listing: Listing, sale: ListedSale, deal_id: UUID, now: datetime
) -> None:
    """The bidding ended in a deal, which holds the listing already."""
    deal = await deals.read_deal(session, deal_id)
    winner_id = next(party.organisation_id for party in deal.parties if party.role == PartyRole.BUYER)
    sale.phase, sale.winner_id, sale.deal_id = SalePhase.SOLD, winner_id, deal_id
    await registrations.end_bidding(session, listing, winner_id)
    await ledger.release_losers(session, settings, notice.subject_of(listing.id), winner_id, now)
