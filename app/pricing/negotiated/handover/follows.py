"""What hand-overs do without a request: when a deal that came from a demand is under contract."""

from datetime import datetime
from typing import Final

from app.core.database import Session
from app.core.hooks import Link, follows
from app.market.deals import hooks
from app.market.deals.models import Deal
from app.pricing.negotiated.handover import service


async def when_contract_is_signed_meet_demand(session: Session, deal: Deal, now: datetime) -> None:
    """A deal that came from a demand is under contract: the demand is met."""
    await service.meet_demand(session, deal.id)


LINKS: Final[tuple[Link, ...]] = (follows(hooks.contracted, when_contract_is_signed_meet_demand),)
