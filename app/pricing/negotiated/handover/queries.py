"""All reading of hand-overs. Who may see the response may see what came of it."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.core.database import Session, find_one
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.pricing.negotiated.handover.models import DemandNegotiation

ORDERS: Final = Orders("negotiation_id", DemandNegotiation.negotiation_id)


async def of_negotiation(session: Session, negotiation_id: UUID) -> DemandNegotiation | None:
    """The hand-over that a negotiation came from, if it came from one; without a check of access."""
    return await find_one(session, select(DemandNegotiation).where(DemandNegotiation.negotiation_id == negotiation_id))


async def of_response(session: Session, response_id: UUID, page: PageRequest) -> Found[DemandNegotiation]:
    """A page of the negotiations from a response that the caller has found visible, oldest first."""
    statement = select(DemandNegotiation).where(DemandNegotiation.response_id == response_id)
    return await read_page(session, statement, page, ORDERS)
