"""All reading of purchase offers, and who may see what.

A purchase offer is private: its buyer, the seller and the auditor see it; for everybody else, the market's other staff
included, it does not exist (404).
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.access import Actor, Role
from app.core.problems import NOT_FOUND, Problem
from app.core.web.pages import PageRequest
from app.pricing.appraised.kinds import PurchaseOfferStatus
from app.pricing.appraised.models import PurchaseOffer

LIVE = (PurchaseOfferStatus.OPEN, PurchaseOfferStatus.ACCEPTED)


def no_offer() -> Problem:
    """The refusal for an offer that is not there or is hidden."""
    return NOT_FOUND(what="purchase offer / 购买要约")


def _visible(actor: Actor) -> Select[PurchaseOffer]:
    if actor.has(Role.AUDITOR):
        return select(PurchaseOffer)
    own = actor.organisation_id
    if own is None:
        return select(PurchaseOffer).where(false())
    return select(PurchaseOffer).where(or_(PurchaseOffer.seller_id == own, PurchaseOffer.buyer_id == own))


async def _one(session: AsyncSession, statement: Select[PurchaseOffer]) -> PurchaseOffer:
    found = (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None:
        raise no_offer()
    return found


async def get_offer(session: AsyncSession, actor: Actor, offer_id: UUID) -> PurchaseOffer:
    """An offer the actor may see; raises `not_found`."""
    return await _one(session, _visible(actor).where(PurchaseOffer.id == offer_id))


async def read_offer(session: AsyncSession, offer_id: UUID) -> PurchaseOffer:
    """An offer whoever asks, for what time does and for gates; raises `not_found`."""
    return await _one(session, select(PurchaseOffer).where(PurchaseOffer.id == offer_id))


async def lock_offer(session: AsyncSession, offer_id: UUID) -> PurchaseOffer:
    """The same, locked. Lock its listing first."""
    return await _one(session, select(PurchaseOffer).where(PurchaseOffer.id == offer_id).with_for_update())


async def lock_live(session: AsyncSession, listing_id: UUID, buyer_id: UUID) -> PurchaseOffer | None:
    """A buyer's offer on a listing that is open or accepted, locked, if there is one."""
    statement = select(PurchaseOffer).where(
        PurchaseOffer.listing_id == listing_id, PurchaseOffer.buyer_id == buyer_id, PurchaseOffer.status.in_(LIVE)
    )
    locked = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(locked)).scalar_one_or_none()


async def on_listing(session: AsyncSession, actor: Actor, listing_id: UUID) -> Sequence[PurchaseOffer]:
    """Every offer on a listing that the actor may see, oldest first."""
    statement = _visible(actor).where(PurchaseOffer.listing_id == listing_id).order_by(PurchaseOffer.id)
    return (await session.execute(statement)).scalars().all()


async def behind(session: AsyncSession, deal_id: UUID) -> PurchaseOffer | None:
    """The offer that led to a deal, whoever asks, for those who have checked access to the deal."""
    return (await session.execute(select(PurchaseOffer).where(PurchaseOffer.deal_id == deal_id))).scalar_one_or_none()


async def lock_accepted(session: AsyncSession, listing_id: UUID) -> PurchaseOffer | None:
    """The accepted offer that holds a locked listing, locked, if one does."""
    statement = select(PurchaseOffer).where(
        PurchaseOffer.listing_id == listing_id, PurchaseOffer.status == PurchaseOfferStatus.ACCEPTED
    )
    locked = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(locked)).scalar_one_or_none()


async def list_offers(
    session: AsyncSession, actor: Actor, page: PageRequest, status: PurchaseOfferStatus | None, listing_id: UUID | None
) -> Sequence[PurchaseOffer]:
    """A page (and one more row) of the offers an actor may see, newest first."""
    statement = _visible(actor).order_by(PurchaseOffer.id.desc()).limit(page.limit + 1)
    if status:
        statement = statement.where(PurchaseOffer.status == status)
    if listing_id:
        statement = statement.where(PurchaseOffer.listing_id == listing_id)
    after = page.after(UUID)
    if after:
        statement = statement.where(PurchaseOffer.id < after[0])
    return (await session.execute(statement)).scalars().all()
