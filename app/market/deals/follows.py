"""What deals do without a request: when a deadline falls due, and when others announce or ask."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Row

from app.catalogue.rights.hooks import CONCERNED
from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, follows, provides
from app.identity import hooks as identity_hooks
from app.identity.mergers import queries as mergers
from app.identity.mergers.rules import family
from app.identity.models import Organisation
from app.market.deals import queries, service
from app.market.deals.kinds import DealStatus
from app.market.deals.problems import MERGER_OF_BOTH_SIDES
from app.market.deals.rules import ENDED_BY_MERGER

PARTIES_ARE_ONE: Final = "deal.parties_merged"


async def expire_at_due(session: Session, deal_id: UUID, now: datetime) -> None:
    """A deal whose contract was not signed in time expires."""
    await service.expire_deal(session, deal_id, now)


async def when_organisations_merge_look_for_a_deal_between_them(
    session: Session, merged: Organisation, successor: Organisation
) -> None:
    """Nobody sells to oneself. Raises `merger_of_both_sides` for a deal that has no contract yet."""
    for _, number in await _among(session, merged.id, successor.id):
        raise MERGER_OF_BOTH_SIDES(field="successor_id", number=number)


async def when_organisations_merged_end_the_deals_between_them(
    session: Session, merged: Organisation, heir_id: UUID, now: datetime
) -> None:
    """Each by itself, at once: its lock comes before those that the merger holds."""
    for deal_id, _ in await _among(session, merged.id, heir_id):
        await deadlines.schedule(session, PARTIES_ARE_ONE, deal_id, now)


async def end_between_merged(session: Session, deal_id: UUID, now: datetime) -> None:
    """A deal whose sides merged before its contract was signed ends, and nobody defaulted (Civil Code art. 557)."""
    deal = await queries.lock_deal(session, deal_id)
    if deal.status == DealStatus.AGREED:
        await service.fall_through(session, deal, ENDED_BY_MERGER, now)


async def _among(session: Session, *ids: UUID) -> Sequence[Row[UUID, str]]:
    return await queries.agreed_among(session, family(await mergers.successions(session, ids), ids))


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, service.CONTRACT_DUE, expire_at_due),
    provides(deadlines.HANDLERS, PARTIES_ARE_ONE, end_between_merged),
    provides(CONCERNED, "deal", queries.parties_with_right),
    follows(identity_hooks.merging, when_organisations_merge_look_for_a_deal_between_them),
    follows(identity_hooks.merged, when_organisations_merged_end_the_deals_between_them),
)
