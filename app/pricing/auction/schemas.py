"""Requests and responses of auctions."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.core.schemas import Input, Money, Output, PositiveMoney


class BidIn(Input):
    """A bid. Whatever it says is binding once it is accepted; it lapses when a higher one is."""

    amount: PositiveMoney = Field(description="CNY. Descending: the price you take, as you read it")
    maximum: PositiveMoney | None = Field(
        default=None, description="Ascending: your secret limit (CNY), up to which the exchange raises for you"
    )
    organisation_id: UUID | None = Field(default=None, description="If given, the organisation your key acts for")


class ReceiptOut(Output):
    """What the exchange signs (Ed25519): the hash of the auction's log up to this bid."""

    auction_id: UUID
    seq: int
    hash: str
    signature: str
    key_id: str


class BidOut(Output):
    """An accepted bid. `price` and `leading` are as it left them; `minimum` is the smallest bid that passed then."""

    auction_id: UUID
    seq: int
    paddle: int
    amount: Money
    maximum: Money | None
    price: Money | None = Field(description="Null where the bids are sealed")
    leading: bool | None = Field(description="Null where the bids are sealed")
    minimum: Money | None
    ends_at: datetime
    server_time: datetime = Field(description="When it was decided")
    salt: str | None = Field(description="With amount or maximum it opens the commitment in the log: keep it")
    receipt: ReceiptOut
