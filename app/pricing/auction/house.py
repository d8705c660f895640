"""What a process holds for its auctions: the clerk, the signer."""

from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import keys
from app.core.http import Context, context_of
from app.pricing.auction import queries
from app.pricing.auction.clerk import Clerk
from app.pricing.auction.receipts import Signer


class House:
    """The auction house (拍卖行) of one process, made when it is first needed."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.signer = Signer(keys.current().signing_seed)
        self.clerk = Clerk(context.database, keys.current())


def of(request: Request) -> House:
    """The process's auction house. Raises `exchange_keys_missing`."""
    state = request.app.state
    house: House | None = getattr(state, "auction_house", None)
    if house is None or house.context is not context_of(request):
        house = state.auction_house = House(context_of(request))
    return house


async def number_of(session: AsyncSession, auction_id: str) -> str | None:
    """The number of an auction, if there is such a one."""
    try:
        return await queries.number_of(session, UUID(auction_id))
    except ValueError:
        return None
