"""What hand-overs do without a request: when a deal that came from a demand is under contract."""

from typing import Final

from app.core.hooks import Link, follows
from app.market.deals import hooks
from app.pricing.negotiated.handover import service

LINKS: Final[tuple[Link, ...]] = (follows(hooks.contracted, service.meet_demand),)
