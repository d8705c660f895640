"""Gates of a first-come sale: the deal holds the listing at once, and its contract waits until none is open.

In the other modes gates stand before the deal; here nobody could hold the listing meanwhile but the deal itself. What
calls this holds the deal and its listing, in this order.
"""

from datetime import datetime

from app.core.access import Actor
from app.core.database import Session
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.market.deals.rules import PartyShare
from app.market.gates import openings
from app.market.gates import queries as gates
from app.market.listings import queries as listings
from app.market.listings.kinds import Allocation
from app.market.listings.models import Listing
from app.market.listings.publication import check_still_listable

SUBJECT = "first_come_deal"
"""What gates of such a sale are of; the id is the deal's."""


async def open_gates(
    session: Session, actor: Actor, listing: Listing, deal: Deal, *, abroad: bool, now: datetime
) -> None:
    """Open what the sale needs by the facts of its purchase. Raises `result_not_listable` for what can never be sold.

    The price was offered to everybody: a related party needs no approval of its own.
    """
    buyers = [
        PartyShare(PartyRole.BUYER, party.organisation_id) for party in deal.parties if party.role == PartyRole.BUYER
    ]
    buying = openings.Buying(buyers, buyers[0].organisation_id, abroad, related_needs_approval=False)
    sale = await openings.find_sale(session, listing, buying, now)
    openings.refuse_never(sale, session.city.day_of(now))
    await openings.open_gates(session, (SUBJECT, deal.id), listing.seller_id, sale, now)


async def when_contract_is_signed_check_gates(session: Session, deal: Deal, now: datetime) -> None:
    """No contract while a gate is open, or of what may not be sold any more.

    Raises `gate_open`, `result_not_listable`, `organisation_not_verified`.
    """
    assert deal.listing_id is not None
    listing = await listings.read_listing(session, deal.listing_id)
    if listing.allocation != Allocation.FIRST_COME:
        return
    block = openings.what_blocks(await gates.gates_of(session, SUBJECT, deal.id))
    if block is not None:
        raise block
    await check_still_listable(session, listing, session.city.day_of(now))
