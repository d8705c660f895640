"""Buying a listed result at its asking price: the first comer gets it, decided under the listing's row lock."""

from uuid import UUID

from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.identity import queries as identity
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.market.deals.rules import PartyShare
from app.market.deals.service import create_deal
from app.market.listings import queries as listings
from app.market.listings.models import Listing
from app.market.listings.publication import require_verified
from app.pricing.first_come import gates, rules, schemas


async def purchase(session: Session, actor: Actor, listing_id: UUID, body: schemas.PurchaseIn) -> Deal:
    """Buy for the actor's organisation, which must be verified; of two at once exactly one gets a deal.

    The deal holds the listing until its contract is signed or the day to sign by has passed. Gates that the sale needs
    open with it, and its contract waits for them.
    """
    buyer_id = actor.organisation()
    require_verified((await identity.organisations_by_id(session, [buyer_id]))[buyer_id])
    listing = await listings.lock_public(session, listing_id)
    now = await read_clock(session)
    rules.check_purchase(
        await _offered(session, listing), rules.Purchase(buyer_id, body.price, body.listing_version), now
    )
    buyer = PartyShare(PartyRole.BUYER, buyer_id)
    deal = await create_deal(
        session, listing, buyers=[buyer], price=listing.asking_price, agreed_at=now, asked_by=actor
    )
    await gates.open_gates(session, actor, listing, deal, abroad=body.abroad, now=now)
    return deal


async def _offered(session: Session, listing: Listing) -> rules.Offered:
    return rules.Offered(
        status=listing.status,
        closes_at=listing.closes_at,
        pricing_mode=listing.pricing_mode,
        allocation=listing.allocation,
        asking_price=listing.asking_price,
        version=listing.version,
        barred=await listings.selling_side(session, listing),
    )
