"""All reading of auctions, and who may see what."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.pricing.auction.models import Auction


async def find_number(session: AsyncSession, auction_id: str) -> tuple[UUID, str] | None:
    """Id and number of an auction, whoever asks; None if there is no such one."""
    try:
        wanted = UUID(auction_id)
    except ValueError:
        return None
    row = (await session.execute(select(Auction.id, Auction.number).where(Auction.id == wanted))).one_or_none()
    return None if row is None else (row.id, row.number)
