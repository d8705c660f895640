"""All reading of deals, and who may see what."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.core.access import Actor, Role
from app.core.pages import PageRequest
from app.core.problems import NOT_FOUND
from app.deals.models import Deal, DealParty, DealStatus, PartyRole

WHOLE = (selectinload(Deal.parties), selectinload(Deal.appraisal))
"""What a deal is always read with."""


def visible(actor: Actor) -> Select[Deal]:
    """The parties of a deal and the market's staff see it; for everybody else it does not exist."""
    statement = select(Deal).options(*WHOLE)
    if actor.is_market:
        return statement
    return statement.where(Deal.parties.any(DealParty.organisation_id == actor.organisation()))


async def _one(session: AsyncSession, statement: Select[Deal]) -> Deal:
    found = (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND(what="deal / 成交")
    return found


async def get_deal(session: AsyncSession, actor: Actor, deal_id: UUID) -> Deal:
    """A deal with its parties, if the actor may see it; raises `not_found`."""
    return await _one(session, visible(actor).where(Deal.id == deal_id))


async def lock_deal(session: AsyncSession, deal_id: UUID) -> Deal:
    """A deal with its parties, locked, whoever asks; raises `not_found`. Lock the deal before its listing."""
    statement = select(Deal).where(Deal.id == deal_id).options(*WHOLE)
    return await _one(session, statement.with_for_update(key_share=True))


async def lock_for_cancelling(session: AsyncSession, actor: Actor, deal_id: UUID) -> Deal:
    """A deal that the actor may cancel: the operator any, an organisation one where it sells or buys; locked."""
    statement = select(Deal).where(Deal.id == deal_id).options(*WHOLE)
    if not actor.has(Role.OPERATOR):
        sides = [PartyRole.SELLER, PartyRole.BUYER]
        own = Deal.parties.any((DealParty.organisation_id == actor.organisation()) & DealParty.role.in_(sides))
        statement = statement.where(own)
    return await _one(session, statement.with_for_update(key_share=True))


async def list_deals(
    session: AsyncSession, actor: Actor, page: PageRequest, status: DealStatus | None, listing_id: UUID | None
) -> Sequence[Deal]:
    """The deals the actor may see, newest first."""
    statement = visible(actor).order_by(Deal.id.desc()).limit(page.limit + 1)
    if status:
        statement = statement.where(Deal.status == status)
    if listing_id:
        statement = statement.where(Deal.listing_id == listing_id)
    after = page.after(UUID)
    if after:
        statement = statement.where(Deal.id < after[0])
    return (await session.execute(statement)).scalars().all()
