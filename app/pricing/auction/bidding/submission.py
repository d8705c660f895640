"""What goes to the clerk and what comes back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.pricing.auction.bidding.refusals import Refused


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a bid: its public entry in the log with its hash, and what its bidder alone may read."""

    seq: int
    content: Mapping[str, Any]
    hash: bytes
    maximum: Decimal | None
    salt: str | None
    replayed: bool = False


@dataclass(slots=True, eq=False)
class Submission:
    """A well-formed bid on its way to a decision. Amounts are CNY to the fen."""

    auction_id: UUID
    key_digest: bytes
    idempotency_key: str
    request_hash: bytes
    request_id: str | None
    amount: Decimal
    maximum: Decimal | None
    behalf_of: UUID | None
    answer: asyncio.Future[Decided | Refused]
    alone: bool = False
    """Decided in a turn of its own, after a turn with others has failed."""
