"""Reading of voidings, and of what they rest on."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.core.database import Session, read_all, read_one
from app.core.history.events import Event
from app.core.problems import Text
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.models import ApiKey
from app.pricing.auction.models import BidVoiding

ORDERS: Final = Orders("id", BidVoiding.id)
VOIDING: Final = Text("voiding of bids", "作废报价事项")


async def list_voidings(session: Session, auction_id: UUID, page: PageRequest) -> Found[BidVoiding]:
    """A page of an auction's voidings, oldest first."""
    return await read_page(session, select(BidVoiding).where(BidVoiding.auction_id == auction_id), page, ORDERS)


async def get_voiding(session: Session, auction_id: UUID, voiding_id: UUID) -> BidVoiding:
    """One of them; to decide on it, read it under the auction's lock. Raises `not_found`."""
    statement = select(BidVoiding).where(BidVoiding.auction_id == auction_id, BidVoiding.id == voiding_id)
    return await read_one(session, statement, VOIDING, fresh=True)


async def incidents_of(session: Session, organisation_id: UUID) -> Sequence[Event]:
    """The incidents of an organisation's keys, oldest first; the subject of each is the key that was reported."""
    statement = (
        select(Event)
        .join(ApiKey, ApiKey.id == Event.subject_id)
        .where(ApiKey.organisation_id == organisation_id, Event.type == "api_key.incident")
    )
    return await read_all(session, statement.order_by(Event.seq))
