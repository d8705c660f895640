"""Requests and responses of voiding bids."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schemas import Input, Output, Prose, Whole
from app.pricing.auction.kinds import VoidingGround

Seq = Annotated[Whole, Field(gt=0, le=2**53)]


class BidVoidingIn(Input):
    """Which bids of one paddle, by their places in the log, and why."""

    seqs: list[Seq] = Field(min_length=1, max_length=1000)
    ground: VoidingGround
    reason: Prose = Field(description="Public, as the log is: it names no person")


class BidVoidingOut(Output):
    """A voiding that one operator asked for; it counts once another has confirmed it."""

    id: UUID
    auction_id: UUID
    paddle: int
    seqs: list[int]
    ground: VoidingGround
    reason: str
    asked_by: UUID
    asked_at: datetime
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    entry_seq: int | None = Field(description="The entry of the log that voids them")
