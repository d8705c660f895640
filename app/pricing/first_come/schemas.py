"""Requests of a purchase at the asking price."""

from pydantic import Field

from app.core.schemas import Flag, Input, PositiveMoney, Whole


class PurchaseIn(Input):
    """What the buyer read and takes: nobody buys at a price, or on terms, they have not seen."""

    price: PositiveMoney = Field(description="The asking price you read, CNY")
    abroad: Flag = Field(default=False, description="You are, or the rights are to be used, outside the mainland")
    listing_version: Whole = Field(ge=1, le=2**31 - 1, description="The `version` you read")
