"""Reading what was published of the listing that a deal was made on."""

import json
from typing import Any

from app.core.database import Session
from app.market.deals.models import Deal
from app.market.listings import queries as listings


async def published_of(session: Session, deal: Deal) -> dict[str, Any] | None:
    """The sealed text that was agreed on, in the form of its day; None for a deal recorded from elsewhere."""
    if deal.listing_id is None or deal.listing_version is None:
        return None
    version = await listings.get_version(session, deal.listing_id, deal.listing_version)
    if version is None:
        return None
    content: dict[str, Any] = json.loads(version.content)
    return content
