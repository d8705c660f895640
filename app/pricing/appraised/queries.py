"""All reading of purchase offers, and who may see what.

A purchase offer is private: its buyer, the seller and the auditor see it; for everybody else, the market's other staff
included, it does not exist (404).
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, false, func, or_, select

from app.core.access import Actor, Role
from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import Text
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.pricing.appraised.kinds import PurchaseOfferStatus
from app.pricing.appraised.models import PurchaseOffer

LIVE = (PurchaseOfferStatus.OPEN, PurchaseOfferStatus.ACCEPTED)

OFFER: Final = Text("purchase offer", "购买要约")


ORDERS: Final = Orders("-id", PurchaseOffer.id, PurchaseOffer.price, PurchaseOffer.expires_at)
FILTERS: Final = (
    equal(PurchaseOffer.status, PurchaseOfferStatus, "Where it stands"),
    equal(PurchaseOffer.listing_id, UUID, "For this listing"),
    equal(PurchaseOffer.seller_id, UUID, "To this seller"),
    equal(PurchaseOffer.buyer_id, UUID, "Of this buyer"),
    *between("expires", PurchaseOffer.expires_at),
)


def _visible(actor: Actor) -> Select[PurchaseOffer]:
    if actor.has(Role.AUDITOR):
        return select(PurchaseOffer)
    own = actor.organisation_id
    if own is None:
        return select(PurchaseOffer).where(false())
    return select(PurchaseOffer).where(or_(PurchaseOffer.seller_id == own, PurchaseOffer.buyer_id == own))


async def _one(session: Session, statement: Select[PurchaseOffer]) -> PurchaseOffer:
    return await read_one(session, statement, OFFER, fresh=True)


async def get_offer(session: Session, actor: Actor, offer_id: UUID) -> PurchaseOffer:
    """An offer the actor may see; raises `not_found`."""
    return await _one(session, _visible(actor).where(PurchaseOffer.id == offer_id))


async def read_offer(session: Session, offer_id: UUID) -> PurchaseOffer:
    """An offer, without a check of access, for what time does and for gates; raises `not_found`."""
    return await _one(session, select(PurchaseOffer).where(PurchaseOffer.id == offer_id))


async def lock_offer(session: Session, offer_id: UUID) -> PurchaseOffer:
    """The same, locked. Lock its listing first."""
    return await _one(session, select(PurchaseOffer).where(PurchaseOffer.id == offer_id).with_for_update())


async def lock_live(session: Session, listing_id: UUID, buyer_id: UUID) -> PurchaseOffer | None:
    """A buyer's offer on a listing that is open or accepted, locked, if there is one."""
    statement = select(PurchaseOffer).where(
        PurchaseOffer.listing_id == listing_id, PurchaseOffer.buyer_id == buyer_id, PurchaseOffer.status.in_(LIVE)
    )
    locked = statement.with_for_update().execution_options(populate_existing=True)
    return await find_one(session, locked)


async def on_listing(session: Session, actor: Actor, listing_id: UUID) -> Sequence[PurchaseOffer]:
    """Every offer on a listing that the actor may see, oldest first."""
    statement = _visible(actor).where(PurchaseOffer.listing_id == listing_id).order_by(PurchaseOffer.id)
    return await read_all(session, statement)


async def behind(session: Session, deal_id: UUID) -> PurchaseOffer | None:
    """The offer that led to a deal, without a check of access, for callers that have made it."""
    return await find_one(session, select(PurchaseOffer).where(PurchaseOffer.deal_id == deal_id))


async def lock_accepted(session: Session, listing_id: UUID) -> PurchaseOffer | None:
    """The accepted offer that holds a locked listing, locked, if one does."""
    statement = select(PurchaseOffer).where(
        PurchaseOffer.listing_id == listing_id, PurchaseOffer.status == PurchaseOfferStatus.ACCEPTED
    )
    locked = statement.with_for_update().execution_options(populate_existing=True)
    return await find_one(session, locked)


async def list_offers(session: Session, actor: Actor, page: PageRequest) -> Found[PurchaseOffer]:
    """A page of the offers an actor may see, newest first."""
    return await read_page(session, _visible(actor), page, ORDERS)


async def count_open(session: Session, buyer_id: UUID) -> int:
    """How many offers of a buyer stand."""
    live = PurchaseOffer.status.in_([PurchaseOfferStatus.OPEN, PurchaseOfferStatus.ACCEPTED])
    statement = select(func.count()).where(PurchaseOffer.buyer_id == buyer_id, live)
    return (await session.execute(statement)).scalar_one()
