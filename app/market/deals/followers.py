"""Who is told when a deal comes under contract or ends without one.

Deals stand below the packages that act on it (a deposit is applied or forfeited, the next bidder gets a chance), so
those register here when they are imported:

    @followers.when_ended
    async def give_back(session: AsyncSession, deal: Deal, now: datetime) -> None: ...

A follower runs in the transaction that moved the deal, with the deal and its listing locked in this order, and decides
by the deal's facts whether it is concerned. What it raises undoes the move.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.market.deals.models import Deal

Follower = Callable[[AsyncSession, Deal, datetime], Awaitable[None]]
_CONTRACTED: list[Follower] = []
_ENDED: list[Follower] = []


def when_contracted(follower: Follower) -> Follower:
    """Register what happens once the contract of a deal made on the exchange is signed."""
    _CONTRACTED.append(follower)
    return follower


def when_ended(follower: Follower) -> Follower:
    """Register what happens once a deal made on the exchange was cancelled or expired; its listing is free again."""
    _ENDED.append(follower)
    return follower


async def tell_contracted(session: AsyncSession, deal: Deal, now: datetime) -> None:
    for follower in _CONTRACTED:
        await follower(session, deal, now)


async def tell_ended(session: AsyncSession, deal: Deal, now: datetime) -> None:
    for follower in _ENDED:
        await follower(session, deal, now)
