"""What deals do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, follows, provides
from app.identity import hooks as identity_hooks
from app.identity.models import Organisation
from app.market.deals import queries, service
from app.market.deals.problems import MERGER_OF_BOTH_SIDES


async def expire_at_due(session: Session, deal_id: UUID, now: datetime) -> None:
    """A deal whose contract was not signed in time expires."""
    await service.expire_deal(session, deal_id, now)


async def when_organisations_merge_look_for_a_deal_between_them(
    session: Session, merged: Organisation, successor: Organisation
) -> None:
    """Nobody sells to oneself. Raises `merger_of_both_sides` for a deal that has no contract yet."""
    number = await queries.agreed_between(session, merged.id, successor.id)
    if number is not None:
        raise MERGER_OF_BOTH_SIDES(field="successor_id", number=number)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, service.CONTRACT_DUE, expire_at_due),
    follows(identity_hooks.merging, when_organisations_merge_look_for_a_deal_between_them),
)
