"""What a process holds for its auctions: the clerk, the signer, the watchers."""

from fastapi import FastAPI

from app.core import keys
from app.core.web.http import Context
from app.pricing.auction.bidding.clerk import Clerk
from app.pricing.auction.live.notifier import Notifier
from app.pricing.auction.live.stream import Hub
from app.pricing.auction.proof.receipts import Signer


class House:
    """The auction house (拍卖行) of one process, made when it is first needed."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.signer = Signer(keys.current().signing_seed)
        self.notifier = Notifier(context.database)
        self.clerk = Clerk(context.database, keys.current(), self.signer, self.notifier.grown)
        self.hub = Hub(context.database)


def of(application: FastAPI) -> House:
    """The process's auction house. Raises `exchange_keys_missing`."""
    context: Context = application.state.context
    house: House | None = getattr(application.state, "auction_house", None)
    if house is None or house.context is not context:
        house = application.state.auction_house = House(context)
    return house


async def hang_up(application: FastAPI) -> None:
    """End the streams, so that the server may stop without waiting for their clients."""
    house: House | None = getattr(application.state, "auction_house", None)
    if house is not None:
        await house.hub.close()


async def close(application: FastAPI) -> None:
    """End what runs in the background; call it before the database is closed."""
    await hang_up(application)
    house: House | None = getattr(application.state, "auction_house", None)
    if house is not None:
        await house.clerk.close()
        await house.notifier.close()
