"""All reading of auctions, and who may see what."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.pricing.auction.models import Auction


async def number_of(session: AsyncSession, auction_id: UUID) -> str | None:
    """The number of an auction, whoever asks; None if there is no such one."""
    return (await session.execute(select(Auction.number).where(Auction.id == auction_id))).scalar_one_or_none()
